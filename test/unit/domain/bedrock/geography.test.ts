import { describe, expect, it, test } from 'vitest';
import type { Geography, ModelView } from '../../../../src/contract/bedrock.ts';
import { bedrockRegions, shippedProfiles } from '../../../../src/domain/bedrock/bedrock-models.ts';
import {
  type EnvironmentModels,
  keepInGeography,
  modelVariablesOf,
} from '../../../../src/domain/bedrock/environment-models.ts';
import {
  geographyOf,
  isInGeography,
  profilePrefix,
  staysIn,
} from '../../../../src/domain/bedrock/geography.ts';
import type { ChoiceLayer } from '../../../../src/domain/bedrock/model-resolution.ts';
import { modelViews } from '../../../../src/domain/bedrock/model-views.ts';

test.each([
  ['us-west-2', 'us'],
  ['us-gov-west-1', 'us-gov'],
  ['ca-central-1', 'ca'],
  ['eu-south-2', 'eu'],
  ['ap-northeast-1', 'jp'],
  ['ap-northeast-2', 'apac'],
  ['ap-southeast-2', 'au'],
  ['sa-east-1', null],
])('%s is in %s', (region, geography) => {
  expect(geographyOf(region)).toBe(geography);
});

test('every region that the table knows is in its geography alone, but for the countries of Asia Pacific', () => {
  for (const region of bedrockRegions) {
    const own = (['us', 'us-gov', 'ca', 'eu', 'apac'] as const).filter((g) => isInGeography(g, region));
    expect(own.length, region).toBeLessThanOrEqual(1);
  }
});

test('prefixes are read from ids and from ARNs of system-defined profiles', () => {
  expect(profilePrefix('us-gov.anthropic.claude-opus-5')).toBe('us-gov');
  expect(profilePrefix('arn:aws:bedrock:eu-west-1:1:inference-profile/eu.anthropic.claude-opus-5')).toBe(
    'eu',
  );
  expect(profilePrefix('arn:aws:bedrock:eu-west-1:1:application-inference-profile/eu')).toBeNull();
  expect(profilePrefix('anthropic.claude-opus-5')).toBeNull();
});

describe('staysIn', () => {
  const of = (id: string, scope: ModelView['scope'], regions: string[] = []) => ({ id, scope, regions });
  it.each([
    ['eu', of('eu.anthropic.x', 'geography', ['eu-west-1', 'eu-north-1']), true],
    ['eu', of('eu.anthropic.x', 'geography', ['eu-west-1', 'us-east-1']), false],
    ['eu', of('global.anthropic.x', 'global'), false],
    ['eu', of('anthropic.x', 'region'), true],
    ['us', of('anthropic.x', 'region'), false],
    ['apac', of('jp.anthropic.x', 'geography'), true],
    ['jp', of('apac.anthropic.x', 'geography'), false],
    ['eu', of('arn:aws:bedrock:eu-west-1:1:application-inference-profile/x', 'geography'), null],
  ] as const)('%s: %o is %s', (geography, view, stays) => {
    expect(staysIn(geography, view, 'eu-west-1')).toBe(stays);
  });
});

describe('keepInGeography', () => {
  const nothing: EnvironmentModels = {
    model: null,
    smallFastModel: null,
    pins: { opus: null, sonnet: null, fable: null },
  };
  const managed: ChoiceLayer = { from: 'managed', file: 'managed', env: {} };
  const offered = (region: string, geography: Geography) => {
    const listed = { profiles: shippedProfiles(region), models: null, access: new Map() };
    return modelViews(listed, { region, geography, today: '2026-11-22', priceOf: () => null });
  };
  const keep = (
    geography: Geography,
    region: string,
    more: {
      chosen?: Partial<EnvironmentModels>;
      others?: Partial<ChoiceLayer>[];
      managed?: ChoiceLayer;
      also?: string[];
    } = {},
  ) => {
    const views = offered(region, geography);
    const others = (more.others ?? []).map((each) => ({
      from: 'settings' as const,
      file: 's',
      env: {},
      ...each,
    }));
    const profiles = views.map(({ id }) => id);
    const known = { region, profiles, answers: () => true, behind: () => null };
    const chosen = { ...nothing, ...more.chosen };
    return keepInGeography(
      geography,
      chosen,
      { ...known, managed: more.managed ?? managed, others },
      views,
      more.also,
    );
  };

  it('pins every family, and changes no conversation that stays by itself', () => {
    const verdict = keep('eu', 'eu-west-1');
    expect(verdict).toMatchObject({ kept: { model: null, modelOverrides: {} } });
    const env = 'kept' in verdict ? verdict.kept.env : {};
    for (const [name, id] of Object.entries(env)) {
      if (/_MODEL$/.test(name)) expect(id, name).toMatch(/^eu\.anthropic\./);
    }
    expect(env).toMatchObject({
      ANTHROPIC_BEDROCK_REGION_PREFIX: 'eu',
      ANTHROPIC_SMALL_FAST_MODEL_AWS_REGION: '',
    });
  });

  it('replaces what a person’s own settings would take from elsewhere', () => {
    const away = 'global.anthropic.claude-sonnet-5';
    const verdict = keep('eu', 'eu-west-1', {
      others: [
        {
          model: away,
          env: { ANTHROPIC_SMALL_FAST_MODEL: away, CLAUDE_CODE_SUBAGENT_MODEL: away },
          modelOverrides: { 'claude-opus-5-5': 'us.anthropic.claude-opus-5-5' },
        },
      ],
    });
    expect(verdict).toMatchObject({
      kept: {
        model: expect.stringMatching(/^eu\./),
        env: { CLAUDE_CODE_SUBAGENT_MODEL: '', ANTHROPIC_SMALL_FAST_MODEL: expect.stringMatching(/^eu\./) },
        modelOverrides: { 'claude-opus-5-5': 'eu.anthropic.claude-opus-5-5' },
      },
    });
  });

  it.each([
    ['a model', { chosen: { model: 'global.anthropic.claude-opus-5' } }],
    ['a small one', { chosen: { smallFastModel: 'global.anthropic.claude-opus-5' } }],
    ['a pin', { chosen: { pins: { opus: null, sonnet: null, fable: 'global.anthropic.claude-opus-5' } } }],
    ['one to go on with', { also: ['global.anthropic.claude-opus-5'] }],
    [
      'an administrator’s',
      { managed: { ...managed, env: { ANTHROPIC_SMALL_FAST_MODEL: 'global.anthropic.claude-opus-5' } } },
    ],
  ] as [string, Parameters<typeof keep>[2]][])('refuses what was chosen and leaves: %s', (_, more) => {
    expect(keep('eu', 'eu-west-1', more)).toEqual({ leaves: 'global.anthropic.claude-opus-5' });
  });

  it('refuses an ARN of which nobody knows where it leads, and a region that offers nothing there', () => {
    const arn = 'arn:aws:bedrock:eu-west-1:1:application-inference-profile/x';
    expect(keep('eu', 'eu-west-1', { chosen: { model: arn } })).toEqual({ leaves: arn });
    expect(keep('eu', 'us-west-2')).toHaveProperty('leaves');
  });

  it('an alias that a person likes stays an alias', () => {
    expect(keep('jp', 'ap-northeast-1', { others: [{ model: 'opusplan' }] })).toMatchObject({
      kept: { model: null },
    });
    expect(keep('jp', 'ap-northeast-1', { chosen: { model: 'opus' } })).toMatchObject({
      kept: { model: null },
    });
  });
});

test('an environment’s models are variables of Claude Code', () => {
  const pins = { opus: 'o', sonnet: null, fable: 'f' };
  expect(modelVariablesOf({ model: 'm', smallFastModel: 's', pins })).toEqual({
    ANTHROPIC_MODEL: 'm',
    ANTHROPIC_DEFAULT_OPUS_MODEL: 'o',
    ANTHROPIC_DEFAULT_FABLE_MODEL: 'f',
    ANTHROPIC_DEFAULT_HAIKU_MODEL: 's',
    ANTHROPIC_SMALL_FAST_MODEL: 's',
  });
});
