import { BedrockTrayError } from '../../contract/errors.ts';
import type { Environment, ModelOffer } from '../../contract/index.ts';
import { type PolicyPlan, unique } from '../../domain/policies/policy-plan.ts';
import { policyTarget } from '../../domain/policies/policy-target.ts';
import type { Note } from '../../domain/policies/statement.ts';
import { partitionIdOf, roleOfArn } from '../../domain/profiles/partition.ts';
import type { Policies } from '../bedrock-ports.ts';
import type { PoliciesParts } from './policies-room.ts';

type Wish = Parameters<Policies['build']>[0];
type Parts = Pick<PoliciesParts, 'environments' | 'profiles' | 'models'>;

/** For several accounts at once: their own profiles are meant, whatever account that is. */
const forManyAccounts: readonly Wish['kind'][] = ['permission-set', 'scp', 'stackset'];

/**
 * The plan of what was wished: environments stand for their accounts, regions and the models that Claude Code takes
 * with them, and what Bedrock offers there says what each model is. Errors: EnvironmentUnknown, EnvironmentMissing.
 */
export async function readWish(parts: Parts, wish: Wish): Promise<{ plan: PolicyPlan; warnings: Note[] }> {
  const environments = chosenEnvironments(parts, wish);
  const wished = wish.regions ?? environments.map((e) => e.region);
  const partition = partitionIdOf(wished[0] ?? '');
  const regions = unique(wished.filter((region) => partitionIdOf(region) === partition));
  const warnings: Note[] = unique(wished.filter((region) => !regions.includes(region))).map((region) => ({
    code: 'warnPartition',
    params: { region, partition: partitionIdOf(region) },
  }));

  const accounts = unique(environments.flatMap((e) => accountOf(parts, e.profile) ?? []));
  const shared = forManyAccounts.includes(wish.kind);
  if (wish.account === undefined && !shared && accounts.length > 1) {
    warnings.push({ code: 'warnAccounts', params: {} });
  }
  const [only] = accounts;
  const account = wish.account ?? (!shared && accounts.length === 1 && only !== undefined ? only : '*');

  const broad = wish.kind === 'broad';
  const pairs = broad ? [] : await chosenModels(parts, wish, environments, regions);
  const offers = await offersOf(parts, pairs);
  for (const region of unique(pairs.map((p) => p.region))) {
    const table = pairs.map(offers).find((o) => o?.region === region && o.source === 'shipped');
    if (table) warnings.push({ code: 'warnTable', params: { region, date: table.tableDate ?? '' } });
  }
  const leftOut = { warnNotOffered: new Map<string, string[]>(), warnGeography: new Map<string, string[]>() };
  const targets = pairs.flatMap((pair) => {
    const { region, id } = pair;
    const leave = (why: keyof typeof leftOut): [] => {
      leftOut[why].set(region, unique([...(leftOut[why].get(region) ?? []), id]));
      return [];
    };
    const offer = offers(pair);
    const name = id.replace(/\[1m\]$/, '').replace(/^arn:.*:inference-profile\//, '');
    const view = offer?.models.find((m) => m.id === name) ?? null;
    if (view?.refusal === 'geography') return leave('warnGeography');
    if (view === null && offer?.source === 'live' && !id.startsWith('arn:')) return leave('warnNotOffered');
    return [policyTarget(region, id, view)];
  });
  for (const [code, byRegion] of Object.entries(leftOut)) {
    for (const [region, ids] of byRegion) {
      warnings.push({ code, params: { models: ids.join(', '), region } });
    }
  }
  const { kind, marketplace, listing, denyLongLivedKeys, organization } = wish;
  return {
    plan: {
      kind,
      partition,
      account,
      regions,
      targets,
      marketplace,
      listing,
      denyLongLivedKeys,
      organization,
      destinations: 'named',
    },
    warnings,
  };
}

function chosenEnvironments({ environments }: Parts, wish: Wish): Environment[] {
  if (wish.environments) return wish.environments.map((name) => environments.get(name));
  const active = environments.active();
  if (active) return [active];
  if (wish.kind === 'broad' || (wish.models && wish.regions)) return [];
  throw new BedrockTrayError('EnvironmentMissing', {});
}

function accountOf({ profiles }: Parts, name: string): string | null {
  const profile = profiles.list().find((p) => p.name === name);
  return profile?.accountId ?? roleOfArn(profile?.roleArn ?? '')?.accountId ?? null;
}

/** A model in a region, and the environment that it is for. */
interface Pair {
  environment: string | undefined;
  region: string;
  id: string;
}

/** The models in each region: those that were named, else those that Claude Code takes with the environments. */
async function chosenModels(
  { models }: Parts,
  wish: Wish,
  environments: readonly Environment[],
  regions: readonly string[],
): Promise<Pair[]> {
  if (wish.models) {
    const ids = unique(wish.models);
    return regions.flatMap((region) => {
      const environment = (environments.find((e) => e.region === region) ?? environments[0])?.name;
      return ids.map((id) => ({ environment, region, id }));
    });
  }
  const asked = environments.flatMap(({ name: environment, region: own, model, smallFastModel, pins }) =>
    (wish.regions ? regions : regions.filter((region) => region === own)).map(async (region) => {
      const { resolved, probes = [] } = await models.resolve({ environment, region });
      const chosen = [model, smallFastModel, ...Object.values(pins)].filter((id) => id !== null);
      const ids = unique([...resolved.map((r) => r.id), ...probes, ...chosen]);
      return ids.map((id) => ({ environment, region, id }));
    }),
  );
  return (await Promise.all(asked)).flat();
}

/** What Bedrock offers to each environment in each of its regions. */
async function offersOf(
  { models }: Parts,
  pairs: readonly Pair[],
): Promise<(pair: Pair) => ModelOffer | undefined> {
  const key = ({ environment, region }: Pair) => JSON.stringify([environment, region]);
  const asked = new Map(pairs.map((pair) => [key(pair), pair]));
  const offers = new Map(
    await Promise.all(
      [...asked].map(async ([name, { environment, region }]) => {
        const wish = { ...(environment === undefined ? {} : { environment }), region, refresh: false };
        return [name, await models.list(wish)] as const;
      }),
    ),
  );
  return (pair) => offers.get(key(pair));
}
