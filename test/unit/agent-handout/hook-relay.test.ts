import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ApiServer } from '../../../src/agent/api/api-server.ts';
import { Attendance } from '../../../src/agent/attendance.ts';
import { HookRelay } from '../../../src/agent/handout/hook-relay.ts';
import { type HookEvent, MAX_HOOK_BYTES } from '../../../src/contract/routes.ts';

const session = '7b1f3f0e-2f5c-4f0e-9a51-1f2d3c4b5a69';
const quiet = () => undefined;

let folder: string;
let socket: string;
let server: ApiServer;
let heard: [string, HookEvent][];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hooks-'));
  socket = join(folder, 'agent.sock');
  heard = [];
  server = new ApiServer({
    socket,
    serveRpc: quiet,
    handOut: { handleCredentials: async () => ({ status: 200, headers: {}, body: '' }) },
    hooks: new HookRelay({
      identity: (id) => (id === session ? { id, profile: 'dev' } : undefined),
      onHook: (id, event) => heard.push([id, event]),
    }),
    attendance: new Attendance(),
    log: { info: quiet, warn: quiet, error: quiet, debug: quiet },
    describe: ({ code }) => code,
  });
  await server.listen();
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

function post(query: string, body: string, method = 'POST'): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request(
      {
        socketPath: socket,
        path: `/v1/hook${query}`,
        method,
        agent: false,
        headers: { 'content-length': Buffer.byteLength(body) },
      },
      async (response) => {
        const text = Buffer.concat(await response.toArray()).toString();
        resolve({ status: response.statusCode ?? 0, body: text });
      },
    )
      .on('error', reject)
      .end(body);
  });
}

test('an event is handed on with all its fields, and answered with nothing', async () => {
  const event = { hook_event_name: 'PreToolUse', tool_name: 'Bash', tool_input: { command: 'ls' } };
  expect(await post(`?session=${session}`, JSON.stringify(event))).toEqual({ status: 204, body: '' });
  expect(heard).toEqual([[session, event]]);
});

test.each([
  [
    'a session that is not known',
    '?session=00000000-2f5c-4f0e-9a51-1f2d3c4b5a69',
    '{"hook_event_name":"Stop"}',
    404,
  ],
  ['no session', '', '{"hook_event_name":"Stop"}', 404],
  ['no event', `?session=${session}`, '', 400],
  ['no JSON', `?session=${session}`, 'Stop', 400],
  ['no object', `?session=${session}`, '["hook_event_name"]', 400],
  ['an event without a name', `?session=${session}`, '{"hook_event_name":""}', 400],
  ['too long a body', `?session=${session}`, `{"hook_event_name":"Stop"}${' '.repeat(MAX_HOOK_BYTES)}`, 413],
])('%s is refused', async (_, query, body, status) => {
  expect((await post(query, body)).status).toBe(status);
  expect(heard).toEqual([]);
});

test('the longest body that is taken; no other method', async () => {
  const event = { hook_event_name: 'Stop', text: '' };
  event.text = 'x'.repeat(MAX_HOOK_BYTES - JSON.stringify(event).length);
  expect((await post(`?session=${session}`, JSON.stringify(event))).status).toBe(204);
  expect((await post(`?session=${session}`, '', 'GET')).status).toBe(404);
  expect((await post(`?session=${session}`, '{"hook_event_name":"Stop"}', 'PUT')).status).toBe(405);
  expect(heard.length).toBe(1);
});

test('a client that does not send what it announced is ended', async () => {
  const client = createConnection(socket);
  const closed = new Promise<void>((resolve) => client.on('close', () => resolve()));
  client.on('error', quiet);
  client.write(
    `POST /v1/hook?session=${session} HTTP/1.1\r\nHost: agent\r\nContent-Length: 100\r\n\r\n{"hook_`,
  );
  await closed;
  expect(heard).toEqual([]);
}, 5_000);
