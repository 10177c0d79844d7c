import * as z from 'zod';

/**
 * How a page (renderer or browser) reaches the agent: channels that carry opaque frames, opened by its relay
 * (Electron main, or the agent's page server). `rpc` carries the contract's WebSocket messages in the role
 * `page`; `pty` carries a terminal connection of pty-protocol.ts, on the pty-host's socket for terminals.
 */
export const PageChannel = z.enum(['rpc', 'pty']);
export type PageChannel = z.infer<typeof PageChannel>;

/** Paths of the loopback page server. */
export const pageRoutes = { rpc: '/rpc', pty: '/pty', enter: '/enter' } as const;

/** Scheme, host and origin that Electron serves the page from. */
export const pageOrigin = { scheme: 'app', host: 'bedrock-tray', origin: 'app://bedrock-tray' } as const;

/**
 * What the preload exposes to the renderer as `window.bedrockTray`; a browser page has none and uses WebSockets.
 *
 * `openChannel(channel, id)` asks main for a channel. The preload answers with
 * `window.postMessage({ type: channelMessageType, id }, location.origin, [port])`. Messages on the port are frames:
 * a string or an ArrayBuffer, as on a WebSocket; `null` ends the channel, from either side, and is the last message.
 * For each data frame that it has handled the page sends its length (bytes or characters) back as a number: main
 * stops reading the socket while more than `relayLimits.unhandled` are on their way, so that a slow page costs no
 * memory.
 */
export interface BedrockTrayBridge {
  openChannel(channel: PageChannel, id: string): void;
  /** The system's folder dialog: an absolute path, or null when the person cancels. */
  chooseFolder(): Promise<string | null>;
  /** Where a file lies that a person dropped or pasted; empty for one that lies nowhere. */
  pathOf(file: unknown): string;
  /** The person wants an agent although it was stopped: main starts it, or does nothing where it is there. */
  startAgent(): void;
}
export const channelMessageType = 'bedrock-tray:channel';
export interface ChannelMessage {
  type: typeof channelMessageType;
  id: string;
}
/** One frame on the port of a channel. */
export type ChannelFrame = string | ArrayBuffer | number | null;

/** Bytes on their way from socket to page above which the relay stops reading, and below which it reads on. */
export const relayLimits = { unhandled: 1_000_000, resume: 250_000 } as const;
