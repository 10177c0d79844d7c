import { ORPCError, os } from '@orpc/server';
import { RPCHandler } from '@orpc/server/ws';
import type { WebSocket } from 'ws';
import * as z from 'zod';
import { type BedrockTrayError, type ProcedureName, procedures } from '../../contract/index.ts';
import type { Connection } from './connection.ts';
import type { Dispatch } from './dispatch.ts';

/** Requests of one connection that may be under way at once: far above what a shell asks, far below harm. */
const MAX_REQUESTS_UNDER_WAY = 256;

/**
 * What oRPC's peer protocol may say to us: a request without headers, or the end of one. Everything else it can
 * carry (files, forms, streams towards the agent) is used by no procedure and is not let in.
 */
const Frame = z.union([
  z
    .object({
      i: z.string().max(64),
      p: z.object({ u: z.string().max(200).startsWith('/'), b: z.unknown().optional() }).strict(),
    })
    .strict(),
  z.object({ i: z.string().max(64), t: z.literal(4) }).strict(),
]);

function isFrame(data: unknown): boolean {
  if (typeof data !== 'string') return false;
  try {
    return Frame.safeParse(JSON.parse(data)).success;
  } catch {
    return false;
  }
}

interface Context {
  connection: Connection;
  /** Counts a request in; false when there are too many. */
  enter(): boolean;
  leave(): void;
}

function asOrpcError(error: BedrockTrayError): ORPCError<string, unknown> {
  return new ORPCError('BEDROCK_TRAY', {
    status: 400,
    message: error.code,
    data: error.view(),
    cause: error,
  });
}

async function* errorsAsOrpc(
  values: AsyncIterable<unknown>,
  leave: () => void,
): AsyncGenerator<unknown, void> {
  try {
    for await (const value of values) yield value;
  } catch (error) {
    throw asOrpcError(error as BedrockTrayError);
  } finally {
    leave();
  }
}

/** The contract's table as an oRPC router: one generic handler for all rows. */
function router(dispatch: Dispatch) {
  const base = os.$context<Context>();
  const row = (name: ProcedureName) =>
    base.handler(async ({ input, context, signal }) => {
      if (!context.enter()) throw new ORPCError('TOO_MANY_REQUESTS');
      let streams = false;
      try {
        // A request without a signal ends with its connection.
        const stop = signal ?? context.connection.signal;
        const answer = await dispatch(name, input, context.connection, stop);
        if (procedures[name].kind !== 'stream') return answer;
        streams = true;
        return errorsAsOrpc(answer as AsyncIterable<unknown>, context.leave);
      } catch (error) {
        throw asOrpcError(error as BedrockTrayError);
      } finally {
        if (!streams) context.leave();
      }
    });
  return Object.fromEntries((Object.keys(procedures) as ProcedureName[]).map((name) => [name, row(name)]));
}

/** Serves the contract on a WebSocket for one connection. */
export type ServeRpc = (socket: WebSocket, connection: Connection) => void;

/** oRPC as the carrier of the contract (docs/architecture.md: an adapter that can be replaced). */
export function createOrpcAdapter(dispatch: Dispatch): ServeRpc {
  const handler = new RPCHandler<Context>(router(dispatch));
  return (socket, connection) => {
    let underWay = 0;
    const carrier = {
      // A send resolves when the bytes have left this process, so a stream waits for a slow reader instead of
      // piling up values. A failed one needs no answer: the connection is ending, which ends its requests.
      send: (data: string) => new Promise<void>((resolve) => socket.send(data, () => resolve())),
      addEventListener: (type: string, listener: (event: { data?: unknown }) => void) => {
        if (type !== 'message') {
          socket.on(type, () => listener({}));
          return;
        }
        socket.on('message', (data, isBinary) => {
          const text = isBinary ? undefined : String(data);
          if (isFrame(text)) listener({ data: text });
          else socket.close(1007, 'not a request');
        });
      },
    };
    const context: Context = {
      connection,
      enter: () => {
        if (underWay >= MAX_REQUESTS_UNDER_WAY) return false;
        underWay++;
        return true;
      },
      leave: () => {
        underWay--;
      },
    };
    void handler.upgrade(carrier as unknown as WebSocket, { context });
  };
}
