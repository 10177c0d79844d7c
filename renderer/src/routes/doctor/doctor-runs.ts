import { useState, useSyncExternalStore } from 'react';
import type { DoctorCheck, DoctorLink, DoctorRun } from '../../../../src/contract/doctor.ts';
import { doctorLinks } from '../../../../src/contract/doctor.ts';
import type { ErrorView } from '../../../../src/contract/errors.ts';
import type { PageAgent } from '../../model/agent.ts';
import { useAgent } from '../../model/app-context.tsx';

export interface DoctorState {
  /** All links in order, also those that nothing is known of yet. */
  checks: readonly DoctorCheck[];
  /** When the last check of anything ended, epoch ms; null before the first one. */
  at: number | null;
  /** Those that are being checked now; null while nothing is. */
  running: ReadonlySet<DoctorLink> | null;
  /** Why a check broke off. */
  problem: ErrorView | null;
}

/** Results are drawn at most this often, ms. */
const SHOWN_EVERY = 120;

const unknown = (link: DoctorLink): DoctorCheck => ({
  link,
  state: 'waiting',
  evidence: null,
  command: null,
  findings: [],
  ms: null,
});

export const nothingChecked: DoctorState = {
  checks: doctorLinks.map(unknown),
  at: null,
  running: null,
  problem: null,
};

/**
 * The checks of this page's life, by environment: one goes on while another view is shown, and its result is there when
 * its person comes back from a remedy.
 */
class DoctorRuns {
  readonly #agent: PageAgent;
  readonly #states = new Map<string, DoctorState>();
  readonly #stops = new Map<string, () => void>();
  readonly #listeners = new Set<() => void>();

  constructor(agent: PageAgent) {
    this.#agent = agent;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  of(environment: string | null): DoctorState {
    return this.#states.get(environment ?? '') ?? nothingChecked;
  }

  /** Checks all links, or those named; the others stay as they are known. */
  start(environment: string | null, wish: { ask?: boolean; links?: readonly DoctorLink[] } = {}): void {
    const key = environment ?? '';
    if (this.#stops.has(key)) return;
    const { ask = false, links } = wish;
    const running = new Set(links ?? doctorLinks);
    const before = this.of(environment).checks;
    const fresh = before.map((c) => (running.has(c.link) ? unknown(c.link) : c));
    this.#set(key, { checks: fresh, at: this.of(environment).at, running, problem: null });
    const end = (problem: ErrorView | null): void => {
      if (!this.#stops.delete(key)) return;
      const { checks } = this.of(environment);
      const ended = checks.map((c) => (c.state === 'running' ? { ...c, state: 'skipped' as const } : c));
      this.#set(key, { checks: ended, at: Date.now(), running: null, problem });
    };
    let last: DoctorRun | null = null;
    const show = (): void => {
      const known = new Map(last?.checks.map((c) => [c.link, c]));
      last = null;
      // What has not changed stays the very same object: it need not be drawn again.
      const checks = this.of(environment).checks.map((c) => {
        const told = known.get(c.link);
        // A link that was wanted may need others before it: what is known of those is newer, too.
        const now = told && (running.has(c.link) || isKnown(told)) ? told : undefined;
        return now && JSON.stringify(now) !== JSON.stringify(c) ? now : c;
      });
      this.#set(key, { ...this.of(environment), checks });
    };
    const told = (run: DoctorRun): void => {
      // Quick links tell their results within milliseconds of each other.
      if (last === null && !run.done)
        setTimeout(() => {
          if (last && this.#stops.get(key) === stop) show();
        }, SHOWN_EVERY);
      last = run;
      if (!run.done) return;
      show();
      end(null);
      stop();
    };
    const stop = this.#agent.follow(
      'doctor.run',
      { ...(environment === null ? {} : { environment }), ask, ...(links ? { links: [...links] } : {}) },
      told,
      (error) => {
        if (this.#stops.get(key) === stop) end(error?.view() ?? null);
      },
    );
    this.#stops.set(key, stop);
  }

  stop(environment: string | null): void {
    const key = environment ?? '';
    const stop = this.#stops.get(key);
    if (!stop) return;
    this.#stops.delete(key);
    stop();
    const { checks, at } = this.of(environment);
    const ended = checks.map((c) => (c.state === 'running' ? { ...c, state: 'skipped' as const } : c));
    this.#set(key, { checks: ended, at, running: null, problem: null });
  }

  #set(key: string, state: DoctorState): void {
    this.#states.set(key, state);
    for (const listener of [...this.#listeners]) listener();
  }
}

const ofAgent = new WeakMap<PageAgent, DoctorRuns>();

export function useDoctor(environment: string | null): DoctorState & {
  start(wish?: { ask?: boolean; links?: readonly DoctorLink[] }): void;
  stop(): void;
} {
  const agent = useAgent();
  const [runs] = useState(() => {
    const known = ofAgent.get(agent) ?? new DoctorRuns(agent);
    ofAgent.set(agent, known);
    return known;
  });
  const state = useSyncExternalStore(runs.subscribe, () => runs.of(environment));
  return { ...state, start: (wish) => runs.start(environment, wish), stop: () => runs.stop(environment) };
}

/** Whether a link is behind: it has its result, of this check or an earlier one. */
export const isKnown = ({ state }: DoctorCheck): boolean => state !== 'waiting' && state !== 'running';
