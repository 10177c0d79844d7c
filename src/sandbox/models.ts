/** The models that this Bedrock offers: Anthropic's as of 2026-11 and one of another provider. */

export interface Model {
  readonly modelId: string;
  readonly modelName: string;
  readonly providerName: string;
  /** May be called by its bare id; the others only through an inference profile. */
  readonly onDemand: boolean;
  readonly status: 'ACTIVE' | 'LEGACY';
  /** Released when Asia-Pacific profiles were already split by country. */
  readonly recent: boolean;
}

function claude(name: string, id: string, options: Partial<Model> = {}): Model {
  return {
    modelId: `anthropic.claude-${id}`,
    modelName: `Claude ${name}`,
    providerName: 'Anthropic',
    onDemand: false,
    status: 'ACTIVE',
    recent: true,
    ...options,
  };
}

const older = { recent: false } as const;
const legacy = { recent: false, status: 'LEGACY' } as const;

export const models: readonly Model[] = [
  claude('Opus 5.5', 'opus-5-5'),
  claude('Opus 5', 'opus-5'),
  claude('Opus 4.8', 'opus-4-8'),
  claude('Opus 4.7', 'opus-4-7'),
  claude('Opus 4.6', 'opus-4-6-v1'),
  claude('Opus 4.5', 'opus-4-5-20251101-v1:0'),
  claude('Opus 4.1', 'opus-4-1-20250805-v1:0', older),
  claude('Sonnet 5.5', 'sonnet-5-5'),
  claude('Sonnet 5', 'sonnet-5'),
  claude('Sonnet 4.6', 'sonnet-4-6'),
  claude('Sonnet 4.5', 'sonnet-4-5-20250929-v1:0'),
  claude('Sonnet 4', 'sonnet-4-20250514-v1:0', older),
  claude('Haiku 5.5', 'haiku-5-5'),
  claude('Haiku 4.5', 'haiku-4-5-20251001-v1:0'),
  claude('Fable 5.2', 'fable-5-2'),
  claude('Fable 5.1', 'fable-5-1'),
  claude('Fable 5', 'fable-5'),
  claude('3.5 Sonnet v2', '3-5-sonnet-20241022-v2:0', legacy),
  claude('3.5 Haiku', '3-5-haiku-20241022-v1:0', legacy),
  claude('3 Haiku', '3-haiku-20240307-v1:0', { ...legacy, onDemand: true }),
  {
    modelId: 'amazon.nova-lite-v1:0',
    modelName: 'Nova Lite',
    providerName: 'Amazon',
    onDemand: true,
    status: 'ACTIVE',
    recent: false,
  },
];

const destinations: Readonly<Record<string, readonly string[]>> = {
  us: ['us-east-1', 'us-east-2', 'us-west-2'],
  'us-gov': ['us-gov-east-1', 'us-gov-west-1'],
  eu: ['eu-central-1', 'eu-west-1', 'eu-west-3', 'eu-north-1'],
  apac: ['ap-northeast-1', 'ap-northeast-2', 'ap-south-1', 'ap-southeast-1', 'ap-southeast-2'],
  jp: ['ap-northeast-1', 'ap-northeast-3'],
  au: ['ap-southeast-2', 'ap-southeast-4'],
  global: [''],
};

/** Prefixes under which a region's system-defined profiles carry this model. */
function prefixes(region: string, model: Model): readonly string[] {
  if (region.startsWith('us-gov-')) return ['us-gov'];
  const worldwide = model.recent ? ['global'] : [];
  if (region.startsWith('us-')) return ['us', ...worldwide];
  if (region.startsWith('eu-')) return ['eu', ...worldwide];
  if (region.startsWith('ap-')) {
    if (!model.recent) return ['apac'];
    const country = (['jp', 'au'] as const).filter((prefix) => destinations[prefix]?.includes(region));
    return [...country, ...worldwide];
  }
  return worldwide;
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
          models: (destinations[prefix] ?? [region]).map((inRegion) => modelArn(inRegion, model)),
          base: model,
        };
      }),
    );
  const sonnet = models.find((model) => model.modelName === 'Claude Sonnet 4.5');
  if (sonnet === undefined) return system;
  const own: Profile = {
    inferenceProfileId: 'sbxteam00001',
    inferenceProfileName: 'sandbox-team',
    inferenceProfileArn: arn('application-inference-profile', 'sbxteam00001'),
    description: 'An application inference profile of the sandbox, for cost allocation.',
    type: 'APPLICATION',
    models: [modelArn(region, sonnet)],
    base: sonnet,
  };
  return [...system, own];
}

export type Resolved =
  | { readonly kind: 'ok'; readonly base: Model; readonly resourceArn: string }
  | { readonly kind: 'needs-profile' }
  | { readonly kind: 'invalid' };

/** What a modelId of the runtime API names: a bare id, a profile's id, or an ARN of either. */
export function resolveModel(region: string, accountId: string, modelId: string): Resolved {
  const [, arnRegion, bareFromArn] =
    /^arn:[\w-]+:bedrock:([\w-]+)::foundation-model\/(.+)$/.exec(modelId) ?? [];
  if (arnRegion !== undefined && arnRegion !== region) return { kind: 'invalid' };
  const bareId = bareFromArn ?? modelId;
  const bare = models.find((model) => model.modelId === bareId);
  if (bare !== undefined) {
    if (!bare.onDemand) return { kind: 'needs-profile' };
    return { kind: 'ok', base: bare, resourceArn: `arn:aws:bedrock:${region}::foundation-model/${bareId}` };
  }
  const profile = profilesOf(region, accountId).find(
    (candidate) =>
      candidate.inferenceProfileArn === modelId ||
      (candidate.type === 'SYSTEM_DEFINED' && candidate.inferenceProfileId === modelId),
  );
  if (profile === undefined) return { kind: 'invalid' };
  return { kind: 'ok', base: profile.base, resourceArn: profile.inferenceProfileArn };
}
