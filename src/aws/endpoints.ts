import { partitionFacts, partitionIdOf } from '../domain/profiles/partition.ts';

/** Environment variables, as data. */
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * `key`: the service's id in variables and in `[services]` sections. `govFips`: GovCloud's usual address of it is a
 * FIPS one already.
 */
const services = {
  'sso-oidc': { key: 'sso_oidc', prefix: 'oidc', govFips: true },
  sso: { key: 'sso', prefix: 'portal.sso', govFips: true },
  sts: { key: 'sts', prefix: 'sts', govFips: true },
  bedrock: { key: 'bedrock', prefix: 'bedrock', govFips: false },
  'bedrock-runtime': { key: 'bedrock_runtime', prefix: 'bedrock-runtime', govFips: false },
  iam: { key: 'iam', prefix: 'iam', govFips: true },
  cloudtrail: { key: 'cloudtrail', prefix: 'cloudtrail', govFips: true },
  'service-quotas': { key: 'service_quotas', prefix: 'servicequotas', govFips: true },
  ce: { key: 'cost_explorer', prefix: 'ce', govFips: false },
  accessanalyzer: { key: 'accessanalyzer', prefix: 'access-analyzer', govFips: true },
} as const;
export type Service = keyof typeof services;

/** Ids of the services that are called here, as a `[services]` section names them (`sso_oidc`). */
export const serviceKeys: readonly string[] = [...Object.values(services).map(({ key }) => key), 'signin'];

/** The variable that names a service's own endpoint (`AWS_ENDPOINT_URL_SSO_OIDC`). */
export function endpointVariable(serviceKey: string): string {
  return `AWS_ENDPOINT_URL_${serviceKey.toUpperCase()}`;
}

/** `true` in any spelling, as botocore reads it; everything else is no. */
export function isTrue(value: string | undefined): boolean {
  return value?.trim().toLowerCase() === 'true';
}

/** The endpoint that the person has set for a service, if any. */
function configuredEndpoint(serviceKey: string, env: Env): string | null {
  if (isTrue(env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS)) return null;
  const own = env[endpointVariable(serviceKey)] || env.AWS_ENDPOINT_URL || '';
  return own !== '' && URL.canParse(own) ? own.replace(/\/+$/, '') : null;
}

/**
 * Where a service is called: AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL (unless
 * AWS_IGNORE_CONFIGURED_ENDPOINT_URLS), or AWS's own address in that region, of the kind that AWS_USE_FIPS_ENDPOINT
 * and AWS_USE_DUALSTACK_ENDPOINT ask for. What the config file says stands in `env` as these variables
 * (network-settings.ts). Always given to the SDK explicitly, so that it never looks for one by itself.
 * Source: the endpoint rules of botocore 1.43 (test/integration/aws/network-as-botocore.test.ts).
 */
export function endpointOf(service: Service, region: string, env: Env): string {
  const { key, prefix, govFips } = services[service];
  const own = configuredEndpoint(key, env);
  if (own !== null) return own;
  const id = partitionIdOf(region);
  const { dnsSuffix, dualStackSuffix } = partitionFacts(id);
  const fips = isTrue(env.AWS_USE_FIPS_ENDPOINT);
  const dualStack = isTrue(env.AWS_USE_DUALSTACK_ENDPOINT);
  if (service === 'iam') return iamEndpoint(region, fips, dualStack);
  const plain = !fips || (govFips && id === 'aws-us-gov' && !dualStack);
  const within = service === 'ce' ? billingRegion(region) : region;
  // The sovereign cloud's Cost Explorer has no other.
  const both = dualStack || (service === 'ce' && id === 'aws-eusc' && !fips);
  return `https://${prefix}${plain ? '' : '-fips'}.${within}.${both ? dualStackSuffix : dnsSuffix}`;
}

/** Where Cost Explorer of a region's partition is called and signed for. */
export function billingRegion(region: string): string {
  const id = partitionIdOf(region);
  return id === 'aws-cn' ? 'cn-northwest-1' : partitionFacts(id).homeRegion;
}

/** IAM has one address for a whole partition, in a form of each partition's own. */
function iamEndpoint(region: string, fips: boolean, dualStack: boolean): string {
  const id = partitionIdOf(region);
  const { dnsSuffix, dualStackSuffix, homeRegion } = partitionFacts(id);
  if (id === 'aws-us-gov') return `https://iam.us-gov.${dualStack ? dualStackSuffix : dnsSuffix}`;
  const host = fips ? 'iam-fips' : 'iam';
  if (dualStack) {
    const global = id === 'aws' || (id === 'aws-cn' && !fips) ? 'global.' : '';
    return `https://${host}.${global}${dualStackSuffix}`;
  }
  const regional = id !== 'aws' && !(fips && (id === 'aws-cn' || id === 'aws-eusc'));
  return `https://${host}.${regional ? `${homeRegion}.` : ''}${dnsSuffix}`;
}

/** The same of AWS Sign-In, which has hosts of its own (rules of botocore's `signin` service). */
export function signInEndpoint(region: string, env: Env): string {
  const { signInSuffix } = partitionFacts(partitionIdOf(region));
  return configuredEndpoint('signin', env) ?? `https://${region}.signin.${signInSuffix}`;
}
