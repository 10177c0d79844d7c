import type { ErrorView } from '../../../../src/contract/errors.ts';

/** Whether it was AWS that did not allow it: to try again, as it would be said otherwise, changes nothing and may cost. */
export function isDenied(error: ErrorView | null): boolean {
  return error?.code === 'ServiceFailed' && /^AccessDenied/.test(String(error.params.reason));
}
