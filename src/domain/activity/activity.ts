import type { ActivityState, ActivityView, SessionState } from '../../contract/state.ts';
import { hookAlone, titled, waited } from './activity-alone.ts';
import { hookBeside, released } from './activity-asks.ts';
import { type Activity, type HookNews, noActivity } from './activity-facts.ts';
import { INTERRUPT_MS, LOOK_SOON_MS, seen } from './activity-looks.ts';
import type { RegisterReading } from './activity-register.ts';
import { registered } from './activity-registered.ts';

/**
 * What Claude Code is doing in one session, fused from all who see a part of it. The table is docs/session-state.md;
 * in short: Claude Code's own register decides where it can be read, hooks say at once what is asked and why it
 * failed, and titles and keys say when to look again, or stand in where there is no register. Where they disagree or
 * fall silent it is `unknown`.
 */

export type ActivityEvent =
  | { type: 'process'; state: SessionState; startedAt: number }
  | ({ type: 'hook' } & HookNews)
  /** The hook that waited for an answer waits no more: answered here, or given up by Claude Code. */
  | { type: 'released'; id: string; answered: boolean }
  /** `told`: its changes are told of, so that it need not be read often. */
  | { type: 'register'; reading: RegisterReading | null; told?: boolean }
  | { type: 'title'; mark: 'working' | 'idle' | null }
  | { type: 'key'; key: 'escape' | 'interrupt' | 'enter' }
  | { type: 'credentials'; waiting: boolean }
  | { type: 'gate'; onboarded: boolean; trusted: boolean }
  | { type: 'screen'; shown: boolean | null }
  | { type: 'looked' }
  | { type: 'time' };

/** The state after `event`, seen at `now` (epoch ms). The caller reads the register and says `time` at `checkAt`. */
export function nextActivity(before: Activity, event: ActivityEvent, now: number): Activity {
  const after = tidied(before, moved(before, event, now), now);
  return activityState(after) === activityState(before) ? after : { ...after, sinceAt: now };
}

/** What shells are shown. */
export function activityView(activity: Activity): ActivityView {
  const state = activityState(activity);
  const [ask] = activity.asks;
  return {
    state,
    sinceAt: activity.sinceAt,
    request:
      state === 'needsYou' && ask
        ? {
            id: ask.id,
            kind: ask.kind,
            tool: ask.tool,
            text: ask.text,
            sinceAt: ask.sinceAt,
            answerable: ask.held && ask.complete && ask.kind === 'permission',
          }
        : null,
    seen: state === 'done' ? activity.seen : true,
    reason: state === 'failed' ? activity.reason : null,
    background: activity.process === 'running' ? activity.background : 0,
  };
}

export function activityState(activity: Activity): ActivityState {
  switch (activity.process) {
    case null:
      return 'unknown';
    case 'exited':
    case 'lost':
      return 'exited';
    case 'waiting':
      return 'paused';
    case 'starting':
      return 'starting';
    case 'running':
      return shownPhase(activity);
  }
}

function shownPhase({ phase, credentialsWait, gate }: Activity): ActivityState {
  switch (phase) {
    case 'asking':
      return 'needsYou';
    case 'idle':
      return 'done';
    case 'failed':
      return 'failed';
    case 'gate':
      return gate?.onboarded === false ? 'needsYou' : 'trust';
    case 'starting':
    case 'working':
    case 'unknown':
      return credentialsWait ? 'paused' : phase;
  }
}

function moved(before: Activity, event: ActivityEvent, now: number): Activity {
  if (event.type === 'process') return processed(before, event, now);
  if (event.type === 'looked') return { ...before, seen: true };
  if (event.type === 'credentials') return { ...before, credentialsWait: event.waiting };
  if (event.type === 'gate') {
    const { onboarded, trusted } = event;
    return { ...before, gate: { onboarded, trusted } };
  }
  // A process that has ended says nothing any more; what comes late is of its past.
  if (before.process !== 'running') return before;
  switch (event.type) {
    case 'register':
      return registered(before, event.reading, now, event.told ?? false);
    case 'hook':
      return seen(before.register ? hookBeside(before, event, now) : hookAlone(before, event, now), now, {
        hooked: before.hooked || event.fact.what !== 'nothing',
      });
    case 'screen':
      return seen(before, now, { shown: event.shown });
    case 'released':
      return released(before, event, now);
    case 'title':
      return titled(before, event.mark, now);
    case 'key':
      return seen(before, now, {
        typedAt: now,
        ...(event.key !== 'enter' && { interruptedAt: now }),
      });
    case 'time':
      return waited(before, now);
  }
}

function processed(
  before: Activity,
  { state, startedAt }: { state: SessionState; startedAt: number },
  now: number,
): Activity {
  const again = before.process !== null && startedAt !== before.startedAt;
  if (before.process === state && !again) return before;
  if (state !== 'running') {
    const { credentialsWait } = before;
    return { ...noActivity, process: state, startedAt, sinceAt: before.sinceAt, credentialsWait };
  }
  return {
    ...noActivity,
    process: state,
    startedAt,
    sinceAt: before.sinceAt,
    credentialsWait: before.credentialsWait,
    gate: before.gate,
    // One that was running before anybody here looked may be doing anything.
    phase: before.process === null ? 'unknown' : 'starting',
    evidenceAt: now,
    checkAt: now + LOOK_SOON_MS,
  };
}

/** What follows from any move: no question outlives its asking, and a turn's end is news until somebody looks. */
function tidied(before: Activity, after: Activity, now: number): Activity {
  const ended = after.phase === 'idle' && (before.phase === 'working' || before.phase === 'asking');
  const there = now - after.interruptedAt < INTERRUPT_MS;
  return {
    ...after,
    ...(after.phase !== 'asking' && after.asks.length > 0 && { asks: [] }),
    ...(ended && { seen: there }),
  };
}
