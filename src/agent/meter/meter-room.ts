import type { MeterView } from '../../contract/state.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import type { SessionMeter } from '../ports.ts';

/** What each session has used. */
export class MeterRoom implements SessionMeter {
  readonly #changes = new ChangeEmitter();

  onChange(listener: () => void): () => void {
    return this.#changes.onChange(listener);
  }

  view(): MeterView | null {
    return null;
  }

  session(): void {}

  forget(): void {}
}
