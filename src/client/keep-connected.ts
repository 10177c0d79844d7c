import {
  BedrockTrayError,
  type CallName,
  type ErrorView,
  type ProcedureInput,
  type ProcedureOutput,
  type StreamName,
} from '../contract/index.ts';
import type { AgentConnection, CallOptions } from './rpc-client.ts';

export type ConnectionState =
  | { kind: 'connecting' }
  | { kind: 'connected' }
  /** Not connected; tried again by itself. */
  | { kind: 'failed'; problem: ErrorView };

/** A connection that is made again whenever it ends, for shells that stay. */
export interface KeptConnection {
  state(): ConnectionState;
  onState(listener: (state: ConnectionState) => void): () => void;
  /** Waits for a connection that is being made. Errors: as AgentConnection's; the last problem while there is none. */
  call<N extends CallName>(
    name: N,
    input: ProcedureInput<N>,
    options?: CallOptions,
  ): Promise<ProcedureOutput<N>>;
  /** Goes on across reconnections: each begins with a whole value again. */
  watch<N extends StreamName>(
    name: N,
    input: ProcedureInput<N>,
    onValue: (value: ProcedureOutput<N>) => void,
  ): () => void;
  /**
   * One run of a stream, which is not begun again with another connection: each may cost something. `onEnd` is called
   * once, with the reason where it broke off; not after a stop.
   */
  follow<N extends StreamName>(
    name: N,
    input: ProcedureInput<N>,
    onValue: (value: ProcedureOutput<N>) => void,
    onEnd: (error?: BedrockTrayError) => void,
  ): () => void;
  /** A person asks for it: tries now instead of at the end of the back-off, and may start an agent that was stopped. */
  retryNow(): void;
  close(): void;
}

const stopped = new BedrockTrayError('AgentUnavailable', { reason: 'it was stopped' });
const FIRST_DELAY_MS = 250;
const LAST_DELAY_MS = 30_000;

/** Exponential back-off with jitter: the nth delay in ms, between half and the whole of the doubled first one. */
export function reconnectionDelay(attempt: number, random: () => number = Math.random): number {
  const whole = Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 20));
  return whole / 2 + (whole / 2) * random();
}

/**
 * Keeps a connection made by `connect`. A connection that ends is replaced at once the first time, then after a
 * back-off that is reset when a connection has lasted. After an agent that ended on purpose `mayStart` is false until
 * a person acts (`retryNow`, `call`): one that somebody else starts is found, none is started.
 */
export function keepConnected(connect: (mayStart: boolean) => Promise<AgentConnection>): KeptConnection {
  const listeners = new Set<(state: ConnectionState) => void>();
  const subscriptions = new Set<(connection: AgentConnection) => void>();
  let state: ConnectionState = { kind: 'connecting' };
  let connection: AgentConnection | null = null;
  let attempt = 0;
  let connectedAt = 0;
  let mayStart = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  let pending: Promise<AgentConnection> | null = null;

  const setState = (next: ConnectionState) => {
    state = next;
    for (const listener of [...listeners]) listener(next);
  };

  const later = () => {
    timer = setTimeout(begin, reconnectionDelay(attempt++));
  };

  function begin(): void {
    timer = undefined;
    if (closed || connection || pending) return;
    if (state.kind !== 'connecting') setState({ kind: 'connecting' });
    pending = connect(mayStart);
    pending.then(
      (made) => {
        pending = null;
        if (closed) {
          made.close();
          return;
        }
        connection = made;
        connectedAt = Date.now();
        mayStart = true;
        made.onClose((onPurpose) => {
          connection = null;
          if (closed) return;
          if (onPurpose) {
            mayStart = false;
            attempt = 0;
            setState({ kind: 'failed', problem: stopped.view() });
            later();
            return;
          }
          if (Date.now() - connectedAt > LAST_DELAY_MS) attempt = 0;
          setState({ kind: 'connecting' });
          if (attempt === 0) {
            attempt = 1;
            begin();
          } else later();
        });
        setState({ kind: 'connected' });
        for (const subscribe of [...subscriptions]) subscribe(made);
      },
      (error) => {
        pending = null;
        if (closed) return;
        const problem =
          error instanceof BedrockTrayError
            ? error.view()
            : { code: 'AgentUnavailable' as const, params: { reason: String(error) } };
        setState({ kind: 'failed', problem });
        later();
      },
    );
  }
  begin();

  return {
    state: () => state,
    onState(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async call(name, input, options) {
      if (!connection && !pending && !closed) {
        // A person acts: no need to wait for the back-off.
        mayStart = true;
        clearTimeout(timer);
        begin();
      }
      const open = connection ?? (await pending);
      if (!open) throw new BedrockTrayError('AgentUnavailable', { reason: 'the connection was closed' });
      return open.call(name, input, options);
    },
    watch(name, input, onValue) {
      let stop = () => {};
      const subscribe = (open: AgentConnection) => {
        stop = open.watch(name, input, onValue);
      };
      subscriptions.add(subscribe);
      if (connection) subscribe(connection);
      return () => {
        subscriptions.delete(subscribe);
        stop();
      };
    },
    follow(name, input, onValue, onEnd) {
      if (connection) return connection.watch(name, input, onValue, onEnd);
      queueMicrotask(() => onEnd(new BedrockTrayError('AgentUnavailable', { reason: 'not connected' })));
      return () => {};
    },
    retryNow() {
      mayStart = true;
      clearTimeout(timer);
      begin();
    },
    close() {
      closed = true;
      clearTimeout(timer);
      connection?.close();
      listeners.clear();
      subscriptions.clear();
    },
  };
}
