import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import {
  BedrockTrayError,
  type CallName,
  isBedrockTrayError,
  type Procedure,
  type ProcedureArguments,
  type ProcedureName,
  type ProcedureOutput,
  procedures,
  type StreamName,
} from '../../contract/index.ts';
import { inputWord } from '../../domain/input-word.ts';
import { createTranslator, type Translator } from '../../locales/index.ts';
import type { Log } from '../ports.ts';
import type { Connection } from './connection.ts';

/** What the agent does for each row of the contract. Inputs are validated before. */
export type Handlers = {
  [N in CallName]: (
    input: ProcedureArguments<N>,
    connection: Connection,
    signal: AbortSignal,
  ) => Promise<ProcedureOutput<N>> | ProcedureOutput<N>;
} & {
  [N in StreamName]: (
    input: ProcedureArguments<N>,
    connection: Connection,
    signal: AbortSignal,
  ) => AsyncIterable<ProcedureOutput<N>>;
};

export interface DispatchOptions {
  handlers: Handlers;
  log: Log;
  /** In whose language inputs are refused; English where it is not given. */
  words?: (() => Translator) | undefined;
  /** Check what the handlers answer against the contract too (tests). */
  checkOutput?: boolean | undefined;
}

/** Answers one request: role first, then input, then the handler. Throws nothing but BedrockTrayError. */
export type Dispatch = (
  name: ProcedureName,
  input: unknown,
  connection: Connection,
  signal: AbortSignal,
) => Promise<unknown>;

/** The first thing that is wrong with an input, without its value (which may be a secret). */
function badInput(error: z.ZodError, words: Translator): BedrockTrayError<'BadInput'> {
  const issue = error.issues[0];
  const { key, params } = inputWord({
    code: issue?.code,
    path: issue?.path ?? [],
    values: issue?.code === 'invalid_value' ? issue.values : undefined,
  });
  const named = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 3) : [];
  const field = [...(issue?.path ?? []), ...named].map(String).join('.').slice(0, 200);
  return new BedrockTrayError('BadInput', {
    field: field || 'input',
    reason: words.t(key, params),
  });
}

/** An error as one that may cross to a shell; what is unknown becomes a reference that the log explains. */
export function crossing(error: unknown, what: string, log: Log): BedrockTrayError {
  if (isBedrockTrayError(error)) return error;
  const reference = randomUUID().slice(0, 8);
  log.error({ reference, what, err: error }, 'unexpected error');
  return new BedrockTrayError('Internal', { reference }, { cause: error });
}

/** The one way to the handlers, whatever carries the request. */
export function createDispatch({
  handlers,
  log,
  words = () => createTranslator('en'),
  checkOutput = false,
}: DispatchOptions): Dispatch {
  return async (name, input, connection, signal) => {
    const row: Procedure = procedures[name];
    if (!row.roles.includes(connection.role)) {
      throw new BedrockTrayError('Forbidden', { procedure: name, role: connection.role });
    }
    const parsed = row.input.safeParse(input);
    if (!parsed.success) throw badInput(parsed.error, words());
    const checked = (value: unknown) => (checkOutput ? row.output.parse(value) : value);
    const handler = handlers[name] as (
      input: unknown,
      connection: Connection,
      signal: AbortSignal,
    ) => unknown;
    try {
      if (row.kind === 'call') return checked(await handler(parsed.data, connection, signal));
      return crossingStream(
        handler(parsed.data, connection, signal) as AsyncIterable<unknown>,
        name,
        log,
        checked,
      );
    } catch (error) {
      throw crossing(error, name, log);
    }
  };
}

async function* crossingStream(
  values: AsyncIterable<unknown>,
  name: string,
  log: Log,
  checked: (value: unknown) => unknown,
): AsyncGenerator<unknown, void> {
  try {
    for await (const value of values) yield checked(value);
  } catch (error) {
    throw crossing(error, name, log);
  }
}
