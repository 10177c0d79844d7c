import type { ModelView } from '../../contract/bedrock.ts';
import type { Environment } from '../../contract/state.ts';

/** Prefixes of cross-region inference profiles and the regions whose requests they serve. */
const geographies: Readonly<Record<string, RegExp>> = {
  us: /^(us|ca)-(?!gov-)/,
  'us-gov': /^us-gov-/,
  eu: /^eu-/,
  apac: /^ap-/,
  jp: /^ap-northeast-/,
  au: /^ap-southeast-/,
};

/** The model to keep when the region changes: an inference profile of another geography is not offered there. */
export function modelForRegion(model: string | null, region: string): string | null {
  const prefix = /^([a-z-]+)\./.exec(model ?? '')?.[1];
  const served = prefix === undefined ? undefined : geographies[prefix];
  return served === undefined || served.test(region) ? model : null;
}

type Offered = Pick<ModelView, 'id' | 'model' | 'proposed' | 'refusal'>;

/** The foundation model that an id names, without prefix; null where the id does not tell. */
const baseOf = (id: string): string | null => /(?:^|[./])(anthropic\.[\w.:-]+)$/.exec(id)?.[1] ?? null;

/**
 * An environment moved to another region: each id that it chose becomes the one to use for the same model there
 * (`models`, what Bedrock offers there), or Claude Code's default where there is none. What is not a system-defined
 * id (an application profile) belongs to its region and stays only in it. Without `models`: what can be told from the
 * ids alone.
 */
export function environmentInRegion(
  environment: Environment,
  region: string,
  models: readonly Offered[] | null,
): Environment {
  const moved = (id: string | null): string | null => {
    if (id === null) return null;
    const [, plain = id, mark = ''] = /^(.*?)(\[1m\])?$/i.exec(id) ?? [];
    if (plain.startsWith('arn:') && plain.split(':')[3] !== region) return null;
    if (models === null) return modelForRegion(id, region);
    if (models.some((m) => m.id === plain && m.refusal === null)) return id;
    const base = baseOf(plain);
    const there = models.find((m) => m.proposed && m.refusal === null && (m.model ?? baseOf(m.id)) === base);
    return base === null || there === undefined ? null : `${there.id}${mark}`;
  };
  const { opus, sonnet, fable } = environment.pins;
  return {
    ...environment,
    region,
    model: moved(environment.model),
    smallFastModel: moved(environment.smallFastModel),
    pins: { opus: moved(opus), sonnet: moved(sonnet), fable: moved(fable) },
  };
}
