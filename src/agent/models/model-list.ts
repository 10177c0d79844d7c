import { listModels } from '../../aws/bedrock.ts';
import { AwsFault } from '../../aws/faults.ts';
import type { AwsNetwork } from '../../aws/network.ts';
import type { ModelView } from '../../contract/bedrock.ts';
import { BedrockTrayError, isBedrockTrayError } from '../../contract/errors.ts';
import type { ProcedureOutput } from '../../contract/procedures.ts';
import { bedrockRegions, shippedModels } from '../../domain/bedrock/bedrock-models.ts';
import type { Models as ModelsPort } from '../bedrock-ports.ts';
import type { AgentContext, Broker, EnvironmentStore, ProfileCatalog } from '../ports.ts';

/** How long a live list is good, and how long it is not asked again after AWS could not answer. */
const freshMs = 5 * 60_000;
const failedMs = 30_000;

type Models = ProcedureOutput<'models.list'>;

function viewOf(model: Pick<ModelView, 'id' | 'name' | 'kind'>): ModelView {
  return {
    ...model,
    model: null,
    scope: 'geography',
    regions: [],
    contextTokens: null,
    rates: null,
    lifecycle: 'active',
    endOfLife: null,
    access: 'unknown',
    refusal: null,
    proposed: false,
  };
}

const fromTable = (region: string): Models => ({
  region,
  source: 'shipped',
  askedAt: null,
  tableDate: '2026-11-22',
  problem: null,
  models: shippedModels(region).map(viewOf),
});

/** What Bedrock offers to an environment's identity: asked live, kept for minutes, else the shipped table. */
export class ModelList implements ModelsPort {
  readonly #context: Pick<AgentContext, 'env' | 'clock' | 'log'>;
  readonly #environments: Pick<EnvironmentStore, 'get' | 'active'>;
  readonly #profiles: Pick<ProfileCatalog, 'list' | 'ssoSessions'>;
  readonly #broker: Pick<Broker, 'credentials'>;
  readonly #network: ((profile: string) => AwsNetwork) | undefined;
  readonly #kept = new Map<string, { until: number; models: Promise<Models> }>();

  constructor(
    context: Pick<AgentContext, 'env' | 'clock' | 'log'>,
    environments: Pick<EnvironmentStore, 'get' | 'active'>,
    profiles: Pick<ProfileCatalog, 'list' | 'ssoSessions'>,
    broker: Pick<Broker, 'credentials'>,
    network?: (profile: string) => AwsNetwork,
  ) {
    this.#context = context;
    this.#environments = environments;
    this.#profiles = profiles;
    this.#broker = broker;
    this.#network = network;
  }

  /** `models.list`. Errors: EnvironmentUnknown, EnvironmentMissing. */
  async list(input: Parameters<ModelsPort['list']>[0]): Promise<Models> {
    const { environment: name, region: wish } = input;
    const environment = name === undefined ? this.#environments.active() : this.#environments.get(name);
    if (!environment) {
      if (wish === undefined) throw new BedrockTrayError('EnvironmentMissing', {});
      return fromTable(wish);
    }
    const region = wish ?? environment.region;
    const key = JSON.stringify([environment.profile, region]);
    const now = this.#context.clock.now();
    for (const [old, { until }] of this.#kept) if (until <= now) this.#kept.delete(old);
    const kept = this.#kept.get(key);
    if (kept) return kept.models;
    const entry = { until: now + freshMs, models: this.#ask(environment.profile, region) };
    this.#kept.set(key, entry);
    void entry.models.then((m) => {
      if (m.source === 'shipped') entry.until = this.#context.clock.now() + failedMs;
    });
    return entry.models;
  }

  /** `models.resolve`. */
  async resolve(): ReturnType<ModelsPort['resolve']> {
    return { region: this.#environments.active()?.region ?? '', resolved: [] };
  }

  async *survey(): ReturnType<ModelsPort['survey']> {
    yield { regions: [], done: true };
  }

  /** `regions.list`: the table's, and whatever the person has configured. */
  regions(): string[] {
    const configured = this.#profiles.list().flatMap((p) => (p.region === null ? [] : [p.region]));
    const active = this.#environments.active();
    return [...new Set([...bedrockRegions, ...configured, ...(active ? [active.region] : [])])];
  }

  async #ask(profile: string, region: string): Promise<Models> {
    try {
      const credentials = await this.#broker.credentials(profile);
      const network = this.#network?.(profile);
      const place = { region, env: this.#context.env, ...(network ? { network } : {}) };
      const models = await listModels(place, credentials);
      if (models.length > 0)
        return {
          region,
          source: 'live',
          askedAt: this.#context.clock.now(),
          tableDate: null,
          problem: null,
          models: models.map(viewOf),
        };
    } catch (e) {
      const reason = e instanceof AwsFault ? e.name : isBedrockTrayError(e) ? e.code : 'unknown';
      this.#context.log.info({ profile, region, reason }, 'Bedrock could not be asked for its models');
    }
    return fromTable(region);
  }
}
