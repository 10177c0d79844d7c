import { expect, test } from 'vitest';
import { ModelId, Region } from '../../../../src/contract/names.ts';
import {
  bedrockRegions,
  regionPrefix,
  shippedProfiles,
} from '../../../../src/domain/bedrock/bedrock-models.ts';

test.each([
  ['us-gov-west-1', 'us-gov.', 'us-gov.'],
  ['us-west-2', 'us.', 'us.'],
  ['eu-central-1', 'eu.', 'eu.'],
  // Claude Code takes apac. by itself, which the models of today no longer have.
  ['ap-northeast-1', 'apac.', 'jp.'],
  ['ap-southeast-2', 'apac.', 'au.'],
  ['ap-south-1', 'apac.', 'global.'],
  ['ca-central-1', 'global.', 'global.'],
  ['sa-east-1', 'global.', 'global.'],
])('in %s Claude Code takes %s and the table has %s', (region, claude, table) => {
  expect(regionPrefix(region)).toBe(claude);
  expect(shippedProfiles(region)[0]?.id.startsWith(table)).toBe(true);
});

test('the table fits the contract and names nothing twice', () => {
  expect(bedrockRegions.every((r) => Region.safeParse(r).success)).toBe(true);
  for (const region of bedrockRegions) {
    const ids = shippedProfiles(region).map((m) => m.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.every((id) => ModelId.safeParse(id).success)).toBe(true);
  }
});
