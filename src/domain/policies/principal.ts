/** The role behind an STS session, as its ARN says it: without the role's path. */
export interface SessionRole {
  partition: string;
  accountId: string;
  roleName: string;
}

/** Of the ARN that GetCallerIdentity gives; null for a user, or whatever is no session of a role. */
export function sessionRole(arn: string): SessionRole | null {
  const found = /^arn:([\w-]+):sts::(\d{12}):assumed-role\/([\w+=,.@-]+)\//.exec(arn);
  return found ? { partition: found[1] ?? '', accountId: found[2] ?? '', roleName: found[3] ?? '' } : null;
}

/**
 * ARNs that the role may have, likeliest first, where IAM does not tell it (iam:GetRole). A permission set's role has a
 * path with IAM Identity Center's region, which is left out where that is us-east-1 (IAM Identity Center User Guide,
 * "Referencing permission sets in resource policies").
 */
export function roleArnCandidates(role: SessionRole, ssoRegions: readonly string[]): string[] {
  const arn = (path: string) => `arn:${role.partition}:iam::${role.accountId}:role/${path}${role.roleName}`;
  if (!role.roleName.startsWith('AWSReservedSSO_')) return [arn('')];
  const base = 'aws-reserved/sso.amazonaws.com/';
  const regional = ssoRegions.map((region) => arn(`${base}${region}/`));
  return [...(ssoRegions.includes('us-east-1') ? [arn(base), ...regional] : [...regional, arn(base)])];
}
