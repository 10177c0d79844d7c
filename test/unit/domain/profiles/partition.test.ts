import { describe, expect, test } from 'vitest';
import {
  partitionFacts,
  partitionIdOf,
  partitionOfArn,
  partitionOfRegion,
  partitionOfStartUrl,
  permissionSetArnPattern,
  portalConsoleUrl,
  roleOfArn,
} from '../../../../src/domain/profiles/partition.ts';

test.each([
  ['us-east-1', 'aws'],
  ['eu-central-2', 'aws'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['cn-northwest-1', 'aws-cn'],
  ['', 'aws'],
])('region %j is of %s', (region, partition) => {
  expect(partitionOfRegion(region)).toBe(partition);
});

test.each([
  ['https://d-1234567890.awsapps.com/start', 'aws'],
  ['https://corp.awsapps.com/start#/', 'aws'],
  ['https://start.us-gov-home.awsapps.com/directory/d-1234567890', 'aws-us-gov'],
  ['https://start.home.awsapps.cn/directory/d-1234567890', 'aws-cn'],
  ['https://ssoins-1234567890abcdef.portal.eu-west-1.app.aws', 'aws'],
  ['https://ssoins-1234567890abcdef.portal.us-gov-east-1.app.aws/', 'aws-us-gov'],
  ['https://sso.corp.example/start', null],
  ['https://awsapps.com.evil.example/start', null],
  ['https://x.awsapps.com@evil.example/start', null],
  ['no address', null],
])('start URL %s is of %s', (url, partition) => {
  expect(partitionOfStartUrl(url)).toBe(partition);
});

describe('ARNs', () => {
  test('partition', () => {
    expect(partitionOfArn('arn:aws-cn:iam::111122223333:role/R')).toBe('aws-cn');
    expect(partitionOfArn('arn:aws-iso:iam::111122223333:role/R')).toBeNull();
    expect(partitionOfArn('arn:constructor:x')).toBeNull();
    expect(partitionOfArn('R')).toBeNull();
  });
  test('role', () => {
    const reserved = 'AWSReservedSSO_Power_User_0123456789abcdef';
    expect(
      roleOfArn(`arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/${reserved}`),
    ).toEqual({ accountId: '111122223333', roleName: reserved });
    expect(roleOfArn('arn:aws-us-gov:sts::111122223333:assumed-role/Admin/me@corp')).toEqual({
      accountId: '111122223333',
      roleName: 'Admin',
    });
    for (const none of ['', 'arn:aws:iam::111122223333:user/me', 'arn:aws:iam::1:role/R', 'role/R']) {
      expect(roleOfArn(none), none).toBeNull();
    }
  });
  test('of a permission set, as a pattern', () => {
    expect(permissionSetArnPattern('aws-cn', '111122223333', 'Dev')).toBe(
      'arn:aws-cn:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Dev_*',
    );
  });
});

test('links to the console hold no secret, and go to the right one', () => {
  const role = { accountId: '111122223333', roleName: 'Dev+Ops' };
  const link = 'https://x.awsapps.com/start/#/console?account_id=111122223333&role_name=Dev%2BOps';
  for (const startUrl of [
    'https://x.awsapps.com/start',
    'https://x.awsapps.com/start/',
    'https://x.awsapps.com/start#/',
  ]) {
    expect(portalConsoleUrl(startUrl, role)).toBe(link);
  }
  expect(portalConsoleUrl('https://x.awsapps.com/start', role, 'https://a/?b=c')).toBe(
    `${link}&destination=https%3A%2F%2Fa%2F%3Fb%3Dc`,
  );
});

test('partitions of which only the addresses are known are told apart by them, and shown as the commercial one', () => {
  const regions = ['us-east-1', 'us-gov-west-1', 'cn-north-1', 'us-isob-east-1', 'eusc-de-east-1'];
  expect(regions.map(partitionIdOf)).toEqual(['aws', 'aws-us-gov', 'aws-cn', 'aws-iso-b', 'aws-eusc']);
  expect(regions.map(partitionOfRegion)).toEqual(['aws', 'aws-us-gov', 'aws-cn', 'aws', 'aws']);
  expect(partitionFacts('aws-cn')).toMatchObject({ dnsSuffix: 'amazonaws.com.cn', homeRegion: 'cn-north-1' });
  for (const id of ['aws-of-tomorrow', 'constructor'])
    expect(partitionFacts(id).homeRegion).toBe('us-east-1');
});
