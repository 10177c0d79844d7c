import { type BedrockLists, withBedrock } from '../../aws/bedrock.ts';
import type { AwsNetwork } from '../../aws/network.ts';
import type { ModelOffer, ModelView } from '../../contract/bedrock.ts';
import type { ErrorView } from '../../contract/errors.ts';
import { shippedProfiles } from '../../domain/bedrock/bedrock-models.ts';
import { type Listed, modelOfId } from '../../domain/bedrock/model-views.ts';
import { errorOf } from '../aws-errors.ts';
import type { AgentContext, Broker, ProfileCatalog } from '../ports.ts';

/** How long a live answer is good, and how long AWS is not asked again after it could not answer. */
const freshMs = 5 * 60_000;
const failedMs = 30_000;
/** Questions about access under way at once, for one identity in one region. */
const accessAtOnce = 6;

export interface OffersParts {
  context: Pick<AgentContext, 'env' | 'clock' | 'log'>;
  profiles: Pick<ProfileCatalog, 'list'>;
  broker: Pick<Broker, 'credentials'>;
  network?(profile: string): AwsNetwork;
}

/** What Bedrock told one identity of one region. */
export interface Offer extends Pick<ModelOffer, 'region' | 'source' | 'askedAt' | 'problem'> {
  listed: Listed;
}

interface Kept {
  until: number;
  /** Access was asked for as well. */
  whole: boolean;
  offer: Promise<Offer>;
}

/** Bedrock's lists by identity and region, asked live and kept for minutes; the shipped table where AWS cannot be asked. */
export class BedrockOffers {
  readonly #parts: OffersParts;
  readonly #kept = new Map<string, Kept>();

  constructor(parts: OffersParts) {
    this.#parts = parts;
  }

  /**
   * What is offered to a profile's identity in a region. `access: false` leaves out the question for each model whether
   * it may be used. Never rejects: where AWS could not be asked, `problem` says why.
   */
  offer(
    profile: string,
    region: string,
    { refresh = false, access = true }: { refresh?: boolean; access?: boolean } = {},
  ): Promise<Offer> {
    const { clock } = this.#parts.context;
    const { accountId, roleName } = this.#parts.profiles.list().find((p) => p.name === profile) ?? {};
    const key = JSON.stringify([profile, accountId, roleName, region]);
    const now = clock.now();
    for (const [old, { until }] of this.#kept) if (until <= now) this.#kept.delete(old);
    const kept = this.#kept.get(key);
    if (kept && !refresh && (kept.whole || !access)) return kept.offer;
    const entry: Kept = { until: now + freshMs, whole: access, offer: this.#ask(profile, region, access) };
    this.#kept.set(key, entry);
    void entry.offer.then(({ source }) => {
      if (source === 'shipped') entry.until = clock.now() + failedMs;
    });
    return entry.offer;
  }

  async #ask(profile: string, region: string, access: boolean): Promise<Offer> {
    const { context, broker, network } = this.#parts;
    try {
      const credentials = await broker.credentials(profile);
      const through = network?.(profile);
      const place = { region, env: context.env, ...(through ? { network: through } : {}) };
      const { listed, problem } = await withBedrock(place, credentials, (bedrock) => ask(bedrock, access));
      return { region, source: 'live', askedAt: context.clock.now(), problem, listed };
    } catch (error) {
      const problem = errorOf(error).view();
      context.log.info(
        { profile, region, reason: problem.code },
        'Bedrock could not be asked for its models',
      );
      return shippedOffer(region, problem);
    }
  }
}

/** What the shipped table says in AWS's place. */
export function shippedOffer(region: string, problem: ErrorView): Offer {
  const listed: Listed = { profiles: shippedProfiles(region), models: null, access: new Map() };
  return { region, source: 'shipped', askedAt: null, problem, listed };
}

/** Asks side by side for what there is; what is refused is missing, and `problem` says why. Rejects where all is refused. */
async function ask(
  bedrock: BedrockLists,
  access: boolean,
): Promise<{ listed: Listed; problem: ErrorView | null }> {
  const [system, application, models] = await Promise.allSettled([
    bedrock.profiles('SYSTEM_DEFINED'),
    bedrock.profiles('APPLICATION'),
    bedrock.models(),
  ]);
  if (system.status === 'rejected' && models.status === 'rejected') throw system.reason;
  const refused = [system, application, models].find((part) => part.status === 'rejected');
  const profiles =
    system.status === 'rejected'
      ? null
      : [...system.value, ...(application.status === 'fulfilled' ? application.value : [])];
  const listed = { profiles, models: models.status === 'fulfilled' ? models.value : null };
  const ids = new Set([
    ...(profiles ?? []).flatMap(({ id }) => modelOfId(id) ?? []),
    ...(listed.models ?? []).map(({ id }) => id),
  ]);
  return {
    listed: { ...listed, access: access ? await accessOf(bedrock, [...ids]) : new Map() },
    problem: refused ? errorOf(refused.reason).view() : null,
  };
}

/** What is known of the access to each; that it may not be asked is nobody's trouble. */
async function accessOf(bedrock: BedrockLists, ids: string[]): Promise<Map<string, ModelView['access']>> {
  const known = new Map<string, ModelView['access']>();
  const one = async (id: string): Promise<void> => {
    known.set(id, await bedrock.access(id));
  };
  const worker = async (): Promise<void> => {
    for (let id = ids.shift(); id !== undefined; id = ids.shift()) await one(id).catch(() => undefined);
  };
  const [first] = ids.splice(0, 1);
  if (first === undefined) return known;
  // Who may not ask for one may not ask for any.
  const may = await one(first).then(
    () => true,
    (error: unknown) => (error as { kind?: unknown }).kind !== 'forbidden',
  );
  if (may) await Promise.all(Array.from({ length: accessAtOnce }, worker));
  return known;
}
