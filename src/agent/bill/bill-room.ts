import { costsByService } from '../../aws/cost-explorer.ts';
import type { AwsNetwork } from '../../aws/network.ts';
import { callerIdentity } from '../../aws/sts.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { Environment } from '../../contract/state.ts';
import { type BilledDay, costRequestUsd } from '../../contract/usage.ts';
import { oneLine } from '../../domain/conversations/conversation-words.ts';
import { addDays } from '../../domain/usage/days.ts';
import { errorOf } from '../aws-errors.ts';
import type { Bill, Usage } from '../bedrock-ports.ts';
import type { AgentContext, Broker, EnvironmentStore, ProfileCatalog } from '../ports.ts';

export interface BillParts {
  context: Pick<AgentContext, 'env' | 'clock' | 'log'>;
  environments: Pick<EnvironmentStore, 'get' | 'active' | 'list'>;
  profiles: Pick<ProfileCatalog, 'list'>;
  broker: Pick<Broker, 'credentials'>;
  usage: Pick<Usage, 'query'>;
  network(profile: string): AwsNetwork;
}

type Wish = Parameters<Bill['get']>[0];
type Answer = Awaited<ReturnType<Bill['get']>>;

/** Anthropic's models are sold through AWS Marketplace, each under a name of its own: `… (Amazon Bedrock Edition)`. */
const isBedrock = (service: string) => /\bbedrock\b/i.test(service);

/** Cost Explorer has the days of the last 14 months, which are at least so many. */
const MOST_DAYS = 424;

/** The account's bill, by Cost Explorer: asked only when a person has agreed to the charge, and never kept. */
export class BillRoom implements Bill {
  readonly #parts: BillParts;
  /** Who asks for the same while it is on its way pays once. */
  readonly #asked = new Map<string, Promise<Answer>>();

  constructor(parts: BillParts) {
    this.#parts = parts;
  }

  /** `costs.get`. Errors: ChargeNotAgreed, BadInput, EnvironmentUnknown, EnvironmentMissing, those of the identity. */
  async get(wish: Wish): ReturnType<Bill['get']> {
    if (!wish.agreed) throw new BedrockTrayError('ChargeNotAgreed', { usd: costRequestUsd });
    const { environments, context } = this.#parts;
    const environment =
      wish.environment === undefined ? environments.active() : environments.get(wish.environment);
    if (!environment) throw new BedrockTrayError('EnvironmentMissing', {});
    const today = new Date(context.clock.now()).toISOString().slice(0, 10);
    const to = wish.to > today ? today : wish.to;
    if (wish.from > to) throw new BedrockTrayError('BadInput', { field: 'from', reason: `> ${to}` });
    const first = addDays(today, -MOST_DAYS);
    if (wish.from < first) throw new BedrockTrayError('BadInput', { field: 'from', reason: `< ${first}` });
    const key = JSON.stringify([environment.name, environment.profile, wish.from, to]);
    const asked = this.#asked.get(key) ?? this.#ask(environment, wish.from, to);
    this.#asked.set(key, asked);
    try {
      return await asked;
    } finally {
      this.#asked.delete(key);
    }
  }

  async #ask(environment: Environment, from: string, to: string): Promise<Answer> {
    const { context, broker, network } = this.#parts;
    const { profile, region } = environment;
    let requests = 0;
    try {
      const keys = await broker.credentials(profile);
      const place = { region, env: context.env, network: network(profile) };
      const accountId = keys.accountId ?? (await callerIdentity(place, keys)).accountId;
      const asked = () => {
        requests++;
      };
      const { costs, cut, failure } = await costsByService(place, keys, { accountId, from, to, asked });
      const days = costs
        .filter(({ service }) => isBedrock(service))
        .map((cost): BilledDay => ({ ...cost, service: oneLine(cost.service).slice(0, 200) }))
        .sort((a, b) => (a.day === b.day ? b.usd - a.usd : a.day < b.day ? -1 : 1));
      const transcriptsUsd = await this.#transcripts(accountId, from, to);
      const problem = failure === null ? null : errorOf(failure).view();
      if (problem) context.log.warn({ profile, requests, reason: problem.code }, 'Cost Explorer broke off');
      return { accountId, days, transcriptsUsd, requests, chargedUsd: charge(requests), cut, problem };
    } catch (e) {
      // What was charged for nothing is on record all the same.
      const code = errorOf(e).code;
      context.log.warn({ profile, requests, reason: code }, 'Cost Explorer could not be asked');
      throw errorOf(e);
    } finally {
      if (requests > 0) context.log.info({ profile, requests, from, to }, 'Cost Explorer was asked');
    }
  }

  /** What the transcripts of that account's environments cost by list prices, by day of UTC, as bills have them. */
  async #transcripts(accountId: string, from: string, to: string): Promise<Answer['transcriptsUsd']> {
    const { environments, profiles, usage } = this.#parts;
    const own = new Set(
      profiles.list().flatMap((profile) => (profile.accountId === accountId ? [profile.name] : [])),
    );
    const sums = new Map<string, { day: string; usd: number; unpriced: boolean }>();
    for (const { name, profile } of environments.list()) {
      if (!own.has(profile)) continue;
      const wish = { from, to, by: ['day' as const], environment: name, limit: MOST_DAYS + 1 };
      for (const row of (await usage.query(wish, 'UTC')).rows) {
        if (row.day === undefined) continue;
        const sum = sums.get(row.day) ?? { day: row.day, usd: 0, unpriced: false };
        sum.usd += row.costUsd ?? 0;
        sum.unpriced ||= row.unpricedTokens > 0;
        sums.set(row.day, sum);
      }
    }
    return [...sums.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
  }
}

/** In whole cents, which no sum of 0.01 is. */
const charge = (requests: number) => Math.round(requests * costRequestUsd * 100) / 100;
