import type { SessionView } from '../../../src/contract/state.ts';
import type { Indicator } from '../../../src/domain/overview.ts';
import type { Translator } from '../../../src/locales/index.ts';
import { folderName, plainText } from './plain-text.ts';

/** What a tab is called: the session's name, else its folder's. */
export function sessionLabel(session: Pick<SessionView, 'name' | 'cwd'>): string {
  return plainText(session.name, 60) || folderName(session.cwd);
}

/** Ending a session hangs its terminal up: that is no accident. */
export function endedByPerson(session: Pick<SessionView, 'signal'>): boolean {
  return session.signal !== null && /^(SIG)?(HUP|TERM)$/.test(session.signal);
}

/** The sign of a session's state. */
export function sessionIndicator(session: Pick<SessionView, 'state' | 'exitCode' | 'signal'>): Indicator {
  switch (session.state) {
    case 'waiting':
      return 'attention';
    case 'starting':
      return 'busy';
    case 'running':
      return 'ready';
    case 'exited':
      return session.exitCode === 0 || endedByPerson(session) ? 'off' : 'problem';
    case 'lost':
      return 'problem';
  }
}

/** A session's state in a few words. */
export function sessionStateWords(
  session: Pick<SessionView, 'state' | 'exitCode' | 'signal'>,
  words: Pick<Translator, 't'>,
): string {
  switch (session.state) {
    case 'waiting':
      return words.t('page:sessionWaiting');
    case 'starting':
      return words.t('page:sessionStarting');
    case 'running':
      return words.t('page:sessionRunning');
    case 'exited':
      if (endedByPerson(session)) return words.t('page:sessionEnded');
      if (session.signal) return words.t('page:sessionKilled', { signal: plainText(session.signal, 20) });
      return session.exitCode === 0 || session.exitCode === null
        ? words.t('page:sessionEnded')
        : words.t('page:sessionExited', { code: session.exitCode });
    case 'lost':
      return words.t('page:sessionLost');
  }
}
