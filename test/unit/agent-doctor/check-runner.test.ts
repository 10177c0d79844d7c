import { expect, test } from 'vitest';
import { type Link, type LinkName, runChecks } from '../../../src/agent/setup/check-runner.ts';
import { BedrockTrayError } from '../../../src/contract/errors.ts';
import { procedures } from '../../../src/contract/procedures.ts';

const link = (name: LinkName, needs: LinkName[], check: Link['check'], timeoutMs = 5_000): Link => ({
  link: name,
  needs,
  timeoutMs,
  service: 'S',
  check,
});
const held = async () => ({ evidence: 'e' });
const never = () => new Promise<never>(() => {});
const all = async (links: Link[], signal = new AbortController().signal) => {
  const told = [];
  for await (const value of runChecks(links, signal)) {
    told.push(procedures['setup.check'].output.parse(value));
  }
  return told;
};

test('a link waits for what it needs, and is skipped with it; what needs nothing goes on', async () => {
  const order: string[] = [];
  const noting = (name: LinkName) => async () => {
    order.push(name);
    return { evidence: null };
  };
  const told = await all([
    link('config', [], noting('config')),
    link('signIn', ['config'], async () => {
      order.push('signIn');
      throw new BedrockTrayError('SignInNeeded', { ssoSession: 's', startUrl: 'u' });
    }),
    link('credentials', ['signIn'], noting('credentials')),
    link('answer', ['credentials'], noting('answer')),
    link('claude', [], noting('claude')),
  ]);
  expect(order.sort()).toEqual(['claude', 'config', 'signIn']);
  expect(told.slice(0, -1).every((t) => !t.done)).toBe(true);
  const last = told.at(-1);
  expect(last?.done).toBe(true);
  expect(last?.checks.map((c) => c.state)).toEqual(['ok', 'failed', 'skipped', 'skipped', 'ok']);
});

test('a warning holds for those behind it', async () => {
  const problem = { code: 'Throttled' as const, params: { service: 'S' } };
  const last = (
    await all([
      link('credentials', [], async () => ({ evidence: null, problem })),
      link('answer', ['credentials'], held),
    ])
  ).at(-1);
  expect(last?.checks).toMatchObject([{ state: 'warning', problem }, { state: 'ok' }]);
});

test('each link has its time', async () => {
  const last = (await all([link('models', [], never, 20), link('claude', [], held)])).at(-1);
  expect(last?.checks[0]).toMatchObject({
    state: 'failed',
    problem: { code: 'ServiceFailed', params: { service: 'S', reason: 'TimeoutError' } },
  });
  expect(last?.checks[1]?.state).toBe('ok');
});

test('whatever goes wrong is told without its words, evidence is one line', async () => {
  const last = (
    await all([
      link('identity', [], () => Promise.reject(new Error('AKIASECRET'))),
      link('claude', [], async () => ({ evidence: `a\n\x1b[31m${'x'.repeat(900)}` })),
    ])
  ).at(-1);
  expect(JSON.stringify(last)).not.toContain('SECRET');
  expect(last?.checks[1]?.evidence).toMatch(/^a \[31mx+$/);
  expect(last?.checks[1]?.evidence).toHaveLength(500);
});

test.each(['by its signal', 'by nobody listening any more'])(
  'ends %s, and its links with it',
  async (how) => {
    const signals: AbortSignal[] = [];
    const links = [
      link('answer', [], (signal) => {
        signals.push(signal);
        return never();
      }),
    ];
    const enough = new AbortController();
    for await (const { checks } of runChecks(links, enough.signal)) {
      if (checks[0]?.state !== 'running') continue;
      if (how === 'by its signal') enough.abort();
      else break;
    }
    expect(signals.map((s) => s.aborted)).toEqual([true]);
  },
);
