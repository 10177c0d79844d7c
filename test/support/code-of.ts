import { BedrockTrayError } from '../../src/contract/errors.ts';

/** The code of the error that a promise rejects with; `resolved` if it does not. */
export function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'resolved',
    (e) => (e instanceof BedrockTrayError ? e.code : `not ours: ${e}`),
  );
}
