/** Environment variables, as data. */
export type Env = Readonly<Record<string, string | undefined>>;

interface Partition {
  id: string;
  region: RegExp;
  suffix: string;
  dualStackSuffix: string;
}

/** AWS's partitions, as botocore's partitions.json has them; the commercial one takes whatever fits no other. */
const partitions: readonly Partition[] = [
  ['aws-cn', /^cn-/, 'amazonaws.com.cn', 'api.amazonwebservices.com.cn'],
  ['aws-us-gov', /^us-gov-/, 'amazonaws.com', 'api.aws'],
  ['aws-iso', /^us-iso-/, 'c2s.ic.gov', 'api.aws.ic.gov'],
  ['aws-iso-b', /^us-isob-/, 'sc2s.sgov.gov', 'api.aws.scloud'],
  ['aws-iso-e', /^eu-isoe-/, 'cloud.adc-e.uk', 'api.cloud-aws.adc-e.uk'],
  ['aws-iso-f', /^us-isof-/, 'csp.hci.ic.gov', 'api.aws.hci.ic.gov'],
  ['aws-eusc', /^eusc-/, 'amazonaws.eu', 'api.amazonwebservices.eu'],
  ['aws', /^/, 'amazonaws.com', 'api.aws'],
].map(([id, region, suffix, dualStackSuffix]) => ({ id, region, suffix, dualStackSuffix }) as Partition);

/**
 * `key`: the service's id in variables and in `[services]` sections. `govFips`: GovCloud's usual address of it is a
 * FIPS one already.
 */
const services = {
  'sso-oidc': { key: 'sso_oidc', prefix: 'oidc', govFips: true },
  sso: { key: 'sso', prefix: 'portal.sso', govFips: true },
  sts: { key: 'sts', prefix: 'sts', govFips: true },
  bedrock: { key: 'bedrock', prefix: 'bedrock', govFips: false },
} as const;
export type Service = keyof typeof services;

/** Ids of the services that are called here, as a `[services]` section names them (`sso_oidc`). */
export const serviceKeys: readonly string[] = Object.values(services).map(({ key }) => key);

/** The variable that names a service's own endpoint (`AWS_ENDPOINT_URL_SSO_OIDC`). */
export function endpointVariable(serviceKey: string): string {
  return `AWS_ENDPOINT_URL_${serviceKey.toUpperCase()}`;
}

function partition(region: string): Partition {
  return partitions.find((p) => p.region.test(region)) ?? (partitions.at(-1) as Partition);
}

/** AWS partition of a region: what ARNs begin with. */
export function partitionOf(region: string): 'aws' | 'aws-cn' | 'aws-us-gov' | string {
  return partition(region).id;
}

/** `true` in any spelling, as botocore reads it; everything else is no. */
export function isTrue(value: string | undefined): boolean {
  return value?.trim().toLowerCase() === 'true';
}

/**
 * Where a service is called: AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL (unless
 * AWS_IGNORE_CONFIGURED_ENDPOINT_URLS), or AWS's own address in that region, of the kind that AWS_USE_FIPS_ENDPOINT
 * and AWS_USE_DUALSTACK_ENDPOINT ask for. What the config file says stands in `env` as these variables
 * (network-settings.ts). Always given to the SDK explicitly, so that it never looks for one by itself.
 * Source: the endpoint rules of botocore 1.43 (test/integration/aws/endpoints-as-botocore.test.ts).
 */
export function endpointOf(service: Service, region: string, env: Env): string {
  const { key, prefix, govFips } = services[service];
  const own = isTrue(env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS)
    ? ''
    : env[endpointVariable(key)] || env.AWS_ENDPOINT_URL || '';
  if (own !== '' && URL.canParse(own)) return own.replace(/\/+$/, '');
  const { id, suffix, dualStackSuffix } = partition(region);
  const fips = isTrue(env.AWS_USE_FIPS_ENDPOINT);
  const dualStack = isTrue(env.AWS_USE_DUALSTACK_ENDPOINT);
  const plain = !fips || (govFips && id === 'aws-us-gov' && !dualStack);
  return `https://${prefix}${plain ? '' : '-fips'}.${region}.${dualStack ? dualStackSuffix : suffix}`;
}
