import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { claudeGate } from '../../../src/agent/activity/claude-gate.ts';
import { ClaudeRegister } from '../../../src/agent/activity/claude-register.ts';

const id = '7b1f3f0e-2f5c-4f0e-9a51-1f2d3c4b5a69';
const startedAt = 1_800_000_000_000;
let home: string;
let folder: string;
let now: number;
let asked: number;
let printed: () => Promise<string>;
let register: ClaudeRegister;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'register-'));
  folder = join(home, '.claude');
  now = startedAt + 10_000;
  asked = 0;
  printed = async () => '[]';
  register = new ClaudeRegister({
    clock: { now: () => now },
    agents: () => {
      asked++;
      return printed();
    },
  });
  await mkdir(join(folder, 'sessions'), { recursive: true });
});
afterEach(async () => {
  register.close();
  await rm(home, { recursive: true, force: true });
});

const entry = (pid: number, more: object = {}) => ({
  pid,
  sessionId: id,
  startedAt: startedAt + 500,
  status: 'busy',
  statusUpdatedAt: startedAt + 900,
  ...more,
});
const fileOf = (pid: number) => join(folder, 'sessions', `${pid}.json`);
const write = (pid: number, content: unknown) =>
  writeFile(fileOf(pid), typeof content === 'string' ? content : JSON.stringify(content));
const session = (pid = 100) => ({ id, pid, startedAt, folder });
const busy = { status: 'busy', waitingFor: null, changedAt: startedAt + 900 };

it('the entry of the process', async () => {
  await write(100, entry(100, { sessionId: 'another after /clear' }));
  expect(await register.read(session(), true)).toEqual(busy);
  await write(100, entry(100, { status: 'waiting', waitingFor: 'permission prompt' }));
  expect(await register.read(session(), true)).toMatchObject({ status: 'waiting' });
  expect(asked).toBe(0);
});

it('a Claude Code that something else started stands there by its conversation, and is known from then on', async () => {
  await write(7, entry(7, { sessionId: 'of somebody else' }));
  await write(101, entry(101));
  expect(await register.read(session(), false)).toEqual(busy);
  await write(101, entry(101, { sessionId: 'another after /clear', status: 'idle' }));
  expect(await register.read(session(), false)).toMatchObject({ status: 'idle' });
});

it('what a process of the same number left behind is none of it', async () => {
  await write(100, entry(100, { startedAt: startedAt - 60_000 }));
  expect(await register.read(session(), false)).toBeNull();
});

it.each(['', '{', 'null', '[]', '{"pid":"100"}'])('an entry that is none: %j', async (content) => {
  await write(100, content);
  expect(await register.read(session(), false)).toBeNull();
});

it('an entry that is just being written is waited for, and nothing else asked', async () => {
  printed = async () => JSON.stringify([entry(100, { status: 'waiting' })]);
  await write(100, '{"pid":100,');
  const reading = register.read(session(), true);
  // At a stroke: in this process's own time it is there before the last try, however slow the disk is.
  setTimeout(() => writeFileSync(fileOf(100), JSON.stringify(entry(100))), 30);
  expect(await reading).toEqual(busy);
  expect(asked).toBe(0);
});

it('a status that is not known is no word', async () => {
  await write(100, entry(100, { status: 'dreaming' }));
  expect(await register.read(session(), false)).toBeNull();
});

it('where there is no entry Claude Code is asked, seldom and ever more so', async () => {
  printed = async () => JSON.stringify([entry(5, { sessionId: 'x' }), entry(100, { status: 'idle' })]);
  expect(await register.read(session(), false)).toBeNull();
  expect(await register.read(session(), true)).toMatchObject({ status: 'idle' });
  expect(await register.read(session(), true)).toBeNull();
  expect(asked).toBe(1);
  now += 20_000;
  await register.read(session(), true);
  expect(asked).toBe(1);
  now += 20_000;
  await register.read(session(), true);
  expect(asked).toBe(2);
});

it.each([
  ['fails', () => Promise.reject(new Error('no'))],
  ['prints nonsense', async () => 'Error: not logged in'],
  ['prints something else', async () => '{"agents":[]}'],
])('a command that %s says nothing', async (_, answer) => {
  printed = answer;
  expect(await register.read(session(), true)).toBeNull();
});

it('tells of changes, in a folder that comes later too', async () => {
  await rm(join(folder, 'sessions'), { recursive: true });
  const changed = Promise.withResolvers<unknown>();
  const tell = (...what: unknown[]) => changed.resolve(what);
  expect(register.watch(folder, tell)).toBe(false);
  await mkdir(join(folder, 'sessions'));
  expect(register.watch(folder, tell)).toBe(true);
  await writeFile(join(folder, 'sessions', 'notes.txt'), 'none of it');
  await write(100, entry(100));
  expect(await changed.promise).toEqual([folder, 100]);
});

it('a folder that went away and came again is told of again', async () => {
  const gone = Promise.withResolvers<unknown>();
  register.watch(folder, (_folder, pid) => pid === null && gone.resolve(pid));
  await rm(join(folder, 'sessions'), { recursive: true });
  await gone.promise;
  await mkdir(join(folder, 'sessions'));
  const changed = Promise.withResolvers<unknown>();
  expect(register.watch(folder, (...what) => changed.resolve(what))).toBe(true);
  await write(100, entry(100));
  expect(await changed.promise).toEqual([folder, 100]);
});

it('what Claude Code asks before it begins', async () => {
  const gate = (cwd: string) => claudeGate({ home, folder }, cwd);
  expect(await gate('/p')).toEqual({ onboarded: false, trusted: false });
  const projects = { '/p': { hasTrustDialogAccepted: true }, '/q': { hasTrustDialogAccepted: false } };
  const remember = (file: string) =>
    writeFile(file, JSON.stringify({ hasCompletedOnboarding: true, projects }));
  await remember(join(home, '.claude.json'));
  expect(await gate('/p')).toEqual({ onboarded: true, trusted: true });
  expect(await gate('/p/deep/in')).toEqual({ onboarded: true, trusted: true });
  expect(await gate('/q')).toEqual({ onboarded: true, trusted: false });
  expect(await gate('/pq')).toEqual({ onboarded: true, trusted: false });
  // Any other configuration folder has its own.
  const other = join(home, 'other');
  await mkdir(other);
  expect(await claudeGate({ home, folder: other }, '/p')).toEqual({ onboarded: false, trusted: false });
  await remember(join(other, '.claude.json'));
  expect(await claudeGate({ home, folder: other }, '/p')).toEqual({ onboarded: true, trusted: true });
  await writeFile(join(home, '.claude.json'), '{');
  expect(await gate('/p')).toBeNull();
});
