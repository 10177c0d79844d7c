import { invokeActions } from './allow-statements.ts';
import { modelArn, type PolicyPlan, profileArn } from './policy-plan.ts';

/** A call of Claude Code's as IAM is asked about it. `context`: condition keys that it carries. */
export interface PolicyCall {
  actions: readonly string[];
  resource: string;
  context: Readonly<Record<string, string>>;
}

/** Every call that Claude Code makes with a plan's models, resource by resource. */
export function plannedCalls(plan: PolicyPlan): PolicyCall[] {
  const calls = new Map<string, PolicyCall>();
  const add = (actions: readonly string[], resource: string, context: Record<string, string>) =>
    calls.set(JSON.stringify([actions, resource, context]), { actions, resource, context });
  for (const region of plan.regions)
    add(['bedrock:ListInferenceProfiles'], '*', { 'aws:RequestedRegion': region });
  for (const target of plan.targets) {
    const requested = { 'aws:RequestedRegion': target.region };
    if (target.kind === 'model') {
      add(invokeActions, modelArn(plan, target.region, target.id), requested);
      continue;
    }
    const profile = profileArn(plan, target);
    add([...invokeActions, 'bedrock:GetInferenceProfile'], profile, requested);
    if (target.model === null) continue;
    const via = { 'bedrock:InferenceProfileArn': profile };
    const anywhere = target.destinations?.length === 0;
    for (const region of anywhere ? [target.region] : (target.destinations ?? [target.region]))
      add(invokeActions, modelArn(plan, region, target.model), { 'aws:RequestedRegion': region, ...via });
    if (anywhere)
      add(invokeActions, modelArn(plan, '', target.model), { 'aws:RequestedRegion': 'unspecified', ...via });
  }
  return [...calls.values()];
}
