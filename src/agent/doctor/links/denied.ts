import { AwsFault } from '../../../aws/faults.ts';
import type { ErrorView } from '../../../contract/errors.ts';
import { isBedrockTrayError } from '../../../contract/errors.ts';
import { ofError, type Told } from '../../../domain/doctor/findings.ts';
import { errorOf } from '../../aws-errors.ts';
import type { Held } from '../check-runner.ts';

/** Whether AWS says that this identity may not ask. */
export function isDenied(problem: ErrorView): boolean {
  if (problem.code === 'AccessDenied') return true;
  const { reason } = problem.params;
  return (
    problem.code === 'ServiceFailed' &&
    /^(AccessDenied|Unauthorized|AuthorizationError|OptInRequired|SubscriptionRequired)/.test(String(reason))
  );
}

/** What becomes of a look that few identities are allowed: nothing is wrong where this one is not. */
export async function optional(look: () => Promise<Held>, denied: Told): Promise<Held> {
  try {
    return await look();
  } catch (e) {
    const problem = isBedrockTrayError(e) ? e.view() : errorOf(e).view();
    const forbidden = (e instanceof AwsFault && e.kind === 'forbidden') || isDenied(problem);
    return forbidden
      ? { evidence: null, findings: [denied], skipped: true }
      : { evidence: null, findings: [ofError(problem, 'warning')] };
  }
}
