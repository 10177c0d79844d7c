import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AgentConnection } from '../../src/client/rpc-client.ts';
import { findClaude, prepareClaudeHome } from '../support/claude.ts';
import { Processes } from '../support/desktop/processes.ts';
import { startDisplay } from '../support/desktop/session-parts.ts';
import { type Installation, install } from '../support/installation.ts';

const missing = ['xterm', 'Xvfb', 'xauth', 'xdotool'].filter((name) => !existsSync(`/usr/bin/${name}`));
const claude = findClaude();
const why = missing.length > 0 ? ` (needs ${missing.join(', ')})` : claude ? '' : ' (needs the real claude)';

/** The person's own terminal, a real xterm on a display of its own, shows a session of the agent; they type in it. */
describe.skipIf(why !== '')(`a session in the person’s own terminal${why}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'bt-xterm-'));
  const self = { name: 'self', uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1, isSelf: true };
  const processes = new Processes(self, randomUUID());
  let own: Installation;
  let agent: AgentConnection;
  let project: string;
  let display: { DISPLAY: string; XAUTHORITY: string };

  beforeAll(async () => {
    display = await startDisplay(
      { env: process.env, home: folder, user: self, processes },
      { width: 1000, height: 700 },
    );
    own = await install({
      env: { ...display, PATH: `${folder}:${dirname(claude ?? '')}:${process.env.PATH}`, SHELL: '/bin/sh' },
    });
    project = join(own.sandbox.home, "the person's project");
    mkdirSync(project);
    await prepareClaudeHome(own.sandbox.home, [project]);
    expect((await own.login({ args: ['--sso-session', 'sandbox'] })).status).toBe(0);
    agent = await own.connect();
    await agent.call('environments.create', {
      name: 'sandbox',
      profile: 'sandbox',
      region: 'us-west-2',
      model: null,
      smallFastModel: null,
      identityMode: 'bedrock-only',
      endpointUrl: own.sandbox.baseUrl,
    });
    await agent.call('environments.use', { name: 'sandbox' });
  }, 300_000);
  // Nothing of an attempt is left to the next one.
  afterEach(async () => {
    const open = async () =>
      (await agent.call('sessions.list', {})).sessions.filter((s) => s.state !== 'exited');
    for (const { id } of await open()) await agent.call('sessions.kill', { id });
    await expect.poll(open).toEqual([]);
    for (const window of terminals()) xdotool('windowkill', window);
  });
  afterAll(async () => {
    agent?.close();
    await own?.stop();
    await processes.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const session = async (id: string) => {
    const found = (await agent.call('sessions.list', {})).sessions.find((s) => s.id === id);
    if (!found) throw new Error('the session is gone');
    return found;
  };
  const xdotool = (...args: string[]) =>
    execFileSync('xdotool', args, { env: { ...process.env, ...display }, encoding: 'utf8', timeout: 20_000 });

  /** Windows of xterm that are there. */
  const terminals = (): string[] => {
    try {
      return xdotool('search', '--onlyvisible', '--class', 'xterm').trim().split('\n');
    } catch {
      // xdotool fails where it finds none.
      return [];
    }
  };

  it('opens, shows it, takes keys, and leaves it running when its window is closed', async () => {
    const after = (await own.sandbox.requests()).at(-1)?.id ?? 0;
    expect((await agent.call('terminals.list', {})).terminals.map((t) => t.id)).toContain('xterm');
    const { id } = await agent.call('sessions.open', {
      cwd: project,
      cols: 80,
      rows: 24,
      permissionMode: 'default',
    });
    await expect.poll(async () => (await session(id)).state, { timeout: 30_000 }).toBe('running');
    await agent.call('sessions.showInTerminal', { id, terminal: 'xterm' });
    await expect.poll(async () => (await session(id)).attached, { timeout: 20_000 }).toBe(1);
    const [window] = xdotool('search', '--sync', '--onlyvisible', '--class', 'xterm').trim().split('\n');
    if (window === undefined) throw new Error('no window');
    const answers = {
      service: 'bedrock-runtime',
      operation: 'InvokeModelWithResponseStream',
      after,
    } as const;
    expect(await own.sandbox.requests(answers)).toEqual([]);
    // What is typed before Claude Code has its prompt is lost, as it is for a person.
    await expect
      .poll(
        async () => {
          xdotool('windowfocus', '--sync', window);
          xdotool('key', 'ctrl+u');
          xdotool('type', '--delay', '30', 'hello from xterm');
          xdotool('key', 'Return');
          return (await own.sandbox.waitForRequests(answers, 1, 4_000)).length;
        },
        { timeout: 90_000, interval: 500 },
      )
      .toBeGreaterThan(0);
    xdotool('windowkill', window);
    await expect.poll(async () => (await session(id)).attached, { timeout: 20_000 }).toBe(0);
    expect((await session(id)).state).toBe('running');
    await agent.call('sessions.kill', { id });
    await expect.poll(async () => (await session(id)).state, { timeout: 20_000 }).toBe('exited');
    await expect(agent.call('sessions.showInTerminal', { id })).rejects.toMatchObject({
      code: 'SessionEnded',
    });
  });

  it('a file of the session is opened in the person’s editor', async () => {
    const told = join(folder, 'told');
    writeFileSync(join(folder, 'code'), `#!/bin/sh\nprintf '%s\\n' "$@" > '${told}'\n`, { mode: 0o755 });
    const { id } = await agent.call('sessions.open', {
      cwd: project,
      cols: 80,
      rows: 24,
      permissionMode: 'default',
    });
    writeFileSync(join(project, 'a file.ts'), '');
    expect(
      await agent.call('files.resolve', { session: id, paths: ['a file.ts', 'no.ts', '/dev/null'] }),
    ).toEqual({
      files: [join(project, 'a file.ts'), null, null],
    });
    await agent.call('files.open', { session: id, path: 'a file.ts', line: 7, column: 3 });
    // An editor that has not ended soon counts as opened.
    await expect
      .poll(() => existsSync(told) && readFileSync(told, 'utf8'))
      .toBe(`--goto\n${join(project, 'a file.ts')}:7:3\n`);
    await expect(agent.call('files.open', { session: id, path: 'no.ts' })).rejects.toMatchObject({
      code: 'FileMissing',
    });
  });
});
