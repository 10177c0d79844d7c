import * as z from 'zod';
import { ErrorView } from './errors.ts';
import { EpochMs, ModelId, Region } from './names.ts';

/** Areas that inference profiles keep requests in, by the prefix of their ids; `domain/bedrock/geography` has their regions. */
export const Geography = z.enum(['us', 'us-gov', 'ca', 'eu', 'jp', 'au', 'apac']);
export type Geography = z.infer<typeof Geography>;

/**
 * ANTHROPIC_DEFAULT_{OPUS,SONNET,FABLE}_MODEL: what Claude Code takes for these aliases. The Haiku pin is the
 * environment's `smallFastModel`: Claude Code has one name for both.
 */
export const ModelPins = z
  .object({
    opus: ModelId.nullable().default(null),
    sonnet: ModelId.nullable().default(null),
    fable: ModelId.nullable().default(null),
  })
  .prefault({});
export type ModelPins = z.infer<typeof ModelPins>;

/** USD for a million tokens. */
export const ModelRates = z.object({
  input: z.number(),
  output: z.number(),
  cacheRead: z.number(),
  cacheWrite5m: z.number(),
  cacheWrite1h: z.number(),
});
export type ModelRates = z.infer<typeof ModelRates>;

/**
 * One id by which a model of Anthropic's could be called in a region. Every id that Bedrock names is here, also those
 * that would fail: `refusal` says why. Those of one model share `model`, and one of them at most is `proposed`.
 */
export const ModelView = z.object({
  /** What Claude Code's `--model` takes: `us.anthropic…`, `anthropic…`, or an application profile's ARN. */
  id: ModelId,
  name: z.string(),
  kind: z.enum(['inference-profile', 'application-profile', 'foundation-model']),
  /** The foundation model behind it: `anthropic.claude-…`; null where Bedrock does not tell. */
  model: z.string().nullable(),
  /** Where requests may be answered: `global` anywhere, `geography` in `regions`, `region` in this one. */
  scope: z.enum(['global', 'geography', 'region']),
  /** Regions that it routes to; empty where that is anywhere or not known. */
  regions: z.array(z.string()),
  /** Tokens of context as Claude Code uses it; null: not known. */
  contextTokens: z.number().int().nullable(),
  /** List prices of the lowest tier; null: no known price (never zero). */
  rates: ModelRates.nullable(),
  lifecycle: z.enum(['active', 'legacy']),
  /** `YYYY-MM-DD`; null where AWS does not tell. */
  endOfLife: z.string().nullable(),
  /** By GetFoundationModelAvailability, where that may be asked. */
  access: z.enum(['granted', 'denied', 'unknown']),
  /**
   * Why it would fail here, or is not offered: `onDemand` needs an inference profile; `access` not granted;
   * `geography` leaves what the environment allows; `ended` is past its end of life.
   */
  refusal: z.enum(['onDemand', 'access', 'geography', 'ended']).nullable(),
  /** The one to use for its model here. */
  proposed: z.boolean(),
});
export type ModelView = z.infer<typeof ModelView>;

/** What Bedrock offers to an identity in a region. */
export const ModelOffer = z.object({
  region: z.string(),
  /** `shipped`: AWS could not be asked (`problem`), and this is the product's own table of `tableDate`. */
  source: z.enum(['live', 'shipped']),
  /** Epoch ms of the live answer; null for the table. */
  askedAt: EpochMs.nullable(),
  tableDate: z.string().nullable(),
  problem: ErrorView.nullable(),
  models: z.array(ModelView),
});
export type ModelOffer = z.infer<typeof ModelOffer>;

/** What one region offers, while regions are looked at side by side. */
export const RegionOffer = z.object({
  region: Region,
  geography: Geography.nullable(),
  state: z.enum(['waiting', 'asking', 'live', 'failed']),
  /** Models of Anthropic's that can be used there; null until they are known. */
  models: z.number().int().nullable(),
  /** The best id there for the model that was asked for; null where it is not offered. */
  id: z.string().nullable(),
  askedAt: EpochMs.nullable(),
  problem: ErrorView.nullable(),
});
export type RegionOffer = z.infer<typeof RegionOffer>;

/** What Claude Code will ask Bedrock for, as it resolves its settings itself. */
export const ResolvedModel = z.object({
  /** `primary`: the conversation. `background`: titles, summaries and other small work. The rest: what the alias stands for. */
  use: z.enum(['primary', 'background', 'opus', 'sonnet', 'haiku', 'fable']),
  id: z.string(),
  /**
   * Who decided: the environment, the person's or an administrator's settings (`where` names file and key), a variable
   * of the login shell, or Claude Code's own default for the region.
   */
  from: z.enum(['environment', 'settings', 'managed', 'variable', 'default']),
  where: z.string().nullable(),
  /** Whether Bedrock offers it there; null where that is not known. */
  offered: z.boolean().nullable(),
  refusal: ModelView.shape.refusal,
});
export type ResolvedModel = z.infer<typeof ResolvedModel>;
