import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RoleBroker } from '../../../src/agent/broker/broker.ts';
import type { SsoKeeper } from '../../../src/agent/keeper/keeper.ts';
import { onlySso } from '../../support/broker-sources.ts';
import { codeOf } from '../../support/code-of.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';
import { context, hour, memoryRooms, minute, portalFault } from '../../support/keep-alive-rooms.ts';

let { clock, aws, cache, catalog, newKeeper } = memoryRooms();
let keeper: SsoKeeper;
let broker: RoleBroker;

beforeEach(async () => {
  ({ clock, aws, cache, catalog, newKeeper } = memoryRooms());
  keeper = newKeeper();
  broker = new RoleBroker({
    context: context(clock),
    catalog,
    keeper,
    portal: aws.portal,
    ...onlySso(context(clock)),
  });
  await keeper.start();
  await keeper.adopt('corp', aws.signIn());
});
afterEach(async () => {
  await broker.stop();
  await keeper.stop();
});

const view = (profile = 'dev') => {
  const found = broker.views().find((v) => v.profile === profile);
  if (!found) throw new Error(`no view of ${profile}`);
  return found;
};
/** The key that a request gets, while time passes as needed. */
async function keyOf(profile = 'dev', rejected?: string): Promise<string> {
  const asked = broker.credentials(profile, rejected === undefined ? {} : { rejected });
  asked.catch(() => {});
  await settle();
  return (await asked).accessKeyId;
}

describe('sharing', () => {
  it('a hundred requests, also by another profile of the same role, are one call', async () => {
    const all = await Promise.all(
      Array.from({ length: 100 }, (_, n) => broker.credentials(n % 2 ? 'dev' : 'dev-too')),
    );
    expect(aws.credentialCalls).toBe(1);
    expect(new Set(all.map((c) => c.accessKeyId)).size).toBe(1);
    expect(await keyOf('admin')).toBe('ASIA2');
    expect(broker.views().map((v) => v.profile)).toEqual(['dev-too', 'dev', 'admin']);
  });

  it('what one consumer does to its copy is not seen by another', async () => {
    const mine = await broker.credentials('dev');
    mine.accessKeyId = 'changed';
    expect((await broker.credentials('dev')).accessKeyId).toBe('ASIA1');
  });
});

describe('ahead of time', () => {
  it('held credentials never have less than 15 min left, for days, with no person and no hot loop', async () => {
    broker.hold('dev');
    await settle();
    for (let n = 0; n < 48 * 6; n++) {
      await clock.advance(10 * minute);
      const calls = aws.credentialCalls;
      const { expiresAt } = await broker.credentials('dev');
      expect((expiresAt ?? 0) - clock.now()).toBeGreaterThan(15 * minute);
      // A request never had to wait for AWS.
      expect(aws.credentialCalls).toBe(calls);
    }
    expect(aws.credentialCalls).toBeLessThanOrEqual(73);
    expect(view().generation).toBe(aws.credentialCalls);
  });

  it('short lifetimes are renewed at half-life', async () => {
    aws.credentialsLifetime = minute;
    broker.hold('dev');
    await clock.advance(10 * minute);
    expect(aws.credentialCalls).toBeGreaterThanOrEqual(19);
    expect(aws.credentialCalls).toBeLessThanOrEqual(21);
    expect(view().expiresAt ?? 0).toBeGreaterThan(clock.now() + 29_000);
  });

  it('what was asked for once is renewed once, then let run out', async () => {
    await broker.credentials('dev');
    await clock.advance(12 * hour);
    expect(aws.credentialCalls).toBe(2);
    expect(view()).toMatchObject({ state: 'absent', expiresAt: null, nextRenewalAt: null });
    expect(await keyOf()).toBe('ASIA3');
  });

  it('a hold that is let go no longer renews', async () => {
    const release = broker.hold('dev');
    await settle();
    release();
    release();
    await clock.advance(3 * hour);
    expect(aws.credentialCalls).toBe(1);
  });

  it('after a night of sleep nobody gets what is over', async () => {
    await broker.credentials('dev');
    const asleep = clock.sleep(9 * hour);
    const key = broker.credentials('dev');
    await asleep;
    const { accessKeyId, expiresAt } = await key;
    expect(accessKeyId).toBe('ASIA2');
    expect(expiresAt).toBeGreaterThan(clock.now());
  });
});

describe('trouble', () => {
  it('hands out what is usable while the network is down, and never what is over', async () => {
    broker.hold('dev');
    await settle();
    aws.portalFaults = Array.from({ length: 500 }, () => portalFault('network', 'ENOTFOUND'));
    await clock.advance(50 * minute);
    expect(view()).toMatchObject({ state: 'stale', problem: { code: 'NetworkUnavailable' } });
    expect(await keyOf()).toBe('ASIA1');
    await clock.advance(10 * minute);
    expect(await codeOf(broker.credentials('dev'))).toBe('NetworkUnavailable');
    expect(aws.credentialCalls).toBeLessThan(20);
    aws.portalFaults = [];
    await clock.advance(6 * minute);
    expect(view().state).toBe('valid');
  });

  it('waits a moment for fresher ones, not longer, while usable ones run low', async () => {
    await broker.credentials('dev');
    await broker.credentials('dev');
    aws.portalGate = () => new Promise((open) => clock.wakeAt(clock.now() + 11 * minute, open));
    await clock.advance(50 * minute);
    let got: string | undefined;
    void broker.credentials('dev').then((c) => {
      got = c.accessKeyId;
    });
    await clock.advance(1_000);
    expect(got).toBeUndefined();
    await clock.advance(500);
    expect(got).toBe('ASIA1');
    await clock.advance(2 * minute);
    expect(await keyOf()).toBe('ASIA2');
  });

  it('a refused role is denied, and asked about again only after a pause', async () => {
    aws.portalFaults = [portalFault('forbidden', 'ForbiddenException')];
    expect(await codeOf(broker.credentials('dev'))).toBe('AccessDenied');
    expect(view()).toMatchObject({ state: 'denied', problem: { code: 'AccessDenied' } });
    for (let n = 0; n < 10; n++) expect(await codeOf(broker.credentials('dev'))).toBe('AccessDenied');
    expect(aws.credentialCalls).toBe(1);
    await clock.advance(30_000);
    expect(await keyOf()).toBe('ASIA2');
  });

  it('a throttled call is not repeated before Retry-After', async () => {
    aws.portalFaults = [portalFault('throttle', 'TooManyRequestsException', 20_000)];
    expect(await codeOf(broker.credentials('dev'))).toBe('Throttled');
    await clock.advance(19_000);
    expect(await codeOf(broker.credentials('dev'))).toBe('Throttled');
    expect(aws.credentialCalls).toBe(1);
    await clock.advance(1_000);
    expect(await keyOf()).toBe('ASIA2');
  });

  it('a 401 brings one forced refresh and one more try', async () => {
    aws.live.clear();
    expect(await keyOf()).toBe('ASIA2');
    expect(aws.refreshes).toBe(1);
  });

  it('a 401 that survives it needs a person: asked once, and all go on after the sign-in', async () => {
    aws.live.clear();
    aws.refreshable.clear();
    broker.hold('dev');
    const codes = Promise.all([codeOf(broker.credentials('dev')), codeOf(broker.credentials('admin'))]);
    await clock.advance(5_000);
    expect(await codes).toEqual(['SignInNeeded', 'SignInNeeded']);
    expect(keeper.prompt()).toMatchObject({ ssoSession: 'corp', count: 1 });
    const calls = aws.credentialCalls;
    await clock.advance(hour);
    expect(aws.credentialCalls).toBe(calls);
    await keeper.adopt('corp', aws.signIn());
    await settle();
    expect(view('dev').state).toBe('valid');
    expect(keeper.prompt()).toBeNull();
  });

  it('an unknown profile is looked up again, then refused; one just added is found', async () => {
    expect(await codeOf(broker.credentials('new'))).toBe('ProfileUnknown');
    expect(catalog.reloads).toBe(1);
    catalog.onReload = () => {
      catalog.profiles.push({
        name: 'new',
        ssoSession: 'corp',
        accountId: '222233334444',
        roleName: 'Dev',
        region: null,
      });
    };
    expect(await keyOf('new')).toMatch(/^ASIA/);
  });
});

describe('a key that AWS refused', () => {
  it('is replaced once for all who complain, and a flood of complaints is no flood of calls', async () => {
    const first = await keyOf();
    const all = await Promise.all(
      Array.from({ length: 50 }, () => broker.credentials('dev', { rejected: first })),
    );
    expect(new Set(all.map((c) => c.accessKeyId))).toEqual(new Set(['ASIA2']));
    for (let n = 0; n < 20; n++) await broker.credentials('dev', { rejected: `ASIA${n}` });
    expect(aws.credentialCalls).toBe(2);
    await clock.advance(5_000);
    expect(await keyOf('dev', 'ASIA2')).toBe('ASIA3');
  });

  it('that is not ours changes nothing', async () => {
    const first = await keyOf();
    expect(await keyOf('dev', 'AKIASOMEBODY')).toBe(first);
  });
});

describe('sign-out', () => {
  it('forgets what came from it, and takes nothing that was under way', async () => {
    await broker.credentials('dev');
    aws.portalGate = () => new Promise((open) => clock.wakeAt(clock.now() + 1_000, open));
    const late = codeOf(broker.credentials('admin'));
    await settle();
    await keeper.signOut('corp');
    await clock.advance(5_000);
    expect(await late).toBe('SignInNeeded');
    expect(broker.views().map((v) => [v.state, v.expiresAt])).toEqual([
      ['absent', null],
      ['absent', null],
    ]);
    expect(await codeOf(broker.credentials('dev'))).toBe('SignInNeeded');
  });

  it('by another tool does the same; what is held comes back with the next sign-in', async () => {
    broker.hold('dev');
    await settle();
    cache.put('corp', null);
    await settle();
    expect(view()).toMatchObject({ state: 'absent', expiresAt: null });
    // Nobody asked: a sign-out is not a need.
    expect(keeper.prompt()).toBeNull();
    cache.put('corp', aws.signIn());
    await settle();
    expect(view().state).toBe('valid');
  });
});

describe('what is configured', () => {
  it('a profile whose role was edited stands for the new role, its hold with it', async () => {
    broker.hold('dev');
    await settle();
    catalog.profiles = catalog.profiles.map((p) => ({ ...p, roleName: 'Other' }));
    catalog.changed();
    await settle();
    expect(view()).toMatchObject({ roleName: 'Other', state: 'valid' });
    catalog.profiles = [];
    catalog.changed();
    expect(broker.views()).toEqual([]);
    expect(await codeOf(broker.credentials('dev'))).toBe('ProfileUnknown');
  });

  it('a hold of a profile that is not there yet is no error, and is made good', async () => {
    broker.hold('later');
    expect(broker.views()).toEqual([]);
    catalog.profiles.push({
      name: 'later',
      ssoSession: 'corp',
      accountId: '222233334444',
      roleName: 'Dev',
      region: null,
    });
    catalog.changed();
    await settle();
    expect(view('later').state).toBe('valid');
  });
});

describe('listing', () => {
  it('asks for roles at most five times a second', async () => {
    const ids = Array.from({ length: 12 }, (_, n) => String(100_000_000_000 + n));
    const all = Promise.all([...ids, ...ids].map((id) => broker.roles('corp', id)));
    await clock.advance(5_000);
    await all;
    expect(aws.listingsAt).toHaveLength(12);
    for (let n = 5; n < 12; n++) {
      expect((aws.listingsAt[n] ?? 0) - (aws.listingsAt[n - 5] ?? 0)).toBeGreaterThanOrEqual(1_000);
    }
  });

  it('refreshes a token that the portal does not take, as for credentials', async () => {
    aws.live.clear();
    expect(await broker.accounts('corp')).toHaveLength(1);
    expect(await codeOf(broker.accounts('nowhere'))).toBe('SsoSessionUnknown');
  });
});

describe('a clock that was a year ahead', () => {
  it('hands out no end of that year', async () => {
    const year = 365 * 24 * hour;
    await clock.sleep(year);
    await keeper.adopt('corp', aws.signIn());
    expect((await broker.credentials('dev')).expiresAt).toBe(clock.now() + hour);
    await clock.setBack(year);
    expect((await broker.credentials('dev')).expiresAt).toBe(clock.now() + hour);
  });

  it('leaves nobody waiting for that year', async () => {
    const year = 365 * 24 * hour;
    await clock.sleep(year);
    // By that clock whatever AWS gives is over already.
    aws.clock = new FakeClock();
    await keeper.adopt('corp', { ...aws.signIn(), expiresAt: clock.now() + hour });
    expect(await codeOf(broker.credentials('dev'))).toBe('ServiceFailed');
    await clock.setBack(year);
    await clock.advance(5_000);
    expect(await codeOf(broker.credentials('dev'))).toBe('resolved');
  });
});
