import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SsoKeeper } from '../../../src/agent/keeper/keeper.ts';
import { codeOf } from '../../support/code-of.ts';
import { settle } from '../../support/fake-clock.ts';
import {
  corp,
  corpView,
  dev,
  hour,
  memoryRooms,
  memorySettings,
  minute,
  oidcFault,
} from '../../support/keep-alive-rooms.ts';

let { clock, aws, cache, catalog, newKeeper } = memoryRooms();
let keeper: SsoKeeper;
let autoSignIn: ReturnType<typeof vi.fn<(ssoSession: string) => void>>;
let openAutomatically = false;

const make = () =>
  newKeeper({
    settings: { get: () => ({ ...memorySettings().get(), openBrowserAutomatically: openAutomatically }) },
    autoSignIn,
  });
const view = () => corpView(keeper);

beforeEach(() => {
  ({ clock, aws, cache, catalog, newKeeper } = memoryRooms());
  autoSignIn = vi.fn<(ssoSession: string) => void>();
  openAutomatically = false;
  keeper = make();
});
afterEach(() => keeper.stop());

describe('keeping alive', () => {
  it('refreshes for days on end, about 20 min before each end, and writes each token', async () => {
    cache.files.set('corp', aws.signIn());
    await keeper.start();
    await clock.advance(48 * hour);
    // One refresh each 40 min.
    expect(aws.refreshes).toBeGreaterThanOrEqual(71);
    expect(aws.refreshes).toBeLessThanOrEqual(73);
    expect(view()).toMatchObject({ state: 'valid', generation: aws.refreshes, problem: null });
    expect(cache.files.get('corp')).toMatchObject({ accessToken: await keeper.accessToken('corp') });
    expect(keeper.prompt()).toBeNull();
  });

  it('waits by one timer and does nothing in between', async () => {
    cache.files.set('corp', aws.signIn());
    await keeper.start();
    expect(clock.pending).toBe(1);
    expect(view().nextRefreshAt).toBe(clock.nextAt);
    await clock.advance(30 * minute);
    expect(clock.fired).toBe(0);
  });

  it('refreshes at half-life when tokens are short', async () => {
    aws.tokenLifetime = 90_000;
    await keeper.start();
    await keeper.adopt('corp', aws.signIn());
    await clock.advance(10 * minute);
    expect(aws.refreshes).toBeGreaterThanOrEqual(12);
    expect(aws.refreshes).toBeLessThanOrEqual(14);
  });

  it('refreshes once on waking from a night of sleep', async () => {
    cache.files.set('corp', aws.signIn());
    await keeper.start();
    await clock.sleep(9 * hour);
    expect(aws.refreshes).toBe(1);
    expect(view().state).toBe('valid');
    expect(keeper.prompt()).toBeNull();
  });

  it('hands out no token that is over: whoever asks right after waking waits for the refresh', async () => {
    cache.files.set('corp', aws.signIn());
    await keeper.start();
    const gate = clock.now() + 9 * hour + 1000;
    aws.oidcGate = () => new Promise((open) => clock.wakeAt(gate, open));
    const slept = clock.sleep(9 * hour);
    const token = keeper.accessToken('corp');
    await slept;
    await clock.advance(2000);
    expect(await token).toBe('access-2');
  });
});

describe('trouble', () => {
  it('is degraded while the network is down, says why, and goes on by itself', async () => {
    cache.files.set('corp', aws.signIn());
    await keeper.start();
    aws.oidcFaults = Array.from({ length: 5 }, () => oidcFault('network', 'ENOTFOUND'));
    await clock.advance(41 * minute);
    expect(view()).toMatchObject({ state: 'degraded', problem: { code: 'NetworkUnavailable' } });
    expect(await keeper.accessToken('corp')).toBe('access-1');
    await clock.advance(15 * minute);
    expect(view()).toMatchObject({ state: 'valid', problem: null });
  });

  it('tells an outage from a missing sign-in once the token is over', async () => {
    cache.files.set('corp', aws.signIn());
    await keeper.start();
    aws.oidcFaults = Array.from({ length: 500 }, () => oidcFault('network', 'ENOTFOUND'));
    await clock.advance(2 * hour);
    expect(await codeOf(keeper.accessToken('corp'))).toBe('NetworkUnavailable');
    keeper.need('corp', dev);
    expect(keeper.prompt()).toBeNull();
    // Bounded: no loop of tries although the token has long been over.
    expect(aws.refreshes).toBeLessThan(40);
    aws.oidcFaults = [];
    await clock.advance(10_000);
    expect(await keeper.accessToken('corp')).toBe('access-2');
  });

  it('honours Retry-After', async () => {
    cache.files.set('corp', aws.signIn());
    await keeper.start();
    aws.oidcFaults = [oidcFault('throttle', 'SlowDownException', 12 * minute)];
    await clock.advance(40 * minute);
    expect(aws.refreshes).toBe(1);
    await clock.advance(12 * minute - 1);
    expect(aws.refreshes).toBe(1);
    await clock.advance(1);
    expect(aws.refreshes).toBe(2);
  });

  it('keeps a token that cannot be written, and writes it when it can', async () => {
    cache.files.set('corp', aws.signIn());
    await keeper.start();
    cache.writeFails = 'ENOSPC';
    await clock.advance(40 * minute);
    expect(await keeper.accessToken('corp')).toBe('access-2');
    expect(view()).toMatchObject({ state: 'degraded', problem: { code: 'StorageFailed' } });
    cache.writeFails = null;
    await clock.advance(minute);
    expect(cache.files.get('corp')).toMatchObject({ accessToken: 'access-2', refreshToken: 'refresh-2' });
    expect(view()).toMatchObject({ state: 'valid', problem: null });
  });

  it('refreshes the unwritten token next, not the old one in the file', async () => {
    cache.files.set('corp', aws.signIn());
    await keeper.start();
    cache.writeFails = 'EROFS';
    await clock.advance(3 * hour);
    expect(aws.refreshes).toBe(4);
    expect(view().state).toBe('degraded');
    expect(await keeper.accessToken('corp')).toBe('access-5');
  });
});

describe('a token that could not be written when its SSO session ends', () => {
  it('is not waited for', async () => {
    cache.files.set('corp', aws.signIn());
    await keeper.start();
    cache.writeFails = 'ENOSPC';
    await clock.advance(40 * minute);
    aws.refreshable.clear();
    await clock.advance(2 * hour);
    expect(view().state).toBe('expired');
    const { fired } = clock;
    await clock.advance(hour);
    // The prompt's reminders only.
    expect(clock.fired - fired).toBeLessThan(10);
  });
});

describe('the end of an SSO session', () => {
  it('by InvalidGrant asks a person once, and lets the token serve to its end', async () => {
    cache.files.set('corp', aws.signIn());
    await keeper.start();
    aws.refreshable.clear();
    await clock.advance(41 * minute);
    expect(view()).toMatchObject({ state: 'expired', problem: { code: 'SignInNeeded' } });
    expect(keeper.prompt()).toMatchObject({ ssoSession: 'corp', reason: 'expired', count: 1, profile: null });
    expect(await keeper.accessToken('corp')).toBe('access-1');
    await clock.advance(20 * minute);
    expect(await codeOf(keeper.accessToken('corp'))).toBe('SignInNeeded');
    expect(aws.refreshes).toBe(1);
    // The file is not ours to remove.
    expect(cache.files.has('corp')).toBe(true);
  });

  it('by expiry where there is no refresh token', async () => {
    const { refreshToken: _, ...plain } = aws.signIn();
    cache.files.set('corp', plain);
    await keeper.start();
    expect(view()).toMatchObject({ state: 'valid', refreshable: false, nextRefreshAt: null });
    await clock.advance(hour);
    expect(view().state).toBe('expired');
    expect(aws.refreshes).toBe(0);
    expect(keeper.prompt()).toMatchObject({ count: 1 });
  });

  it('found at start is no news: nobody is asked until somebody needs it', async () => {
    cache.files.set(
      'corp',
      aws.signIn({ expiresAt: clock.now() - 1, registrationExpiresAt: clock.now() - 1 }),
    );
    await keeper.start();
    expect(view().state).toBe('expired');
    expect(keeper.prompt()).toBeNull();
    expect(await codeOf(keeper.accessToken('corp'))).toBe('SignInNeeded');
    keeper.need('corp', dev);
    keeper.need('corp', dev);
    expect(keeper.prompt()).toMatchObject({ reason: 'requested', profile: 'dev', count: 1 });
    await clock.advance(5 * minute);
    expect(keeper.prompt()?.count).toBe(2);
    await keeper.adopt('corp', aws.signIn());
    expect(keeper.prompt()).toBeNull();
  });

  it('opens the browser by itself only where settings say so, and once', async () => {
    await keeper.start();
    keeper.need('corp', dev);
    expect(autoSignIn).not.toHaveBeenCalled();
    await keeper.stop();
    openAutomatically = true;
    keeper = make();
    await keeper.start();
    keeper.need('corp', dev);
    await clock.advance(2 * hour);
    expect(keeper.prompt()?.count).toBeGreaterThan(3);
    expect(autoSignIn.mock.calls).toEqual([['corp']]);
  });
});

describe('a portal 401', () => {
  it('forces one refresh, shared by all', async () => {
    cache.files.set('corp', aws.signIn());
    await keeper.start();
    await Promise.all([keeper.rejected('corp', 'access-1'), keeper.rejected('corp', 'access-1')]);
    expect(aws.refreshes).toBe(1);
    expect(await keeper.accessToken('corp')).toBe('access-2');
    // A late complaint about the old token changes nothing.
    await keeper.rejected('corp', 'access-1');
    expect(aws.refreshes).toBe(1);
  });

  it('that survives it means that a person is needed', async () => {
    cache.files.set('corp', aws.signIn());
    await keeper.start();
    await keeper.rejected('corp', 'access-1');
    await keeper.rejected('corp', 'access-2');
    expect(await codeOf(keeper.accessToken('corp'))).toBe('SignInNeeded');
    expect(keeper.prompt()).not.toBeNull();
  });
});

describe('beside other tools', () => {
  it('adopts a sign-in, and whoever waited goes on', async () => {
    await keeper.start();
    expect(view().state).toBe('signedOut');
    const until = keeper.untilValid('corp', new AbortController().signal);
    keeper.need('corp', dev);
    cache.put('corp', aws.signIn());
    await settle();
    await until;
    expect(view()).toMatchObject({ state: 'valid', generation: 1 });
    expect(keeper.prompt()).toBeNull();
    expect(cache.writes).toBe(0);
  });

  it('honours a sign-out, and asks nobody', async () => {
    cache.files.set('corp', aws.signIn());
    await keeper.start();
    cache.put('corp', null);
    await settle();
    expect(view()).toMatchObject({ state: 'signedOut', problem: null });
    expect(keeper.prompt()).toBeNull();
    await clock.advance(2 * hour);
    expect(aws.refreshes).toBe(0);
  });

  it('takes a file that is half written for what it is', async () => {
    cache.files.set('corp', aws.signIn());
    await keeper.start();
    cache.put('corp', 'torn');
    await settle();
    expect(view().state).toBe('valid');
    cache.put('corp', aws.signIn());
    await settle();
    expect(await keeper.accessToken('corp')).toBe('access-2');
  });

  it('finds that a rival was quicker, before it asks', async () => {
    const first = aws.signIn();
    cache.files.set('corp', first);
    await keeper.start();
    // Without a word from the watch.
    await clock.advance(39 * minute);
    cache.files.set('corp', aws.rotate(first.refreshToken));
    await clock.advance(minute);
    expect(aws.refreshes).toBe(0);
    expect(await keeper.accessToken('corp')).toBe('access-2');
  });

  it('finds that a rival rotated the token under its hands: InvalidGrant is not the end', async () => {
    const first = aws.signIn();
    cache.files.set('corp', first);
    await keeper.start();
    aws.oidcGate = async () => {
      const rotated = aws.rotate(first.refreshToken);
      // The rival writes a moment after the service has answered it.
      clock.wakeAt(clock.now() + 300, () => cache.files.set('corp', rotated));
    };
    await clock.advance(41 * minute);
    expect(aws.refreshes).toBe(1);
    expect(view().state).toBe('valid');
    expect(await keeper.accessToken('corp')).toBe('access-2');
    expect(keeper.prompt()).toBeNull();
  });

  it('does not write a token back after a sign-out that came during the refresh', async () => {
    cache.files.set('corp', aws.signIn());
    await keeper.start();
    aws.oidcGate = () => new Promise((open) => clock.wakeAt(clock.now() + 5000, open));
    await clock.advance(40 * minute + 1000);
    expect(view().state).toBe('refreshing');
    cache.put('corp', null);
    await clock.advance(10_000);
    expect(view().state).toBe('signedOut');
    expect(cache.files.has('corp')).toBe(false);
  });

  it('lets a sign-in that came during the refresh win', async () => {
    cache.files.set('corp', aws.signIn());
    await keeper.start();
    aws.oidcGate = () => new Promise((open) => clock.wakeAt(clock.now() + 5000, open));
    await clock.advance(40 * minute + 1000);
    const other = aws.signIn({ accessToken: 'other' });
    cache.put('corp', other);
    await clock.advance(10_000);
    expect(await keeper.accessToken('corp')).toBe('other');
    expect(cache.files.get('corp')).toMatchObject({ accessToken: 'other' });
  });

  it('does not believe an old file that is put back over a living token', async () => {
    await keeper.start();
    await keeper.adopt('corp', aws.signIn());
    cache.put('corp', aws.signIn({ expiresAt: clock.now() - hour }));
    await settle();
    expect(await keeper.accessToken('corp')).toBe('access-1');
  });
});

describe('sign-out', () => {
  it('ends it at the portal, in the file, in the CLI role cache and in memory', async () => {
    await keeper.start();
    await keeper.adopt('corp', aws.signIn());
    expect(await keeper.signOut()).toEqual(['corp']);
    expect(aws.logouts).toEqual(['access-1']);
    expect(cache.files.has('corp')).toBe(false);
    expect(cache.removedRoles).toContainEqual({
      accountId: '111122223333',
      roleName: 'Dev',
      id: 'corp',
      kind: 'sso-session',
    });
    expect(view()).toMatchObject({ state: 'signedOut', expiresAt: null });
    expect(clock.pending).toBe(0);
  });

  it('does not wait for a portal that is not there', async () => {
    await keeper.start();
    await keeper.adopt('corp', aws.signIn());
    aws.logoutGate = new Promise(() => {});
    const out = keeper.signOut('corp');
    await clock.advance(5_000);
    expect(await out).toEqual(['corp']);
    expect(cache.files.has('corp')).toBe(false);
  });

  it('of an unknown SSO session is refused after the files were read again', async () => {
    await keeper.start();
    expect(await codeOf(keeper.signOut('other'))).toBe('SsoSessionUnknown');
    expect(catalog.reloads).toBe(1);
  });
});

describe('what is configured', () => {
  it('follows the files: added sessions are kept, removed ones let go', async () => {
    await keeper.start();
    const lab = { ...corp, id: 'lab' };
    cache.files.set('lab', aws.signIn());
    catalog.sessions = [lab];
    catalog.changed();
    await settle();
    expect(keeper.views().map((v) => [v.id, v.state])).toEqual([['lab', 'valid']]);
    expect(await codeOf(keeper.accessToken('corp'))).toBe('SsoSessionUnknown');
  });

  it('a waiter is let go by its signal', async () => {
    await keeper.start();
    const stop = new AbortController();
    const waiting = keeper.untilValid('corp', stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });
});
