import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type ChoiceLayer,
  type Resolution,
  type ResolutionInput,
  resolveModels,
} from '../../../../src/domain/bedrock/model-resolution.ts';

/** The rules one by one; that they are Claude Code's own is proved by test/integration/models. */

const us = (name: string) => `us.anthropic.claude-${name}`;
const everywhere = (name: string) => `global.anthropic.claude-${name}`;
const opus = us('opus-5-5');
const sonnet = us('sonnet-4-5-20250929-v1:0');
const haiku = us('haiku-4-5-20251001-v1:0');

const layer = (from: ChoiceLayer['from'], more: Partial<ChoiceLayer>): ChoiceLayer => ({
  from,
  file: from === 'variable' ? null : `${from}.json`,
  env: {},
  ...more,
});
const variables = (env: Record<string, string>) => layer('variable', { env });
const input = (more: Partial<ResolutionInput> = {}): ResolutionInput => ({
  region: 'us-west-2',
  flag: null,
  layers: [],
  profiles: null,
  answers: () => true,
  behind: () => null,
  ...more,
});
const resolve = (more: Partial<ResolutionInput> = {}): Resolution => resolveModels(input(more));
const idsOf = ({ primary, background, agents }: Resolution) => ({
  primary: primary.id,
  background: background.id,
  ...Object.fromEntries(Object.entries(agents).map(([family, { id }]) => [family, id])),
});

describe('resolveModels', () => {
  it('takes its own defaults in the region’s geography', () => {
    const found = resolve();
    expect(idsOf(found)).toEqual({
      primary: opus,
      background: sonnet,
      opus,
      sonnet,
      haiku,
      fable: us('fable-5-2'),
    });
    expect(found.primary).toMatchObject({ from: 'default', where: null });
    expect(found.probes).toEqual([opus, sonnet, haiku]);
  });

  it.each([
    // The region's own prefix wins over the order of the list, and the list over a prefix that is not offered.
    ['us-west-2', [everywhere('opus-5-5'), us('opus-5-5')], us('opus-5-5')],
    [
      'ap-northeast-1',
      ['jp.anthropic.claude-opus-5-5', everywhere('opus-5-5')],
      'jp.anthropic.claude-opus-5-5',
    ],
    ['ap-northeast-1', [everywhere('opus-5-5'), 'jp.anthropic.claude-opus-5-5'], everywhere('opus-5-5')],
    ['ap-south-1', [everywhere('opus-5-5')], everywhere('opus-5-5')],
    ['ap-south-1', null, 'apac.anthropic.claude-opus-5-5'],
    ['ca-central-1', null, everywhere('opus-5-5')],
    ['us-gov-west-1', null, 'us-gov.anthropic.claude-opus-5-5'],
  ])('finds the profile in %s among %o', (region, profiles, id) => {
    expect(resolve({ region, profiles }).primary.id).toBe(id);
  });

  it.each([
    ['opus', opus],
    ['Sonnet', sonnet],
    ['haiku[1m]', haiku],
    ['default', opus],
    ['best', opus],
    ['opusplan', sonnet],
    ['fable', us('fable-5-2')],
    ['claude-sonnet-4-6[1m]', us('sonnet-4-6')],
    ['CLAUDE-OPUS-4-6', us('opus-4-6-v1')],
    ['claude-3-5-haiku-20241022', us('3-5-haiku-20241022-v1:0')],
    // It does not know these, and sends them as they are.
    ['claude-opus-4-5', 'claude-opus-4-5'],
    ['claude-3-opus-20240229', 'claude-3-opus-20240229'],
    ['anthropic.claude-opus-5', 'anthropic.claude-opus-5'],
    ['default[1m]', 'default'],
  ])('takes --model %s for %s', (flag, id) => {
    expect(resolve({ flag }).primary.id).toBe(id);
  });

  it('hears the flag before the variable before the setting, and the stronger file first', () => {
    const layers = [
      layer('managed', {}),
      layer('environment', { file: null, env: {} }),
      layer('settings', { model: 'haiku' }),
      layer('settings', { file: 'weaker.json', model: 'sonnet' }),
    ];
    expect(resolve({ layers }).primary).toEqual({
      id: haiku,
      from: 'settings',
      where: 'settings.json: model',
    });
    const withVariable = [...layers, variables({ ANTHROPIC_MODEL: 'sonnet' })];
    expect(resolve({ layers: withVariable }).primary).toEqual({
      id: sonnet,
      from: 'variable',
      where: 'ANTHROPIC_MODEL',
    });
    expect(resolve({ layers: withVariable, flag: 'opus' }).primary).toMatchObject({
      id: opus,
      where: '--model',
    });
    const blank = [
      layer('settings', { env: { ANTHROPIC_MODEL: '' }, model: 'haiku' }),
      variables({ ANTHROPIC_MODEL: 'opus' }),
    ];
    expect(resolve({ layers: blank }).primary.id).toBe(haiku);
  });

  it('lets one pin decide about the conversation, and asks nothing about what is pinned', () => {
    const found = resolve({ layers: [variables({ ANTHROPIC_DEFAULT_SONNET_MODEL: us('sonnet-4-6') })] });
    expect(idsOf(found)).toMatchObject({ primary: us('sonnet-4-6'), background: us('sonnet-4-6'), opus });
    expect(found.probes).toEqual([opus, haiku]);
    const both = resolve({
      layers: [
        variables({
          ANTHROPIC_DEFAULT_SONNET_MODEL: us('sonnet-5'),
          ANTHROPIC_DEFAULT_OPUS_MODEL: us('opus-4-8'),
        }),
      ],
    });
    expect(idsOf(both)).toMatchObject({ primary: us('opus-4-8'), background: us('sonnet-5') });
  });

  it.each([
    [
      {
        ANTHROPIC_SMALL_FAST_MODEL: 'claude-haiku-5-5',
        ANTHROPIC_DEFAULT_HAIKU_MODEL: us('3-5-haiku-20241022-v1:0'),
      },
      null,
      us('haiku-5-5'),
    ],
    [{ ANTHROPIC_DEFAULT_HAIKU_MODEL: us('haiku-5-5') }, us('opus-4-8'), us('haiku-5-5')],
    [{ ANTHROPIC_DEFAULT_SONNET_MODEL: us('sonnet-5') }, 'opus', opus],
    [{ ANTHROPIC_DEFAULT_OPUS_MODEL: us('opus-4-8') }, null, us('opus-4-8')],
    [{}, 'opus', opus],
    [{}, null, sonnet],
  ])('works in the background with %o and --model %s by %s', (env, flag, id) => {
    expect(resolve({ layers: [variables(env)], flag }).background.id).toBe(id);
  });

  it('takes the next of a family that answers, and Sonnet where no Opus does', () => {
    const without =
      (...names: string[]) =>
      (id: string) =>
        !names.some((name) => id.endsWith(name));
    const next = resolve({ answers: without('opus-5-5', 'haiku-4-5-20251001-v1:0') });
    expect(idsOf(next)).toMatchObject({
      primary: us('opus-5'),
      haiku: us('3-5-haiku-20241022-v1:0'),
      background: us('3-5-haiku-20241022-v1:0'),
    });
    expect(next.probes).toContain(us('opus-4-20250514-v1:0'));
    expect(resolve({ answers: (id) => !id.includes('opus') }).primary.id).toBe(sonnet);
    expect(resolve({ answers: () => false }).primary.id).toBe(opus);
  });

  it('starts sub-agents where the conversation is, and shares its model with those of its family', () => {
    const found = resolve({
      flag: everywhere('opus-5'),
      layers: [
        variables({
          ANTHROPIC_DEFAULT_HAIKU_MODEL: us('haiku-5-5'),
          ANTHROPIC_DEFAULT_FABLE_MODEL: 'anthropic.claude-fable-5',
        }),
      ],
    });
    expect(idsOf(found)).toMatchObject({
      opus: everywhere('opus-5'),
      sonnet: everywhere('sonnet-4-5-20250929-v1:0'),
      haiku: everywhere('haiku-5-5'),
      fable: everywhere('fable-5'),
    });
    expect(found.probes).toEqual([us('sonnet-4-5-20250929-v1:0')]);
    const arn = 'arn:aws:bedrock:us-west-2:1:application-inference-profile/x';
    const own = resolve({ flag: arn, behind: () => 'anthropic.claude-sonnet-5' });
    expect(idsOf(own)).toMatchObject({ primary: arn, sonnet: arn, opus, haiku });
    const system = 'arn:aws:bedrock:us-west-2:1:inference-profile/global.anthropic.claude-opus-5';
    expect(idsOf(resolve({ flag: system }))).toMatchObject({
      opus: system,
      haiku: everywhere('haiku-4-5-20251001-v1:0'),
    });
  });

  it('knows the overrides, the prefix and the sub-agents’ own variable', () => {
    const layers = [
      layer('settings', { modelOverrides: { 'claude-opus-5-5': everywhere('opus-5-5') } }),
      variables({ CLAUDE_CODE_SUBAGENT_MODEL: 'haiku' }),
    ];
    const found = resolve({ layers });
    expect(found.primary).toMatchObject({ id: everywhere('opus-5-5'), from: 'settings' });
    expect(found.agent).toMatchObject({ id: everywhere('haiku-4-5-20251001-v1:0'), from: 'variable' });
    expect(found.probes).not.toContain(everywhere('opus-5-5'));
    const prefixed = [variables({ ANTHROPIC_BEDROCK_REGION_PREFIX: 'jp' })];
    expect(resolve({ layers: prefixed, region: 'ap-northeast-1' }).primary.id).toBe(
      'jp.anthropic.claude-opus-5-5',
    );
  });

  it('answers whatever stands in the settings', () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('opus', 'default[1m]', us('opus-5'), 'constructor', '__proto__'),
    );
    fc.assert(
      fc.property(text, text, text, (flag, model, pin) => {
        const found = resolve({
          flag,
          layers: [layer('settings', { model, env: { ANTHROPIC_DEFAULT_HAIKU_MODEL: pin } })],
        });
        for (const id of Object.values(idsOf(found))) expect(typeof id).toBe('string');
      }),
    );
  });
});
