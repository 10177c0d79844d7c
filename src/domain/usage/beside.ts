import { addTokens, noTokens, type TokenUsage, tokensBeyond } from '../cost/prices.ts';

/** Tokens by model. */
export type TokensByModel = ReadonlyMap<string, TokenUsage>;

/** Claude Code's own total of a conversation, and what is known by itself of all that it is the total of. */
export interface Told {
  /** Epoch ms. */
  at: number;
  models: TokensByModel;
  counted: TokensByModel;
}

/**
 * What Claude Code asked beside its conversation (summaries, checks, answers that were broken off): what its totals, the
 * oldest first, have beyond what is counted, each time as it shows. A total of a process that counted only what it did
 * itself takes nothing away.
 */
export function besideAnswers(totals: readonly Told[]): { at: number; model: string; usage: TokenUsage }[] {
  const known = new Map<string, TokenUsage>();
  return totals.flatMap(({ at, models, counted }) =>
    [...models].flatMap(([model, told]) => {
      const before = known.get(model) ?? noTokens;
      const usage = tokensBeyond(tokensBeyond(told, counted.get(model) ?? noTokens), before);
      if (Object.values(usage).every((tokens) => tokens === 0)) return [];
      known.set(model, addTokens(before, usage));
      return [{ at, model, usage }];
    }),
  );
}
