import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ProcedureName, procedures, Role } from '../../../src/contract/index.ts';
import { startTestApi, type TestApi, validInput } from './fake-rooms.ts';

let api: TestApi;
const agents = new Map<Role, Awaited<ReturnType<TestApi['open']>>['agent']>();

beforeAll(async () => {
  api = await startTestApi();
  for (const role of Role.options) agents.set(role, (await api.open(role)).agent);
});
afterAll(() => api.close());

/** Asks as the wire would: no type keeps a client from asking for what it may not. */
function ask(role: Role, name: ProcedureName): Promise<unknown> {
  const agent = agents.get(role);
  if (!agent) throw new Error('no connection');
  if (procedures[name].kind === 'call') return agent.call(name as never, validInput[name] as never);
  return new Promise((resolve, reject) => {
    const stop = agent.watch(
      name as never,
      validInput[name] as never,
      (value) => {
        stop();
        resolve(value);
      },
      reject,
    );
  });
}

describe.each(Object.keys(procedures) as ProcedureName[])('%s', (name) => {
  test.each(Role.options)('asked by a %s', async (role) => {
    const allowed = (procedures[name].roles as readonly Role[]).includes(role);
    const answer = ask(role, name);
    if (allowed) expect(procedures[name].output.safeParse(await answer).success).toBe(true);
    else await expect(answer).rejects.toMatchObject({ code: 'Forbidden', params: { procedure: name, role } });
  });
});

test('a page can neither be handed credentials nor choose what is launched', () => {
  for (const name of ['endpoint.open', 'sessions.openWith', 'page.open', 'agent.stop'] as const) {
    expect(procedures[name].roles).not.toContain('page');
  }
  for (const [name, row] of Object.entries(procedures)) {
    if ((row.roles as readonly Role[]).includes('consumer')) expect(name).toBe('agent.info');
  }
});

test('a page opens no Claude Code that asks for nothing, whichever way it says so', async () => {
  const page = agents.get('page');
  const open = (more: object) => page?.call('sessions.open', { cwd: '/tmp', ...more } as never);
  const refused = (argument: string) => ({ code: 'ArgumentRefused', params: { argument } });
  await expect(open({ permissionMode: 'bypassPermissions' })).rejects.toMatchObject(
    refused('--permission-mode bypassPermissions'),
  );
  for (const args of [['--dangerously-skip-permissions'], ['--allowedTools', 'Bash'], ['--settings', '{}']]) {
    await expect(open({ args })).rejects.toMatchObject(refused(args[0] as string));
  }
  await open({ permissionMode: 'plan', args: ['--effort', 'high'] });
  await agents.get('tray')?.call('sessions.open', { cwd: '/tmp', permissionMode: 'bypassPermissions' });
});

test('a page can change settings and environments, but neither the program that is run nor where Bedrock is', async () => {
  const { rooms } = api;
  const environment = { ...(validInput['environments.update'] as object), endpointUrl: null };
  const elsewhere = { ...environment, endpointUrl: 'https://elsewhere.example' };
  const forbidden = { code: 'Forbidden', params: { role: 'page' } };
  const ask = (role: Role, name: ProcedureName, input: object) =>
    agents.get(role)?.call(name as never, input as never);
  await expect(ask('page', 'settings.set', { claudePath: '/bin/evil' })).rejects.toMatchObject(forbidden);
  await ask('page', 'settings.set', { claudePath: null, theme: 'dark' });
  for (const name of ['environments.create', 'environments.update'] as const) {
    await expect(ask('page', name, elsewhere)).rejects.toMatchObject(forbidden);
    await ask('page', name, environment);
    await ask('cli', name, elsewhere);
    for (const endpointUrl of ['file:///etc/passwd', 'https://user:word@elsewhere.example']) {
      await expect(ask('cli', name, { ...environment, endpointUrl })).rejects.toMatchObject({
        code: 'BadInput',
      });
    }
  }
  // One that a person chose stays as it is when a page changes something else, and is not taken away.
  const chosen = { ...environment, endpointUrl: 'https://vpce.example' } as ReturnType<
    typeof rooms.environments.get
  >;
  const { get } = rooms.environments;
  rooms.environments.get = () => chosen;
  try {
    await ask('page', 'environments.update', { ...chosen, region: 'eu-west-1' });
    await expect(ask('page', 'environments.update', environment)).rejects.toMatchObject(forbidden);
  } finally {
    rooms.environments.get = get;
  }
});

test('what costs is asked for by a page so often a day, whatever it says its person agreed to', async () => {
  const { bill, doctor } = api.rooms;
  const { get } = bill;
  const { run } = doctor;
  const answer = await get({ from: '2026-11-01', to: '2026-11-02', agreed: true });
  let asked = 0;
  bill.get = async () => {
    asked++;
    return { ...answer, requests: 10 };
  };
  const wish = { from: '2026-11-01', to: '2026-11-02', agreed: true };
  const ask = (role: Role) => agents.get(role)?.call('costs.get', wish);
  // Programs that the doctor starts cost too: a page has few of them at once.
  let running = 0;
  const begun: number[] = [];
  doctor.run = async function* (_input, signal) {
    begun.push(++running);
    yield { at: 1, checks: [], done: false };
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    running--;
  };
  const stops = Array.from({ length: 5 }, () =>
    agents.get('page')?.watch(
      'doctor.run',
      {},
      () => undefined,
      () => undefined,
    ),
  );
  try {
    // The roles' own test has asked once already. All at once they are no more.
    const answers = await Promise.allSettled(Array.from({ length: 9 }, () => ask('page')));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    await expect(ask('page')).rejects.toMatchObject({ code: 'ChargesReached', params: { usd: 0.5 } });
    expect(asked).toBe(5);
    await ask('cli');
    await expect.poll(() => begun).toEqual([1, 2, 3]);
    stops[0]?.();
    await expect.poll(() => begun).toEqual([1, 2, 3, 3]);
  } finally {
    for (const stop of stops) stop?.();
    bill.get = get;
    doctor.run = run;
  }
});
