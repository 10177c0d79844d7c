import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SsoKeeper } from '../../../src/agent/keeper/keeper.ts';
import { SignInRoom } from '../../../src/agent/signin/desk.ts';
import { createTranslator } from '../../../src/locales/index.ts';
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
  portalFault,
} from '../../support/keep-alive-rooms.ts';

/** One sign-in for the machine, whoever asks for how many; renewals. By device code, which needs no listener. */

let { clock, aws, cache, catalog, newKeeper } = memoryRooms();
let keeper: SsoKeeper;
let desk: SignInRoom;
let opened: [url: string, ssoSession: string][];
let allowed: Set<string>;
let starts: number;

const lab = { ...corp, id: 'lab', startUrl: 'https://lab.awsapps.com/start' };
const wish = (ssoSession: string, more: { renew?: boolean } = {}) =>
  ({ ssoSession, flow: 'device', openBrowser: true, ...more }) as const;
const state = (id: string) => keeper.views().find((v) => v.id === id)?.state;

const oidc = () =>
  deviceOidc(clock, {
    startDeviceAuthorization: async (_, startUrl) => {
      starts++;
      return deviceAuthorization(clock, {
        deviceCode: startUrl,
        verificationUriComplete: `https://device.example/?start=${startUrl}`,
        intervalMs: 1_000,
      });
    },
    createTokenWithDeviceCode: async ({ deviceCode }) => {
      if (!allowed.has(deviceCode)) throw oidcFault('client', 'AuthorizationPendingException');
      return aws.signIn({ startUrl: deviceCode });
    },
  });

beforeEach(async () => {
  ({ clock, aws, cache, catalog, newKeeper } = memoryRooms());
  catalog.sessions = [corp, lab];
  opened = [];
  allowed = new Set();
  starts = 0;
  keeper = newKeeper();
  desk = new SignInRoom({
    context: context(clock),
    catalog,
    keeper,
    oidc,
    registrations: { read: async () => null, write: async () => {} },
    translator: () => createTranslator('en'),
    openBrowser: async (url, ssoSession) => {
      opened.push([url, ssoSession]);
      return true;
    },
  });
  await keeper.start();
});
afterEach(async () => {
  await desk.stop();
  await keeper.stop();
});

describe('one sign-in at a time', () => {
  it('a storm of requests is one sign-in, one browser, one result for all', async () => {
    const views = await Promise.all(Array.from({ length: 40 }, () => desk.start(wish('corp'))));
    expect(new Set(views.map((v) => v.id)).size).toBe(1);
    expect(starts).toBe(1);
    expect(opened).toEqual([[expect.stringContaining('corp.awsapps.com'), 'corp']]);
    const results = views.map((v) => desk.wait(v.id));
    const valid = Promise.all(
      Array.from({ length: 40 }, () => keeper.untilValid('corp', new AbortController().signal)),
    );
    allowed.add(corp.startUrl);
    await clock.advance(5_000);
    await valid;
    expect(new Set((await Promise.all(results)).map((r) => r.expiresAt)).size).toBe(1);
  });

  it('another SSO session is refused while one is under way, and can be signed in to afterwards', async () => {
    const first = await desk.start(wish('corp'));
    await expect(desk.start(wish('lab'))).rejects.toMatchObject({
      code: 'SignInBusy',
      params: { ssoSession: 'corp' },
    });
    expect(opened).toHaveLength(1);
    desk.cancel(first.id);
    expect((await desk.start(wish('lab'))).ssoSession).toBe('lab');
  });

  it('two that are asked for in the same moment: one', async () => {
    const both = await Promise.allSettled([desk.start(wish('corp')), desk.start(wish('lab'))]);
    expect(both.map((r) => r.status)).toEqual(['fulfilled', 'rejected']);
  });

  it('those that nobody asked for in person wait for their turn, and are left out when not needed any more', async () => {
    const first = await desk.start(wish('corp'));
    desk.startByItself('lab');
    desk.startByItself('corp');
    await settle();
    expect(opened).toHaveLength(1);
    allowed.add(corp.startUrl);
    await clock.advance(5_000);
    await desk.wait(first.id);
    await settle();
    expect(desk.current('lab')).not.toBeNull();
    expect(opened.map(([, id]) => id)).toEqual(['corp', 'lab']);
  });

  it('nobody is kept waiting longer by a clock that was set back', async () => {
    const { id } = await desk.start(wish('corp'));
    const ended = desk.wait(id).catch((e) => e.code);
    await clock.setBack(26 * hour);
    await clock.advance(10 * minute);
    expect(await ended).toBe('SignInTimedOut');
    expect((await desk.start(wish('lab'))).ssoSession).toBe('lab');
  });
});

describe('a renewal', () => {
  it('logs out first, then signs in; meanwhile the other tools have none', async () => {
    await keeper.adopt('corp', aws.signIn());
    const { id } = await desk.start(wish('corp', { renew: true }));
    expect(aws.logouts).toEqual(['access-1']);
    expect(cache.files.has('corp')).toBe(false);
    expect(state('corp')).toBe('signingIn');
    allowed.add(corp.startUrl);
    await clock.advance(5_000);
    await desk.wait(id);
    expect(state('corp')).toBe('valid');
    expect(await keeper.accessToken('corp')).toBe('access-2');
  });

  it('does not join a sign-in that began without a logout, and is told so; others join it', async () => {
    await keeper.adopt('corp', aws.signIn());
    const plain = await desk.start(wish('corp'));
    await expect(desk.start(wish('corp', { renew: true }))).rejects.toMatchObject({
      code: 'SignInBusy',
      params: { ssoSession: 'corp' },
    });
    expect(aws.logouts).toEqual([]);
    desk.cancel(plain.id);
    const renewal = await desk.start(wish('corp', { renew: true }));
    expect((await desk.start(wish('corp', { renew: true }))).id).toBe(renewal.id);
    expect((await desk.start(wish('corp'))).id).toBe(renewal.id);
    expect(aws.logouts).toEqual(['access-1']);
  });

  it('is no end of the sign-in although the SSO session lives when it begins; another tool that signs in afterwards is', async () => {
    await keeper.adopt('corp', aws.signIn());
    const { id } = await desk.start(wish('corp', { renew: true }));
    await settle();
    expect(desk.current('corp')?.id).toBe(id);
    cache.put('corp', aws.signIn());
    await settle();
    expect(await desk.wait(id)).toMatchObject({ ssoSession: 'corp' });
  });

  it('given up: signed out at AWS, a sign-in is needed, the reminder comes later', async () => {
    await keeper.adopt('corp', aws.signIn());
    const { id } = await desk.start(wish('corp', { renew: true }));
    desk.cancel(id);
    await expect(desk.wait(id)).rejects.toMatchObject({ code: 'SignInCancelled' });
    expect(state('corp')).toBe('expired');
    expect(keeper.prompt()).toBeNull();
    await clock.advance(5 * minute);
    expect(keeper.prompt()).toMatchObject({ ssoSession: 'corp', count: 1 });
  });

  it('does not begin where the portal cannot be reached: everything stays', async () => {
    await keeper.adopt('corp', aws.signIn());
    aws.logoutFault = portalFault('network', 'ENOTFOUND');
    await expect(desk.start(wish('corp', { renew: true }))).rejects.toMatchObject({
      code: 'NetworkUnavailable',
    });
    expect(state('corp')).toBe('valid');
    expect(opened).toEqual([]);
    expect(cache.files.has('corp')).toBe(true);
    // And the next sign-in is not kept out.
    expect((await desk.start(wish('lab'))).ssoSession).toBe('lab');
  });
});
