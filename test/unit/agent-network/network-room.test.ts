import { expect, test } from 'vitest';
import { Connection } from '../../../src/agent/api/connection.ts';
import { ChangeEmitter } from '../../../src/agent/change-emitter.ts';
import { NetworkRoom } from '../../../src/agent/network/network-room.ts';
import type { AwsNetwork, CallOutcome } from '../../../src/aws/network.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { context, hour, minute } from '../../support/keep-alive-rooms.ts';

const oidc = 'https://oidc.example';

/** The room with a network that is up or down, and one caller that tries as a keeper would. */
class Scene {
  readonly clock = new FakeClock();
  readonly room: NetworkRoom;
  readonly caller: AwsNetwork;
  readonly rooms = new ChangeEmitter();
  up: 'up' | 'down' | 'portal' = 'up';
  addresses = 'eth0';
  waiting = false;
  knocks: number[] = [];
  reachable: number[] = [];
  changes = 0;

  constructor() {
    const env = {};
    this.room = new NetworkRoom({
      context: { ...context(this.clock), env },
      settings: { ofProfile: () => env, ofSsoRegion: () => env },
      addresses: () => this.addresses,
      knock: async (origin, network) => {
        this.knocks.push(this.clock.now());
        network.observe(this.outcome(origin));
      },
    });
    this.room.serve(() => this.waiting, [this.rooms]);
    this.room.onReachable(() => this.reachable.push(this.clock.now()));
    this.room.onChange(() => this.changes++);
    this.caller = this.room.forSsoRegion('us-east-1');
  }

  outcome(origin = oidc, over: Partial<CallOutcome> = {}): CallOutcome {
    const at = this.clock.now();
    const result = ({ up: 'answered', down: 'failed', portal: 'not-aws' } as const)[this.up];
    return { result, origin, name: '', sentAt: at, receivedAt: at, serverDate: null, ...over };
  }

  /** A call of somebody who waits for its success. */
  call(): void {
    this.waiting = this.up !== 'up';
    this.caller.observe(this.outcome());
    this.rooms.emit();
  }
}

test('fault-free there is no timer and no knock', async () => {
  const scene = new Scene();
  for (let n = 0; n < 10; n++) {
    scene.call();
    await scene.clock.advance(hour);
  }
  expect(scene.knocks).toEqual([]);
  expect(scene.clock.fired).toBe(0);
  expect(scene.room.view()).toEqual({ state: 'online', sinceAt: Date.UTC(2030, 0, 1) });
});

test('offline for days: bounded, and over within seconds of a new address', async () => {
  const scene = new Scene();
  scene.call();
  scene.up = 'down';
  scene.call();
  await scene.clock.advance(1000);
  expect(scene.room.view().state).toBe('offline');
  const days = process.env.CI ? 10 : 1;
  await scene.clock.advance(days * 24 * hour);
  // Knocks at 2, 4, 8, 16 and every 30 s, a look at the addresses every 5 s.
  expect(scene.knocks.length).toBeLessThan(days * 24 * 120 + 10);
  expect(scene.clock.fired).toBeLessThan(days * 24 * 900);
  expect(scene.changes).toBe(1);
  scene.up = 'up';
  scene.addresses = 'wlan0';
  const returned = scene.clock.now();
  await scene.clock.advance(7 * 1000);
  expect(scene.room.view().state).toBe('online');
  expect(scene.reachable).toHaveLength(1);
  expect((scene.reachable[0] ?? 0) - returned).toBeLessThanOrEqual(6_000);
});

test('the network’s return without a sign of it is noticed within 30 s', async () => {
  const scene = new Scene();
  scene.up = 'down';
  scene.call();
  await scene.clock.advance(hour);
  scene.up = 'up';
  await scene.clock.advance(31_000);
  expect(scene.room.view().state).toBe('online');
});

test('nobody waits: quiet, until somebody does', async () => {
  const scene = new Scene();
  scene.up = 'down';
  scene.call();
  await scene.clock.advance(minute);
  scene.waiting = false;
  scene.rooms.emit();
  const { fired } = scene.clock;
  const knocks = scene.knocks.length;
  await scene.clock.advance(24 * hour);
  expect(scene.clock.fired - fired).toBeLessThanOrEqual(1);
  expect(scene.knocks.length - knocks).toBeLessThanOrEqual(1);
  scene.up = 'up';
  scene.waiting = true;
  scene.rooms.emit();
  await scene.clock.advance(2000);
  expect(scene.room.view().state).toBe('online');
});

test('the tray says that the network is back: tried at once; storms of it are not', async () => {
  const scene = new Scene();
  scene.up = 'down';
  scene.call();
  await scene.clock.advance(hour);
  scene.up = 'up';
  const tray = new Connection('tray');
  scene.room.report({ online: true, proxyRules: null }, tray);
  await scene.clock.advance(3_001);
  expect(scene.reachable).toHaveLength(1);
  scene.up = 'down';
  scene.call();
  await scene.clock.advance(3_000);
  const before = scene.knocks.length;
  for (let n = 0; n < 100; n++) {
    scene.room.report({ online: true, proxyRules: null }, tray);
    await scene.clock.advance(100);
  }
  expect(scene.knocks.length - before).toBeLessThanOrEqual(6);
});

test('awake after a night: at once, not after the pause that was running', async () => {
  const scene = new Scene();
  scene.up = 'down';
  scene.call();
  await scene.clock.advance(hour);
  scene.up = 'up';
  await scene.clock.sleep(8 * hour);
  await scene.clock.advance(1_001);
  expect(scene.room.view().state).toBe('online');
});

test('a captive portal is shown as one, and left when AWS answers', async () => {
  const scene = new Scene();
  scene.up = 'portal';
  scene.call();
  expect(scene.room.view().state).toBe('captive');
  await scene.clock.advance(10 * minute);
  expect(scene.room.view().state).toBe('captive');
  scene.up = 'up';
  await scene.clock.advance(32_000);
  expect(scene.room.view().state).toBe('online');
  expect(scene.reachable).toHaveLength(1);
});

test('the system’s proxy reaches every call, until its shell does not know it any more', () => {
  const scene = new Scene();
  const tray = new Connection('tray');
  expect(scene.caller.proxyRules()).toBeNull();
  scene.room.report({ online: null, proxyRules: 'PROXY p:3128' }, tray);
  expect(scene.caller.proxyRules()).toBe('PROXY p:3128');
  scene.room.report({ online: true, proxyRules: null }, tray);
  expect(scene.caller.proxyRules()).toBeNull();
});

test('with no shell left, direct is tried too: the computer may have left that network', () => {
  const scene = new Scene();
  const trays = [new Connection('tray'), new Connection('tray')] as const;
  for (const tray of trays) scene.room.report({ online: true, proxyRules: 'PROXY p:3128' }, tray);
  trays[0].closed();
  expect(scene.caller.proxyRules()).toBe('PROXY p:3128');
  trays[1].closed();
  expect(scene.caller.proxyRules()).toBe('PROXY p:3128; DIRECT');
  scene.room.report({ online: true, proxyRules: 'PROXY q:3128' }, new Connection('tray'));
  expect(scene.caller.proxyRules()).toBe('PROXY q:3128');
});

test('the clock: AWS’s Date against the middle of the request; small differences are none', async () => {
  const scene = new Scene();
  const at = scene.clock.now();
  const tell = (serverDate: number | null, sentAt = at, receivedAt = at) =>
    scene.caller.observe(scene.outcome(oidc, { serverDate, sentAt, receivedAt }));
  tell(at + 59_000);
  expect(scene.room.clockSkewMs()).toBeNull();
  tell(at + 2 * hour + 2_000, at, at + 4_000);
  expect(scene.room.clockSkewMs()).toBe(2 * hour);
  expect(scene.caller.skewMs()).toBe(2 * hour);
  const told = scene.changes;
  tell(at + 2 * hour + 1_000);
  expect(scene.changes).toBe(told);
  tell(null);
  expect(scene.room.clockSkewMs()).toBe(2 * hour);
  // Somebody sets the clock back by an hour: AWS's is ahead by that much more.
  await scene.clock.setBack(hour);
  expect(scene.room.clockSkewMs()).toBe(3 * hour);
  const now = scene.clock.now();
  tell(now, now, now);
  expect(scene.room.clockSkewMs()).toBeNull();
});
