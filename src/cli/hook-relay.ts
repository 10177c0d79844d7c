/**
 * `hook-relay.cjs SOCKET SESSION [SECONDS] < event`: one event of a Claude Code hook to the agent and its answer to
 * stdout, where there is no curl (hook-relay.sh). It prints what the agent answers with 200, nothing else, and always
 * ends with 0, within two seconds or as many as are said: Claude Code waits for its hooks, and takes 2 for a veto.
 */
import { readFileSync, writeSync } from 'node:fs';
import { createConnection } from 'node:net';

const PATIENCE_S = 2;

function relay(path: string, session: string, seconds: number): void {
  const done = () => process.exit(0);
  process.on('uncaughtException', done);
  setTimeout(done, seconds * 1_000);
  const event = readFileSync(0);
  const socket = createConnection(path);
  const answer: Buffer[] = [];
  socket.on('error', done);
  socket.on('data', (chunk) => answer.push(chunk));
  socket.on('end', () => {
    const text = Buffer.concat(answer).toString();
    const body = text.indexOf('\r\n\r\n');
    if (/^HTTP\/1\.[01] 200 /.test(text) && body > 0) writeSync(1, text.slice(body + 4));
    done();
  });
  socket.write(
    `POST /v1/hook?session=${encodeURIComponent(session)} HTTP/1.0\r\nHost: agent\r\nContent-Type: application/json\r\nContent-Length: ${event.length}\r\n\r\n`,
  );
  socket.write(event);
}

const [path, session, seconds] = process.argv.slice(2);
if (path !== undefined && session !== undefined) relay(path, session, Number(seconds) || PATIENCE_S);
