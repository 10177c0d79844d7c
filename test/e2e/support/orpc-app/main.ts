// The least Electron main that speaks oRPC over a web socket on a unix socket, as the tray does to the agent.
import { createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { app } from 'electron';
import { WebSocket } from 'ws';

type Client = {
  hello: (input: { name: string }) => Promise<{ greeting: string; at: Date }>;
  count: (input: { to: number }) => Promise<AsyncIterable<number>>;
  refuse: (input: Record<string, never>) => Promise<unknown>;
};

async function talk(): Promise<unknown> {
  const socket = new WebSocket(`ws+unix:${process.argv.at(-1)}:/`);
  const client = createORPCClient(new RPCLink({ websocket: socket as never })) as unknown as Client;
  const { greeting, at } = await client.hello({ name: 'tray' });
  const counted: number[] = [];
  for await (const one of await client.count({ to: 3 })) counted.push(one);
  const code = await client.refuse({}).then(
    () => 'none',
    (error: unknown) => (error instanceof ORPCError ? error.code : String(error)),
  );
  const late = await client.hello({ name: 5 as never }).then(
    () => 'none',
    (error: unknown) => (error instanceof ORPCError ? error.code : String(error)),
  );
  socket.close();
  return { greeting, date: at instanceof Date, counted, code, late };
}

(globalThis as Record<string, unknown>).talked = app.whenReady().then(talk);
