import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AgentConnection } from '../../../src/client/rpc-client.ts';
import type { Snapshot } from '../../../src/contract/index.ts';
import { type Installation, install } from '../../support/installation.ts';

/** The built agent on a network that goes away, is not what it seems, and comes back. */

let it_: Installation;
let agent: AgentConnection;
let seen: Snapshot[];
let look: () => void;

beforeEach(async () => {
  it_ = await install({});
  seen = [];
  look = () => {};
  agent = await it_.connect('tray');
  agent.watch(
    'state.watch',
    {},
    (snapshot) => {
      seen.push(snapshot);
      look();
    },
    () => {},
  );
});
afterEach(async () => {
  agent?.close();
  await it_?.stop();
});

/** The first snapshot from now on (or the present one) of which that is true. */
function until(holds: (s: Snapshot) => boolean, withinMs = 30_000): Promise<Snapshot> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not seen: ${holds}`)), withinMs);
    look = () => {
      const last = seen.at(-1);
      if (last === undefined || !holds(last)) return;
      clearTimeout(timer);
      look = () => {};
      resolve(last);
    };
    look();
  });
}

async function signIn(): Promise<void> {
  const done = await it_.login({ args: ['--sso-session', 'sandbox'] });
  expect(done).toMatchObject({ status: 0 });
}

const sso = (s: Snapshot) => s.ssoSessions.find(({ id }) => id === 'sandbox');
const isValid = (s: Snapshot) => sso(s)?.state === 'valid' && s.network.state === 'online';
const tokens = () =>
  readdirSync(join(it_.sandbox.home, '.aws', 'sso', 'cache')).filter((name) => name.endsWith('.json'));

test('AWS is away, then back: degraded and quiet, valid again within 5 s', { timeout: 180_000 }, async () => {
  await it_.sandbox.switches({ lifetimes: { accessToken: 8 } });
  await signIn();
  await until(isValid);
  const files = tokens();
  const from = seen.length;
  const awayMs = 9_000;
  await it_.sandbox.switches({ goAwayMs: awayMs });
  const backAt = Date.now() + awayMs;
  const degraded = await until((s) => s.network.state === 'offline' && sso(s)?.state === 'degraded');
  expect(sso(degraded)?.problem).toMatchObject({
    code: 'NetworkUnavailable',
    params: { reason: 'ECONNREFUSED' },
  });
  const valid = await until((s) => s.at > backAt && isValid(s));
  expect(valid.at - backAt).toBeLessThan(5_000);
  // Nobody was asked, nothing was lost.
  expect(seen.slice(from).map(({ prompt }) => prompt)).toEqual(seen.slice(from).map(() => null));
  expect(new Set(seen.slice(from).map((s) => sso(s)?.state))).not.toContain('expired');
  expect(tokens()).toEqual(files);
});

// All kinds are told apart in test/integration/aws; here it is what becomes of the session.
test.each(process.env.CI ? (['page', 'redirect', 'network-authentication'] as const) : (['page'] as const))(
  'a captive portal (%s) ends no SSO session and deletes nothing',
  { timeout: 180_000 },
  async (captivePortal) => {
    await it_.sandbox.switches({ lifetimes: { accessToken: 6 } });
    await signIn();
    await until(isValid);
    const files = tokens();
    const from = seen.length;
    await it_.sandbox.switches({ captivePortal });
    const captive = await until((s) => s.network.state === 'captive' && sso(s)?.state === 'degraded');
    expect(sso(captive)?.problem?.code).toBe('NotAws');
    await it_.sandbox.switches({ captivePortal: 'off' });
    await until(isValid);
    expect(seen.slice(from).every(({ prompt }) => prompt === null)).toBe(true);
    expect(seen.slice(from).some((s) => sso(s)?.state === 'expired')).toBe(false);
    expect(tokens()).toEqual(files);
  },
);

test.each([2, -2])('a clock that is %i h off', { timeout: 180_000 }, async (hours) => {
  const clockSkewMs = hours * 3_600_000;
  await it_.sandbox.switches({ clockSkewMs, lifetimes: { roleCredentials: 3600 } });
  await signIn();
  const made = await it_.run([
    'env',
    'create',
    'e',
    '--profile',
    'sandbox',
    '--region',
    'us-east-1',
    '--use',
  ]);
  expect(made).toMatchObject({ status: 0 });
  const state = await until(
    (s) => s.clockSkewMs !== null && s.credentials.some((c) => c.state === 'valid' && c.expiresAt !== null),
  );
  expect(Math.abs((state.clockSkewMs ?? 0) - clockSkewMs)).toBeLessThan(5_000);
  const [credentials] = state.credentials;
  // By this computer's clock they live an hour, neither three nor less than none.
  const left = (credentials?.expiresAt ?? 0) - state.at;
  expect(Math.abs(left - 3_600_000)).toBeLessThan(30_000);
  // What is signed is signed by AWS's clock.
  const models = await agent.call('models.list', {});
  expect(models.source).toBe('live');
});
