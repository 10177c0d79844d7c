import type { MessagePortMain } from 'electron';
import { type ChannelFrame, type PageChannel, relayLimits } from '../contract/page-relay.ts';
import type { AgentLink } from './agent-link.ts';
import { openWire, type Wire } from './relay-wires.ts';

/** Bytes from the page that may wait for the socket; a page that sends more is cut off. */
const UNSENT_LIMIT = 32 * 1024 * 1024;

const sizeOf = (frame: string | ArrayBuffer): number =>
  typeof frame === 'string' ? frame.length : frame.byteLength;

/**
 * Joins a port of the page to the agent (in the role `page`) or to the pty-host's socket for terminals, without
 * reading what passes. The socket is not read while the page is behind; either side's end ends the other.
 */
export function relayChannel(
  channel: PageChannel,
  port: MessagePortMain,
  link: Pick<AgentLink, 'whenConnected'>,
): void {
  let wire: Wire | undefined;
  let over = false;
  let unhandled = 0;
  let paused = false;
  const early: (string | ArrayBuffer)[] = [];
  let earlyBytes = 0;

  const end = (): void => {
    if (over) return;
    over = true;
    early.length = 0;
    wire?.close();
    // The last message; a port that is closed already ignores it.
    port.postMessage(null satisfies ChannelFrame);
    port.close();
  };
  const forward = (frame: string | ArrayBuffer): void => {
    if (wire === undefined) {
      early.push(frame);
      earlyBytes += sizeOf(frame);
      if (earlyBytes > UNSENT_LIMIT) end();
    } else {
      wire.send(frame);
      if (wire.unsent() > UNSENT_LIMIT) end();
    }
  };

  port.on('message', ({ data }: { data: unknown }) => {
    if (over) return;
    if (typeof data === 'number') {
      unhandled = Math.max(0, unhandled - data);
      if (paused && unhandled < relayLimits.resume) {
        paused = false;
        wire?.resume();
      }
    } else if (typeof data === 'string' || data instanceof ArrayBuffer) forward(data);
    else end();
  });
  port.on('close', end);
  port.start();

  openWire(channel, link).then(
    (opened) => {
      if (over) {
        opened.close();
        return;
      }
      wire = opened;
      wire.onData((frame) => {
        if (over) return;
        port.postMessage(frame);
        unhandled += sizeOf(frame);
        if (!paused && unhandled > relayLimits.unhandled) {
          paused = true;
          opened.pause();
        }
      });
      wire.onEnd(end);
      for (const frame of early.splice(0)) forward(frame);
    },
    // The page's own reconnection tries again; main's connection to the agent says what is wrong.
    () => end(),
  );
}
