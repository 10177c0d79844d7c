import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AwsConfigWriter } from '../../../src/agent/config-writer/config-writer.ts';
import { CredentialHandOut } from '../../../src/agent/handout/credential-hand-out.ts';
import type { TemporaryCredentials } from '../../../src/agent/ports.ts';
import { ConfigProfileCatalog } from '../../../src/agent/profiles/config-profile-catalog.ts';
import { createOidc, defaultScopes } from '../../../src/aws/oidc.ts';
import {
  readRegistration,
  readToken,
  registrationFileName,
  type SsoToken,
  ssoCacheDir,
  writeRegistration,
  writeToken,
} from '../../../src/aws/sso-cache.ts';
import type { CredentialFormat } from '../../../src/contract/routes.ts';
import { Settings } from '../../../src/contract/settings.ts';
import { findAwsCli } from '../../support/aws-cli.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { runCommand } from '../../support/run-command.ts';
import { type IssuedCredentials, type SandboxProcess, startSandbox } from '../../support/sandbox.ts';
import { askBotocore, python, referee } from './referee.ts';

/** What we write and answer, judged by the AWS CLI, botocore and AWS's JavaScript SDK. */

const cli = findAwsCli();
const cliName = `AWS CLI ${cli?.version ?? 'v2 (not installed)'}`;
const byCli = test.skipIf(cli === undefined);
const byBotocore = test.skipIf(python === undefined);
let sandbox: SandboxProcess;
let cache: string;
beforeAll(async () => {
  sandbox = await startSandbox();
  cache = ssoCacheDir(sandbox.home);
});
afterAll(() => sandbox.stop());

/** A device-code sign-in, with everything that a token file holds. */
async function signIn(): Promise<SsoToken> {
  const oidc = createOidc({ region: sandbox.region, env: sandbox.environment() });
  const { startUrl } = sandbox;
  const registration = await oidc.registerClient({
    startUrl,
    scopes: defaultScopes,
    flow: 'device',
    sessionName: 'sandbox',
  });
  const device = await oidc.startDeviceAuthorization(registration, startUrl);
  await sandbox.approve(device.verificationUriComplete);
  return oidc.createTokenWithDeviceCode({ registration, startUrl, deviceCode: device.deviceCode });
}

const noUse = { AWS_SHARED_CREDENTIALS_FILE: '/nonexistent' };

describe('a token file of ours', () => {
  beforeEach(async () => {
    await rm(join(sandbox.home, '.aws', 'cli'), { recursive: true, force: true });
    await writeToken(cache, 'sandbox', await signIn());
  });

  byBotocore(`is what ${referee} uses, and refreshes with`, async () => {
    const env = sandbox.environment(noUse);
    const [credentials] = await askBotocore<{ accessKeyId: string; method: string }>(
      [{ ask: 'credentials', profile: 'sandbox' }],
      env,
    );
    expect(credentials?.method).toBe('sso');
    expect((await sandbox.issued()).map((k) => k.accessKeyId)).toContain(credentials?.accessKeyId);
    // Ten minutes left: botocore refreshes with what is in the file, and we read what it writes.
    const { token } = await readToken(cache, 'sandbox');
    if (!token) throw new Error('no token');
    await writeToken(cache, 'sandbox', { ...token, expiresAt: Date.now() + 10 * 60_000 });
    const [refreshed] = await askBotocore<string>([{ ask: 'token', profile: 'sandbox' }], env);
    expect(refreshed).not.toBe(token.accessToken);
    const adopted = (await readToken(cache, 'sandbox')).token;
    expect(adopted).toMatchObject({ accessToken: refreshed, startUrl: sandbox.startUrl });
    expect(adopted?.refreshToken).toBeTruthy();
  });

  byBotocore(`without a refresh token is used until it ends (${referee})`, async () => {
    const { token } = await readToken(cache, 'sandbox');
    if (!token) throw new Error('no token');
    const { refreshToken: _, ...without } = token;
    await writeToken(cache, 'sandbox', { ...without, expiresAt: Date.now() + 10 * 60_000 });
    const [same] = await askBotocore<string>(
      [{ ask: 'token', profile: 'sandbox' }],
      sandbox.environment(noUse),
    );
    expect(same).toBe(token.accessToken);
  });

  byCli(`is what the ${cliName} uses`, async () => {
    const { code, stdout, stderr } = await runCommand(
      cli?.path ?? '',
      ['sts', 'get-caller-identity', '--profile', 'sandbox', '--output', 'json'],
      { env: sandbox.environment(noUse) },
    );
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ Account: '111122223333' });
  });

  byCli(`is found and ended by “aws sso logout” of the ${cliName}; our registration stays`, async () => {
    const name = registrationFileName({
      region: sandbox.region,
      scopes: ['sso:account:access'],
      sessionName: 'sandbox',
      startUrl: sandbox.startUrl,
    });
    const registration = await createOidc({
      region: sandbox.region,
      env: sandbox.environment(),
    }).registerClient({
      startUrl: sandbox.startUrl,
      scopes: defaultScopes,
      flow: 'device',
      sessionName: 'sandbox',
    });
    await writeRegistration(cache, name, registration);
    const { code } = await runCommand(cli?.path ?? '', ['sso', 'logout'], {
      env: sandbox.environment(noUse),
    });
    expect(code).toBe(0);
    expect(await readToken(cache, 'sandbox')).toEqual({ token: null, problem: 'missing' });
    expect(await readdir(cache)).toContain(name);
  });
});

byCli(
  `the ${cliName} registers under the name that we compute, and we read what it wrote; it then uses ours`,
  async () => {
    const name = registrationFileName({
      region: sandbox.region,
      scopes: ['sso:account:access'],
      sessionName: 'sandbox',
      startUrl: sandbox.startUrl,
    });
    const login = async () => {
      await sandbox.switches({ autoApprove: true });
      const { code, stderr } = await runCommand(
        cli?.path ?? '',
        ['sso', 'login', '--profile', 'sandbox', '--no-browser'],
        { env: sandbox.environment(noUse) },
      ).finally(() => sandbox.switches({ autoApprove: false }));
      expect(stderr).toBe('');
      expect(code).toBe(0);
    };
    await rm(cache, { recursive: true, force: true });
    await login();
    const theirs = await readRegistration(cache, name);
    expect(theirs).toMatchObject({ scopes: ['sso:account:access'] });
    expect((await readToken(cache, 'sandbox')).token).toMatchObject({ clientId: theirs?.clientId });

    const before = (await sandbox.requests({ operation: 'RegisterClient' })).length;
    if (!theirs) throw new Error('no registration');
    await writeRegistration(cache, name, theirs);
    await login();
    expect((await sandbox.requests({ operation: 'RegisterClient' })).length).toBe(before);
  },
);

byBotocore(`what we add to ~/.aws/config is what ${referee} reads, and nothing else changes`, async () => {
  const home = await mkdtemp(join(tmpdir(), 'config-'));
  try {
    await mkdir(join(home, '.aws'));
    const config = join(home, '.aws', 'config');
    const before = '# mine\r\n[default]\r\ns3 =\r\n  max_queue_size = 5\r\nregion = eu-west-1 # home';
    await writeFile(config, before);
    const log = { info() {}, warn() {}, error() {}, debug() {} };
    const context = { env: {}, userHome: home, home, log, clock: new FakeClock(0), random: randomBytes };
    const writer = new AwsConfigWriter(context, new ConfigProfileCatalog(context));
    const startUrl = 'https://d-1.awsapps.com/start#/';
    await writer.createSsoSession({ name: 'my corp', startUrl, region: 'eu-west-1' });
    await writer.createProfile({
      name: 'büro "a"',
      ssoSession: 'my corp',
      accountId: '012345678901',
      roleName: 'Dev+Ops',
      region: 'us-west-2',
    });
    const written = await readFile(config);
    expect(written.toString().startsWith(`${before}\r\n`)).toBe(true);
    const question = { ask: 'config', config: written.toString('base64'), credentials: '' };
    expect(await askBotocore([question], { PATH: process.env.PATH ?? '' })).toEqual([
      {
        profiles: {
          default: { region: 'eu-west-1 # home' },
          'büro "a"': {
            sso_session: 'my corp',
            sso_account_id: '012345678901',
            sso_role_name: 'Dev+Ops',
            region: 'us-west-2',
          },
        },
        ssoSessions: {
          'my corp': {
            sso_start_url: startUrl,
            sso_region: 'eu-west-1',
            sso_registration_scopes: 'sso:account:access',
          },
        },
      },
    ]);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});

/** The hand-out with a broker that simply has these credentials. */
function handOutOf(issued: IssuedCredentials): CredentialHandOut {
  const credentials: TemporaryCredentials = {
    accessKeyId: issued.accessKeyId,
    secretAccessKey: issued.secretAccessKey,
    sessionToken: issued.sessionToken,
    expiresAt: Date.parse(issued.expiration),
    accountId: '111122223333',
  };
  const log = { info() {}, warn() {}, error() {}, debug() {} };
  return new CredentialHandOut({
    context: {
      clock: new FakeClock(),
      log,
      env: {},
      random: (n) => crypto.getRandomValues(new Uint8Array(n)),
    },
    broker: {
      credentials: async () => credentials,
      temporary: async () => credentials,
      untilUsable: async () => undefined,
      hold: () => () => undefined,
    },
    keeper: { need() {}, untilValid: async () => undefined },
    profiles: {
      source: () => ({ kind: 'sso', ssoSession: 's', accountId: '1', roleName: 'r' }),
      reload: async () => undefined,
    },
    settings: { get: () => Settings.parse({}) },
    identity: () => undefined,
  });
}

describe('formats', () => {
  const formats: readonly CredentialFormat[] = [
    'process',
    'env',
    'env-no-export',
    'powershell',
    'windows-cmd',
  ];
  byCli(
    `are byte for byte what “aws configure export-credentials” of the ${cliName} prints`,
    async () => {
      const issued = await sandbox.issueCredentials();
      const home = await mkdtemp(join(tmpdir(), 'formats-'));
      const handOut = handOutOf(issued);
      const get = async (format: string) =>
        (
          await handOut.handleCredentials(
            new URL(`http://x/v1/credentials?profile=p&format=${format}`),
            new AbortController().signal,
          )
        ).body;
      try {
        // The CLI gets them as a credential_process, which is one more proof of our `process`.
        await mkdir(join(home, '.aws'));
        await writeFile(join(home, 'keys'), await get('process'));
        await writeFile(
          join(home, '.aws', 'config'),
          `[profile p]\ncredential_process = cat ${join(home, 'keys')}\n`,
        );
        for (const format of formats) {
          const { code, stdout, stderr } = await runCommand(
            cli?.path ?? '',
            ['configure', 'export-credentials', '--profile', 'p', '--format', format],
            { env: { PATH: process.env.PATH ?? '', HOME: home, AWS_EC2_METADATA_DISABLED: 'true' } },
          );
          expect(stderr).toBe('');
          expect(code).toBe(0);
          expect(await get(format), format).toBe(stdout);
        }
        expect(await get('fish')).toBe(
          (await get('env')).replace(/^export (\w+)=(.*)$/gm, 'set -gx $1 "$2"'),
        );
        expect(JSON.parse(await get('claude'))).toEqual({
          Credentials: {
            AccessKeyId: issued.accessKeyId,
            SecretAccessKey: issued.secretAccessKey,
            SessionToken: issued.sessionToken,
            Expiration: `${new Date(issued.expiration).toISOString().slice(0, 19)}Z`,
          },
        });
      } finally {
        await rm(home, { recursive: true, force: true });
      }
    },
    120_000,
  );
});

describe('the container endpoint is read', () => {
  test("by AWS's JavaScript SDK, and gone with its last consumer", async () => {
    const issued = await sandbox.issueCredentials();
    const handOut = handOutOf(issued);
    const { url, token, close } = await handOut.open('p');
    try {
      const { fromHttp } = await import('@aws-sdk/credential-provider-http');
      const sdk = await fromHttp({
        awsContainerCredentialsFullUri: url,
        awsContainerAuthorizationToken: token,
      })();
      expect(sdk).toMatchObject({
        accessKeyId: issued.accessKeyId,
        secretAccessKey: issued.secretAccessKey,
        sessionToken: issued.sessionToken,
      });
      expect(sdk.expiration?.getTime()).toBe(Math.floor(Date.parse(issued.expiration) / 1000) * 1000);
    } finally {
      close();
      await handOut.stop();
    }
    await expect(fetch(url, { headers: { authorization: token } })).rejects.toThrow();
  });

  /** Runs with the environment of a consumer, in a HOME without anything. */
  async function asConsumer(issued: IssuedCredentials, act: (env: Record<string, string>) => Promise<void>) {
    const handOut = handOutOf(issued);
    const home = await mkdtemp(join(tmpdir(), 'container-'));
    const { url, token } = await handOut.open('p');
    try {
      await act({
        ...sandbox.environment({ HOME: home }),
        AWS_CONTAINER_CREDENTIALS_FULL_URI: url,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: token,
      });
    } finally {
      await handOut.stop();
      await rm(home, { recursive: true, force: true });
    }
  }

  byBotocore(`by ${referee}`, async () => {
    const issued = await sandbox.issueCredentials();
    await asConsumer(issued, async (env) => {
      const [found] = await askBotocore([{ ask: 'credentials' }], env);
      expect(found).toMatchObject({
        accessKeyId: issued.accessKeyId,
        secretAccessKey: issued.secretAccessKey,
        sessionToken: issued.sessionToken,
        method: 'container-role',
      });
    });
  });

  byCli(`by the ${cliName}`, async () => {
    await asConsumer(await sandbox.issueCredentials(), async (env) => {
      const args = ['sts', 'get-caller-identity', '--output', 'json'];
      const { code, stdout } = await runCommand(cli?.path ?? '', args, { env });
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ Account: '111122223333' });
    });
  });

  byBotocore(`its refusal reaches the person through ${referee}`, async () => {
    const handOut = handOutOf(await sandbox.issueCredentials());
    const { url, close } = await handOut.open('p');
    try {
      const [botocore] = await askBotocore<{ message: string }>([{ ask: 'credentials' }], {
        ...sandbox.environment({ HOME: '/nonexistent' }),
        AWS_CONTAINER_CREDENTIALS_FULL_URI: url,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: 'wrong',
      });
      expect(botocore?.message).toContain('has ended. Start the program again');
    } finally {
      close();
      await handOut.stop();
    }
  });
});
