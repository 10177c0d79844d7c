import { type Env, endpointVariable, isTrue, serviceKeys } from './endpoints.ts';

/** Options of one section of ~/.aws/config by name, as parsed (a nested value begins with a line break). */
export type SectionOptions = ReadonlyMap<string, string>;

/** Keys of a profile that say how AWS is reached, and the variables that say the same. */
const plainKeys = {
  ca_bundle: 'AWS_CA_BUNDLE',
  use_fips_endpoint: 'AWS_USE_FIPS_ENDPOINT',
  use_dualstack_endpoint: 'AWS_USE_DUALSTACK_ENDPOINT',
  ignore_configured_endpoint_urls: 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
} as const;

/** Whether a profile says anything about how AWS is reached. */
export function hasNetworkSettings(options: SectionOptions): boolean {
  return [...Object.keys(plainKeys), 'endpoint_url', 'services'].some((key) => options.has(key));
}

/** `endpoint_url` below `service =` in a `[services]` section. */
function nestedEndpoint(services: SectionOptions | undefined, serviceKey: string): string | undefined {
  const nested = services?.get(serviceKey);
  if (nested === undefined) return undefined;
  for (const line of nested.split(/\r?\n/)) {
    const [, value] = /^\s*endpoint_url\s*=\s*(\S.*?)\s*$/.exec(line) ?? [];
    if (value !== undefined) return value;
  }
  return undefined;
}

/**
 * The environment with what a profile says put where it is silent, under the names of the variables: one form for
 * both, in botocore's order (a service's variable, AWS_ENDPOINT_URL, the `services` section, `endpoint_url`).
 * @param services options of the `[services X]` section that the profile names, if it does
 */
export function withProfileSettings(env: Env, profile: SectionOptions, services?: SectionOptions): Env {
  const filled: Record<string, string | undefined> = { ...env };
  for (const [key, name] of Object.entries(plainKeys)) {
    if (filled[name] === undefined && profile.has(key)) filled[name] = profile.get(key);
  }
  if (isTrue(filled.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS) || env.AWS_ENDPOINT_URL) return filled;
  for (const key of serviceKeys) {
    const name = endpointVariable(key);
    filled[name] ||= nestedEndpoint(services, key);
  }
  filled.AWS_ENDPOINT_URL = profile.get('endpoint_url');
  return filled;
}
