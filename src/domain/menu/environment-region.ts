import { Geography, type ModelView } from '../../contract/bedrock.ts';
import type { Environment } from '../../contract/state.ts';
import { isInGeography, profilePrefix } from '../bedrock/geography.ts';
import { modelOfId } from '../bedrock/model-views.ts';

/** The model to keep when the region changes: an inference profile of another geography is not offered there. */
export function modelForRegion(model: string | null, region: string): string | null {
  const prefix = Geography.safeParse(profilePrefix(model ?? ''));
  if (!prefix.success) return model;
  // Canada is served by the profiles of the United States too.
  const served = isInGeography(prefix.data, region) || (prefix.data === 'us' && region.startsWith('ca-'));
  return served ? model : null;
}

type Offered = Pick<ModelView, 'id' | 'model' | 'proposed' | 'refusal'>;

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
    const base = modelOfId(plain);
    const there = models.find(
      (m) => m.proposed && m.refusal === null && (m.model ?? modelOfId(m.id)) === base,
    );
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
