import type { PolicyKind } from '../../contract/policies.ts';
import type { PolicyTarget } from './policy-target.ts';
import type { Note } from './statement.ts';

/** All that a document is made of. */
export interface PolicyPlan {
  kind: PolicyKind;
  /** `aws`, `aws-us-gov`, `aws-cn`, … */
  partition: string;
  /** Account of the profiles: twelve digits, `*`, or CloudFormation's word for the one that it runs in. */
  account: string;
  /** Where models are called, sorted. */
  regions: readonly string[];
  targets: readonly PolicyTarget[];
  marketplace: boolean;
  listing: boolean;
  denyLongLivedKeys: boolean;
  organization: string | null;
  /** `any`: models by any region of theirs, bound by their profiles alone; shorter. */
  destinations: 'named' | 'any';
}

export const unique = (list: readonly string[]): string[] => [...new Set(list)].sort();

/** ARN of a foundation model; `region` may be `*`, or empty for the one that stands for all regions. */
export function modelArn(plan: Pick<PolicyPlan, 'partition'>, region: string, model: string): string {
  return model.startsWith('arn:')
    ? model
    : `arn:${plan.partition}:bedrock:${region}::foundation-model/${model}`;
}

/** ARN of a target's profile. */
export function profileArn(plan: Pick<PolicyPlan, 'partition' | 'account'>, target: PolicyTarget): string {
  return target.kind === 'application'
    ? target.id
    : `arn:${plan.partition}:bedrock:${target.region}:${plan.account}:inference-profile/${target.id}`;
}

/** The profiles among the targets. */
export const profilesOf = (plan: Pick<PolicyPlan, 'targets'>): PolicyTarget[] =>
  plan.targets.filter((t) => t.kind !== 'model');

/** Whether a profile of these may route anywhere. */
export const routesAnywhere = (target: PolicyTarget): boolean =>
  target.kind !== 'model' && target.destinations?.length === 0;

/** What the plan cannot name exactly, or what follows from it: keys of the namespace `policies`. */
export function planWarnings(plan: PolicyPlan): Note[] {
  const warnings: Note[] = [];
  const unknown = unique(profilesOf(plan).flatMap((t) => (t.destinations === null ? [t.id] : [])));
  if (unknown.length > 0)
    warnings.push({ code: 'warnDestinationsUnknown', params: { models: unknown.join(', ') } });
  const nameless = unique(
    plan.targets.flatMap((t) => (t.kind === 'application' && t.model === null ? [t.id] : [])),
  );
  if (nameless.length > 0)
    warnings.push({ code: 'warnModelUnknown', params: { models: nameless.join(', ') } });
  const anywhere = unique(plan.targets.filter(routesAnywhere).map((t) => t.id));
  if (anywhere.length > 0) warnings.push({ code: 'warnGlobal', params: { models: anywhere.join(', ') } });
  return warnings;
}
