import { otherProviders } from '../sessions/other-providers.ts';

/**
 * Names in Claude Code's settings and in an environment that decide about Bedrock, its model or the AWS identity. Their
 * values stay where they are: some are secrets.
 */
const deciding = new Set<string>([
  'CLAUDE_CODE_USE_BEDROCK',
  'AWS_BEARER_TOKEN_BEDROCK',
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_AUTH_TOKEN',
  'ANTHROPIC_BASE_URL',
  'ANTHROPIC_BEDROCK_BASE_URL',
  'ANTHROPIC_MODEL',
  'ANTHROPIC_SMALL_FAST_MODEL',
  'ANTHROPIC_SMALL_FAST_MODEL_AWS_REGION',
  'ANTHROPIC_DEFAULT_OPUS_MODEL',
  'ANTHROPIC_DEFAULT_SONNET_MODEL',
  'ANTHROPIC_DEFAULT_HAIKU_MODEL',
  'ANTHROPIC_DEFAULT_FABLE_MODEL',
  ...otherProviders,
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_ROLE_ARN',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONFIG_FILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_CA_BUNDLE',
  'AWS_USE_FIPS_ENDPOINT',
  'AWS_USE_DUALSTACK_ENDPOINT',
]);

/** Keys of a settings file beside its `env`. */
const settingsKeys = ['awsAuthRefresh', 'awsCredentialExport', 'apiKeyHelper', 'model'] as const;

const decides = (name: string): boolean => deciding.has(name) || name.startsWith('AWS_ENDPOINT_URL');
const isSet = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

type Values = Readonly<Record<string, unknown>>;

/** Names of an environment that decide, in order. */
export function decidingVariables(env: Values): string[] {
  return Object.keys(env)
    .filter((name) => decides(name) && isSet(env[name]))
    .sort();
}

/** What of a person's Claude Code settings concerns Bedrock or AWS: names, and only profile and region with their values. */
export function decidingSettings(settings: Values): {
  names: string[];
  profile: string | null;
  region: string | null;
} {
  const given = settings.env;
  const env: Values =
    typeof given === 'object' && given !== null && !Array.isArray(given) ? (given as Values) : {};
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value.slice(0, 200) : null);
  return {
    names: [...decidingVariables(env), ...settingsKeys.filter((key) => isSet(settings[key]))],
    profile: text(env.AWS_PROFILE) ?? text(env.AWS_DEFAULT_PROFILE),
    region: text(env.AWS_REGION) ?? text(env.AWS_DEFAULT_REGION),
  };
}
