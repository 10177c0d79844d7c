import {
  addTokens,
  costOf,
  type ModelPrice,
  noTokens,
  PROMPT_STEP,
  promptClass,
  promptTokens,
  type TokenUsage,
  tokensBeyond,
} from './prices.ts';

/**
 * What one conversation of Claude Code has used, from the lines of its transcripts (read tolerantly: their form is
 * Claude Code's own; seen with 2.1.330). Each answer of the model stands there with Bedrock's own count, sometimes in
 * several lines with one id. What Claude Code asks beside the conversation (summaries, checks, pages that it reads) does
 * not; but when a conversation is left, `cost-state` tells the whole of it, from its beginning and with its sub-agents.
 */
export type CostFact =
  | AnswerFact
  | { kind: 'total'; models: ReadonlyMap<string, TokenUsage> }
  /** The context was summed up; so many tokens are left in it. */
  | { kind: 'compacted'; tokens: number };

export interface AnswerFact {
  kind: 'answer';
  id: string;
  /** As Bedrock was asked for it. */
  model: string;
  /** Epoch ms. */
  at: number;
  usage: TokenUsage;
  /** Ids of the tool uses in this line. */
  tools: readonly string[];
  /** The conversation that the line stands in, where it says so. */
  conversation: string | null;
  /** A line that was copied from another conversation (a fork begins with all lines of its origin): that one. */
  origin: string | null;
}

const END_OF_TIME = Date.UTC(9999, 0, 1);

/** When a line was written, epoch ms; null for what says nothing, and for times that no calendar day of ours has. */
export function stampOf(timestamp: unknown): number | null {
  const at = typeof timestamp === 'string' ? Date.parse(timestamp) : Number.NaN;
  return at >= 0 && at < END_OF_TIME ? at : null;
}

/** More tokens than that nobody has used: such a count is not believed. Many of them are still a safe integer. */
const MOST_TOKENS = 1e11;

/** Which lines are worth reading as JSON: a cheap look at their text. */
export const costMarks = ['"type":"assistant"', '"type":"cost-state"', '"compact_boundary"'] as const;

/** What a line of a transcript says of cost; null for all others and for what is not understood. */
export function readCostLine(line: string): CostFact | null {
  if (!costMarks.some((mark) => line.includes(mark))) return null;
  const entry = record(parsed(line));
  switch (entry.type) {
    case 'assistant':
      return answer(entry);
    case 'cost-state': {
      const models = Object.entries(record(entry.modelUsage)).map(([model, usage]): [string, TokenUsage] => [
        model,
        claudeTotal(record(usage)),
      ]);
      return { kind: 'total', models: new Map(models) };
    }
    case 'system': {
      const tokens = record(entry.compactMetadata).postTokens;
      return entry.subtype === 'compact_boundary' && typeof tokens === 'number'
        ? { kind: 'compacted', tokens: tokenCount(tokens) }
        : null;
    }
    default:
      return null;
  }
}

function answer(entry: Record<string, unknown>): CostFact | null {
  const { id, model, usage, content } = record(entry.message);
  const asked = typeof entry.requestedModel === 'string' ? entry.requestedModel : model;
  const at = stampOf(entry.timestamp);
  if (typeof id !== 'string' || typeof asked !== 'string' || at === null) return null;
  // What Claude Code writes itself in a model's place, such as its refusals.
  if (model === '<synthetic>') return null;
  const counts = record(usage);
  const conversation = text(entry.sessionId);
  const asker = text(entry.requestSessionId);
  return {
    kind: 'answer',
    id,
    model: asked,
    at,
    conversation,
    origin: asker === conversation ? null : asker,
    tools: (Array.isArray(content) ? content : []).flatMap((part) => {
      const { type, id: tool } = record(part);
      return type === 'tool_use' && typeof tool === 'string' ? [tool] : [];
    }),
    usage: {
      input: tokenCount(counts.input_tokens),
      output: tokenCount(counts.output_tokens),
      cacheRead: tokenCount(counts.cache_read_input_tokens),
      ...cacheWrites(
        tokenCount(counts.cache_creation_input_tokens),
        tokenCount(record(counts.cache_creation).ephemeral_1h_input_tokens),
      ),
    },
  };
}

/** A model's part of `cost-state`. */
function claudeTotal(usage: Record<string, unknown>): TokenUsage {
  return {
    input: tokenCount(usage.inputTokens),
    output: tokenCount(usage.outputTokens),
    cacheRead: tokenCount(usage.cacheReadInputTokens),
    ...cacheWrites(
      tokenCount(usage.cacheCreationInputTokens),
      tokenCount(usage.cacheCreationEphemeral1hInputTokens),
    ),
  };
}

/** What is not said to live an hour lives five minutes. */
function cacheWrites(all: number, hour: number): Pick<TokenUsage, 'cacheWrite5m' | 'cacheWrite1h'> {
  return { cacheWrite5m: Math.max(0, all - hour), cacheWrite1h: hour };
}

/** Ids of answers that are remembered, and of those that may still be told again with other figures. */
const KNOWN_IDS = 50_000;
const FRESH_IDS = 64;

/** An answer as it is counted now. */
interface Counted {
  at: number;
  model: string;
  usage: TokenUsage;
  /** Of the conversation itself, not of a sub-agent. */
  main: boolean;
}

/**
 * Adds up one conversation. Its memory is bounded; the same lines in the same order give the same sums, also where
 * those of `earlier` are further than they were.
 */
export class ConversationCost {
  /** Those it is added to: a fork begins with all lines of its origin, which are counted there. */
  readonly #earlier: readonly ConversationCost[];
  /** Of these it has lines; the newest of them, epoch ms. */
  readonly #origins = new Map<ConversationCost, number>();
  /** By model, then by class of prompt length. */
  readonly #counted = new Map<string, Map<number, TokenUsage>>();
  /** What Claude Code's own total has beyond the answers, by model. */
  #beside: ReadonlyMap<string, TokenUsage> = new Map();
  /** How that came about: after which answer of the conversation. */
  readonly #besides: Omit<Counted, 'main'>[] = [];
  /** By their ids. */
  readonly #answers = new Map<string, Counted>();
  /** What is counted and too long ago to be known by its id. */
  readonly #forgotten = new Map<string, TokenUsage>();
  readonly #fresh = new Map<string, Counted>();
  /** Sub-agents' answers that are not put in place between those of the conversation yet. */
  #waiting: AnswerFact[] = [];
  #total: Extract<CostFact, { kind: 'total' }> | undefined;
  /** Its own first answer: a fork goes its own way from there. */
  #ownFrom = Number.POSITIVE_INFINITY;
  #mainAt = 0;
  /** The newest answer of the conversation itself. */
  last: { model: string; contextTokens: number } | null = null;
  at: number | null = null;

  /** `earlier`: conversations of the same session, each counted in its own right. */
  constructor(earlier: readonly ConversationCost[] = []) {
    this.#earlier = earlier;
  }

  /** A line of the conversation's own transcript. */
  main(fact: CostFact): void {
    if (fact.kind === 'total') {
      this.#total = fact;
    } else if (fact.kind === 'compacted') {
      if (this.last) this.last = { ...this.last, contextTokens: fact.tokens };
    } else {
      this.#settleBefore(fact.at);
      this.#add(fact, true);
      this.#mainAt = fact.at;
      this.last = { model: fact.model, contextTokens: promptTokens(fact.usage) };
    }
  }

  /** A line of one of its sub-agents' transcripts, in any order among these; before the own lines of the same time. */
  subAgent(fact: CostFact): void {
    if (fact.kind === 'answer') this.#waiting.push(fact);
  }

  /** All that there is has been read. */
  settle(): void {
    this.#settleBefore(Number.POSITIVE_INFINITY);
  }

  /** Tokens by model. */
  usage(): Map<string, TokenUsage> {
    const sums = new Map(this.#beside);
    for (const [model, classes] of this.#counted) {
      for (const usage of classes.values()) sums.set(model, addTokens(sums.get(model) ?? noTokens, usage));
    }
    return sums;
  }

  /** USD; null where a model that was used has no known price. */
  cost(priceOf: (model: string) => ModelPrice | null): number | null {
    let usd = 0;
    const models = new Set([...this.#counted.keys(), ...this.#beside.keys()]);
    for (const model of models) {
      const price = priceOf(model);
      for (const [step, usage] of this.#counted.get(model) ?? []) {
        if (isNothing(usage)) continue;
        if (!price) return null;
        usd += costOf(usage, price, step * PROMPT_STEP);
      }
      const beside = this.#beside.get(model) ?? noTokens;
      if (isNothing(beside)) continue;
      if (!price) return null;
      // How long these prompts were is not told: taken as short.
      usd += costOf(beside, price, 0);
    }
    return usd;
  }

  /** Claude Code's total holds all that was there when it wrote it, and nothing of what came after. */
  #settleBefore(at: number): void {
    const ready = this.#waiting.filter((fact) => fact.at < at);
    this.#waiting = this.#waiting.filter((fact) => fact.at >= at);
    for (const fact of ready) this.#add(fact, false);
    if (!this.#total) return;
    const beside = new Map(this.#beside);
    // A fork's total goes on from its origin's.
    const before = new Map<string, TokenUsage>();
    for (const [origin, until] of this.#origins) origin.#sharedWith(before, until, this.#ownFrom);
    for (const [model, told] of this.#total.models) {
      const counted = [...(this.#counted.get(model)?.values() ?? []), before.get(model) ?? noTokens].reduce(
        addTokens,
        noTokens,
      );
      const known = beside.get(model) ?? noTokens;
      // A process that counted only what it did itself takes nothing away.
      const usage = tokensBeyond(tokensBeyond(told, counted), known);
      if (isNothing(usage)) continue;
      beside.set(model, addTokens(known, usage));
      this.#besides.push({ at: this.#mainAt, model, usage });
    }
    this.#beside = beside;
    this.#total = undefined;
  }

  /**
   * Adds to `sums` what had been counted here when another conversation that has the lines until `until` (epoch ms)
   * went its own way, from `from` on: sub-agents and what was asked beside too, of which it has no lines.
   */
  #sharedWith(sums: Map<string, TokenUsage>, until: number, from: number): void {
    const add = (model: string, usage: TokenUsage) =>
      sums.set(model, addTokens(sums.get(model) ?? noTokens, usage));
    let end = from;
    for (const { at, main } of this.#answers.values()) if (main && at > until) end = Math.min(end, at);
    for (const [model, usage] of this.#forgotten) add(model, usage);
    for (const { at, model, usage } of this.#answers.values()) if (at < end) add(model, usage);
    for (const { at, model, usage } of this.#besides) if (at < end) add(model, usage);
  }

  #add({ id, model, usage, at }: AnswerFact, main: boolean): void {
    this.at = Math.max(this.at ?? 0, at);
    const origin = this.#earlier.find((cost) => cost.#answers.has(id));
    if (origin) {
      this.#origins.set(origin, Math.max(at, this.#origins.get(origin) ?? 0));
      return;
    }
    const before = this.#fresh.get(id);
    if (before) this.#count(before, -1);
    else if (this.#answers.has(id)) return;
    const now = { at, model, usage, main };
    this.#count(now, 1);
    this.#ownFrom = Math.min(this.#ownFrom, at);
    this.#answers.set(id, now);
    this.#fresh.set(id, now);
    const old = takeOldest(this.#answers, KNOWN_IDS);
    if (old) this.#forgotten.set(old.model, addTokens(this.#forgotten.get(old.model) ?? noTokens, old.usage));
    takeOldest(this.#fresh, FRESH_IDS);
  }

  #count({ model, usage }: Counted, sign: 1 | -1): void {
    const step = promptClass(usage);
    const classes = this.#counted.get(model) ?? new Map<number, TokenUsage>();
    this.#counted.set(model, classes);
    const sum = classes.get(step) ?? noTokens;
    classes.set(step, sign === 1 ? addTokens(sum, usage) : tokensBeyond(sum, usage));
  }
}

/** What had to go, so that no more than `most` are left. */
function takeOldest<T>(all: Map<string, T>, most: number): T | undefined {
  if (all.size <= most) return undefined;
  const [oldest] = all;
  if (oldest === undefined) return undefined;
  all.delete(oldest[0]);
  return oldest[1];
}

function isNothing(usage: TokenUsage): boolean {
  return promptTokens(usage) === 0 && usage.output === 0;
}

function tokenCount(value: unknown): number {
  return typeof value === 'number' && value > 0 && value <= MOST_TOKENS ? Math.floor(value) : 0;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
