import * as z from 'zod';
import { EpochMs } from './names.ts';

/** A calendar day of the person's own time zone, `YYYY-MM-DD`. */
export const Day = z.string().regex(/^\d{4}-\d\d-\d\d$/);

/** A person's limit for an environment. */
export const Budget = z.object({
  usd: z.number().positive().max(10_000_000),
  period: z.enum(['day', 'week', 'month']),
  /** Refuse to open further sessions once it is reached. */
  refuse: z.boolean(),
});
export type Budget = z.infer<typeof Budget>;

/** Shares of a budget at which its person is told. */
export const budgetStages = [0.5, 0.8, 1] as const;

/** How a budget stands. An estimate of list prices, as all figures of usage. */
export const BudgetView = z.object({
  environment: z.string(),
  budget: Budget,
  spentUsd: z.number(),
  /** Tokens of models without a known price were used: it is more than that. */
  unpriced: z.boolean(),
  from: Day,
  /** The last day. */
  to: Day,
  /** The highest of `budgetStages` that is reached, as a percentage; null: none. */
  stage: z.union([z.literal(50), z.literal(80), z.literal(100)]).nullable(),
});
export type BudgetView = z.infer<typeof BudgetView>;

export const UsageDimension = z.enum(['day', 'model', 'project', 'environment', 'session']);
export type UsageDimension = z.infer<typeof UsageDimension>;

export const UsageSums = z.object({
  /** Answers of a model, each counted once. */
  answers: z.number().int(),
  inputTokens: z.number().int(),
  outputTokens: z.number().int(),
  cacheReadTokens: z.number().int(),
  cacheWrite5mTokens: z.number().int(),
  cacheWrite1hTokens: z.number().int(),
  /** USD of what has a price; null where nothing of it has. */
  costUsd: z.number().nullable(),
  /** Tokens of models without a known price: they are not in `costUsd`. */
  unpricedTokens: z.number().int(),
});
export type UsageSums = z.infer<typeof UsageSums>;

/** One row: those of `day`, `model`, `project` (folder), `environment` and `session` (conversation) that were asked for. */
export const UsageRow = UsageSums.extend({
  day: Day.optional(),
  model: z.string().optional(),
  project: z.string().optional(),
  /** Null: Claude Code that was not opened here. */
  environment: z.string().nullable().optional(),
  session: z.string().optional(),
  /** Of a session: its title or first words, untrusted. */
  title: z.string().optional(),
});
export type UsageRow = z.infer<typeof UsageRow>;

/** USD that AWS charges for each request to Cost Explorer, however small its answer (AWS Cost Management pricing). */
export const costRequestUsd = 0.01;

/** One day of one account's bill, by Cost Explorer. */
export const BilledDay = z.object({
  day: Day,
  /** As Cost Explorer names it (`Claude Sonnet 4.5 (Amazon Bedrock Edition)`, `Amazon Bedrock`): untrusted. */
  service: z.string(),
  usd: z.number(),
  /** Not final yet. */
  estimated: z.boolean(),
});
export type BilledDay = z.infer<typeof BilledDay>;

/** One Bedrock event of CloudTrail's. All texts are untrusted. */
export const TrailEvent = z.object({
  id: z.string(),
  at: EpochMs,
  name: z.string(),
  /** That was called. */
  region: z.string(),
  /** The region that a cross-region inference profile sent the request on to; null: none, or not told. */
  answeredIn: z.string().nullable(),
  /** Whoever made the call, as CloudTrail names them. */
  who: z.string().nullable(),
  accessKeyId: z.string().nullable(),
  model: z.string().nullable(),
  sourceIp: z.string().nullable(),
  userAgent: z.string().nullable(),
  /** AWS's error code, where the call was refused. */
  errorCode: z.string().nullable(),
});
export type TrailEvent = z.infer<typeof TrailEvent>;
