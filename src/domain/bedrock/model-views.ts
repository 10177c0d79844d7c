import type { Geography, ModelView } from '../../contract/bedrock.ts';
import { contextSize, type ModelPrice } from '../cost/prices.ts';
import { profilePrefix, staysIn } from './geography.ts';

/** A system-defined or application inference profile, as Bedrock lists it. */
export interface ListedProfile {
  /** What a request names: a system-defined profile's id, an application profile's ARN. */
  id: string;
  name: string;
  kind: 'inference-profile' | 'application-profile';
  /** ARNs of the foundation models that it routes to; one without a region stands for anywhere. */
  models: readonly string[];
}

/** A foundation model of Anthropic's, as Bedrock lists it. */
export interface ListedModel {
  id: string;
  name: string;
  /** Its bare id may be called. */
  onDemand: boolean;
  lifecycle: 'active' | 'legacy';
  /** `YYYY-MM-DD`. */
  endOfLife: string | null;
}

/** What Bedrock told of a region; null: it may not be asked for that. In Bedrock's own order. */
export interface Listed {
  profiles: readonly ListedProfile[] | null;
  models: readonly ListedModel[] | null;
  /** By foundation model; those that are missing are unknown. */
  access: ReadonlyMap<string, ModelView['access']>;
}

export interface ViewOptions {
  region: string;
  /** Where requests must be answered; null: anywhere. */
  geography: Geography | null;
  /** `YYYY-MM-DD` */
  today: string;
  /** List price of an id; null: not known. */
  priceOf(id: string): ModelPrice | null;
}

/** Region and foundation model of an ARN in a profile. */
function destination(arn: string): { region: string; model: string } | null {
  const [, region = '', model] =
    /^arn:[\w-]+:bedrock:([\w-]*):\d*:foundation-model\/(anthropic\.[\w.:-]+)$/.exec(arn) ?? [];
  return model === undefined ? null : { region, model };
}

/** All ids by which models of Anthropic's could be called, with why each would fail, and for each model the one to use. */
export function modelViews(listed: Listed, options: ViewOptions): ModelView[] {
  const details = new Map((listed.models ?? []).map((model) => [model.id, model]));
  const views: ModelView[] = [];
  for (const profile of listed.profiles ?? []) {
    const destinations = profile.models.map(destination).filter((d) => d !== null);
    const model = destinations[0]?.model ?? modelOfId(profile.id);
    if (model === null) continue;
    const prefix = profilePrefix(profile.id);
    const anywhere = prefix === 'global' || destinations.some(({ region }) => region === '');
    const regions = anywhere ? [] : [...new Set(destinations.map(({ region }) => region))].sort();
    const onlyHere = prefix === null && regions.length === 1 && regions[0] === options.region;
    views.push(
      view(
        {
          id: profile.id,
          name: profile.name,
          kind: profile.kind,
          model,
          scope: anywhere ? 'global' : onlyHere ? 'region' : 'geography',
          regions,
        },
        details.get(model),
        listed,
        options,
      ),
    );
  }
  for (const model of details.values()) {
    const { id, name } = model;
    const own = { id, name, kind: 'foundation-model', model: id, scope: 'region', regions: [options.region] };
    views.push(view(own as OwnFields, model, listed, options));
  }
  return withProposals(views);
}

type OwnFields = Pick<ModelView, 'id' | 'name' | 'kind' | 'scope' | 'regions'> & { model: string };

function view(
  own: OwnFields,
  details: ListedModel | undefined,
  listed: Listed,
  options: ViewOptions,
): ModelView {
  const { today, geography, region } = options;
  const access = listed.access.get(own.model) ?? 'unknown';
  const endOfLife = details?.endOfLife ?? null;
  const refusal =
    endOfLife !== null && endOfLife <= today
      ? 'ended'
      : own.kind === 'foundation-model' && !details?.onDemand
        ? 'onDemand'
        : geography !== null && staysIn(geography, own, region) !== true
          ? 'geography'
          : access === 'denied'
            ? 'access'
            : null;
  // What an ARN costs is told by the model behind it, unless the person knows better.
  const priced = own.scope === 'global' ? `global.${own.model}` : own.model;
  const price = options.priceOf(own.id) ?? options.priceOf(priced);
  return {
    ...own,
    contextTokens: contextSize(own.model),
    rates: price ? { ...price.tiers[0].rates } : null,
    lifecycle: details?.lifecycle ?? 'active',
    endOfLife,
    access,
    refusal,
    proposed: false,
  };
}

/** The foundation model that an id names itself; null: it names none. */
export function modelOfId(id: string): string | null {
  return /(?:^|[./])(anthropic\.claude-[\w.:-]+)$/.exec(id)?.[1] ?? null;
}

/**
 * Of each model's ids the one to use: the profile that keeps requests in the fewest regions (jp. before apac.), which is
 * also what Claude Code takes by itself; else the region alone, else anywhere. Nobody is put on an application profile
 * unasked: it says whose bill it is (docs/decisions/0036-models.md).
 */
function withProposals(views: readonly ModelView[]): ModelView[] {
  const best = new Map<string | null, ModelView>();
  for (const each of views) {
    if (each.refusal !== null || each.kind === 'application-profile') continue;
    const there = best.get(each.model);
    if (!there || breadth(each) < breadth(there)) best.set(each.model, each);
  }
  const proposed = new Set(best.values());
  return views.map((each) => (proposed.has(each) ? { ...each, proposed: true } : each));
}

function breadth({ scope, regions }: ModelView): number {
  if (scope === 'global') return 10_000;
  return scope === 'region' ? 1_000 : regions.length;
}

/** Those that can be used: what a person is given to choose from. */
export function usableModels(models: readonly ModelView[]): ModelView[] {
  return models.filter(({ refusal }) => refusal === null);
}
