import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AwsSettings } from '../../../src/agent/network/aws-settings.ts';
import { endpointOf } from '../../../src/aws/endpoints.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { context } from '../../support/keep-alive-rooms.ts';

/** What is real (files, processes) takes its time, more on a busy machine. */
const soon = (check: () => unknown) => vi.waitFor(check, { timeout: 10_000, interval: 10 });

const config = `[default]
use_dualstack_endpoint = true
[sso-session corp]
sso_start_url = https://corp.awsapps.com/start
sso_region = eu-west-1
[profile dev]
sso_session = corp
[profile vpce]
sso_session = corp
services = corp
ca_bundle = /etc/corp.pem
[profile old]
sso_start_url = https://old.awsapps.com/start
sso_region = us-gov-west-1
use_fips_endpoint = true
[services corp]
sso =
  endpoint_url = https://portal.corp.example
`;

let home: string;
let settings: AwsSettings;
const write = (text: string) => writeFileSync(join(home, '.aws', 'config'), text);

async function start(env: Record<string, string> = {}): Promise<AwsSettings> {
  settings = new AwsSettings({ ...context(new FakeClock()), userHome: home, env });
  await settings.start();
  return settings;
}
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'settings-'));
  mkdirSync(join(home, '.aws'));
  write(config);
});
afterEach(() => {
  settings?.stop();
  rmSync(home, { recursive: true, force: true });
});

test('a reading that fails after a change is logged, and ends nothing', async () => {
  const errors: unknown[] = [];
  const { log } = context(new FakeClock());
  const broken = () => {
    throw new Error('broken');
  };
  const failing = { ...log, debug: broken, error: (fields: object) => errors.push(fields) };
  settings = new AwsSettings({ ...context(new FakeClock()), userHome: home, env: {}, log: failing });
  await settings.start();
  // Told by `debug`, which fails here.
  write('no section at all\n');
  await soon(() => expect(errors).toContainEqual({ err: expect.objectContaining({ message: 'broken' }) }));
});

test('a profile’s own section, with its services', async () => {
  const known = await start();
  expect(endpointOf('sso', 'eu-west-1', known.ofProfile('vpce'))).toBe('https://portal.corp.example');
  expect(known.ofProfile('vpce').AWS_CA_BUNDLE).toBe('/etc/corp.pem');
  // Nothing of [default] holds for other profiles, as with the AWS CLI.
  expect(endpointOf('sts', 'eu-west-1', known.ofProfile('dev'))).toBe('https://sts.eu-west-1.amazonaws.com');
  expect(endpointOf('sts', 'eu-west-1', known.ofProfile('default'))).toBe('https://sts.eu-west-1.api.aws');
  expect(endpointOf('sts', 'eu-west-1', known.ofProfile('nobody'))).toBe(
    'https://sts.eu-west-1.amazonaws.com',
  );
});

test('IAM Identity Center in a region: as the first profile that signs in there says', async () => {
  const known = await start();
  expect(endpointOf('sso', 'eu-west-1', known.ofSsoRegion('eu-west-1'))).toBe('https://portal.corp.example');
  expect(known.ofSsoRegion('us-gov-west-1').AWS_USE_FIPS_ENDPOINT).toBe('true');
  // Nobody signs in there yet: the person's default profile.
  expect(endpointOf('sso-oidc', 'us-west-2', known.ofSsoRegion('us-west-2'))).toBe(
    'https://oidc.us-west-2.api.aws',
  );
  settings.stop();
  const chosen = await start({ AWS_PROFILE: 'old' });
  expect(chosen.ofSsoRegion('us-west-2').AWS_USE_FIPS_ENDPOINT).toBe('true');
});

test('changes of the file hold at once; one that cannot be read changes nothing', async () => {
  const known = await start();
  write('[default\n');
  await known.reload();
  expect(known.ofProfile('vpce').AWS_CA_BUNDLE).toBe('/etc/corp.pem');
  write('[profile vpce]\nca_bundle = /etc/other.pem\n');
  await soon(() => expect(known.ofProfile('vpce').AWS_CA_BUNDLE).toBe('/etc/other.pem'));
});
