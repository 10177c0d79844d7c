import { expect, test } from 'vitest';
import { roleArnCandidates, sessionRole } from '../../../../src/domain/policies/principal.ts';

test('the role of a permission set has a path with the region of IAM Identity Center', () => {
  const role = sessionRole('arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Dev_0123456789abcdef/dana');
  expect(role).toEqual({
    partition: 'aws',
    accountId: '111122223333',
    roleName: 'AWSReservedSSO_Dev_0123456789abcdef',
  });
  const base = 'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/';
  const name = 'AWSReservedSSO_Dev_0123456789abcdef';
  expect(role && roleArnCandidates(role, ['eu-west-1'])).toEqual([`${base}eu-west-1/${name}`, base + name]);
  expect(role && roleArnCandidates(role, ['us-east-1'])[0]).toBe(base + name);
});

test('another role is taken for one without a path; a user is none', () => {
  const role = sessionRole('arn:aws-us-gov:sts::111122223333:assumed-role/Builder/x');
  expect(role && roleArnCandidates(role, ['us-gov-west-1'])).toEqual([
    'arn:aws-us-gov:iam::111122223333:role/Builder',
  ]);
  expect(sessionRole('arn:aws:iam::111122223333:user/dana')).toBeNull();
});
