import { BedrockTrayError } from '../../contract/errors.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import type { ConversationHistory } from '../ports.ts';

/** Past conversations. */
export class HistoryRoom implements ConversationHistory {
  readonly #changes = new ChangeEmitter();

  onChange(listener: () => void): () => void {
    return this.#changes.onChange(listener);
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {}

  status(): ReturnType<ConversationHistory['status']> {
    return { revision: 0, pending: 0 };
  }

  async list(): ReturnType<ConversationHistory['list']> {
    return { conversations: [], more: false };
  }

  async find(): ReturnType<ConversationHistory['find']> {
    return { matches: [], more: false };
  }

  async folder(conversation: string): Promise<string> {
    throw new BedrockTrayError('ConversationUnknown', { conversation });
  }
}
