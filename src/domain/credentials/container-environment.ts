/**
 * Variables that win over a container credentials endpoint in some SDK or the AWS CLI. They must be absent, not
 * blank: an empty AWS_PROFILE is ProfileNotFound in botocore, an empty relative URI sends it to 169.254.170.2.
 */
const rivals = new Set([
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  'AWS_CREDENTIAL_EXPIRATION',
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
]);

/**
 * The environment in which a child takes its credentials from our endpoint, whichever AWS SDK it uses. `emptyFile`
 * replaces the AWS files where a `[default]` section would win over the endpoint; null leaves them as they are.
 */
export function containerEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  endpoint: { url: string; token: string; region: string | null },
  emptyFile: string | null,
): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !rivals.has(name.toUpperCase())) out[name] = value;
  }
  out.AWS_CONTAINER_CREDENTIALS_FULL_URI = endpoint.url;
  out.AWS_CONTAINER_AUTHORIZATION_TOKEN = endpoint.token;
  out.AWS_EC2_METADATA_DISABLED = 'true';
  if (endpoint.region !== null) {
    out.AWS_REGION = endpoint.region;
    out.AWS_DEFAULT_REGION = endpoint.region;
  }
  if (emptyFile !== null) {
    out.AWS_CONFIG_FILE = emptyFile;
    out.AWS_SHARED_CREDENTIALS_FILE = emptyFile;
  }
  return out;
}
