import { type SessionView, sessionIsOpen, type UpdateView } from '../../contract/state.ts';

/** How an update stands, as far as it is known without asking anybody. */
export type UpdatePhase = 'none' | 'checking' | 'available' | 'downloading' | 'ready' | 'failed';

/** What somebody asked for and has not got yet. `installNow`: even while Claude works. */
export type UpdateGoal = NonNullable<UpdateView['wish']>;

export interface UpdateFacts {
  phase: UpdatePhase;
  mode: 'ask' | 'automatic' | 'off';
  goal: UpdateGoal | null;
  /** Whether this copy can replace itself; one that cannot still says that there is a newer one. */
  self: boolean;
  /** Whether Claude Code is at work in a session. */
  working: boolean;
  /** Whether it is time to look again. */
  due: boolean;
}

export type UpdateStep = 'check' | 'download' | 'install' | 'hold' | 'wait';

/**
 * What the updater does next. A person's goal goes first and is followed in every mode; without one, `ask` only
 * looks, `automatic` also downloads, `off` does nothing. Nothing is installed while Claude works, unless asked
 * for just that; without a goal nothing is installed before the tray ends (`installsAtQuit`).
 */
export function nextUpdateStep({ phase, mode, goal, self, working, due }: UpdateFacts): UpdateStep {
  if (phase === 'checking' || phase === 'downloading') return 'wait';
  if (goal === 'check') return 'check';
  if (goal !== null && self) {
    if (phase === 'none' || phase === 'failed') return 'check';
    if (phase === 'available') return 'download';
    if (goal === 'install') return working ? 'hold' : 'install';
    if (goal === 'installNow') return 'install';
  }
  if (mode === 'off') return 'wait';
  if (mode === 'automatic' && phase === 'available' && self) return 'download';
  return due && phase !== 'ready' ? 'check' : 'wait';
}

/** Whether an update that is ready is installed as the tray ends. */
export function installsAtQuit({
  phase,
  mode,
  goal,
  self,
  working,
}: Pick<UpdateFacts, 'phase' | 'mode' | 'goal' | 'self' | 'working'>): boolean {
  const wanted = mode === 'automatic' || goal === 'install' || goal === 'installNow';
  return self && phase === 'ready' && wanted && (!working || goal === 'installNow');
}

/** Whether Claude Code is in the middle of something that its person waits for. */
export function claudeWorks(sessions: readonly SessionView[]): boolean {
  return sessions.some((session) => {
    const { state, background } = session.activity;
    return sessionIsOpen(session) && (state === 'working' || state === 'needsYou' || background > 0);
  });
}

const VERSION = /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(?:-([0-9A-Za-z.-]{1,40}))?$/;

/** Whether `version` comes after `than`; both as semantic versions without build names. What is none is never newer. */
export function isNewerVersion(version: string, than: string): boolean {
  const [a, b] = [VERSION.exec(version), VERSION.exec(than)];
  if (!a || !b) return false;
  for (const at of [1, 2, 3]) {
    const difference = Number(a[at]) - Number(b[at]);
    if (difference !== 0) return difference > 0;
  }
  const [early, before] = [a[4], b[4]];
  if (early === undefined || before === undefined) return early === undefined && before !== undefined;
  const [mine, theirs] = [early.split('.'), before.split('.')];
  for (let at = 0; at < Math.max(mine.length, theirs.length); at++) {
    const [one, other] = [mine[at], theirs[at]];
    if (one === undefined || other === undefined) return other === undefined;
    if (one === other) continue;
    const numbers = [/^\d+$/.test(one), /^\d+$/.test(other)];
    if (numbers[0] && numbers[1]) return Number(one) > Number(other);
    if (numbers[0] !== numbers[1]) return numbers[1] === true;
    return one > other;
  }
  return false;
}
