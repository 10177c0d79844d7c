import type { Geography, ModelOffer, ModelView, RegionOffer, ResolvedModel } from '../../contract/bedrock.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { Environment } from '../../contract/state.ts';
import { bedrockRegions, tableDate } from '../../domain/bedrock/bedrock-models.ts';
import { families, familyNames, modelOfName } from '../../domain/bedrock/claude-models.ts';
import {
  type GeographyVerdict,
  keepInGeography,
  modelVariablesOf,
} from '../../domain/bedrock/environment-models.ts';
import { geographyOf } from '../../domain/bedrock/geography.ts';
import { type Decision, type ResolutionInput, resolveModels } from '../../domain/bedrock/model-resolution.ts';
import { modelOfId, modelViews, usableModels } from '../../domain/bedrock/model-views.ts';
import type { ModelPrice } from '../../domain/cost/prices.ts';
import { partitionOfRegion } from '../../domain/profiles/partition.ts';
import type { Models } from '../bedrock-ports.ts';
import type { AgentContext, EnvironmentStore, ProfileCatalog } from '../ports.ts';
import { configFolderOf } from '../sessions/claude-files.ts';
import { managedSettingsFolder } from '../sessions/person-settings.ts';
import { BedrockOffers, type Offer, type OffersParts, shippedOffer } from './bedrock-offers.ts';
import type { GeographyWish } from './geography-wish.ts';
import { personChoices } from './person-choices.ts';

/** Regions that are asked at once in a survey. */
const regionsAtOnce = 6;

export interface ModelsParts extends OffersParts {
  context: Pick<AgentContext, 'env' | 'clock' | 'log' | 'userHome'>;
  environments: Pick<EnvironmentStore, 'get' | 'active'>;
  profiles: Pick<ProfileCatalog, 'list' | 'ssoSessions'>;
  /** List prices; loaded when they are first needed, the table is large. */
  prices(): Promise<(id: string) => ModelPrice | null>;
  /** The person's login shell. */
  loginEnv(): Promise<Record<string, string>>;
  /** Folder of an administrator's settings for Claude Code; default: the platform's. */
  managedSettings?: string;
}

/** What Bedrock offers to an environment's identity, and what Claude Code makes of it. */
export class ModelsRoom implements Models {
  readonly #parts: ModelsParts;
  readonly #offers: BedrockOffers;

  constructor(parts: ModelsParts) {
    this.#parts = parts;
    this.#offers = new BedrockOffers(parts);
  }

  /** `models.list`. Errors: EnvironmentUnknown, EnvironmentMissing. */
  async list({
    environment: name,
    region: wish,
    refresh,
  }: Parameters<Models['list']>[0]): Promise<ModelOffer> {
    const nobody = name === undefined && wish !== undefined && this.#parts.environments.active() === null;
    // Before there is an environment nobody can be asked.
    const environment = nobody ? null : this.#environment(name);
    const offer = environment
      ? await this.#offers.offer(environment.profile, wish ?? environment.region, { refresh })
      : shippedOffer(wish ?? '', { code: 'EnvironmentMissing', params: {} });
    const { listed: _, ...about } = offer;
    const models = await this.#views(offer, environment?.geography ?? null);
    return { ...about, tableDate: offer.source === 'shipped' ? tableDate : null, models };
  }

  /** `models.resolve`. Errors: EnvironmentUnknown, EnvironmentMissing. */
  async resolve(input: Parameters<Models['resolve']>[0]): ReturnType<Models['resolve']> {
    const environment = this.#environment(input.environment);
    const { model, smallFastModel, pins, geography } = { ...environment, ...defined(input) };
    const region = input.region ?? environment.region;
    const { profile } = environment;
    const chosen = { model, smallFastModel, pins };
    const env = await this.#parts.loginEnv();
    const { offer, context } = await this.#resolution({ profile, region, env });
    const views = await this.#views(offer, geography);
    const ours = (variables: Record<string, string>, modelOverrides = {}) => ({
      from: 'environment' as const,
      file: null,
      env: variables,
      modelOverrides,
    });
    const { managed, others, ...known } = context;
    const verdict = geography === null ? null : keepInGeography(geography, chosen, context, views);
    const kept = verdict && 'kept' in verdict ? verdict.kept : null;
    const resolution = resolveModels({
      ...known,
      flag: kept?.model ?? model,
      layers: [managed, ours({ ...modelVariablesOf(chosen), ...kept?.env }, kept?.modelOverrides), ...others],
    });
    const told = (use: ResolvedModel['use'], { id, from, where }: Decision): ResolvedModel => {
      const named = idOfArn(id);
      const view = views.find((each) => each.id === named);
      return {
        use,
        id,
        from,
        where: from === 'environment' ? null : where,
        offered: isOffered(id, view, offer),
        refusal: view?.refusal ?? null,
      };
    };
    return {
      region,
      resolved: [
        told('primary', resolution.primary),
        told('background', resolution.background),
        ...familyNames.map((family) => told(family, resolution.agents[family])),
      ],
      probes: [...resolution.probes],
    };
  }

  /** What a session's launch must set so that nothing is asked for outside of a geography. */
  async inGeography(wish: GeographyWish): Promise<GeographyVerdict> {
    const { geography, model, smallFastModel, pins } = wish;
    const { offer, context } = await this.#resolution(wish);
    const views = await this.#views(offer, geography);
    return keepInGeography(geography, { model, smallFastModel, pins }, context, views, wish.fallbackModels);
  }

  /** `regions.list`: the table's, and whatever the person has configured: never an SSO session's own (sso_region). */
  regions(): string[] {
    const configured = this.#parts.profiles.list().flatMap((p) => (p.region === null ? [] : [p.region]));
    const active = this.#parts.environments.active();
    return [...new Set([...bedrockRegions, ...configured, ...(active ? [active.region] : [])])];
  }

  /** `regions.survey`. Errors: EnvironmentUnknown, EnvironmentMissing. */
  async *survey(
    input: Parameters<Models['survey']>[0],
    signal: AbortSignal,
  ): AsyncGenerator<{ regions: RegionOffer[]; done: boolean }> {
    const { profile, region: own, geography } = this.#environment(input.environment);
    const partition = partitionOfRegion(own);
    const asked = input.regions ?? this.regions().filter((region) => partitionOfRegion(region) === partition);
    const rows = [...new Set(asked)].map(
      (region): RegionOffer => ({
        region,
        geography: geographyOf(region),
        state: 'waiting',
        models: null,
        id: null,
        askedAt: null,
        problem: null,
      }),
    );
    let changed = Promise.withResolvers<void>();
    const change = (): void => {
      changed.resolve();
      changed = Promise.withResolvers();
    };
    const queue = rows.keys();
    const worker = async (): Promise<void> => {
      for (const at of queue) {
        if (signal.aborted) return;
        const row = rows[at] as RegionOffer;
        rows[at] = { ...row, state: 'asking' };
        change();
        const offer = await this.#offers.offer(profile, row.region, { access: false });
        rows[at] = { ...row, ...(await this.#told(offer, geography, input.model)) };
        change();
      }
    };
    const work = Promise.all(Array.from({ length: regionsAtOnce }, worker));
    signal.addEventListener('abort', change, { once: true });
    while (!signal.aborted) {
      const next = changed.promise;
      const done = rows.every(({ state }) => state === 'live' || state === 'failed');
      yield { regions: [...rows], done };
      if (done) break;
      await next;
    }
    await work;
  }

  async #told(
    offer: Offer,
    geography: Geography | null,
    wanted: string | undefined,
  ): Promise<Pick<RegionOffer, 'state' | 'models' | 'id' | 'askedAt' | 'problem'>> {
    const { askedAt, problem } = offer;
    if (offer.source === 'shipped') return { state: 'failed', models: null, id: null, askedAt, problem };
    const usable = usableModels(await this.#views(offer, geography));
    const model = wanted === undefined ? undefined : namedModel(wanted);
    const best =
      model === undefined ? undefined : usable.find((view) => view.proposed && view.model === model);
    const models = new Set(usable.map((view) => view.model)).size;
    return { state: 'live', models, id: best?.id ?? null, askedAt, problem };
  }

  #environment(name: string | undefined): Environment {
    const { environments } = this.#parts;
    const environment = name === undefined ? environments.active() : environments.get(name);
    if (!environment) throw new BedrockTrayError('EnvironmentMissing', {});
    return environment;
  }

  async #views(offer: Offer, geography: Geography | null): Promise<ModelView[]> {
    const priceOf = await this.#parts.prices();
    const today = new Date(this.#parts.context.clock.now()).toISOString().slice(0, 10);
    return modelViews(offer.listed, { region: offer.region, geography, today, priceOf });
  }

  /** What a resolution goes by, but for our own choices. */
  async #resolution(where: {
    profile: string;
    region: string;
    env: Readonly<Record<string, string>>;
    cwd?: string;
    given?: Readonly<Record<string, unknown>> | null;
  }): Promise<{
    offer: Offer;
    context: Omit<ResolutionInput, 'flag' | 'layers'> & Awaited<ReturnType<typeof personChoices>>;
  }> {
    const { context, managedSettings } = this.#parts;
    const { profile, region, env, cwd, given } = where;
    const [offer, choices] = await Promise.all([
      this.#offers.offer(profile, region),
      personChoices({
        env,
        configFolder: configFolderOf(env, context),
        userHome: context.userHome,
        managedFolder: managedSettings ?? managedSettingsFolder(process.platform),
        ...(cwd === undefined ? {} : { cwd }),
        ...(given === undefined ? {} : { given }),
      }),
    ]);
    const { profiles } = offer.listed;
    const live = offer.source === 'live';
    const views = new Map((await this.#views(offer, null)).map((view) => [view.id, view]));
    return {
      offer,
      context: {
        region,
        ...choices,
        profiles: profiles?.flatMap(({ id, kind }) => (kind === 'inference-profile' ? [id] : [])) ?? null,
        answers: (id) => {
          const view = views.get(id);
          if (view) return view.refusal === null;
          const denied = offer.listed.access.get(modelOfId(id) ?? '') === 'denied';
          return (!live || profiles === null) && !denied;
        },
        behind: (id) => views.get(id)?.model ?? null,
      },
    };
  }
}

/** What a list has in place of the ARN of a system-defined profile or a foundation model. */
const idOfArn = (id: string): string =>
  /^arn:[\w:-]*:(?:inference-profile|foundation-model)\/(.+)$/.exec(id)?.[1] ?? id;

/** Null where AWS has not told, or where it would not list such an id: provisioned throughput, a prompt router. */
function isOffered(
  id: string,
  view: ModelView | undefined,
  { source, listed, problem }: Offer,
): boolean | null {
  if (source !== 'live') return null;
  if (view) return true;
  const isListed =
    listed.profiles !== null &&
    (!idOfArn(id).startsWith('arn:') || (id.includes(':application-inference-profile/') && problem === null));
  return isListed ? false : null;
}

/** The foundation model that a person means by an id, a name of Anthropic's or an alias of Claude Code's. */
function namedModel(text: string): string {
  const family = familyNames.find((name) => name === text.toLowerCase());
  return family ? families[family][0] : (modelOfId(text) ?? modelOfName(text) ?? text);
}

/** What of an input was given: `undefined` leaves the environment's. */
function defined({ model, smallFastModel, pins, geography }: Parameters<Models['resolve']>[0]) {
  return {
    ...(model === undefined ? {} : { model }),
    ...(smallFastModel === undefined ? {} : { smallFastModel }),
    ...(pins === undefined ? {} : { pins }),
    ...(geography === undefined ? {} : { geography }),
  };
}
