import {
  type ConditionalPrice,
  findProvider,
  type ModelInfo,
  type ModelPrice as TablePrice,
} from '@pydantic/genai-prices';
import { type ModelPrice, modelName, type PriceTier, type Rates } from './prices.ts';

/**
 * Prices of Anthropic's models on Bedrock: @pydantic/genai-prices (what it ships; nothing is fetched), and a list of our
 * own for what it lacks. Its own matching of ids is not used: it takes Sonnet 5.5 for Sonnet 5, and finds Fable 5 under
 * one spelling only.
 */
const BEDROCK = 'aws';

/** What only we know, from Anthropic's price list of 2026-11-22: `global.` prices, USD for a million tokens. */
const listPrices: Readonly<Record<string, ModelPrice['tiers']>> = {
  'claude-sonnet-5-5': [{ above: 0, rates: rates(2, 10, 2.5, 4, 0.1) }],
  'claude-haiku-5-5': [
    { above: 0, rates: rates(0.1, 0.5, 0.125, 0.2, 0.01) },
    { above: 100_000, rates: rates(0.5, 2.5, 0.625, 1, 0.05) },
  ],
  'claude-fable-5-2': [{ above: 0, rates: rates(8, 40, 10, 16, 0.2) }],
};

function rates(
  input: number,
  output: number,
  cacheWrite5m: number,
  cacheWrite1h: number,
  cacheRead: number,
): Rates {
  return { input, output, cacheRead, cacheWrite5m, cacheWrite1h };
}

/** The table's models (`global.…`, `regional.…`) by scope and what `modelName` makes of them. */
let table: ReadonlyMap<string, ModelInfo> | undefined;

function inTable(scope: ModelPrice['scope'], base: string, at: number): ModelPrice['tiers'] | undefined {
  table ??= new Map(
    (findProvider({ providerId: BEDROCK })?.models ?? []).flatMap((model): [string, ModelInfo][] => {
      const name = modelName(model.id);
      return name ? [[`${name.scope} ${name.base}`, model]] : [];
    }),
  );
  const prices = table.get(`${scope} ${base}`)?.prices;
  return prices && tiersOf(Array.isArray(prices) ? inForce(prices, at) : prices);
}

/** Of prices that change with time, those of an instant; undefined where that is not a matter of the date alone. */
function inForce(prices: readonly ConditionalPrice[], at: number): TablePrice | undefined {
  const last = prices.findLast(
    ({ constraint }) => constraint?.type !== 'start_date' || Date.parse(constraint.start_date) <= at,
  );
  return last?.constraint?.type === 'time_of_date' ? undefined : last?.prices;
}

export interface PriceOptions {
  /** What a regional profile costs over a `global.` one, where only the global price is known. */
  regionalFactor: number;
  /** Epoch ms. */
  at: number;
  /**
   * Prices that a person knows better, as they are charged: by the id that is asked for, or by the model without
   * prefix and date, which then holds for each of its profiles.
   */
  given?: Readonly<Record<string, Rates>>;
}

/** What a model costs that a request to Bedrock named. Null: no known price. */
export function priceOf(id: string, { regionalFactor, at, given = {} }: PriceOptions): ModelPrice | null {
  const name = modelName(id);
  const own = ownValue(given, id) ?? (name && ownValue(given, name.base));
  if (own) return { tiers: [{ above: 0, rates: own }], scope: name?.scope ?? 'regional', source: 'given' };
  if (name === null) return null;
  const { scope, base } = name;
  const known = inTable(scope, base, at);
  if (known) return { tiers: known, scope, source: 'table' };
  // A region's price of what is known worldwide.
  const list = listPrices[base] ?? inTable('global', base, at);
  if (!list) return null;
  const factor = scope === 'global' ? 1 : regionalFactor;
  const [first, ...rest] = list.map((tier) => times(tier, factor));
  return first ? { tiers: [first, ...rest], scope, source: 'list' } : null;
}

/** A model's name comes from a transcript: it may be `constructor`. */
function ownValue<T>(values: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** The table's prices in our form. */
function tiersOf(price: TablePrice | undefined): ModelPrice['tiers'] | undefined {
  if (!price) return undefined;
  const starts = Object.values(price).flatMap((p) =>
    typeof p === 'object' ? p.tiers.map(({ start }) => start) : [],
  );
  const [first, ...rest] = [0, ...new Set(starts)]
    .sort((a, b) => a - b)
    .map((above): PriceTier | undefined => {
      const rate = (key: string): number | undefined => {
        const given = price[key];
        if (typeof given !== 'object') return given;
        return given.tiers.findLast(({ start }) => start <= above)?.price ?? given.base;
      };
      const input = rate('input_mtok');
      const output = rate('output_mtok');
      if (input === undefined || output === undefined) return undefined;
      return {
        above,
        rates: {
          input,
          output,
          // Where it names none: Anthropic's multiples of the input price, the same for all its models that have them.
          cacheWrite5m: rate('cache_write_mtok') ?? input * 1.25,
          cacheWrite1h: rate('cache_write_1h_mtok') ?? input * 2,
          cacheRead: rate('cache_read_mtok') ?? input * 0.1,
        },
      };
    })
    .filter((tier) => tier !== undefined);
  return first && [first, ...rest];
}

function times(tier: PriceTier, factor: number): PriceTier {
  const { input, output, cacheWrite5m, cacheWrite1h, cacheRead } = tier.rates;
  return {
    above: tier.above,
    rates: rates(
      input * factor,
      output * factor,
      cacheWrite5m * factor,
      cacheWrite1h * factor,
      cacheRead * factor,
    ),
  };
}
