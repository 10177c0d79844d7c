import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SessionView } from '../../../src/contract/index.ts';
import { until } from '../agent-process/agents.ts';
import { type Product, productWithStandIn } from '../sessions/stand-in.ts';

/** `bedrock-tray claude` and `bedrock-tray sessions` as a person and a script use them. */
let product: Product;
const run = (...args: string[]) => product.own.run(args);
const list = async () => (await product.agent.call('sessions.list', {})).sessions;
const only = async (name: string) => (await list()).find((s) => s.name === name) as SessionView;
const argumentsOf = (pid: number | null) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');

beforeAll(async () => {
  product = await productWithStandIn();
});
afterAll(() => product?.own.stop());

it('opens several folders at once, with all that a launch can say', async () => {
  const [one = '', two = '', three = ''] = product.folders;
  const folders = [one, two].flatMap((folder) => ['--cwd', folder]);
  const opened = await run(
    ...['claude', '--profile', 'sandbox', '--detach', '--json', ...folders, '--add-dir', three],
    ...['-n', 'a name', '--permission-mode', 'plan', '--model', 'us.anthropic.x', '--region', 'eu-west-1'],
    ...['--cap', '2.5', '--stop-at-cap', '--', '--effort', 'low'],
  );
  expect(opened.stderr).toBe('');
  const { sessions } = JSON.parse(opened.stdout) as { sessions: SessionView[] };
  expect(sessions.map((s) => s.cwd)).toEqual([one, two]);
  for (const session of sessions) {
    expect(session).toMatchObject({
      name: 'a name',
      permissionMode: 'plan',
      model: 'us.anthropic.x',
      region: 'eu-west-1',
      cap: { usd: 2.5, stop: true },
    });
  }
  await until(async () => (await list()).every((s) => s.state === 'running'));
  const pid = (await list())[0]?.pid ?? null;
  for (const part of [
    `--add-dir ${three} --settings `,
    '--permission-mode plan --name a name --effort low',
  ]) {
    // Its process is there a moment before it is the program that was asked for.
    await expect.poll(() => argumentsOf(pid).join(' ')).toContain(part);
  }
});

it('says what cannot be, before anything starts', async () => {
  const [one = '', two = ''] = product.folders;
  const refused = async (code: number, part: string, ...args: string[]) => {
    const { status, stderr } = await run('claude', '--profile', 'sandbox', ...args);
    expect([args, status, stderr]).toEqual([args, code, expect.stringContaining(part)]);
  };
  await refused(2, '--detach', '--cwd', one, '--cwd', two);
  await refused(2, '/etc/hostname', '--cwd', '/etc/hostname');
  await refused(2, `${one}/gone`, '--cwd', one, '--add-dir', `${one}/gone`);
  await refused(2, '--bg', '--cwd', one, '--', '--bg');
  await refused(2, 'plan', '--permission-mode', 'yolo');
  await refused(2, 'an amount above 0', '--cap', 'much');
  expect(await list()).toHaveLength(2);
});

it('shows what each identity mode gives to whom', async () => {
  const help = (await run('claude', '--help')).stdout;
  expect(help).toContain('Shell commands of Claude: your own AWS identity and region');
  expect(help).not.toContain('[]');
  expect(
    (
      await run(
        'env',
        'create',
        'all',
        '--profile',
        'sandbox',
        '--region',
        'us-east-1',
        '--identity-mode',
        'whole-session',
      )
    ).status,
  ).toBe(0);
  expect((await run('env', 'show', 'all')).stdout).toContain(
    'Shell commands of Claude: the environment’s AWS identity and region',
  );
});

it('lists, renames and pins', async () => {
  const second = (await list()).find((s) => s.cwd === product.folders[1]) as SessionView;
  expect((await run('sessions', 'rename', second.id.slice(0, 8), 'the second')).stdout).toContain(
    'the second',
  );
  expect((await run('sessions', 'cap', second.id, '2.50', '--stop-at-cap')).stdout).toContain('2.5 USD');
  expect((await run('sessions', 'cap', second.id)).status).toBe(2);
  const capOf = async () => (await list()).find((s) => s.id === second.id)?.cap;
  expect(await capOf()).toEqual({ usd: 2.5, stop: true });
  expect((await run('sessions', 'cap', second.id, '--none')).status).toBe(0);
  expect(await capOf()).toBeNull();
  expect((await run('sessions', 'pin', second.id)).status).toBe(0);
  expect((await list())[0]).toMatchObject({ id: second.id, name: 'the second', pinned: true, order: 0 });
  const lines = (await run('sessions', 'list')).stdout.split('\n');
  expect(lines[0]).toMatch(/^Session +Name +State +Since +Cost +Folder +About$/);
  expect(lines[1]).toMatch(new RegExp(`^${second.id.slice(0, 8)}  \\*  the second  \\w+`));
  expect((await run('sessions', 'unpin', second.id)).status).toBe(0);
  expect((await only('the second')).pinned).toBe(false);
});

it('answers nothing that is not asked, and nothing by default', async () => {
  const { id } = await only('the second');
  expect(await run('sessions', 'answer', id, 'allow', '--request', 'x')).toMatchObject({ status: 1 });
  expect(await run('sessions', 'answer', id)).toMatchObject({ status: 2 });
  expect(await run('sessions', 'answer', id, 'maybe')).toMatchObject({ status: 2 });
});

it('opens all again that were lost, and none that a person ended', async () => {
  const first = await only('a name');
  const second = await only('the second');
  const host = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${second.pid}/status`, 'utf8'))?.[1]);
  expect((await run('sessions', 'kill', first.id)).status).toBe(0);
  await until(async () => (await only('a name')).state === 'exited');
  expect((await run('sessions', 'resume')).status).toBe(2);
  expect((await run('sessions', 'resume', '--all')).stdout).toContain('No session was lost');
  process.kill(host, 'SIGKILL');
  await until(async () => (await only('the second')).state === 'lost');
  expect((await run('sessions', 'list')).stderr).toContain('bedrock-tray sessions resume --all');
  const resumed = await run('sessions', 'resume', '--all');
  expect([resumed.status, resumed.stdout]).toEqual([
    0,
    expect.stringContaining(`${second.id.slice(0, 8)} (the second) anew`),
  ]);
  await until(async () => (await only('the second')).state === 'running');
  expect(await only('the second')).toMatchObject({ id: second.id, permissionMode: 'plan' });
  expect((await only('a name')).state).toBe('exited');
});

it('ends all, but asks before', async () => {
  expect(await run('sessions', 'kill', '--all')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('--yes'),
  });
  expect((await only('the second')).state).toBe('running');
  expect((await run('sessions', 'kill', '--all', '--yes')).status).toBe(0);
  await until(async () => (await list()).every((s) => s.state === 'exited'));
  expect((await run('sessions', 'kill', '--all', '--yes')).stdout).toContain('No session is open');
});
