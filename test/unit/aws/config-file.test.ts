import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  awsConfigOf,
  awsFiles,
  parseAwsText,
  readAwsConfig,
  readStaticKeys,
  sectionOf,
} from '../../../src/aws/config-file.ts';
import { isBedrockTrayError } from '../../../src/contract/errors.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'aws-config-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function read(config: string | Uint8Array, credentials = '') {
  const files = { config: join(dir, 'config'), credentials: join(dir, 'credentials') };
  await writeFile(files.config, config);
  await writeFile(files.credentials, credentials);
  return readAwsConfig(files);
}

const session = '[sso-session corp]\nsso_start_url = https://x.awsapps.com/start#/\nsso_region = us-east-1\n';
const profile = (more = '') =>
  `[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\nsso_role_name = Dev\n${more}`;

test('an sso-session and its profile', async () => {
  const { profiles, ssoSessions } = await read(
    `${session}sso_registration_scopes = sso:account:access , codewhisperer:completions,\n\n${profile('region=eu-west-1\n')}`,
  );
  expect(ssoSessions.get('corp')).toEqual({
    id: 'corp',
    kind: 'sso-session',
    startUrl: 'https://x.awsapps.com/start#/',
    region: 'us-east-1',
    scopes: ['sso:account:access', 'codewhisperer:completions'],
  });
  expect(profiles.get('dev')).toEqual({
    name: 'dev',
    kind: 'sso',
    ssoSession: 'corp',
    accountId: '111122223333',
    roleName: 'Dev',
    region: 'eu-west-1',
    roleArn: null,
    chain: [],
    mfaSerial: null,
    partition: 'aws',
    notes: [],
    source: { kind: 'sso', ssoSession: 'corp', accountId: '111122223333', roleName: 'Dev' },
    unsupported: null,
  });
});

test('a legacy profile has an SSO session of its own, named by its start URL', async () => {
  const { profiles, ssoSessions } = await read(
    '[profile old]\nsso_start_url=https://x.awsapps.com/start\nsso_region=eu-west-1\nsso_account_id=111122223333\nsso_role_name=A\n',
  );
  expect(profiles.get('old')).toMatchObject({
    kind: 'sso-legacy',
    ssoSession: 'https://x.awsapps.com/start',
    unsupported: null,
  });
  expect(ssoSessions.get('https://x.awsapps.com/start')).toMatchObject({
    kind: 'legacy',
    region: 'eu-west-1',
  });
});

describe('profiles that cannot be used say why', () => {
  test.each([
    ['no aws_secret_access_key', '[profile dev]\naws_access_key_id = AKIA\n'],
    ['no credentials in this section', '[profile dev]\nregion = us-east-1\n'],
    ['no sso_account_id', `${session}[profile dev]\nsso_session = corp\n`],
    [
      'credential_process asks Bedrock Tray for this same profile',
      '[profile dev]\ncredential_process = "/opt/bt/bedrock-tray" export-credentials --profile dev\n',
    ],
    ['no [sso-session corp]', profile()],
    ['another sso_region than in [sso-session corp]', `${session}${profile('sso_region = eu-west-1\n')}`],
    ['no sso_account_id', `${session}[profile dev]\nsso_session = corp\nsso_role_name = A\n`],
    [
      'sso_account_id is not twelve digits',
      `${session}[profile dev]\nsso_session = corp\nsso_account_id = 12\nsso_role_name = A\n`,
    ],
    ['no sso_role_name', `${session}[profile dev]\nsso_session = corp\nsso_account_id = 111122223333\n`],
    [
      'no sso_region in [sso-session corp]',
      `[sso-session corp]\nsso_start_url=https://x/start\n${profile()}`,
    ],
    ['no sso_region', '[profile dev]\nsso_start_url = https://x/start\nsso_account_id = 111122223333\n'],
  ])('%s', async (reason, text) => {
    expect((await read(text)).profiles.get('dev')?.unsupported).toBe(reason);
  });
  test('the same value in profile and session is fine', async () => {
    const { profiles } = await read(`${session}${profile('sso_region = us-east-1\n')}`);
    expect(profiles.get('dev')?.unsupported).toBeNull();
  });
});

test('names: quoted, with white space, of other tools, from the credentials file', async () => {
  const { profiles } = await read(
    '[profile "my prof"]\nregion=a\n[profile \'b c\']\nregion=b\n[profile müller]\nregion=c\n[default]\nregion=d\n[preview]\nx=1\n[services s]\nx=1\n[profile]\nx=1\n[profile a b]\nx=1\n[profile "open]\nx=1\n',
    '[keys]\naws_access_key_id=AKIA\n[default]\naws_access_key_id=AKIA\n',
  );
  expect([...profiles.keys()]).toEqual(['my prof', 'b c', 'müller', 'default', 'keys']);
  expect(profiles.get('default')).toMatchObject({ region: 'd', unsupported: 'no aws_secret_access_key' });
});

test('of [default] and [profile default] the later wins, as in the AWS CLI', async () => {
  expect(
    (await read('[profile default]\nregion=a\n[default]\nregion=b\n')).profiles.get('default')?.region,
  ).toBe('b');
  expect(
    (await read('[default]\nregion=b\n[profile default]\nregion=a\n')).profiles.get('default')?.region,
  ).toBe('a');
});

test('an inline # belongs to the value; comments, CRLF and nested values are read', async () => {
  const { profiles } = await read(
    '# top\r\n[profile dev]\r\nregion = us-east-1 # c\r\n; note\r\ns3 =\r\n  max_concurrent_requests = 5\r\n  addressing_style = path\r\noutput: json\r\n',
  );
  expect(profiles.get('dev')?.region).toBe('us-east-1 # c');
});

describe('what the AWS CLI rejects as a whole is malformed, with the line', () => {
  test.each([
    ['section twice', '[profile a]\nregion=b\n[profile a]\nregion=c\n', 3],
    ['key twice', '[profile a]\nregion=b\nREGION=c\n', 3],
    ['byte order mark', '\ufeff[profile a]\nregion=b\n', 1],
    ['junk before the first header', 'region=b\n[profile a]\n', 1],
    ['unclosed header', '[profile a\nregion=b\n', 1],
    ['unclosed header later', '[profile a]\n[profile b\nregion=b\n', 2],
    ['no key = value', '[profile a]\nregion\n', 2],
    ['no key', '[profile a]\n= x\n', 2],
    ['nested without =', '[profile a]\ns3 =\n  what is this\n', 2],
  ])('%s', async (_name, text, line) => {
    await expect(read(text)).rejects.toMatchObject({
      code: 'ConfigMalformed',
      params: { file: join(dir, 'config'), line },
    });
    // The same in the credentials file, which is then named.
    await expect(read('', text)).rejects.toMatchObject({ params: { file: join(dir, 'credentials'), line } });
  });
  test('not UTF-8', async () => {
    await expect(read(Buffer.from([0x5b, 0x61, 0x5d, 0x0a, 0xff]))).rejects.toMatchObject({
      code: 'ConfigMalformed',
      params: { reason: 'not UTF-8' },
    });
  });
});

test('files that are not there, or are folders, are empty', async () => {
  await mkdir(join(dir, 'folder'));
  const files = { config: join(dir, 'folder'), credentials: join(dir, 'missing') };
  expect((await readAwsConfig(files)).profiles.size).toBe(0);
});

test('where the files are', () => {
  expect(awsFiles({}, '/home/me')).toEqual({
    config: join('/home/me', '.aws', 'config'),
    credentials: join('/home/me', '.aws', 'credentials'),
  });
  const env = { AWS_CONFIG_FILE: '~/c', AWS_SHARED_CREDENTIALS_FILE: `$D/x/$${'{D}'}`, D: '/d' };
  expect(awsFiles(env, '/home/me')).toEqual({ config: '/home/me/c', credentials: '/d/x//d' });
});

test('headers', () => {
  expect(sectionOf('sso-session my sso')).toBeNull();
  expect(sectionOf('sso-session "my sso"')).toEqual({ type: 'sso-session', name: 'my sso' });
  expect(sectionOf('profile a\\ b')).toEqual({ type: 'profile', name: 'a b' });
  expect(sectionOf('profile ""')).toEqual({ type: 'profile', name: '' });
});

test('static keys are read when they are asked for, from the file that the AWS CLI takes', async () => {
  await read(
    '[profile a]\naws_access_key_id = AKIACONFIG\naws_secret_access_key = c\n[profile b]\naws_access_key_id = AKIAB\naws_secret_access_key = b\naws_account_id = 111122223333\n',
    '[a]\naws_access_key_id = AKIACREDENTIALS\naws_secret_access_key = d\naws_session_token = new\naws_security_token = old\n',
  );
  const files = { config: join(dir, 'config'), credentials: join(dir, 'credentials') };
  expect(await readStaticKeys(files, 'a')).toEqual({
    accessKeyId: 'AKIACREDENTIALS',
    secretAccessKey: 'd',
    sessionToken: 'old',
    accountId: null,
  });
  expect(await readStaticKeys(files, 'b')).toEqual({
    accessKeyId: 'AKIAB',
    secretAccessKey: 'b',
    sessionToken: null,
    accountId: '111122223333',
  });
  expect(await readStaticKeys(files, 'c')).toBeNull();
  // What is kept of the files has no secret in it.
  const { profiles } = await readAwsConfig(files);
  expect(JSON.stringify([...profiles])).not.toContain('AKIA');
});

test('what a profile shows: chain, role, account, MFA device, partition', async () => {
  const { profiles } = await read(
    `${session}${profile()}[profile gov]\nrole_arn = arn:aws-us-gov:iam::444455556666:role/path/Ops\nsource_profile = mid\n[profile mid]\nrole_arn = arn:aws-us-gov:iam::111122223333:role/Mid\nsource_profile = dev\nmfa_serial = arn:aws:iam::111122223333:mfa/me\n[profile login]\nlogin_session = arn:aws-cn:iam::777788889999:user/me\n[profile loop]\nrole_arn = arn:aws:iam::111122223333:role/L\nsource_profile = loop\n`,
  );
  expect(profiles.get('gov')).toMatchObject({
    kind: 'assume-role',
    ssoSession: 'corp',
    accountId: '444455556666',
    roleName: 'Ops',
    roleArn: 'arn:aws-us-gov:iam::444455556666:role/path/Ops',
    chain: ['mid', 'dev'],
    mfaSerial: 'arn:aws:iam::111122223333:mfa/me',
    partition: 'aws-us-gov',
    source: { sourceProfile: 'mid', source: { sourceProfile: 'dev', source: { kind: 'sso' } } },
  });
  expect(profiles.get('login')).toMatchObject({
    kind: 'login',
    accountId: '777788889999',
    roleName: null,
    partition: 'aws-cn',
  });
  expect(profiles.get('loop')).toMatchObject({
    kind: 'assume-role',
    unsupported: 'source_profile goes in a circle: loop → loop',
    chain: [],
  });
});

test('arbitrary bytes are read or refused with ConfigMalformed, never anything else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      try {
        parseAwsText('config', bytes);
      } catch (e) {
        expect(isBedrockTrayError(e) && e.code).toBe('ConfigMalformed');
      }
    }),
    { numRuns: process.env.CI ? 20_000 : 2_000 },
  );
});

test('a thousand profiles and twenty SSO sessions are resolved in a few ms', async () => {
  const sessions = Array.from({ length: 20 }, (_, n) => session.replace('corp', `s${n}`)).join('');
  const profiles = Array.from({ length: 1000 }, (_, n) =>
    n % 10 === 9
      ? `[profile p${n}]\nrole_arn = arn:aws:iam::111122223333:role/R\nsource_profile = p${n - 1}\nregion = us-east-1\n`
      : `[profile p${n}]\nsso_session = s${n % 20}\nsso_account_id = 111122223333\nsso_role_name = Dev\nregion = us-east-1\n`,
  ).join('');
  const file = { bytes: Buffer.from(sessions + profiles), changed: '2030-01-01' };
  const files = { config: 'config', credentials: 'credentials' };
  let best = Number.POSITIVE_INFINITY;
  for (let n = 0; n < 8; n++) {
    const before = process.cpuUsage();
    const { profiles: read, ssoSessions } = awsConfigOf(files, file, null);
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1000);
    expect([read.size, ssoSessions.size]).toEqual([1000, 20]);
    expect([...read.values()].filter((p) => p.unsupported !== null)).toEqual([]);
  }
  // 8 ms on a quiet machine; a second look at everything for each profile would take a hundred times as long.
  expect(best).toBeLessThan(150);
});
