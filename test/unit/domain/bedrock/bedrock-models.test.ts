import { expect, test } from 'vitest';
import { ModelId, Region } from '../../../../src/contract/names.ts';
import {
  bedrockRegions,
  regionPrefix,
  shippedModels,
} from '../../../../src/domain/bedrock/bedrock-models.ts';

test.each([
  ['us-gov-west-1', 'us-gov.'],
  ['us-west-2', 'us.'],
  ['eu-central-1', 'eu.'],
  ['ap-northeast-1', 'apac.'],
  ['ca-central-1', 'global.'],
  ['sa-east-1', 'global.'],
])('inference profiles of %s begin with %s', (region, prefix) => {
  expect(regionPrefix(region)).toBe(prefix);
  expect(shippedModels(region)[0]?.id.startsWith(prefix)).toBe(true);
});

test('the table fits the contract and names nothing twice', () => {
  expect(bedrockRegions.every((r) => Region.safeParse(r).success)).toBe(true);
  for (const region of bedrockRegions) {
    const ids = shippedModels(region).map((m) => m.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => ModelId.safeParse(id).success)).toBe(true);
  }
});
