import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callerIdentity } from '../../../src/aws/sts.ts';
import type { AgentConnection } from '../../../src/client/rpc-client.ts';
import { findAwsCli } from '../../support/aws-cli.ts';
import { findClaude } from '../../support/claude.ts';
import { command, type Installation, install } from '../../support/installation.ts';
import { keyVariables, pinnedNode } from '../../support/sandbox.ts';

/** The whole agent with keys of an IAM user and roles behind an MFA device: no SSO session is needed. */

const aws = findAwsCli();
const claude = findClaude();
let it_: Installation;
let folder: string;
let user: { accessKeyId: string; secretAccessKey: string; arn: string; mfaSerial: string };
let shells: AgentConnection[] = [];

beforeAll(async () => {
  it_ = await install({
    switches: {
      assumableRoles: ['Guarded', 'GuardedToo'],
      roleConditions: { Guarded: { mfa: true }, GuardedToo: { mfa: true } },
      mfaCodes: ['123456', '234567', '345678'],
    },
  });
  folder = await mkdtemp(join(tmpdir(), 'whole-'));
  user = await it_.sandbox.createUser();
  const config = join(it_.sandbox.home, '.aws', 'config');
  const guarded = (name: string, role: string) => `
[profile ${name}]
role_arn = arn:aws:iam::222233334444:role/${role}
source_profile = keys
mfa_serial = ${user.mfaSerial}
region = us-west-2
`;
  await appendFile(config, guarded('guarded', 'Guarded') + guarded('guarded-too', 'GuardedToo'));
  await writeFile(
    join(it_.sandbox.home, '.aws', 'credentials'),
    `[keys]\naws_access_key_id = ${user.accessKeyId}\naws_secret_access_key = ${user.secretAccessKey}\nregion = us-west-2\n`,
    { mode: 0o600 },
  );
  shells = [await it_.connect('cli'), await it_.connect('tray')];
});
afterAll(async () => {
  for (const shell of shells) shell.close();
  await it_?.stop();
  await rm(folder, { recursive: true, force: true });
});

const assumed = async () =>
  (await it_.sandbox.requests({ operation: 'AssumeRole' })).map((r) => [r.status, r.detail?.mfa]);
const arnOf = async (stdout: string) => {
  const document = JSON.parse(stdout);
  const keys = document.Credentials ?? document;
  return callerIdentity(
    { region: 'us-east-1', env: it_.env },
    {
      accessKeyId: keys.AccessKeyId,
      secretAccessKey: keys.SecretAccessKey,
      sessionToken: keys.SessionToken ?? null,
    },
  ).then(({ arn }) => arn);
};
/** `bedrock-tray mfa` with a line on stdin. */
async function giveCode(
  line: string,
  args: readonly string[] = [],
): Promise<{ status: number; said: string }> {
  const child = spawn(pinnedNode, [command, 'mfa', ...args], { env: it_.env, timeout: 30_000 });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += data));
  child.stdin.end(`${line}\n`);
  const [status] = await once(child, 'close');
  return { status, said };
}

describe('an MFA code', () => {
  it('is asked for with exit code 3, and answered once though two shells answer', async () => {
    const refused = await it_.run(['export-credentials', '--profile', 'guarded']);
    expect(refused.status).toBe(3);
    expect(refused.stderr).toContain('bedrock-tray mfa');
    const views = await Promise.all(shells.map((shell) => shell.call('state.get', {})));
    const [mine, theirs] = views.map(({ mfa }) => mfa);
    expect(mine).toMatchObject({ profile: 'guarded', mfaSerial: user.mfaSerial, problem: null });
    expect(theirs?.id).toBe(mine?.id);
    await Promise.all(
      shells.map((shell) => shell.call('mfa.answer', { id: mine?.id ?? '', code: '123456' })),
    );
    expect(await assumed()).toEqual([[200, true]]);
    const { stdout } = await it_.run(['export-credentials', '--profile', 'guarded']);
    expect(await arnOf(stdout)).toContain(':assumed-role/Guarded/');
    expect((await shells[0]?.call('state.get', {}))?.mfa).toBeNull();
  });

  it('comes from stdin too; a wrong one is told, and asked for again', async () => {
    expect((await giveCode('999999')).said).toContain('No code is asked for');
    const wrong = await giveCode('000000', ['--profile', 'guarded-too']);
    expect(wrong.status).toBe(1);
    expect(wrong.said).toContain('invalid MFA one time pass code');
    expect((await shells[0]?.call('state.get', {}))?.mfa?.problem?.code).toBe('MfaRefused');
    expect((await giveCode('not a code')).status).toBe(2);
    // A code works once: the first role has used this one.
    expect((await giveCode('123456')).status).toBe(1);
    expect((await giveCode('234567')).status).toBe(0);
    const { stdout } = await it_.run(['export-credentials', '--profile', 'guarded-too']);
    expect(await arnOf(stdout)).toContain(':assumed-role/GuardedToo/');
  });
});

describe('keys of an IAM user', () => {
  it.skipIf(aws === undefined)(
    `serve a child through the endpoint${aws ? '' : ' (no AWS CLI)'}`,
    async () => {
      const args = ['exec', '--profile', 'keys', '--', aws?.path ?? '', 'sts', 'get-caller-identity'];
      const { stdout, stderr } = await it_.run([...args, '--output', 'json'], { timeoutMs: 60_000 });
      expect(stderr).toBe('');
      expect(JSON.parse(stdout).Arn).toBe(user.arn);
    },
  );

  it('serve a Claude session as a session’s keys, since Claude Code takes no others', async () => {
    const idle = join(folder, 'claude');
    await writeFile(
      idle,
      '#!/bin/sh\n[ "$1" = --version ] && echo "2.1.330 (Claude Code)" && exit\nexec sleep 60\n',
    );
    await chmod(idle, 0o755);
    const [shell] = shells;
    if (!shell) throw new Error('no shell');
    await shell.call('settings.set', { claudePath: idle });
    const wish = { cwd: folder, args: [], env: it_.env };
    const session = await shell.call('sessions.openWith', { ...wish, profile: 'keys' });
    expect(session).toMatchObject({ state: 'running', region: 'us-west-2' });
    const asked = ['export-credentials', '--session', session.id, '--format', 'claude'];
    const { stdout } = await it_.run(asked);
    expect(JSON.parse(stdout).Credentials).toMatchObject({
      AccessKeyId: expect.stringMatching(/^ASIA/),
      SessionToken: expect.stringMatching(/./),
      Expiration: expect.stringMatching(/Z$/),
    });
    expect(await arnOf(stdout)).toBe(user.arn);
    expect(stdout).not.toContain(user.secretAccessKey);
    await shell.call('sessions.kill', { id: session.id });
  });

  it.skipIf(claude === undefined)(
    `the real Claude Code signs with those and no others${claude ? '' : ' (not installed)'}`,
    async () => {
      await shells[0]?.call('settings.set', { claudePath: claude ?? null });
      // Keys of somebody else lie around: what a failing export would make Claude Code sign with.
      const ambient = await it_.sandbox.issueCredentials();
      const args = ['claude', '--profile', 'keys', '--cwd', folder, '--', '-p', 'hello from keys'];
      const { stdout } = await it_.run(args, { env: keyVariables(ambient), timeoutMs: 120_000 });
      expect(stdout).toContain('hello from keys');
      const sources = new Map((await it_.sandbox.issued()).map((k) => [k.accessKeyId, k.source]));
      const used = await it_.sandbox.requests({ service: 'bedrock-runtime' });
      expect(used.length).toBeGreaterThan(0);
      for (const { accessKeyId } of used) expect(sources.get(accessKeyId ?? '')).toBe('session-token');
    },
  );

  it('and a session of a guarded role waits for its code', async () => {
    const [shell] = shells;
    if (!shell) throw new Error('no shell');
    await it_.sandbox.switches({ expireCredentials: true });
    user = { ...user, ...(await it_.sandbox.createUser()) };
    await writeFile(
      join(it_.sandbox.home, '.aws', 'credentials'),
      `[keys]\naws_access_key_id = ${user.accessKeyId}\naws_secret_access_key = ${user.secretAccessKey}\n`,
    );
    await shell.call('settings.set', { claudePath: join(folder, 'claude') });
    // Another role, so that nothing is held of it.
    await appendFile(
      join(it_.sandbox.home, '.aws', 'config'),
      `\n[profile third]\nrole_arn = arn:aws:iam::111122223333:role/Guarded\nsource_profile = keys\nmfa_serial = ${user.mfaSerial}\n`,
    );
    const session = await shell.call('sessions.openWith', {
      cwd: folder,
      args: [],
      env: it_.env,
      profile: 'third',
    });
    expect(session.state).toBe('waiting');
    await expect(shell.call('sessions.attach', { id: session.id })).rejects.toMatchObject({
      code: 'MfaNeeded',
    });
    const { mfa } = await shell.call('state.get', {});
    await shell.call('mfa.answer', { id: mfa?.id ?? '', code: '345678' });
    await expect
      .poll(
        async () => (await shell.call('sessions.list', {})).sessions.find((s) => s.id === session.id)?.state,
      )
      .toBe('running');
    await shell.call('sessions.kill', { id: session.id });
  });
});
