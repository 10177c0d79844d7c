import { BedrockTrayError } from '../../contract/errors.ts';
import type { AgentContext, Support } from '../ports.ts';

/** Bundles for tickets, without secrets. */
export class SupportRoom implements Support {
  readonly #context: AgentContext;

  constructor(context: AgentContext) {
    this.#context = context;
  }

  async bundle(): ReturnType<Support['bundle']> {
    throw new BedrockTrayError('StorageFailed', { file: this.#context.userHome, reason: 'ENOSYS' });
  }
}
