import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { agentPlaces } from '../../../src/client/agent-places.ts';
import { agentHello, stopAgent } from '../../../src/client/find-or-start-agent.ts';
import { keepConnected } from '../../../src/client/keep-connected.ts';
import { MAX_SOCKET_PATH_BYTES, PRODUCT_VERSION, PROTOCOL_VERSION } from '../../../src/contract/index.ts';
import { outDir } from '../../support/installation.ts';
import { pinnedNode } from '../../support/sandbox.ts';
import { AgentHome, finished, until } from './agents.ts';

const mode = (path: string) => statSync(path).mode & 0o777;
let t: AgentHome;
beforeEach(() => {
  t = new AgentHome();
});
afterEach(() => t.clean());

describe('one agent for each state folder', () => {
  // Each shell that finds no agent starts one: the race costs as many starts as there are shells.
  const shells = process.env.CI ? 20 : 8;
  test(`${shells} shells that start at once share one agent`, {
    repeats: process.env.CI ? 4 : 0,
  }, async () => {
    const connections = await Promise.all(Array.from({ length: shells }, () => t.connect()));
    const pids = await Promise.all(connections.map(async (c) => (await c.call('agent.info', {})).pid));
    expect(new Set(pids).size).toBe(1);
    // Those that lost the race have ended, or are about to.
    await until(() => t.running().length === 1, 60_000);
    expect(t.running()).toEqual([pids[0]]);
    expect(t.log().filter((line) => line.msg === 'agent listens')).toHaveLength(1);
    for (const connection of connections) connection.close();
  });

  test('a second agent ends quietly with 0 and leaves the first alone', async () => {
    const agent = await t.connect();
    expect(await finished(t.run())).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    expect((await agent.call('agent.info', {})).home).toBe(t.home);
    agent.close();
  });

  test('folders, socket and logs are closed to others, also where they were open before', async () => {
    mkdirSync(t.home, { recursive: true });
    chmodSync(t.home, 0o755);
    (await t.connect()).close();
    expect(mode(t.home)).toBe(0o700);
    expect(mode(join(t.home, 'logs'))).toBe(0o700);
    for (const file of ['agent.sock', 'agent.lock', 'logs/agent.log', 'logs/agent-start.log']) {
      expect([file, mode(join(t.home, file))]).toEqual([file, 0o600]);
    }
  });

  test('keeps its compiled code where nobody else can put any, for this version alone', async () => {
    delete t.env.NODE_COMPILE_CACHE;
    const older = join(t.home, 'code-cache', '0.0.1');
    mkdirSync(older, { recursive: true });
    chmodSync(t.home, 0o755);
    const kept = () => readdirSync(join(t.home, 'code-cache'));
    // Open to others: what lies in it is not run.
    await (await t.connect()).call('agent.stop', { sessions: 'keep' });
    await expect.poll(() => t.running()).toEqual([]);
    expect(kept()).toEqual(['0.0.1']);
    // The agent has closed it.
    const agent = await t.connect();
    await expect.poll(kept).toEqual([PRODUCT_VERSION]);
    await expect.poll(() => readdirSync(join(t.home, 'code-cache', PRODUCT_VERSION))).toHaveLength(1);
    agent.close();
  });

  test('a state folder deep down gets a socket with a short path', async () => {
    const deep = new AgentHome('d'.repeat(90));
    try {
      const agent = await deep.connect();
      const info = await agent.call('agent.info', {});
      expect(Buffer.byteLength(info.socket)).toBeLessThanOrEqual(MAX_SOCKET_PATH_BYTES);
      expect(info.socket).toBe(agentPlaces(deep.env).agent.path);
      agent.close();
      await stopAgent({ env: deep.env, outDir, sessions: 'end' });
      expect(existsSync(info.socket)).toBe(false);
    } finally {
      deep.clean();
    }
  });

  test('the state folder may be named relative to where the shell is', async () => {
    const relative = { ...t.env, BEDROCK_TRAY_HOME: `../../../../../../../../../../${t.home}` };
    (await t.connect()).close();
    expect(await agentHello(relative)).toMatchObject({ pid: await t.pid() });
  });
});

describe('an agent that was killed', () => {
  test('frees its lock; the next start takes over the stale socket and what was on disk', async () => {
    const first = await t.connect();
    await first.call('settings.set', { theme: 'dark' });
    const { pid } = await first.call('agent.info', {});
    const ended = new Promise<void>((resolve) => first.onClose(() => resolve()));
    process.kill(pid, 'SIGKILL');
    await ended;
    expect(existsSync(t.socket)).toBe(true);
    await expect(t.connect({ start: false })).rejects.toMatchObject({ code: 'AgentUnavailable' });
    const second = await t.connect();
    expect((await second.call('agent.info', {})).pid).not.toBe(pid);
    expect((await second.call('settings.get', {})).theme).toBe('dark');
    second.close();
  });

  test('is replaced for a shell that stays, whose watch goes on', async () => {
    const kept = keepConnected((start) => t.connect({ role: 'tray', start }));
    const pids: number[] = [];
    kept.watch('state.watch', {}, (snapshot) => {
      if (pids.at(-1) !== snapshot.agent.pid) pids.push(snapshot.agent.pid);
    });
    await until(() => pids.length === 1);
    process.kill(pids[0] ?? 0, 'SIGKILL');
    await until(() => pids.length === 2);
    expect(kept.state()).toEqual({ kind: 'connected' });
    expect((await kept.call('agent.info', {})).pid).toBe(pids[1]);
    kept.close();
  });
});

describe('the end of an agent', () => {
  test('that was asked for is not undone by a shell that stays', async () => {
    const kept = keepConnected((start) => t.connect({ role: 'tray', start }));
    const { pid } = await kept.call('agent.info', {});
    const failed = new Promise<void>((resolve) =>
      kept.onState((state) => {
        if (state.kind === 'failed') resolve();
      }),
    );
    expect(await stopAgent({ env: t.env, outDir, sessions: 'keep' })).toBe(true);
    await failed;
    expect(await agentHello(t.env)).toBeUndefined();
    expect(t.log().filter((line) => line.msg === 'agent listens')).toHaveLength(1);
    kept.retryNow();
    expect((await kept.call('agent.info', {})).pid).not.toBe(pid);
    kept.close();
  });

  test('agent.stop is answered, then everything is gone', async () => {
    const agent = await t.connect();
    const closed = new Promise<void>((resolve) => agent.onClose(() => resolve()));
    expect(await agent.call('agent.stop', { sessions: 'keep' })).toEqual({});
    await closed;
    await until(() => t.running().length === 0);
    expect(existsSync(t.socket)).toBe(false);
    expect(await agentHello(t.env)).toBeUndefined();
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('%s is a clean end', async (signal) => {
    const child = t.run();
    const end = finished(child);
    await until(async () => (await agentHello(t.env)) !== undefined);
    child.kill(signal);
    expect(await end).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    expect(existsSync(t.socket)).toBe(false);
    expect(t.log().at(-1)).toMatchObject({
      msg: 'agent ends',
      // A shutdown is nobody's wish: the sessions that it ends are offered again.
      sessions: signal === 'SIGHUP' ? 'keep' : 'shutdown',
    });
  });

  test('a shell that starts while the old agent is still ending gets a new one', async () => {
    const agent = await t.connect();
    const { pid } = await agent.call('agent.info', {});
    void agent.call('agent.stop', { sessions: 'end' }).catch(() => {});
    const closed = new Promise<void>((resolve) => agent.onClose(() => resolve()));
    await closed;
    const next = await t.connect();
    expect((await next.call('agent.info', {})).pid).not.toBe(pid);
    next.close();
  });

  test('what nobody handles is logged without secrets and ends it with a code of its own', async () => {
    const token = `IQoJ${'b3JpZ2luX2Vj'.repeat(4)}`;
    const fault = `setTimeout(() => { throw new Error('refused ${token}'); }, 1500)`;
    const { code, stderr } = await finished(
      t.run(['--import', `data:text/javascript,${encodeURIComponent(fault)}`]),
    );
    expect(code).toBe(70);
    expect(stderr).toContain('uncaught exception: Error: refused');
    expect(stderr).not.toContain(token);
    expect(t.log().at(-1)).toMatchObject({ level: 'error', msg: 'uncaught exception' });
    expect(readFileSync(join(t.home, 'logs', 'agent.log'), 'utf8')).not.toContain(token);
    (await t.connect()).close();
  });
});

describe('what stands in the way is named', () => {
  test('no agent, and none wanted', async () => {
    await expect(t.connect({ start: false })).rejects.toMatchObject({ code: 'AgentUnavailable' });
    expect(existsSync(t.home)).toBe(false);
  });

  test("a file in the socket's place is left as it is", async () => {
    mkdirSync(t.home, { recursive: true, mode: 0o700 });
    writeFileSync(t.socket, 'mine');
    await expect(t.connect()).rejects.toMatchObject({ code: 'SocketInUse', params: { path: t.socket } });
    expect(readFileSync(t.socket, 'utf8')).toBe('mine');
  });

  test('a file or a link in the place of the state folder', async () => {
    writeFileSync(t.home, 'mine');
    await expect(t.connect()).rejects.toMatchObject({
      code: expect.stringMatching(/SocketInUse|StorageFailed/),
    });
    expect(readFileSync(t.home, 'utf8')).toBe('mine');
  });

  test('a link is not followed into a folder that may be shared', async () => {
    const shared = join(t.folder, 'shared');
    mkdirSync(shared, { mode: 0o777 });
    symlinkSync(shared, t.home);
    await expect(t.connect()).rejects.toMatchObject({ code: 'SocketInUse', params: { path: t.home } });
  });

  test.each([
    ['hangs up', '' as string],
    ['speaks another language', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['is another web server', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi'],
  ])('a program on the socket that %s', async (name, answer) => {
    mkdirSync(t.home, { recursive: true, mode: 0o700 });
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.end(answer);
    }).listen(t.socket);
    await once(server, 'listening');
    await expect(t.connect()).rejects.toMatchObject({ code: 'SocketInUse' });
    expect(name).toBeTruthy();
    server.close();
  });

  test('an agent that cannot start says why, without what may be a secret', async () => {
    const secret = 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY1234567';
    const broken = join(t.folder, 'broken-node');
    writeFileSync(broken, `#!/bin/sh\necho "cannot load library (${secret})" >&2\nexit 9\n`, { mode: 0o700 });
    const error = await t.connect({ node: broken }).catch((e) => e);
    expect(error.code).toBe('AgentUnavailable');
    expect(error.params.reason).toContain('cannot load library');
    expect(error.params.reason).not.toContain(secret);
    const absent = await t.connect({ node: join(t.folder, 'no-node') }).catch((e) => e);
    expect(absent.params.reason).toContain('ENOENT');
  });

  test('an agent of another version is named, and can be ended all the same', async () => {
    mkdirSync(t.home, { recursive: true, mode: 0o700 });
    const other = `
      const server = require('node:http').createServer((request, response) => {
        response.end(JSON.stringify({ version: '9.9.9', protocol: 999, pid: process.pid }));
      });
      server.on('upgrade', (request, socket) => {
        const body = JSON.stringify({ code: 'ProtocolMismatch', params: { agentVersion: '9.9.9', agentProtocol: 999, clientProtocol: ${PROTOCOL_VERSION} } });
        socket.end('HTTP/1.1 426 Upgrade Required\\r\\nContent-Length: ' + body.length + '\\r\\n\\r\\n' + body);
      });
      server.listen(process.argv[1], () => console.log('ready'));
      process.on('SIGTERM', () => process.exit(0));`;
    const child = spawn(pinnedNode, ['-e', other, t.socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    const ended = once(child, 'exit');
    await expect(t.connect()).rejects.toMatchObject({
      code: 'ProtocolMismatch',
      params: { agentVersion: '9.9.9', agentProtocol: 999, clientProtocol: PROTOCOL_VERSION },
    });
    expect(await stopAgent({ env: t.env, outDir, sessions: 'end' })).toBe(true);
    expect(await ended).toEqual([0, null]);
  });

  test('an agent that does not answer is not waited for without end', async () => {
    mkdirSync(t.home, { recursive: true, mode: 0o700 });
    const server = createHttpServer()
      .on('upgrade', () => {})
      .listen(t.socket);
    await once(server, 'listening');
    await expect(t.connect()).rejects.toMatchObject({ code: 'AgentUnavailable' });
    server.closeAllConnections();
    server.close();
  }, 30_000);
});

test('an idle agent does nothing: it is hardly ever woken', async () => {
  const agent = await t.connect();
  const { pid } = await agent.call('agent.info', {});
  const switches = () =>
    Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  // What the start left to do (compiling, collecting) ends; a timer that goes on would show in three windows, 9 s.
  const windows: number[] = [];
  const quiet = () => windows.length >= 3 && windows.slice(-3).every((woken) => woken <= 5);
  do {
    const before = switches();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    windows.push(switches() - before);
  } while (!quiet() && windows.length < 18);
  expect(quiet(), `woken in 3 s each: ${windows.join(' ')}`).toBe(true);
  agent.close();
});
