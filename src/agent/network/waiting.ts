import type { ErrorCode, ErrorView } from '../../contract/errors.ts';
import type { Broker, Keeper } from '../ports.ts';

const forWantOfNetwork: readonly ErrorCode[] = ['NetworkUnavailable', 'NotAws', 'CertificateUntrusted'];

const isOne = (problem: ErrorView | null) => problem !== null && forWantOfNetwork.includes(problem.code);

/** Whether anything failed for want of a network and will be tried again. */
export function waitsForNetwork(keeper: Pick<Keeper, 'views'>, broker: Pick<Broker, 'views'>): boolean {
  return (
    keeper.views().some(({ state, problem }) => state === 'degraded' && isOne(problem)) ||
    broker.views().some(({ nextRenewalAt, problem }) => nextRenewalAt !== null && isOne(problem))
  );
}
