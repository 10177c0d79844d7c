import { expect, test } from 'vitest';
import { modelLabel } from '../../../renderer/src/model/model-label.ts';

test.for([
  ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'Sonnet 4.5'],
  ['global.anthropic.claude-opus-4-8', 'Opus 4.8'],
  ['anthropic.claude-opus-5', 'Opus 5'],
  ['anthropic.claude-3-5-haiku-20241022-v1:0', 'Haiku 3.5'],
  ['anthropic.claude-3-haiku-20240307-v1:0', 'Haiku 3'],
  ['eu.anthropic.claude-opus-4-8[1m]', 'Opus 4.8'],
  ['claude-sonnet-4-20250514', 'Sonnet 4'],
  ['arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3', 'a1b2c3'],
  ['sonnet', 'sonnet'],
])('%s is called %s', ([id, name]) => {
  expect(modelLabel(id as string)).toBe(name);
});
