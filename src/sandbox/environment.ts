import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What turns unchanged AWS clients to a running sandbox: variables, endpoint rules and a config file. */

/**
 * Variables for SDKs, botocore, AWS CLI 2.13 and later, and Claude Code. `dataPath` (the folder of
 * `writeEndpointRules`) serves older AWS CLIs, which know no AWS_ENDPOINT_URL.
 */
export function clientEnvironment(
  baseUrl: string,
  region: string,
  dataPath?: string,
): Record<string, string> {
  const services = [
    ...['SSO_OIDC', 'SSO', 'STS', 'SIGNIN', 'BEDROCK', 'BEDROCK_RUNTIME'],
    ...['IAM', 'ACCESSANALYZER', 'SERVICE_QUOTAS', 'CLOUDTRAIL', 'COST_EXPLORER'],
  ];
  return {
    ...Object.fromEntries(services.map((service) => [`AWS_ENDPOINT_URL_${service}`, baseUrl])),
    ...(dataPath === undefined ? {} : { AWS_DATA_PATH: dataPath }),
    ANTHROPIC_BEDROCK_BASE_URL: baseUrl,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    NO_PROXY: '127.0.0.1,localhost',
    no_proxy: '127.0.0.1,localhost',
  };
}

/** API versions of the service models whose endpoint rules are replaced. */
const apiVersions: Readonly<Record<string, string>> = {
  sso: '2019-06-10',
  'sso-oidc': '2019-06-10',
  sts: '2011-06-15',
  bedrock: '2023-04-20',
  'bedrock-runtime': '2023-09-30',
  iam: '2010-05-08',
  accessanalyzer: '2019-11-01',
  'service-quotas': '2019-06-24',
  cloudtrail: '2013-11-01',
  ce: '2017-10-25',
};

function endpointRules(baseUrl: string): object {
  const flag = (builtIn: string) => ({
    builtIn,
    required: true,
    default: false,
    documentation: '',
    type: 'Boolean',
  });
  return {
    version: '1.0',
    parameters: {
      Region: { builtIn: 'AWS::Region', required: false, documentation: '', type: 'String' },
      UseDualStack: flag('AWS::UseDualStack'),
      UseFIPS: flag('AWS::UseFIPS'),
      Endpoint: { builtIn: 'SDK::Endpoint', required: false, documentation: '', type: 'String' },
      UseGlobalEndpoint: flag('AWS::STS::UseGlobalEndpoint'),
    },
    rules: [{ conditions: [], endpoint: { url: baseUrl, properties: {}, headers: {} }, type: 'endpoint' }],
  };
}

/** Writes `SERVICE/VERSION/endpoint-rule-set-1.json` files into `folder`, for AWS_DATA_PATH. */
export async function writeEndpointRules(folder: string, baseUrl: string): Promise<void> {
  const text = JSON.stringify(endpointRules(baseUrl), undefined, 1);
  for (const [service, version] of Object.entries(apiVersions)) {
    const into = join(folder, service, version);
    await mkdir(into, { recursive: true });
    await writeFile(join(into, 'endpoint-rule-set-1.json'), text);
  }
}

/** A ~/.aws/config for a HOME that belongs to the sandbox: one SSO session, profiles of each kind. */
export function configText(startUrl: string, region: string): string {
  const sso = (profile: string, account: string, role: string) => `[profile ${profile}]
sso_session = sandbox
sso_account_id = ${account}
sso_role_name = ${role}
region = ${region}
`;
  return [
    `[sso-session sandbox]
sso_start_url = ${startUrl}
sso_region = ${region}
sso_registration_scopes = sso:account:access
`,
    sso('sandbox', '111122223333', 'BedrockDeveloper'),
    sso('sandbox-research', '222233334444', 'BedrockPowerUser'),
    sso('sandbox-readonly', '111122223333', 'ReadOnlyAccess'),
    `[profile sandbox-cross-account]
role_arn = arn:aws:iam::222233334444:role/BedrockCrossAccount
source_profile = sandbox
region = ${region}
`,
    `[profile sandbox-legacy]
sso_start_url = ${startUrl}
sso_region = ${region}
sso_account_id = 111122223333
sso_role_name = BedrockDeveloper
region = ${region}
`,
  ].join('\n');
}

/** Writes env.json, aws-data/ and home/.aws/config into `folder`. */
export async function writeEnvironment(
  folder: string,
  sandbox: { readonly baseUrl: string; readonly startUrl: string; readonly region: string },
): Promise<void> {
  const dataPath = join(folder, 'aws-data');
  const aws = join(folder, 'home', '.aws');
  await mkdir(aws, { recursive: true, mode: 0o700 });
  await writeEndpointRules(dataPath, sandbox.baseUrl);
  const environment = clientEnvironment(sandbox.baseUrl, sandbox.region, dataPath);
  await writeFile(join(folder, 'env.json'), `${JSON.stringify(environment, undefined, 2)}\n`);
  await writeFile(join(aws, 'config'), configText(sandbox.startUrl, sandbox.region), { mode: 0o600 });
}
