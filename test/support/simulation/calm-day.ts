import { AssembledSimulation } from './assembled-simulation.ts';
import type { History } from './history.ts';
import type { Totals } from './invariants.ts';
import type { Rooms } from './rooms.ts';

/**
 * 24 hours in which nothing happens: one SSO session of a week with tokens of 8 h, one role that an open session holds,
 * credentials of 1 h, a consumer that asks every `askEveryMinutes`. For the test of bounded wake-ups and the bench.
 * `looks`: how often SystemClock would have looked at the clock.
 */
export async function ordinaryDay(
  rooms: Rooms,
  askEveryMinutes: number,
): Promise<{ totals: Totals; looks: number }> {
  const history: History = {
    circumstances: {
      seed: 1,
      tokenMinutes: 480,
      credentialMinutes: 60,
      sessionMinutes: 7 * 24 * 60,
      registrationDays: 90,
      strictRotation: true,
      refreshTokens: true,
      ssoSessions: 1,
      askEveryMinutes,
      held: true,
      automatic: false,
      presenceKnown: true,
      diligence: 1,
    },
    events: [],
  };
  const simulation = new AssembledSimulation(history, rooms, { days: 1, roles: 1, aftermath: false });
  const totals = await simulation.run();
  return { totals, looks: simulation.clock.looks };
}
