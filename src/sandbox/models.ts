import type { Resource } from './access.ts';

/** The models that this Bedrock offers: Anthropic's as of 2026-11 and one of another provider. Dates are the sandbox's. */

export interface Model {
  readonly modelId: string;
  readonly modelName: string;
  readonly providerName: string;
  /** May be called by its bare id; the others only through an inference profile. */
  readonly onDemand: boolean;
  readonly status: 'ACTIVE' | 'LEGACY';
  /** Released when Asia-Pacific profiles were already split by country. */
  readonly recent: boolean;
  /** GovCloud has it. */
  readonly gov: boolean;
  /** Days (`YYYY-MM-DD`) of its life as far as they are announced. */
  readonly born: string;
  readonly legacySince?: string;
  readonly ends?: string;
}

function claude(name: string, id: string, born: string, options: Partial<Model> = {}): Model {
  return {
    modelId: `anthropic.claude-${id}`,
    modelName: `Claude ${name}`,
    providerName: 'Anthropic',
    onDemand: false,
    status: 'ACTIVE',
    recent: true,
    gov: false,
    born,
    ...options,
  };
}

const older = { recent: false } as const;
const gov = { gov: true } as const;
const legacy = (legacySince: string, ends: string) =>
  ({ recent: false, status: 'LEGACY', legacySince, ends }) as const;

export const models: readonly Model[] = [
  claude('Opus 5.5', 'opus-5-5', '2026-10-06', gov),
  claude('Opus 5', 'opus-5', '2026-06-18'),
  claude('Opus 4.8', 'opus-4-8', '2026-05-28'),
  claude('Opus 4.7', 'opus-4-7', '2026-04-16'),
  claude('Opus 4.6', 'opus-4-6-v1', '2026-02-05'),
  claude('Opus 4.5', 'opus-4-5-20251101-v1:0', '2025-11-24'),
  claude('Opus 4.1', 'opus-4-1-20250805-v1:0', '2025-08-05', older),
  claude('Sonnet 5.5', 'sonnet-5-5', '2026-10-06'),
  claude('Sonnet 5', 'sonnet-5', '2026-06-30'),
  claude('Sonnet 4.6', 'sonnet-4-6', '2026-02-17'),
  claude('Sonnet 4.5', 'sonnet-4-5-20250929-v1:0', '2025-09-29', gov),
  claude('Sonnet 4', 'sonnet-4-20250514-v1:0', '2025-05-22', older),
  claude('Haiku 5.5', 'haiku-5-5', '2026-10-20'),
  claude('Haiku 4.5', 'haiku-4-5-20251001-v1:0', '2025-10-15', gov),
  claude('Fable 5.2', 'fable-5-2', '2026-11-03'),
  claude('Fable 5.1', 'fable-5-1', '2026-08-25'),
  claude('Fable 5', 'fable-5', '2026-06-09'),
  claude('3.5 Sonnet v2', '3-5-sonnet-20241022-v2:0', '2024-10-22', legacy('2026-03-01', '2027-03-01')),
  claude('3.5 Haiku', '3-5-haiku-20241022-v1:0', '2024-11-04', legacy('2026-06-19', '2027-06-19')),
  claude('3 Haiku', '3-haiku-20240307-v1:0', '2024-03-13', {
    ...legacy('2026-03-10', '2027-04-20'),
    onDemand: true,
    gov: true,
  }),
  {
    modelId: 'amazon.nova-lite-v1:0',
    modelName: 'Nova Lite',
    providerName: 'Amazon',
    onDemand: true,
    status: 'ACTIVE',
    recent: false,
    gov: false,
    born: '2024-12-03',
  },
];

const destinations: Readonly<Record<string, readonly string[]>> = {
  us: ['us-east-1', 'us-east-2', 'us-west-2'],
  'us-gov': ['us-gov-east-1', 'us-gov-west-1'],
  eu: ['eu-central-1', 'eu-west-1', 'eu-west-3', 'eu-north-1'],
  apac: ['ap-northeast-1', 'ap-northeast-2', 'ap-south-1', 'ap-southeast-1', 'ap-southeast-2'],
  ca: ['ca-central-1', 'ca-west-1'],
  jp: ['ap-northeast-1', 'ap-northeast-3'],
  au: ['ap-southeast-2', 'ap-southeast-4'],
};

/** Prefixes under which a region's system-defined profiles carry this model. */
function prefixes(region: string, model: Model): readonly string[] {
  if (region.startsWith('us-gov-')) return model.gov ? ['us-gov'] : [];
  const worldwide = model.recent ? ['global'] : [];
  if (region.startsWith('us-')) return ['us', ...worldwide];
  if (region.startsWith('ca-')) return model.recent ? ['ca', ...worldwide] : [];
  if (region.startsWith('eu-')) return ['eu', ...worldwide];
  if (region.startsWith('ap-')) {
    if (!model.recent) return ['apac'];
    const country = (['jp', 'au'] as const).filter((prefix) => destinations[prefix]?.includes(region));
    return [...country, ...worldwide];
  }
  return worldwide;
}

/** Whether a region has the model at all: on its own or by a profile. */
export function isOffered(region: string, model: Model): boolean {
  if (region.startsWith('us-gov-')) return model.gov;
  return model.onDemand || prefixes(region, model).length > 0;
}

export interface Profile {
  readonly inferenceProfileId: string;
  readonly inferenceProfileName: string;
  readonly inferenceProfileArn: string;
  readonly description: string;
  readonly type: 'SYSTEM_DEFINED' | 'APPLICATION';
  readonly models: readonly { modelArn: string }[];
  readonly base: Model;
}

const label: Readonly<Record<string, string>> = {
  global: 'Global',
  us: 'US',
  eu: 'EU',
  apac: 'APAC',
  ca: 'CA',
  jp: 'JP',
  au: 'AU',
};

/** All inference profiles of one account in one region. */
export function profilesOf(region: string, accountId: string): Profile[] {
  const partition = region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  const arn = (kind: string, id: string) => `arn:${partition}:bedrock:${region}:${accountId}:${kind}/${id}`;
  const modelArn = (inRegion: string, model: Model) => ({
    modelArn: `arn:${partition}:bedrock:${inRegion}::foundation-model/${model.modelId}`,
  });
  const system = models
    .filter((model) => model.providerName === 'Anthropic' && model.modelName !== 'Claude 3 Haiku')
    .flatMap((model) =>
      prefixes(region, model).map((prefix): Profile => {
        const id = `${prefix}.${model.modelId}`;
        const name = `${label[prefix] ?? 'US-GOV'} Anthropic ${model.modelName}`;
        return {
          inferenceProfileId: id,
          inferenceProfileName: name,
          inferenceProfileArn: arn('inference-profile', id),
          description: `Routes requests to ${model.modelName} (${prefix}).`,
          type: 'SYSTEM_DEFINED',
          models: (prefix === 'global' ? [region, ''] : (destinations[prefix] ?? [region])).map((inRegion) =>
            modelArn(inRegion, model),
          ),
          base: model,
        };
      }),
    );
  return [...system, ...ownProfiles(region, system, arn, modelArn)];
}

/** The account's application profiles: of a model here, copied from profiles that route further, and of another provider. */
function ownProfiles(
  region: string,
  system: readonly Profile[],
  arn: (kind: string, id: string) => string,
  modelArn: (inRegion: string, model: Model) => { modelArn: string },
): Profile[] {
  const named = (name: string) => models.find((model) => model.modelName === name);
  const own = (id: string, name: string, base: Model, over?: Profile): Profile => ({
    inferenceProfileId: id,
    inferenceProfileName: name,
    inferenceProfileArn: arn('application-inference-profile', id),
    description: 'An application inference profile of the sandbox, for cost allocation.',
    type: 'APPLICATION',
    models: over?.models ?? [modelArn(region, base)],
    base,
  });
  const copied = (id: string, name: string, of: string, worldwide: boolean) => {
    const from = system.find(
      ({ base, inferenceProfileId }) =>
        base.modelName === of && inferenceProfileId.startsWith('global.') === worldwide,
    );
    return from === undefined ? [] : [own(id, name, from.base, from)];
  };
  const sonnet = named('Claude Sonnet 4.5');
  const nova = named('Nova Lite');
  return [
    ...(sonnet && isOffered(region, sonnet) ? [own('sbxteam00001', 'sandbox-team', sonnet)] : []),
    ...copied('sbxteam00002', 'sandbox-team-opus', 'Claude Opus 5.5', false),
    ...copied('sbxteam00003', 'sandbox-everywhere', 'Claude Haiku 4.5', true),
    ...(nova && isOffered(region, nova) ? [own('sbxnova00001', 'sandbox-nova', nova)] : []),
  ];
}

export type Resolved =
  | {
      readonly kind: 'ok';
      readonly base: Model;
      readonly resourceArn: string;
      /** All that the caller needs permission for. */
      readonly resources: readonly Resource[];
      /** Where it is answered; undefined: where it was asked. */
      readonly answeredIn?: string;
    }
  | { readonly kind: 'needs-profile' }
  | { readonly kind: 'invalid' };

const partitionOf = (region: string) => (region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws');

/** What a modelId of the runtime API names: a bare id, a profile's id, or an ARN of either. */
export function resolveModel(region: string, accountId: string, modelId: string): Resolved {
  const [, arnRegion, bareFromArn] =
    /^arn:[\w-]+:bedrock:([\w-]+)::foundation-model\/(.+)$/.exec(modelId) ?? [];
  if (arnRegion !== undefined && arnRegion !== region) return { kind: 'invalid' };
  const bareId = bareFromArn ?? modelId;
  const bare = models.find((model) => model.modelId === bareId);
  if (bare !== undefined) {
    if (!isOffered(region, bare)) return { kind: 'invalid' };
    if (!bare.onDemand) return { kind: 'needs-profile' };
    const resourceArn = `arn:${partitionOf(region)}:bedrock:${region}::foundation-model/${bareId}`;
    return { kind: 'ok', base: bare, resourceArn, resources: [{ arn: resourceArn }] };
  }
  const profile = profilesOf(region, accountId).find(
    (candidate) =>
      candidate.inferenceProfileArn === modelId ||
      (candidate.type === 'SYSTEM_DEFINED' && candidate.inferenceProfileId === modelId),
  );
  if (profile === undefined) return { kind: 'invalid' };
  return {
    kind: 'ok',
    base: profile.base,
    resourceArn: profile.inferenceProfileArn,
    resources: profileResources(region, profile),
    ...answeredElsewhere(region, profile),
  };
}

const regionOf = (arn: string) => arn.split(':')[3] ?? '';

/**
 * What a call by a profile needs: the profile in the calling region, the model there, and the model in every region that
 * the request may go to. Worldwide that is one ARN without a region, for which aws:RequestedRegion is `unspecified`. For
 * models, bedrock:InferenceProfileArn names the profile. (Bedrock user guide: geographic and global cross-Region
 * inference, IAM policy requirements.)
 */
function profileResources(region: string, profile: Profile): Resource[] {
  const by = { 'bedrock:InferenceProfileArn': profile.inferenceProfileArn };
  const arns = new Set([
    `arn:${partitionOf(region)}:bedrock:${region}::foundation-model/${profile.base.modelId}`,
    ...profile.models.map(({ modelArn }) => modelArn),
  ]);
  return [
    { arn: profile.inferenceProfileArn },
    ...[...arns].map((arn) => ({
      arn,
      context: { ...by, 'aws:RequestedRegion': regionOf(arn) || 'unspecified' },
    })),
  ];
}

/** Requests by profiles of several regions are answered in the first other one, so that it can be seen. */
function answeredElsewhere(region: string, { models: targets, base }: Profile): { answeredIn?: string } {
  const regions = targets.map(({ modelArn }) => regionOf(modelArn));
  const answeredIn = regions.includes('') ? 'us-west-2' : regions.find((other) => other !== region);
  return answeredIn === undefined || answeredIn === region || !base.recent ? {} : { answeredIn };
}
