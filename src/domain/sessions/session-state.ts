import type { SessionState, SessionView } from '../../contract/state.ts';

/** What can happen to a Claude Code session. */
export type SessionEvent =
  /** Its process is to be started, and credentials are there. */
  | 'ready'
  /** It cannot start before a person signs in. */
  | 'signInNeeded'
  | 'spawned'
  /** Its process ended, it could not be started, or it was given up while it waited. */
  | 'ended'
  /** The pty-host that held it is gone, or the agent that was to start it. */
  | 'hostGone'
  /** The machine went down, and took it along a moment before it was told. */
  | 'shutDown';

/**
 * The table of transitions; what is not in it changes nothing, so late news of an ended session is harmless.
 *
 * | state | ready | signInNeeded | spawned | ended | hostGone | shutDown |
 * |---|---|---|---|---|---|---|
 * | waiting | starting | waiting | | exited | lost | lost |
 * | starting | | waiting | running | exited | lost | lost |
 * | running | | | | exited | lost | lost |
 * | exited (resumed) | starting | waiting | running | | | lost |
 * | lost (resumed) | starting | waiting | running | exited | | |
 */
const table: Record<SessionState, Partial<Record<SessionEvent, SessionState>>> = {
  waiting: { ready: 'starting', ended: 'exited', hostGone: 'lost', shutDown: 'lost' },
  starting: {
    signInNeeded: 'waiting',
    spawned: 'running',
    ended: 'exited',
    hostGone: 'lost',
    shutDown: 'lost',
  },
  running: { ended: 'exited', hostGone: 'lost', shutDown: 'lost' },
  // `spawned`: an agent that lost its own list finds the session alive in the pty-host.
  exited: { ready: 'starting', signInNeeded: 'waiting', spawned: 'running', shutDown: 'lost' },
  lost: { ready: 'starting', signInNeeded: 'waiting', spawned: 'running', ended: 'exited' },
};

export function nextSessionState(state: SessionState, event: SessionEvent): SessionState {
  return table[state][event] ?? state;
}

/**
 * Whether a session ended as wanted: by itself, or because somebody hung its terminal up or asked it to end. Claude
 * Code handles both signals and exits with 128 and the signal's number.
 */
export function endedWell({ signal, exitCode }: Pick<SessionView, 'signal' | 'exitCode'>): boolean {
  if (signal !== null) return /^(SIG)?(HUP|TERM)$/.test(signal);
  return exitCode === null || [0, 129, 143].includes(exitCode);
}

/** Whether Claude Code waits for the first prompt of a conversation: it is ready, and nothing is done yet. */
export function saidNothing({
  program,
  hasTranscript,
}: Pick<SessionView, 'program' | 'hasTranscript'>): boolean {
  return program === 'claude' && !hasTranscript;
}
