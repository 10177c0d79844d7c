import type { Activity, HookNews, OpenAsk } from './activity-facts.ts';
import { seen } from './activity-looks.ts';
import type { Ask } from './activity-request.ts';

/** Beside a register hooks say what it does not: what is asked, why a turn failed, what goes on in the background. */
export function hookBeside(before: Activity, { fact, id, held = false }: HookNews, now: number): Activity {
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
      if (isLate(before, fact.turn)) return before;
      return {
        ...before,
        background: fact.shells + fact.agents,
        // With `-p` nobody answered; what a sub-agent asks goes on.
        ...(before.phase === 'asking' && fact.agents === 0 && { phase: 'working' as const, saidAt: now }),
      };
    default:
      return before;
  }
}

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

export function released(
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
export function isLate({ turn }: Activity, of: string | null): boolean {
  return turn !== null && of !== null && turn !== of;
}
