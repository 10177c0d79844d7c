import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { createServer, type RequestListener, request, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { ssoCacheDir, tokenFileName } from '../../../src/aws/sso-cache.ts';
import type { DoctorCheck, DoctorLink } from '../../../src/contract/doctor.ts';
import type { Environment } from '../../../src/contract/state.ts';
import { type SandboxProcess, startSandbox } from '../../support/sandbox.ts';
import { SetupAgent } from '../setup/setup-agent.ts';

/** Every link of the doctor, made to fail once: the verdict, the cause and what mends it. Repairs, and taking them back. */

let sandbox: SandboxProcess;
let agent: SetupAgent;
const undo: (() => unknown)[] = [];

const environment: Environment = {
  name: 'dev',
  profile: 'dev',
  region: 'us-west-2',
  model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  smallFastModel: null,
  identityMode: 'bedrock-only',
  endpointUrl: null,
  pins: { opus: null, sonnet: null, fable: null },
  geography: null,
  budget: null,
};
const aws = (name: string) => join(agent.home, '.aws', name);
const configText = () =>
  `[sso-session my-sso]\nsso_start_url = ${sandbox.startUrl}\nsso_region = us-east-1\nsso_registration_scopes = sso:account:access\n${[
    ['dev', 'BedrockDeveloper'],
    ['read', 'ReadOnlyAccess'],
    ['gone', 'Nobody'],
  ]
    .map(
      ([name, role]) =>
        `[profile ${name}]\nsso_session = my-sso\nsso_account_id = 111122223333\nsso_role_name = ${role}\nregion = us-west-2\n`,
    )
    .join('')}`;

beforeAll(async () => {
  sandbox = await startSandbox();
  agent = await SetupAgent.start(sandbox);
  await mkdir(aws('.'), { recursive: true, mode: 0o700 });
  await writeFile(aws('config'), configText(), { mode: 0o600 });
  await agent.catalog.reload();
  await agent.environments.create(environment);
  for (const profile of ['read', 'gone'])
    await agent.environments.create({ ...environment, name: profile, profile });
  await agent.environments.use('dev');
  await agent.signIn('my-sso');
});
afterEach(async () => {
  for (const back of undo.splice(0).reverse()) await back();
});
afterAll(async () => {
  await agent?.[Symbol.asyncDispose]();
  await sandbox?.stop();
});

/** For this test alone. */
async function file(path: string, text: string | Buffer, mode = 0o600): Promise<string> {
  const there = await readFile(path).catch(() => null);
  const before = there && (await stat(path)).mode & 0o777;
  undo.push(async () => {
    if (there === null || before === null) return rm(path, { force: true });
    await writeFile(path, there);
    await chmod(path, before);
  });
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}
async function switched(to: Parameters<SandboxProcess['switches']>[0]): Promise<void> {
  const before = await sandbox.switches();
  undo.push(() =>
    sandbox.switches(Object.fromEntries(Object.keys(to ?? {}).map((key) => [key, before[key as 'trails']]))),
  );
  await sandbox.switches(to);
}
function variable(name: string, value: string): void {
  const before = agent.env[name];
  undo.push(() => {
    if (before === undefined) delete agent.env[name];
    else agent.env[name] = before;
  });
  agent.env[name] = value;
}
async function other(change: Partial<Environment>): Promise<void> {
  undo.push(() => agent.environments.update(environment));
  await agent.environments.update({ ...environment, ...change });
}
async function serving(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  undo.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const httpAt = async (listener: RequestListener) => `http://${await serving(createServer(listener))}`;

async function look(
  link: DoctorLink,
  options: { environment?: string; ask?: boolean } = {},
): Promise<DoctorCheck> {
  const found = await agent.check({ ...options, links: [link] });
  return found[link];
}
/** How long a program takes is the machine's: where that is busy, hooks that were slow at one look are looked at again. */
async function quickHooks(found?: DoctorCheck): Promise<DoctorCheck> {
  let check = found ?? (await look('hooks'));
  for (let again = 0; again < 10 && check.findings.some((f) => f.code === 'hooksSlow'); again++)
    check = await look('hooks');
  return check;
}
/** The finding of that code: how bad it is, its parameters, and what mends it. */
function told(check: DoctorCheck, code: string) {
  const finding = check.findings.find((f) => f.code === code);
  expect(finding, `${check.link}: ${JSON.stringify(check.findings)}`).toBeDefined();
  const { level = 'info', params = {}, remedies = [] } = finding ?? {};
  return {
    state: check.state,
    level,
    params,
    kinds: remedies.map((r) => r.fix ?? r.kind),
    commands: remedies.flatMap((r) => (r.kind === 'command' ? [r.text] : [])),
  };
}

test('all links are well, each with the command that shows the same; the model is not asked unasked', async () => {
  const { told: _, ...found } = await agent.check();
  found.hooks = await quickHooks(found.hooks);
  const states = Object.values(found).map((c) => [c.link, c.state, c.findings.map((f) => f.code)]);
  expect(states.filter(([, state]) => state !== 'ok')).toEqual([
    ['answer', 'skipped', ['notAsked']],
    ['streaming', 'skipped', ['notAsked']],
  ]);
  expect(found.identity.command).toBe('aws sts get-caller-identity --region us-west-2 --profile dev');
  expect(found.models.command).toBe(
    'aws bedrock list-foundation-models --by-provider Anthropic --region us-west-2 --profile dev',
  );
  expect(found.claude.command).toBe('claude --version');
  const without = Object.values(found).filter((c) => c.command === null);
  expect(without.map((c) => c.link)).toEqual(['certificates']);
  expect(told(found.answer, 'notAsked').kinds).toEqual(['ask', 'command']);
});

describe('this machine', () => {
  test('files: open to others, unreadable, malformed, no room, no folder, leftovers', async () => {
    await file(aws('credentials'), '[x]\naws_access_key_id = ASIAX\naws_secret_access_key = s\n', 0o644);
    const open = told(await look('files'), 'fileOpen');
    expect(open).toMatchObject({ state: 'warning', params: { file: aws('credentials'), mode: '0644' } });
    expect(open.kinds[0]).toBe('permissions');

    await rm(aws('credentials'));
    await mkdir(aws('credentials'));
    const unread = told(await look('files'), 'fileUnreadable');
    expect(unread).toMatchObject({ state: 'failed', params: { reason: 'EISDIR' } });
    expect(unread.commands[0]).toMatch(/^ls -ld /);
    await rm(aws('credentials'), { recursive: true });

    const token = join(ssoCacheDir(agent.home), tokenFileName('my-sso'));
    const whole = await readFile(token);
    await writeFile(token, '{"accessToken": "a');
    expect(told(await look('files'), 'fileMalformed')).toMatchObject({
      state: 'warning',
      params: { file: token, reason: 'torn' },
    });
    await writeFile(token, whole);

    agent.freeBytes = 0;
    expect(told(await look('files'), 'diskFull')).toMatchObject({ state: 'failed', params: { free: 0 } });
    agent.freeBytes = 50_000_000;
    expect(told(await look('files'), 'diskNearlyFull')).toMatchObject({
      state: 'warning',
      params: { free: 50 },
    });
    agent.freeBytes = null;

    const state = join(agent.home, 'state');
    await rename(state, `${state}-away`);
    const gone = told(await look('files'), 'stateNotWritable');
    await rename(`${state}-away`, state);
    expect(gone).toMatchObject({ state: 'failed', params: { folder: state, reason: 'ENOENT' } });

    const left = await file(join(state, '.bedrock-tray-999999-0123456789ab.tmp'), 'secret');
    await utimes(left, 1, 1);
    expect(told(await look('files'), 'leftovers')).toMatchObject({ state: 'warning', params: { count: 1 } });
  });

  test('config: malformed, which the AWS CLI does not read at all', async () => {
    await file(aws('config'), `${configText()}[profile broken\n`);
    const { config, files } = await agent.check({ links: ['config', 'files'] });
    expect(told(config, 'ConfigMalformed')).toMatchObject({ state: 'warning' });
    expect(told(files, 'ConfigMalformed').state).toBe('failed');
    expect(told(files, 'ConfigMalformed').commands[0]).toContain(aws('config'));
  });

  test('clock: minutes off', async () => {
    await switched({ clockSkewMs: 10 * 60_000 });
    const behind = told(await look('clock'), 'clockBehind');
    expect(behind).toMatchObject({ state: 'failed', params: { minutes: 10 } });
    expect(behind.commands[0]).toMatch(/timedatectl|sntp|w32tm/);
    await sandbox.switches({ clockSkewMs: -2 * 60_000 });
    expect(told(await look('clock'), 'clockAhead')).toMatchObject({
      state: 'warning',
      params: { minutes: 2 },
    });
  });

  test('Claude Code: missing, too old, silent', async () => {
    const before = agent.claude;
    agent.claude = null;
    expect(told(await look('claude'), 'ClaudeNotInstalled')).toMatchObject({
      state: 'failed',
      kinds: ['installClaude', 'command'],
    });
    agent.claude = { path: '/opt/claude', version: '2.0.1', support: 'older' };
    expect(told(await look('claude'), 'ClaudeTooOld').commands).toEqual(['claude update']);
    agent.claude = { path: '/opt/claude', version: null, support: null };
    expect(told(await look('claude'), 'claudeSilent')).toMatchObject({ state: 'warning' });
    agent.claude = before;
  });

  test('settings of Claude Code: each file and key that would win', async () => {
    const managed = await file(
      join(agent.managed, 'managed-settings.json'),
      JSON.stringify({ env: { AWS_REGION: 'eu-west-1', CLAUDE_CODE_USE_VERTEX: '1' } }),
    );
    const user = await file(
      join(agent.home, '.claude', 'settings.json'),
      JSON.stringify({ env: { AWS_BEARER_TOKEN_BEDROCK: 'sesame', ANTHROPIC_DEFAULT_OPUS_MODEL: 'x' } }),
    );
    const folder = await mkdtemp(join(tmpdir(), 'doctor-project-'));
    undo.push(() => rm(folder, { recursive: true }));
    agent.folders.push(folder);
    undo.push(() => agent.folders.pop());
    const project = await file(
      join(folder, '.claude', 'settings.json'),
      JSON.stringify({ env: { CLAUDE_CODE_USE_FOUNDRY: '1' } }),
    );
    const local = await file(join(folder, '.claude', 'settings.local.json'), 'no JSON');
    const check = await look('claudeSettings');
    expect(told(check, 'managedWins')).toMatchObject({
      state: 'failed',
      params: { file: managed, keys: 'CLAUDE_CODE_USE_VERTEX' },
    });
    expect(told(check, 'managedDiffers').params).toEqual({ file: managed, keys: 'AWS_REGION' });
    const rivals = check.findings.filter((f) => f.code === 'settingsRival');
    expect(rivals.map((f) => [f.params.file, f.params.keys, f.remedies[0]?.fix])).toEqual([
      [project, 'CLAUDE_CODE_USE_FOUNDRY', null],
      [user, 'AWS_BEARER_TOKEN_BEDROCK', 'claudeSettings'],
    ]);
    expect(told(check, 'settingsDecide').params).toEqual({
      file: user,
      keys: 'ANTHROPIC_DEFAULT_OPUS_MODEL',
    });
    expect(told(check, 'SettingsMalformed').params.file).toBe(local);
    expect(JSON.stringify(check)).not.toContain('sesame');
  });

  test('variables of the login shell: names and places, never a secret', async () => {
    await file(
      join(agent.home, '.bash_profile'),
      'export AWS_ACCESS_KEY_ID=AKIAEXAMPLE\nexport AWS_SECRET_ACCESS_KEY=opensesame\nexport CLAUDE_CODE_USE_VERTEX=1\nexport AWS_PROFILE=nobody\nexport AWS_REGION=eu-west-1\n',
    );
    const check = await look('variables');
    const keys = told(check, 'keysInShell');
    expect(keys).toMatchObject({
      state: 'warning',
      params: {
        names: 'AWS_ACCESS_KEY_ID (~/.bash_profile:1), AWS_SECRET_ACCESS_KEY (~/.bash_profile:2)',
      },
    });
    expect(keys.commands).toEqual(['unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY']);
    expect(told(check, 'providerInShell').level).toBe('warning');
    expect(told(check, 'profileInShell').params.profile).toBe('nobody');
    expect(told(check, 'regionInShell')).toMatchObject({ level: 'info', params: { value: 'eu-west-1' } });
    expect(JSON.stringify(check)).not.toContain('opensesame');
  });

  test('hooks: slow, broken, turned off', async () => {
    const before = agent.hookRelay;
    undo.push(() => {
      agent.hookRelay = before;
    });
    agent.hookRelay = ['/bin/sh', '-c', 'sleep 0.7'];
    const slow = told(await look('hooks'), 'hooksSlow');
    expect(slow.state).toBe('warning');
    expect(slow.params.ms).toBeGreaterThan(650);
    agent.hookRelay = ['/nowhere/hook-relay'];
    expect(told(await look('hooks'), 'hooksBroken').params.reason).toBe('ENOENT');
    agent.hookRelay = before;
    const managed = await file(join(agent.managed, 'managed-settings.json'), '{"disableAllHooks":true}');
    expect(told(await look('hooks'), 'hooksDisabled')).toMatchObject({
      state: 'warning',
      params: { file: managed, key: 'disableAllHooks' },
    });
  });

  test('[default] with credentials of its own; long-lived keys, never whole, and their age', async () => {
    const old = await sandbox.createUser({ accountId: '111122223333', userName: 'old', keyAgeDays: 400 });
    const young = await sandbox.createUser({ accountId: '111122223333', userName: 'young' });
    const section = (name: string, key: typeof old) =>
      `[${name}]\naws_access_key_id = ${key.accessKeyId}\naws_secret_access_key = ${key.secretAccessKey}\n`;
    await file(aws('credentials'), section('default', old) + section('ci', young));
    const { defaultProfile, keys } = await agent.check({ links: ['defaultProfile', 'keys'] });
    expect(told(defaultProfile, 'defaultShadows')).toMatchObject({
      state: 'warning',
      params: { kind: 'static' },
    });
    expect(told(defaultProfile, 'defaultShadows').commands[0]).toContain(aws('credentials'));
    expect(told(keys, 'oldKey')).toMatchObject({
      state: 'warning',
      params: { profile: 'default', days: 400, key: expect.stringMatching(/^AKIA….{4}$/) },
      kinds: ['policy', 'command'],
    });
    expect(told(keys, 'longLivedKey').params.profile).toBe('ci');
    const said = JSON.stringify(keys);
    for (const { accessKeyId, secretAccessKey } of [old, young])
      for (const secret of [accessKeyId, secretAccessKey]) expect(said).not.toContain(secret);
    // Who may not look at their own keys is told of them without an age.
    await switched({ deniedActions: ['iam:ListAccessKeys'] });
    expect((await look('keys')).findings.map((f) => f.code)).toEqual(['longLivedKey', 'longLivedKey']);
  });
});

describe('the way to AWS', () => {
  test('a name that nobody knows', async () => {
    variable('AWS_ENDPOINT_URL_BEDROCK', 'http://bedrock.invalid');
    const check = await look('dns');
    expect(told(check, 'hostUnknown')).toMatchObject({
      state: 'failed',
      params: { host: 'bedrock.invalid' },
      commands: ['nslookup bedrock.invalid'],
    });
  });

  test('proxies: not there, with a password, unspoken, refusing; another than in the shell', async () => {
    variable('AWS_ENDPOINT_URL_BEDROCK', 'http://bedrock.invalid');
    undo.push(() => {
      agent.proxyRules = null;
    });
    agent.proxyRules = 'PROXY 127.0.0.1:1';
    expect(told(await look('proxy'), 'proxyUnreachable')).toMatchObject({
      state: 'failed',
      params: { proxy: 'http://127.0.0.1:1', reason: 'ECONNREFUSED' },
      commands: ['env | grep -i _proxy'],
    });
    const asking = createServer((_q, r) => r.writeHead(407, { 'proxy-authenticate': 'Basic' }).end());
    asking.on('connect', (_q, socket) => socket.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
    agent.proxyRules = `PROXY ${await serving(asking)}`;
    expect(told(await look('proxy'), 'proxyAsksPassword').state).toBe('failed');
    agent.env.AWS_ENDPOINT_URL_BEDROCK = 'https://bedrock.invalid';
    expect(told(await look('proxy'), 'proxyRefuses').params.host).toBe('bedrock.invalid');
    variable('HTTPS_PROXY', 'socks5://user:hidden@127.0.0.1:9');
    const socks = await look('proxy');
    expect(told(socks, 'proxyUnsupported').state).toBe('failed');
    expect(JSON.stringify(socks)).not.toContain('hidden');
    await file(join(agent.home, '.bash_profile'), 'export HTTPS_PROXY=http://elsewhere:3128\n');
    expect(told(await look('proxy'), 'proxyOfShell')).toMatchObject({ level: 'warning' });
  });

  test('certificates: an unknown authority, a bundle that is none, one that only Claude Code misses', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'doctor-ca-'));
    undo.push(() => rm(folder, { recursive: true }));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'ca.pem')];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const name = ['-subj', '/CN=corp proxy', '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync('openssl', ['req', '-x509', ...kind, ...name, '-keyout', key, '-out', cert], {
      stdio: 'pipe',
    });
    const tls = createHttps({ key: await readFile(key), cert: await readFile(cert) }, (_q, r) =>
      r.writeHead(404, { 'x-amzn-requestid': '1' }).end(),
    );
    const host = await serving(tls as unknown as Server);
    variable('AWS_ENDPOINT_URL_BEDROCK', `https://${host}`);
    expect(told(await look('certificates'), 'CertificateUntrusted')).toMatchObject({
      state: 'failed',
      params: { host, reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
      commands: [`openssl s_client -connect ${host} </dev/null`],
    });
    variable('AWS_CA_BUNDLE', cert);
    const trusted = await look('certificates');
    expect(trusted).toMatchObject({ state: 'ok', evidence: expect.stringMatching(/^corp proxy · /) });
    expect(told(trusted, 'caNotForClaude').level).toBe('info');
    await file(join(agent.home, '.bash_profile'), `export NODE_EXTRA_CA_CERTS=${folder}/none.pem\n`);
    expect(told(await look('certificates'), 'nodeCaUnreadable').params.reason).toBe('ENOENT');
    agent.env.AWS_CA_BUNDLE = join(folder, 'gone.pem');
    expect(told(await look('certificates'), 'caBundleUnreadable')).toMatchObject({
      state: 'failed',
      params: { file: join(folder, 'gone.pem'), reason: 'ENOENT' },
    });
  });

  test('something else in the place of AWS', async () => {
    await switched({ captivePortal: 'page' });
    expect(told(await look('certificates'), 'NotAws').state).toBe('failed');
  });

  test('a VPC endpoint that is out of reach, and one that is none', async () => {
    await other({ endpointUrl: 'http://127.0.0.1:1' });
    expect(told(await look('endpoint'), 'endpointUnreachable')).toMatchObject({
      state: 'failed',
      params: { url: 'http://127.0.0.1:1', reason: 'ECONNREFUSED' },
      kinds: ['environment', 'command'],
    });
    const url = await httpAt((_q, r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<p>Hi'));
    await agent.environments.update({ ...environment, endpointUrl: url });
    expect(told(await look('endpoint'), 'endpointNotBedrock').state).toBe('warning');
  });
});

describe('the account', () => {
  test('a role that is not assigned; nothing behind it is asked', async () => {
    const found = await agent.check({ environment: 'gone', links: ['quota', 'identity'] });
    expect(told(found.credentials, 'AccessDenied')).toMatchObject({
      state: 'failed',
      kinds: ['environment', 'command'],
    });
    expect(found.credentials.findings[0]?.remedies[1]?.text).toBe(
      'bedrock-tray roles --sso-session my-sso --account 111122223333',
    );
    expect([found.identity.state, found.quota.state]).toEqual(['skipped', 'skipped']);
  });

  test('credentials of somebody else', async () => {
    undo.push(() => {
      agent.claims = {};
    });
    agent.claims = { roleName: 'Administrator' };
    expect(told(await look('identity'), 'otherRole')).toMatchObject({
      state: 'failed',
      params: { expected: 'Administrator' },
    });
    agent.claims = { accountId: '999999999999' };
    expect(told(await look('identity'), 'otherAccount').params).toEqual({
      expected: '999999999999',
      found: '111122223333',
    });
  });

  test('a region that is none, and the one of the sign-in taken for Bedrock’s', async () => {
    await other({ region: 'xx-west-1' });
    expect(told(await look('region'), 'regionUnknown')).toMatchObject({ state: 'warning' });
    await agent.environments.update({ ...environment, region: 'us-east-1' });
    expect(told(await look('region'), 'regionIsSsoRegion')).toMatchObject({
      state: 'warning',
      params: { region: 'us-east-1', profileRegion: 'us-west-2' },
      kinds: ['environment', 'command'],
    });
  });

  test('models: only through a profile, not there, no access', async () => {
    await other({ model: 'anthropic.claude-opus-5' });
    const needs = told(await look('models'), 'modelNeedsProfile');
    expect(needs).toMatchObject({ state: 'failed', params: { model: 'anthropic.claude-opus-5' } });
    expect(needs.kinds).toEqual(['model', 'command', 'models', 'command']);
    await agent.environments.update({ ...environment, model: 'us.anthropic.claude-none-9' });
    expect(told(await look('models'), 'modelNotOffered').state).toBe('failed');
    // A pin that only `/model sonnet` would ask for; an ARN that stands in no list may be fine.
    const pins = { opus: null, sonnet: 'us.anthropic.claude-none-9', fable: null };
    await agent.environments.update({ ...environment, pins });
    expect(told(await look('models'), 'modelNotOffered')).toMatchObject({ state: 'warning' });
    const arn = 'arn:aws:bedrock:us-west-2:111122223333:';
    for (const model of [`provisioned-model/abc`, `inference-profile/${environment.model}`]) {
      await agent.environments.update({ ...environment, model: arn + model });
      expect((await look('models')).findings).toEqual([]);
    }
    await agent.environments.update(environment);
    await switched({ deniedModels: ['anthropic.claude-sonnet-4-5-20250929-v1:0'] });
    expect(told(await look('models'), 'modelNotGranted').kinds).toEqual(['link', 'models']);
  });

  test('an answer that is refused; a stream that comes all at once', async () => {
    const refused = told(await look('answer', { environment: 'read', ask: true }), 'ModelRefused');
    expect(refused).toMatchObject({ state: 'failed', kinds: ['models', 'policy', 'command'] });
    // A proxy that collects what it passes on.
    const proxy = createServer((question, answer) => {
      const { hostname, port } = new URL(sandbox.baseUrl);
      const { pathname, search } = new URL(question.url ?? '');
      const { method, headers } = question;
      const on = request({ hostname, port, path: pathname + search, method, headers }, async (from) => {
        const parts = await from.toArray();
        const { 'transfer-encoding': _, ...kept } = from.headers;
        answer.writeHead(from.statusCode ?? 500, kept).end(Buffer.concat(parts));
      });
      question.pipe(on);
    });
    undo.push(() => {
      agent.proxyRules = null;
    });
    agent.proxyRules = `PROXY ${await serving(proxy)}`;
    await other({ endpointUrl: 'http://bedrock.test' });
    // Slow enough to be told from a moment in which this process does not get to run.
    await switched({ chunkMs: 150, hosts: ['bedrock.test'] });
    const buffered = told(await look('streaming', { ask: true }), 'streamBuffered');
    expect(buffered).toMatchObject({ state: 'warning', commands: ['env | grep -i _proxy'] });
    await agent.environments.update(environment);
    expect(await look('streaming', { ask: true })).toMatchObject({ state: 'ok', findings: [] });
  });

  test('CloudTrail and quotas: none, too low, not to be looked at', async () => {
    await switched({
      trails: [],
      quotas: { 'anthropic.claude-sonnet-4-5-20250929-v1:0': 0 },
      trailPerSecond: 0,
    });
    const bad = await agent.check({ links: ['trail', 'quota'] });
    expect(told(bad.trail, 'trailMissing')).toMatchObject({ state: 'warning', kinds: ['link'] });
    expect(told(bad.quota, 'quotaZero')).toMatchObject({ state: 'failed', kinds: ['link', 'models'] });
    await sandbox.switches({ quotas: { 'anthropic.claude-sonnet-4-5-20250929-v1:0': 20_000 } });
    expect(told(await look('quota'), 'quotaLow')).toMatchObject({
      state: 'warning',
      params: { tokens: 20_000 },
    });
    await switched({ deniedActions: ['servicequotas:ListServiceQuotas', 'cloudtrail:LookupEvents'] });
    const denied = await agent.check({ links: ['trail', 'quota'] });
    expect(told(denied.trail, 'trailNotAllowed')).toMatchObject({ state: 'skipped', level: 'info' });
    expect(told(denied.quota, 'quotaNotAllowed')).toMatchObject({ state: 'skipped', kinds: ['policy'] });
  });

  test('a sign-in without refreshing, with a registration that ends, and none at all', async () => {
    const token = join(ssoCacheDir(agent.home), tokenFileName('my-sso'));
    const whole = JSON.parse(await readFile(token, 'utf8')) as Record<string, unknown>;
    const soon = new Date(Date.now() + 2 * 86_400_000).toISOString();
    await writeFile(token, JSON.stringify({ ...whole, registrationExpiresAt: soon }));
    const ends = told(await look('signIn'), 'registrationEnds');
    expect(ends).toMatchObject({ state: 'warning', params: { ssoSession: 'my-sso', days: 1 } });
    await switched({ issueRefreshTokens: false });
    await agent.signOut();
    const out = told(await look('signIn'), 'SignInNeeded');
    expect(out).toMatchObject({ state: 'failed', kinds: ['signIn', 'command'] });
    expect(out.commands).toEqual(['bedrock-tray login --sso-session my-sso']);
    await agent.signIn('my-sso');
    expect(told(await look('signIn'), 'notRefreshable').state).toBe('warning');
  });
});

describe('repairs', () => {
  /** Every file of the person's and ours with its mode, but for what only says what was done. */
  async function everything(): Promise<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const folder of ['.aws', '.claude', 'state']) {
      const names = await readdir(join(agent.home, folder), { recursive: true, withFileTypes: true });
      for (const entry of names.filter((e) => e.isFile())) {
        const path = join(entry.parentPath, entry.name);
        if (/doctor-undo|integration\.json|bin\//.test(path)) continue;
        const { mode } = await stat(path);
        found[path.slice(agent.home.length)] =
          `${(mode & 0o777).toString(8)} ${await readFile(path, 'base64')}`;
      }
    }
    return found;
  }

  test('are shown first, done exactly so, taken back byte for byte', async () => {
    await other({ model: 'anthropic.claude-opus-5' });
    await file(aws('credentials'), '[x]\naws_access_key_id = ASIAX\naws_secret_access_key = s\n', 0o644);
    await file(
      join(agent.home, '.claude', 'settings.json'),
      '{\r\n\t"env" : { "AWS_BEARER_TOKEN_BEDROCK":"ABSKopensesame0123456789", "CLAUDE_CODE_USE_VERTEX":"1" }\r\n}',
    );
    // The person keeps it elsewhere: that is what is shown and written, and the link stays.
    const link = join(agent.home, '.claude', 'settings.json');
    const target = join(agent.home, '.claude', 'dotfiles.json');
    await rename(link, target);
    await symlink(target, link);
    undo.push(() => rm(target, { force: true }));
    await chmod(aws('.'), 0o2775);
    undo.push(() => chmod(aws('.'), 0o700));
    const left = await file(join(agent.home, 'state', '.bedrock-tray-999999-0123456789ab.tmp'), 'token');
    await utimes(left, 1, 1);
    const before = await everything();

    const { digest, changes } = await agent.doctor.preview({});
    expect(changes.map((c) => [c.fix, c.file])).toEqual([
      ['permissions', aws('.')],
      ['permissions', aws('credentials')],
      ['claudeSettings', target],
      ['model', null],
      ['leftovers', left],
    ]);
    expect(changes.slice(0, 2).map((c) => c.diff)).toEqual(['2775 → 2755', '0644 → 0600']);
    expect(changes[2]?.diff).toContain('AWS_BEARER_TOKEN_BEDROCK_SET_ASIDE');
    expect(changes[3]?.diff).toMatch(/^-.*"anthropic\.claude-opus-5"/m);
    expect(changes[3]?.diff).toMatch(/^\+.*"us\.anthropic\.claude-opus-5"/m);
    expect(JSON.stringify(changes)).not.toMatch(/opensesame|token"/);
    expect(await everything()).toEqual(before);

    // Somebody changes a file meanwhile: nothing is done.
    await chmod(aws('credentials'), 0o640);
    await expect(agent.doctor.fix({ digest })).rejects.toMatchObject({ code: 'ConfigChanged' });
    await chmod(aws('credentials'), 0o644);
    expect(await everything()).toEqual(before);

    expect(await agent.doctor.fix({ digest })).toEqual({
      done: ['permissions', 'claudeSettings', 'model', 'leftovers'],
      failed: [],
    });
    expect((await stat(aws('credentials'))).mode & 0o777).toBe(0o600);
    expect([(await stat(aws('.'))).mode & 0o7777, await readlink(link)]).toEqual([0o2755, target]);
    expect(agent.environments.get('dev').model).toBe('us.anthropic.claude-opus-5');
    expect((await agent.doctor.preview({})).changes).toEqual([]);
    const { files, models, claudeSettings } = await agent.check({
      links: ['files', 'models', 'claudeSettings'],
    });
    expect([files.state, models.state, claudeSettings.state]).toEqual(['ok', 'ok', 'ok']);
    const record = join(agent.home, 'state', 'doctor-undo.json');
    expect((await stat(record)).mode & 0o777).toBe(0o600);
    // A bearer token stays where it was: under another name.
    const recorded = await readFile(record, 'utf8');
    expect(recorded).not.toContain(Buffer.from('opensesame').toString('base64').slice(2, 10));

    // Somebody changes a repaired file: nothing is taken back.
    await chmod(aws('credentials'), 0o620);
    await expect(agent.doctor.undo()).rejects.toMatchObject({ code: 'ConfigChanged' });
    await chmod(aws('credentials'), 0o600);
    expect((await agent.doctor.undo()).undone.sort()).toEqual([
      'claudeSettings',
      'leftovers',
      'model',
      'permissions',
    ]);
    expect(await everything()).toEqual(before);
    expect((await stat(aws('.'))).mode & 0o7777).toBe(0o2775);
    await expect(agent.doctor.undo()).rejects.toMatchObject({ code: 'NothingToUndo' });

    // Killed after the first of the changes: that one alone is taken back.
    await writeFile(record, recorded);
    await chmod(aws('credentials'), 0o600);
    expect(await agent.doctor.undo()).toEqual({ undone: ['permissions'] });
    expect(await everything()).toEqual(before);
  });

  test('of an integration that the environment has outgrown: only that is taken back', async () => {
    await mkdir(join(agent.home, '.claude'), { recursive: true });
    const integration = await agent.integration.preview();
    await agent.integration.apply(integration.digest);
    undo.push(() => agent.integration.undo());
    await other({ region: 'us-east-2' });
    const outdated = told(await look('integration'), 'integrationOutdated');
    expect(outdated).toMatchObject({ state: 'warning' });
    expect(outdated.kinds[0]).toBe('integration');
    const before = await everything();
    const { digest, changes } = await agent.doctor.preview({ fixes: ['integration'] });
    expect(changes.map((c) => c.fix)).toEqual(['integration', 'integration']);
    expect(await agent.doctor.fix({ fixes: ['integration'], digest })).toMatchObject({
      done: ['integration'],
    });
    expect((await look('integration')).state).toBe('ok');
    const record = join(agent.home, 'state', 'doctor-undo.json');
    const recorded = await readFile(record, 'utf8');
    expect(await agent.doctor.undo()).toEqual({ undone: ['integration'] });
    expect(await everything()).toEqual(before);
    expect((await look('integration')).state).toBe('warning');
    // Killed before it was done: what was integrated before is not the doctor's to take back.
    await writeFile(record, recorded);
    expect(await agent.doctor.undo()).toEqual({ undone: [] });
    expect(await everything()).toEqual(before);
  });
});

test('a report for a ticket: account numbers masked or not, the person’s folder and secrets never', async () => {
  await agent.check({ links: ['identity', 'keys'] });
  const masked = await agent.doctor.report(true);
  expect(masked).toMatch(/^Bedrock Tray /);
  expect(masked).toContain('[ ok ] Who you are to AWS: arn:aws:sts::[account 1]:assumed-role');
  expect(masked).not.toContain('111122223333');
  expect(masked).not.toContain(agent.home);
  expect(await agent.doctor.report(false)).toContain('111122223333');
});
