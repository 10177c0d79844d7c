import { hookBeside, isLate } from './activity-asks.ts';
import type { Activity, HookNews } from './activity-facts.ts';
import { INTERRUPT_MS, lookAnyway, seen, UNSURE_MS } from './activity-looks.ts';

/** From the start until Claude Code stands at its first question, where its screen is not known. */
const GATE_MS = 1_500;
/** A start that says nothing for so long is not understood; one with an empty screen may still come. */
const SILENT_START_MS = 15_000;
const EMPTY_START_MS = 60_000;
/** Without a register: how long titles and hooks may contradict each other. */
const DOUBT_MS = 1_500;

/** Hooks where there is no register. */
export function hookAlone(before: Activity, event: HookNews, now: number): Activity {
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

export function titled(before: Activity, mark: 'working' | 'idle' | null, now: number): Activity {
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
export function waited(before: Activity, now: number, told = false): Activity {
  const checked = { ...before, checkAt: lookAnyway(before, now, told) };
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
    case 'unknown':
      // Another agent saw it begin: where nothing but its first question can stand, it stands there.
      return closed(before) && !before.hooked && before.title === null && before.shown !== false
        ? { ...checked, phase: 'gate' }
        : checked;
    default:
      return checked;
  }
}

/** Claude Code has yet to ask something before it begins. */
function closed({ gate }: Activity): boolean {
  return gate !== null && !(gate.onboarded && gate.trusted);
}

function started(before: Activity, now: number): Activity {
  const { startedAt, credentialsWait, shown } = before;
  if (before.register === null && closed(before)) {
    if (shown ?? now >= startedAt + GATE_MS) return { ...before, phase: 'gate', checkAt: now + UNSURE_MS };
    return { ...before, checkAt: shown === null ? startedAt + GATE_MS : now + UNSURE_MS };
  }
  if (now >= startedAt + (shown === false ? EMPTY_START_MS : SILENT_START_MS) && !credentialsWait) {
    return { ...before, phase: 'unknown', checkAt: now + UNSURE_MS };
  }
  return { ...before, checkAt: now + UNSURE_MS };
}
