import type * as z from 'zod';
import type { Role } from './roles.ts';

type Schema = z.ZodType;
/** One row of the contract. `call` answers once with `output`; `stream` yields `output` again and again until the caller stops. */
export interface Procedure<
  I extends Schema = Schema,
  O extends Schema = Schema,
  K extends 'call' | 'stream' = 'call' | 'stream',
> {
  kind: K;
  roles: readonly Role[];
  input: I;
  output: O;
}

export const call = <I extends Schema, O extends Schema>(
  roles: readonly Role[],
  input: I,
  output: O,
): Procedure<I, O, 'call'> => ({ kind: 'call', roles, input, output });
export const stream = <I extends Schema, O extends Schema>(
  roles: readonly Role[],
  input: I,
  output: O,
): Procedure<I, O, 'stream'> => ({ kind: 'stream', roles, input, output });

export const everyone: readonly Role[] = ['tray', 'page', 'cli', 'consumer'];
export const shells: readonly Role[] = ['tray', 'page', 'cli'];
export const trusted: readonly Role[] = ['tray', 'cli'];
export const cli: readonly Role[] = ['cli'];
