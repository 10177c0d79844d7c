import { expect, test } from 'vitest';
import { askedModel } from '../../../../src/domain/bedrock/bedrock-models.ts';
import { proposedBedrockRegion } from '../../../../src/domain/bedrock/bedrock-proposals.ts';

const regions = ['us-east-1', 'eu-west-1'];

test.each([
  [[null, undefined, 'eu-west-1', 'us-east-1'], 'eu-west-1'],
  // The portal is where Bedrock is not.
  [['af-south-1'], 'us-east-1'],
  [['af-south-1', 'eu-west-1'], 'eu-west-1'],
  // Regions of other partitions are not in the list.
  [['us-gov-west-1', 'eu-west-1'], 'us-gov-west-1'],
  [[], 'us-east-1'],
])('%j: %s', (wishes, region) => expect(proposedBedrockRegion(wishes, regions)).toBe(region));

test('the model that Bedrock is asked for', () => {
  expect(askedModel('us.anthropic.claude-sonnet-5[1m]', 'us-east-1')).toBe('us.anthropic.claude-sonnet-5');
  const arn = 'arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/x';
  expect(askedModel(arn, 'us-east-1')).toBe(arn);
  expect(askedModel(null, 'eu-west-3')).toBe('eu.anthropic.claude-opus-5-5');
  expect(askedModel(null, 'us-gov-west-1')).toBe('us-gov.anthropic.claude-opus-5-5');
});
