import type { Usage } from '../bedrock-ports.ts';
import { ChangeEmitter } from '../change-emitter.ts';

/** What Claude Code used, by its transcripts. Nothing is read yet. */
export class UsageRoom implements Usage {
  readonly #changes = new ChangeEmitter();

  onChange(listener: () => void): () => void {
    return this.#changes.onChange(listener);
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  async query(): ReturnType<Usage['query']> {
    const nothing = {
      answers: 0,
      inputTokens: 0,
      outputTokens: 0,
      cacheReadTokens: 0,
      cacheWrite5mTokens: 0,
      cacheWrite1hTokens: 0,
      costUsd: null,
      unpricedTokens: 0,
    };
    return { rows: [], total: nothing, more: false, first: null, last: null, pending: 0 };
  }

  status(): ReturnType<Usage['status']> {
    return { revision: 0, pending: 0, budgets: [] };
  }

  opened(): void {}

  refuses(): null {
    return null;
  }
}
