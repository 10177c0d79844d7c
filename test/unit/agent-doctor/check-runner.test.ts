import { expect, test } from 'vitest';
import { type Link, runChecks } from '../../../src/agent/doctor/check-runner.ts';
import type { DoctorLink } from '../../../src/contract/doctor.ts';
import { BedrockTrayError } from '../../../src/contract/errors.ts';
import { procedures } from '../../../src/contract/procedures.ts';

const link = (name: DoctorLink, needs: DoctorLink[], check: Link['check'], timeoutMs = 5_000): Link => ({
  link: name,
  needs,
  timeoutMs,
  service: 'S',
  check,
});
const held = async () => ({ evidence: 'e' });
const never = () => new Promise<never>(() => {});
const subject = () => ({
  platform: 'linux',
  environment: 'dev',
  profile: 'dev',
  region: 'us-west-2',
  ssoSession: 's',
  model: 'm',
  endpointUrl: null,
});
const run = (links: Link[], signal: AbortSignal) => runChecks(links, { signal, subject });
const all = async (links: Link[], signal = new AbortController().signal) => {
  const told = [];
  for await (const value of run(links, signal)) {
    told.push(procedures['doctor.run'].output.parse({ at: 0, ...value }));
  }
  return told;
};

test('a link waits for what it needs, and is skipped with it; what needs nothing goes on', async () => {
  const order: string[] = [];
  const noting = (name: DoctorLink) => async () => {
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
  const problem = { level: 'warning' as const, code: 'Throttled' as const, params: { service: 'S' } };
  const last = (
    await all([
      link('credentials', [], async () => ({ evidence: null, findings: [problem] })),
      link('answer', ['credentials'], held),
    ])
  ).at(-1);
  expect(last?.checks).toMatchObject([{ state: 'warning', findings: [problem] }, { state: 'ok' }]);
});

test('what is not to be asked is skipped, with its reason; what only comes after it goes on', async () => {
  const last = (
    await all([
      link('answer', [], async () => ({
        evidence: null,
        skipped: true,
        findings: [{ level: 'info', code: 'notAsked', params: {} }],
      })),
      { ...link('claude', [], held), after: ['answer'] },
    ])
  ).at(-1);
  expect(last?.checks.map((c) => c.state)).toEqual(['skipped', 'ok']);
  expect(last?.checks[0]?.findings[0]?.remedies.map((r) => r.kind)).toEqual(['ask', 'command']);
});

test('each link has its time', async () => {
  const last = (await all([link('models', [], never, 20), link('claude', [], held)])).at(-1);
  expect(last?.checks[0]).toMatchObject({
    state: 'failed',
    findings: [{ level: 'failed', code: 'ServiceFailed', params: { service: 'S', reason: 'TimeoutError' } }],
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
    for await (const { checks } of run(links, enough.signal)) {
      if (checks[0]?.state !== 'running') continue;
      if (how === 'by its signal') enough.abort();
      else break;
    }
    expect(signals.map((s) => s.aborted)).toEqual([true]);
  },
);
