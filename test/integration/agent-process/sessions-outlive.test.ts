import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stopAgent } from '../../../src/client/find-or-start-agent.ts';
import type { AgentConnection } from '../../../src/client/rpc-client.ts';
import type { SessionView } from '../../../src/contract/index.ts';
import { type Installation, install, outDir } from '../../support/installation.ts';
import { until } from './agents.ts';

/** A whole agent process with its pty-host and a stand-in for Claude Code that stays until it is ended. */
let own: Installation;
let agent: AgentConnection;
let session: SessionView;
const canary = 'canary-9f3e1c7a5b';

const isAlive = (pid: number | null) => {
  try {
    // A process that has ended but was not waited for yet is not alive either.
    return pid !== null && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
const pidOf = async () => (await agent.call('agent.info', {})).pid;
const only = async () => {
  const { sessions } = await agent.call('sessions.list', {});
  expect(sessions).toHaveLength(1);
  return sessions[0] as SessionView;
};

beforeAll(async () => {
  own = await install();
  const bin = join(own.home, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(
    join(bin, 'claude'),
    '#!/bin/sh\n[ "$1" = --version ] && exec echo 2.1.330\nsleep 600 &\nread -r line\nkill $!\n',
  );
  chmodSync(join(bin, 'claude'), 0o755);
  expect((await own.login({ args: ['--sso-session', 'sandbox'] })).status).toBe(0);
  agent = await own.connect();
  await agent.call('settings.set', { claudePath: join(bin, 'claude') });
  session = await agent.call('sessions.openWith', {
    profile: 'sandbox',
    cwd: own.home,
    args: [],
    env: { PATH: process.env.PATH ?? '', HOME: own.home, CALLERS_SECRET: canary },
  });
  await until(async () => (await only()).state === 'running');
  session = await only();
});
afterAll(() => own?.stop());

test('a session runs', () => {
  expect(isAlive(session.pid)).toBe(true);
});

test('it outlives an agent that is killed, and the next one adopts it', async () => {
  const pid = await pidOf();
  const closed = new Promise<void>((resolve) => agent.onClose(() => resolve()));
  process.kill(pid, 'SIGKILL');
  await closed;
  expect(isAlive(session.pid)).toBe(true);
  agent = await own.connect();
  expect(await pidOf()).not.toBe(pid);
  expect(await only()).toMatchObject({ id: session.id, state: 'running', pid: session.pid });
  expect((await agent.call('sessions.attach', { id: session.id })).ticket).not.toBe('');
});

test('it outlives an agent that is asked to leave it', async () => {
  await stopAgent({ env: own.env, outDir, sessions: 'keep' });
  expect(isAlive(session.pid)).toBe(true);
  agent = await own.connect();
  expect(await only()).toMatchObject({ id: session.id, state: 'running', pid: session.pid });
});

test('the next agent still has the sign-in, and hands out for the session', async () => {
  const snapshot = await agent.call('state.get', {});
  expect(snapshot.ssoSessions[0]).toMatchObject({ id: 'sandbox', state: 'valid' });
  const shown = await own.run(['export-credentials', '--session', session.id, '--format', 'claude']);
  expect([shown.status, JSON.parse(shown.stdout).Credentials.AccessKeyId]).toEqual([
    0,
    expect.stringMatching(/^ASIA/),
  ]);
});

test('SIGTERM ends the agent, its sessions and what they started', async () => {
  const children = (
    readFileSync(`/proc/${session.pid}/task/${session.pid}/children`, 'utf8').match(/\d+/g) ?? []
  ).map(Number);
  expect(children.length).toBeGreaterThan(0);
  const pid = await pidOf();
  const closed = new Promise<void>((resolve) => agent.onClose(() => resolve()));
  process.kill(pid, 'SIGTERM');
  await closed;
  await until(() => ![pid, session.pid, ...children].some(isAlive));
  agent = await own.connect();
  expect(['exited', 'lost']).toContain((await only()).state);
});

test("the caller's environment and the sign-in's tokens are in no log, and no log is open to others", () => {
  const logs = join(own.home, 'logs');
  const { accessToken, refreshToken } = JSON.parse(
    readFileSync(
      join(
        own.env.HOME ?? '',
        '.aws',
        'sso',
        'cache',
        cacheFileOf(join(own.env.HOME ?? '', '.aws', 'sso', 'cache')),
      ),
      'utf8',
    ),
  );
  expect(accessToken.length).toBeGreaterThan(20);
  for (const name of readdirSync(logs)) {
    const text = readFileSync(join(logs, name), 'utf8');
    for (const secret of [canary, accessToken, refreshToken]) expect(text).not.toContain(secret);
    expect([name, statSync(join(logs, name)).mode & 0o777]).toEqual([name, 0o600]);
  }
});

function cacheFileOf(folder: string): string {
  const file = readdirSync(folder).find(
    (name) => name.endsWith('.json') && readFileSync(join(folder, name), 'utf8').includes('refreshToken'),
  );
  if (!file) throw new Error('no token file');
  return file;
}
