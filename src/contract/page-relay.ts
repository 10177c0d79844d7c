import { z } from 'zod';

/**
 * How a page (renderer or browser) reaches the agent: channels that carry opaque frames, opened by its relay
 * (Electron main, or the agent's page server). `rpc` carries the contract's WebSocket messages in the role
 * `page`; `pty` carries a terminal connection of pty-protocol.ts. A relay lets a `pty` channel through only when
 * its first frame is a terminal's hello: a page must never be a controller.
 */
export const PageChannel = z.enum(['rpc', 'pty']);
export type PageChannel = z.infer<typeof PageChannel>;

/** Paths of the loopback page server. */
export const pageRoutes = { rpc: '/rpc', pty: '/pty', enter: '/enter' } as const;

/** Scheme and host that Electron serves the page from. */
export const pageOrigin = { scheme: 'app', host: 'bedrock-tray', url: 'app://bedrock-tray' } as const;

/**
 * What the tray's preload puts on `window.bedrockTray`. A MessagePort cannot be answered across the context
 * bridge, so `openChannel` answers a number and the port follows in a `message` event on window whose data is a
 * `ChannelArrival` with that number and whose `ports[0]` is the channel.
 *
 * Over the port, main -> page: `string` (one text message), `ArrayBuffer` or a view (one binary message, or raw
 * bytes of the stream) and at last a `ChannelClosed`. Page -> main: the same data, and a plain `number`: bytes
 * (characters) of data received and consumed since the last number, without which main stops reading the socket
 * once `relayLimits.unconsumed` are under way. `port.close()` ends the channel.
 */
export interface PageBridge {
  openChannel(channel: PageChannel): number;
}
export const ChannelArrival = z.object({ bedrockTrayChannel: z.number().int() });
export type ChannelArrival = z.infer<typeof ChannelArrival>;
export const ChannelClosed = z.object({ closed: z.literal(true), reason: z.string() });
export type ChannelClosed = z.infer<typeof ChannelClosed>;

/** Bytes under way from socket to page before the relay stops reading, and below which it reads on. */
export const relayLimits = { unconsumed: 1_000_000, resume: 250_000 } as const;

/** Places of the page, as the fragment of its URL. The tray leads there by changing the fragment of an open page (`hashchange`). */
export const pagePlaces = {
  overview: '#/overview',
  sessions: '#/sessions',
  access: '#/access',
  settings: '#/settings',
  session: (id: string): string => `#/sessions/${encodeURIComponent(id)}`,
} as const;
