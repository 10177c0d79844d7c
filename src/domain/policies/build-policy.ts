import type { PolicyDocument, PolicyKind } from '../../contract/policies.ts';
import { requestedRegions } from './deny-statements.ts';
import { type Written, writeJson, writeYaml } from './document-text.ts';
import { handOver } from './hand-over.ts';
import { countedCharacters, policyLimits } from './limits.ts';
import { type PolicyPlan, planWarnings } from './policy-plan.ts';
import { splitPolicies } from './split.ts';
import { type ExplainedStatement, type Note, plainPolicy } from './statement.ts';
import { statementsOf } from './statement-table.ts';
import { accountOfStack, explainedPolicy, permissionSetTemplate, stackSetTemplate } from './templates.ts';

/** Why no document can be made. */
export type Impossible = 'tooLarge' | 'noModels' | 'noRegions';

export interface BuiltPolicy {
  document: PolicyDocument;
  /** The IAM policies in it, as JSON of their own: what is validated and compared. */
  policies: ReturnType<typeof plainPolicy>[];
}

/** The document of a plan, in the longest form that fits; or why there is none. */
export function buildPolicy(plan: PolicyPlan): BuiltPolicy | Impossible {
  if (plan.kind !== 'broad') {
    if (plan.regions.length === 0) return 'noRegions';
    if (plan.targets.length === 0) return 'noModels';
  }
  const own = plan.kind === 'stackset' && plan.account === '*' ? { ...plan, account: accountOfStack } : plan;
  return (
    written(own, false) ??
    written(own, true) ??
    written({ ...own, destinations: 'any' }, false) ??
    written({ ...own, destinations: 'any' }, true) ??
    'tooLarge'
  );
}

/** In this form; null where it does not fit. `dense`: without white space, where that counts. */
function written(plan: PolicyPlan, dense: boolean): BuiltPolicy | null {
  const { kind } = plan;
  const { limit, counts } = policyLimits[kind];
  if (dense && (counts === 'policy' || kind === 'stackset')) return null;
  const statements = statementsOf(plan);
  const groups = kind === 'stackset' ? splitPolicies(statements) : [statements];
  if (groups === null) return null;
  const policies = groups.map((g) => plainPolicy(g.map((p) => p.statement)));
  const { text, notes } = textOf(plan, groups, dense);
  const size = counts === 'text' ? new TextEncoder().encode(text).length : countedCharacters(policies[0]);
  if (size > limit) return null;
  const format = kind === 'permission-set' || kind === 'stackset' ? 'yaml' : 'json';
  const document: PolicyDocument = {
    kind,
    format,
    text,
    ...handOver(kind, plan.regions),
    size,
    limit,
    notes,
    warnings: warningsOf(plan, groups.length),
  };
  return { document, policies };
}

function textOf(plan: PolicyPlan, groups: readonly ExplainedStatement[][], dense: boolean): Written {
  const [first = []] = groups;
  switch (plan.kind) {
    case 'permission-set':
      return writeYaml(permissionSetTemplate(first));
    case 'stackset':
      // IAM is global: one region of each account is enough.
      return writeYaml(stackSetTemplate(groups, plan.regions[0] ?? ''));
    default:
      return writeJson(explainedPolicy(first), dense);
  }
}

function warningsOf(plan: PolicyPlan, policies: number): Note[] {
  const warning = (code: string, params: Note['params'] = {}): Note => ({ code, params });
  const own: Readonly<Partial<Record<PolicyKind, Note[]>>> = {
    broad: [warning('warnBroad')],
    scp: [
      warning('warnScpEverybody'),
      warning('warnScpReach'),
      warning('warnScpMantle'),
      ...(requestedRegions(plan) === null ? [warning('warnScpRegions')] : []),
      ...(plan.denyLongLivedKeys ? [warning('warnScpKeys')] : []),
    ],
    'vpc-endpoint': [
      warning('warnEndpointRuntime'),
      ...(plan.organization === null && plan.account === '*' ? [warning('warnEndpointAnyone')] : []),
    ],
    stackset: policies > 1 ? [warning('warnSplit', { count: policies })] : [],
  };
  const marketplace =
    plan.kind === 'broad' || plan.kind === 'scp' || plan.kind === 'vpc-endpoint' || plan.marketplace
      ? []
      : [warning('warnMarketplace')];
  return [
    ...(own[plan.kind] ?? []),
    ...(plan.kind === 'broad' ? [] : planWarnings(plan)),
    ...(plan.destinations === 'any'
      ? [warning(plan.kind === 'scp' ? 'warnScpAnyRegion' : 'warnAnyDestination')]
      : []),
    ...marketplace,
  ];
}
