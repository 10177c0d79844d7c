import { once } from 'node:events';
import { lstat, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { clearSocketPath } from '../../../src/agent/api/socket-server.ts';
import { rpcClient } from '../../../src/client/rpc-client.ts';
import {
  BedrockTrayError,
  PRODUCT_VERSION,
  PROTOCOL_VERSION,
  Settings,
} from '../../../src/contract/index.ts';
import { startTestApi, type TestApi } from './fake-rooms.ts';

let api: TestApi | undefined;
afterEach(async () => {
  await api?.close();
  api = undefined;
});

function plainGet(socketPath: string, path: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    get({ socketPath, path, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    }).on('error', reject);
  });
}

/** Status and body with which an upgrade is refused. */
async function refused(t: TestApi, path: string): Promise<{ status: number; body: unknown }> {
  const socket = t.raw(path);
  socket.on('error', () => {});
  const [, response] = await once(socket, 'unexpected-response');
  let body = '';
  for await (const chunk of response) body += chunk;
  return { status: response.statusCode, body: body === '' ? null : JSON.parse(body) };
}

test('the socket is closed to others and says who listens', async () => {
  api = await startTestApi();
  expect((await lstat(api.socket)).mode & 0o777).toBe(0o600);
  expect(JSON.parse((await plainGet(api.socket, '/hello')).body)).toEqual({
    version: PRODUCT_VERSION,
    protocol: PROTOCOL_VERSION,
    pid: process.pid,
  });
  expect((await plainGet(api.socket, '/elsewhere')).status).toBe(404);
});

test('another protocol is refused with both versions', async () => {
  api = await startTestApi();
  expect(await refused(api, '/rpc?role=cli&protocol=999')).toEqual({
    status: 426,
    body: {
      code: 'ProtocolMismatch',
      params: { agentVersion: PRODUCT_VERSION, agentProtocol: PROTOCOL_VERSION, clientProtocol: 999 },
    },
  });
  expect((await refused(api, '/rpc?role=cli')).status).toBe(426);
});

test('an unknown role and an unknown path are refused', async () => {
  api = await startTestApi();
  expect(await refused(api, `/rpc?role=root&protocol=${PROTOCOL_VERSION}`)).toEqual({
    status: 403,
    body: { code: 'Forbidden', params: { procedure: '/rpc', role: 'root' } },
  });
  expect((await refused(api, `/other?role=cli&protocol=${PROTOCOL_VERSION}`)).status).toBe(404);
});

test('bad input names the field and the reason, never the value', async () => {
  api = await startTestApi();
  const { agent } = await api.open('cli');
  const failure = async (input: unknown) =>
    agent.call('sessions.open', input as never).then(
      () => undefined,
      (e) => e,
    );
  const relative = await failure({ cwd: 'hunter2-secret' });
  expect(relative).toMatchObject({ code: 'BadInput', params: { field: 'cwd' } });
  expect(relative.params.reason).toBe('it is not a whole path');
  expect(JSON.stringify(relative.view())).not.toContain('hunter2-secret');
  expect(await failure({ cwd: '/tmp', surprise: 1 })).toMatchObject({
    code: 'BadInput',
    params: { field: 'surprise' },
  });
  expect(await failure(null)).toMatchObject({ code: 'BadInput', params: { field: 'input' } });
  expect(await failure({ cwd: '/tmp', cols: 1e9 })).toMatchObject({
    code: 'BadInput',
    params: { field: 'cols' },
  });
});

test('defaults are filled in before a room is asked', async () => {
  api = await startTestApi();
  const { agent } = await api.open('page');
  const asked: unknown[] = [];
  const { open } = api.rooms.sessions;
  api.rooms.sessions.open = (wish) => {
    asked.push(wish);
    return open(wish);
  };
  await agent.call('sessions.open', { cwd: '/tmp' });
  expect(asked).toEqual([{ cwd: '/tmp', cols: 80, rows: 24, args: [] }]);
});

test("a room's error keeps code and parameters; an unknown one becomes a reference that the log explains", async () => {
  api = await startTestApi();
  const { agent } = await api.open('cli');
  api.rooms.broker.accounts = async () => {
    throw new BedrockTrayError('SignInNeeded', { ssoSession: 'corp', startUrl: 'https://x' });
  };
  await expect(agent.call('accounts.list', { ssoSession: 'corp' })).rejects.toMatchObject({
    code: 'SignInNeeded',
    params: { ssoSession: 'corp', startUrl: 'https://x' },
  });
  api.rooms.broker.accounts = async () => {
    throw new TypeError('inner workings');
  };
  const error = await agent.call('accounts.list', { ssoSession: 'corp' }).catch((e) => e);
  expect(error.code).toBe('Internal');
  expect(JSON.stringify(error.view())).not.toContain('inner workings');
  expect(api.logged).toHaveLength(1);
  expect(api.logged[0]?.fields).toMatchObject({ reference: error.params.reference, what: 'accounts.list' });
});

test.each([
  ['no JSON', 'boo'],
  [
    'a header',
    JSON.stringify({ i: '1', p: { u: '/agent.info', h: { 'content-type': 'multipart/form-data' } } }),
  ],
  ['a stream towards the agent', JSON.stringify({ i: '1', t: 3, p: { e: 'message' } })],
  ['another method', JSON.stringify({ i: '1', p: { u: '/agent.info', m: 'GET' } })],
  ['bytes', Buffer.from('{"i":"1","p":{"u":"/agent.info"}}')],
])('a frame that is no request (%s) ends its connection and no other', async (_name, frame) => {
  api = await startTestApi();
  const good = await api.open('cli');
  const bad = await api.open('page');
  const ended = once(bad.webSocket, 'close');
  bad.webSocket.send(frame);
  expect((await ended)[0]).toBe(1007);
  expect((await good.agent.call('regions.list', {})).regions).toEqual(['us-east-1']);
});

test('a procedure that the agent does not know is an error, not a wait', async () => {
  api = await startTestApi();
  const { agent } = await api.open('cli');
  await expect(agent.call('no.such' as never, {} as never)).rejects.toMatchObject({
    code: 'AgentUnavailable',
  });
});

test('what a connection opened is closed with it', async () => {
  api = await startTestApi();
  const { agent } = await api.open('cli');
  await agent.call('endpoint.open', { profile: 'dev' });
  expect(api.endpointsClosed).toEqual([]);
  const left = new Promise<void>((resolve) => api?.attendance.onChange(resolve));
  agent.close();
  await left;
  expect(api.endpointsClosed).toEqual(['dev']);
  expect(api.attendance.count).toBe(0);
});

test('a call ends by its signal, by its time limit and with its connection', async () => {
  api = await startTestApi();
  const { agent } = await api.open('cli');
  api.rooms.desk.wait = () => new Promise(() => {});
  const stop = new AbortController();
  const byAbort = agent.call('signIn.wait', { id: 's1' }, { signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(byAbort).rejects.toThrow('enough');
  await expect(agent.call('signIn.wait', { id: 's1' }, { timeoutMs: 20 })).rejects.toMatchObject({
    code: 'AgentUnavailable',
  });
  const byClose = agent.call('signIn.wait', { id: 's1' });
  agent.close();
  await expect(byClose).rejects.toMatchObject({ code: 'AgentUnavailable' });
  await expect(agent.call('regions.list', {})).rejects.toMatchObject({ code: 'AgentUnavailable' });
});

test('one connection cannot pile up requests without end', async () => {
  api = await startTestApi();
  const { agent } = await api.open('page');
  api.rooms.desk.wait = () => new Promise(() => {});
  const waiting = Array.from({ length: 300 }, () => agent.call('signIn.wait', { id: 's1' }));
  const refusedOnes = (await Promise.all(
    waiting.slice(256).map((p) =>
      p.then(
        () => undefined,
        (e) => e,
      ),
    ),
  )) as BedrockTrayError[];
  expect(refusedOnes.every((e) => e.code === 'AgentUnavailable')).toBe(true);
  const others = Promise.allSettled(waiting);
  agent.close();
  await others;
});

test('a watcher gets the whole state at once and each change after it', async () => {
  api = await startTestApi();
  const { agent } = await api.open('page');
  const seen: string[] = [];
  let arrived = () => {};
  const stop = agent.watch('state.watch', {}, (s) => {
    seen.push(s.settings.theme);
    arrived();
  });
  const next = () =>
    new Promise<void>((resolve) => {
      arrived = resolve;
    });
  await next();
  api.settings = Settings.parse({ theme: 'dark' });
  const second = next();
  api.emitter.fire();
  await second;
  expect(seen).toEqual(['system', 'dark']);
  stop();
});

test('changes are gathered: never more than 20 snapshots a second', async () => {
  api = await startTestApi();
  const { agent } = await api.open('page');
  const times: number[] = [];
  let done = () => {};
  const finished = new Promise<void>((resolve) => {
    done = resolve;
  });
  agent.watch('state.watch', {}, (s) => {
    times.push(performance.now());
    if (s.settings.terminal.fontSize === 40) done();
  });
  const fires = api;
  for (let n = 6; n <= 40; n++) {
    fires.settings = Settings.parse({ terminal: { fontSize: n } });
    fires.emitter.fire();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await finished;
  expect(times.length).toBeGreaterThan(1);
  const took = (times.at(-1) ?? 0) - (times[0] ?? 0);
  expect(times.length - 1).toBeLessThanOrEqual(Math.ceil(took / 45) + 1);
});

test('a reader that does not read costs nothing and later gets the latest', async () => {
  api = await startTestApi();
  const { agent, webSocket } = await api.open('page');
  const t = api;
  let made = 0;
  const now = t.rooms.snapshot.now.bind(t.rooms.snapshot);
  // Large values fill the pipe soon.
  const padding = 'x'.repeat(300_000);
  t.rooms.snapshot.now = () => {
    made++;
    const snapshot = now();
    return { ...snapshot, agent: { ...snapshot.agent, version: padding } };
  };
  const seen: number[] = [];
  let arrived = () => {};
  agent.watch('state.watch', {}, (s) => {
    seen.push(s.settings.terminal.fontSize);
    arrived();
  });
  await new Promise<void>((resolve) => {
    arrived = resolve;
  });
  webSocket.pause();
  for (let n = 6; n <= 45; n++) {
    t.settings = Settings.parse({ terminal: { fontSize: n } });
    t.emitter.fire();
    await new Promise((resolve) => setTimeout(resolve, 55));
  }
  const madeWhilePaused = made;
  expect(madeWhilePaused).toBeLessThan(15);
  const latest = new Promise<void>((resolve) => {
    arrived = () => {
      if (seen.at(-1) === 45) resolve();
    };
  });
  webSocket.resume();
  await latest;
});

test('a watcher that goes leaves nothing behind', async () => {
  api = await startTestApi();
  const before = api.emitter.listeners;
  const { agent } = await api.open('page');
  let subscribed = () => {};
  const first = new Promise<void>((resolve) => {
    subscribed = resolve;
  });
  const { snapshot } = api.rooms;
  let watchers = 0;
  let gone = () => {};
  const left = new Promise<void>((resolve) => {
    gone = resolve;
  });
  const onChange = snapshot.onChange.bind(snapshot);
  snapshot.onChange = (listener) => {
    watchers++;
    const stop = onChange(listener);
    return () => {
      watchers--;
      stop();
      gone();
    };
  };
  agent.watch('state.watch', {}, () => subscribed());
  await first;
  expect(watchers).toBe(1);
  agent.close();
  await left;
  expect(watchers).toBe(0);
  expect(api.emitter.listeners).toBe(before);
});

test('a credentials request is aborted when its asker goes, and a failed one is told as JSON', async () => {
  let aborted = () => {};
  const wasAborted = new Promise<void>((resolve) => {
    aborted = resolve;
  });
  let began = () => {};
  const hasBegun = new Promise<void>((resolve) => {
    began = resolve;
  });
  api = await startTestApi({
    handleCredentials: (url, signal) => {
      if (url.searchParams.get('profile') === 'bad') throw new TypeError('inner workings');
      began();
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          aborted();
          reject(signal.reason);
        });
      });
    },
  });
  const answer = await plainGet(api.socket, '/v1/credentials?profile=bad');
  expect(answer.status).toBe(500);
  expect(JSON.parse(answer.body)).toMatchObject({ code: 'Internal', message: 'said Internal', exitCode: 1 });
  const request = get({ socketPath: api.socket, path: '/v1/credentials?profile=dev', agent: false });
  request.on('error', () => {});
  await hasBegun;
  expect(api.attendance.count).toBe(1);
  request.destroy();
  await wasAborted;
});

test('a stale socket is removed; a file or a live program in its place is not touched', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bt-sock-'));
  try {
    const file = join(folder, 'file');
    await writeFile(file, 'mine');
    await expect(clearSocketPath(file)).rejects.toMatchObject({
      code: 'SocketInUse',
      params: { path: file },
    });
    expect((await lstat(file)).size).toBe(4);
    const live = join(folder, 'live.sock');
    const server = createServer().listen(live);
    await once(server, 'listening');
    await expect(clearSocketPath(live)).rejects.toMatchObject({ code: 'SocketInUse' });
    server.close();
    await clearSocketPath(join(folder, 'absent.sock'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a client over a connection that was never made says so', async () => {
  api = await startTestApi();
  const socket = api.raw('/nowhere');
  socket.on('error', () => {});
  const agent = rpcClient(socket);
  await expect(agent.call('regions.list', {})).rejects.toMatchObject({ code: 'AgentUnavailable' });
});
