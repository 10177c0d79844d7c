import { connectAgent } from '../client/find-or-start-agent.ts';
import { type KeptConnection, keepConnected } from '../client/keep-connected.ts';
import {
  BedrockTrayError,
  type CallName,
  type ProcedureInput,
  type ProcedureOutput,
  type Snapshot,
} from '../contract/index.ts';
import { clockOffset } from '../domain/duration.ts';
import { InstalledPrograms } from './installed-programs.ts';

/** What main knows of the agent: whether it is there, and its newest snapshot. */
export class AgentLink {
  readonly #connection: KeptConnection;
  readonly #listeners = new Set<() => void>();
  #snapshot: Snapshot | null = null;
  #offset = 0;
  #gone = false;

  /** Finds or starts the agent at once. `outDir`: folder of the built programs in a checkout. */
  constructor(outDir: string) {
    const programs = new InstalledPrograms(outDir);
    this.#connection = keepConnected(async (mayStart) =>
      connectAgent({
        role: 'tray',
        start: mayStart,
        outDir: await programs.ready(mayStart),
        env: process.env,
      }),
    );
    this.#connection.onState((state) => {
      if (state.kind === 'failed') this.#gone = true;
      if (state.kind === 'connected') this.#gone = false;
      else this.#snapshot = null;
      this.#changed();
    });
    this.#connection.watch('state.watch', {}, (snapshot) => {
      this.#snapshot = snapshot;
      this.#offset = clockOffset(snapshot.at, Date.now());
      this.#changed();
    });
  }

  /** `gone` after a start has failed, which is tried again by itself, or when the agent was stopped on purpose. */
  get state(): 'starting' | 'connected' | 'gone' {
    if (this.#snapshot !== null) return 'connected';
    return this.#gone ? 'gone' : 'starting';
  }

  /** The newest snapshot; null while there is no agent. */
  get snapshot(): Snapshot | null {
    return this.#snapshot;
  }

  /** The agent's time, epoch ms. */
  now(): number {
    return Date.now() + this.#offset;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Errors: BedrockTrayError. */
  call<N extends CallName>(name: N, input: ProcedureInput<N>): Promise<ProcedureOutput<N>> {
    return this.#connection.call(name, input);
  }

  /** Resolves when there is a snapshot. Rejects when the agent cannot be started, or not within `withinMs`. */
  whenConnected(withinMs = 15_000): Promise<void> {
    if (this.#snapshot !== null) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const done = (act: () => void): void => {
        clearTimeout(timer);
        stop();
        act();
      };
      const gone = () => reject(new BedrockTrayError('AgentUnavailable', { reason: 'it does not answer' }));
      const timer = setTimeout(() => done(gone), withinMs);
      const stop = this.onChange(() => {
        if (this.#snapshot !== null) done(resolve);
        else if (this.#gone) done(gone);
      });
    });
  }

  /** A person wants an agent: starts it if need be. */
  retryNow(): void {
    this.#connection.retryNow();
  }

  close(): void {
    this.#listeners.clear();
    this.#connection.close();
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
