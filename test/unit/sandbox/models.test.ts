import { describe, expect, it } from 'vitest';
import { profilesOf, resolveModel } from '../../../src/sandbox/models.ts';

const account = '111122223333';
const idsIn = (region: string) =>
  profilesOf(region, account).map(({ inferenceProfileId }) => inferenceProfileId);

describe('models', () => {
  it.each([
    ['us-east-1', 'us.', ['us.', 'global.']],
    ['eu-west-1', 'eu.', ['eu.', 'global.']],
    ['us-gov-west-1', 'us-gov.', ['us-gov.']],
    ['ap-northeast-1', 'jp.', ['jp.', 'global.']],
    ['ap-southeast-2', 'au.', ['au.', 'global.']],
    ['ap-south-1', 'global.', ['global.']],
    ['sa-east-1', 'global.', ['global.']],
  ])('%s carries Opus 5.5 under its own prefixes', (region, _, prefixes) => {
    const opus = idsIn(region).filter((id) => id.endsWith('anthropic.claude-opus-5-5'));
    expect(opus).toEqual(prefixes.map((prefix) => `${prefix}anthropic.claude-opus-5-5`));
  });

  it('resolves ids, ARNs and application profiles', () => {
    const id = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
    const arn = `arn:aws:bedrock:us-east-1:${account}:inference-profile/${id}`;
    expect(resolveModel('us-east-1', account, id)).toMatchObject({ kind: 'ok', resourceArn: arn });
    expect(resolveModel('us-east-1', account, arn)).toMatchObject({ kind: 'ok', resourceArn: arn });
    const own = profilesOf('us-east-1', account).find(({ type }) => type === 'APPLICATION');
    expect(resolveModel('us-east-1', account, own?.inferenceProfileArn ?? '')).toMatchObject({ kind: 'ok' });
    expect(resolveModel('us-east-1', account, 'amazon.nova-lite-v1:0')).toMatchObject({ kind: 'ok' });
  });

  it('tells an unknown id from one that needs a profile', () => {
    expect(resolveModel('us-east-1', account, 'anthropic.claude-opus-5-5').kind).toBe('needs-profile');
    expect(resolveModel('us-east-1', account, 'claude-opus-5-5').kind).toBe('invalid');
    expect(resolveModel('us-east-1', account, 'eu.anthropic.claude-opus-5-5').kind).toBe('invalid');
    const elsewhere = `arn:aws:bedrock:eu-west-1:${account}:inference-profile/eu.anthropic.claude-opus-5-5`;
    expect(resolveModel('us-east-1', account, elsewhere).kind).toBe('invalid');
  });
});
