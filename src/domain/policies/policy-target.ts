import type { ModelView } from '../../contract/bedrock.ts';

/** A model that is called in a region, as IAM sees it: the resources that the call is judged by. */
export interface PolicyTarget {
  /** Where it is called. */
  region: string;
  /** `profile`: system-defined. `application`: a profile of the account's own. `model`: on demand, or anything else with an ARN. */
  kind: 'profile' | 'application' | 'model';
  /** The profile's id without region and account (`us.anthropic.…`), an application profile's ARN, or the model's id. */
  id: string;
  /** The foundation model behind it; null: not known, or none (a provisioned or imported model has an ARN of its own). */
  model: string | null;
  /** The prefix that tells where the profile routes to: `us`, `global`, …; null without one. */
  prefix: string | null;
  /** Regions that it routes to, the calling one included; null: not known. Empty for `global`: anywhere. */
  destinations: readonly string[] | null;
}

const profileId = /^([a-z]{2,6}(?:-[a-z]+)?)\.([a-z0-9]+\..+)$/;

/**
 * What a call of `id` in `region` is judged by. `view`: what Bedrock told of it there, if anything. An ARN decides for
 * itself where it belongs. `[1m]` is Claude Code's own and never sent.
 */
export function policyTarget(region: string, id: string, view: ModelView | null): PolicyTarget {
  const asked = id.replace(/\[1m\]$/, '');
  const arn = /^arn:[^:]*:bedrock:([^:]*):[^:]*:([\w-]+)\/(.+)$/.exec(asked);
  const known = view && view.regions.length > 0 ? [...new Set([...view.regions, region])].sort() : null;
  if (arn?.[2] === 'application-inference-profile') {
    const at = arn[1] || region;
    const global = view?.scope === 'global';
    return {
      region: at,
      kind: 'application',
      id: asked,
      model: view?.model ?? null,
      prefix: global ? 'global' : null,
      destinations: global ? [] : known,
    };
  }
  if (arn && arn[2] !== 'inference-profile' && arn[2] !== 'foundation-model') {
    return {
      region: arn[1] || region,
      kind: 'model',
      id: asked,
      model: null,
      prefix: null,
      destinations: [],
    };
  }
  const at = arn?.[1] || region;
  const name = arn?.[3] ?? asked;
  const found = arn?.[2] === 'foundation-model' ? null : profileId.exec(name);
  if (!found || view?.kind === 'foundation-model') {
    return { region: at, kind: 'model', id: name, model: name, prefix: null, destinations: [at] };
  }
  const [, prefix = '', model = ''] = found;
  const global = prefix === 'global' || view?.scope === 'global';
  return {
    region: at,
    kind: 'profile',
    id: name,
    model: view?.model ?? model,
    prefix,
    destinations: global ? [] : known,
  };
}
