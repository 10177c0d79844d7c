import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssembledSimulation } from '../support/simulation/assembled-simulation.ts';
import { copyWith, type Mutation } from '../support/simulation/copy-of-sources.ts';
import { describeHistory, type History, histories } from '../support/simulation/history.ts';
import { type Invariant, Violation } from '../support/simulation/invariants.ts';
import { loadMachines } from '../support/simulation/machines.ts';
import { PureSimulation } from '../support/simulation/pure-simulation.ts';
import { loadRooms } from '../support/simulation/rooms.ts';

/**
 * Would the histories notice? Each of these bugs is put into a copy of the sources, and has to be found, by the
 * promise that it breaks. What is printed is the counterexample as far as it was made small in a few seconds.
 */

interface Bug {
  what: string;
  breaks: Invariant;
  edits: readonly Mutation[];
}

const machineBugs: readonly Bug[] = [
  {
    what: 'credentials are believed to live a day longer than AWS says',
    breaks: 'never-expired',
    edits: [
      {
        file: 'domain/keep-alive/role-credentials.ts',
        from: '?? now, expiresAt: event.expiresAt };',
        to: '?? now, expiresAt: event.expiresAt + 86_400_000 };',
      },
    ],
  },
  {
    what: 'credentials are renewed five minutes before their end',
    breaks: 'fresh-enough',
    edits: [
      {
        file: 'domain/keep-alive/schedule.ts',
        from: 'CREDENTIALS_LEAD_MS = 20 * minute',
        to: 'CREDENTIALS_LEAD_MS = 5 * minute',
      },
    ],
  },
  {
    what: 'everything is renewed at half its life',
    breaks: 'few-calls',
    edits: [
      {
        file: 'domain/keep-alive/schedule.ts',
        from: 'return lifetime.expiresAt - windowBeforeEnd(lifetime, leadMs)',
        to: 'return lifetime.expiresAt - windowBeforeEnd(lifetime, leadMs * 1_000)',
      },
    ],
  },
  {
    what: 'prompts come whoever is there',
    breaks: 'one-prompt',
    edits: [{ file: 'domain/keep-alive/prompt.ts', from: "return presence === 'away' || (", to: 'return (' }],
  },
  {
    what: 'a failed refresh is tried again at once',
    breaks: 'no-hot-loop',
    edits: [
      {
        file: 'domain/keep-alive/backoff.ts',
        from: 'return Math.max(MIN_SPACING_MS, jittered, asked)',
        to: 'return Math.min(0, jittered)',
      },
    ],
  },
  {
    what: 'a refresh that failed is not tried again',
    breaks: 'recovers',
    edits: [{ file: 'domain/keep-alive/sso-session.ts', from: 'return state.retryAt;', to: 'return null;' }],
  },
  {
    what: 'a clock that is set back leaves the deadlines of credentials where they were',
    breaks: 'recovers',
    edits: [
      {
        file: 'domain/keep-alive/role-credentials.ts',
        from: 'return { state: movedBack(state, event.byMs, now), effects: [] };',
        to: 'return same;',
      },
    ],
  },
];

const roomBugs: readonly Bug[] = [
  {
    what: 'a secret is handed out as long as it is there',
    breaks: 'never-expired',
    edits: [
      { file: 'agent/broker/brokered-source.ts', from: 'if (life === null) this.#secret = null;', to: '' },
      {
        file: 'agent/broker/brokered-source.ts',
        from: 'const what = handOut(this.#state, this.#now);',
        to: "const what = this.#secret === null ? handOut(this.#state, this.#now) : 'hand-out';",
      },
    ],
  },
  {
    what: 'every wish asks AWS',
    breaks: 'few-calls',
    edits: [
      {
        file: 'agent/broker/brokered-source.ts',
        from: 'const ours = rejected !== undefined && rejected === this.#secret?.accessKeyId;',
        to: 'const ours = this.#secret !== null;',
      },
    ],
  },
  {
    what: 'a second sign-in begins beside the first',
    breaks: 'one-prompt',
    edits: [
      {
        file: 'agent/signin/desk.ts',
        from: 'const running = this.#running;',
        to: 'const running = null as Running | null;',
      },
    ],
  },
  {
    what: 'nobody looks at the file again when a refresh token was used by another tool',
    breaks: 'recovers',
    edits: [
      {
        file: 'agent/keeper/refresh-among-rivals.ts',
        from: 'const other = tried.size < MAX_TRIED ? await another(tried, parts) : null;',
        to: 'const other = null;',
      },
    ],
  },
];

const SHRINKING_MS = 2_000;

/** Found: the violation of that promise, and the smallest history of it that a few more seconds gave. */
async function found(
  breaks: Invariant,
  play: (history: History) => Promise<unknown>,
  numRuns: number,
): Promise<{ violation: unknown; history: History } | null> {
  const seed = 20_300_101;
  let until = Number.POSITIVE_INFINITY;
  // How small it gets is a matter of time; which promise it breaks must not be: a bug breaks several.
  const property = fc.asyncProperty(histories(), async (history) => {
    if (performance.now() > until) return;
    try {
      await play(history);
    } catch (error) {
      if (!(error instanceof Violation) || error.invariant === breaks) throw error;
    }
  });
  const first = await fc.check(property, { seed, numRuns, endOnFailure: true });
  if (!first.failed || first.counterexample === null) return null;
  until = performance.now() + SHRINKING_MS;
  const path = first.counterexamplePath ?? '';
  const small = await fc.check(property, { seed, path, interruptAfterTimeLimit: 2 * SHRINKING_MS });
  const counterexample = small.counterexample ?? first.counterexample;
  return { violation: small.errorInstance ?? first.errorInstance, history: counterexample[0] };
}

function report(bug: Bug, violation: unknown, history: History): void {
  const lines = describeHistory(history).split('\n');
  const shown = [...lines.slice(0, 6), ...(lines.length > 6 ? [`  … ${lines.length - 6} more`] : [])];
  process.stdout.write(
    `seeded bug: ${bug.what}\n  found: ${(violation as Error).message}\n${shown.join('\n')}\n`,
  );
}

describe('bugs in the machines are found', () => {
  it.each(machineBugs.map((bug) => [bug.what, bug] as const))(
    '%s',
    async (_, bug) => {
      using copy = copyWith(bug.edits);
      const machines = await loadMachines(copy.source);
      const bad = await found(
        bug.breaks,
        async (history) => new PureSimulation(history, machines).run(),
        2_000,
      );
      expect(bad, 'the bug was not found').not.toBeNull();
      if (bad === null) return;
      report(bug, bad.violation, bad.history);
      expect(bad.violation).toBeInstanceOf(Violation);
      expect((bad.violation as Violation).invariant).toBe(bug.breaks);
    },
    300_000,
  );
});

// One of them in every run, all of them in CI: a history of the assembled agent takes its time.
const shownRoomBugs = process.env.CI ? roomBugs : roomBugs.slice(0, 1);

describe('bugs in the rooms are found', () => {
  it.each(shownRoomBugs.map((bug) => [bug.what, bug] as const))(
    '%s',
    async (_, bug) => {
      using copy = copyWith(bug.edits);
      const rooms = await loadRooms(copy.source);
      const bad = await found(bug.breaks, (history) => new AssembledSimulation(history, rooms).run(), 200);
      expect(bad, 'the bug was not found').not.toBeNull();
      if (bad === null) return;
      report(bug, bad.violation, bad.history);
      expect(bad.violation).toBeInstanceOf(Violation);
      expect((bad.violation as Violation).invariant).toBe(bug.breaks);
    },
    600_000,
  );
});
