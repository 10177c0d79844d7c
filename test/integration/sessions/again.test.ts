import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClaudeSessionsRoom } from '../../../src/agent/sessions/claude-sessions.ts';
import { OpenSession } from '../../../src/agent/sessions/open-session.ts';
import { PtyHostClient } from '../../../src/agent/sessions/pty-host-client.ts';
import { SessionList } from '../../../src/agent/sessions/session-list.ts';
import type { SessionRecord } from '../../../src/agent/sessions/session-record.ts';
import { SessionRoom } from '../../support/session-room.ts';

/** Launches are checked, and sessions opened again come back as they were; with a stand-in for Claude Code. */
const standIn = (version: string) => `#!/bin/sh
if [ "$1" = --version ]; then echo "${version} (Claude Code)"; exit; fi
for word; do printf '<%s>' "$word"; done
while [ "$1" != --settings ]; do shift; done
printf '\\nsettings: '; cat "$2"
echo end
while read -r line; do echo "heard $line"; done
`;

let own: SessionRoom;
beforeEach(async () => {
  own = await SessionRoom.start({});
  await mkdir(join(own.folder, 'bin'));
  own.settings.claudePath = join(own.folder, 'bin', 'claude');
  await installed('2.1.330');
});
afterEach(() => own[Symbol.asyncDispose]());

async function installed(version: string): Promise<void> {
  await writeFile(own.settings.claudePath ?? '', standIn(version));
  await chmod(own.settings.claudePath ?? '', 0o755);
}
type Wish = Parameters<ClaudeSessionsRoom['open']>[0];
const open = (more: Partial<Wish> = {}) => own.room.open({ cwd: own.project, cols: 100, rows: 40, ...more });
const view = (id: string) => own.room.views().find((s) => s.id === id);
async function ended(id: string): Promise<void> {
  await own.room.kill(id);
  await own.until(id, 'exited');
}
/** The agent ends without a word, and the next one begins. */
async function restart(): Promise<void> {
  await own.room.stop('keep');
  own.room = own.another();
  await own.room.start();
}
/** As a reboot does: the agent and the pty-host end, with all that they held. */
async function reboot(): Promise<void> {
  const host = await PtyHostClient.connect(own.ptyHostSocket, {
    changed: () => undefined,
    forgotten: () => undefined,
    closed: () => undefined,
  });
  await own.room.stop('keep');
  process.kill(host.pid, 'SIGKILL');
  await expect.poll(() => host.connected).toBe(false);
  own.room = own.another();
  await own.room.start();
}
async function startedWith(id: string): Promise<string[]> {
  await own.until(id, 'running');
  const terminal = await own.attach(id, { cols: 1000, rows: 40 });
  await terminal.shows('settings:');
  const [line = ''] = terminal.text.split('\r\n');
  return [...line.matchAll(/<([^>]*)>/g)].map((m) => m[1] as string);
}
const claudeFolder = () => join(own.home, '.claude');
/** What Claude Code writes at the first prompt. */
async function spokenTo(conversation: string): Promise<void> {
  const project = join(claudeFolder(), 'projects', '-somewhere');
  await mkdir(project, { recursive: true });
  await writeFile(join(project, `${conversation}.jsonl`), '{}\n');
}

describe('a launch', () => {
  it('takes only folders that can be worked in', async () => {
    const file = join(own.folder, 'a file');
    await writeFile(file, '');
    const unusable = { code: 'FolderUnusable', params: { folder: file, reason: 'ENOTDIR' } };
    await expect(open({ cwd: file })).rejects.toMatchObject(unusable);
    await expect(open({ addDirs: [own.home, file] })).rejects.toMatchObject(unusable);
    await expect(open({ args: ['--add-dir', 'gone'] })).rejects.toMatchObject({
      code: 'FolderMissing',
      params: { folder: join(own.project, 'gone') },
    });
    const closed = join(own.folder, 'closed');
    await mkdir(closed, { mode: 0o000 });
    if (process.getuid?.() !== 0) {
      await expect(open({ cwd: closed })).rejects.toMatchObject({
        code: 'FolderUnusable',
        params: { reason: 'EACCES' },
      });
    }
    expect(own.room.views()).toEqual([]);
  });

  it('says everything to claude once, and a name only where the person gave one', async () => {
    const { id } = await open({
      addDirs: [own.home],
      permissionMode: 'plan',
      model: 'from.the.wish',
      args: ['--add-dir', '../home', '--model', 'opus', '--verbose', 'a prompt'],
    });
    expect(await startedWith(id)).toEqual([
      ...['--add-dir', own.home, '--settings', join(own.folder, 'state', 'sessions', id, 'settings.json')],
      ...['--session-id', id, '--model', 'opus', '--permission-mode', 'plan', '--verbose', 'a prompt'],
    ]);
    expect(view(id)).toMatchObject({ name: 'a project', model: 'opus', permissionMode: 'plan' });
    const named = await open({ name: 'mine', args: ['--dangerously-skip-permissions'] });
    expect((await startedWith(named.id)).slice(-4)).toEqual([
      ...['--permission-mode', 'bypassPermissions', '--name', 'mine'],
    ]);
  });

  it('is refused where Claude Code is too old to keep our promises', async () => {
    await installed('2.1.205');
    await expect(open()).rejects.toMatchObject({
      code: 'ClaudeTooOld',
      params: { version: '2.1.205', needed: '2.1.206' },
    });
    expect(own.room.claude()).toMatchObject({ version: '2.1.205', support: 'older' });
    await installed('no version at all');
    await startedWith((await open()).id);
  });

  it('is one of a hundred at most', async () => {
    const list = new SessionList({
      clock: { now: () => 0, wakeAt: () => () => undefined },
      log: { info: () => {}, warn: () => {}, error: () => {}, debug: () => {} },
      home: own.folder,
    });
    const session = (n: number) =>
      new OpenSession({ id: `${n}`, conversation: `${n}`, order: 0 } as unknown as SessionRecord, 'running');
    for (let n = 0; n < 100; n++) list.set(session(n));
    await expect(list.beginning(session(100), async () => undefined)).rejects.toMatchObject({
      code: 'TooManySessions',
    });
    expect(list.get('100')).toBeUndefined();
  });
});

describe('opened again after a reboot, a session', () => {
  it('has the arguments, the settings and all else that it was opened with, and no prompt', async () => {
    await writeFile(join(own.project, 'mine.json'), '{"statusLine":"mine"}');
    const { id } = await open({
      name: 'mine',
      addDirs: [own.home, join(own.folder, 'bin')],
      permissionMode: 'acceptEdits',
      args: ['--settings', 'mine.json', '--mcp-config', 'x.json', '--effort', 'high', 'a prompt'],
    });
    await startedWith(id);
    await spokenTo(id);
    own.room.update({ id, pinned: true, cap: { usd: 3, stop: false } });
    const other = await open({ args: ['--settings', '{"apiKeyHelper":"not-for-others"}'] });
    own.room.reorder([other.id, id]);
    await reboot();
    expect(own.room.views()).toMatchObject([
      { id, state: 'lost', resumable: true, hasTranscript: true, pinned: true, cap: { usd: 3 } },
      { id: other.id, state: 'lost', resumable: true, hasTranscript: false },
    ]);
    await own.room.resume(id, 100, 40);
    expect(await startedWith(id)).toEqual([
      ...['--add-dir', own.home, join(own.folder, 'bin'), '--settings'],
      ...[join(own.folder, 'state', 'sessions', id, 'settings.json'), '--resume', id],
      ...['--permission-mode', 'acceptEdits', '--name', 'mine', '--mcp-config', 'x.json', '--effort', 'high'],
    ]);
    const settings = join(own.folder, 'state', 'sessions', id, 'settings.json');
    expect(JSON.parse(await readFile(settings, 'utf8'))).toMatchObject({ statusLine: 'mine' });
    // Nothing was said in the other: it begins anew in its place, with the settings that it was given.
    await own.room.resume(other.id, 100, 40);
    expect((await startedWith(other.id)).slice(-2)).toEqual(['--session-id', other.id]);
    const file = join(own.folder, 'state', 'sessions.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(view(other.id)).toMatchObject({ state: 'running', order: 1 });
  });

  it('is offered as one that was lost where the system ended it, not where its person did', async () => {
    const [running, ended_, before] = [await open(), await open(), await open()];
    for (const { id } of [running, ended_, before]) await startedWith(id);
    await ended(ended_.id);
    // The system may end claude a moment before it tells us.
    process.kill(view(before.id)?.pid as number, 'SIGKILL');
    await own.until(before.id, 'exited');
    await own.room.stop('shutdown');
    own.room = own.another();
    await own.room.start();
    expect([running, ended_, before].map(({ id }) => own.state(id))).toEqual(['lost', 'exited', 'lost']);
    await own.room.resume(running.id, 100, 40);
    expect((await startedWith(running.id)).slice(-2)).toEqual(['--session-id', running.id]);
  });

  it('that waited for a sign-in still has its prompt', async () => {
    own.signedIn = false;
    const { id } = await open({ args: ['do this'] });
    await restart();
    expect(view(id)).toMatchObject({ state: 'lost', resumable: true });
    own.signedIn = true;
    await own.room.resume(id, 100, 40);
    expect((await startedWith(id)).at(-1)).toBe('do this');
    await ended(id);
    // Once it was heard it is not said again.
    await own.room.resume(id, 100, 40);
    expect((await startedWith(id)).at(-1)).toBe(id);
  });

  it('of Claude Code in another folder of its own finds it there', async () => {
    const config = join(own.folder, 'claude config');
    await mkdir(join(config, 'projects', '-x'), { recursive: true });
    const { id } = await open({ env: { PATH: '/usr/bin:/bin', HOME: own.home, CLAUDE_CONFIG_DIR: config } });
    await writeFile(join(config, 'projects', '-x', `${id}.jsonl`), '{}\n');
    await startedWith(id);
    await reboot();
    expect(view(id)?.hasTranscript).toBe(true);
    await own.room.resume(id, 100, 40);
    expect(await startedWith(id)).toContain('--resume');
    const { pid } = view(id) as { pid: number };
    expect(await readFile(`/proc/${pid}/environ`, 'utf8')).toContain(`CLAUDE_CONFIG_DIR=${config}\0`);
  });
});

describe('the conversation of a session', () => {
  it('is the last one: after /clear another, as its hooks tell', async () => {
    const next = crypto.randomUUID();
    const { id } = await open();
    await startedWith(id);
    await spokenTo(id);
    own.room.conversationIs(id, next);
    expect(view(id)).toMatchObject({ conversation: next, hasTranscript: false });
    await spokenTo(next);
    own.room.conversationIs(id, next);
    await own.happenings.until(() => view(id)?.hasTranscript === true, 'a transcript');
    await reboot();
    expect(view(id)?.conversation).toBe(next);
    await own.room.resume(id, 100, 40);
    expect((await startedWith(id)).slice(-2)).toEqual(['--resume', next]);
  });

  it('is found in the file of its process where hooks are silent', async () => {
    const next = crypto.randomUUID();
    const { id } = await open();
    await startedWith(id);
    const { pid } = view(id) as { pid: number };
    await mkdir(join(claudeFolder(), 'sessions'), { recursive: true });
    await writeFile(
      join(claudeFolder(), 'sessions', `${pid}.json`),
      JSON.stringify({ pid, sessionId: next, cwd: own.project, surprise: 1 }),
    );
    await restart();
    expect(view(id)).toMatchObject({ state: 'running', conversation: next });
  });

  it('is opened once: not in two sessions, and not where a plain terminal has it open', async () => {
    const conversation = crypto.randomUUID();
    await spokenTo(conversation);
    const wish = { conversation, cwd: own.project, cols: 100, rows: 40 };
    const outcomes = await Promise.allSettled([
      own.room.openConversation(wish),
      own.room.openConversation(wish),
      open({ args: ['-r', conversation] }),
    ]);
    const opened = own.room.views();
    expect(opened).toMatchObject([{ conversation, state: 'running' }]);
    const session = opened[0]?.id as string;
    expect(outcomes.filter((o) => o.status === 'rejected')).toMatchObject(
      [0, 1].map(() => ({ reason: { code: 'ConversationOpen', params: { session } } })),
    );
    await ended(session);
    // A process of somebody else's that says it has it.
    const other = spawn('sleep', ['600']);
    const file = join(claudeFolder(), 'sessions', `${other.pid}.json`);
    await mkdir(join(claudeFolder(), 'sessions'), { recursive: true });
    await writeFile(file, JSON.stringify({ pid: other.pid, sessionId: conversation }));
    const elsewhere = { code: 'ConversationOpenElsewhere', params: { conversation, pid: other.pid } };
    await expect(own.room.resume(session, 100, 40)).rejects.toMatchObject(elsewhere);
    await expect(own.room.openConversation(wish)).rejects.toMatchObject(elsewhere);
    await expect(open({ args: ['--resume', conversation] })).rejects.toMatchObject(elsewhere);
    // A fork is another conversation.
    await startedWith((await open({ args: ['--resume', conversation, '--fork-session'] })).id);
    other.kill();
    await once(other, 'exit');
    // Its file stays behind, as after a kill; it comes back under the entry that it had.
    await own.room.openConversation(wish);
    expect(view(session)).toMatchObject({ state: 'running', conversation });
  });

  it('is not joined by --continue either', async () => {
    const conversation = crypto.randomUUID();
    const project = join(claudeFolder(), 'projects', own.project.replace(/[^a-zA-Z0-9]/g, '-'));
    await mkdir(project, { recursive: true });
    await writeFile(join(project, `${conversation}.jsonl`), '{}\n');
    const first = await open({ args: ['--continue'] });
    expect(first.conversation).toBe(conversation);
    await expect(open({ args: ['-c'] })).rejects.toMatchObject({ code: 'ConversationOpen' });
  });
});
