import type { SessionView } from '../../../src/contract/state.ts';
import { endedWell } from '../../../src/domain/sessions/session-state.ts';
import type { Translator } from '../../../src/locales/index.ts';
import { folderName, plainText } from './plain-text.ts';

/** What a tab is called: the session's name, else its folder's. */
export function sessionLabel(session: Pick<SessionView, 'name' | 'cwd'>): string {
  return plainText(session.name, 60) || folderName(session.cwd);
}

/** How a session ended, in a few words. */
export function endedWords(
  session: Pick<SessionView, 'exitCode' | 'signal'>,
  words: Pick<Translator, 't'>,
): string {
  if (endedWell(session)) return words.t('page:sessionEnded');
  return session.signal === null
    ? words.t('page:sessionExited', { code: session.exitCode ?? 0 })
    : words.t('page:sessionKilled', { signal: plainText(session.signal, 20) });
}
