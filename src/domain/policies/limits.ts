import type { PolicyKind } from '../../contract/policies.ts';

/**
 * What AWS allows, and how it counts. IAM leaves white space out (IAM quotas: managed policies 6,144 characters; inline
 * policies of a role, which a permission set's becomes, 10,240). Organizations counts every character that the API is
 * given (5,120), VPC endpoints as well (20,480), CloudFormation bytes of the template (51,200 without a bucket).
 */
export const policyLimits: Readonly<Record<PolicyKind, { limit: number; counts: 'policy' | 'text' }>> = {
  policy: { limit: 6144, counts: 'policy' },
  broad: { limit: 6144, counts: 'policy' },
  'permission-set': { limit: 10_240, counts: 'policy' },
  scp: { limit: 5120, counts: 'text' },
  'vpc-endpoint': { limit: 20_480, counts: 'text' },
  stackset: { limit: 51_200, counts: 'text' },
};

/** Managed policies that one role takes, without asking for more (IAM quotas). */
export const managedPoliciesOfRole = 10;

/** Characters as IAM counts them: without white space. */
export const countedCharacters = (policy: unknown): number =>
  JSON.stringify(policy).replace(/\s/g, '').length;
