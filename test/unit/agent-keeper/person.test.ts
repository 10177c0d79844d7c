import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { KeepAliveStore } from '../../../src/agent/keeper/keep-alive-memory.ts';
import type { SsoKeeper } from '../../../src/agent/keeper/keeper.ts';
import { PresenceRoom } from '../../../src/agent/presence/presence-room.ts';
import type { SignInView } from '../../../src/contract/state.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';
import {
  corp,
  corpView,
  dev,
  hour,
  memoryRooms,
  memorySettings,
  minute,
  oidcFault,
  portalFault,
} from '../../support/keep-alive-rooms.ts';

/** What the keeper asks of a person and tells them, and how long it believes an SSO session to live. */

let { clock, aws, cache, catalog, newKeeper } = memoryRooms();
let presence: PresenceRoom;
let keeper: SsoKeeper;
let opened: string[];
let automatic = false;
let remembered: Parameters<KeepAliveStore['write']>[0] | null;
const store: KeepAliveStore = {
  read: async () => structuredClone(remembered),
  write: async (r) => {
    remembered = structuredClone(r);
  },
};

const make = () =>
  newKeeper({
    settings: { get: () => memorySettings({ openBrowserAutomatically: automatic }).get() },
    autoSignIn: (id) => opened.push(id),
    presence,
    store,
  });
const view = () => corpView(keeper);
const signInView: SignInView = {
  id: 's',
  ssoSession: 'corp',
  flow: 'pkce',
  url: 'https://oidc.example/authorize',
  userCode: null,
  startedAt: 0,
  expiresAt: 0,
};
const desktop = (over: { idleMs?: number | null; locked?: boolean | null; suspended?: boolean } = {}) =>
  presence.report('desktop', { idleMs: 0, locked: false, ...over });
/** A tray tells each minute what `say` says. */
async function pass(ms: number, say: () => void): Promise<void> {
  for (let left = ms; left > 0; left -= minute) {
    say();
    await clock.advance(Math.min(left, minute));
  }
}
const there = () => desktop();
const locked = () => desktop({ locked: true });

beforeEach(() => {
  ({ clock, aws, cache, catalog, newKeeper } = memoryRooms());
  presence = new PresenceRoom(clock);
  opened = [];
  automatic = false;
  remembered = null;
  keeper = make();
});
afterEach(() => keeper.stop());

describe('a prompt', () => {
  it('comes to somebody who is there, and again after 5, 10, 20, 40, 60 min', async () => {
    await keeper.start();
    there();
    keeper.need('corp', dev);
    const counts: [number, number][] = [];
    for (let m = 0; m < 200; m++) {
      there();
      const count = keeper.prompt()?.count ?? 0;
      if (count !== counts.at(-1)?.[1]) counts.push([m, count]);
      await clock.advance(minute);
    }
    expect(counts).toEqual([
      [0, 1],
      [5, 2],
      [15, 3],
      [35, 4],
      [75, 5],
      [135, 6],
      [195, 7],
    ]);
  });

  it('never comes while nobody is there, however long; at once on return', async () => {
    await keeper.start();
    locked();
    keeper.need('corp', dev);
    await pass(9 * hour, locked);
    expect(keeper.prompt()).toBeNull();
    // Nothing but the deadline of what was reported last is waited for.
    expect(clock.fired).toBeLessThan(9);
    there();
    expect(keeper.prompt()).toMatchObject({ count: 1, sinceAt: clock.now() });
  });

  it('a reminder that fell due during an absence comes once, on return', async () => {
    await keeper.start();
    there();
    keeper.need('corp', dev);
    await pass(9 * hour, locked);
    expect(keeper.prompt()?.count).toBe(1);
    there();
    expect(keeper.prompt()?.count).toBe(2);
    await pass(9 * minute, there);
    expect(keeper.prompt()?.count).toBe(2);
  });

  it('comes once where nobody can tell who is there, and then waits for an act', async () => {
    await keeper.start();
    keeper.need('corp', dev);
    expect(keeper.prompt()?.count).toBe(1);
    await clock.advance(9 * hour);
    keeper.need('corp', dev);
    expect(keeper.prompt()?.count).toBe(1);
    expect(clock.fired).toBe(0);
    presence.act();
    expect(keeper.prompt()?.count).toBe(2);
  });

  it('a tray that died while locked says nothing after 2 min: then it comes once', async () => {
    await keeper.start();
    locked();
    keeper.need('corp', dev);
    await clock.advance(2 * minute - 1);
    expect(keeper.prompt()).toBeNull();
    await clock.advance(1);
    expect(keeper.prompt()?.count).toBe(1);
  });

  it('a person at a terminal of a locked computer is there', async () => {
    await keeper.start();
    locked();
    keeper.need('corp', dev);
    await clock.advance(1_000);
    presence.report('terminal', { idleMs: 0, locked: null });
    expect(keeper.prompt()?.count).toBe(1);
  });

  it('opens no browser by itself where nobody may be; when somebody is, once', async () => {
    automatic = true;
    await keeper.start();
    keeper.need('corp', dev);
    expect(keeper.prompt()?.count).toBe(1);
    expect(opened).toEqual([]);
    await clock.advance(10 * minute);
    presence.act();
    expect(opened).toEqual(['corp']);
    await pass(5 * hour, there);
    expect(keeper.prompt()?.count).toBeGreaterThan(4);
    expect(opened).toEqual(['corp']);
  });

  it('is put off, across a restart of the agent too', async () => {
    await keeper.start();
    there();
    keeper.need('corp', dev);
    keeper.snooze(60);
    expect(keeper.prompt()).toMatchObject({ count: 1, snoozedUntil: clock.now() + 60 * minute });
    await pass(30 * minute, there);
    expect(keeper.prompt()?.count).toBe(1);
    await keeper.stop();
    keeper = make();
    await keeper.start();
    keeper.need('corp', dev);
    await pass(30 * minute - 1, there);
    expect(keeper.prompt()).toBeNull();
    await clock.advance(1);
    expect(keeper.prompt()).toMatchObject({ count: 1, snoozedUntil: null });
  });

  it('given up in the browser: the next reminder takes its time', async () => {
    await keeper.start();
    there();
    keeper.need('corp', dev);
    await pass(4 * minute, there);
    keeper.signInChanged('corp', signInView);
    await pass(9 * minute, there);
    expect(keeper.prompt()?.count).toBe(1);
    keeper.signInChanged('corp', null);
    await pass(4 * minute, there);
    expect(keeper.prompt()?.count).toBe(1);
    await pass(minute, there);
    there();
    expect(keeper.prompt()?.count).toBe(2);
  });

  it('looks at everything again at once when the computer wakes up', async () => {
    cache.files.set('corp', aws.signIn());
    await keeper.start();
    desktop({ suspended: true });
    // Its timers stood still: only the tray tells that time has passed.
    const sleeping = new FakeClock(clock.now());
    expect(sleeping.pending).toBe(0);
    vi.spyOn(clock, 'now').mockReturnValue(sleeping.now() + 9 * hour);
    desktop({ suspended: false });
    await settle();
    expect(aws.refreshes).toBe(1);
  });
});

/** An Identity Center whose SSO sessions last so long, signed in to each morning. */
async function liveThrough(days: number, length: number): Promise<void> {
  for (let day = 0; day < days; day++) {
    await keeper.adopt('corp', aws.signIn(), clock.now());
    await clock.advance(length);
    aws.refreshable.clear();
    await clock.advance(14 * hour);
    expect(view().state).toBe('expired');
  }
}

describe('the end of an SSO session', () => {
  it('is learned, shown as an interval, told 10 min and 1 min ahead; a renewal takes it back', async () => {
    await keeper.start();
    await liveThrough(4, 8 * hour);
    await keeper.adopt('corp', aws.signIn(), clock.now());
    const signedInAt = clock.now();
    const { endsFrom, endsTo } = view();
    expect(endsFrom).toBeLessThanOrEqual(signedInAt + 8 * hour);
    expect(endsTo).toBeGreaterThanOrEqual(signedInAt + 8 * hour);
    expect((endsTo ?? 0) - (endsFrom ?? 0)).toBeLessThan(25 * minute);

    const told: [number, number][] = [];
    keeper.onChange(() => {
      const ending = keeper.ending();
      if (ending && ending.stage !== told.at(-1)?.[1]) {
        told.push([Math.round(((endsFrom ?? 0) - clock.now()) / minute), ending.stage]);
      }
    });
    await pass((endsFrom ?? 0) - clock.now(), there);
    expect(told).toEqual([
      [10, 10],
      [1, 1],
    ]);
    await keeper.logOutToRenew('corp');
    expect(keeper.ending()).toBeNull();
    await keeper.adopt('corp', aws.signIn(), clock.now());
    expect(keeper.ending()).toBeNull();
    expect(view().endsFrom).toBeGreaterThan(clock.now() + 7 * hour);
  });

  it('is not told to nobody; whoever returns hears of it', async () => {
    await keeper.start();
    await liveThrough(3, 8 * hour);
    await keeper.adopt('corp', aws.signIn(), clock.now());
    const { endsFrom } = view();
    await pass((endsFrom ?? 0) - clock.now() - 4 * minute, locked);
    expect(keeper.ending()).toBeNull();
    there();
    expect(keeper.ending()).toMatchObject({ ssoSession: 'corp', stage: 10, endsAt: endsFrom });
  });

  it('survives a restart, without a secret on disk', async () => {
    await keeper.start();
    await liveThrough(3, 8 * hour);
    await keeper.adopt('corp', aws.signIn(), clock.now());
    await clock.advance(hour);
    const before = view();
    await keeper.stop();
    keeper = make();
    await keeper.start();
    expect(view()).toMatchObject({ endsFrom: before.endsFrom, endsTo: before.endsTo });
    expect(JSON.stringify(remembered)).not.toMatch(/access-|refresh-|client/);
  });

  it('of a token that nothing renews is its own', async () => {
    const { refreshToken: _, ...plain } = aws.signIn();
    cache.files.set('corp', plain);
    await keeper.start();
    expect(view()).toMatchObject({ endsFrom: plain.expiresAt, endsTo: plain.expiresAt });
    await pass(51 * minute, there);
    expect(keeper.ending()).toMatchObject({ stage: 10, endsAt: plain.expiresAt });
  });

  it('of a client registration is foreseen a day ahead, and put off by a last refresh just before it', async () => {
    const registrationExpiresAt = clock.now() + 3 * hour;
    cache.files.set('corp', aws.signIn({ registrationExpiresAt }));
    vi.spyOn(aws, 'rotate').mockImplementation((t) => {
      aws.refreshable.delete(t ?? '');
      return aws.signIn({ registrationExpiresAt });
    });
    await keeper.start();
    expect(view()).toMatchObject({ endsFrom: registrationExpiresAt, endsTo: registrationExpiresAt });
    await clock.advance(3 * hour);
    expect(view()).toMatchObject({ state: 'valid', refreshable: false, nextRefreshAt: null });
    expect(view().expiresAt).toBe(registrationExpiresAt - 5 * minute + hour);
    expect(view().endsFrom).toBe(view().expiresAt);
    await clock.advance(hour);
    expect(view().state).toBe('expired');
  });
});

describe('a renewal', () => {
  it('logs out at the portal and keeps nothing but the wish to sign in', async () => {
    await keeper.start();
    await keeper.adopt('corp', aws.signIn());
    await keeper.logOutToRenew('corp');
    expect(aws.logouts).toEqual(['access-1']);
    expect(cache.files.has('corp')).toBe(false);
    // Not `signedOut`: role credentials that came from it go on serving.
    expect(view().state).toBe('expired');
    keeper.signInChanged('corp', signInView);
    expect(view().state).toBe('signingIn');
    await keeper.adopt('corp', aws.signIn());
    keeper.signInChanged('corp', null);
    expect(view().state).toBe('valid');
    expect(keeper.prompt()).toBeNull();
  });

  it('that is given up leaves a prompt for later', async () => {
    await keeper.start();
    await keeper.adopt('corp', aws.signIn());
    there();
    await keeper.logOutToRenew('corp');
    keeper.signInChanged('corp', signInView);
    keeper.signInChanged('corp', null);
    expect(view().state).toBe('expired');
    expect(keeper.prompt()).toBeNull();
    await pass(5 * minute, there);
    there();
    expect(keeper.prompt()).toMatchObject({ ssoSession: 'corp', reason: 'expired', count: 1 });
  });

  it('changes nothing when the portal cannot be reached', async () => {
    await keeper.start();
    await keeper.adopt('corp', aws.signIn());
    aws.logoutFault = portalFault('network', 'ENOTFOUND');
    await expect(keeper.logOutToRenew('corp')).rejects.toMatchObject({ code: 'NetworkUnavailable' });
    expect(view().state).toBe('valid');
    expect(cache.files.has('corp')).toBe(true);
    expect(await keeper.accessToken('corp')).toBe('access-1');
  });

  it('renews a token that the portal no longer takes, so that the logout is one', async () => {
    await keeper.start();
    await keeper.adopt('corp', aws.signIn());
    aws.live.delete('access-1');
    await keeper.logOutToRenew('corp');
    expect(aws.logouts).toEqual(['access-1', 'access-2']);
    expect(aws.live.has('access-2')).toBe(false);
  });

  it('of what is over is a plain sign-in', async () => {
    await keeper.start();
    await keeper.logOutToRenew('corp');
    await keeper.adopt('corp', aws.signIn());
    aws.refreshable.clear();
    await clock.advance(2 * hour);
    await keeper.logOutToRenew('corp');
    expect(aws.logouts).toEqual([]);
  });
});

describe('a clock that is set back', () => {
  it.each([10 * minute, 26 * hour])('by %i ms: the token is refreshed at once, and goes on', async (by) => {
    cache.files.set('corp', aws.signIn());
    await keeper.start();
    await clock.advance(30 * minute);
    await clock.setBack(by);
    expect(aws.refreshes).toBe(1);
    expect(view()).toMatchObject({ state: 'valid', expiresAt: clock.now() + hour });
    await clock.advance(3 * hour);
    expect(aws.refreshes).toBeLessThanOrEqual(6);
  });

  it('ends no wait for a day: back-off, reminder and rival move along', async () => {
    cache.files.set('corp', aws.signIn());
    await keeper.start();
    aws.oidcFaults = Array.from({ length: 3 }, () => oidcFault('network', 'ENOTFOUND'));
    await clock.advance(40 * minute + 1_000);
    expect(view().state).toBe('degraded');
    await clock.setBack(26 * hour);
    await clock.advance(minute);
    expect(view().state).toBe('valid');

    aws.refreshable.clear();
    there();
    await clock.advance(40 * minute + 100);
    await clock.setBack(26 * hour);
    await clock.advance(10_000);
    expect(view().state).toBe('expired');
    there();
    expect(keeper.prompt()?.count).toBe(1);
    await clock.setBack(26 * hour);
    await pass(5 * minute, there);
    there();
    expect(keeper.prompt()?.count).toBe(2);
  });

  it('takes life from a token that nothing renews', async () => {
    const { refreshToken: _, ...plain } = aws.signIn();
    cache.files.set('corp', plain);
    await keeper.start();
    await clock.advance(30 * minute);
    await clock.setBack(26 * hour);
    // At most what was left when the clock was last looked at.
    expect(view().expiresAt).toBeLessThanOrEqual(clock.now() + hour);
    await clock.advance(hour);
    expect(view().state).toBe('expired');
  });

  const year = 365 * 24 * hour;

  it('by a year that it was ahead: the token in the file lives, and the prompt is taken back', async () => {
    cache.files.set('corp', aws.signIn());
    await keeper.start();
    await clock.advance(10 * minute);
    // The token and the client registration look over.
    await clock.sleep(year);
    there();
    expect(view().state).toBe('expired');
    expect(keeper.prompt()).toMatchObject({ ssoSession: 'corp' });
    await clock.setBack(year);
    expect(keeper.prompt()).toBeNull();
    // How long the token lives is asked at once.
    expect(aws.refreshes).toBe(1);
    expect(view()).toMatchObject({ state: 'valid', expiresAt: clock.now() + hour });
    expect(aws.live).toContain(await keeper.accessToken('corp'));
    await clock.advance(3 * hour);
    expect(view().state).toBe('valid');
  });

  it('asks for none of two that live again', async () => {
    catalog.sessions = [corp, { ...corp, id: 'lab', startUrl: 'https://lab.awsapps.com/start' }];
    cache.files.set('corp', aws.signIn());
    cache.files.set('lab', aws.signIn());
    await keeper.start();
    there();
    await clock.sleep(year);
    there();
    expect(keeper.prompt()).toMatchObject({ ssoSession: 'corp' });
    const asked = new Set<string>();
    keeper.onChange(() => asked.add(keeper.prompt()?.ssoSession ?? ''));
    await clock.setBack(year);
    expect(keeper.views().map((v) => v.state)).toEqual(['valid', 'valid']);
    expect([...asked]).not.toContain('lab');
    expect(keeper.prompt()).toBeNull();
  });

  it('wakes what was over at start by a clock that was ahead', async () => {
    const token = aws.signIn();
    await clock.sleep(year);
    cache.files.set('corp', token);
    await keeper.start();
    keeper.need('corp', dev);
    there();
    expect(keeper.prompt()).not.toBeNull();
    await clock.setBack(year);
    expect(view().state).toBe('valid');
    expect(keeper.prompt()).toBeNull();
  });

  it('a token that is over by the right clock too is refreshed', async () => {
    cache.files.set('corp', aws.signIn());
    await keeper.start();
    await clock.sleep(year);
    expect(view().state).toBe('expired');
    await clock.setBack(year - 2 * hour);
    expect(view()).toMatchObject({ state: 'valid', expiresAt: clock.now() + hour });
    expect(aws.refreshes).toBe(1);
  });

  it('brings back nothing that AWS refused', async () => {
    cache.files.set('corp', aws.signIn());
    aws.refreshable.clear();
    await keeper.start();
    there();
    const rejected = keeper.rejected('corp', 'access-1');
    await clock.advance(minute);
    await rejected;
    expect(view().state).toBe('expired');
    const { refreshes } = aws;
    await clock.setBack(30 * minute);
    there();
    expect(view().state).toBe('expired');
    expect(keeper.prompt()).toMatchObject({ ssoSession: 'corp' });
    expect(aws.refreshes).toBe(refreshes);
  });

  it('brings back nothing that a person signed out of, although its file could not be removed', async () => {
    cache.files.set('corp', aws.signIn());
    await keeper.start();
    vi.spyOn(cache, 'remove').mockRejectedValue(Object.assign(new Error('EACCES'), { code: 'EACCES' }));
    await expect(keeper.signOut('corp')).rejects.toMatchObject({ code: 'StorageFailed' });
    await clock.setBack(30 * minute);
    expect(view().state).toBe('signedOut');
  });
});

describe('a network that is back', () => {
  it('is used at once', async () => {
    cache.files.set('corp', aws.signIn());
    await keeper.start();
    aws.oidcFaults = Array.from({ length: 60 }, () => oidcFault('network', 'ENOTFOUND'));
    await clock.advance(44 * minute);
    expect(view().state).toBe('degraded');
    aws.oidcFaults = [];
    keeper.reachable();
    await clock.advance(5_000);
    expect(view().state).toBe('valid');
  });
});

describe('refresh tokens that work once', () => {
  it('an old file put back over a living token is not the end: the token that we had is tried', async () => {
    const old = aws.signIn();
    cache.files.set('corp', old);
    await keeper.start();
    await clock.advance(40 * minute);
    expect(await keeper.accessToken('corp')).toBe('access-2');
    // Another tool writes back what it had in memory: alive, but its refresh token has been used.
    cache.put('corp', old);
    await settle();
    expect(await keeper.accessToken('corp')).toBe('access-1');
    await clock.advance(hour);
    expect(view().state).toBe('valid');
    expect(keeper.prompt()).toBeNull();
    expect(await keeper.accessToken('corp')).not.toBe('access-1');
  });

  it('a rival that writes late, and another after it, lose nothing', async () => {
    const first = aws.signIn();
    cache.files.set('corp', first);
    await keeper.start();
    let rounds = 0;
    aws.oidcGate = async () => {
      if (++rounds > 2) return;
      const file = cache.files.get('corp');
      const rotated = aws.rotate(typeof file === 'object' ? file.refreshToken : undefined);
      // Over already: what is adopted is its refresh token.
      const written = { ...rotated, expiresAt: clock.now() - 1 };
      clock.wakeAt(clock.now() + 1_200, () => cache.files.set('corp', written));
    };
    await clock.advance(41 * minute);
    expect(rounds).toBe(3);
    expect(view().state).toBe('valid');
    expect(keeper.prompt()).toBeNull();
  });
});

it('a minimal file of another tool names neither start URL nor region: ours are used for its successor', async () => {
  const { startUrl: _, region: __, ...rest } = aws.signIn();
  cache.files.set('corp', { ...rest, startUrl: '', region: '' });
  const refresh = vi.fn(async () => aws.signIn());
  const other = newKeeper({ oidc: () => ({ refresh }) });
  await other.start();
  await clock.advance(41 * minute);
  expect(refresh.mock.calls).toEqual([[expect.objectContaining({ startUrl: corp.startUrl })]]);
  await other.stop();
});

it('an old file that is put back while AWS rotates the token costs nothing: what AWS gave is tried', async () => {
  const old = aws.signIn();
  cache.files.set('corp', old);
  await keeper.start();
  aws.oidcGate = () => new Promise((open) => clock.wakeAt(clock.now() + 5_000, open));
  const stale = { ...aws.signIn(), refreshToken: 'used-long-ago' };
  await clock.advance(40 * minute + 1_000);
  cache.put('corp', stale);
  await clock.advance(10_000);
  expect(await keeper.accessToken('corp')).toBe(stale.accessToken);
  aws.oidcGate = null;
  await clock.advance(hour);
  expect(view().state).toBe('valid');
  expect(keeper.prompt()).toBeNull();
});
