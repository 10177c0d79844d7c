import { connect, type Socket } from 'node:net';
import { agentPlaces, isTrustedPlace } from '../client/agent-places.ts';
import { openAgentSocket } from '../client/agent-socket.ts';
import { BedrockTrayError } from '../contract/errors.ts';
import type { PageChannel } from '../contract/page-relay.ts';
import type { AgentLink } from './agent-link.ts';

/** A socket as the relay needs it. */
export interface Wire {
  send(frame: string | ArrayBuffer): void;
  /** Bytes accepted by `send` that the socket has not taken yet. */
  unsent(): number;
  pause(): void;
  resume(): void;
  onData(listener: (frame: string | ArrayBuffer) => void): void;
  onEnd(listener: () => void): void;
  close(): void;
}

/** Exactly the bytes of a view: its buffer may be a pool's. */
const bytesOf = (view: Uint8Array): ArrayBuffer =>
  view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength) as ArrayBuffer;

/** Opens what a channel leads to. Where that is, is known here and never taken from the page. Errors: AgentUnavailable, SocketInUse. */
export async function openWire(channel: PageChannel, link: Pick<AgentLink, 'whenConnected'>): Promise<Wire> {
  // The agent is started by main's own connection.
  await link.whenConnected();
  return channel === 'rpc' ? openAgentWire() : openTerminalWire();
}

async function openAgentWire(): Promise<Wire> {
  const socket = await openAgentSocket(agentPlaces(), 'page');
  if (!socket) throw new BedrockTrayError('AgentUnavailable', { reason: 'it is not running' });
  return {
    send: (frame) => socket.send(frame),
    unsent: () => socket.bufferedAmount,
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    onData: (listener) =>
      void socket.on('message', (data: Buffer, isBinary) =>
        listener(isBinary ? bytesOf(data) : data.toString('utf8')),
      ),
    onEnd: (listener) => void socket.on('close', listener),
    close: () => socket.terminate(),
  };
}

async function openTerminalWire(): Promise<Wire> {
  const { terminals } = agentPlaces();
  if (!isTrustedPlace(terminals))
    throw new BedrockTrayError('AgentUnavailable', { reason: 'no session is open' });
  const socket: Socket = connect(terminals.path);
  await new Promise<void>((opened, failed) => socket.once('connect', opened).once('error', failed));
  socket.on('error', () => {});
  socket.setNoDelay(true);
  return {
    send: (frame) => void socket.write(typeof frame === 'string' ? frame : new Uint8Array(frame)),
    unsent: () => socket.writableLength,
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    onData: (listener) => void socket.on('data', (chunk: Buffer) => listener(bytesOf(chunk))),
    onEnd: (listener) => void socket.on('close', () => listener()),
    close: () => void socket.destroy(),
  };
}
