import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type IncomingHttpHeaders, request } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { PageDesk } from '../../../src/agent/page-server/page-desk.ts';
import { type PageServer, startPageServer } from '../../../src/agent/page-server/page-server.ts';
import { openRpcClient } from '../../../src/client/rpc-client.ts';
import { startTestApi, type TestApi } from '../../unit/api/fake-rooms.ts';

const noTicket = 'Open it with bedrock-tray.';
let folder: string;
let api: TestApi;
let server: PageServer;
let pty: Server;
/** The pty-host's end of the latest terminal connection. */
let hosted: Promise<Socket>;
let unused: () => void = () => {};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bt-page-'));
  await mkdir(join(folder, 'renderer', 'assets'), { recursive: true });
  await writeFile(join(folder, 'renderer', 'index.html'), '<!doctype html><title>page</title>');
  await writeFile(join(folder, 'renderer', 'assets', 'a.js'), 'export {};');
  await writeFile(join(folder, 'secret.js'), 'not served');
  api = await startTestApi();
  pty = createServer();
  hosted = new Promise((resolve) => pty.on('connection', resolve));
  pty.listen(join(folder, 'pty.tty'));
  await once(pty, 'listening');
  server = await startPageServer({
    rendererDir: join(folder, 'renderer'),
    agentSocket: api.socket,
    terminalSocket: join(folder, 'pty.tty'),
    noTicket,
    unusedMs: 60_000,
    onUnused: () => unused(),
  });
});
afterEach(async () => {
  await server.close();
  pty.close();
  await api.close();
  await rm(folder, { recursive: true, force: true });
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}
/** A request with exactly these headers; `path` is sent as it is. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port: server.port, path, method, agent: false, headers },
      (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

async function enter(): Promise<string> {
  const url = new URL(server.url());
  const { status, headers } = await ask(url.pathname + url.search);
  expect(status).toBe(303);
  return (headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '';
}

const origin = () => `http://127.0.0.1:${server.port}`;

function channel(path: string, headers: Record<string, string>): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers, perMessageDeflate: false });
}

async function refusedChannel(path: string, headers: Record<string, string>): Promise<number> {
  const socket = channel(path, headers);
  socket.on('error', () => {});
  const [, response] = await once(socket, 'unexpected-response');
  response.resume();
  return response.statusCode;
}

test('a ticket lets one browser in, once', async () => {
  const url = new URL(server.url());
  const first = await ask(url.pathname + url.search);
  expect(first.status).toBe(303);
  expect(first.headers.location).toBe('/');
  expect(first.headers['set-cookie']?.[0]).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
  const second = await ask(url.pathname + url.search);
  expect([second.status, second.body]).toEqual([403, noTicket]);
  expect(second.headers['set-cookie']).toBeUndefined();
  expect((await ask('/enter?ticket=guessed')).status).toBe(403);
  expect((await ask('/enter')).status).toBe(403);
});

test('nothing is served without the cookie, everything of the page with it', async () => {
  expect((await ask('/')).status).toBe(403);
  expect((await ask('/assets/a.js')).status).toBe(403);
  const cookie = await enter();
  const page = await ask('/', { cookie });
  expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect((await ask('/assets/a.js', { cookie })).headers['content-type']).toMatch(/^text\/javascript/);
  expect((await ask('/', { cookie: `${cookie}x` })).status).toBe(403);
  expect((await ask('/', { cookie }, 'POST')).status).toBe(405);
});

test.each([
  '/../secret.js',
  '/%2e%2e/secret.js',
  '/..%2fsecret.js',
  '/assets/..%5c..%5csecret.js',
  '/%00',
  '//evil/',
  '/%',
])('a path that leads out of the page is not served: %s', async (path) => {
  const answer = await ask(path, { cookie: await enter() });
  expect(answer.status).toBe(404);
  expect(answer.body).not.toContain('not served');
});

test('each answer forbids what is inline, foreign, framed or kept', async () => {
  const cookie = await enter();
  for (const { headers } of [await ask('/', { cookie }), await ask('/'), await ask('/none', { cookie })]) {
    const csp = String(headers['content-security-policy']);
    expect(csp).toContain("default-src 'none'");
    expect(csp).toContain("frame-ancestors 'none'");
    expect(csp).toContain("script-src 'self';");
    expect(csp).toContain("require-trusted-types-for 'script'");
    expect(csp).not.toMatch(/unsafe|\*/);
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
  }
});

test('a foreign Host, Origin or site is refused, cookie or not', async () => {
  const cookie = await enter();
  for (const headers of [
    { host: `localhost:${server.port}` },
    { host: `rebound.example:${server.port}` },
    { host: '127.0.0.1' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ]) {
    expect((await ask('/', { cookie, ...headers } as Record<string, string>)).status).toBe(403);
  }
  const url = new URL(server.url());
  expect((await ask(url.pathname + url.search, { host: 'rebound.example' })).status).toBe(403);
});

test('a channel needs cookie, Host and Origin', async () => {
  const cookie = await enter();
  expect(await refusedChannel('/rpc', { origin: origin() })).toBe(403);
  expect(await refusedChannel('/rpc', { cookie })).toBe(403);
  expect(await refusedChannel('/rpc', { cookie, origin: 'https://evil.example' })).toBe(403);
  expect(await refusedChannel('/rpc', { cookie, origin: origin(), host: 'rebound.example' })).toBe(403);
  expect(await refusedChannel('/v1/credentials', { cookie, origin: origin() })).toBe(404);
  expect(await refusedChannel('/rpc?role=cli', { origin: origin() })).toBe(403);
});

test('the contract is relayed in the role page, whatever the page says', async () => {
  const cookie = await enter();
  const socket = channel('/rpc?role=cli&protocol=1', { cookie, origin: origin() });
  const agent = await openRpcClient(socket);
  expect((await agent.call('regions.list', {})).regions).toEqual(['us-east-1']);
  await expect(agent.call('endpoint.open', { profile: 'dev' })).rejects.toMatchObject({
    code: 'Forbidden',
    params: { role: 'page' },
  });
  const snapshot = await new Promise((resolve) => agent.watch('state.watch', {}, resolve));
  expect(snapshot).toMatchObject({ settings: { theme: 'system' } });
  const left = new Promise<void>((resolve) => api.attendance.onChange(resolve));
  agent.close();
  await left;
  expect(api.attendance.count).toBe(0);
});

test('a page is told when the agent goes', async () => {
  const socket = channel('/rpc', { cookie: await enter(), origin: origin() });
  const agent = await openRpcClient(socket);
  await agent.call('regions.list', {});
  const closed = new Promise<void>((resolve) => agent.onClose(() => resolve()));
  await api.close();
  await closed;
});

test('terminal bytes are relayed whole and in order, both ways, and the end is told after the last one', async () => {
  const socket = channel('/pty', { cookie: await enter(), origin: origin() });
  await once(socket, 'open');
  const host = await hosted;
  const up = Buffer.from([0, 1, 2, 255]);
  socket.send(up);
  expect(await once(host, 'data')).toEqual([up]);
  const down = Buffer.alloc(5_000_000, 'abcdefg');
  const received: Buffer[] = [];
  socket.on('message', (data) => received.push(data as Buffer));
  host.end(down);
  const [code] = await once(socket, 'close');
  expect(code).toBe(1000);
  expect(Buffer.concat(received).equals(down)).toBe(true);
});

test('a page that does not read stops the terminal instead of filling memory', async () => {
  const socket = channel('/pty', { cookie: await enter(), origin: origin() });
  await once(socket, 'open');
  const host = await hosted;
  socket.pause();
  const chunk = Buffer.alloc(1_000_000, 'x');
  let written = 0;
  const flood = () =>
    new Promise<boolean>((resolve) => {
      written += chunk.length;
      const patience = setTimeout(() => resolve(false), 700);
      host.write(chunk, () => {
        clearTimeout(patience);
        resolve(true);
      });
    });
  while ((await flood()) && written < 100_000_000);
  expect(written).toBeLessThan(40_000_000);
  let got = 0;
  const all = new Promise<void>((resolve) =>
    socket.on('message', (data) => {
      got += (data as Buffer).length;
      if (got === written) resolve();
    }),
  );
  socket.resume();
  await all;
});

test('text on the terminal channel ends it', async () => {
  const socket = channel('/pty', { cookie: await enter(), origin: origin() });
  await once(socket, 'open');
  socket.send('text');
  expect((await once(socket, 'close'))[0]).toBe(1003);
});

const elsewhere = Object.values(networkInterfaces())
  .flat()
  .find((address) => address?.family === 'IPv4' && !address.internal)?.address;

test.skipIf(!elsewhere)('it listens on the loopback alone (needs another IPv4 address)', async () => {
  const socket = connect(server.port, elsewhere ?? '');
  const [error] = await once(socket, 'error');
  expect(error.code).toBe('ECONNREFUSED');
});

test('it says when nobody uses it', async () => {
  const wasUnused = new Promise<void>((resolve) => {
    unused = resolve;
  });
  const other = await startPageServer({
    rendererDir: folder,
    agentSocket: api.socket,
    terminalSocket: '/none',
    noTicket,
    unusedMs: 30,
    onUnused: () => unused(),
  });
  await wasUnused;
  await other.close();
});

test('the server runs on a thread of its own, is shared by all askers and starts again after its end', async () => {
  const record = () => {};
  const log = { info: record, warn: record, error: record, debug: record };
  const program = new URL('../../../src/agent/page-server/worker.ts', import.meta.url);
  const data = {
    rendererDir: join(folder, 'renderer'),
    agentSocket: api.socket,
    terminalSocket: '/none',
    noTicket,
    unusedMs: 60_000,
  };
  const desk = new PageDesk(program, () => data, log);
  const [one, two] = (await Promise.all([desk.open(), desk.open()])).map((url) => new URL(url));
  expect(one?.host).toBe(two?.host);
  expect(one?.search).not.toBe(two?.search);
  expect((await fetch(one ?? '', { redirect: 'manual' })).status).toBe(303);
  await desk.stop();
  await expect(fetch(two ?? '')).rejects.toThrow();
  const again = await desk.open();
  expect((await fetch(again, { redirect: 'manual' })).status).toBe(303);
  await desk.stop();
  const broken = new PageDesk(new URL('./no-such-file.ts', import.meta.url), () => data, log);
  await expect(broken.open()).rejects.toMatchObject({ code: 'ServiceFailed' });
});
