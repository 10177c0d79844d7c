import { expect, it } from 'vitest';
import { isNoModel } from '../../../../src/domain/bedrock/environment-models.ts';

it.each([
  ['nonsense', true],
  ['gpt-5', true],
  ['claud.', true],
  ['gpt-5.2', true],
  ['ai21.jamba-1-5-large-v1:0', false],
  ['us.deepseek.r1-v1:0', false],
  ['a1b2c3d4e5f6', false],
  ['opus', false],
  ['opusplan', false],
  ['sonnet[1m]', false],
  ['claude-sonnet-9-9', false],
  ['us.anthropic.claude-opus-5-5', false],
  ['us.anthropic.claude-opus-5-5[1m]', false],
  ['anthropic.claude-haiku-4-5-20251001-v1:0', false],
  ['arn:aws:bedrock:us-west-2:111122223333:application-inference-profile/team', false],
])('%s is no model: %s', (given, none) => {
  expect(isNoModel(given)).toBe(none);
});
