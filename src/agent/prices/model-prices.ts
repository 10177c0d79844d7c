import { ChangeEmitter } from '../change-emitter.ts';
import type { AgentContext, Observable, SettingsStore } from '../ports.ts';
import type { PriceFacts } from './price-list.ts';

/** Models behind application inference profiles that could not be found out are asked for again after this. */
const ASK_AGAIN_MS = 10 * 60_000;

export interface ModelPricesParts {
  clock: Pick<AgentContext['clock'], 'now'>;
  settings: Pick<SettingsStore, 'get' | 'onChange'>;
  /** The model that an application inference profile calls; null where that cannot be found out. Never rejects. */
  modelBehind(arn: string, profile: string): Promise<string | null>;
}

/** What prices are reckoned with: the person's settings, and which models stand behind application inference profiles. */
export class ModelPrices implements Observable {
  readonly #parts: ModelPricesParts;
  readonly #changes = new ChangeEmitter();
  /** Models behind ARNs, and when those that are not known may be asked for again. */
  readonly #models = new Map<string, { model: string | null; askAgainAt: number }>();
  readonly #undo: () => void;
  #told: string;

  constructor(parts: ModelPricesParts) {
    this.#parts = parts;
    this.#told = JSON.stringify(this.facts());
    this.#undo = parts.settings.onChange(() => this.#tell());
  }

  onChange(listener: () => void): () => void {
    return this.#changes.onChange(listener);
  }

  stop(): void {
    this.#undo();
  }

  facts(): PriceFacts {
    const { sessions, prices } = this.#parts.settings.get();
    const known = [...this.#models].flatMap(([arn, { model }]) => (model === null ? [] : [[arn, model]]));
    return {
      regionalFactor: sessions.regionalPriceFactor,
      given: prices,
      models: Object.fromEntries(known),
    };
  }

  /** A name that no price is known of was seen; it is asked of Bedrock with this profile. */
  async seen(arn: string, profile: string): Promise<void> {
    const now = this.#parts.clock.now();
    const known = this.#models.get(arn);
    if (known && (known.model !== null || now < known.askAgainAt)) return;
    this.#models.set(arn, { model: null, askAgainAt: now + ASK_AGAIN_MS });
    const model = await this.#parts.modelBehind(arn, profile);
    if (model === null) return;
    this.#models.set(arn, { model, askAgainAt: 0 });
    this.#tell();
  }

  #tell(): void {
    const facts = JSON.stringify(this.facts());
    if (facts === this.#told) return;
    this.#told = facts;
    this.#changes.emit();
  }
}
