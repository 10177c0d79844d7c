import { expect, test } from 'vitest';
import { endpointOf, signInEndpoint } from '../../../src/aws/endpoints.ts';
import { withProfileSettings } from '../../../src/aws/network-settings.ts';

const options = (o: Record<string, string>) => new Map(Object.entries(o));
const vpce = 'https://vpce-1.sts.us-east-1.vpce.amazonaws.com';

test('what the profile says holds where the environment is silent', () => {
  const profile = options({
    use_fips_endpoint: 'true',
    use_dualstack_endpoint: 'TRUE',
    ca_bundle: '/ca.pem',
  });
  const env = withProfileSettings({}, profile);
  expect(env.AWS_CA_BUNDLE).toBe('/ca.pem');
  expect(endpointOf('sso', 'eu-west-1', env)).toBe('https://portal.sso-fips.eu-west-1.api.aws');
  const silenced = {
    AWS_USE_FIPS_ENDPOINT: 'false',
    AWS_USE_DUALSTACK_ENDPOINT: 'false',
    AWS_CA_BUNDLE: '/own.pem',
  };
  const own = withProfileSettings(silenced, profile);
  expect(own.AWS_CA_BUNDLE).toBe('/own.pem');
  expect(endpointOf('sso', 'eu-west-1', own)).toBe('https://portal.sso.eu-west-1.amazonaws.com');
});

test('endpoints: a service’s variable, the general one, the services section, endpoint_url', () => {
  const profile = options({ services: 'corp', endpoint_url: 'https://all.example' });
  const services = options({
    sts: `\nendpoint_url = ${vpce}\nother = 1`,
    s3: '\nendpoint_url = https://s3.example',
    signin: '\nendpoint_url = https://signin.example',
  });
  expect(signInEndpoint('us-east-1', withProfileSettings({}, profile, services))).toBe(
    'https://signin.example',
  );
  const of = (env: Record<string, string>, service: 'sts' | 'sso') =>
    endpointOf(service, 'us-east-1', withProfileSettings(env, profile, services));
  expect(of({}, 'sts')).toBe(vpce);
  expect(of({}, 'sso')).toBe('https://all.example');
  expect(of({ AWS_ENDPOINT_URL: 'https://env.example' }, 'sts')).toBe('https://env.example');
  const both = { AWS_ENDPOINT_URL: 'https://env.example', AWS_ENDPOINT_URL_STS: 'https://sts.example' };
  expect(of(both, 'sts')).toBe('https://sts.example');
  expect(of({ AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, 'sts')).toBe(
    'https://sts.us-east-1.amazonaws.com',
  );
  const ignoring = options({ ...Object.fromEntries(profile), ignore_configured_endpoint_urls: 'true' });
  expect(endpointOf('sts', 'us-east-1', withProfileSettings({}, ignoring, services))).toBe(
    'https://sts.us-east-1.amazonaws.com',
  );
});
