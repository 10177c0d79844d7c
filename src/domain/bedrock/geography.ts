import type { ModelView } from '../../contract/bedrock.ts';
import { Geography } from '../../contract/bedrock.ts';

/**
 * Regions of each geography that inference profiles keep requests in. By pattern where a new region will belong to it
 * as well; Japan and Australia are countries within Asia Pacific.
 */
const areas: Readonly<Record<Geography, RegExp>> = {
  us: /^us-(?!gov-|iso)/,
  'us-gov': /^us-gov-/,
  ca: /^ca-/,
  eu: /^eu-(?!isoe-)/,
  jp: /^ap-northeast-[13]$/,
  au: /^ap-southeast-[24]$/,
  apac: /^ap-/,
};

/** Whether requests that are answered in `region` stay in a geography. */
export function isInGeography(geography: Geography, region: string): boolean {
  return areas[geography].test(region);
}

/** The narrowest geography of a region: `jp` for Tokyo; null where no profile is named after it. */
export function geographyOf(region: string): Geography | null {
  return Geography.options.find((g) => isInGeography(g, region)) ?? null;
}

/** The prefix of a profile's id, from an id or the ARN of a system-defined profile: `us`, `global`, …; null: none. */
export function profilePrefix(id: string): string | null {
  return (
    /^(?:arn:[\w-]+:bedrock:[\w-]*:\d*:inference-profile\/)?([a-z]+(?:-[a-z]+)*)\.anthropic\./.exec(
      id,
    )?.[1] ?? null
  );
}

/**
 * Whether all that an id asks for is answered in a geography; null where that cannot be told. `region`: where it is
 * called; `regions`: what Bedrock says it routes to, empty where that is not known.
 */
export function staysIn(
  geography: Geography,
  model: Pick<ModelView, 'id' | 'scope' | 'regions'>,
  region: string,
): boolean | null {
  if (model.scope === 'global') return false;
  if (model.scope === 'region') return isInGeography(geography, region);
  if (model.regions.length > 0) return model.regions.every((each) => isInGeography(geography, each));
  return prefixStaysIn(geography, model.id);
}

/** The same by the id alone; null where it does not say (an application profile's ARN, a name of Claude Code's own). */
export function prefixStaysIn(geography: Geography, id: string): boolean | null {
  const prefix = profilePrefix(id);
  if (prefix === null) return null;
  if (prefix === geography) return true;
  return geography === 'apac' && (prefix === 'jp' || prefix === 'au');
}
