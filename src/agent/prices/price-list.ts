import { priceOf } from '../../domain/cost/price-table.ts';
import { type ModelPrice, modelName, type Rates } from '../../domain/cost/prices.ts';

/** What prices are reckoned with; crosses to worker threads. */
export interface PriceFacts {
  regionalFactor: number;
  /** Prices of the person's own settings. */
  given: Readonly<Record<string, Rates>>;
  /** Models behind application inference profiles, by ARN, as far as they are known. */
  models: Readonly<Record<string, string>>;
}

/** The prices of a worker thread: the table behind them is large and stays out of the agent's own. */
export class PriceList {
  #facts: PriceFacts = { regionalFactor: 1, given: {}, models: {} };
  readonly #known = new Map<string, ModelPrice | null>();

  set(facts: PriceFacts): void {
    this.#facts = facts;
    this.#known.clear();
  }

  /** What a model costs that was asked for at `at` (epoch ms): prices of the table may change from day to day. Null: no known price. */
  of(model: string, at: number): ModelPrice | null {
    const { regionalFactor, given } = this.#facts;
    const key = `${Math.floor(at / 86_400_000)} ${model}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const price =
      priceOf(model, { regionalFactor, at, given }) ??
      priceOf(this.behind(model), { regionalFactor, at, given });
    this.#known.set(key, price);
    return price;
  }

  /** The model that a name stands for. */
  behind(model: string): string {
    return (Object.hasOwn(this.#facts.models, model) && this.#facts.models[model]) || model;
  }

  /** Whether a name says nothing by itself (an ARN), and what it stands for is not known yet. */
  isUnnamed(model: string): boolean {
    return modelName(model) === null && this.behind(model) === model;
  }
}
