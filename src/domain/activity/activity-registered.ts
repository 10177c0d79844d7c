import { waited } from './activity-alone.ts';
import type { Activity } from './activity-facts.ts';
import { INTERRUPT_MS, LOOK_AGAIN_MS, lookAnyway, UNSURE_MS } from './activity-looks.ts';
import type { RegisterReading } from './activity-register.ts';

/** The register may be this much behind a hook. */
const LAG_MS = 700;
/** A permission hook comes before its dialog, and another hook may still answer in its place. */
const ASK_LAG_MS = 4_000;
/** A dialog that follows a key of the person's this soon is their own doing (/model, /help). */
const OWN_DIALOG_MS = 1_500;
/**
 * The end of work is believed after this long: a prompt that waited, or a sub-agent that is back, makes Claude Code
 * work on within a few ms.
 */
const REST_MS = 300;
/** A turning title that the register denies for this long is a contradiction. */
const CONTRADICTION_MS = 2_500;

/** What Claude Code's register says decides, unless it lags behind what a hook said. */
export function registered(
  before: Activity,
  reading: RegisterReading | null,
  now: number,
  told: boolean,
): Activity {
  const { evidenceAt } = before;
  const again = now < evidenceAt + LOOK_AGAIN_MS ? evidenceAt + LOOK_AGAIN_MS : lookAnyway(before, now, told);
  if (reading === null) {
    // What it said last is believed no longer than anything else would be.
    return waited({ ...before, register: null, checkAt: again }, now, told);
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
