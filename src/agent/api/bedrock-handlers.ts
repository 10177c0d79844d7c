import type { Bill, Doctor, Models, Policies, Trail, Usage } from '../bedrock-ports.ts';
import type { Clock } from '../ports.ts';
import type { Connection } from './connection.ts';
import type { Handlers } from './dispatch.ts';
import { PageLimits } from './page-limits.ts';

/** The rooms behind the contract's rows about Bedrock. */
export interface BedrockRooms {
  clock: Clock;
  models: Models;
  doctor: Doctor;
  policies: Policies;
  usage: Pick<Usage, 'query'>;
  bill: Bill;
  trail: Trail;
}

type BedrockHandlers = Pick<
  Handlers,
  Extract<
    keyof Handlers,
    `${'models' | 'regions' | 'doctor' | 'policies' | 'usage' | 'costs' | 'trail'}.${string}`
  >
>;

/** The implementation of each of these rows: one line that names the room which does it. */
export function bedrockHandlers(rooms: BedrockRooms): BedrockHandlers {
  const { models, doctor, policies, usage, bill, trail } = rooms;
  const pages = new PageLimits(rooms.clock);
  const isPage = ({ role }: Connection) => role === 'page';
  return {
    'models.list': (input) => models.list(input),
    'models.resolve': (input) => models.resolve(input),
    'regions.list': () => ({ regions: models.regions() }),
    'regions.survey': (input, connection, signal) => {
      const survey = () => models.survey(input, signal);
      return isPage(connection) ? pages.inTurn(signal, survey) : survey();
    },
    'doctor.run': (input, connection, signal) => {
      const run = () => doctor.run(input, signal);
      return isPage(connection) ? pages.inTurn(signal, run) : run();
    },
    'doctor.preview': (input) => doctor.preview(input),
    'doctor.fix': (input) => doctor.fix(input),
    'doctor.undo': () => doctor.undo(),
    'doctor.report': async (input) => ({ text: await doctor.report(input.maskAccounts) }),
    'policies.build': (input) => policies.build(input),
    'policies.validate': (input) => policies.validate(input),
    'policies.compare': (input) => policies.compare(input),
    'usage.query': (input) => usage.query(input),
    'costs.get': (input, connection) => {
      const ask = () => bill.get(input);
      return isPage(connection) && input.agreed ? pages.charged(ask) : ask();
    },
    'trail.list': (input) => trail.list(input),
  };
}
