import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AgentConnection } from '../../../src/client/rpc-client.ts';
import { routes, type Snapshot } from '../../../src/contract/index.ts';
import { type SandboxProcess, startSandbox } from '../../support/sandbox.ts';
import { AgentHome } from './agents.ts';

/** The whole agent as a process: what it asks of a person, through the contract that shells speak. */

let sandbox: SandboxProcess;
let t: AgentHome;
let tray: AgentConnection;
let cli: AgentConnection;
let snapshot: Snapshot | null;
let changed: () => void;

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.reset();
  t = new AgentHome();
  const { AWS_ENDPOINT_URL: _, ...own } = t.env;
  Object.assign(t.env, sandbox.environment(), own, { HOME: sandbox.home });
  delete t.env.AWS_ENDPOINT_URL;
  tray = await t.connect({ role: 'tray' });
  cli = await t.connect({ role: 'cli' });
  snapshot = null;
  changed = () => {};
  tray.watch(
    'state.watch',
    {},
    (value) => {
      snapshot = value;
      changed();
    },
    () => {},
  );
});
afterEach(async () => {
  await cli.call('signOut', {});
  tray.close();
  cli.close();
  t.clean();
});

/** Waits until the tray has been told what `holds`. */
function told<T>(of: (s: Snapshot) => T | null | false | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error('not told in time')), 30_000);
    changed = () => {
      const value = snapshot && of(snapshot);
      if (!value) return;
      clearTimeout(limit);
      resolve(value);
    };
    changed();
  });
}

/** A program asks for credentials on the agent's socket; its status. */
function consume(profile: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const path = `${routes.credentials}?profile=${profile}&format=process`;
    request({ socketPath: t.socket, path }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', reject)
      .end();
  });
}

test('nobody is asked while the desktop is locked; on return at once; a wish for later holds', async () => {
  await tray.call('presence.report', { idleMs: 0, locked: true });
  expect(await consume('sandbox')).toBeGreaterThanOrEqual(400);
  await told((s) => s.ssoSessions.length > 0);
  expect((await tray.call('state.get', {})).prompt).toBeNull();

  await tray.call('presence.report', { idleMs: 0, locked: false });
  const prompt = await told((s) => s.prompt);
  expect(prompt).toMatchObject({ ssoSession: 'sandbox', profile: 'sandbox', count: 1, snoozedUntil: null });

  await tray.call('prompt.snooze', { minutes: 15 });
  const until = await told((s) => s.prompt?.snoozedUntil);
  expect(until).toBeGreaterThan(Date.now() + 14 * 60_000);
  await consume('sandbox');
  expect((await tray.call('state.get', {})).prompt?.count).toBe(1);
});

test('one sign-in at a time: another SSO session is refused by name, a renewal says nothing until it is done', async () => {
  const legacy = snapshotIds(await cli.call('state.get', {})).find((id) => id !== 'sandbox') ?? '';
  const { id, url } = await cli.call('signIn.start', { ssoSession: 'sandbox', openBrowser: false });
  await expect(cli.call('signIn.start', { ssoSession: legacy, openBrowser: false })).rejects.toMatchObject({
    code: 'SignInBusy',
    params: { ssoSession: 'sandbox' },
  });
  await sandbox.approve(url);
  await cli.call('signIn.wait', { id });
  expect(await consume('sandbox')).toBe(200);

  const renewal = await cli.call('signIn.start', { ssoSession: 'sandbox', openBrowser: false, renew: true });
  expect((await sandbox.sessions()).some((s) => s.alive)).toBe(false);
  // Role credentials serve on.
  expect(await consume('sandbox')).toBe(200);
  await sandbox.approve(renewal.url);
  await cli.call('signIn.wait', { id: renewal.id });
  expect((await sandbox.sessions()).filter((s) => s.alive)).toHaveLength(1);
});

test('browsers of this machine, with their profiles', async () => {
  const { browsers } = await tray.call('browsers.list', {});
  expect(new Set(browsers.map((b) => b.id)).size).toBe(browsers.length);
});

function snapshotIds(s: Snapshot): string[] {
  return s.ssoSessions.map(({ id }) => id);
}
