import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ActivityState, ActivityView } from '../../../src/contract/index.ts';
import type { HookEvent } from '../../../src/contract/routes.ts';
import { claudeVersion, prepareClaudeHome, realClaude } from '../../support/claude.ts';
import { type SandboxProcess, startSandbox } from '../../support/sandbox.ts';
import { Screen } from '../../support/screen.ts';
import { SessionRoom } from '../../support/session-room.ts';

/**
 * What is shown of a session against what the real Claude Code does in it. test/integration/truth samples it at 10 Hz
 * over hundreds of transitions; here stand what that one does not do: answers from outside, hooks that are disabled,
 * another agent in the middle, what Claude Code asks first.
 */
describe(`activity, Claude Code ${claudeVersion}`, () => {
  let sandbox: SandboxProcess;
  let own: SessionRoom;
  let events: HookEvent[];
  let prompts = 0;

  beforeAll(async () => {
    realClaude();
    sandbox = await startSandbox({ region: 'us-west-2' });
  }, 300_000);
  afterAll(() => sandbox.stop());

  beforeEach(async () => {
    await sandbox.reset();
    own = await SessionRoom.start({
      claudePath: realClaude(),
      env: { ANTHROPIC_BEDROCK_BASE_URL: sandbox.baseUrl },
      issue: async () => {
        const issued = await sandbox.issueCredentials();
        return { ...issued, expiresAt: Date.parse(issued.expiration) };
      },
    });
    events = [];
    own.hooks.onEvent((_, event) => {
      events.push(event);
      own.happenings.happened();
    });
    await prepareClaudeHome(own.home, [own.project]);
  });
  afterEach(() => own[Symbol.asyncDispose]());

  const activity = (id: string): ActivityView =>
    own.room.views().find((s) => s.id === id)?.activity ?? expect.fail('no such session');
  const until = (id: string, state: ActivityState, also: (view: ActivityView) => boolean = () => true) =>
    own.happenings
      .until(() => activity(id).state === state && also(activity(id)), state, 30_000)
      .catch((error) => {
        throw new Error(`${error.message}, not ${JSON.stringify(activity(id))}`);
      });

  async function open(...args: string[]): Promise<{ id: string; screen: Screen }> {
    const { id } = await own.room.open({
      cwd: own.project,
      cols: 100,
      rows: 40,
      env: { PATH: process.env.PATH ?? '', HOME: own.home, SHELL: '/bin/sh', LANG: 'C.UTF-8' },
      args: ['--permission-mode', 'default', ...args],
    });
    await own.until(id, 'running');
    return { id, screen: new Screen(await own.attach(id)) };
  }
  /** At its prompt. */
  async function ready(...args: string[]): Promise<{ id: string; screen: Screen }> {
    const session = await open(...args);
    await until(session.id, 'done');
    return session;
  }
  type Turns = Parameters<SandboxProcess['script']>[1];
  const bash = (command: string) => ({
    content: [{ type: 'tool_use' as const, name: 'Bash', input: { command, description: 'x' } }],
  });
  const say = (text: string, more: object = {}) => ({ content: [{ type: 'text' as const, text }], ...more });
  /** Types a prompt that has these turns played. */
  async function prompt(screen: Screen, turns: Turns): Promise<string> {
    const marker = `job-${++prompts}`;
    await sandbox.script(marker, turns);
    screen.type(`do ${marker}`);
    await screen.shows(new RegExp(marker));
    screen.type('\r');
    return marker;
  }
  /** Answers a dialog by a key, which it does not take in its first moments. */
  async function press(screen: Screen, key: string, dialog: RegExp): Promise<void> {
    await screen.shows(dialog);
    for (let tries = 0; ; tries++) {
      screen.type(key);
      try {
        // Not sooner: what is typed for this dialog would answer the next one.
        await expect.poll(() => dialog.test(screen.text), { timeout: 6_000 }).toBe(false);
        return;
      } catch (error) {
        if (tries === 8) throw error;
      }
    }
  }
  const asked = (marker: string, count: number) => sandbox.played(marker, { asked: count }, 30_000);
  const request = (id: string) => activity(id).request ?? expect.fail('nothing is asked');
  const made = (name: string) => existsSync(join(own.project, name));

  it('a permission is allowed from outside, and denied', async () => {
    const { id, screen } = await ready();
    await prompt(screen, [bash('mkdir one'), bash('mkdir two'), say('both seen')]);
    await until(id, 'needsYou', (view) => view.request?.answerable === true);
    expect(request(id)).toMatchObject({ kind: 'permission', tool: 'Bash', text: 'mkdir one' });
    await screen.shows(/Do you want to proceed/);
    expect(() => own.activity.answer(id, 'another', 'allow')).toThrow(/RequestUnknown/);
    const first = request(id).id;
    own.activity.answer(id, first, 'allow');
    expect(() => own.activity.answer(id, first, 'allow')).toThrow(/RequestUnknown/);
    await until(id, 'needsYou', (view) => view.request?.text === 'mkdir two' && view.request.answerable);
    expect(made('one')).toBe(true);
    own.activity.answer(id, request(id).id, 'deny');
    await until(id, 'done');
    expect(activity(id)).toMatchObject({ seen: false, request: null });
    await screen.shows(/both seen/);
    expect(made('two')).toBe(false);
    screen.dispose();
  });

  it('answered in the terminal while the hook waits: nothing is left to be answered', async () => {
    const { id, screen } = await ready();
    await prompt(screen, [bash('mkdir one'), say('seen', { hold: true })]);
    await until(id, 'needsYou', (view) => view.request?.answerable === true);
    const shown = request(id).id;
    await screen.shows(/Do you want to proceed/);
    // A first Ctrl+C leaves the dialog as it is.
    screen.type('\x03');
    await delay(1_000);
    expect(activity(id).state).toBe('needsYou');
    expect(screen.text).toMatch(/Do you want to proceed/);
    await press(screen, '1', /Do you want to proceed/);
    await until(id, 'working');
    expect(() => own.activity.answer(id, shown, 'allow')).toThrow(/RequestUnknown/);
    await expect.poll(() => made('one')).toBe(true);
    screen.type('\x1b');
    await until(id, 'done');

    const marker = await prompt(screen, [bash('mkdir three'), say('never')]);
    await until(id, 'needsYou');
    await press(screen, '\x1b', /Do you want to proceed/);
    await until(id, 'done');
    expect(await sandbox.played(marker)).toHaveLength(1);
    expect(made('three')).toBe(false);
    screen.dispose();
  });

  it('what cannot be read whole, questions and plans are shown and left to the terminal', async () => {
    const { id, screen } = await ready();
    const ask = {
      name: 'AskUserQuestion',
      input: {
        questions: [
          {
            question: '你要哪个?',
            header: 'h',
            multiSelect: false,
            options: [
              { label: '红', description: 'warm' },
              { label: 'Blue', description: 'cold' },
            ],
          },
        ],
      },
    };
    const write = {
      name: 'Write',
      input: { file_path: join(own.project, 'big'), content: 'x'.repeat(560_000) },
    };
    await prompt(screen, [
      { content: [{ type: 'tool_use', ...ask }] },
      { content: [{ type: 'tool_use', ...write }] },
      say('all is told'),
    ]);
    await until(id, 'needsYou');
    expect(request(id)).toMatchObject({
      kind: 'question',
      tool: null,
      text: '你要哪个?\n- 红: warm\n- Blue: cold',
      answerable: false,
    });
    expect(() => own.activity.answer(id, request(id).id, 'allow')).toThrow(/RequestUnknown/);
    await press(screen, '\r', /Enter to select/);
    // An event of 560 kB tells its beginning.
    await until(id, 'needsYou', (view) => view.request?.tool === 'Write');
    expect(request(id).text).toContain(join(own.project, 'big'));
    expect(request(id).answerable).toBe(false);
    await press(screen, '1', /Do you want to create/);
    await until(id, 'done');
    await screen.shows(/all is told/);
    expect(readFileSync(join(own.project, 'big'), 'utf8')).toHaveLength(560_000);
    screen.dispose();
  });

  it('without hooks, as an administrator may have it, the register is enough', async () => {
    await mkdir(join(own.home, '.claude'), { recursive: true });
    const settings = JSON.stringify({ disableAllHooks: true });
    await writeFile(join(own.home, '.claude', 'settings.json'), settings);
    const { id, screen } = await ready();
    const marker = await prompt(screen, [{ ...bash('mkdir one'), hold: true }, say('made', { hold: true })]);
    await until(id, 'working');
    // It works before its question is there: what is let go earlier would be held for good.
    await asked(marker, 1);
    await sandbox.release(marker);
    await until(id, 'needsYou');
    // Nothing is known of what is asked: only the terminal shows it.
    expect(activity(id).request).toBeNull();
    await press(screen, '1', /Do you want to proceed/);
    await until(id, 'working');
    await asked(marker, 2);
    await sandbox.release(marker);
    await until(id, 'done');
    expect(events).toEqual([]);
    screen.dispose();
  });

  it('another agent in the middle of a question, and of work', async () => {
    const { id, screen } = await ready();
    const marker = await prompt(screen, [{ ...bash('mkdir one') }, say('made', { hold: true })]);
    await until(id, 'needsYou', (view) => view.request?.answerable === true);
    const before = own.room;
    await before.stop('keep');
    own.room = own.another();
    await own.room.start();
    await until(id, 'needsYou');
    // Its hook waited for the agent that is gone.
    expect(activity(id).request).toBeNull();
    screen.dispose();
    const again = new Screen(await own.attach(id));
    await press(again, '1', /Do you want to proceed/);
    await until(id, 'working');
    await own.room.stop('keep');
    own.room = own.another();
    await own.room.start();
    await until(id, 'working');
    await asked(marker, 2);
    await sandbox.release(marker);
    await until(id, 'done');
    again.dispose();
  });

  it('what it asks before it begins: trust in the folder', async () => {
    await prepareClaudeHome(own.home, []);
    const { id, screen } = await open();
    await until(id, 'trust');
    await screen.shows(/❯ No, exit/);
    // In its first moments it takes an arrow's bytes for an Esc, and nothing tells when they are over: Ctrl+N is one
    // byte, which at worst is lost. What is chosen is drawn before Enter goes by it: that, too, nothing tells.
    const chosen = /❯ Yes, I trust/;
    await delay(2_000);
    for (let tries = 0; tries < 8 && !chosen.test(screen.text); tries++) {
      screen.type('\x0e');
      await screen.shows(chosen, 4_000).catch(() => undefined);
    }
    await screen.shows(chosen);
    await delay(1_000);
    await press(screen, '\r', chosen);
    await until(id, 'done');
    screen.dispose();
  });

  it('its onboarding is an affair of the person’s', async () => {
    await writeFile(join(own.home, '.claude.json'), '{}');
    const { id, screen } = await open();
    await until(id, 'needsYou');
    expect(activity(id).request).toBeNull();
    screen.dispose();
  });

  it('/clear, a dialog of the person’s own, and a failure with its reason', async () => {
    const { id, screen } = await ready();
    await prompt(screen, [say('soon forgotten')]);
    await screen.shows(/soon forgotten/);
    await until(id, 'done', (view) => !view.seen);
    own.activity.look({}, [id]);
    expect(activity(id).seen).toBe(true);
    screen.type('/clear');
    await screen.shows(/❯ \/clear/);
    screen.type('\r');
    await own.happenings.until(
      () => events.some((event) => event.source === 'clear'),
      'the beginning of another conversation',
    );
    await until(id, 'done');
    const error = { status: 400, type: 'ValidationException', message: 'No such thing.' };
    await prompt(screen, [{ error, times: 100 }]);
    await until(id, 'failed');
    expect(activity(id).reason).toContain('No such thing.');
    await screen.shows(/No such thing/);
    await prompt(screen, [say('better now')]);
    await until(id, 'done');
    screen.type('/model');
    await screen.shows(/❯ \/model/);
    screen.type('\r');
    await screen.shows(/Select model/);
    expect(activity(id).state).toBe('done');
    screen.dispose();
  });

  it('with -p nobody can be asked, and no hook of ours holds it up', async () => {
    await sandbox.script('job-print', [bash('mkdir one'), say('not made')]);
    const { id } = await own.room.open({
      cwd: own.project,
      cols: 100,
      rows: 40,
      env: { PATH: process.env.PATH ?? '', HOME: own.home, SHELL: '/bin/sh' },
      args: ['-p', 'do job-print', '--permission-mode', 'default'],
    });
    await until(id, 'working');
    const isAsked = () => events.some((event) => event.hook_event_name === 'PermissionRequest');
    await own.happenings.until(isAsked, 'the question', 30_000);
    await until(id, 'exited');
    expect(made('one')).toBe(false);
  });

  it('a session whose credentials wait for a sign-in is paused, and goes on by itself', async () => {
    const { id, screen } = await ready();
    own.blocked = true;
    await sandbox.switches({ expireCredentials: true });
    await prompt(screen, [say('carried on')]);
    await until(id, 'paused');
    own.signIn();
    await until(id, 'done');
    await screen.shows(/carried on/);
    screen.dispose();
  });
});
