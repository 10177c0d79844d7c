import { expect, test } from 'vitest';
import { procedures } from '../../../../src/contract/procedures.ts';
import { translateLegacyModel } from '../../../../src/domain/bedrock/legacy-models.ts';

test.each([
  ['claude-3-opus-20240229', 'us-east-1', 'us.anthropic.claude-opus-5-5', 'retired'],
  ['us.anthropic.claude-3-opus-20240229-v1:0', 'eu-west-1', 'eu.anthropic.claude-opus-5-5', 'retired'],
  ['claude-3-5-sonnet-20241022', 'ap-northeast-1', 'jp.anthropic.claude-sonnet-4-5-20250929-v1:0', 'legacy'],
  ['claude-3-5-haiku-20241022', 'us-east-1', 'us.anthropic.claude-haiku-4-5-20251001-v1:0', 'legacy'],
  [
    'anthropic.claude-3-haiku-20240307-v1:0',
    'ca-central-1',
    'global.anthropic.claude-haiku-4-5-20251001-v1:0',
    'legacy',
  ],
  ['claude-3-7-sonnet-latest', 'us-east-1', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'legacy'],
  ['claude-opus-4-1', 'us-east-1', 'us.anthropic.claude-opus-5-5', 'legacy'],
  ['claude-opus-4-5', 'us-east-1', 'us.anthropic.claude-opus-4-5-20251101-v1:0', 'undated'],
  ['anthropic.claude-opus-5', 'us-gov-west-1', 'us-gov.anthropic.claude-opus-5', 'noPrefix'],
  ['anthropic.claude-sonnet-4-6[1m]', 'eu-west-1', 'eu.anthropic.claude-sonnet-4-6', 'noPrefix'],
])('%s in %s is %s: %s', (given, region, id, why) => {
  expect(translateLegacyModel(given, region)).toEqual({ id, why });
});

test.each([
  'opus',
  'default',
  'us.anthropic.claude-opus-5-5',
  'global.anthropic.claude-haiku-4-5-20251001-v1:0',
  'claude-sonnet-4-6',
  'claude-opus-4-5-20251101',
  'arn:aws:bedrock:us-west-2:1:application-inference-profile/x',
  'something-else',
])('nothing is the matter with %s', (given) => {
  expect(translateLegacyModel(given, 'us-east-1')).toBeNull();
});

test('what is left out of a wish to resolve leaves the environment’s own', () => {
  expect(procedures['models.resolve'].input.parse({})).toEqual({});
});
