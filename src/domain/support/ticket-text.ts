import { REDACTED, redactText } from './redaction.ts';

/**
 * Text that leaves the machine with a ticket: stricter than a log, since whoever reads it is a stranger. Pure.
 */

/** Long runs of mixed letters and digits: a secret access key, a bearer token, whatever nobody has named. */
const opaque = /(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/=_-]{32,}(?![A-Za-z0-9+/=_-])/g;

const kindOf = (letter: string): string =>
  letter >= '0' && letter <= '9' ? 'digit' : letter >= 'a' && letter <= 'z' ? 'small' : 'capital';

/**
 * In what chance has made, two of three letters are of another kind (digit, small, capital) than the one before; in
 * names and paths one of six is.
 */
function looksSecret(run: string): boolean {
  if (/^[0-9a-f]{40,}$/i.test(run)) return true;
  if (!/[A-Z]/.test(run) || !/[a-z]/.test(run)) return false;
  const kinds = [...run.replace(/[^A-Za-z0-9]/g, '')].map(kindOf);
  const changes = kinds.filter((kind, n) => n > 0 && kind !== kinds[n - 1]).length;
  return changes / kinds.length > 0.3;
}

/** Access key ids are no secrets, but name who acted. */
const accessKeyId = /\b((?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{2})[A-Z0-9]{10,124}\b/g;
// Bounded as addresses are: without, a long line of what might begin one takes minutes.
const mail = /[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,8}\.[A-Za-z]{2,24}/g;
/** Wherever twelve digits stand (`%3A123456789012`, `prod123456789012`, `acme.123456789012`), but not as a fraction's. */
const account = /(?<!\d|\d\.)\d{12}(?!\d)/g;
/** As `host:1234-5678-9012`, the way people write account numbers. */
const accountInGroups = /(?<![0-9A-Za-z.-])\d{4}-\d{4}-\d{4}(?![0-9A-Za-z-])/g;

export interface TicketWish {
  /** The person's home folder: shown as `~`. */
  userHome: string;
  /** AWS account numbers become `[account 1]`, the same number the same way throughout. */
  maskAccounts: boolean;
}

/** Makes texts of one bundle fit for a ticket. The answer is a function, so that accounts keep their numbers. */
export function ticketRedactor({ userHome, maskAccounts }: TicketWish): (text: string) => string {
  const accounts = new Map<string, number>();
  const named = (digits: string): string => {
    const plain = digits.replaceAll('-', '');
    const known = accounts.get(plain) ?? accounts.size + 1;
    accounts.set(plain, known);
    return `[account ${known}]`;
  };
  // As it stands, and as a log's JSON writes it.
  const homes = [userHome, JSON.stringify(userHome).slice(1, -1)].filter((home) => home.length > 1);
  return (text) => {
    let out = text;
    for (const home of homes) out = out.replaceAll(home, '~');
    out = redactText(out)
      .replace(opaque, (run) => (looksSecret(run) ? REDACTED : run))
      .replace(accessKeyId, '$1…')
      .replace(mail, '[e-mail]');
    return maskAccounts ? out.replace(account, named).replace(accountInGroups, named) : out;
  };
}

/** The person's folder for downloads on Linux, as user-dirs.dirs says; null where it says none. */
export function downloadFolderOf(userDirs: string, userHome: string): string | null {
  const [, value] = /^\s*XDG_DOWNLOAD_DIR="((?:[^"\\]|\\.)*)"/m.exec(userDirs) ?? [];
  const path = value?.replace(/\\(.)/g, '$1').replace(/^\$HOME(?=\/|$)/, userHome);
  // `$HOME/`: xdg-user-dirs' way to say that there is none.
  return path?.startsWith('/') && path.replace(/\/+$/, '') !== userHome
    ? path.replace(/(?<=.)\/+$/, '')
    : null;
}

/** The same for every text in a value. */
export function maskedValue(value: unknown, masked: (text: string) => string): unknown {
  if (typeof value === 'string') return masked(value);
  if (Array.isArray(value)) return value.map((item) => maskedValue(item, masked));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [masked(name), maskedValue(item, masked)]),
  );
}
