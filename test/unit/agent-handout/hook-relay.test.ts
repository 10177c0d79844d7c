import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ApiServer } from '../../../src/agent/api/api-server.ts';
import { Attendance } from '../../../src/agent/attendance.ts';
import { HookRelay } from '../../../src/agent/handout/hook-relay.ts';
import { type HookEvent, MAX_HOOK_BYTES, READ_HOOK_BYTES } from '../../../src/contract/routes.ts';

const session = '7b1f3f0e-2f5c-4f0e-9a51-1f2d3c4b5a69';
const quiet = () => undefined;

let folder: string;
let socket: string;
let server: ApiServer;
let relay: HookRelay;
let heard: [string, HookEvent][];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hooks-'));
  socket = join(folder, 'agent.sock');
  heard = [];
  relay = new HookRelay({
    identity: (id) => (id === session ? { id, profile: 'dev' } : undefined),
  });
  relay.onEvent((id, event) => heard.push([id, event]));
  server = new ApiServer({
    socket,
    serveRpc: quiet,
    handOut: { handleCredentials: async () => ({ status: 200, headers: {}, body: '' }) },
    hooks: relay,
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
])('%s is refused', async (_, query, body, status) => {
  expect((await post(query, body)).status).toBe(status);
  expect(heard).toEqual([]);
});

test('no other method', async () => {
  expect((await post(`?session=${session}`, '', 'GET')).status).toBe(404);
  expect((await post(`?session=${session}`, '{"hook_event_name":"Stop"}', 'PUT')).status).toBe(405);
  expect(heard).toEqual([]);
});

test('of a long event the beginning is read; one that is too long is not', async () => {
  const event = {
    session_id: 's',
    hook_event_name: 'PermissionRequest',
    tool_name: 'Write',
    tool_input: { file_path: '/p/a', content: 'x'.repeat(READ_HOOK_BYTES) },
  };
  expect((await post(`?session=${session}`, JSON.stringify(event))).status).toBe(204);
  expect(heard).toEqual([[session, { ...event, tool_input: { file_path: '/p/a' }, truncated: true }]]);
  const client = createConnection(socket);
  const answer = new Promise<string>((resolve) => client.once('data', (data) => resolve(data.toString())));
  client.write(
    `POST /v1/hook?session=${session} HTTP/1.1\r\nHost: agent\r\nContent-Length: ${MAX_HOOK_BYTES + 1}\r\n\r\n`,
  );
  expect(await answer).toContain(' 413 ');
  client.destroy();
});

test('events are answered by the first who has something to say, after all have heard them', async () => {
  const stop = { continue: false, stopReason: 'the cap is reached' };
  const event = JSON.stringify({ hook_event_name: 'UserPromptSubmit' });
  relay.answer('UserPromptSubmit', () => {
    expect(heard).toHaveLength(1);
    return null;
  });
  const end = relay.answer('UserPromptSubmit', async () => stop);
  relay.answer('UserPromptSubmit', () => ({ continue: true }));
  relay.answer('PreToolUse', () => ({ never: true }));
  expect(await post(`?session=${session}`, event)).toEqual({ status: 200, body: JSON.stringify(stop) });
  heard = [];
  end();
  expect((await post(`?session=${session}`, event)).body).toBe('{"continue":true}');
  expect((await post(`?session=${session}`, '{"hook_event_name":"Stop"}')).status).toBe(204);
});

test('whoever answers later learns that nobody waits any more', async () => {
  const gone = new Promise<void>((resolve) => {
    relay.answer('PermissionRequest', async (_, __, signal) => {
      signal.addEventListener('abort', () => resolve());
      client.destroy();
      return new Promise(() => undefined);
    });
  });
  const client = createConnection(socket);
  const event = '{"hook_event_name":"PermissionRequest"}';
  client.write(
    `POST /v1/hook?session=${session} HTTP/1.1\r\nHost: agent\r\nContent-Length: ${event.length}\r\n\r\n${event}`,
  );
  await gone;
});

test('a client that does not send what it announced is ended', async () => {
  const client = createConnection(socket);
  const closed = new Promise<void>((resolve) => client.on('close', () => resolve()));
  client.on('error', quiet);
  client.write(
    `POST /v1/hook?session=${session} HTTP/1.1\r\nHost: agent\r\nContent-Length: 100\r\n\r\n{"hook_`,
  );
  const began = performance.now();
  await closed;
  // Two seconds are promised; without them it would stay for ever.
  expect(performance.now() - began).toBeLessThan(20_000);
  expect(heard).toEqual([]);
});
