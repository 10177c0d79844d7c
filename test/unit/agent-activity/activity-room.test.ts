import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ActivityRoom } from '../../../src/agent/activity/activity-room.ts';
import type { HookEvent } from '../../../src/contract/routes.ts';
import type { SessionView } from '../../../src/contract/state.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const id = '7b1f3f0e-2f5c-4f0e-9a51-1f2d3c4b5a69';
const quiet = () => undefined;
let home: string;
let clock: FakeClock;
let room: ActivityRoom;
let changes: number;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'activity-'));
  await mkdir(join(home, '.claude', 'sessions'), { recursive: true });
  const projects = { [home]: { hasTrustDialogAccepted: true } };
  await writeFile(join(home, '.claude.json'), JSON.stringify({ hasCompletedOnboarding: true, projects }));
  clock = new FakeClock();
  changes = 0;
  room = new ActivityRoom({
    context: {
      clock,
      env: {},
      userHome: home,
      log: { info: quiet, warn: quiet, error: quiet, debug: quiet },
    },
    claude: () => null,
  });
  room.onChange(() => changes++);
});
afterEach(async () => {
  room.stop();
  await rm(home, { recursive: true, force: true });
});

function tell(state: SessionView['state'], more: Partial<SessionView> = {}, shown = true): void {
  const view = {
    id,
    program: 'claude',
    state,
    pid: state === 'running' ? 100 : null,
    cwd: home,
    title: '',
    startedAt: clock.now(),
  } as const;
  room.session({ ...view, ...more }, { configFolder: null, shown });
}
async function register(status: string, waitingFor?: string): Promise<void> {
  const entry = {
    pid: 100,
    sessionId: id,
    startedAt: clock.now(),
    status,
    waitingFor,
    statusUpdatedAt: clock.now(),
  };
  await writeFile(join(home, '.claude', 'sessions', '100.json'), JSON.stringify(entry));
}
/** Time passes until the room shows it. */
async function shows(state: string): Promise<void> {
  await vi.waitFor(
    async () => {
      await clock.advance(100);
      expect(room.view(id).state).toBe(state);
    },
    { timeout: 10_000, interval: 5 },
  );
}
async function ready(): Promise<void> {
  tell('starting');
  tell('running', { startedAt: clock.now() });
  await register('idle');
  await shows('done');
}
const request = (command = 'ls', more: object = {}): HookEvent => ({
  hook_event_name: 'PermissionRequest',
  tool_name: 'Bash',
  tool_input: { command },
  ...more,
});
/** A permission hook that asks, as the relay brings it. */
function ask(event = request(), gone = new AbortController()) {
  room.hook(id, event);
  const answer = room.permission(id, event, gone.signal);
  return { answer, gone };
}

it('a person decides what can be read whole, once', async () => {
  await ready();
  const { answer } = ask();
  const asked = room.view(id).request;
  expect(room.view(id)).toMatchObject({ state: 'needsYou', request: { text: 'ls', answerable: true } });
  expect(() => room.answer(id, 'r', 'allow')).toThrow(/RequestUnknown/);
  expect(() => room.answer('x', asked?.id ?? '', 'allow')).toThrow(/RequestUnknown/);
  room.answer(id, asked?.id ?? '', 'deny');
  expect(() => room.answer(id, asked?.id ?? '', 'allow')).toThrow(/RequestUnknown/);
  expect(await answer).toEqual({
    hookSpecificOutput: { hookEventName: 'PermissionRequest', decision: { behavior: 'deny' } },
  });
  expect(room.view(id)).toMatchObject({ state: 'working', request: null });
});

it.each([
  ['a sub-agent, which waits for its hooks before it asks', request('ls', { agent_id: 'a' })],
  ['a question', request('ls', { tool_name: 'AskUserQuestion' })],
  ['a plan', request('ls', { tool_name: 'ExitPlanMode' })],
  ['a text that is cut', request('x'.repeat(3_000))],
  ['nothing that can be read', request('')],
])('%s is left to the terminal at once', async (_, event) => {
  await ready();
  expect(await ask(event).answer).toBeNull();
  expect(room.view(id).state).toBe('needsYou');
  expect(room.view(id).request?.answerable).toBe(false);
});

it('without a register nobody waits, since no dialog may stand beside the hook', async () => {
  tell('starting');
  tell('running');
  expect(await ask().answer).toBeNull();
  expect(room.view(id)).toMatchObject({ state: 'needsYou', request: { answerable: false } });
});

it('a hook that Claude Code ends is no longer answered', async () => {
  await ready();
  const { answer, gone } = ask();
  await register('waiting', 'permission prompt');
  gone.abort();
  expect(await answer).toBeNull();
  expect(room.view(id).request?.answerable).toBe(false);
});

it('answered in the terminal, or never asked: the hook abstains', async () => {
  await ready();
  const first = ask();
  await register('waiting', 'permission prompt');
  await shows('needsYou');
  await register('busy');
  await shows('working');
  expect(await first.answer).toBeNull();
  const second = ask(request('pwd'));
  await shows('working');
  expect(await second.answer).toBeNull();
});

it('in the end nobody decides', async () => {
  await ready();
  const { answer } = ask();
  await register('waiting', 'permission prompt');
  await shows('needsYou');
  await clock.advance(61 * 60_000);
  expect(await answer).toBeNull();
  expect(room.view(id).state).toBe('needsYou');
  const again = ask(request('pwd')).answer;
  room.stop();
  expect(await again).toBeNull();
});

it('what somebody looks at is seen, from whichever screen', async () => {
  await ready();
  room.hook(id, { hook_event_name: 'UserPromptSubmit' });
  await register('idle');
  await shows('done');
  expect(room.view(id).seen).toBe(false);
  const [screen, other] = [{}, {}];
  room.look(screen, [id]);
  expect([room.view(id).seen, room.watched(id)]).toEqual([true, true]);
  // While it is watched there is no news.
  room.hook(id, { hook_event_name: 'UserPromptSubmit' });
  await register('idle');
  await shows('done');
  expect(room.view(id).seen).toBe(true);
  room.look(other, []);
  expect(room.watched(id)).toBe(true);
  room.look(screen, []);
  expect(room.watched(id)).toBe(false);
});

it('credentials that wait pause it, and nothing is told where nothing changed', async () => {
  await ready();
  room.hook(id, { hook_event_name: 'UserPromptSubmit' });
  await register('busy');
  room.credentialsWait(id, true);
  expect(room.view(id).state).toBe('paused');
  const before = changes;
  room.credentialsWait(id, true);
  room.hook(id, { hook_event_name: 'Unheard' });
  room.typed(id, 'enter');
  expect(changes).toBe(before);
  room.credentialsWait(id, false);
  expect(room.view(id).state).toBe('working');
});

it("a folder's own configuration is found by its first hook", async () => {
  const other = join(home, 'other');
  await mkdir(join(other, 'sessions'), { recursive: true });
  tell('starting');
  tell('running');
  room.hook(id, {
    hook_event_name: 'SessionStart',
    transcript_path: join(other, 'projects', '-p', `${id}.jsonl`),
  });
  const entry = { pid: 100, startedAt: clock.now(), status: 'waiting', statusUpdatedAt: clock.now() };
  await writeFile(join(other, 'sessions', '100.json'), JSON.stringify(entry));
  await shows('needsYou');
});

it('a shell says nothing; what ended is exited; what is forgotten is unknown', () => {
  tell('running', { program: 'shell' });
  expect(room.view(id).state).toBe('unknown');
  tell('exited', { program: 'shell' });
  expect(room.view(id).state).toBe('exited');
  room.forget(id);
  expect(room.view(id).state).toBe('unknown');
  room.hook(id, request());
  room.typed(id, 'escape');
  room.credentialsWait(id, true);
  expect(room.view(id).state).toBe('unknown');
});
