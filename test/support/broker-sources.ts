import type { BrokerParts } from '../../src/agent/broker/broker.ts';
import { MfaRoom } from '../../src/agent/mfa/mfa-room.ts';
import type { AgentContext } from '../../src/agent/ports.ts';

/** For tests that know permission sets only: the rest of what a broker needs. */
export function onlySso(
  context: Pick<AgentContext, 'clock' | 'log' | 'random'>,
): Pick<BrokerParts, 'fetch' | 'mfa'> {
  return {
    mfa: new MfaRoom(context),
    fetch: (source) => Promise.reject(new Error(`no ${source.kind} in this test`)),
  };
}
