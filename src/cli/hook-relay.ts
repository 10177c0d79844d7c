/**
 * `hook-relay.cjs SOCKET SESSION < event`: one event of a Claude Code hook to the agent, where there is no curl
 * (hook-relay.sh). It says nothing and always ends with 0 within seconds: Claude Code waits for its hooks, and takes
 * 2 for a veto.
 */
import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';

const PATIENCE_MS = 2_000;

function relay(path: string, session: string): void {
  const done = () => process.exit(0);
  process.on('uncaughtException', done);
  setTimeout(done, PATIENCE_MS);
  const event = readFileSync(0);
  const socket = createConnection(path);
  socket.on('error', done);
  socket.on('data', done);
  socket.on('end', done);
  socket.write(
    `POST /v1/hook?session=${encodeURIComponent(session)} HTTP/1.0\r\nHost: agent\r\nContent-Type: application/json\r\nContent-Length: ${event.length}\r\n\r\n`,
  );
  socket.write(event);
}

const [path, session] = process.argv.slice(2);
if (path !== undefined && session !== undefined) relay(path, session);
