import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AgentConnection } from '../../../src/client/rpc-client.ts';
import type { SessionView } from '../../../src/contract/index.ts';
import { claudeVersion, findClaude, prepareClaudeHome } from '../../support/claude.ts';
import { type Installation, install } from '../../support/installation.ts';
import { PersonTerminal } from '../../support/person-terminal.ts';
import { TestTerminal } from '../../support/pty-host.ts';
import { Screen } from '../../support/screen.ts';
import { until as comesToPass } from '../agent-process/agents.ts';

/**
 * Ten sessions of the real Claude Code in a whole product: nothing that dies takes one along but the pty-host, and
 * after that each comes back into its own conversation. The transcripts say which that is.
 */
const claude = findClaude() ?? '';
const COUNT = 10;
const MODELS = ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'us.anthropic.claude-opus-4-5-20251101-v1:0'];
const size = { cols: 100, rows: 40 };

/** Eleven of Claude Code at once, on a machine that may be busy. */
const until = (holds: Parameters<typeof comesToPass>[0], withinMs = 45_000) => comesToPass(holds, withinMs);

let own: Installation;
let agent: AgentConnection;
let home: string;
/** In the order in which they were opened; the last one is never spoken to. */
let ids: string[];

const sessions = async () => (await agent.call('sessions.list', {})).sessions;
const byId = async () => new Map((await sessions()).map((s) => [s.id, s]));
const first = (n: number) => `the first words of session number ${n}.`;

/** Every transcript by its conversation. */
function transcripts(): Map<string, string> {
  const projects = join(home, '.claude', 'projects');
  // Claude Code makes it with the first one.
  if (!existsSync(projects)) return new Map();
  const files = readdirSync(projects, { recursive: true, encoding: 'utf8' }).filter((f) =>
    f.endsWith('.jsonl'),
  );
  return new Map(
    files.map((file) => [
      file.slice(file.lastIndexOf('/') + 1, -'.jsonl'.length),
      readFileSync(join(projects, file), 'utf8'),
    ]),
  );
}
/** Whether the model has answered these words in that conversation. */
const answered = (conversation: string, words: string) =>
  transcripts().get(conversation)?.includes(`Sandbox heard: \\"${words}\\"`) ?? false;

const isAlive = (pid: number | null) => {
  try {
    return pid !== null && !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
const parentOf = (pid: number) =>
  Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
const argumentsOf = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');

async function killAgent(): Promise<void> {
  const { pid } = await agent.call('agent.info', {});
  const closed = new Promise<void>((resolve) => agent.onClose(() => resolve()));
  process.kill(pid, 'SIGKILL');
  await closed;
}

/** Types words into a session and presses Enter once they stand in its prompt. */
async function say(id: string, words: string): Promise<void> {
  const { ticket, socket } = await agent.call('sessions.attach', { id });
  const terminal = new TestTerminal(socket, { ticket, ...size });
  const screen = new Screen(terminal, size);
  await screen.shows(/❯/);
  screen.type(words);
  await screen.shows(new RegExp(`❯.*${words.slice(-20).replaceAll(/\W/g, '.')}`));
  screen.type('\r');
  await screen.shows(words === '/clear' ? /❯ \/clear/ : /Sandbox heard/);
  screen.dispose();
  terminal.connection.close();
}

/** What must be the same after every disaster. */
const lasting = ({
  id,
  name,
  order,
  pinned,
  cwd,
  model,
  permissionMode,
  environment,
  profile,
  region,
  cap,
}: SessionView) => ({
  ...{ id, name, order, pinned, cwd, model, permissionMode, environment, profile, region, cap },
});

describe.skipIf(claude === '')(`ten sessions of Claude Code ${claudeVersion}`, () => {
  let before: SessionView[];

  beforeAll(async () => {
    own = await install();
    home = own.env.HOME ?? '';
    const root = realpathSync(home);
    const folders = Array.from({ length: COUNT + 1 }, (_, n) => join(root, `folder ${n % 4}`));
    for (const folder of [...folders, join(root, 'more')]) mkdirSync(folder, { recursive: true });
    // A folder that was added is asked for as well, at each start, where it is not trusted by itself.
    await prepareClaudeHome(home, [...new Set([...folders, join(root, 'more')])]);
    expect((await own.login({ args: ['--sso-session', 'sandbox'] })).status).toBe(0);
    agent = await own.connect();
    await agent.call('settings.set', { claudePath: claude });
    // All at once.
    const opened = await Promise.all(
      folders.map((cwd, n) =>
        agent.call('sessions.openWith', {
          profile: 'sandbox',
          cwd,
          model: MODELS[n % 2] as string,
          permissionMode: 'default',
          ...(n % 3 === 0 && { name: `session ${n}` }),
          ...(n % 5 === 0 && { addDirs: [join(root, 'more')] }),
          ...size,
          args: ['--append-system-prompt', `You are number ${n}.`, ...(n < COUNT ? [first(n)] : [])],
          env: own.env,
        }),
      ),
    );
    ids = opened.map((s) => s.id);
    await until(() => ids.slice(0, COUNT).every((id, n) => answered(id, first(n))), 150_000);
    // A person's doings: another order, a name, a pin, a limit; one conversation cleared and begun anew.
    await agent.call('sessions.reorder', { ids: [7, 2, 9, 0, 4].map((n) => ids[n] as string) });
    await agent.call('sessions.update', {
      id: ids[5] as string,
      name: 'renamed',
      cap: { usd: 5, stop: true },
    });
    await agent.call('sessions.update', { id: ids[8] as string, pinned: true });
    const cleared = ids[3] as string;
    await say(cleared, '/clear');
    await until(async () => (await byId()).get(cleared)?.conversation !== cleared);
    await say(cleared, 'after the clearing');
    await until(async () => (await sessions()).filter((s) => s.hasTranscript).length === COUNT);
    before = await sessions();
  }, 400_000);
  afterAll(() => own?.stop());

  it('are ten, each in its own conversation', () => {
    expect(before).toHaveLength(COUNT + 1);
    expect(new Set(before.map((s) => s.conversation)).size).toBe(COUNT + 1);
    expect(before.map((s) => [s.state, s.hasTranscript])).toEqual(
      before.map((s) => ['running', s.id !== ids[COUNT]]),
    );
    const place = (n: number) => before.findIndex((s) => s.id === ids[n]);
    expect([8, 7, 2, 9, 0, 4].map(place)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('outlive the agent, the tray and the page, killed at a stroke', async () => {
    const others = await Promise.all([own.connect('tray'), own.connect('page')]);
    await Promise.all(others.map((shell) => shell.call('sessions.look', { ids: [ids[0] as string] })));
    await killAgent();
    for (const shell of others) shell.close();
    expect(before.filter((s) => !isAlive(s.pid))).toEqual([]);
    agent = await own.connect();
    const after = await sessions();
    expect(after.map(lasting)).toEqual(before.map(lasting));
    expect(after.map((s) => [s.state, s.pid, s.conversation])).toEqual(
      before.map((s) => ['running', s.pid, s.conversation]),
    );
  });

  it('are all offered after the pty-host was killed, as after a reboot', async () => {
    const host = parentOf(before[0]?.pid as number);
    expect(new Set(before.map((s) => parentOf(s.pid as number)))).toEqual(new Set([host]));
    await killAgent();
    process.kill(host, 'SIGKILL');
    await until(() => !before.some((s) => isAlive(s.pid)));
    agent = await own.connect();
    const after = await sessions();
    expect(after.map(lasting)).toEqual(before.map(lasting));
    expect(after.map((s) => [s.state, s.resumable, s.conversation, s.hasTranscript])).toEqual(
      before.map((s) => ['lost', true, s.conversation, s.id !== ids[COUNT]]),
    );
  });

  it('come back, each into its own conversation, and never two into one', async () => {
    const known = [...transcripts().keys()].sort();
    // Each is asked for twice: by a button, and by the conversation's own place in the history.
    const outcomes = await Promise.allSettled(
      ids.flatMap((id, n) => [
        agent.call('sessions.resume', { id, ...size }),
        ...(n < COUNT ? [agent.call('sessions.resume', { id, ...size })] : []),
      ]),
    );
    expect(outcomes.filter((o) => o.status === 'fulfilled')).toHaveLength(COUNT + 1);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') {
        expect(['SessionNotResumable', 'ConversationOpen']).toContain(outcome.reason.code);
      }
    }
    await until(async () => (await sessions()).every((s) => s.state === 'running'));
    const after = await byId();
    expect([...after.values()].map(lasting)).toEqual(before.map(lasting));
    for (const [n, id] of ids.entries()) {
      const { conversation, model, pid, name } = after.get(id) as SessionView;
      expect(conversation).toBe(before.find((s) => s.id === id)?.conversation);
      const args = argumentsOf(pid as number);
      const value = (option: string) => args[args.indexOf(option) + 1];
      expect(value(n < COUNT ? '--resume' : '--session-id')).toBe(conversation);
      expect([value('--model'), value('--permission-mode')]).toEqual([model, 'default']);
      expect(value('--append-system-prompt')).toBe(`You are number ${n}.`);
      expect(args.includes('--add-dir')).toBe(n % 5 === 0);
      expect(args.includes('--name') ? value('--name') : null).toBe(n % 3 === 0 || n === 5 ? name : null);
      expect(args).not.toContain(first(n));
    }
    await Promise.all(ids.map((id, n) => say(id, `the second words of number ${n}.`)));
    const conversationOf = (id: string) => after.get(id)?.conversation as string;
    await until(
      () => ids.every((id, n) => answered(conversationOf(id), `the second words of number ${n}.`)),
      120_000,
    );
    // What was said first stands before it in the same transcript, and only the fresh one has a new one.
    for (const [n, id] of ids.slice(0, COUNT).entries()) {
      const text = transcripts().get(conversationOf(id)) ?? '';
      const beginning = text.indexOf(n === 3 ? 'after the clearing' : first(n));
      expect(beginning).toBeGreaterThan(0);
      expect(text.indexOf(`the second words of number ${n}.`)).toBeGreaterThan(beginning);
    }
    expect([...transcripts().keys()].sort()).toEqual([...known, conversationOf(ids[COUNT] as string)].sort());
  }, 300_000);

  it('are refused where a Claude Code of another terminal has the conversation open', async () => {
    const [id = '', other = ''] = ids;
    await agent.call('sessions.kill', { id });
    await until(async () => (await byId()).get(id)?.state === 'exited');
    const { cwd, conversation } = (await byId()).get(id) as SessionView;
    const plain = new PersonTerminal(claude, ['--resume', conversation as string], {
      cwd,
      // A key that Bedrock does not know: it shows the conversation, and says nothing in it.
      env: { ...own.env, CLAUDE_CODE_USE_BEDROCK: '1', AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' },
    });
    try {
      await plain.shows(/the first words of session number 0/);
      // It is on its screen a moment before Claude Code writes down who has it.
      const register = join(home, '.claude', 'sessions', `${plain.pid}.json`);
      await until(() => existsSync(register) && readFileSync(register, 'utf8').includes(conversation ?? ''));
      const elsewhere = { code: 'ConversationOpenElsewhere', params: { conversation, pid: plain.pid } };
      await expect(agent.call('sessions.resume', { id, ...size })).rejects.toMatchObject(elsewhere);
      const openWith = (args: string[]) =>
        agent.call('sessions.openWith', { profile: 'sandbox', cwd, args, env: own.env });
      await expect(openWith(['--resume', conversation as string])).rejects.toMatchObject(elsewhere);
      // Nor does one of ours go on with what another of ours has open, whatever the arguments say.
      const open = (await byId()).get(other)?.conversation as string;
      await expect(openWith(['-r', open])).rejects.toMatchObject({
        code: 'ConversationOpen',
        params: { conversation: open, session: other },
      });
      expect((await byId()).get(id)?.state).toBe('exited');
    } finally {
      await plain.close();
    }
    await agent.call('sessions.resume', { id, ...size });
    await until(async () => (await byId()).get(id)?.state === 'running');
  });
});
