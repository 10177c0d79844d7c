/** Environment variables, as data. */
export type Env = Readonly<Record<string, string | undefined>>;

/** DNS suffixes by region prefix (AWS partitions); the rest is the commercial partition's. */
const suffixes: readonly (readonly [RegExp, string])[] = [
  [/^cn-/, 'amazonaws.com.cn'],
  [/^us-iso-/, 'c2s.ic.gov'],
  [/^us-isob-/, 'sc2s.sgov.gov'],
  [/^us-isof-/, 'csp.hci.ic.gov'],
  [/^eu-isoe-/, 'cloud.adc-e.uk'],
  [/^eusc-/, 'amazonaws.eu'],
];

const services = {
  'sso-oidc': { variable: 'AWS_ENDPOINT_URL_SSO_OIDC', prefix: 'oidc' },
  sso: { variable: 'AWS_ENDPOINT_URL_SSO', prefix: 'portal.sso' },
  sts: { variable: 'AWS_ENDPOINT_URL_STS', prefix: 'sts' },
  bedrock: { variable: 'AWS_ENDPOINT_URL_BEDROCK', prefix: 'bedrock' },
} as const;
export type Service = keyof typeof services;

/** AWS partition of a region: what ARNs begin with. */
export function partitionOf(region: string): 'aws' | 'aws-cn' | 'aws-us-gov' | string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  const iso = /^[a-z]+-(iso[a-z]?)-/.exec(region);
  if (iso) return `aws-${iso[1]}`;
  return region.startsWith('eusc-') ? 'aws-eusc' : 'aws';
}

/** Whether the person ignores configured endpoints (AWS_IGNORE_CONFIGURED_ENDPOINT_URLS). */
function ignored(env: Env): boolean {
  return env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS?.toLowerCase() === 'true';
}

/**
 * Where a service is called: AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, or AWS's own address in that region.
 * Always given to the SDK explicitly, so that it never looks into ~/.aws or process.env for one.
 */
export function endpointOf(service: Service, region: string, env: Env): string {
  const { variable, prefix } = services[service];
  const wish = ignored(env) ? '' : env[variable] || env.AWS_ENDPOINT_URL || '';
  if (wish !== '' && URL.canParse(wish)) return wish.replace(/\/+$/, '');
  const suffix = suffixes.find(([pattern]) => pattern.test(region))?.[1] ?? 'amazonaws.com';
  return `https://${prefix}.${region}.${suffix}`;
}
