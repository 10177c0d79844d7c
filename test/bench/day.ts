import { RoleBroker } from '../../src/agent/broker/broker.ts';
import { SsoKeeper } from '../../src/agent/keeper/keeper.ts';
import { CREDENTIALS_LEAD_MS, TOKEN_LEAD_MS } from '../../src/domain/keep-alive/schedule.ts';
import { onlySso } from '../support/broker-sources.ts';
import { FakeClock } from '../support/fake-clock.ts';
import {
  context,
  hour,
  MemoryAws,
  MemoryCatalog,
  MemoryTokenCache,
  memorySettings,
} from '../support/keep-alive-rooms.ts';
import type { Row } from './statistics.ts';

interface Day {
  refreshes: number;
  fetches: number;
  wakeUps: number;
}

/** A day of one SSO session and two roles that are in use, on a clock that moves when told to. */
async function day(credentialsLifetime: number): Promise<Day> {
  const clock = new FakeClock();
  const aws = new MemoryAws(clock);
  aws.credentialsLifetime = credentialsLifetime;
  const catalog = new MemoryCatalog();
  const keeper = new SsoKeeper({
    context: context(clock),
    catalog,
    cache: new MemoryTokenCache(),
    oidc: aws.oidc,
    portal: aws.portal,
    settings: memorySettings(),
  });
  const broker = new RoleBroker({
    context: context(clock),
    catalog,
    keeper,
    portal: aws.portal,
    ...onlySso(context(clock)),
  });
  try {
    await keeper.start();
    await keeper.adopt('corp', aws.signIn());
    const release = [broker.hold('dev'), broker.hold('admin')];
    await clock.advance(0);
    const fired = clock.fired;
    // The first fetch of each role is the day's beginning.
    const fetched = aws.credentialCalls;
    await clock.advance(24 * hour);
    for (const each of release) each();
    return { refreshes: aws.refreshes, fetches: aws.credentialCalls - fetched, wakeUps: clock.fired - fired };
  } finally {
    await broker.stop();
    await keeper.stop();
  }
}

/** What 24 hours ask of AWS and of the computer, against the fewest that the deadlines allow. */
export async function benchDay(): Promise<Row[]> {
  const rows: Row[] = [];
  const tokens = Math.floor((24 * hour) / (hour - TOKEN_LEAD_MS));
  for (const hours of [1, 8]) {
    const took = await day(hours * hour);
    const roles = 2 * Math.floor((24 * hour) / (hours * hour - CREDENTIALS_LEAD_MS));
    const calls = took.refreshes + took.fetches;
    rows.push(
      {
        what: `24 simulated hours, credentials of ${hours} h: calls of AWS`,
        figure: `${calls} (${took.refreshes} token, ${took.fetches} role)`,
        against: `fewest: ${tokens} token, ${roles} role, ratio ${(calls / (tokens + roles)).toFixed(2)}`,
        goal: 'ratio <= 1.05',
        met: calls / (tokens + roles) <= 1.05,
      },
      {
        what: `24 simulated hours, credentials of ${hours} h: wake-ups`,
        figure: `${took.wakeUps} timers`,
        against: `${(took.wakeUps / calls).toFixed(2)} a call`,
        goal: '<= 2 a call',
        met: took.wakeUps / calls <= 2,
      },
    );
  }
  return rows;
}
