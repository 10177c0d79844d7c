import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Environment, ModelOffer, RegionOffer, ResolvedModel } from '../../../src/contract/index.ts';
import { type Installation, install } from '../../support/installation.ts';

/** `models`, `regions` and what `env` says of them, in a terminal. */

let own: Installation;
beforeAll(async () => {
  own = await install();
  const old = 'anthropic.claude-3-haiku-20240307-v1:0';
  const options = ['--profile', 'sandbox', '--region', 'eu-central-1', '--small-fast-model', old];
  const made = await own.run(['env', 'create', 'work', ...options, '--budget', '200/month,refuse', '--use']);
  // What older documentation told is explained at once.
  expect(made.stderr).toContain('eu.anthropic.claude-haiku-4-5-20251001-v1:0');
  expect((await own.login()).status).toBe(0);
});
afterAll(() => own.stop());

async function data<T>(...args: string[]): Promise<T> {
  const { stdout, stderr, status } = await own.run([...args, '--json']);
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout) as T;
}

it('one row for each model, with the id to use in the environment’s region', async () => {
  const { stdout, stderr, status } = await own.run(['models', 'opus']);
  expect(status).toBe(0);
  expect(stdout).toMatch(
    /^Opus 5\.5 +eu\.anthropic\.claude-opus-5-5 +1M +\$4\.40 \/ \$22\.00 +access granted$/m,
  );
  expect(stdout).not.toContain('global.');
  expect(stderr).toContain('eu-central-1: ');
  const all = await own.run(['models', 'opus-5-5', '--all']);
  expect(all.stdout).toMatch(/\* eu\.anthropic\.claude-opus-5-5 /);
  expect(all.stdout).toMatch(/ anthropic\.claude-opus-5-5 .*needs an inference profile/);
  const { region, source, models } = await data<ModelOffer>('models', '--region', 'ap-northeast-1');
  expect({ region, source }).toEqual({ region: 'ap-northeast-1', source: 'live' });
  expect(models.find(({ proposed }) => proposed)?.id).toMatch(/^jp\./);
});

it('an environment is changed, and what Claude Code makes of it is told', async () => {
  const pins = ['--pin-sonnet', 'eu.anthropic.claude-sonnet-4-6', '--small-fast-model', 'none'];
  const changed = await data<Environment>('env', 'update', 'work', '--geography', 'eu', ...pins);
  expect(changed).toMatchObject({
    smallFastModel: null,
    pins: { opus: null, sonnet: 'eu.anthropic.claude-sonnet-4-6', fable: null },
    geography: 'eu',
    budget: { usd: 200, period: 'month', refuse: true },
  });
  const { resolved } = await data<{ resolved: ResolvedModel[] }>('models', '--resolve');
  expect(resolved.find(({ use }) => use === 'sonnet')).toEqual({
    use: 'sonnet',
    id: 'eu.anthropic.claude-sonnet-4-6',
    from: 'environment',
    where: null,
    offered: true,
    refusal: null,
  });
  const { status, stderr } = await own.run([
    'env',
    'update',
    'work',
    '--model',
    'us.anthropic.claude-opus-5',
  ]);
  expect(status).toBe(1);
  expect(stderr).toContain('us.anthropic.claude-opus-5');
  expect((await own.run(['env', 'update', 'work', '--budget', 'much'])).status).toBe(2);
  expect((await own.run(['env', 'show', 'work'])).stdout).toContain('Budget: 200/month,refuse');
  const place = ['--profile', 'sandbox', '--region', 'eu-central-1'];
  const other = await own.run(['env', 'create', 'odd', ...place, '--model', 'nonsense']);
  expect(other.status).toBe(0);
  expect(other.stderr).toContain('“nonsense” does not look like a model');
});

it('regions are asked, in the environment’s geography and by its identity', async () => {
  const { regions } = await data<{ regions: RegionOffer[] }>('regions', '--model', 'opus');
  const row = (region: string) => regions.find((each) => each.region === region);
  expect(row('eu-west-1')).toMatchObject({ state: 'live', id: 'eu.anthropic.claude-opus-5-5' });
  // All of it would be answered outside of the EU.
  expect(row('us-west-2')).toMatchObject({ state: 'live', id: null, models: 0 });
});
