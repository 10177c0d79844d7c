import { ORPCError } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import {
  BedrockTrayError,
  type CallName,
  ENDED_ON_PURPOSE,
  ErrorView,
  type ProcedureInput,
  type ProcedureName,
  type ProcedureOutput,
  type StreamName,
} from '../contract/index.ts';

/**
 * What is needed of a WebSocket: the browser's, the `ws` package's, or a channel made to look like one. Messages
 * are text; 'message' events carry it as `data`.
 */
export interface WebSocketLike {
  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  readonly readyState: number;
  send(data: string): void;
  close(): void;
  addEventListener(type: 'open', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code?: number }) => void): void;
  removeEventListener(type: 'open', listener: () => void): void;
  removeEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  removeEventListener(type: 'close', listener: (event: { code?: number }) => void): void;
}

export interface CallOptions {
  signal?: AbortSignal | undefined;
  /** How long to wait for the answer, ms; null waits for ever. Default 60 s, and for ever where a person is waited for. */
  timeoutMs?: number | null | undefined;
}

/** A conversation with the agent in the contract's terms. */
export interface AgentConnection {
  /** Errors: BedrockTrayError with the agent's code and parameters; AgentUnavailable when the connection ends. */
  call<N extends CallName>(
    name: N,
    input: ProcedureInput<N>,
    options?: CallOptions,
  ): Promise<ProcedureOutput<N>>;
  /**
   * Calls `onValue` with each value of a stream, the first one at once. `onEnd` comes once, with the error if
   * there is one, when the agent or the connection ends the stream. The returned function stops it silently.
   */
  watch<N extends StreamName>(
    name: N,
    input: ProcedureInput<N>,
    onValue: (value: ProcedureOutput<N>) => void,
    onEnd?: (error?: BedrockTrayError) => void,
  ): () => void;
  /**
   * Calls back once when the connection has ended, from either side. At once when it already has. `onPurpose`: the
   * agent said that it ends in good order.
   */
  onClose(listener: (onPurpose: boolean) => void): () => void;
  close(): void;
}

const DEFAULT_TIMEOUT_MS = 60_000;
/** Calls whose answer waits for a person. */
const unhurried: ReadonlySet<ProcedureName> = new Set(['signIn.wait']);
const OPEN = 1;
const CLOSED = 3;

const unavailable = (reason: string, cause?: unknown) =>
  new BedrockTrayError('AgentUnavailable', { reason }, { cause });

/** Turns whatever a call failed with into the product's one error class. */
function toBedrockTrayError(error: unknown, closed: boolean): BedrockTrayError {
  if (error instanceof BedrockTrayError) return error;
  if (error instanceof ORPCError) {
    const view = ErrorView.safeParse(error.data);
    if (view.success) return new BedrockTrayError(view.data.code, view.data.params as never);
    // The agent knows no such procedure: another version that calls itself the same protocol.
    return unavailable(`it answered ${error.status} ${error.code}`, error);
  }
  return unavailable(
    closed ? 'the connection has ended' : error instanceof Error ? error.message : String(error),
    error,
  );
}

/**
 * The same socket, on which a message after its end is dropped: oRPC tells the other side of each stopped stream,
 * and would throw into nowhere when the connection ended in the same moment. Calls are refused before it comes to that.
 */
function tolerant(socket: WebSocketLike): WebSocketLike {
  return {
    get readyState() {
      return socket.readyState > OPEN ? OPEN : socket.readyState;
    },
    addEventListener: socket.addEventListener.bind(socket),
    removeEventListener: socket.removeEventListener.bind(socket),
    send(data) {
      if (socket.readyState === OPEN) socket.send(data);
    },
    close: () => socket.close(),
  };
}

/**
 * Speaks the contract over a WebSocket (or something like it) that is open or opening. Runs in Node, in
 * Electron's main process and in a browser.
 */
export function rpcClient(socket: WebSocketLike): AgentConnection {
  const link = new RPCLink<Record<never, never>>({ websocket: tolerant(socket) as never });
  const closed = new AbortController();
  let onPurpose = false;
  const ended = (event?: { code?: number }) => {
    onPurpose = event?.code === ENDED_ON_PURPOSE;
    closed.abort();
  };
  socket.addEventListener('close', ended);
  if (socket.readyState === CLOSED) ended();

  const request = (name: ProcedureName, input: unknown, signal: AbortSignal): Promise<unknown> =>
    closed.signal.aborted
      ? Promise.reject(unavailable('the connection has ended'))
      : link.call([name], input, { context: {}, signal });

  return {
    async call(name, input, options = {}) {
      const stop = new AbortController();
      const limit =
        options.timeoutMs === undefined
          ? unhurried.has(name)
            ? null
            : DEFAULT_TIMEOUT_MS
          : options.timeoutMs;
      const onAbort = () => stop.abort(options.signal?.reason);
      if (options.signal?.aborted) onAbort();
      options.signal?.addEventListener('abort', onAbort, { once: true });
      const timer =
        limit === null
          ? undefined
          : setTimeout(
              () => stop.abort(unavailable(`no answer within ${Math.round(limit / 1000)} s`)),
              limit,
            );
      try {
        return (await request(name, input, stop.signal)) as never;
      } catch (error) {
        if (options.signal?.aborted) throw options.signal.reason;
        throw toBedrockTrayError(error, closed.signal.aborted);
      } finally {
        clearTimeout(timer);
        options.signal?.removeEventListener('abort', onAbort);
      }
    },
    watch(name, input, onValue, onEnd) {
      const stop = new AbortController();
      const run = async () => {
        const values = (await request(name, input, stop.signal)) as AsyncIterable<never>;
        for await (const value of values) {
          if (stop.signal.aborted) return;
          onValue(value);
        }
      };
      run().then(
        () => {
          if (!stop.signal.aborted) onEnd?.();
        },
        (error) => {
          if (!stop.signal.aborted) onEnd?.(toBedrockTrayError(error, closed.signal.aborted));
        },
      );
      return () => stop.abort();
    },
    onClose(listener) {
      if (closed.signal.aborted) {
        queueMicrotask(() => listener(onPurpose));
        return () => {};
      }
      const tell = () => listener(onPurpose);
      closed.signal.addEventListener('abort', tell, { once: true });
      return () => closed.signal.removeEventListener('abort', tell);
    },
    close: () => socket.close(),
  };
}

/** Resolves with the conversation once `socket` is open. Errors: AgentUnavailable when it closes first. */
export async function openRpcClient(socket: WebSocketLike): Promise<AgentConnection> {
  if (socket.readyState !== OPEN) {
    await new Promise<void>((resolve, reject) => {
      const done = (act: () => void) => () => {
        socket.removeEventListener('open', opened);
        socket.removeEventListener('close', failed);
        act();
      };
      const opened = done(resolve);
      const failed = done(() => reject(unavailable('the connection was refused')));
      socket.addEventListener('open', opened);
      socket.addEventListener('close', failed);
      if (socket.readyState === CLOSED) failed();
    });
  }
  return rpcClient(socket);
}
