import type { ActivityState, ActivityView, SessionState } from '../contract/state.ts';
import type { Ask, HookFact } from './activity-hook.ts';
import type { RegisterReading } from './activity-register.ts';

/**
 * What Claude Code is doing in one session, fused from all who see a part of it. The table is docs/session-state.md;
 * in short: Claude Code's own register decides where it can be read, hooks say at once what is asked and why it
 * failed, and titles and keys say when to look again, or stand in where there is no register. Where they disagree or
 * fall silent it is `unknown`.
 */

/** What Claude Code itself is doing. `gate`: what it asks before it begins (trust in the folder, its onboarding). */
export type Phase = 'starting' | 'gate' | 'working' | 'asking' | 'idle' | 'failed' | 'unknown';

export interface OpenAsk extends Ask {
  id: string;
  sinceAt: number;
  /** A hook of ours waits in Claude Code for the answer. */
  held: boolean;
}

export interface Activity {
  /** Null before anybody told of the session. */
  process: SessionState | null;
  startedAt: number;
  phase: Phase;
  /** When what is shown became that. */
  sinceAt: number;
  /** When a hook last said so by itself: the register may lag behind it. */
  saidAt: number;
  /** The register's last word. Null: there is none to be read. */
  register: RegisterReading | null;
  /** Whether hooks come at all. */
  hooked: boolean;
  turn: string | null;
  asks: readonly OpenAsk[];
  reason: string | null;
  background: number;
  /** A sign-in that the session's credentials wait for. */
  credentialsWait: boolean;
  /** Whether anything stands on its screen; null: not known. */
  shown: boolean | null;
  /** What Claude Code asks before it begins; null: not known. */
  gate: { onboarded: boolean; trusted: boolean } | null;
  title: 'working' | 'idle' | null;
  titleAt: number;
  typedAt: number;
  interruptedAt: number;
  seen: boolean;
  /** The last thing that was seen, other than the register. */
  evidenceAt: number;
  /** When to read the register again, and to say `time`. */
  checkAt: number | null;
}

export type ActivityEvent =
  | { type: 'process'; state: SessionState; startedAt: number }
  | { type: 'hook'; fact: HookFact; id: string; held?: boolean }
  /** The hook that waited for an answer waits no more: answered here, or given up by Claude Code. */
  | { type: 'released'; id: string; answered: boolean }
  | { type: 'register'; reading: RegisterReading | null }
  | { type: 'title'; mark: 'working' | 'idle' | null }
  | { type: 'key'; key: 'escape' | 'interrupt' | 'enter' }
  | { type: 'credentials'; waiting: boolean }
  | { type: 'gate'; onboarded: boolean; trusted: boolean }
  | { type: 'screen'; shown: boolean | null }
  | { type: 'looked' }
  | { type: 'time' };

/** Between something seen and the register's next reading; and once more, for what it had not written yet. */
const LOOK_SOON_MS = 80;
const LOOK_AGAIN_MS = 800;
/** While something goes on the register is read this often, should its news not arrive. */
const LOOK_ANYWAY_MS = 5_000;
const UNSURE_MS = 2_000;
/** The register may be this much behind a hook. */
const LAG_MS = 700;
/** A permission hook comes before its dialog, and another hook may still answer in its place. */
const ASK_LAG_MS = 2_000;
/** From the start until Claude Code stands at its first question, where its screen is not known. */
const GATE_MS = 1_500;
/** A start that says nothing for so long is not understood; one with an empty screen may still come. */
const SILENT_START_MS = 15_000;
const EMPTY_START_MS = 60_000;
/** A dialog that follows a key of the person's this soon is their own doing (/model, /help). */
const OWN_DIALOG_MS = 1_500;
/** Without a register: how long titles and hooks may contradict each other. */
const DOUBT_MS = 1_500;
/** An Esc explains an idle title for this long. */
const INTERRUPT_MS = 4_000;
/**
 * The end of work is believed after this long: a prompt that waited, or a sub-agent that is back, makes Claude Code
 * work on within a few ms.
 */
const REST_MS = 300;
/** A turning title that the register denies for this long is a contradiction. */
const CONTRADICTION_MS = 2_500;

export const noActivity: Activity = {
  process: null,
  startedAt: 0,
  phase: 'unknown',
  sinceAt: 0,
  saidAt: 0,
  register: null,
  hooked: false,
  turn: null,
  asks: [],
  reason: null,
  background: 0,
  credentialsWait: false,
  shown: null,
  gate: null,
  title: null,
  titleAt: 0,
  typedAt: 0,
  interruptedAt: 0,
  seen: true,
  evidenceAt: 0,
  checkAt: null,
};

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
      return registered(before, event.reading, now);
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

/** Something was seen: the register is read soon. */
function seen(activity: Activity, now: number, change: Partial<Activity>): Activity {
  return { ...activity, ...change, evidenceAt: now, checkAt: now + LOOK_SOON_MS };
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

// --- the register decides ---

function registered(before: Activity, reading: RegisterReading | null, now: number): Activity {
  const { evidenceAt } = before;
  const again = now < evidenceAt + LOOK_AGAIN_MS ? evidenceAt + LOOK_AGAIN_MS : now + LOOK_ANYWAY_MS;
  if (reading === null) {
    // What it said last is believed no longer than anything else would be.
    return waited({ ...before, register: null, checkAt: again }, now);
  }
  const known = { ...before, register: reading, checkAt: again };
  if (reading.status === null) return known.phase === 'gate' ? { ...known, phase: 'starting' } : known;
  const lag = before.phase === 'asking' ? ASK_LAG_MS : LAG_MS;
  const behind =
    now < before.saidAt + lag && !(reading.changedAt !== null && reading.changedAt >= before.saidAt);
  if (behind) return { ...known, checkAt: Math.min(again, before.saidAt + lag) };
  switch (reading.status) {
    case 'busy':
      return { ...known, phase: 'working', reason: null };
    case 'waiting':
      return waiting(known, reading);
    case 'idle':
    case 'shell':
      return resting(known, reading, now);
  }
}

function waiting(known: Activity, reading: RegisterReading): Activity {
  const own =
    reading.waitingFor === 'dialog open' &&
    known.phase !== 'asking' &&
    Math.abs((reading.changedAt ?? 0) - known.typedAt) < OWN_DIALOG_MS;
  if (!own) return { ...known, phase: 'asking' };
  return known.phase === 'working' || known.phase === 'failed' ? known : { ...known, phase: 'idle' };
}

function resting(known: Activity, reading: RegisterReading, now: number): Activity {
  const background = reading.status === 'shell' ? Math.max(1, known.background) : 0;
  const turning =
    known.title === 'working' &&
    now - known.titleAt < CONTRADICTION_MS &&
    reading.changedAt !== null &&
    reading.changedAt < now - CONTRADICTION_MS;
  if (turning) return { ...known, background, phase: 'unknown', checkAt: now + UNSURE_MS };
  const since = now - (reading.changedAt ?? 0);
  const interrupted = now - known.interruptedAt < INTERRUPT_MS;
  if (known.phase === 'working' && since >= 0 && since < REST_MS && !interrupted) {
    return { ...known, background, checkAt: now + REST_MS - since };
  }
  return { ...known, background, phase: known.phase === 'failed' ? 'failed' : 'idle' };
}

/** Beside a register hooks say what it does not: what is asked, why a turn failed, what goes on in the background. */
function hookBeside(
  before: Activity,
  { fact, id, held = false }: { fact: HookFact; id: string; held?: boolean },
  now: number,
): Activity {
  switch (fact.what) {
    case 'prompt':
      return { ...before, phase: 'working', saidAt: now, turn: fact.turn, reason: null };
    case 'tool':
      return before.phase === 'unknown' || before.phase === 'starting'
        ? { ...before, phase: 'working', saidAt: now }
        : before;
    case 'ask':
      return asked(before, fact.ask, id, held, now);
    case 'toolEnded':
      return toolEnded(before, fact.about, now);
    case 'failed':
      if (isLate(before, fact.turn)) return before;
      return { ...before, phase: 'failed', saidAt: now, reason: fact.reason };
    case 'stop':
      return isLate(before, fact.turn) ? before : { ...before, background: fact.shells + fact.agents };
    default:
      return before;
  }
}

// --- without a register ---

function hookAlone(
  before: Activity,
  event: { fact: HookFact; id: string; held?: boolean },
  now: number,
): Activity {
  const { fact } = event;
  switch (fact.what) {
    case 'start':
      return fact.source === 'compact' ? before : { ...before, phase: 'idle', saidAt: now, asks: [] };
    case 'tool':
      return isLate(before, fact.turn) ? before : { ...before, phase: 'working', saidAt: now };
    case 'stop':
      if (isLate(before, fact.turn)) return before;
      return {
        ...before,
        saidAt: now,
        background: fact.shells + fact.agents,
        phase: fact.agents > 0 ? 'working' : 'idle',
      };
    case 'compacting':
      return { ...before, phase: 'working', saidAt: now };
    case 'compacted':
      return fact.manual ? { ...before, phase: 'idle', saidAt: now } : before;
    case 'reminder':
      if (fact.of === 'permission') return { ...before, phase: 'asking', saidAt: now };
      return before.phase === 'working' || before.phase === 'unknown'
        ? { ...before, phase: 'idle', saidAt: now }
        : before;
    default:
      return hookBeside(before, event, now);
  }
}

function titled(before: Activity, mark: 'working' | 'idle' | null, now: number): Activity {
  const known = seen(before, now, { title: mark, titleAt: now });
  if (before.register || mark === null) return known;
  if (mark === 'idle') {
    // The first title comes with the prompt's box.
    if (before.phase === 'starting' || before.phase === 'gate') return { ...known, phase: 'idle' };
    return known;
  }
  // A dialog's title does not turn: somebody has answered.
  if (before.phase === 'asking' && now - before.saidAt < DOUBT_MS) return known;
  return { ...known, phase: 'working' };
}

/** Time has passed: what should have followed and has not is in doubt. */
function waited(before: Activity, now: number): Activity {
  const checked = { ...before, checkAt: now + LOOK_ANYWAY_MS };
  if (before.register && before.phase !== 'starting') return checked;
  switch (before.phase) {
    case 'starting':
      return started(before, now);
    case 'working':
      if (before.title !== 'idle') {
        // No title at all: an Esc may have ended it, or not.
        const interrupted = before.title === null && before.interruptedAt > before.saidAt;
        if (!interrupted) return checked;
        return now < before.interruptedAt + DOUBT_MS
          ? { ...checked, checkAt: before.interruptedAt + DOUBT_MS }
          : { ...checked, phase: 'unknown' };
      }
      if (before.titleAt < before.saidAt) return checked;
      if (now < before.titleAt + DOUBT_MS) return { ...checked, checkAt: before.titleAt + DOUBT_MS };
      return {
        ...checked,
        phase: Math.abs(before.titleAt - before.interruptedAt) < INTERRUPT_MS ? 'idle' : 'unknown',
      };
    case 'asking':
      // A first Ctrl+C leaves a dialog as it is, an Esc may close it: nothing else says so.
      if (before.interruptedAt <= before.saidAt) return checked;
      return now < before.interruptedAt + DOUBT_MS
        ? { ...checked, checkAt: before.interruptedAt + DOUBT_MS }
        : { ...checked, phase: 'unknown' };
    default:
      return checked;
  }
}

function started(before: Activity, now: number): Activity {
  const { gate, startedAt, credentialsWait, shown } = before;
  const closed = gate !== null && !(gate.onboarded && gate.trusted);
  if (before.register === null && closed) {
    if (shown ?? now >= startedAt + GATE_MS) return { ...before, phase: 'gate', checkAt: now + UNSURE_MS };
    return { ...before, checkAt: shown === null ? startedAt + GATE_MS : now + UNSURE_MS };
  }
  if (now >= startedAt + (shown === false ? EMPTY_START_MS : SILENT_START_MS) && !credentialsWait) {
    return { ...before, phase: 'unknown', checkAt: now + UNSURE_MS };
  }
  return { ...before, checkAt: now + UNSURE_MS };
}

// --- what is asked ---

function asked(before: Activity, ask: Ask, id: string, held: boolean, now: number): Activity {
  // PreToolUse and PermissionRequest tell of the same question.
  const same = before.asks.find((open) => open.about === ask.about);
  const open: OpenAsk = same
    ? { ...same, held: same.held || held, id: held ? id : same.id }
    : { ...ask, id, held, sinceAt: now };
  const others = before.asks.filter((each) => each !== same);
  return {
    ...before,
    phase: 'asking',
    saidAt: now,
    asks: same ? before.asks.map((each) => (each === same ? open : each)) : [...others, open],
  };
}

function toolEnded(before: Activity, about: string, now: number): Activity {
  const asks = before.asks.filter((ask) => ask.about !== about);
  if (asks.length === before.asks.length) return before;
  if (asks.length > 0 || before.phase !== 'asking') return { ...before, asks };
  return { ...before, asks, phase: 'working', saidAt: now };
}

function released(
  before: Activity,
  { id, answered }: { id: string; answered: boolean },
  now: number,
): Activity {
  const ask = before.asks.find((each) => each.id === id);
  if (!ask) return before;
  if (!answered) {
    return seen(before, now, {
      asks: before.asks.map((each) => (each === ask ? { ...each, held: false } : each)),
    });
  }
  const asks = before.asks.filter((each) => each !== ask);
  return seen(before, now, {
    asks,
    saidAt: now,
    phase: asks.length > 0 ? before.phase : 'working',
  });
}

/** A hook of an earlier turn that arrives after the next has begun. */
function isLate({ turn }: Activity, of: string | null): boolean {
  return turn !== null && of !== null && turn !== of;
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
