import { z } from 'zod';

/**
 * How a page (renderer or browser) reaches the agent: channels that carry opaque frames, opened by its relay
 * (Electron main, or the agent's page server). `rpc` carries the contract's WebSocket messages in the role
 * `page`; `pty` carries a terminal connection of pty-protocol.ts.
 */
export const PageChannel = z.enum(['rpc', 'pty']);
export type PageChannel = z.infer<typeof PageChannel>;

/** Paths of the loopback page server. */
export const pageRoutes = { rpc: '/rpc', pty: '/pty', enter: '/enter' } as const;
