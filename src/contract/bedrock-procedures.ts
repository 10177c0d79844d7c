import * as z from 'zod';
import { Geography, ModelOffer, ModelPins, RegionOffer, ResolvedModel } from './bedrock.ts';
import { DoctorFix, DoctorLink, DoctorRun, FixPreview } from './doctor.ts';
import { ErrorView } from './errors.ts';
import { AccountId, EpochMs, ModelId, Region, SectionName } from './names.ts';
import { PolicyDocument, PolicyFinding, PolicyKind, SimulatedCall } from './policies.ts';
import { call, shells, stream } from './procedure.ts';
import { BilledDay, Day, TrailEvent, UsageDimension, UsageRow, UsageSums } from './usage.ts';

const ofEnvironment = { environment: SectionName.optional() };

/** What the documents of `policies.*` are made for. Without `models` and `regions`: those of the environments. */
const PolicyWish = z
  .object({
    kind: PolicyKind,
    /** Default: the active one. */
    environments: z.array(SectionName).max(100).optional(),
    models: z.array(ModelId).max(200).optional(),
    regions: z.array(Region).max(50).optional(),
    /** Whose profiles are named; `*`: those of whatever account the document is in. Default: the environments' account, if it is one. */
    account: z.union([AccountId, z.literal('*')]).optional(),
    /** What lets an account's first use of a model subscribe to it (AWS Marketplace). */
    marketplace: z.boolean().default(false),
    /** What the Models view asks beyond Claude Code's own needs: ListFoundationModels, GetFoundationModelAvailability. */
    listing: z.boolean().default(true),
    /** Of an `scp`: deny keys of IAM users as well. */
    denyLongLivedKeys: z.boolean().default(false),
    /** Of `vpc-endpoint`: the organization whose identities may use it; null: the account's. */
    organization: z
      .string()
      .regex(/^o-[a-z0-9]{10,32}$/)
      .nullable()
      .default(null),
  })
  .strict();

/** Rows of the contract about Bedrock: models, doctor, policies, usage, bill and trail. */
export const bedrockProcedures = {
  /** What Bedrock offers to the environment's identity in `region` (default: the environment's). Kept for minutes; `refresh` asks again. Errors: EnvironmentUnknown, EnvironmentMissing. */
  'models.list': call(
    shells,
    z.object({ ...ofEnvironment, region: Region.optional(), refresh: z.boolean().default(false) }).strict(),
    ModelOffer,
  ),
  /** What Claude Code would ask Bedrock for with an environment, changed by what else is given. Errors: EnvironmentUnknown, EnvironmentMissing. */
  'models.resolve': call(
    shells,
    z
      .object({
        ...ofEnvironment,
        region: Region.optional(),
        model: ModelId.nullable().optional(),
        smallFastModel: ModelId.nullable().optional(),
        /** Unwrapped: left out, it is none at all. */
        pins: ModelPins.unwrap().optional(),
        geography: Geography.nullable().optional(),
      })
      .strict(),
    z.object({
      region: z.string(),
      resolved: z.array(ResolvedModel),
      /** Asked for one token each when Claude Code starts, to see whether they may be used. */
      probes: z.array(z.string()).optional(),
    }),
  ),
  'regions.list': call(shells, z.object({}).strict(), z.object({ regions: z.array(z.string()) })),
  /** Asks all regions side by side what they offer, and yields at each answer until all are there. */
  'regions.survey': stream(
    shells,
    z
      .object({
        ...ofEnvironment,
        regions: z.array(Region).max(50).optional(),
        /** A model of which the best id in each region is wanted. */
        model: ModelId.optional(),
      })
      .strict(),
    z.object({ regions: z.array(RegionOffer), done: z.boolean() }),
  ),

  /** Checks each link, and yields all of them at each change until none runs. `links`: these and what they need; a first run's are some of them. `answer` asks the model for one token, `streaming` for some thirty (it costs as much): only where `ask`. Errors: EnvironmentUnknown. */
  'doctor.run': stream(
    shells,
    z
      .object({ ...ofEnvironment, ask: z.boolean().default(false), links: z.array(DoctorLink).optional() })
      .strict(),
    DoctorRun,
  ),
  /** What the safe repairs would do now. `digest` names this very preview. */
  'doctor.preview': call(
    shells,
    z.object({ ...ofEnvironment, fixes: z.array(DoctorFix).optional() }).strict(),
    z.object({ digest: z.string(), changes: z.array(FixPreview) }),
  ),
  /** Does exactly what was previewed; what fails is answered with its reason, and the rest is done. Errors: ConfigChanged where something is not as it was. */
  'doctor.fix': call(
    shells,
    z
      .object({ ...ofEnvironment, fixes: z.array(DoctorFix).optional(), digest: z.string().max(128) })
      .strict(),
    z.object({
      done: z.array(DoctorFix),
      failed: z.array(z.object({ fix: DoctorFix, problem: ErrorView })),
    }),
  ),
  /** Takes the last repairs back. Errors: NothingToUndo, ConfigChanged. */
  'doctor.undo': call(shells, z.object({}).strict(), z.object({ undone: z.array(DoctorFix) })),
  /** The last run as text for a ticket: no secret, account numbers masked where wanted. Errors: NothingChecked. */
  'doctor.report': call(
    shells,
    z.object({ maskAccounts: z.boolean().default(true) }).strict(),
    z.object({ text: z.string() }),
  ),

  /** A document to hand to an administrator. Errors: EnvironmentUnknown, EnvironmentMissing, PolicyImpossible. */
  'policies.build': call(shells, PolicyWish, PolicyDocument),
  /** What IAM Access Analyzer says of it; `problem` where that may not be asked. */
  'policies.validate': call(
    shells,
    PolicyWish.extend(ofEnvironment),
    z.object({ findings: z.array(PolicyFinding), problem: ErrorView.nullable() }),
  ),
  /** What of it the environment's identity may do now; `problem` where SimulatePrincipalPolicy may not be asked. */
  'policies.compare': call(
    shells,
    PolicyWish.extend(ofEnvironment),
    z.object({ calls: z.array(SimulatedCall), problem: ErrorView.nullable() }),
  ),

  /** Sums of what Claude Code used, by any of the dimensions; newest days first, else the dearest first. Days are the person's own. */
  'usage.query': call(
    shells,
    z
      .object({
        from: Day.optional(),
        to: Day.optional(),
        by: z.array(UsageDimension).max(5).default([]),
        environment: z.string().max(128).nullable().optional(),
        model: z.string().max(2048).optional(),
        project: z.string().max(4096).optional(),
        session: z.string().max(64).optional(),
        limit: z.number().int().min(1).max(100_000).default(10_000),
      })
      .strict(),
    z.object({
      rows: z.array(UsageRow),
      /** Of all rows, also those beyond `limit`. */
      total: UsageSums,
      more: z.boolean(),
      /** Days that there is anything of; null: nothing at all. */
      first: Day.nullable(),
      last: Day.nullable(),
      /** Bytes of transcripts that are not read yet. */
      pending: z.number().int(),
    }),
  ),
  /** Cost Explorer for the environment's account. Each request costs USD 0.01, charged to it: `agreed` says that the person was told. Errors: ChargeNotAgreed, AccessDenied, and those of the identity. */
  'costs.get': call(
    shells,
    z.object({ ...ofEnvironment, from: Day, to: Day, agreed: z.boolean() }).strict(),
    z.object({
      accountId: z.string(),
      days: z.array(BilledDay),
      /** By transcripts, of the same days (UTC) and account; empty where no environment of that account has any. */
      transcriptsUsd: z.array(z.object({ day: Day, usd: z.number(), unpriced: z.boolean() })),
      requests: z.number().int(),
      chargedUsd: z.number(),
      /** There was more than is asked for at most: later days are missing. */
      cut: z.boolean(),
      /** Why a further page could not be had: what came before it is paid and here, later days are missing. */
      problem: ErrorView.nullable(),
    }),
  ),
  /** Bedrock's events of the environment's identity, newest first, by CloudTrail LookupEvents (90 days, two requests a second): calls of models, and what was refused. Errors: those of the identity. */
  'trail.list': call(
    shells,
    z
      .object({
        ...ofEnvironment,
        from: EpochMs.optional(),
        to: EpochMs.optional(),
        /** All identities of the account, not this one alone. */
        everyone: z.boolean().default(false),
        /** All events: lists and other reads too, by far the most of which are our own. */
        all: z.boolean().default(false),
        limit: z.number().int().min(1).max(500).default(50),
      })
      .strict(),
    z.object({
      events: z.array(TrailEvent),
      /** There are older ones, or not all were looked through, even where `events` is empty: ask on with `to: lookedTo`. */
      more: z.boolean(),
      /** The time of the oldest event that was looked at; null: there was none. */
      lookedTo: EpochMs.nullable(),
      region: z.string(),
    }),
  ),
} as const;
