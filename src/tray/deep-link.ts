import { uuidPattern } from '../domain/uuid.ts';
import { SCHEME } from './app-identity.ts';

const place = new RegExp(
  `^bedrock-tray://(?:(overview|sessions|history|models|usage|access|settings|sign-in)|(sessions/${uuidPattern}))/?$`,
);

/**
 * The place of the page that a deep link (`bedrock-tray://overview`) names, as the fragment of its address; null for
 * anything else. Anybody may write one: a web page, a mail, a program's output. So a link carries no authority: it
 * shows, and starts nothing. There is nothing in it that could be escaped, encoded or misread, since
 * only these very words are taken.
 */
export function deepLinkPlace(link: string): string | null {
  const [, name, session] = place.exec(link) ?? [];
  if (session !== undefined) return `#/${session}`;
  // Whoever is to sign in finds the button there; a press on it is theirs.
  return name === undefined ? null : `#/${name === 'sign-in' ? 'overview' : name}`;
}

/** What a launch asks for. `nothing`: an autostart, or a link that names no place of ours. */
export type Launch = { show: 'window'; place: string | null } | { show: 'nothing' };

/** Reads the arguments of a launch, in which Chromium's own switches may stand. More than one link is none. */
export function readLaunch(argv: readonly string[]): Launch {
  const links = argv.slice(1).filter((word) => word.toLowerCase().startsWith(`${SCHEME}:`));
  const [link] = links;
  if (link === undefined)
    return argv.includes('--background') ? { show: 'nothing' } : { show: 'window', place: null };
  const found = links.length === 1 ? deepLinkPlace(link) : null;
  return found === null ? { show: 'nothing' } : { show: 'window', place: found };
}
