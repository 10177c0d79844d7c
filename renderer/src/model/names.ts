import { SectionName, StartUrl } from '../../../src/contract/names.ts';

/** Suggests a name for an SSO session from its start URL: the portal's own name in it. */
export function suggestSsoSessionName(startUrl: string, taken: readonly string[]): string {
  let stem = 'sso';
  try {
    const { hostname } = new URL(startUrl);
    const first = hostname.split('.')[0] ?? '';
    if (/^[a-z][\w-]*$/i.test(first) && first !== 'localhost') stem = first;
  } catch {
    // Not an address yet.
  }
  return unused(stem, taken);
}

/** Suggests a profile's name from account and role, in the words that section headers allow. */
export function suggestProfileName(account: string, role: string, taken: readonly string[]): string {
  const slug = (s: string): string =>
    s
      .normalize('NFKD')
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-+|-+$/g, '');
  const stem = [slug(account).toLowerCase(), slug(role)].filter((s) => s !== '').join('-');
  return unused(stem.slice(0, 100) || 'profile', taken);
}

function unused(stem: string, taken: readonly string[]): string {
  let name = stem;
  for (let n = 2; taken.includes(name); n++) name = `${stem}-${n}`;
  return name;
}

/** What is wrong with a start URL as typed, as a message key; null when it can be used. */
export function startUrlProblem(
  text: string,
): 'startUrlMissing' | 'startUrlNotHttps' | 'startUrlMalformed' | null {
  const typed = text.trim();
  if (typed === '') return 'startUrlMissing';
  if (StartUrl.safeParse(typed).success) return null;
  return /^http:/i.test(typed) ? 'startUrlNotHttps' : 'startUrlMalformed';
}

/** What is wrong with a name of a profile, SSO session or environment. */
export function nameProblem(
  text: string,
  taken: readonly string[],
): 'nameMissing' | 'nameTaken' | 'nameWrong' | null {
  const typed = text.trim();
  if (typed === '') return 'nameMissing';
  if (taken.includes(typed)) return 'nameTaken';
  return SectionName.safeParse(typed).success ? null : 'nameWrong';
}

/** Whether a folder as typed can be an absolute path of this machine. `~` stands for the home folder where the agent's is known. */
export function folderProblem(text: string): 'folderMissing' | 'folderRelative' | null {
  const typed = text.trim();
  if (typed === '') return 'folderMissing';
  return /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(typed) && !typed.includes('\0') ? null : 'folderRelative';
}
