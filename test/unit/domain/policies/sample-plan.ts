import type { ModelView } from '../../../../src/contract/bedrock.ts';
import type { PolicyPlan } from '../../../../src/domain/policies/policy-plan.ts';
import { policyTarget } from '../../../../src/domain/policies/policy-target.ts';
import { modelView } from '../../../support/model-view.ts';

/** Where the profiles of a prefix route to, as Bedrock tells it. */
export const routes: Readonly<Record<string, readonly string[]>> = {
  us: ['us-east-1', 'us-east-2', 'us-west-2'],
  eu: ['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-3'],
  apac: [
    'ap-northeast-1',
    'ap-northeast-2',
    'ap-northeast-3',
    'ap-south-1',
    'ap-south-2',
    'ap-southeast-1',
    'ap-southeast-2',
    'ap-southeast-3',
    'ap-southeast-4',
  ],
  jp: ['ap-northeast-1', 'ap-northeast-3'],
  'us-gov': ['us-gov-east-1', 'us-gov-west-1'],
  global: [],
};

/** What Bedrock tells of an inference profile. */
export function profileView(id: string): ModelView {
  const [prefix = ''] = id.split('.');
  return modelView({
    id,
    name: id,
    kind: 'inference-profile',
    model: id.slice(prefix.length + 1),
    scope: prefix === 'global' ? 'global' : 'geography',
    regions: [...(routes[prefix] ?? [])],
  });
}

/** A plan of system-defined profiles, each called in these regions. */
export function aPlan(change: Partial<PolicyPlan> & { profiles?: readonly string[] } = {}): PolicyPlan {
  const { profiles = ['us.anthropic.claude-opus-5-5'], ...rest } = change;
  const regions = rest.regions ?? ['us-east-1'];
  return {
    kind: 'policy',
    partition: 'aws',
    account: '111122223333',
    targets: regions.flatMap((region) => profiles.map((id) => policyTarget(region, id, profileView(id)))),
    marketplace: false,
    listing: true,
    denyLongLivedKeys: false,
    organization: null,
    destinations: 'named',
    ...rest,
    regions,
  };
}
