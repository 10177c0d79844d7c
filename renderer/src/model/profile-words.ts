import type { ProfileKind, ProfileNote, ProfileView, SsoSessionView } from '../../../src/contract/state.ts';
import type { MessageKey, Translator } from '../../../src/locales/index.ts';
import type { Words } from './app-context.tsx';
import { plainText } from './plain-text.ts';

const kinds = {
  sso: 'page:kindSso',
  'sso-legacy': 'page:kindSsoLegacy',
  'assume-role': 'page:kindAssumeRole',
  'web-identity': 'page:kindWebIdentity',
  process: 'page:kindProcess',
  login: 'page:kindLogin',
  static: 'page:kindStatic',
  'claude-settings': 'page:kindClaudeSettings',
  none: 'page:kindNone',
} as const satisfies Record<ProfileKind, MessageKey>;

/** Where a profile's credentials come from, in a few words. */
export function kindWords(kind: ProfileKind, words: Pick<Translator, 't'>): string {
  return words.t(kinds[kind]);
}

/** `dev ← base ← corp`: the profiles that the credentials come through. Null where there is no chain. */
export function chainWords({ name, chain }: Pick<ProfileView, 'name' | 'chain'>): string | null {
  return chain.length === 0 ? null : [name, ...chain].map((n) => plainText(n, 60)).join(' ← ');
}

/** The sentence of a note. */
export function noteWords(note: ProfileNote, words: Pick<Translator, 'note'>): string {
  const params = Object.fromEntries(
    Object.entries(note.params).map(([k, v]) => [k, typeof v === 'string' ? plainText(v, 300) : v]),
  );
  return words.note({ ...note, params });
}

/** When the organisation ends an SSO session for good, as far as it was learned. */
export function learnedEnd(
  { endsFrom, endsTo }: Pick<SsoSessionView, 'endsFrom' | 'endsTo'>,
  words: Pick<Words, 't' | 'time'>,
): string | null {
  const [from, to] = [endsFrom ?? endsTo, endsTo ?? endsFrom];
  if (from === null || to === null) return null;
  return words.time(from) === words.time(to)
    ? words.t('page:learnedEndAbout', { at: words.time(from) })
    : words.t('page:learnedEnd', { from: words.time(from), to: words.time(to) });
}

/** Warnings before explanations. */
export function sortedNotes(notes: readonly ProfileNote[]): ProfileNote[] {
  return [
    ...notes.filter((note) => note.level === 'warning'),
    ...notes.filter((note) => note.level === 'info'),
  ];
}
