import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClaudeSessionsRoom } from '../../../src/agent/sessions/claude-sessions.ts';
import { LoginShell } from '../../../src/agent/sessions/login-shell.ts';
import { PtyHostClient } from '../../../src/agent/sessions/pty-host-client.ts';
import { kept } from '../../../src/agent/sessions/session-record.ts';
import { pinnedNode } from '../../support/sandbox.ts';
import { SessionRoom } from '../../support/session-room.ts';

/** Stands in for Claude Code where its own doings do not matter: says what it was given, answers lines, ends on `bye`. */
const standIn = `#!/bin/sh
if [ "$1" = --version ]; then echo "9.8.7 (stand-in)"; exit; fi
echo "args: $*"
echo "secret: $CALLERS_SECRET"
while read -r line; do
  case "$line" in bye) exit 5;; esac
  echo "heard <$line>"
done
`;

let own: SessionRoom;
let claude: string;
const rooms: ClaudeSessionsRoom[] = [];

async function start(options: Parameters<typeof SessionRoom.start>[0] = {}): Promise<void> {
  own = await SessionRoom.start(options);
  claude = join(own.folder, 'bin', 'claude');
  await mkdir(join(own.folder, 'bin'));
  await writeFile(claude, standIn);
  await chmod(claude, 0o755);
  own.settings.claudePath = claude;
}
const open = (more: Partial<Parameters<ClaudeSessionsRoom['open']>[0]> = {}) =>
  own.room.open({ cwd: own.project, cols: 100, rows: 40, ...more });
const files = (id: string) => join(own.folder, 'state', 'sessions', id);
const gone = (path: string) =>
  expect
    .poll(() =>
      stat(path).then(
        () => 'there',
        () => 'gone',
      ),
    )
    .toBe('gone');

/** Ends the agent without a word, and starts the next. */
async function restart(): Promise<void> {
  await own.room.stop('keep');
  own.room = own.another();
  rooms.push(own.room);
  await own.room.start();
}

beforeEach(() => start());
afterEach(async () => {
  rooms.length = 0;
  await own[Symbol.asyncDispose]();
});

describe('a session', () => {
  it('opens with the environment that is active, runs and ends with its exit code', async () => {
    const view = await open({
      args: ['--verbose'],
      env: { PATH: '/usr/bin:/bin', HOME: own.home, CALLERS_SECRET: 'hunter2' },
    });
    expect(view).toMatchObject({
      name: 'a project',
      program: 'claude',
      cwd: own.project,
      environment: 'work',
      profile: 'work',
      region: 'us-west-2',
      identityMode: 'bedrock-only',
      state: 'running',
      exitedAt: null,
      problem: null,
    });
    expect(own.held).toBe(1);
    expect(own.room.identity(view.id)).toEqual({ id: view.id, profile: 'work' });
    const terminal = await own.attach(view.id);
    await terminal.shows('secret: hunter2');
    expect(terminal.text).toContain(
      `args: --settings ${files(view.id)}/settings.json --session-id ${view.id} --verbose`,
    );
    for (const name of await readdir(files(view.id))) {
      expect((await stat(join(files(view.id), name))).mode & 0o777).toBe(0o600);
    }
    terminal.connection.input('bye\r');
    await terminal.ended();
    await own.until(view.id, 'exited');
    expect(own.room.views()[0]).toMatchObject({ exitCode: 5, signal: null, pid: null });
    expect(own.held).toBe(0);
    expect(own.room.identity(view.id)).toBeUndefined();
    await gone(files(view.id));
    expect(own.room.recentFolders()).toEqual([own.project]);
    expect(own.room.claude()).toEqual({ path: claude, version: '9.8.7', support: 'newer' });
    const stored = await readFile(join(own.folder, 'state', 'sessions.json'), 'utf8');
    expect(stored).toContain(view.id);
    expect(stored).not.toContain('hunter2');
    expect((await stat(join(own.folder, 'state', 'sessions.json'))).mode & 0o777).toBe(0o600);
  });

  it('is refused with one clear error, and leaves nothing behind', async () => {
    await expect(open({ cwd: join(own.project, 'gone') })).rejects.toMatchObject({ code: 'FolderMissing' });
    await expect(open({ environment: 'other' })).rejects.toMatchObject({ code: 'EnvironmentUnknown' });
    await expect(open({ profile: 'other' })).rejects.toMatchObject({ code: 'ProfileUnknown' });
    await expect(open({ args: ['--settings', 'gone.json'] })).rejects.toMatchObject({ code: 'BadInput' });
    await expect(open({ args: ['--session-id', 'x'] })).rejects.toMatchObject({ code: 'BadInput' });
    own.settings.claudePath = join(own.folder, 'no-claude');
    await expect(open()).rejects.toMatchObject({
      code: 'ClaudeNotInstalled',
      params: { searched: own.settings.claudePath },
    });
    own.settings.claudePath = null;
    await expect(open({ env: { PATH: '/nowhere', HOME: own.home } })).rejects.toMatchObject({
      code: 'ClaudeNotInstalled',
    });
    expect(own.room.views()).toEqual([]);
    expect(own.held).toBe(0);
    const unknown = crypto.randomUUID();
    for (const act of ['attach', 'kill', 'remove'] as const) {
      await expect(own.room[act](unknown)).rejects.toMatchObject({ code: 'SessionUnknown' });
    }
  });

  it('is opened with a profile alone: its region, the identity mode of the settings', async () => {
    own.settings.identityMode = 'whole-session';
    expect(await open({ profile: 'work' })).toMatchObject({
      environment: null,
      region: 'eu-west-3',
      identityMode: 'whole-session',
    });
    expect(await open({ profile: 'work', region: 'us-east-2', model: 'm' })).toMatchObject({
      region: 'us-east-2',
      model: 'm',
    });
  });

  it('waits for a sign-in, and starts by itself', async () => {
    own.signedIn = false;
    const { id, state } = await open();
    expect(state).toBe('waiting');
    expect(own.asked).toBe(1);
    await expect(own.room.attach(id)).rejects.toMatchObject({
      code: 'SignInNeeded',
      params: { ssoSession: 'corp', startUrl: 'https://corp.example' },
    });
    own.signIn();
    await own.until(id, 'running');
    await (await own.attach(id)).shows('args:');
  });

  it('that waits can be given up, and does not outlive the agent', async () => {
    own.signedIn = false;
    const one = await open();
    await own.room.kill(one.id);
    expect(own.state(one.id)).toBe('exited');
    expect(own.held).toBe(0);
    const two = await open();
    await restart();
    expect(own.state(two.id)).toBe('lost');
    own.signIn();
    await expect(own.room.attach(two.id)).rejects.toMatchObject({ code: 'SessionEnded' });
  });

  it('is ended with all that it started, and can then be forgotten', async () => {
    const { id } = await open();
    await expect(own.room.remove(id)).rejects.toMatchObject({ code: 'BadInput' });
    await (await own.attach(id)).shows('args:');
    await own.room.kill(id);
    await own.until(id, 'exited');
    expect(own.room.views()[0]?.signal).toBe('SIGHUP');
    const terminal = await own.attach(id);
    await terminal.ended();
    expect(terminal.text).toContain('args:');
    await own.room.remove(id);
    expect(own.room.views()).toEqual([]);
  });

  it('is resumed once, with the same id and what claude does not restore', async () => {
    const { id } = await open({ args: ['--permission-mode', 'plan', 'a prompt'] });
    await expect(own.room.resume(id, 80, 24)).rejects.toMatchObject({ code: 'SessionNotResumable' });
    await own.room.kill(id);
    await own.until(id, 'exited');
    expect(own.room.views()[0]).toMatchObject({ resumable: true, hasTranscript: false, conversation: id });
    const project = join(own.home, '.claude', 'projects', '-a-project');
    await mkdir(project, { recursive: true });
    await writeFile(join(project, `${id}.jsonl`), '{}\n');
    // Pressed again, at once and while credentials are asked for, it is resumed once.
    let late: Promise<unknown>[] = [];
    own.beforeCredentials = async () => {
      own.beforeCredentials = async () => undefined;
      late = [own.room.resume(id, 90, 30), own.room.remove(id), open({ args: ['--session-id', id] })];
      await Promise.allSettled(late);
    };
    const both = await Promise.allSettled([own.room.resume(id, 90, 30), own.room.resume(id, 90, 30)]);
    const [resumed, again] = both.sort((a, b) => (a.status < b.status ? -1 : 1));
    expect(resumed).toMatchObject({ value: { id, state: 'running', exitedAt: null } });
    expect(again).toMatchObject({ reason: { code: 'SessionNotResumable' } });
    expect(await Promise.allSettled(late)).toMatchObject(
      ['SessionNotResumable', 'BadInput', 'BadInput'].map((code) => ({ reason: { code } })),
    );
    expect(own.room.identity(id)).toEqual({ id, profile: 'work' });
    const terminal = await own.attach(id);
    await terminal.shows(`--resume ${id} --permission-mode plan\r\n`);
    expect(own.room.views()).toHaveLength(1);
  });
});

describe('sessions that ended', () => {
  it('do not pile up: the last ten keep their screen, the last fifty stay in the list', async () => {
    const running = await open();
    const first = await open();
    const end = async (id: string) => {
      await own.room.kill(id);
      await own.until(id, 'exited');
    };
    await end(first.id);
    await (await own.attach(first.id)).shows('args:');
    for (let n = 0; n < 10; n++) await end((await open()).id);
    await expect(own.room.attach(first.id)).rejects.toMatchObject({ code: 'SessionEnded' });
    const host = await PtyHostClient.connect(own.ptyHostSocket, {
      changed: () => undefined,
      forgotten: () => undefined,
      closed: () => undefined,
    });
    expect((await host.request({ type: 'list' })).ptys?.map((pty) => pty.id)).not.toContain(first.id);
    host.close();
    expect(own.room.views()).toHaveLength(12);
    // The oldest that ended goes, the oldest that runs stays.
    const states = { 0: 'running', 1: 'lost' } as const;
    const { sessions } = kept(
      Array.from({ length: 60 }, (_, n) => ({
        id: n,
        state: n === 0 || n === 1 ? states[n] : ('exited' as const),
        lastAt: n,
        record: { pinned: n === 2 },
      })),
    );
    // Neither one that was lost nor one that is pinned goes.
    expect([...sessions].map(({ id }) => id).sort((a, b) => a - b)).toEqual([
      ...[0, 1, 2],
      ...Array.from({ length: 50 }, (_, n) => n + 10),
    ]);
    await (await own.attach(running.id)).shows('args:');
  });
});

describe("an administrator's settings", () => {
  it('win over ours: the log says which, and shell commands keep what they say', async () => {
    await mkdir(join(own.folder, 'managed', 'managed-settings.d'), { recursive: true });
    await writeFile(
      join(own.folder, 'managed', 'managed-settings.json'),
      '{"env":{"AWS_REGION":"eu-west-1","OTHER":1}}',
    );
    await writeFile(
      join(own.folder, 'managed', 'managed-settings.d', '10.json'),
      '{"awsCredentialExport":"theirs"}',
    );
    const { id } = await open({ env: { PATH: '/usr/bin:/bin', AWS_REGION: 'eu-west-2' } });
    expect(own.warnings).toContainEqual({
      session: id,
      folder: join(own.folder, 'managed'),
      wins: ['AWS_REGION', 'awsCredentialExport'],
    });
    expect(await readFile(join(files(id), 'restore-env.sh'), 'utf8')).toContain(
      'export AWS_REGION=eu-west-1\n',
    );
  });
});

describe('sessions outlive', () => {
  it('the agent: the next one adopts them, with their terminals', async () => {
    const { id } = await open();
    const before = own.room.views()[0];
    const terminal = await own.attach(id);
    await terminal.shows('args:');
    await restart();
    await own.happenings.until(() => own.room.views()[0]?.attached === 1, 'the terminal');
    expect(own.room.views()[0]).toMatchObject({ ...before, attached: 1, activity: { state: 'unknown' } });
    expect(own.room.identity(id)).toEqual({ id, profile: 'work' });
    terminal.connection.input('still here\r');
    await terminal.shows('heard <still here>');
    expect(await readdir(files(id))).toContain('settings.json');
    const another = await own.attach(id);
    await another.shows('heard <still here>');
  });

  it('an agent that was killed and lost its list', async () => {
    const { id } = await open();
    await rm(join(own.folder, 'state', 'sessions.json'));
    const killed = own.room;
    own.room = own.another();
    await own.room.start();
    expect(own.room.views()).toMatchObject([{ id, state: 'running', cwd: own.project, environment: 'work' }]);
    await killed.stop('keep');
  });

  it('nothing when the pty-host itself dies: they are lost, and said to be', async () => {
    const one = await open();
    const { pid } = await PtyHostClient.connect(own.ptyHostSocket, {
      changed: () => undefined,
      forgotten: () => undefined,
      closed: () => undefined,
    });
    process.kill(pid, 'SIGKILL');
    await own.until(one.id, 'lost');
    expect(own.held).toBe(0);
    await gone(files(one.id));
    await expect(own.room.attach(one.id)).rejects.toMatchObject({ code: 'SessionEnded' });
    // Its dead sockets do not keep the next one from starting.
    const two = await open();
    expect(two.state).toBe('running');
    await restart();
    expect(own.state(one.id)).toBe('lost');
    expect(own.state(two.id)).toBe('running');
  });

  it('no agent that ends them', async () => {
    const { id } = await open();
    await own.room.stop('end');
    expect(own.state(id)).toBe('exited');
    own.room = own.another();
    await own.room.start();
    expect(own.state(id)).toBe('exited');
    await gone(own.ptyHostSocket);
  });
});

describe('what a session needs', () => {
  it("is opened as the person's shell in a demo without Claude Code, with one line how to install it", async () => {
    await own[Symbol.asyncDispose]();
    await start({ env: { BEDROCK_TRAY_DEMO: '1', PATH: '/usr/bin:/bin' } });
    own.settings.claudePath = null;
    const view = await open();
    expect(view.program).toBe('shell');
    const terminal = await own.attach(view.id);
    await terminal.shows('npm install -g @anthropic-ai/claude-code');
    terminal.connection.input('echo "$CLAUDE_CODE_USE_BEDROCK-$AWS_REGION-$AWS_PROFILE-end"\r');
    await terminal.shows('1-us-west-2-bedrock-tray-end');
  });

  it("is found by the person's login shell", async () => {
    own.settings.claudePath = null;
    await writeFile(
      join(own.home, '.profile'),
      `export PATH="${own.folder}/bin:$PATH" CALLERS_SECRET='a\nb "c"'; echo noise\n`,
    );
    const { id } = await open();
    const terminal = await own.attach(id);
    await terminal.shows('secret: a\r\nb "c"');
  });

  it.each(['/bin/sh', '/bin/bash'])(
    'is found by one (%s) that exports NODE_OPTIONS which our Node could not load',
    async (shell) => {
      const options = "--require '/no such/file.js' --max-old-space-size=99";
      const rc = `export NODE_OPTIONS="${options}" PATH="/found/here:$PATH"\n`;
      for (const file of ['.profile', '.bash_profile']) await writeFile(join(own.home, file), rc);
      const warnings: string[] = [];
      const silent = () => undefined;
      const login = new LoginShell({
        base: { SHELL: shell, HOME: own.home, PATH: '/usr/bin:/bin' },
        node: pinnedNode,
        log: { info: silent, debug: silent, error: silent, warn: (_, message) => warnings.push(message) },
        now: () => 0,
      });
      const env = await login.environment();
      expect(warnings).toEqual([]);
      expect(env.NODE_OPTIONS).toBe(options);
      expect(env.PATH?.split(':')[0]).toBe('/found/here');
      expect(Object.keys(env).filter((name) => /NODE|BEDROCK/.test(name))).toEqual(['NODE_OPTIONS']);
    },
  );

  it('is found without one that hangs', async () => {
    const shell = join(own.folder, 'hanging-shell');
    await writeFile(shell, `#!/bin/sh\necho $$ > '${own.folder}/pid'\nsleep 1000\n`);
    await chmod(shell, 0o755);
    const warnings: string[] = [];
    const silent = () => undefined;
    const login = new LoginShell({
      base: { SHELL: shell, HOME: own.home, PATH: '/usr/bin', npm_config_x: 'y' },
      node: pinnedNode,
      log: { info: silent, debug: silent, error: silent, warn: (_, message) => warnings.push(message) },
      now: () => 0,
      // Time for it to say who it is.
      timeoutMs: 5_000,
    });
    expect(await login.environment()).toEqual({ SHELL: shell, HOME: own.home, PATH: '/usr/bin' });
    expect(warnings).toHaveLength(1);
    // Neither it nor what it started is left.
    const pid = Number(await readFile(join(own.folder, 'pid'), 'utf8'));
    const left = () => {
      try {
        return process.kill(-pid, 0);
      } catch {
        return false;
      }
    };
    await expect.poll(left).toBe(false);
  });
});
