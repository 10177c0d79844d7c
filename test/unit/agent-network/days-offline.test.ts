import { afterEach, beforeEach, expect, test } from 'vitest';
import { RoleBroker } from '../../../src/agent/broker/broker.ts';
import { SsoKeeper } from '../../../src/agent/keeper/keeper.ts';
import { NetworkRoom } from '../../../src/agent/network/network-room.ts';
import { waitsForNetwork } from '../../../src/agent/network/waiting.ts';
import type { CallOutcome } from '../../../src/aws/network.ts';
import { onlySso } from '../../support/broker-sources.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import {
  context,
  hour,
  MemoryAws,
  MemoryCatalog,
  MemoryTokenCache,
  memorySettings,
  oidcFault,
  portalFault,
} from '../../support/keep-alive-rooms.ts';

/** Keeper, broker and network as the agent wires them, on a network that is away for days. */

const day = 24 * hour;
const oidcOrigin = 'https://oidc.example';
const portalOrigin = 'https://portal.example';

let clock: FakeClock;
let aws: MemoryAws;
let network: NetworkRoom;
let keeper: SsoKeeper;
let broker: RoleBroker;
let up: boolean;
let addresses: string;
let knocks: number;
let prompts: number;
const stop: (() => void)[] = [];

function outcome(origin: string): CallOutcome {
  const at = clock.now();
  return {
    result: up ? 'answered' : 'failed',
    origin,
    name: '',
    sentAt: at,
    receivedAt: at,
    serverDate: null,
  };
}

beforeEach(async () => {
  clock = new FakeClock();
  aws = new MemoryAws(clock);
  up = true;
  addresses = 'eth0';
  knocks = 0;
  prompts = 0;
  const env = {};
  network = new NetworkRoom({
    context: { ...context(clock), env },
    settings: { ofProfile: () => env, ofSsoRegion: () => env },
    addresses: () => addresses,
    knock: async (origin, over) => {
      knocks++;
      over.observe(outcome(origin));
    },
  });
  const over = network.forSsoRegion('us-east-1');
  aws.oidcGate = async () => {
    over.observe(outcome(oidcOrigin));
    if (!up) throw oidcFault('network', 'EAI_AGAIN');
  };
  aws.portalGate = async () => {
    over.observe(outcome(portalOrigin));
    if (!up) throw portalFault('network', 'EAI_AGAIN');
  };
  const catalog = new MemoryCatalog();
  keeper = new SsoKeeper({
    context: context(clock),
    catalog,
    cache: new MemoryTokenCache(),
    oidc: aws.oidc,
    portal: aws.portal,
    settings: memorySettings(),
  });
  broker = new RoleBroker({
    context: context(clock),
    catalog,
    keeper,
    portal: aws.portal,
    ...onlySso(context(clock)),
  });
  await keeper.start();
  network.serve(() => waitsForNetwork(keeper, broker), [keeper, broker]);
  stop.push(
    network.onReachable(() => {
      keeper.reachable();
      broker.reachable();
    }),
    keeper.onChange(() => {
      if (keeper.prompt() !== null) prompts++;
    }),
  );
  await keeper.adopt('corp', aws.signIn());
  broker.hold('dev');
  await clock.advance(1000);
});
afterEach(async () => {
  for (const each of stop.splice(0)) each();
  network.stop();
  await broker.stop();
  await keeper.stop();
});

const states = () => [keeper.views()[0]?.state, broker.views()[0]?.state, network.view().state];

test('days without a network: bounded, quiet, and well again within seconds of its return', async () => {
  const days = process.env.CI ? 5 : 1;
  await clock.advance(10 * hour);
  expect(states()).toEqual(['valid', 'valid', 'online']);
  expect(knocks).toBe(0);
  up = false;
  const [refreshes, calls, fired] = [aws.refreshes, aws.credentialCalls, clock.fired];
  await clock.advance(days * day);
  expect(states()).toEqual(['degraded', 'absent', 'offline']);
  // Keep-alive asks at most every 5 min (half of that with jitter), the knocks at most every 30 s.
  expect(aws.refreshes - refreshes).toBeLessThan(days * 24 * 30);
  expect(aws.credentialCalls - calls).toBeLessThan(days * 24 * 30);
  expect(knocks).toBeLessThan(2 * days * 24 * 121);
  // A look at the computer's own addresses every 5 s, and little else.
  expect(clock.fired - fired).toBeLessThan(days * 24 * (720 + 240));
  up = true;
  addresses = 'wlan0';
  await clock.advance(10_000);
  expect(states()).toEqual(['valid', 'valid', 'online']);
  expect(prompts).toBe(0);
  const after = clock.fired;
  await clock.advance(hour);
  expect(clock.fired - after).toBeLessThan(10);
});

test('asleep offline, awake with a network: tried at once', async () => {
  up = false;
  await clock.advance(2 * hour);
  expect(states()[2]).toBe('offline');
  up = true;
  await clock.sleep(9 * hour);
  await clock.advance(6_000);
  expect(states()).toEqual(['valid', 'valid', 'online']);
  expect(prompts).toBe(0);
});
