import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { callerIdentity } from '../../../src/aws/sts.ts';
import { formatCredentials } from '../../../src/domain/credentials/credential-formats.ts';
import { findAwsCli } from '../../support/aws-cli.ts';
import { findBotocore } from '../../support/botocore.ts';
import { codeOf } from '../../support/code-of.ts';
import { runCommand } from '../../support/run-command.ts';
import { pinnedNode, type SandboxProcess, startSandbox } from '../../support/sandbox.ts';
import { startKeepAlive } from './keep-alive-agent.ts';
import { identityOf, SourcesAgent } from './sources-agent.ts';

/** Every kind of source in one HOME, against AWS's own tools given the very same files. */

const cli = findAwsCli();
const python = findBotocore();
let sandbox: SandboxProcess;
let files: string;
/** Keys of the IAM user; those of the environment are another's. */
let user: Awaited<ReturnType<SandboxProcess['createUser']>>;
let variables: Record<string, string>;

const role = (name: string, account = '222233334444') => `arn:aws:iam::${account}:role/some/path/${name}`;
const switches = {
  assumableRoles: ['BedrockCrossAccount', 'Second', 'WithId', 'ByToken', 'Long'],
  roleConditions: { WithId: { externalId: 'an id' } },
  webIdentityTokens: ['good-token'],
  maxSessionDuration: 43_200,
};

/** Profiles and whose credentials they give. */
const kinds: Record<string, string> = {
  sandbox: 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_BedrockDeveloper_',
  'sandbox-legacy': 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_BedrockDeveloper_',
  'second-sso': 'arn:aws:sts::222233334444:assumed-role/AWSReservedSSO_BedrockPowerUser_',
  'sandbox-cross-account': 'arn:aws:sts::222233334444:assumed-role/BedrockCrossAccount/bedrock-tray-',
  cross: 'arn:aws:sts::222233334444:assumed-role/BedrockCrossAccount/bedrock-tray-',
  chain: 'arn:aws:sts::333344445555:assumed-role/Second/named',
  'with-id': 'arn:aws:sts::222233334444:assumed-role/WithId/',
  keys: 'arn:aws:iam::111122223333:user/sandbox-user',
  'from-keys': 'arn:aws:sts::222233334444:assumed-role/Long/',
  'from-env': 'arn:aws:sts::222233334444:assumed-role/Second/',
  token: 'arn:aws:sts::222233334444:assumed-role/ByToken/',
  command: 'arn:aws:iam::111122223333:user/sandbox-user',
};

async function writeProfiles(): Promise<void> {
  const { home } = sandbox;
  const config = join(home, '.aws', 'config');
  const print = join(files, 'print keys.cjs');
  await writeFile(
    print,
    `const [accessKeyId, secretAccessKey, ...more] = process.argv.slice(2);
     if (more.join() !== 'two words,"') throw new Error('split: ' + JSON.stringify(more));
     console.log(JSON.stringify({ Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey }));`,
  );
  await writeFile(join(files, 'token'), 'good-token');
  const before = await readFile(config, 'utf8');
  await writeFile(
    config,
    `${before}
[sso-session second]
sso_start_url = https://second.example/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
[profile second-sso]
sso_session = second
sso_account_id = 222233334444
sso_role_name = BedrockPowerUser
[profile cross]
role_arn = ${role('BedrockCrossAccount')}
source_profile = sandbox-legacy
[profile chain]
role_arn = ${role('Second', '333344445555')}
source_profile = cross
role_session_name = named
[profile with-id]
role_arn = ${role('WithId')}
source_profile = sandbox-legacy
external_id = an id
[profile wrong-id]
role_arn = ${role('WithId')}
source_profile = sandbox
external_id = another
[profile from-keys]
role_arn = ${role('Long')}
source_profile = keys
duration_seconds = 7200
[profile chained-long]
role_arn = ${role('Long')}
source_profile = sandbox
duration_seconds = 7200
[profile from-env]
role_arn = ${role('Second')}
credential_source = Environment
[profile token]
role_arn = ${role('ByToken')}
web_identity_token_file = ${join(files, 'token')}
[profile command]
credential_process = "${pinnedNode}" '${print}' ${user.accessKeyId} ${user.secretAccessKey} two\\ words '"'
[profile round]
role_arn = ${role('Second')}
source_profile = and-round
[profile and-round]
role_arn = ${role('Second')}
source_profile = round
`,
  );
  await writeFile(
    join(home, '.aws', 'credentials'),
    `[keys]\naws_access_key_id = ${user.accessKeyId}\naws_secret_access_key = ${user.secretAccessKey}\n`,
    { mode: 0o600 },
  );
}

/** Signs in to both SSO sessions; the token files stay in the HOME. */
async function signIn(): Promise<void> {
  const agent = await startKeepAlive(sandbox, { home: sandbox.home });
  const [first] = agent.catalog.sessions;
  if (!first) throw new Error('no SSO session');
  agent.catalog.sessions = [
    first,
    { ...first, id: sandbox.startUrl, kind: 'legacy' },
    { ...first, id: 'second', startUrl: 'https://second.example/start' },
  ];
  agent.catalog.changed();
  for (const ssoSession of agent.catalog.sessions.map(({ id }) => id)) await agent.signIn(ssoSession);
  await agent.stop();
}

beforeAll(async () => {
  sandbox = await startSandbox({
    switches: {
      ...switches,
      startUrls: ['https://second.example/start'],
      lifetimes: { deviceInterval: 0.001 },
    },
  });
  files = await mkdtemp(join(tmpdir(), 'sources '));
  user = await sandbox.createUser();
  const other = await sandbox.createUser({ userName: 'of-the-environment' });
  variables = { AWS_ACCESS_KEY_ID: other.accessKeyId, AWS_SECRET_ACCESS_KEY: other.secretAccessKey };
  await writeProfiles();
  await signIn();
});
afterAll(async () => {
  await sandbox.stop();
  await rm(files, { recursive: true, force: true });
});
beforeEach(() => sandbox.switches(switches));

describe('every kind of source', () => {
  let ours: Map<string, string>;

  it('gives credentials, all of them live at once, several SSO sessions, accounts and roles', async () => {
    await using agent = await SourcesAgent.start(sandbox, { env: variables });
    const names = Object.keys(kinds);
    const before = (await sandbox.requests()).at(-1)?.id ?? 0;
    ours = new Map(
      await Promise.all(names.map(async (name) => [name, await agent.arn(name)] as [string, string])),
    );
    for (const [name, arn] of Object.entries(kinds)) expect(ours.get(name)).toContain(arn);
    // What signs for several is asked for once.
    const calls = await sandbox.requests({ after: before, operation: 'AssumeRole' });
    expect(calls).toHaveLength(6);
    expect(agent.view('chain')).toMatchObject({
      kind: 'assume-role',
      ssoSession: sandbox.startUrl,
      accountId: '333344445555',
      roleName: 'Second',
      state: 'valid',
    });
    expect(agent.view('sandbox-legacy').kind).toBe('sso-legacy');
    expect(agent.view('keys')).toMatchObject({ kind: 'static', state: 'valid', expiresAt: null });
    expect(agent.log).not.toContain('SbxSecret');
  });

  /** AWS's own tools prefer keys in variables to everything but a profile that is named. */
  const environment = () => sandbox.environment(variables);

  /**
   * One of each: every run of the AWS CLI takes a second and more. Old ones do not take an `[sso-session]`'s profile
   * as a source_profile (newer ones do, as botocore).
   */
  const byCli = ['second-sso', 'chain', 'keys', 'from-env', 'token', 'command'];

  it.skipIf(cli === undefined)(
    `is the identity that the AWS CLI ${cli?.version ?? '(not installed)'} finds`,
    async () => {
      const names = [...byCli];
      // Two at a time: each is a process of a second.
      const worker = async () => {
        for (let name = names.shift(); name !== undefined; name = names.shift()) {
          const args = ['sts', 'get-caller-identity', '--profile', name, '--output', 'json'];
          const { stdout, stderr } = await runCommand(cli?.path ?? '', args, { env: environment() });
          const theirs = stdout === '' ? stderr : (JSON.parse(stdout).Arn as string);
          expect([name, identityOf(theirs)]).toEqual([name, identityOf(ours.get(name) ?? '')]);
        }
      };
      await Promise.all([worker(), worker()]);
    },
  );

  it.skipIf(python === undefined)(
    `is the identity that botocore ${python ? '' : '(not installed) '}finds`,
    async () => {
      const script = `import botocore.session as s, json, sys
print(json.dumps({p: s.Session(profile=p).create_client('sts').get_caller_identity()['Arn'] for p in sys.argv[1:]}))`;
      const args = ['-c', script, ...Object.keys(kinds)];
      const { stdout, stderr } = await runCommand(python ?? '', args, { env: environment() });
      expect(stderr).toBe('');
      const theirs = Object.entries(JSON.parse(stdout) as Record<string, string>);
      expect(theirs.map(([name, arn]) => [name, identityOf(arn)])).toEqual(
        [...ours].map(([name, arn]) => [name, identityOf(arn)]),
      );
    },
  );

  it.skipIf(cli === undefined)('prints keys without an end as the AWS CLI does', async () => {
    await using agent = await SourcesAgent.start(sandbox);
    const keys = await agent.broker.credentials('keys');
    for (const format of ['process', 'env'] as const) {
      const args = ['configure', 'export-credentials', '--profile', 'keys', '--format', format];
      const { stdout } = await runCommand(cli?.path ?? '', args, { env: sandbox.environment() });
      expect(formatCredentials(keys, format)).toBe(stdout);
    }
  });
});

describe('roles', () => {
  it('that AWS refuses are refused here in its words, and keep nobody waiting', async () => {
    await using agent = await SourcesAgent.start(sandbox);
    const { broker } = agent;
    expect(await codeOf(broker.credentials('wrong-id'))).toBe('AccessDenied');
    await expect(broker.credentials('chained-long')).rejects.toMatchObject({
      code: 'SourceFailed',
      params: { profile: 'chained-long', reason: expect.stringContaining('role chaining') },
    });
    expect(await codeOf(broker.credentials('round'))).toBe('ProfileUnsupported');
    expect(agent.view('wrong-id').state).toBe('denied');
  });

  it('last as long as they were asked for', async () => {
    await using agent = await SourcesAgent.start(sandbox);
    const { expiresAt, accountId } = await agent.broker.credentials('from-keys');
    expect(((expiresAt ?? 0) - Date.now()) / 60_000).toBeCloseTo(120, 0);
    expect(accountId).toBe('222233334444');
  });

  it('whose source’s keys AWS no longer takes are asked for with fresh ones', async () => {
    await using agent = await SourcesAgent.start(sandbox);
    const first = await agent.broker.credentials('sandbox-cross-account');
    await sandbox.switches({ expireCredentials: true });
    const again = await agent.broker.credentials('sandbox-cross-account', { rejected: first.accessKeyId });
    expect(again.accessKeyId).not.toBe(first.accessKeyId);
    expect(await agent.arn('sandbox-cross-account')).toContain('BedrockCrossAccount');
    // The user's own keys were expired by that switch too.
    user = await sandbox.createUser();
  });

  it('without a sign-in say which one is missing', async () => {
    const home = await mkdtemp(join(tmpdir(), 'nobody-'));
    await mkdir(join(home, '.aws'));
    await writeFile(join(home, '.aws', 'config'), await readFile(join(sandbox.home, '.aws', 'config')));
    try {
      await using agent = await SourcesAgent.start(sandbox, { home });
      await expect(agent.broker.credentials('with-id')).rejects.toMatchObject({
        code: 'SignInNeeded',
        params: { ssoSession: sandbox.startUrl },
      });
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });
});

describe('a web identity', () => {
  it('is read from its file each time', async () => {
    await writeFile(join(files, 'token'), 'good-token');
    await using agent = await SourcesAgent.start(sandbox);
    const first = await agent.broker.credentials('token');
    await writeFile(join(files, 'token'), 'expired-token');
    await expect(agent.broker.credentials('token', { rejected: first.accessKeyId })).rejects.toMatchObject({
      code: 'SourceFailed',
      params: { reason: expect.stringContaining('ExpiredToken') },
    });
    await rm(join(files, 'token'));
    await using other = await SourcesAgent.start(sandbox);
    await expect(other.broker.credentials('token')).rejects.toMatchObject({
      code: 'SourceFailed',
      params: { reason: 'ENOENT' },
    });
    await writeFile(join(files, 'token'), 'good-token');
  });
});

describe('static keys', () => {
  it('are read at each use, exchanged for a session where a consumer needs an end, and written nowhere', async () => {
    const credentials = join(sandbox.home, '.aws', 'credentials');
    const keysOf = (u: typeof user) =>
      `[keys]\naws_access_key_id = ${u.accessKeyId}\naws_secret_access_key = ${u.secretAccessKey}\n`;
    await writeFile(credentials, keysOf(user));
    await using agent = await SourcesAgent.start(sandbox);
    expect((await agent.broker.credentials('keys')).accessKeyId).toBe(user.accessKeyId);
    const session = await agent.broker.temporary('keys');
    expect(session.sessionToken).not.toBe('');
    expect(session.expiresAt).toBeGreaterThan(Date.now() + 3_600_000);
    expect((await agent.broker.temporary('keys')).accessKeyId).toBe(session.accessKeyId);
    const other = await sandbox.createUser({ userName: 'other' });
    await writeFile(credentials, keysOf(other));
    expect((await agent.broker.credentials('keys')).accessKeyId).toBe(other.accessKeyId);
    const theirs = await agent.broker.temporary('keys');
    expect((await callerIdentity({ region: 'us-east-1', env: sandbox.environment() }, theirs)).arn).toBe(
      other.arn,
    );
    await writeFile(credentials, '');
    await expect(agent.broker.credentials('keys')).rejects.toMatchObject({
      code: expect.stringMatching(/SourceFailed|ProfileUnknown/),
    });
    expect(agent.log).not.toContain('SbxSecret');
  });
});

describe('a session of `aws login`', () => {
  const loginSession = 'arn:aws:iam::111122223333:user/console-user';
  const sdk = `import('@aws-sdk/credential-provider-login').then(async ({ fromLoginCredentials }) => {
    const c = await fromLoginCredentials({ profile: 'console', clientConfig: { endpoint: process.env.AWS_ENDPOINT_URL_SIGNIN } })();
    console.log(c.accessKeyId);
  })`;

  it('is read, refreshed with a proof of its key, and shared with the AWS SDK in turns', async () => {
    const home = await mkdtemp(join(tmpdir(), 'login-'));
    try {
      const cache = join(home, '.aws', 'login', 'cache');
      await mkdir(cache, { recursive: true });
      await writeFile(
        join(home, '.aws', 'config'),
        `[profile console]\nlogin_session = ${loginSession}\nregion = us-east-1\n`,
      );
      const { createHash } = await import('node:crypto');
      const file = join(cache, `${createHash('sha256').update(loginSession).digest('hex')}.json`);
      const left = async (seconds: number) => {
        const document = JSON.parse(await readFile(file, 'utf8'));
        document.accessToken.expiresAt = new Date(Date.now() + seconds * 1000).toISOString();
        await writeFile(file, JSON.stringify(document));
      };
      await writeFile(file, JSON.stringify(await sandbox.createLogin({ userName: 'console-user' })));
      const bySdk = async () => {
        const env = sandbox.environment({ HOME: home, AWS_PROFILE: 'console' });
        const { stdout, stderr } = await runCommand(pinnedNode, ['-e', sdk], { env, cwd: process.cwd() });
        return stdout.trim() || stderr;
      };
      const byUs = async () => {
        await using agent = await SourcesAgent.start(sandbox, { home, env: { HOME: home } });
        expect(await agent.arn('console')).toBe(loginSession);
        expect(agent.log).not.toContain('SbxSecret');
        return (await agent.broker.credentials('console')).accessKeyId;
      };
      const first = await byUs();
      expect(await bySdk()).toBe(first);
      await left(60);
      const second = await byUs();
      expect(second).not.toBe(first);
      expect((await stat(file)).mode & 0o777).toBe(0o600);
      expect(JSON.parse(await readFile(file, 'utf8')).idToken).toBe('sandbox.id.token');
      expect(await bySdk()).toBe(second);
      await left(60);
      const third = await bySdk();
      expect(third).not.toBe(second);
      expect(await byUs()).toBe(third);
      await left(-1);
      await sandbox.switches({ loginError: 'TOKEN_EXPIRED' });
      await using agent = await SourcesAgent.start(sandbox, { home, env: { HOME: home } });
      await expect(agent.broker.credentials('console')).rejects.toMatchObject({
        code: 'SourceFailed',
        params: { reason: expect.stringContaining('TOKEN_EXPIRED') },
      });
    } finally {
      await sandbox.switches({ loginError: null });
      await rm(home, { recursive: true, force: true });
    }
  });
});
