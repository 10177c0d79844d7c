import type { ErrorView } from '../../../src/contract/errors.ts';
import type { Snapshot } from '../../../src/contract/state.ts';
import { clockOffset } from '../../../src/domain/duration.ts';
import type { PageAgent } from './agent.ts';

/** `connecting`: never been connected yet. `offline`: the agent went away or cannot be reached; tried again by itself. */
export type LinkState = 'connecting' | 'online' | 'offline';

export interface AgentState {
  link: LinkState;
  /** The last snapshot, kept while offline so that the page does not go blank. */
  snapshot: Snapshot | null;
  /** Agent's clock minus ours, in ms, from the last snapshot. */
  clockOffset: number;
  /** Why there is no connection. */
  problem: ErrorView | null;
  /** Rises with each connection: views that hold something on it open it again. */
  connection: number;
}

/** The page's one source of truth: the last snapshot and whether the agent is there. Shaped for useSyncExternalStore. */
export class AgentModel {
  #state: AgentState = { link: 'connecting', snapshot: null, clockOffset: 0, problem: null, connection: 0 };
  #listeners = new Set<() => void>();
  #stop: (() => void)[] = [];

  constructor(agent: Pick<PageAgent, 'onState' | 'watch' | 'state'>, now: () => number = Date.now) {
    this.#stop.push(
      agent.onState(() => this.#linkChanged(agent)),
      agent.watch('state.watch', {}, (snapshot) => {
        const cameBack = this.#state.link !== 'online';
        this.#set({
          link: 'online',
          snapshot,
          clockOffset: clockOffset(snapshot.at, now()),
          problem: null,
          connection: this.#state.connection + (cameBack ? 1 : 0),
        });
      }),
    );
    this.#linkChanged(agent);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly getState = (): AgentState => this.#state;

  stop(): void {
    for (const stop of this.#stop) stop();
  }

  #linkChanged(agent: Pick<PageAgent, 'state'>): void {
    const state = agent.state();
    if (state.kind === 'connected') return;
    const problem = state.kind === 'failed' ? state.problem : this.#state.problem;
    if (this.#state.link === 'connecting' && state.kind === 'connecting') return;
    this.#set({ ...this.#state, link: 'offline', problem });
  }

  #set(state: AgentState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener();
  }
}
