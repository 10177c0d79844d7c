import type { ImportCandidate, ProfileView } from '../../../src/contract/index.ts';
import { BedrockTrayError } from '../../../src/contract/index.ts';

/** Profiles and candidates that a page's agent begins with. */

export function profile(name: string, more: Partial<ProfileView> = {}): ProfileView {
  return {
    name,
    kind: 'sso',
    ssoSession: 'corp',
    accountId: '123456789012',
    roleName: 'BedrockDeveloper',
    region: 'us-west-2',
    roleArn: null,
    chain: [],
    mfaSerial: null,
    partition: 'aws',
    notes: [],
    problem: null,
    ...more,
  };
}

const other = { ssoSession: null, accountId: null, roleName: null };

/** One of each kind, some with something to be said about them. */
export const everyKind: readonly ProfileView[] = [
  profile('dev'),
  profile('audit', { accountId: '210987654321', roleName: 'ReadOnly' }),
  profile('payments-admin', {
    kind: 'assume-role',
    chain: ['base', 'corp-login'],
    roleArn: 'arn:aws:iam::210987654321:role/Admin',
    accountId: '210987654321',
    roleName: 'Admin',
    mfaSerial: 'arn:aws:iam::123456789012:mfa/dana',
    notes: [
      { level: 'info', code: 'MfaNeeded', params: { mfaSerial: 'arn:aws:iam::123456789012:mfa/dana' } },
      { level: 'warning', code: 'ChainedHour', params: { seconds: 14_400 } },
    ],
  }),
  profile('old-portal', {
    kind: 'sso-legacy',
    ssoSession: 'https://old.awsapps.com/start',
    notes: [{ level: 'info', code: 'NoRefresh', params: { profile: 'old-portal' } }],
  }),
  profile('ci-keys', {
    ...other,
    kind: 'static',
    notes: [
      {
        level: 'warning',
        code: 'StaticKeys',
        params: { profile: 'ci-keys', file: '~/.aws/credentials', since: '2023-02-11' },
      },
    ],
  }),
  profile('vault', { ...other, kind: 'process', region: 'eu-west-1' }),
  profile('cluster', {
    ...other,
    kind: 'web-identity',
    roleArn: 'arn:aws:iam::345678901234:role/cluster',
    accountId: '345678901234',
    roleName: 'cluster',
  }),
  profile('gov', { partition: 'aws-us-gov', region: 'us-gov-west-1', ssoSession: 'gov' }),
  profile('circle', {
    ...other,
    kind: 'assume-role',
    roleArn: 'arn:aws:iam::345678901234:role/loop',
    problem: new BedrockTrayError('ProfileUnsupported', {
      profile: 'circle',
      reason: 'source_profile goes round in a circle: circle, round, circle',
    }).view(),
  }),
];

export const candidates: readonly ImportCandidate[] = [
  {
    id: 'legacy:old-portal',
    tool: 'legacy',
    how: 'convert',
    profile: 'old-portal',
    file: '~/.aws/config',
    summary: 'BedrockDeveloper in 123456789012 through [sso-session old]',
    writes:
      '+ [sso-session old]\n+ sso_start_url = https://old.awsapps.com/start\n+ sso_region = us-east-1\n+ sso_registration_scopes = sso:account:access\n\n  [profile old-portal]\n- sso_start_url = https://old.awsapps.com/start\n- sso_region = us-east-1\n+ sso_session = old\n',
    problem: null,
  },
  {
    id: 'granted:shared-ops',
    tool: 'granted',
    how: 'add',
    profile: 'shared-ops',
    file: '~/.aws/config',
    summary: 'Operations in 678901234567 through [sso-session corp]',
    writes:
      '[profile shared-ops]\nsso_session = corp\nsso_account_id = 678901234567\nsso_role_name = Operations\n',
    problem: null,
  },
  {
    id: 'aws-vault:keys',
    tool: 'aws-vault',
    how: 'add',
    profile: 'keys',
    file: '~/.aws/config',
    summary: 'Access keys in the keyring of aws-vault',
    writes: '',
    problem: new BedrockTrayError('ProfileUnsupported', {
      profile: 'keys',
      reason: 'its keys are in aws-vault’s own keyring',
    }).view(),
  },
];
