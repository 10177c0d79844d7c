import { describe, expect, it } from 'vitest';
import { sourceKey } from '../../../src/agent/broker/brokerable-source.ts';
import { sessionNameOf, stsRegion } from '../../../src/agent/sources/sts-words.ts';
import type { CredentialSource } from '../../../src/domain/credentials/credential-source.ts';
import { roleOfArn } from '../../../src/domain/profiles/partition.ts';

const arn = (partition: string) => `arn:${partition}:iam::111122223333:role/a/b/Role`;

describe('STS is called', () => {
  it.each([
    ['aws', 'eu-west-1', {}, 'eu-west-1'],
    ['aws', null, { AWS_REGION: 'us-west-2', AWS_DEFAULT_REGION: 'us-east-2' }, 'us-west-2'],
    ['aws', null, { AWS_DEFAULT_REGION: 'us-east-2' }, 'us-east-2'],
    ['aws', null, {}, 'us-east-1'],
    ['aws-cn', null, { AWS_REGION: 'us-west-2' }, 'cn-north-1'],
    ['aws-cn', 'cn-northwest-1', {}, 'cn-northwest-1'],
    ['aws-us-gov', 'us-east-1', {}, 'us-gov-west-1'],
    ['aws-us-gov', 'us-gov-east-1', {}, 'us-gov-east-1'],
    ['aws', 'us-gov-west-1', {}, 'us-east-1'],
  ])('for a role of %s with region %s and %j in %s', (partition, region, env, expected) => {
    expect(stsRegion({ region, roleArn: arn(partition) }, env)).toBe(expected);
  });

  it('under a name of ours where the profile names none', () => {
    expect(sessionNameOf({ sessionName: null }, 1_700_000_000_999)).toBe('bedrock-tray-1700000000');
    expect(sessionNameOf({ sessionName: 'me' }, 0)).toBe('me');
  });
});

describe('sources', () => {
  it('are one source whatever the order of their fields and whichever profile they were found by', () => {
    const role = {
      kind: 'assume-role',
      roleArn: arn('aws'),
      source: { kind: 'static', profile: 'keys' },
      sourceProfile: 'keys',
      externalId: null,
      mfaSerial: null,
      sessionName: null,
      durationSeconds: null,
      region: null,
    } satisfies CredentialSource;
    const turned = Object.fromEntries(Object.entries(role).reverse()) as unknown as CredentialSource;
    expect(sourceKey(turned)).toBe(sourceKey({ ...role, sourceProfile: 'other' }));
    expect(sourceKey({ ...role, externalId: 'x' })).not.toBe(sourceKey(role));
  });

  it('say which role they are', () => {
    expect(roleOfArn(arn('aws-us-gov'))).toEqual({ accountId: '111122223333', roleName: 'Role' });
    expect(roleOfArn('arn:aws:iam::111122223333:user/x')).toBeNull();
  });
});
