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
  const found = await Promise.all(
    unique(pairs.map((p) => p.region)).map((region) => offerOf(parts, environments, region)),
  );
  const offers = new Map(found.map((offer) => [offer.region, offer]));
  for (const { region, source, tableDate } of found) {
    if (source === 'shipped') {
      warnings.push({ code: 'warnTable', params: { region, date: tableDate ?? '' } });
    }
  }
  const absent = new Map<string, string[]>();
  const targets = pairs.flatMap(({ region, id }) => {
    const offer = offers.get(region);
    const view = offer?.models.find((m) => m.id === id.replace(/\[1m\]$/, '')) ?? null;
    if (view === null && offer?.source === 'live' && !id.startsWith('arn:')) {
      absent.set(region, [...(absent.get(region) ?? []), id]);
      return [];
    }
    return [policyTarget(region, id, view)];
  });
  for (const [region, ids] of absent) {
    warnings.push({ code: 'warnNotOffered', params: { models: ids.join(', '), region } });
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

/** The models in each region: those that were named, else those that Claude Code takes with the environments. */
async function chosenModels(
  { models }: Parts,
  wish: Wish,
  environments: readonly Environment[],
  regions: readonly string[],
): Promise<{ region: string; id: string }[]> {
  if (wish.models) {
    const ids = unique(wish.models);
    return regions.flatMap((region) => ids.map((id) => ({ region, id })));
  }
  const asked = environments.flatMap((environment) => {
    const own = wish.regions ? regions : regions.filter((region) => region === environment.region);
    return own.map(async (region) => {
      const { resolved, probes = [] } = await models.resolve({ environment: environment.name, region });
      const { model, smallFastModel, pins } = environment;
      const chosen = [model, smallFastModel, ...Object.values(pins)].filter((id) => id !== null);
      return unique([...resolved.map((r) => r.id), ...probes, ...chosen]).map((id) => ({ region, id }));
    });
  });
  return (await Promise.all(asked)).flat();
}

/** What Bedrock offers in a region to one of the environments: to one that is there, if any is. */
function offerOf(
  { models }: Parts,
  environments: readonly Environment[],
  region: string,
): Promise<ModelOffer> {
  const asker = environments.find((e) => e.region === region) ?? environments[0];
  return models.list({ ...(asker ? { environment: asker.name } : {}), region, refresh: false });
}
