import type {
  Geography,
  ModelView,
  ProcedureArguments,
  ProcedureOutput,
  RegionOffer,
  ResolvedModel,
} from '../../../src/contract/index.ts';
import { modelView } from '../model-view.ts';

/** What a Bedrock of the tests offers: one of everything that the page has to tell apart. */

const places: Readonly<Record<Geography, readonly string[]>> = {
  us: ['us-east-1', 'us-east-2', 'us-west-2'],
  'us-gov': ['us-gov-east-1', 'us-gov-west-1'],
  ca: ['ca-central-1'],
  eu: ['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-west-1', 'eu-west-3'],
  jp: ['ap-northeast-1', 'ap-northeast-3'],
  au: ['ap-southeast-2', 'ap-southeast-4'],
  apac: ['ap-northeast-1', 'ap-northeast-2', 'ap-south-1', 'ap-southeast-1', 'ap-southeast-2'],
};
const areaOf = (region: string): Geography =>
  region.startsWith('us-gov-')
    ? 'us-gov'
    : region === 'ap-northeast-1'
      ? 'jp'
      : region.startsWith('eu-')
        ? 'eu'
        : region.startsWith('ap-')
          ? 'apac'
          : region.startsWith('ca-')
            ? 'ca'
            : 'us';

const rates = (input: number, output: number) => ({
  input,
  output,
  cacheRead: input / 10,
  cacheWrite5m: input * 1.25,
  cacheWrite1h: input * 2,
});

interface Sample {
  model: string;
  name: string;
  context: number;
  rates: ReturnType<typeof rates> | null;
  more?: Partial<ModelView>;
}
const samples: readonly Sample[] = [
  { model: 'anthropic.claude-fable-5-2', name: 'Claude Fable 5.2', context: 1_000_000, rates: rates(8, 40) },
  { model: 'anthropic.claude-opus-5-5', name: 'Claude Opus 5.5', context: 1_000_000, rates: rates(4, 20) },
  {
    model: 'anthropic.claude-opus-4-5-20251101-v1:0',
    name: 'Claude Opus 4.5',
    context: 200_000,
    rates: rates(5, 25),
    more: { access: 'denied', refusal: 'access' },
  },
  {
    model: 'anthropic.claude-sonnet-4-6',
    name: 'Claude Sonnet 4.6',
    context: 200_000,
    rates: rates(3, 15),
    more: { access: 'unknown' },
  },
  {
    model: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
    name: 'Claude Sonnet 4.5',
    context: 200_000,
    rates: rates(3, 15),
  },
  {
    model: 'anthropic.claude-haiku-5-5',
    name: 'Claude Haiku 5.5',
    context: 1_000_000,
    rates: rates(0.1, 0.5),
  },
  {
    model: 'anthropic.claude-haiku-4-5-20251001-v1:0',
    name: 'Claude Haiku 4.5',
    context: 200_000,
    rates: rates(1, 5),
  },
];

/** The offer in a region to an environment that keeps to a geography. */
export function bedrockModels(region: string, geography: Geography | null = null): ModelView[] {
  const area = areaOf(region);
  const leaves = (regions: readonly string[]): boolean =>
    geography !== null && !(regions.length > 0 && regions.every((r) => places[geography].includes(r)));
  const refusalOf = (regions: readonly string[], own: ModelView['refusal']): ModelView['refusal'] =>
    own ?? (leaves(regions) ? 'geography' : null);
  const profiles = samples.flatMap(({ model, name, context, rates: price, more = {} }) =>
    (['geography', 'global'] as const).map((scope): ModelView => {
      const regions = scope === 'global' ? [] : [...places[area]];
      const refusal = refusalOf(regions, more.refusal ?? null);
      return modelView({
        ...more,
        id: `${scope === 'global' ? 'global' : area}.${model}`,
        name: `${scope === 'global' ? 'Global' : area.toUpperCase()} ${name}`,
        model,
        scope,
        regions,
        contextTokens: context,
        rates: price && (scope === 'global' ? price : rates(price.input * 1.1, price.output * 1.1)),
        refusal,
        proposed: refusal === null && scope === 'geography',
      });
    }),
  );
  const bare = samples.map(({ model, name, context, rates: price }) =>
    modelView({
      id: model,
      name,
      kind: 'foundation-model',
      model,
      scope: 'region',
      regions: [region],
      contextTokens: context,
      rates: price,
      refusal: 'onDemand',
      proposed: false,
    }),
  );
  const others: ModelView[] = [
    modelView({
      id: `arn:aws:bedrock:${region}:123456789012:application-inference-profile/x7k2m4q9`,
      name: 'payments-team',
      kind: 'application-profile',
      model: 'anthropic.claude-sonnet-4-5-20250929-v1:0',
      regions: [...places[area]],
      rates: rates(3.3, 16.5),
      refusal: refusalOf(places[area], null),
      proposed: false,
    }),
    modelView({
      id: `arn:aws:bedrock:${region}:123456789012:application-inference-profile/r2d2c3p0`,
      name: 'research · 研发',
      kind: 'application-profile',
      model: null,
      scope: 'region',
      regions: [region],
      contextTokens: null,
      access: 'unknown',
    }),
    modelView({
      id: 'anthropic.claude-3-haiku-20240307-v1:0',
      name: 'Claude 3 Haiku',
      kind: 'foundation-model',
      model: 'anthropic.claude-3-haiku-20240307-v1:0',
      scope: 'region',
      regions: [region],
      rates: rates(0.25, 1.25),
      lifecycle: 'legacy',
      endOfLife: '2027-03-10',
      refusal: refusalOf([region], null),
    }),
    modelView({
      id: 'anthropic.claude-3-5-sonnet-20241022-v2:0',
      name: 'Claude 3.5 Sonnet v2',
      kind: 'foundation-model',
      model: 'anthropic.claude-3-5-sonnet-20241022-v2:0',
      scope: 'region',
      regions: [region],
      rates: rates(3, 15),
      lifecycle: 'legacy',
      endOfLife: '2026-03-01',
      refusal: 'ended',
      proposed: false,
    }),
  ];
  return [...profiles, ...bare, ...others];
}

/** What Claude Code 2.1.330 takes where nothing is chosen. */
const defaults = {
  primary: 'claude-opus-5-5',
  background: 'claude-haiku-4-5-20251001-v1:0',
  opus: 'claude-opus-5-5',
  sonnet: 'claude-sonnet-4-5-20250929-v1:0',
  haiku: 'claude-haiku-4-5-20251001-v1:0',
  fable: 'claude-fable-5-2',
} as const;

export function resolvedModels(
  {
    region,
    model = null,
    smallFastModel = null,
    pins,
  }: ProcedureArguments<'models.resolve'> & { region: string },
  models: readonly ModelView[],
): ProcedureOutput<'models.resolve'> {
  const chosen: Readonly<Record<ResolvedModel['use'], string | null | undefined>> = {
    primary: model,
    background: smallFastModel,
    haiku: smallFastModel,
    opus: pins?.opus,
    sonnet: pins?.sonnet,
    fable: pins?.fable,
  };
  const resolved = (['primary', 'background', 'opus', 'sonnet', 'haiku', 'fable'] as const).map(
    (use): ResolvedModel => {
      const id = chosen[use] ?? `${areaOf(region)}.anthropic.${defaults[use]}`;
      const found = models.find((m) => m.id === id);
      return {
        use,
        id,
        from: chosen[use] ? 'environment' : 'default',
        where: null,
        offered: found !== undefined && found.refusal === null,
        refusal: found?.refusal ?? null,
      };
    },
  );
  return { region, resolved };
}

/** What each region says of a model, in the end. */
export function regionOffers(regions: readonly string[], model: string): RegionOffer[] {
  return regions.map((region): RegionOffer => {
    const area = areaOf(region);
    const failed = region === 'eu-west-1';
    const models = region === 'ap-northeast-1' ? [] : bedrockModels(region);
    return {
      region,
      geography: area,
      state: failed ? 'failed' : 'live',
      models: failed ? null : region === 'ap-northeast-1' ? 2 : 8,
      id: failed ? null : (models.find((m) => m.proposed && m.model === model)?.id ?? null),
      askedAt: failed ? null : Date.now(),
      problem: failed
        ? {
            code: 'NetworkUnavailable',
            params: { host: 'bedrock.eu-west-1.amazonaws.com', reason: 'ETIMEDOUT' },
          }
        : null,
    };
  });
}
