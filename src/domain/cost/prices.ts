/**
 * What tokens cost on Amazon Bedrock, as pure arithmetic. Prices themselves come from `price-table.ts`, which is large and
 * stays out of what shows figures only. An estimate of list prices: no discount, tier of service or currency of a
 * contract is known here.
 */

/** Tokens of one answer, or of many, by the kinds that Bedrock charges for. */
export interface TokenUsage {
  /** Prompt tokens that were neither read from nor written to the cache. */
  input: number;
  output: number;
  cacheRead: number;
  /** Cache writes that live 5 minutes, and an hour. */
  cacheWrite5m: number;
  cacheWrite1h: number;
}

/** USD for a million tokens. */
export type Rates = Readonly<TokenUsage>;

/** What a model costs: `tiers` by the length of the prompt, the lowest first; a tier holds for prompts longer than `above` tokens. */
export interface ModelPrice {
  tiers: readonly [PriceTier, ...PriceTier[]];
  scope: 'global' | 'regional';
  /**
   * `table`: @pydantic/genai-prices. `list`: our own dated list, times the regional factor where that applies. `given`:
   * the person's own settings.
   */
  source: 'table' | 'list' | 'given';
}
export interface PriceTier {
  above: number;
  rates: Rates;
}

/** A Bedrock model id or ARN taken apart. */
export interface ModelName {
  /** Without vendor, prefix, date and version: `claude-opus-5-5`. */
  base: string;
  /** `global`: a `global.` inference profile. Everything else is billed in a geography or region. */
  scope: 'global' | 'regional';
  /** Claude Code's `[1m]`: a context window of a million tokens. */
  wide: boolean;
}

export const noTokens: Readonly<TokenUsage> = {
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
};

export function addTokens(a: Readonly<TokenUsage>, b: Readonly<TokenUsage>): TokenUsage {
  return {
    input: a.input + b.input,
    output: a.output + b.output,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite5m: a.cacheWrite5m + b.cacheWrite5m,
    cacheWrite1h: a.cacheWrite1h + b.cacheWrite1h,
  };
}

/** What `a` has more than `b`, kind by kind; never below zero. */
export function tokensBeyond(a: Readonly<TokenUsage>, b: Readonly<TokenUsage>): TokenUsage {
  return {
    input: Math.max(0, a.input - b.input),
    output: Math.max(0, a.output - b.output),
    cacheRead: Math.max(0, a.cacheRead - b.cacheRead),
    cacheWrite5m: Math.max(0, a.cacheWrite5m - b.cacheWrite5m),
    cacheWrite1h: Math.max(0, a.cacheWrite1h - b.cacheWrite1h),
  };
}

/** Tokens of the whole prompt: what the model read, from wherever. */
export function promptTokens(usage: Readonly<TokenUsage>): number {
  return usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
}

/** Prices may depend on the length of a prompt in steps of so many tokens; answers are added up by such classes. */
export const PROMPT_STEP = 100_000;

/** The class of an answer's prompt: n for up to n * PROMPT_STEP tokens. */
export function promptClass(usage: Readonly<TokenUsage>): number {
  return Math.ceil(promptTokens(usage) / PROMPT_STEP);
}

/**
 * USD of ONE answer. Tiers depend on the length of its prompt, so answers are priced one by one and then added up; a
 * sum of answers may be given where its `prompt` (the length of one) is said.
 */
export function costOf(usage: Readonly<TokenUsage>, price: ModelPrice, prompt = promptTokens(usage)): number {
  const { rates } = price.tiers.findLast(({ above }) => prompt > above) ?? price.tiers[0];
  return (
    (usage.input * rates.input +
      usage.output * rates.output +
      usage.cacheRead * rates.cacheRead +
      usage.cacheWrite5m * rates.cacheWrite5m +
      usage.cacheWrite1h * rates.cacheWrite1h) /
    1_000_000
  );
}

/**
 * Takes apart what a request to Bedrock named: a model id, a system-defined inference profile's id, or an ARN of either.
 * Null where the name alone does not say which model it is: application inference profiles, provisioned throughput.
 */
export function modelName(id: string): ModelName | null {
  const wide = /\[1m\]$/i.test(id);
  const plain = id.replace(/\[1m\]$/i, '');
  const named = plain.startsWith('arn:')
    ? /^arn:[\w-]+:bedrock:[\w-]*:\d*:(?:foundation-model|inference-profile)\/(.+)$/.exec(plain)?.[1]
    : plain;
  const [, prefix, model] = /^(?:([a-z][a-z-]*)\.)?anthropic\.(claude-[\w.:-]+)$/.exec(named ?? '') ?? [];
  if (model === undefined) return null;
  const base = model.replace(/-v\d+(:\d+)*(:\d+k)?$/, '').replace(/-\d{8}$/, '');
  return { base, scope: prefix === 'global' ? 'global' : 'regional', wide };
}

/** Models with a context window of a million tokens, as Claude Code 2.1.330 uses them on Bedrock (seen 2026-11-22). */
const wideModels = new Set([
  'claude-opus-5-5',
  'claude-opus-5',
  'claude-opus-4-8',
  'claude-opus-4-7',
  'claude-sonnet-5-5',
  'claude-sonnet-5',
  'claude-haiku-5-5',
  'claude-fable-5-2',
  'claude-fable-5-1',
  'claude-fable-5',
]);
/** The same, with 200,000 tokens unless `[1m]` is asked for. */
const narrowModels = /^claude-(3-|(opus|sonnet|haiku)-4(-[1-6])?$)/;

/** Tokens that fit into the model's context as Claude Code uses it; null where that is not known. */
export function contextSize(id: string): number | null {
  const name = modelName(id);
  if (name === null) return null;
  if (name.wide || wideModels.has(name.base)) return 1_000_000;
  return narrowModels.test(name.base) ? 200_000 : null;
}
