import { expect, test } from 'vitest';
import { endpointOf } from '../../../src/aws/endpoints.ts';

test.each([
  ['sso-oidc', 'us-east-1', 'https://oidc.us-east-1.amazonaws.com'],
  ['sso', 'eu-central-1', 'https://portal.sso.eu-central-1.amazonaws.com'],
  ['sso-oidc', 'us-gov-west-1', 'https://oidc.us-gov-west-1.amazonaws.com'],
  ['sso', 'cn-north-1', 'https://portal.sso.cn-north-1.amazonaws.com.cn'],
  ['sts', 'cn-northwest-1', 'https://sts.cn-northwest-1.amazonaws.com.cn'],
  ['bedrock', 'us-west-2', 'https://bedrock.us-west-2.amazonaws.com'],
  ['sts', 'us-iso-east-1', 'https://sts.us-iso-east-1.c2s.ic.gov'],
  ['sts', 'us-isob-east-1', 'https://sts.us-isob-east-1.sc2s.sgov.gov'],
  ['bedrock', 'eusc-de-east-1', 'https://bedrock.eusc-de-east-1.amazonaws.eu'],
] as const)('%s in %s', (service, region, url) => {
  expect(endpointOf(service, region, {})).toBe(url);
});

test('a service’s own variable beats the general one; both can be ignored', () => {
  const env = { AWS_ENDPOINT_URL: 'http://127.0.0.1:1/', AWS_ENDPOINT_URL_SSO: 'http://127.0.0.1:2' };
  expect(endpointOf('sso', 'us-east-1', env)).toBe('http://127.0.0.1:2');
  expect(endpointOf('sts', 'us-east-1', env)).toBe('http://127.0.0.1:1');
  expect(endpointOf('sts', 'us-east-1', { ...env, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' })).toBe(
    'https://sts.us-east-1.amazonaws.com',
  );
  expect(endpointOf('sts', 'us-east-1', { AWS_ENDPOINT_URL: '' })).toBe(
    'https://sts.us-east-1.amazonaws.com',
  );
});
