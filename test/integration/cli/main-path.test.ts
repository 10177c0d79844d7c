import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Snapshot } from '../../../src/contract/index.ts';
import { findAwsCli } from '../../support/aws-cli.ts';
import { findClaude } from '../../support/claude.ts';
import { command, type Installation, install } from '../../support/installation.ts';
import { pinnedNode } from '../../support/sandbox.ts';

const claude = findClaude();
const aws = findAwsCli();

describe('the main path by the command line alone', () => {
  let it_: Installation;
  const status = async (): Promise<Snapshot> => JSON.parse((await it_.run(['status', '--json'])).stdout);
  const keyOf = (stdout: string): string => (JSON.parse(stdout) as { AccessKeyId: string }).AccessKeyId;

  beforeAll(async () => {
    it_ = await install({ env: claude ? { PATH: `${join(claude, '..')}:${process.env.PATH}` } : {} });
  });
  afterAll(() => it_?.stop());

  it('needs a sign-in first, and says so with exit code 3', async () => {
    const refused = await it_.run(['export-credentials', '--profile', 'sandbox']);
    expect(refused.status).toBe(3);
    expect(refused.stdout).toBe('');
    expect(refused.stderr).toContain('bedrock-tray login');
  });

  it('signs in', async () => {
    const done = await it_.login({ args: ['--sso-session', 'sandbox', '--json'] });
    expect(done.stderr).toMatch(/http:\/\/127\.0\.0\.1:\d+\/authorize/);
    expect(done.status).toBe(0);
    expect(JSON.parse(done.stdout)).toMatchObject({ ssoSession: 'sandbox' });
    expect((await status()).ssoSessions[0]).toMatchObject({
      id: 'sandbox',
      state: 'valid',
      refreshable: true,
    });
  });

  it('hands credentials out in every format', async () => {
    const key = keyOf((await it_.run(['export-credentials', '--profile', 'sandbox'])).stdout);
    expect(key).toMatch(/^ASIA/);
    for (const format of ['env', 'env-no-export', 'powershell', 'windows-cmd', 'fish', 'claude']) {
      const shown = await it_.run(['export-credentials', '--profile', 'sandbox', '--format', format]);
      expect(shown.status, format).toBe(0);
      expect(shown.stdout, format).toContain(key);
    }
  });

  it('discovers accounts and roles, and configures a profile without a terminal', async () => {
    const { accounts } = JSON.parse((await it_.run(['accounts', '--json'])).stdout) as {
      accounts: { accountId: string }[];
    };
    expect(accounts.length).toBeGreaterThan(1);
    const account = '222233334444';
    const { roles } = JSON.parse((await it_.run(['roles', '--account', account, '--json'])).stdout) as {
      roles: { roleName: string }[];
    };
    expect(roles.map((r) => r.roleName)).toContain('BedrockPowerUser');
    const made = await it_.run([
      'configure',
      'sso',
      '--sso-session',
      'sandbox',
      '--account',
      account,
      '--role',
      'BedrockPowerUser',
      '--profile',
      'made here',
      '--bedrock-region',
      'us-west-2',
    ]);
    expect(made.stderr).toBe('');
    expect(made.status).toBe(0);
    const after = await status();
    expect(after.activeEnvironment).toBe('made here');
    expect((await it_.run(['export-credentials', '--profile', 'made here'])).status).toBe(0);
    expect(
      (await it_.run(['env', 'create', 'sandbox', '--profile', 'sandbox', '--region', 'us-east-1', '--use']))
        .status,
    ).toBe(0);
  });

  it.skipIf(!aws)('exec gives the AWS CLI our role, whatever stands in the environment', async () => {
    const identity = await it_.run(
      [
        'exec',
        '--profile',
        'sandbox',
        '--',
        aws?.path as string,
        'sts',
        'get-caller-identity',
        '--output',
        'json',
      ],
      {
        env: {
          AWS_PROFILE: 'does-not-exist',
          AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
          AWS_SECRET_ACCESS_KEY: 'rival',
        },
      },
    );
    expect(identity.stderr).toBe('');
    expect(JSON.parse(identity.stdout)).toMatchObject({ Account: '111122223333' });
    expect((await it_.run(['exec', '--profile', 'sandbox', '--', 'sh', '-c', 'exit 7'])).status).toBe(7);
    expect((await it_.run(['exec', '--profile', 'sandbox', '--', 'no-such-command-here'])).status).toBe(1);
  });

  it.skipIf(!claude)('opens the real claude, which answers through the loopback Bedrock', async () => {
    const folder = join(it_.sandbox.home, 'project');
    mkdirSync(folder, { recursive: true });
    const answered = await it_.run(['claude', '--cwd', folder, '--', '-p', 'hello from the command line'], {
      timeoutMs: 120_000,
    });
    expect(answered.stdout).toContain('hello from the command line');
    expect(answered.status).toBe(0);
    const { sessions } = JSON.parse((await it_.run(['sessions', 'list', '--json'])).stdout) as {
      sessions: { state: string; cwd: string }[];
    };
    expect(sessions).toContainEqual(expect.objectContaining({ cwd: folder, state: 'exited' }));
    const issued = new Set((await it_.sandbox.issued()).map((k) => k.accessKeyId));
    const used = (await it_.sandbox.requests({ service: 'bedrock-runtime' })).map((r) => r.accessKeyId);
    expect(used.length).toBeGreaterThan(0);
    for (const key of used) expect(issued).toContain(key);
  });

  it('renews credentials and token by itself', async () => {
    await it_.sandbox.switches({ lifetimes: { roleCredentials: 4, accessToken: 8 } });
    await it_.run(['logout']);
    expect((await it_.login({ args: ['--sso-session', 'sandbox'] })).status).toBe(0);
    const child = spawn(pinnedNode, [command, 'status', '--watch', '--json'], {
      env: it_.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const keys = new Set<string>();
    const deadline = Date.now() + 90_000;
    let generation = 0;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      for (const line of text.split('\n')) {
        const found = /"id":"sandbox".*?"generation":(\d+)/.exec(line)?.[1];
        if (found) generation = Math.max(generation, Number(found));
      }
    });
    try {
      while ((keys.size < 4 || generation < 2) && Date.now() < deadline) {
        const shown = await it_.run(['export-credentials', '--profile', 'sandbox']);
        expect(shown.stderr).toBe('');
        keys.add(keyOf(shown.stdout));
        await sleep(500);
      }
    } finally {
      child.kill('SIGTERM');
      await it_.sandbox.switches({ lifetimes: { roleCredentials: 3600, accessToken: 28_800 } });
    }
    expect(keys.size).toBeGreaterThanOrEqual(4);
    expect(generation).toBeGreaterThanOrEqual(2);
  });

  it('signs out', async () => {
    expect((await it_.run(['logout'])).status).toBe(0);
    expect((await it_.run(['export-credentials', '--profile', 'sandbox'])).status).toBe(3);
    expect((await status()).ssoSessions[0]?.state).toBe('signedOut');
  });
});

describe('bad input gets one sentence and the right exit code', () => {
  let it_: Installation;
  beforeAll(async () => {
    it_ = await install();
  });
  afterAll(() => it_?.stop());

  const oneSentence = (stderr: string): void => {
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).not.toMatch(/\n\s+at /);
  };

  it.each([
    [['export-credentials', '--profile', 'nobody'], 2, 'nobody'],
    [['export-credentials', '--profile', 'sandbox', '--format', 'xml'], 2, 'format'],
    [['login', '--sso-session', 'nobody'], 2, 'nobody'],
    [['login', '--profile', 'nobody'], 2, 'nobody'],
    [['env', 'use', 'nobody'], 2, 'nobody'],
    [['claude', '--profile', 'sandbox', '--cwd', '/no/such/folder'], 2, '/no/such/folder'],
    [['sessions', 'attach', 'ffffffff'], 2, 'ffffffff'],
    [['exec', '--profile', 'nobody', '--', 'true'], 2, 'nobody'],
    [
      ['configure', 'sso', '--sso-session', 'x', '--start-url', 'ftp://nowhere', '--region', 'us-east-1'],
      2,
      'ftp://nowhere',
    ],
    [
      [
        'configure',
        'sso',
        '--sso-session',
        'x',
        '--start-url',
        'https://x.awsapps.com/start',
        '--region',
        'Virginia',
      ],
      2,
      'Virginia',
    ],
    [['env', 'create', 'x', '--profile', 'sandbox', '--region', 'nowhere'], 2, 'region'],
  ])('%j', async (args, code, named) => {
    const refused = await it_.run(args as string[]);
    expect(refused.stderr).toContain(named as string);
    oneSentence(refused.stderr);
    expect(refused.stdout).toBe('');
    expect(refused.status).toBe(code);
  });

  it('an unknown command or option is a usage error', async () => {
    expect((await it_.run(['frobnicate'])).status).toBe(2);
    expect((await it_.run(['status', '--frobnicate'])).status).toBe(2);
    expect((await it_.run(['--help'])).status).toBe(0);
  });

  it('a denied sign-in', async () => {
    const denied = await it_.login({ args: ['--sso-session', 'sandbox'], decision: 'deny' });
    expect(denied.status).toBe(1);
    expect(denied.stderr).toContain('denied');
  });

  it('a malformed config file names file and line, and stays as it is', async () => {
    const file = join(it_.sandbox.home, 'broken-config');
    const text = '[sso-session a]\nsso_start_url = https://x.awsapps.com/start\nthis is no setting\n';
    writeFileSync(file, text);
    await using other = await install({ env: { AWS_CONFIG_FILE: file } });
    const refused = await other.run(['export-credentials', '--profile', 'a']);
    expect(refused.stderr).toContain('broken-config');
    expect(refused.stderr).toContain('3');
    oneSentence(refused.stderr);
    expect(refused.status).toBe(1);
  });

  it('claude not installed', async () => {
    await using other = await install({ env: { PATH: '/usr/bin:/bin' } });
    await other.login({ args: ['--sso-session', 'sandbox'] });
    const refused = await other.run([
      'claude',
      '--profile',
      'sandbox',
      '--region',
      'us-east-1',
      '--cwd',
      '/',
      '--',
      '-p',
      'x',
    ]);
    expect(refused.stderr).toContain('npm install -g @anthropic-ai/claude-code');
    oneSentence(refused.stderr);
    expect(refused.status).toBe(1);
  });

  it('says when no agent runs', async () => {
    await using other = await install();
    const none = await other.run(['agent', 'status']);
    expect(none.status).toBe(4);
    expect((await other.run(['agent', 'start'])).status).toBe(0);
    expect((await other.run(['agent', 'status', '--json'])).status).toBe(0);
    expect((await other.run(['agent', 'stop'])).status).toBe(0);
    expect((await other.run(['agent', 'status'])).status).toBe(4);
  });
});
