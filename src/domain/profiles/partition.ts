import type { ProfileView } from '../../contract/state.ts';
import { regionOfPortalHost } from './portal-address.ts';

/** AWS's partitions that have Bedrock and an access portal: worlds apart, each with its own accounts and ARNs. */
export type Partition = ProfileView['partition'];

export interface PartitionFacts {
  /** Begins the name of each of its regions; the commercial partition has what fits no other. */
  regionPrefix: string;
  dnsSuffix: string;
  dualStackSuffix: string;
  /** Of the host where `aws login` is refreshed. */
  signInSuffix: string;
  /** Where a service is called when nothing names a region. */
  homeRegion: string;
}

const factsOf = (
  regionPrefix: string,
  dnsSuffix: string,
  dualStackSuffix: string,
  signInSuffix: string,
  homeRegion: string,
): PartitionFacts => ({ regionPrefix, dnsSuffix, dualStackSuffix, signInSuffix, homeRegion });

/** All of them, also those of which only addresses are known. botocore's partitions.json and rules of `signin`. */
const partitions: Readonly<Record<string, PartitionFacts>> = {
  'aws-cn': factsOf('cn-', 'amazonaws.com.cn', 'api.amazonwebservices.com.cn', 'amazonaws.cn', 'cn-north-1'),
  'aws-us-gov': factsOf('us-gov-', 'amazonaws.com', 'api.aws', 'amazonaws-us-gov.com', 'us-gov-west-1'),
  'aws-iso': factsOf('us-iso-', 'c2s.ic.gov', 'api.aws.ic.gov', 'c2shome.ic.gov', 'us-iso-east-1'),
  'aws-iso-b': factsOf('us-isob-', 'sc2s.sgov.gov', 'api.aws.scloud', 'sc2shome.sgov.gov', 'us-isob-east-1'),
  'aws-iso-e': factsOf(
    'eu-isoe-',
    'cloud.adc-e.uk',
    'api.cloud-aws.adc-e.uk',
    'csphome.adc-e.uk',
    'eu-isoe-west-1',
  ),
  'aws-iso-f': factsOf(
    'us-isof-',
    'csp.hci.ic.gov',
    'api.aws.hci.ic.gov',
    'csphome.hci.ic.gov',
    'us-isof-south-1',
  ),
  'aws-eusc': factsOf(
    'eusc-',
    'amazonaws.eu',
    'api.amazonwebservices.eu',
    'amazonaws-eusc.eu',
    'eusc-de-east-1',
  ),
  aws: factsOf('', 'amazonaws.com', 'api.aws', 'aws.amazon.com', 'us-east-1'),
};

/** Id of any partition (what ARNs begin with), by a region of it. */
export function partitionIdOf(region: string): string {
  return Object.entries(partitions).find(([, p]) => region.startsWith(p.regionPrefix))?.[0] ?? 'aws';
}

/** Of a partition by its id; the commercial one's where nobody knows that id. */
export function partitionFacts(id: string): PartitionFacts {
  return (Object.hasOwn(partitions, id) ? partitions[id] : partitions.aws) as PartitionFacts;
}

const isShown = (id: string): id is Partition => id === 'aws' || id === 'aws-us-gov' || id === 'aws-cn';

/** Partition of a region; the commercial one where nothing says otherwise. */
export function partitionOfRegion(region: string): Partition {
  const id = partitionIdOf(region);
  return isShown(id) ? id : 'aws';
}

/**
 * Partition of an access portal's start URL: `d-….awsapps.com/start`, `start.us-gov-home.awsapps.com/directory/…`,
 * `start.home.awsapps.cn/directory/…`, or one that names its region (portal-address.ts). Null where the address does
 * not tell (a customer's own domain, a test).
 */
export function partitionOfStartUrl(startUrl: string): Partition | null {
  const host = /^https?:\/\/([^/:?#@]+)(?:[/:?#]|$)/i.exec(startUrl)?.[1]?.toLowerCase();
  if (host === undefined) return null;
  const region = regionOfPortalHost(host);
  if (region !== null) return partitionOfRegion(region);
  if (/(^|\.)awsapps\.cn$/.test(host)) return 'aws-cn';
  if (/(^|\.)us-gov-home\.awsapps\.com$/.test(host)) return 'aws-us-gov';
  return /(^|\.)awsapps\.com$/.test(host) ? 'aws' : null;
}

/** Id of any partition, as an ARN has it; null for text that is no ARN. */
export function partitionIdOfArn(arn: string): string | null {
  return /^arn:([^:]*):/.exec(arn)?.[1] ?? null;
}

/** Partition of an ARN; null for text that is none, or of a partition that has no Bedrock. */
export function partitionOfArn(arn: string): Partition | null {
  const id = partitionIdOfArn(arn);
  return id !== null && isShown(id) ? id : null;
}

/** Account and role of an IAM role's ARN (its path left out), or of an STS ARN of a session of it. */
export function roleOfArn(arn: string): { accountId: string; roleName: string } | null {
  const role = /^arn:aws[\w-]*:iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]+)$/.exec(arn);
  const session = /^arn:aws[\w-]*:sts::(\d{12}):assumed-role\/([\w+=,.@-]+)\/.+$/.exec(arn);
  const [, accountId, roleName] = role ?? session ?? [];
  return accountId === undefined || roleName === undefined ? null : { accountId, roleName };
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
