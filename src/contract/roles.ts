import * as z from 'zod';

/**
 * The role in which a connection to the agent is opened. `tray`: the Electron main process. `page`: anything
 * that draws hostile bytes (renderer, browser page). `cli`: the command line. `consumer`: a program that is
 * only handed credentials.
 */
export const Role = z.enum(['tray', 'page', 'cli', 'consumer']);
export type Role = z.infer<typeof Role>;
