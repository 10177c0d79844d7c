import { invokeActions } from './allow-statements.ts';
import { modelArn, type PolicyPlan, profileArn, profilesOf, routesAnywhere, unique } from './policy-plan.ts';
import type { PolicyTarget } from './policy-target.ts';
import type { ExplainedStatement, Note } from './statement.ts';
import type { StatementRow } from './statement-table.ts';

const note = (code: string, params: Note['params'] = {}): Note => ({ code, params });
const everything = ['*'];

/** A profile where it is called, or (shorter) in whatever region: then the regions alone say where. */
const chosenProfile = (plan: PolicyPlan, target: PolicyTarget): string =>
  profileArn(plan, plan.destinations === 'any' ? { ...target, region: '*' } : target);

/** Models and profiles that were not chosen, whoever made them. */
function otherModels(plan: PolicyPlan): ExplainedStatement[] {
  const routed = profilesOf(plan).map((t) => modelArn(plan, '*', t.model ?? '*'));
  const direct = plan.targets
    .filter((t) => t.kind === 'model')
    .map((t) => modelArn(plan, t.region, t.id))
    // One that is routed to as well is named for all regions already.
    .filter((arn) => !routed.includes(arn.replace(/:bedrock:[^:]*:/, ':bedrock:*:')));
  return [
    {
      statement: {
        Sid: 'DenyOtherModels',
        Effect: 'Deny',
        Action: invokeActions,
        NotResource: unique([...profilesOf(plan).map((t) => chosenProfile(plan, t)), ...routed, ...direct]),
      },
      why: note('denyOtherModels'),
      action: note('actionInvoke'),
      resource: note('notResourceChosen'),
    },
  ];
}

/** The chosen models, called past their profiles. A key that is missing makes a negated operator true. */
function pastProfiles(plan: PolicyPlan): ExplainedStatement[] {
  const direct = new Set(plan.targets.filter((t) => t.kind === 'model').map((t) => t.id));
  const models = unique(
    profilesOf(plan)
      .filter((t) => t.model !== null && !direct.has(t.model))
      .map((t) => modelArn(plan, '*', t.model as string)),
  );
  if (models.length === 0) return [];
  return [
    {
      statement: {
        Sid: 'DenyModelsPastProfiles',
        Effect: 'Deny',
        Action: invokeActions,
        Resource: models,
        Condition: {
          // Other profiles are denied as such.
          ArnNotLike: {
            'bedrock:InferenceProfileArn': ['application-inference-profile', 'inference-profile'].map(
              (kind) => `arn:${plan.partition}:bedrock:*:*:${kind}/*`,
            ),
          },
        },
      },
      why: note('denyPastProfiles'),
      action: note('actionInvoke'),
      resource: note('resourceModels'),
      condition: note('conditionNotProfile'),
    },
  ];
}

/** Regions that a request may name: the calling ones, those that profiles route to, and `unspecified` for `global.`. */
export function requestedRegions(plan: PolicyPlan): string[] | null {
  if (plan.targets.some((t) => t.destinations === null)) return null;
  const regions = plan.targets.flatMap((t) => [
    t.region,
    ...(t.destinations ?? []),
    ...(routesAnywhere(t) ? ['unspecified'] : []),
  ]);
  return unique([...plan.regions, ...regions]);
}

function otherRegions(plan: PolicyPlan): ExplainedStatement[] {
  const regions = requestedRegions(plan);
  if (regions === null) return [];
  return [
    {
      statement: {
        Sid: 'DenyOtherRegions',
        Effect: 'Deny',
        Action: ['bedrock:*'],
        Resource: everything,
        Condition: { StringNotEquals: { 'aws:RequestedRegion': regions } },
      },
      why: note('denyOtherRegions'),
      action: note('actionAllBedrock'),
      resource: note('resourceAny'),
      condition: regions.includes('unspecified')
        ? note('conditionNotRegionsGlobal', { regions: regions.join(', ') })
        : note('conditionNotRegions', { regions: regions.join(', ') }),
    },
  ];
}

/**
 * Keys that do not end: of IAM users (`aws:TokenIssueTime` is there only for temporary credentials, AWS global condition
 * keys) and long-term Bedrock API keys (Bedrock User Guide, "Control permissions for API keys"), those that exist and
 * new ones.
 */
function longLivedKeys(plan: PolicyPlan): ExplainedStatement[] {
  if (!plan.denyLongLivedKeys) return [];
  const deny = (
    Sid: string,
    Action: string[],
    Condition: NonNullable<ExplainedStatement['statement']['Condition']> | null,
    codes: { why: string; action: string; condition?: string },
  ): ExplainedStatement => ({
    statement: { Sid, Effect: 'Deny', Action, Resource: everything, ...(Condition ? { Condition } : {}) },
    why: note(codes.why),
    action: note(codes.action),
    resource: note('resourceAny'),
    ...(codes.condition === undefined ? {} : { condition: note(codes.condition) }),
  });
  return [
    deny(
      'DenyAccessKeysOfUsers',
      ['bedrock:*'],
      { Null: { 'aws:TokenIssueTime': ['true'] }, Bool: { 'aws:ViaAWSService': ['false'] } },
      { why: 'denyUserKeys', action: 'actionAllBedrock', condition: 'conditionNoToken' },
    ),
    deny(
      'DenyLongTermApiKeys',
      ['bedrock:CallWithBearerToken'],
      { StringEquals: { 'bedrock:bearerTokenType': ['LONG_TERM'] } },
      { why: 'denyApiKeys', action: 'actionBearer', condition: 'conditionLongTerm' },
    ),
    deny(
      'DenyLongTermApiKeysOfMantle',
      ['bedrock-mantle:CallWithBearerToken'],
      { StringEquals: { 'bedrock-mantle:BearerTokenType': ['LONG_TERM'] } },
      { why: 'denyApiKeysMantle', action: 'actionBearer', condition: 'conditionLongTerm' },
    ),
    deny(
      'DenyNewApiKeys',
      ['iam:CreateServiceSpecificCredential'],
      { StringEquals: { 'iam:ServiceSpecificCredentialServiceName': ['bedrock.amazonaws.com'] } },
      { why: 'denyNewApiKeys', action: 'actionNewApiKey', condition: 'conditionBedrockKey' },
    ),
    deny('DenyNewAccessKeys', ['iam:CreateAccessKey'], null, {
      why: 'denyNewKeys',
      action: 'actionNewKey',
    }),
  ];
}

/** What an organization denies. */
export const denyStatements: readonly StatementRow[] = [
  { name: 'other models', kinds: ['scp'], make: otherModels },
  { name: 'past profiles', kinds: ['scp'], make: pastProfiles },
  { name: 'other regions', kinds: ['scp'], make: otherRegions },
  { name: 'long-lived keys', kinds: ['scp'], make: longLivedKeys },
];
