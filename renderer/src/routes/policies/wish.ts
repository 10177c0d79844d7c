import type { PolicyKind } from '../../../../src/contract/policies.ts';
import type { ProcedureInput } from '../../../../src/contract/procedures.ts';
import type { Environment } from '../../../../src/contract/state.ts';

/** What a person has chosen on the page. */
export interface PolicyChoice {
  kind: PolicyKind;
  environments: readonly string[];
  /** Null: the environments' own. */
  regions: readonly string[] | null;
  /** Null: what Claude Code takes with the environments. */
  models: readonly string[] | null;
  anyAccount: boolean;
  marketplace: boolean;
  listing: boolean;
  denyLongLivedKeys: boolean;
  /** As typed. */
  organization: string;
}

export const firstChoice = (kind: PolicyKind, environment: string | null): PolicyChoice => ({
  kind,
  environments: environment === null ? [] : [environment],
  regions: null,
  models: null,
  anyAccount: false,
  marketplace: false,
  listing: true,
  denyLongLivedKeys: false,
  organization: '',
});

export const withItem = (list: readonly string[], item: string, on: boolean): string[] =>
  on ? [...new Set([...list, item])] : list.filter((other) => other !== item);

/** The regions that are meant. */
export function regionsOf(choice: PolicyChoice, environments: readonly Environment[]): string[] {
  const own = environments.filter((e) => choice.environments.includes(e.name)).map((e) => e.region);
  return [...new Set(choice.regions ?? own)].sort();
}

/** What the agent is asked for; null while there is nothing to ask for yet. */
export function wishOf(choice: PolicyChoice): ProcedureInput<'policies.build'> | null {
  const { kind, environments, regions, models } = choice;
  if (kind === 'broad') return { kind };
  if (environments.length === 0 || regions?.length === 0 || models?.length === 0) return null;
  const organization = /^o-[a-z0-9]{10,32}$/.test(choice.organization) ? choice.organization : null;
  return {
    kind,
    environments: [...environments],
    ...(regions ? { regions: [...regions] } : {}),
    ...(models ? { models: [...models] } : {}),
    ...(choice.anyAccount && (kind === 'policy' || kind === 'vpc-endpoint') ? { account: '*' as const } : {}),
    marketplace: choice.marketplace,
    listing: choice.listing,
    denyLongLivedKeys: choice.denyLongLivedKeys,
    organization: kind === 'vpc-endpoint' ? organization : null,
  };
}
