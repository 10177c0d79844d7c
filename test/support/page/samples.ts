import type {
  ActivityState,
  ActivityView,
  ConversationView,
  ImportCandidate,
  IntegrationFile,
  MeterView,
  ProfileView,
  SessionRequest,
  SessionView,
} from '../../../src/contract/index.ts';
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

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

export function activity(state: ActivityState, more: Partial<ActivityView> = {}, minutes = 3): ActivityView {
  return {
    state,
    sinceAt: Date.now() - (minutes + 0.5) * MINUTE,
    request: null,
    seen: true,
    reason: null,
    background: 0,
    ...more,
  };
}

export function request(more: Partial<SessionRequest> = {}): SessionRequest {
  return {
    id: 'request-1',
    kind: 'permission',
    tool: 'Bash',
    text: 'npm run migrate -- --dry-run',
    sinceAt: Date.now() - 2.5 * MINUTE,
    answerable: true,
    ...more,
  };
}

export function meter(
  costUsd: number | null,
  contextTokens: number,
  more: Partial<MeterView> = {},
): MeterView {
  return {
    costUsd,
    model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    contextTokens,
    contextSize: 200_000,
    inputTokens: 48_200,
    outputTokens: 9_120,
    cacheReadTokens: 812_000,
    cacheWriteTokens: 61_400,
    at: Date.now(),
    ...more,
  };
}

/** Sessions in every state, as a busy person has them; those with a terminal have to be opened. */
export const busyDay = (): Partial<SessionView>[] => [
  {
    id: crypto.randomUUID(),
    name: 'billing-service',
    cwd: '/home/dana/src/billing-service',
    activity: activity('needsYou', { request: request() }, 2),
    meter: meter(1.84, 124_000),
    cap: { usd: 2, stop: true },
    order: 0,
  },
  {
    id: crypto.randomUUID(),
    name: 'Checkout redesign',
    cwd: '/home/dana/src/web & shop',
    activity: activity('working', { background: 2 }, 11),
    meter: meter(0.42, 61_000),
    title: 'Extract the address form',
    pinned: true,
    order: 1,
  },
  {
    id: crypto.randomUUID(),
    name: '研发沙箱：发票对账',
    cwd: '/home/dana/src/invoices',
    environment: 'research',
    activity: activity('done', { seen: false }, 6),
    meter: meter(0.07, 22_000, { model: 'global.anthropic.claude-haiku-4-5-20251001-v1:0' }),
    order: 2,
  },
  {
    id: crypto.randomUUID(),
    name: 'data-pipeline',
    cwd: '/srv/data',
    environment: 'research',
    activity: activity('failed', { reason: 'rate_limit: too many requests, try again in 40 s' }, 1),
    meter: meter(null, 12_000, {
      model: 'arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/x7k2',
    }),
    order: 3,
  },
];

export const conversations: readonly ConversationView[] = [
  {
    id: 'cccccccc-0000-4000-8000-000000000001',
    cwd: '/home/dana/src/billing-service',
    title: 'Which invoices are overdue?',
    startedAt: Date.now() - 3 * 3_600_000,
    lastAt: Date.now() - 2 * 3_600_000,
    messages: 42,
    model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    deletedAt: Date.now() + 29 * DAY,
    session: null,
    snippet: { text: '… three invoices are overdue: INV-17, INV-21 and INV-30 …', matches: [[8, 16]] },
  },
  {
    id: 'cccccccc-0000-4000-8000-000000000002',
    cwd: '/home/dana/src/invoices',
    title: '发票对账为什么少了三张？',
    startedAt: Date.now() - 4 * DAY,
    lastAt: Date.now() - 3 * DAY,
    messages: 1,
    model: 'global.anthropic.claude-haiku-4-5-20251001-v1:0',
    deletedAt: null,
    session: null,
    snippet: {
      text: '…把发票按月份对账之后，三张 invoices 找到了…',
      matches: [
        [2, 4],
        [15, 23],
      ],
    },
  },
  {
    id: 'cccccccc-0000-4000-8000-000000000003',
    cwd: '/srv/data',
    title: '<img src=x onerror=alert(1)> and the pipeline',
    startedAt: Date.now() - 28 * DAY,
    lastAt: Date.now() - 27 * DAY,
    messages: 117,
    model: null,
    deletedAt: Date.now() + 2.5 * DAY,
    session: null,
    snippet: { text: '… load the invoices into the lake first …', matches: [[11, 19]] },
  },
];

export const integration: readonly IntegrationFile[] = [
  {
    file: '/home/dana/.claude/settings.json',
    state: 'absent',
    diff: '--- ~/.claude/settings.json\n+++ ~/.claude/settings.json\n@@ -1,3 +1,9 @@\n {\n-  "model": "sonnet"\n+  "model": "sonnet",\n+  "awsCredentialExport": "bedrock-tray export-credentials --profile dev --format claude",\n+  "env": {\n+    "CLAUDE_CODE_USE_BEDROCK": "1",\n+    "AWS_REGION": "us-west-2"\n+  }\n }\n',
    problem: null,
  },
  {
    file: '/home/dana/.aws/config',
    state: 'absent',
    diff: '--- ~/.aws/config\n+++ ~/.aws/config\n@@ -12,0 +13,3 @@\n+[profile bedrock-tray]\n+credential_process = bedrock-tray export-credentials --profile dev\n+region = us-west-2\n',
    problem: null,
  },
];
