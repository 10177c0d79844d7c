import { afterAll, beforeAll, describe, it } from 'vitest';
import { claudeVersion, findClaude } from '../../support/claude.ts';
import { type SandboxProcess, startSandbox } from '../../support/sandbox.ts';
import { type Choice, runChoice } from './run-choice.ts';

/** The real Claude Code asks for exactly the ids that `models.resolve` predicts, whatever was chosen by whom. */

const missing =
  findClaude() === undefined ? ' (not installed: scripts/install-test-parts.ts --only claude)' : '';
const us = (name: string) => `us.anthropic.claude-${name}`;
const everywhere = (name: string) => `global.anthropic.claude-${name}`;
const application = 'arn:aws:bedrock:us-west-2:111122223333:application-inference-profile/sbxteam00001';
const pins = { opus: us('opus-4-8'), sonnet: us('sonnet-4-6'), fable: us('fable-5-1') };
const noPins = { opus: null, sonnet: null, fable: null };

/** What a person's own files and variables may say, all of it out of the EU. */
const leaving = {
  settings: {
    model: everywhere('opus-5'),
    modelOverrides: { 'claude-opus-5-5': everywhere('opus-5-5') },
    env: {
      ANTHROPIC_DEFAULT_SONNET_MODEL: everywhere('sonnet-5'),
      ANTHROPIC_BEDROCK_REGION_PREFIX: 'global',
    },
  },
  variables: {
    ANTHROPIC_SMALL_FAST_MODEL: everywhere('haiku-5-5'),
    CLAUDE_CODE_SUBAGENT_MODEL: us('sonnet-5'),
  },
};

const choices: readonly (readonly [string, Choice])[] = [
  ['nothing, in a region of the US', {}],
  ['nothing, where a country has profiles of its own', { region: 'ap-northeast-1' }],
  ['a model and a small one', { model: us('opus-4-8'), smallFastModel: us('haiku-5-5') }],
  ['an alias, with all pins', { model: 'sonnet', smallFastModel: us('haiku-5-5'), pins }],
  [
    'one pin alone, which decides about the conversation too',
    { pins: { ...noPins, sonnet: us('sonnet-4-6') } },
  ],
  [
    'a global profile, which sub-agents follow',
    { model: everywhere('opus-5'), pins: { ...noPins, fable: us('fable-5-1') } },
  ],
  ['an application profile', { model: application }],
  ['a name of Anthropic’s with the long context', { model: 'claude-sonnet-4-6[1m]', region: 'eu-west-1' }],
  [
    'the person’s settings and older variables',
    {
      settings: { model: 'opusplan', modelOverrides: { 'claude-opus-5-5': everywhere('opus-5-5') } },
      variables: { ANTHROPIC_SMALL_FAST_MODEL: 'anthropic.claude-3-haiku-20240307-v1:0' },
    },
  ],
  ['a geography', { region: 'eu-central-1', geography: 'eu', ...leaving }],
  ['a country', { region: 'ap-northeast-1', geography: 'jp', variables: { ANTHROPIC_MODEL: 'opus' } }],
];

describe.skipIf(missing !== '')(`Claude Code ${claudeVersion} asks for what was predicted${missing}`, () => {
  let sandbox: SandboxProcess;
  let poor: SandboxProcess;
  beforeAll(async () => {
    [sandbox, poor] = await Promise.all([
      startSandbox(),
      startSandbox({
        switches: {
          deniedModels: ['anthropic.claude-opus-5-5', 'anthropic.claude-haiku-4-5-20251001-v1:0'],
        },
      }),
    ]);
  });
  afterAll(() => Promise.all([sandbox.stop(), poor.stop()]));

  it.concurrent.for(choices)('with %s', { timeout: 300_000 }, async ([, choice], { expect: here }) => {
    const { predicted, asked, output } = await runChoice(sandbox, choice);
    here(asked, output).toEqual(predicted);
    const { geography } = choice;
    if (geography) {
      for (const id of Object.values(asked).flat()) here(id.startsWith(`${geography}.`), id).toBe(true);
    }
  });

  it.concurrent('with models that the account has no access to', { timeout: 300_000 }, async ({
    expect: here,
  }) => {
    const { predicted, asked, output } = await runChoice(poor, {});
    here(asked, output).toEqual(predicted);
    here(predicted.primary).toEqual([us('opus-5')]);
  });
});
