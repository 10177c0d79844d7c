import { modelArn, type PolicyPlan, profileArn, profilesOf, routesAnywhere, unique } from './policy-plan.ts';
import type { PolicyTarget } from './policy-target.ts';
import type { ExplainedStatement, Note, Statement } from './statement.ts';
import type { StatementRow } from './statement-table.ts';

/** InvokeModel is what also authorizes Converse (Service Authorization Reference, Amazon Bedrock). */
export const invokeActions = ['bedrock:InvokeModel', 'bedrock:InvokeModelWithResponseStream'] as const;

const note = (code: string, params: Note['params'] = {}): Note => ({ code, params });
const invoke = note('actionInvoke');

/** Who may come through a VPC endpoint: everybody is named, and the condition says whose identities. */
function forEndpoint(plan: PolicyPlan, part: ExplainedStatement): ExplainedStatement {
  if (plan.kind !== 'vpc-endpoint') return part;
  const whose: Record<string, readonly string[]> | null =
    plan.organization !== null
      ? { 'aws:PrincipalOrgID': [plan.organization] }
      : plan.account !== '*'
        ? { 'aws:PrincipalAccount': [plan.account] }
        : null;
  const { Sid, Effect, Condition, ...rest } = part.statement;
  const statement: Statement = { Sid, Effect, Principal: '*', ...rest, ...(Condition ? { Condition } : {}) };
  if (whose === null) return { ...part, statement };
  return {
    ...part,
    statement: {
      ...statement,
      Condition: { ...Condition, StringEquals: { ...Condition?.StringEquals, ...whose } },
    },
    condition: part.condition
      ? note('conditionProfileAndWho')
      : plan.organization === null
        ? note('conditionAccount', { account: plan.account })
        : note('conditionOrganization', { organization: plan.organization }),
  };
}

/** Only by way of these profiles. Their ARNs hold a wildcard where the account is not known. */
export function viaProfiles(arns: readonly string[]): NonNullable<Statement['Condition']> {
  const operator = arns.some((arn) => arn.includes('*')) ? 'ArnLike' : 'StringEquals';
  return { [operator]: { 'bedrock:InferenceProfileArn': unique(arns) } };
}

function profiles(plan: PolicyPlan): ExplainedStatement[] {
  const arns = unique(profilesOf(plan).map((t) => profileArn(plan, t)));
  if (arns.length === 0) return [];
  const endpoint = plan.kind === 'vpc-endpoint';
  const part: ExplainedStatement = {
    statement: {
      Sid: 'InvokeInferenceProfiles',
      Effect: 'Allow',
      // The endpoint of bedrock-runtime has no other operations.
      Action: endpoint ? invokeActions : ['bedrock:GetInferenceProfile', ...invokeActions],
      Resource: arns,
    },
    why: note('profiles', { count: arns.length }),
    action: endpoint ? invoke : note('actionInvokeAndGet'),
    resource: note('resourceProfiles'),
  };
  return [forEndpoint(plan, part)];
}

const pascal = (prefix: string) =>
  prefix.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());

/** A model's ARNs in the regions that a profile routes to. */
function routedModels(plan: PolicyPlan, target: PolicyTarget): string[] {
  // A profile of which only the ARN is known: whatever it routes to, bound by its own condition.
  const model = target.model ?? '*';
  if (routesAnywhere(target)) return [modelArn(plan, '', model), modelArn(plan, target.region, model)];
  if (target.destinations === null || plan.destinations === 'any') return [modelArn(plan, '*', model)];
  return target.destinations.map((region) => modelArn(plan, region, model));
}

/** The models behind the profiles: one statement for each set of regions that profiles route to. */
function models(plan: PolicyPlan): ExplainedStatement[] {
  const groups = new Map<string, PolicyTarget[]>();
  for (const target of profilesOf(plan)) {
    const named = plan.destinations === 'any' ? '' : (target.destinations ?? ['*']).join(' ');
    const key = `${target.prefix ?? ''} ${routesAnywhere(target) ? 'anywhere' : named}`;
    groups.set(key, [...(groups.get(key) ?? []), target]);
  }
  return [...groups.values()].map((targets) => {
    const [first] = targets as [PolicyTarget];
    const anywhere = routesAnywhere(first);
    const regions = plan.destinations === 'any' ? null : first.destinations;
    return forEndpoint(plan, {
      statement: {
        Sid: `InvokeModelsOf${first.prefix === null ? 'Application' : pascal(first.prefix)}Profiles`,
        Effect: 'Allow',
        Action: invokeActions,
        Resource: unique(targets.flatMap((t) => routedModels(plan, t))),
        Condition: viaProfiles(targets.map((t) => profileArn(plan, t))),
      },
      why: anywhere
        ? note('modelsAnywhere')
        : regions === null
          ? note('modelsAnyRegion')
          : note('modelsRouted', { regions: regions.join(', ') }),
      action: invoke,
      resource: note(anywhere ? 'resourceModelsAnywhere' : 'resourceModels'),
      condition: note('conditionProfile'),
    });
  });
}

function onDemand(plan: PolicyPlan): ExplainedStatement[] {
  const arns = unique(
    plan.targets.filter((t) => t.kind === 'model').map((t) => modelArn(plan, t.region, t.id)),
  );
  if (arns.length === 0) return [];
  return [
    forEndpoint(plan, {
      statement: { Sid: 'InvokeModelsOnDemand', Effect: 'Allow', Action: invokeActions, Resource: arns },
      why: note('onDemand', { count: arns.length }),
      action: invoke,
      resource: note('resourceOnDemand'),
    }),
  ];
}

/** List operations know no resources: all of them, in the regions alone. */
function list(plan: PolicyPlan): ExplainedStatement[] {
  const more = plan.listing ? ['bedrock:GetFoundationModelAvailability', 'bedrock:ListFoundationModels'] : [];
  return [
    {
      statement: {
        Sid: 'ListModels',
        Effect: 'Allow',
        Action: [...more, 'bedrock:ListInferenceProfiles'].sort(),
        Resource: ['*'],
        Condition: { StringEquals: { 'aws:RequestedRegion': plan.regions } },
      },
      why: note('list'),
      action: note(plan.listing ? 'actionListAll' : 'actionList'),
      resource: note('resourceAny'),
      condition: note('conditionRegions', { regions: plan.regions.join(', ') }),
    },
  ];
}

function marketplace(plan: PolicyPlan): ExplainedStatement[] {
  if (!plan.marketplace && plan.kind !== 'broad') return [];
  return [
    {
      statement: {
        Sid: 'SubscribeToModels',
        Effect: 'Allow',
        Action: ['aws-marketplace:Subscribe', 'aws-marketplace:ViewSubscriptions'],
        Resource: ['*'],
        Condition: { StringEquals: { 'aws:CalledViaLast': ['bedrock.amazonaws.com'] } },
      },
      why: note('marketplace'),
      action: note('actionMarketplace'),
      resource: note('resourceAny'),
      condition: note('conditionMarketplace'),
    },
  ];
}

/** As Claude Code's documentation of Amazon Bedrock has it. */
function documented(plan: PolicyPlan): ExplainedStatement[] {
  const any = (resource: string) => `arn:${plan.partition}:bedrock:*:*:${resource}/*`;
  return [
    {
      statement: {
        Sid: 'AllowModelAndInferenceProfileAccess',
        Effect: 'Allow',
        Action: [...invokeActions, 'bedrock:ListInferenceProfiles', 'bedrock:GetInferenceProfile'],
        Resource: ['inference-profile', 'application-inference-profile', 'foundation-model'].map(any),
      },
      why: note('documented'),
      action: note('actionDocumented'),
      resource: note('resourceAllBedrock'),
    },
  ];
}

const minimal = ['policy', 'permission-set', 'stackset'] as const;

/** What Claude Code may do. */
export const allowStatements: readonly StatementRow[] = [
  { name: 'profiles', kinds: [...minimal, 'vpc-endpoint'], make: profiles },
  { name: 'models', kinds: [...minimal, 'vpc-endpoint'], make: models },
  { name: 'on demand', kinds: [...minimal, 'vpc-endpoint'], make: onDemand },
  { name: 'list', kinds: minimal, make: list },
  { name: 'documented', kinds: ['broad'], make: documented },
  { name: 'marketplace', kinds: [...minimal, 'broad'], make: marketplace },
];
