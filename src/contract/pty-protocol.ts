import * as z from 'zod';
import { AbsolutePath, Columns, EpochMs, Rows } from './names.ts';

/**
 * The small frozen protocol of the pty-host. One stream socket, frames of
 * `u32 big-endian length of what follows | u8 type | body`. The first frame of a connection is a JSON `hello`:
 * the agent's is `controller`, a terminal's holds a one-time ticket and binds the connection to one session.
 * Bodies of `output` and `input` are raw terminal bytes. Terminal connections may be relayed as opaque bytes
 * (over a MessagePort or WebSocket) without being understood: they have a socket of their own, on which a
 * `controller` is refused, so that a page behind a relay can never start a program.
 */
export const PTY_PROTOCOL_VERSION = 1;

/** The socket for terminals that belongs to a pty-host's controller socket (never a longer path). */
export function terminalSocketOf(controllerSocket: string): string {
  return controllerSocket.endsWith('.sock')
    ? `${controllerSocket.slice(0, -'.sock'.length)}.tty`
    : `${controllerSocket}-tty`;
}

export const frameType = { json: 0, output: 1, input: 2 } as const;
export type FrameType = (typeof frameType)[keyof typeof frameType];

/** A frame longer than this is a broken peer: the connection is ended. */
export const MAX_FRAME_BYTES = 8 * 1024 * 1024;

export const PtyHello = z.discriminatedUnion('role', [
  z.object({
    type: z.literal('hello'),
    protocol: z.number(),
    role: z.literal('controller'),
    /** `keys`: it wants `typed` messages. An older host does not know them, an older controller does not ask. */
    news: z.array(z.string()).optional(),
  }),
  z.object({
    type: z.literal('hello'),
    protocol: z.number(),
    role: z.literal('terminal'),
    ticket: z.string(),
    cols: Columns,
    rows: Rows,
  }),
]);
export type PtyHello = z.infer<typeof PtyHello>;

/** One pty as the host knows it. `meta` is the agent's own note (JSON text), kept so that a new agent can adopt the session. */
export const HostedPty = z.object({
  id: z.uuid(),
  pid: z.number().int(),
  cols: z.number().int(),
  rows: z.number().int(),
  startedAt: EpochMs,
  exitedAt: EpochMs.nullable(),
  exitCode: z.number().int().nullable(),
  signal: z.string().nullable(),
  title: z.string(),
  attached: z.number().int(),
  /** Whether it has written more than what terminals are prepared with. An older host does not say. */
  shown: z.boolean().optional(),
  meta: z.string(),
});
export type HostedPty = z.infer<typeof HostedPty>;

/** Keys that tell something about the program's state: Esc, Ctrl+C, Enter. */
export const TypedKey = z.enum(['escape', 'interrupt', 'enter']);
export type TypedKey = z.infer<typeof TypedKey>;

/** Controller to host. Each request carries `n`; the host answers `{type:'ok'|'failed', n, ...}`. */
export const ControllerRequest = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('spawn'),
    n: z.number(),
    id: z.uuid(),
    file: AbsolutePath,
    args: z.array(z.string()),
    cwd: AbsolutePath,
    /** The whole environment of the child: nothing of the host's own is added. */
    env: z.record(z.string(), z.string()),
    cols: Columns,
    rows: Rows,
    meta: z.string(),
  }),
  z.object({ type: z.literal('list'), n: z.number() }),
  z.object({ type: z.literal('ticket'), n: z.number(), id: z.uuid() }),
  z.object({ type: z.literal('meta'), n: z.number(), id: z.uuid(), meta: z.string() }),
  /** Ends the whole process tree: SIGHUP, then SIGKILL after `graceMs`. Answered when it has ended. */
  z.object({
    type: z.literal('kill'),
    n: z.number(),
    id: z.uuid(),
    graceMs: z.number().int().min(0).max(60_000),
  }),
  z.object({ type: z.literal('forget'), n: z.number(), id: z.uuid() }),
  /** Ends every pty and the host itself. */
  z.object({ type: z.literal('shutdown'), n: z.number() }),
]);
export type ControllerRequest = z.infer<typeof ControllerRequest>;

export const ControllerAnswer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('welcome'), protocol: z.number(), pid: z.number(), ptys: z.array(HostedPty) }),
  z.object({
    type: z.literal('ok'),
    n: z.number(),
    pty: HostedPty.optional(),
    ptys: z.array(HostedPty).optional(),
    ticket: z.string().optional(),
  }),
  z.object({
    type: z.literal('failed'),
    n: z.number(),
    code: z.enum(['unknown-session', 'spawn-failed', 'bad-request']),
    reason: z.string(),
  }),
  /** Sent unasked when a pty starts, exits, changes title, size or number of terminals (at most 20 a second each). */
  z.object({ type: z.literal('changed'), pty: HostedPty }),
  z.object({ type: z.literal('forgotten'), id: z.uuid() }),
  /** Sent unasked to controllers that wanted such news: a terminal typed one of these keys, plain or kitty-encoded. */
  z.object({ type: z.literal('typed'), id: z.uuid(), key: TypedKey }),
]);
export type ControllerAnswer = z.infer<typeof ControllerAnswer>;

/** Terminal to host. `ack`: bytes of output consumed since the last one (flow control). */
export const TerminalRequest = z.discriminatedUnion('type', [
  z.object({ type: z.literal('resize'), cols: Columns, rows: Rows }),
  z.object({ type: z.literal('ack'), bytes: z.number().int().min(1) }),
]);
export type TerminalRequest = z.infer<typeof TerminalRequest>;

/**
 * Host to terminal. After `welcome` comes the replay: `size` messages and output frames that rebuild the screen
 * (answers to terminal queries in them must be swallowed), then `live`. What a session wrote before its first
 * terminal came within seconds of the start is not replay but live: its queries still wait for an answer. `exit`
 * comes after the last output byte.
 */
export const TerminalEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('welcome'),
    protocol: z.number(),
    id: z.uuid(),
    cols: z.number(),
    rows: z.number(),
  }),
  z.object({ type: z.literal('refused'), reason: z.enum(['protocol', 'ticket', 'unknown-session']) }),
  z.object({ type: z.literal('size'), cols: z.number(), rows: z.number() }),
  z.object({ type: z.literal('live') }),
  z.object({ type: z.literal('exit'), exitCode: z.number().nullable(), signal: z.string().nullable() }),
]);
export type TerminalEvent = z.infer<typeof TerminalEvent>;

/**
 * Flow control, in the manner of VS Code: while any terminal has more than HIGH bytes unacknowledged the pty is
 * paused, until all are below LOW; a terminal acknowledges at the latest every ACK bytes that it consumed. One
 * that holds the pty up for `patienceMs` without acknowledging anything is dropped. HIGH is what xterm.js parses in
 * about 40 ms (its guide's upper bound); with VS Code's 100,000 and 5,000 a fast reader waits for the pty again and
 * again, which cost a quarter of the throughput (docs/decisions/0012-pty-host.md).
 */
export const flowControl = {
  highBytes: 500_000,
  lowBytes: 125_000,
  ackBytes: 32_000,
  patienceMs: 10_000,
} as const;
