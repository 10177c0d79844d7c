import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SsoKeeper } from '../../../src/agent/keeper/keeper.ts';
import { SignInRoom } from '../../../src/agent/signin/desk.ts';
import type { Registration } from '../../../src/aws/sso-cache.ts';
import { createTranslator } from '../../../src/locales/index.ts';
import { codeOf } from '../../support/code-of.ts';
import { settle } from '../../support/fake-clock.ts';
import {
  context,
  corp,
  deviceAuthorization,
  deviceOidc,
  hour,
  memoryRooms,
  minute,
  oidcFault,
} from '../../support/keep-alive-rooms.ts';

/** The device code flow under a clock that moves when told to; what listens on a port is tested with real parts. */

let { clock, aws, cache, catalog, newKeeper } = memoryRooms();
let keeper: SsoKeeper;
let desk: SignInRoom;
let polls: number[];
/** What polls answer; then pending for ever, or what `decided` says. */
let pollFaults: Error[];
let decided: boolean;
let registered: { flow: string; scopes: readonly string[]; sessionName: string | null }[];
let registrations: Map<string, Registration>;
let startFaults: Error[];
let opened: string[];

const pending = () => oidcFault('client', 'AuthorizationPendingException');

const oidc = () =>
  deviceOidc(clock, {
    registerClient: async (input) => {
      registered.push(input);
      return {
        clientId: `client-${registered.length}`,
        clientSecret: 'client-secret',
        expiresAt: clock.now() + 90 * 24 * hour,
        scopes: input.scopes,
        ...(input.flow === 'pkce' ? { grantTypes: ['authorization_code', 'refresh_token'] } : {}),
      };
    },
    startDeviceAuthorization: async () => {
      const fault = startFaults.shift();
      if (fault) throw fault;
      return deviceAuthorization(clock);
    },
    createTokenWithDeviceCode: async () => {
      polls.push(clock.now());
      const fault = pollFaults.shift();
      if (fault) throw fault;
      if (!decided) throw pending();
      return aws.signIn();
    },
  });

beforeEach(async () => {
  ({ clock, aws, cache, catalog, newKeeper } = memoryRooms());
  polls = [];
  pollFaults = [];
  decided = false;
  registered = [];
  registrations = new Map();
  startFaults = [];
  opened = [];
  keeper = newKeeper();
  desk = new SignInRoom({
    context: {
      ...context(clock),
      openBrowser: async (url) => {
        opened.push(url);
        return true;
      },
    },
    catalog,
    keeper,
    oidc,
    registrations: {
      read: async (name) => registrations.get(name) ?? null,
      write: async (name, r) => void registrations.set(name, r),
    },
    translator: () => createTranslator('en'),
  });
  await keeper.start();
});
afterEach(async () => {
  await desk.stop();
  await keeper.stop();
});

const device = { ssoSession: 'corp', flow: 'device', openBrowser: false } as const;
const stateOf = () => keeper.views()[0]?.state;

describe('the device code', () => {
  it('signs in: polls at the interval, adopts and writes the token, keeps the registration for next time', async () => {
    const view = await desk.start(device);
    expect(view).toMatchObject({
      flow: 'device',
      userCode: 'ABCD-EFGH',
      expiresAt: clock.now() + 10 * minute,
    });
    expect(stateOf()).toBe('signingIn');
    const result = desk.wait(view.id);
    await clock.advance(12_000);
    decided = true;
    await clock.advance(3_000);
    expect(await result).toEqual({ ssoSession: 'corp', expiresAt: clock.now() + hour });
    expect(polls.map((at, n) => at - (polls[n - 1] ?? clock.now() - 15_000))).toEqual([5_000, 5_000, 5_000]);
    expect(keeper.views()[0]).toMatchObject({ state: 'valid', signIn: null });
    expect(cache.files.get('corp')).toMatchObject({ accessToken: 'access-1' });
    expect([...registrations.values()]).toMatchObject([{ clientId: 'client-1' }]);
    // A second sign-in uses it again.
    await desk.start(device);
    expect(registered).toHaveLength(1);
  });

  it('asks more slowly when told to, by 5 s each time, and through outages', async () => {
    const { id } = await desk.start(device);
    pollFaults = [
      oidcFault('throttle', 'SlowDownException'),
      oidcFault('throttle', 'SlowDownException', 40_000),
      oidcFault('network', 'ECONNRESET'),
      oidcFault('server', 'InternalServerException'),
      pending(),
    ];
    decided = true;
    const started = clock.now();
    await clock.advance(5 * minute);
    await desk.wait(id);
    const pauses = polls.map((at, n) => at - (polls[n - 1] ?? started));
    expect(pauses[0]).toBe(5_000);
    expect(pauses[1]).toBe(10_000);
    expect(pauses[2]).toBe(40_000);
    expect(pauses.slice(3).every((p) => p >= 15_000)).toBe(true);
  });

  it('denied, expired and broken each end it by their own name, and leave everything as it was', async () => {
    for (const [fault, code] of [
      [oidcFault('client', 'AccessDeniedException'), 'SignInDenied'],
      [oidcFault('client', 'ExpiredTokenException'), 'SignInTimedOut'],
      [oidcFault('client', 'InvalidGrantException'), 'SignInFailed'],
    ] as const) {
      pollFaults = [fault];
      const { id } = await desk.start(device);
      const ended = codeOf(desk.wait(id));
      await clock.advance(5_000);
      expect(await ended).toBe(code);
      expect(stateOf()).toBe('signedOut');
      expect(desk.current('corp')).toBeNull();
    }
    expect(cache.files.size).toBe(0);
    expect(registrations.size).toBe(0);
  });

  it('a token that nobody can take over any more ends it, and the next sign-in can begin', async () => {
    const { id } = await desk.start(device);
    const ended = codeOf(desk.wait(id));
    catalog.sessions = [];
    catalog.changed();
    await settle();
    decided = true;
    await clock.advance(11 * minute);
    expect(await ended).toBe('SsoSessionUnknown');
    expect(polls).toHaveLength(1);
    catalog.sessions = [corp];
    catalog.changed();
    await settle();
    expect(await codeOf(desk.start(device))).toBe('resolved');
    expect(desk.current('corp')?.id).not.toBe(id);
  });

  it('abandoned, it times out, stops polling and leaves no timer', async () => {
    const { id } = await desk.start(device);
    const ended = codeOf(desk.wait(id));
    await clock.advance(10 * minute);
    expect(await ended).toBe('SignInTimedOut');
    const count = polls.length;
    await clock.advance(hour);
    expect(polls).toHaveLength(count);
    expect(clock.pending).toBe(0);
  });

  it('is shared by all who ask, and can be cancelled for all', async () => {
    const views = await Promise.all([desk.start(device), desk.start(device), desk.start(device)]);
    expect(new Set(views.map((v) => v.id)).size).toBe(1);
    expect(registered).toHaveLength(1);
    const waits = Promise.all(views.map((v) => codeOf(desk.wait(v.id))));
    desk.cancel(views[0]?.id ?? '');
    expect(await waits).toEqual(Array(3).fill('SignInCancelled'));
    // Those who ask late learn how it ended, too.
    expect(await codeOf(desk.wait(views[0]?.id ?? ''))).toBe('SignInCancelled');
    expect(await codeOf(desk.wait('nothing'))).toBe('BadInput');
  });

  it('opens the browser when somebody who joins wants it, once', async () => {
    await desk.start(device);
    await desk.start({ ...device, openBrowser: true });
    await desk.start({ ...device, openBrowser: true });
    expect(opened).toEqual(['https://device.example/?user_code=ABCD-EFGH']);
  });

  it('ends well when another tool signs in meanwhile', async () => {
    const { id } = await desk.start(device);
    const token = aws.signIn();
    cache.put('corp', token);
    await settle();
    expect(await desk.wait(id)).toEqual({ ssoSession: 'corp', expiresAt: token.expiresAt });
    expect(desk.current('corp')).toBeNull();
    await clock.advance(minute);
    expect(polls).toEqual([]);
    expect(cache.writes).toBe(0);
  });

  it('beside a living token: its refresh is not taken for the sign-in', async () => {
    cache.put('corp', aws.signIn({ expiresAt: clock.now() + 22 * minute }));
    await settle();
    const { id } = await desk.start(device);
    await keeper.rejected('corp', 'access-1');
    expect(stateOf()).toBe('valid');
    expect(desk.current('corp')?.id).toBe(id);
    decided = true;
    await clock.advance(5_000);
    expect(await desk.wait(id)).toMatchObject({ ssoSession: 'corp' });
    expect(await keeper.accessToken('corp')).toBe('access-3');
  });

  it('is what legacy profiles sign in by, without scopes, under the start URL', async () => {
    catalog.sessions = [{ ...corp, id: corp.startUrl, kind: 'legacy' }];
    catalog.changed();
    await settle();
    const view = await desk.start({ ssoSession: corp.startUrl, flow: 'auto', openBrowser: false });
    expect(view.flow).toBe('device');
    expect(registered).toMatchObject([{ flow: 'device', scopes: [], sessionName: null }]);
  });
});

describe('a sign-in that cannot begin', () => {
  it('names the start URL that the service does not know; nothing is written', async () => {
    startFaults = [oidcFault('client', 'InvalidRequestException')];
    expect(await codeOf(desk.start(device))).toBe('StartUrlInvalid');
    expect(registrations.size).toBe(0);
    expect(stateOf()).toBe('signedOut');
    // The next one starts afresh.
    expect((await desk.start(device)).userCode).toBe('ABCD-EFGH');
  });

  it('tells a mistyped region from a network that is down', async () => {
    const unknown = () => oidcFault('network', 'ENOTFOUND');
    startFaults = [unknown(), unknown(), oidcFault('network', 'ECONNREFUSED')];
    expect(await codeOf(desk.start(device))).toBe('NetworkUnavailable');
    catalog.sessions = [{ ...corp, region: 'us-eats-1' }];
    expect(await codeOf(desk.start(device))).toBe('RegionInvalid');
    expect(await codeOf(desk.start(device))).toBe('NetworkUnavailable');
  });

  it('replaces a registration that the service has forgotten', async () => {
    startFaults = [oidcFault('client', 'InvalidClientException')];
    expect((await desk.start(device)).userCode).toBe('ABCD-EFGH');
    expect(registered).toHaveLength(2);
  });

  it('is refused for an unknown SSO session after the files were read again', async () => {
    expect(await codeOf(desk.start({ ...device, ssoSession: 'other' }))).toBe('SsoSessionUnknown');
    expect(catalog.reloads).toBe(1);
  });
});
