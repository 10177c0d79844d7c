import { describe, expect, test } from 'vitest';
import { sortSections } from '../../../src/aws/config-file.ts';
import { type Env, endpointOf, type Service } from '../../../src/aws/endpoints.ts';
import { parseIni } from '../../../src/aws/ini.ts';
import { withProfileSettings } from '../../../src/aws/network-settings.ts';
import { proxiesFor } from '../../../src/aws/proxy.ts';
import { askBotocore, python, referee } from './referee.ts';

/** Where AWS is called and by which proxy: botocore is asked the same questions. */

const operations: Record<Service, { operation: string; input: object }> = {
  'sso-oidc': { operation: 'RegisterClient', input: { clientName: 'x', clientType: 'public' } },
  sso: { operation: 'Logout', input: { accessToken: 'x' } },
  sts: { operation: 'GetCallerIdentity', input: {} },
  bedrock: { operation: 'ListFoundationModels', input: {} },
  'bedrock-runtime': { operation: 'InvokeModel', input: { modelId: 'x', body: '{}' } },
  cloudtrail: { operation: 'LookupEvents', input: {} },
  'service-quotas': { operation: 'ListServiceQuotas', input: { ServiceCode: 'bedrock' } },
  ce: {
    operation: 'GetCostAndUsage',
    input: {
      TimePeriod: { Start: '2026-01-01', End: '2026-01-02' },
      Granularity: 'DAILY',
      Metrics: ['UnblendedCost'],
    },
  },
  iam: { operation: 'GetRole', input: { RoleName: 'x' } },
  accessanalyzer: { operation: 'ListAnalyzers', input: {} },
};
const services = Object.keys(operations) as Service[];
const regions = ['us-east-1', 'eu-central-1', 'us-gov-west-1', 'cn-north-1', 'us-iso-east-1'];
const otherRegions = ['us-isob-east-1', 'eusc-de-east-1', 'xx-new-9'];

const fips = { AWS_USE_FIPS_ENDPOINT: 'true' };
const dual = { AWS_USE_DUALSTACK_ENDPOINT: 'true' };

interface Case {
  service: Service;
  region: string;
  env: Record<string, string>;
  config: string;
  profile?: string;
}
const bare = (service: Service, region: string, env: Record<string, string> = {}): Case => ({
  service,
  region,
  env,
  config: '',
});

const config = `[default]
use_fips_endpoint = true
[profile dual]
use_dualstack_endpoint = True
[profile vpce]
services = corp
[profile own]
endpoint_url = https://all.example
[profile both]
services = corp
endpoint_url = https://all.example
[profile ignoring]
services = corp
ignore_configured_endpoint_urls = true
[services corp]
sts =
  endpoint_url = https://vpce-1.sts.us-east-1.vpce.amazonaws.com
sso_oidc =
  endpoint_url = https://oidc.corp.example
`;

const cases: Case[] = [
  ...services.flatMap((service) =>
    regions.flatMap((region) =>
      [{}, fips, dual, { ...fips, ...dual }].map((env) => bare(service, region, env)),
    ),
  ),
  ...services.flatMap((service) => otherRegions.map((region) => bare(service, region))),
  ...['default', 'dual', 'vpce', 'own', 'both', 'ignoring'].flatMap((profile) =>
    services.flatMap((service) =>
      [
        {},
        { AWS_ENDPOINT_URL: 'https://env.example' },
        { AWS_ENDPOINT_URL_STS: 'https://sts.example' },
        { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
        { AWS_USE_FIPS_ENDPOINT: 'false' },
      ].map((env) => ({ ...bare(service, 'us-east-1', env), config, profile })),
    ),
  ),
];

/** Our way to the same: environment, profile, `[services]` section. */
function ours({ service, region, env, config, profile }: Case): string {
  const sections = parseIni(config);
  const options = sortSections(sections, []).profiles.get(profile ?? 'default') ?? new Map();
  const named = sections.find(({ name }) => name === `services ${options.get('services')}`);
  const corp = new Map([...(named?.options ?? [])].map(([key, { value }]) => [key, value]));
  return endpointOf(service, region, withProfileSettings(env, options, corp));
}

describe.skipIf(python === undefined)(referee, () => {
  test(`${cases.length} endpoints`, async () => {
    const questions = cases.map((c) => ({ ask: 'endpoint', ...operations[c.service], ...c }));
    const answers = await askBotocore<{ url?: string; error?: string; message?: string }>(questions, {
      AWS_EC2_METADATA_DISABLED: 'true',
      HOME: '/nonexistent',
    });
    const table = (urls: (string | undefined)[]) =>
      cases.map(({ service, region, env, profile }, n) => ({
        service,
        region,
        env,
        profile,
        url: urls[n]?.replace(/\/+$/, ''),
      }));
    expect(table(cases.map(ours))).toEqual(
      table(answers.map(({ url, error, message }) => url ?? `${error}: ${message}`)),
    );
  });

  const proxies: [Env, string][] = [
    [{ HTTPS_PROXY: 'http://p:1' }, 'https://oidc.us-east-1.amazonaws.com'],
    [{ https_proxy: 'http://p:1' }, 'https://oidc.us-east-1.amazonaws.com'],
    [{ Https_Proxy: 'http://p:1' }, 'https://oidc.us-east-1.amazonaws.com'],
    [{ HTTPS_PROXY: 'http://p:1', https_proxy: 'http://q:1' }, 'https://oidc.us-east-1.amazonaws.com'],
    [{ HTTP_PROXY: 'http://p:1' }, 'https://oidc.us-east-1.amazonaws.com'],
    [{ HTTP_PROXY: 'http://p:1' }, 'http://vpce.example'],
    [{ ALL_PROXY: 'http://p:1' }, 'https://oidc.us-east-1.amazonaws.com'],
    ...['*', 'amazonaws.com', '.amazonaws.com', 'aws.com', 'AmazonAWS.com', 'a.b, amazonaws.com', ''].map(
      (no): [Env, string] => [
        { HTTPS_PROXY: 'http://p:1', NO_PROXY: no },
        'https://oidc.us-east-1.amazonaws.com',
      ],
    ),
    [{ HTTPS_PROXY: 'http://p:1', no_proxy: 'vpce.example:8443' }, 'https://vpce.example:8443'],
    [{ HTTPS_PROXY: 'http://p:1', no_proxy: 'vpce.example' }, 'https://vpce.example:8443'],
    [{ HTTPS_PROXY: 'http://p:1', no_proxy: '10.1.2.3' }, 'https://10.1.2.3'],
  ];
  test(`${proxies.length} choices of a proxy`, async () => {
    const questions = proxies.map(([env, url]) => ({ ask: 'proxy', env, url }));
    const answers = await askBotocore<{ proxy: string | null }>(questions, {});
    expect(proxies.map(([env, url]) => [env, url, ...proxiesFor(new URL(url), env, null)])).toEqual(
      proxies.map(([env, url], n) => [env, url, answers[n]?.proxy ?? null]),
    );
  });
});
