import { describe, expect, it } from 'vitest';
import { readWish } from '../../../src/agent/policies/wish.ts';
import {
  type Environment,
  type ModelView,
  type PolicyKind,
  plainEnvironment,
} from '../../../src/contract/index.ts';
import { modelView } from '../../support/model-view.ts';

const environment = (name: string, more: Partial<Environment> = {}): Environment => ({
  ...plainEnvironment,
  name,
  profile: name,
  region: 'us-east-1',
  ...more,
});
const opus = modelView({ id: 'us.anthropic.claude-opus-5-5', name: 'Opus' });
const accounts: Record<string, string> = { one: '111122223333', other: '222233334444' };

/** The plan for these environments where Bedrock offers these models, the same everywhere. */
function plan(
  wish: {
    kind?: PolicyKind;
    environments?: string[];
    models?: string[];
    regions?: string[];
    account?: string;
  },
  environments: readonly Environment[],
  given: { models?: ModelView[]; source?: 'live' | 'shipped'; resolved?: string[] } = {},
) {
  const { models = [opus], source = 'live', resolved = [] } = given;
  const parts = {
    environments: {
      active: () => environments[0] ?? null,
      get: (name: string) => environments.find((e) => e.name === name) as Environment,
    },
    profiles: {
      list: () =>
        environments.map(({ profile }) => ({
          name: profile,
          accountId: accounts[profile] ?? null,
          roleArn: null,
        })),
      ssoSessions: () => [],
    },
    models: {
      list: async ({ region = '' }) => ({
        region,
        source,
        askedAt: null,
        tableDate: source === 'shipped' ? '2026-11-22' : null,
        problem: null,
        models,
      }),
      resolve: async ({ region = '' }) => ({
        region,
        resolved: resolved.map((id) => ({ use: 'primary', id })),
        probes: ['us.anthropic.claude-haiku-5-5'],
      }),
    },
  } as unknown as Parameters<typeof readWish>[0];
  return readWish(parts, {
    kind: 'policy',
    marketplace: false,
    listing: true,
    denyLongLivedKeys: false,
    organization: null,
    ...wish,
  });
}

describe('what a document is made for', () => {
  it('is the environment’s account and region, with all that Claude Code asks for there', async () => {
    const haiku = modelView({ id: 'us.anthropic.claude-haiku-5-5', name: 'Haiku' });
    const made = await plan({}, [environment('one', { model: opus.id })], { models: [opus, haiku] });
    expect(made.plan).toMatchObject({ partition: 'aws', account: accounts.one, regions: ['us-east-1'] });
    expect(made.plan.targets.map((t) => t.id)).toEqual([haiku.id, opus.id]);
    expect(made.plan.targets[0]?.destinations).toEqual(['us-east-1', 'us-east-2', 'us-west-2']);
    expect(made.warnings).toEqual([]);
  });

  it('of several accounts is any account, and says so', async () => {
    const both = [environment('one'), environment('other')];
    const made = await plan({ environments: ['one', 'other'], models: [opus.id] }, both);
    expect(made.plan.account).toBe('*');
    expect(made.warnings).toEqual([{ code: 'warnAccounts', params: {} }]);
    const chosen = { environments: ['one', 'other'], models: [opus.id], account: '111122223333' };
    expect((await plan(chosen, both)).plan.account).toBe('111122223333');
    // Those that many accounts get are for any from the start.
    for (const kind of ['permission-set', 'scp', 'stackset'] as const) {
      const shared = await plan({ kind, models: [opus.id] }, both);
      expect([shared.plan.account, shared.warnings]).toEqual(['*', []]);
    }
  });

  it('leaves out what is not offered, what leaves the geography, and another part of AWS', async () => {
    const global = modelView({ id: `global.${opus.model}`, name: 'Opus', refusal: 'geography' });
    const made = await plan(
      { models: [opus.id, global.id, 'us.anthropic.claude-9'], regions: ['us-east-1', 'us-gov-west-1'] },
      [environment('one')],
      { models: [opus, global] },
    );
    expect(made.plan.targets.map((t) => t.id)).toEqual([opus.id]);
    expect(made.warnings).toEqual([
      { code: 'warnPartition', params: { region: 'us-gov-west-1', partition: 'aws-us-gov' } },
      { code: 'warnNotOffered', params: { models: 'us.anthropic.claude-9', region: 'us-east-1' } },
      { code: 'warnGeography', params: { models: global.id, region: 'us-east-1' } },
    ]);
  });

  it('goes by the shipped table where AWS cannot be asked, unknown ids included', async () => {
    const made = await plan({ models: ['us.anthropic.claude-9'] }, [environment('one')], {
      source: 'shipped',
    });
    expect(made.plan.targets).toMatchObject([{ id: 'us.anthropic.claude-9', destinations: null }]);
    expect(made.warnings).toEqual([
      { code: 'warnTable', params: { region: 'us-east-1', date: '2026-11-22' } },
    ]);
  });

  it('knows a profile by its ARN, with the suffix that only Claude Code knows', async () => {
    const arn = `arn:aws:bedrock:us-west-2:111122223333:inference-profile/${opus.id}[1m]`;
    const made = await plan({ models: [arn] }, [environment('one')]);
    expect(made.plan.targets).toMatchObject([
      { region: 'us-west-2', id: opus.id, destinations: ['us-east-1', 'us-east-2', 'us-west-2'] },
    ]);
  });

  it('needs an environment, or models and regions', async () => {
    await expect(plan({}, [])).rejects.toMatchObject({ code: 'EnvironmentMissing' });
    const made = await plan({ models: [opus.id], regions: ['us-east-1'] }, []);
    expect([made.plan.account, made.plan.targets.length]).toEqual(['*', 1]);
  });
});
