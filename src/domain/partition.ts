import type { ProfileView } from '../contract/state.ts';

/** AWS's partitions: worlds apart, each with its own accounts, ARNs, addresses and access portals. */
export type Partition = ProfileView['partition'];

interface PartitionFacts {
  /** Begins the name of each of its regions (the commercial partition has the rest). */
  regionPrefix: string;
  dnsSuffix: string;
  consoleHost: string;
  /** Where its global services answer, STS among them: a region that is always there. */
  homeRegion: string;
}

/** botocore's partitions.json; console hosts from the "Getting started" pages of GovCloud and of China. */
const facts: Record<Partition, PartitionFacts> = {
  aws: {
    regionPrefix: '',
    dnsSuffix: 'amazonaws.com',
    consoleHost: 'console.aws.amazon.com',
    homeRegion: 'us-east-1',
  },
  'aws-us-gov': {
    regionPrefix: 'us-gov-',
    dnsSuffix: 'amazonaws.com',
    consoleHost: 'console.amazonaws-us-gov.com',
    homeRegion: 'us-gov-west-1',
  },
  'aws-cn': {
    regionPrefix: 'cn-',
    dnsSuffix: 'amazonaws.com.cn',
    consoleHost: 'console.amazonaws.cn',
    homeRegion: 'cn-north-1',
  },
};

export const partitionFacts = (partition: Partition): Readonly<PartitionFacts> => facts[partition];

/** Partition of a region; the commercial one where nothing says otherwise. */
export function partitionOfRegion(region: string): Partition {
  if (region.startsWith(facts['aws-cn'].regionPrefix)) return 'aws-cn';
  return region.startsWith(facts['aws-us-gov'].regionPrefix) ? 'aws-us-gov' : 'aws';
}

/**
 * Partition of an access portal's start URL: `d-….awsapps.com/start`, `start.us-gov-home.awsapps.com/directory/…`,
 * `start.home.awsapps.cn/directory/…`, or the newer `….portal.REGION.app.aws`. Null where the address does not tell
 * (a customer's own domain, a test).
 */
export function partitionOfStartUrl(startUrl: string): Partition | null {
  const host = /^https?:\/\/([^/:?#@]+)(?:[/:?#]|$)/i.exec(startUrl)?.[1]?.toLowerCase();
  if (host === undefined) return null;
  const region = /\.portal\.([a-z0-9-]+)\.app\.(?:aws|amazonwebservices\.com\.cn)$/.exec(host)?.[1];
  if (region !== undefined) return partitionOfRegion(region);
  if (/(^|\.)awsapps\.cn$/.test(host)) return 'aws-cn';
  if (/(^|\.)us-gov-home\.awsapps\.com$/.test(host)) return 'aws-us-gov';
  return /(^|\.)awsapps\.com$/.test(host) ? 'aws' : null;
}

/** Partition of an ARN; null for text that is none, or of a partition that has no Bedrock. */
export function partitionOfArn(arn: string): Partition | null {
  const partition = /^arn:([^:]*):/.exec(arn)?.[1];
  return partition !== undefined && Object.hasOwn(facts, partition) ? (partition as Partition) : null;
}

/** Account and role of an IAM role's ARN (its path left out), or of an STS ARN of a session of it. */
export function roleOfArn(arn: string): { accountId: string; roleName: string } | null {
  const role = /^arn:aws[\w-]*:iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]+)$/.exec(arn);
  const session = /^arn:aws[\w-]*:sts::(\d{12}):assumed-role\/([\w+=,.@-]+)\/.+$/.exec(arn);
  const [, accountId, roleName] = role ?? session ?? [];
  return accountId === undefined || roleName === undefined ? null : { accountId, roleName };
}

/** The permission set behind a role that Identity Center made (`AWSReservedSSO_NAME_0123456789abcdef`), or null. */
export function permissionSetOf(roleName: string): string | null {
  return /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(roleName)?.[1] ?? null;
}

/**
 * The pattern that matches a permission set's role in IAM policies. The role's true name ends in a suffix that only
 * STS tells, so this is what a policy can be written with (IAM Identity Center, "Referencing permission sets").
 */
export function permissionSetArnPattern(partition: Partition, accountId: string, roleName: string): string {
  return `arn:${partition}:iam::${accountId}:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_${roleName}_*`;
}

/**
 * The access portal's shortcut to the console as a permission set: the browser's own portal session decides, so the
 * link holds no secret ("Creating shortcut links to AWS Management Console destinations").
 */
export function portalConsoleUrl(
  startUrl: string,
  role: { accountId: string; roleName: string },
  destination?: string,
): string {
  const portal = startUrl.replace(/[?#].*$/, '').replace(/\/+$/, '');
  const query = new URLSearchParams({ account_id: role.accountId, role_name: role.roleName });
  if (destination !== undefined) query.set('destination', destination);
  return `${portal}/#/console?${query}`;
}

/** Bedrock's page in the console of that partition. */
export function bedrockConsoleUrl(region: string): string {
  const { consoleHost } = facts[partitionOfRegion(region)];
  return `https://${region}.${consoleHost}/bedrock/home?region=${encodeURIComponent(region)}`;
}
