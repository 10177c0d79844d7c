import { type SessionView, sessionIsOpen } from '../../contract/state.ts';

/** Whether Claude Code waits for its person in this session: a question, or the folder's trust. */
export function needsPerson(session: SessionView): boolean {
  const { state } = session.activity;
  return sessionIsOpen(session) && (state === 'needsYou' || state === 'trust');
}

function rank(session: SessionView): number {
  if (!sessionIsOpen(session)) return 6;
  if (needsPerson(session)) return 0;
  switch (session.activity.state) {
    case 'failed':
      return 1;
    case 'done':
      return session.activity.seen ? 5 : 2;
    case 'paused':
      return 3;
    default:
      return 4;
  }
}

/**
 * Sessions by who needs the person: questions first, the oldest on top; then what failed, what is done and unseen,
 * what waits for a sign-in, what works. Ended ones come last, the newest first.
 */
export function byAttention(sessions: readonly SessionView[]): SessionView[] {
  const since = (s: SessionView): number => (sessionIsOpen(s) ? s.activity.sinceAt : -s.startedAt);
  return [...sessions].sort((a, b) => rank(a) - rank(b) || since(a) - since(b));
}

/** Where the person is wanted most: the oldest question, else what failed or is done and unseen; null where nobody wants them. */
export function mostUrgent(sessions: readonly SessionView[]): SessionView | null {
  const first = byAttention(sessions)[0];
  return first !== undefined && rank(first) <= 2 ? first : null;
}

const SHORT_LINES = 3;
const SHORT_CHARACTERS = 240;
/** Characters that nobody sees, or that change the direction of text: what they are in is read in the terminal. */
const unseen = /[\p{Cf}\p{Zl}\p{Zp}]/u;

/**
 * Whether a question can be decided where only few words can be read (menu, notification): all of it is shown there.
 * Anything longer is read in the window or the terminal first.
 */
export function answerableAtAGlance(session: SessionView): boolean {
  const { request } = session.activity;
  return (
    request !== null &&
    request.kind === 'permission' &&
    request.answerable &&
    !unseen.test(request.text) &&
    [...request.text].length <= SHORT_CHARACTERS &&
    request.text.split('\n').length <= SHORT_LINES
  );
}
