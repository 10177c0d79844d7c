import { geographyOf } from './geography.ts';
import type { ListedProfile } from './model-views.ts';

/**
 * What Bedrock offered of Anthropic's models on 2026-11-22: shown only where AWS cannot be asked. The live list always
 * wins. Ids as Claude Code 2.1.330 knows them, without a region prefix, and the name shown.
 */
const claude: readonly (readonly [id: string, name: string])[] = [
  ['anthropic.claude-opus-5-5', 'Claude Opus 5.5'],
  ['anthropic.claude-opus-5', 'Claude Opus 5'],
  ['anthropic.claude-opus-4-8', 'Claude Opus 4.8'],
  ['anthropic.claude-opus-4-5-20251101-v1:0', 'Claude Opus 4.5'],
  ['anthropic.claude-sonnet-5-5', 'Claude Sonnet 5.5'],
  ['anthropic.claude-sonnet-5', 'Claude Sonnet 5'],
  ['anthropic.claude-sonnet-4-6', 'Claude Sonnet 4.6'],
  ['anthropic.claude-sonnet-4-5-20250929-v1:0', 'Claude Sonnet 4.5'],
  ['anthropic.claude-haiku-5-5', 'Claude Haiku 5.5'],
  ['anthropic.claude-haiku-4-5-20251001-v1:0', 'Claude Haiku 4.5'],
  ['anthropic.claude-fable-5-2', 'Claude Fable 5.2'],
];

/** Day of the table below and of what else is known here of models by heart. */
export const tableDate = '2026-11-22';

/** The prefix that Claude Code takes for a region by itself: `us-gov.`, `us.`, `eu.`, `apac.`; `global.` for all others. */
export function regionPrefix(region: string): string {
  if (region.startsWith('us-gov-')) return 'us-gov.';
  if (region.startsWith('us-')) return 'us.';
  if (region.startsWith('eu-')) return 'eu.';
  if (region.startsWith('ap-')) return 'apac.';
  return 'global.';
}

const prefixNames: Readonly<Record<string, string>> = {
  us: 'US',
  'us-gov': 'US GovCloud',
  eu: 'EU',
  jp: 'JP',
  au: 'AU',
  global: 'Global',
};

/** Prefixes of this table's models: in Asia Pacific those of its countries that have one. */
function shippedPrefixes(region: string): string[] {
  const own = geographyOf(region);
  if (own === 'us-gov') return [own];
  return own !== null && own in prefixNames ? [own, 'global'] : ['global'];
}

/** The shipped table for a region, as Bedrock would list it. */
export function shippedProfiles(region: string): ListedProfile[] {
  return shippedPrefixes(region).flatMap((prefix) =>
    claude.map(([id, name]) => ({
      id: `${prefix}.${id}`,
      name: `${prefixNames[prefix]} ${name}`,
      kind: 'inference-profile' as const,
      models: [],
    })),
  );
}

/**
 * The model id that Bedrock is asked for: the environment's without Claude Code's own suffix for the long context, or
 * where it is told none the first of the table for the region. `models.resolve` knows better, where AWS can be asked.
 */
export function askedModel(model: string | null, region: string): string {
  return model?.replace(/\[1m\]$/, '') ?? `${shippedPrefixes(region)[0]}.${claude[0]?.[0]}`;
}

/** Regions of Bedrock with Anthropic's models, by partition, when this table was made. */
export const bedrockRegions: readonly string[] = [
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
  'ca-central-1',
  'sa-east-1',
  'eu-central-1',
  'eu-central-2',
  'eu-north-1',
  'eu-south-1',
  'eu-south-2',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'ap-east-2',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-south-2',
  'ap-southeast-1',
  'ap-southeast-2',
  'ap-southeast-3',
  'ap-southeast-4',
  'il-central-1',
  'me-central-1',
  'me-south-1',
  'us-gov-east-1',
  'us-gov-west-1',
];
