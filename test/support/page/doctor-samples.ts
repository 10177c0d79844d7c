import type { DoctorCheck, DoctorLink, Finding, FixPreview, Remedy } from '../../../src/contract/doctor.ts';

/** What the doctor finds on a machine where all is well, and on one where much is not. */

type Checks = Readonly<Partial<Record<DoctorLink, Partial<DoctorCheck>>>>;

const seen: Readonly<Record<DoctorLink, readonly [evidence: string, command: string | null]>> = {
  config: ['dev · us-west-2', 'aws configure list --profile dev'],
  files: ['14 files and folders', 'ls -ld ~/.aws ~/.aws/sso/cache ~/.config/bedrock-tray'],
  clock: ['0.2 s', 'curl -sI https://sts.us-west-2.amazonaws.com | grep -i ^date'],
  dns: [
    'bedrock-runtime.us-west-2.amazonaws.com 52.94.133.131',
    'nslookup bedrock-runtime.us-west-2.amazonaws.com',
  ],
  proxy: ['http://proxy.example.com:3128', 'env | grep -i _proxy'],
  certificates: [
    'Amazon RSA 2048 M04',
    'openssl s_client -connect sts.us-west-2.amazonaws.com:443 </dev/null',
  ],
  signIn: ['corp · 7 h 12 min', 'aws sso login --sso-session corp'],
  credentials: ['123456789012 / BedrockDeveloper', 'bedrock-tray export-credentials --profile dev'],
  identity: [
    'arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_BedrockDeveloper_1a2b3c4d5e6f7a8b/dana@example.com',
    'aws sts get-caller-identity --profile dev',
  ],
  region: ['us-west-2', 'aws bedrock list-foundation-models --region us-west-2 --profile dev'],
  models: ['14 models in us-west-2', 'aws bedrock list-inference-profiles --region us-west-2 --profile dev'],
  endpoint: [
    'https://bedrock-runtime.us-west-2.amazonaws.com',
    'curl -sv -o /dev/null https://bedrock-runtime.us-west-2.amazonaws.com/',
  ],
  answer: ['us.anthropic.claude-sonnet-4-5-20250929-v1:0 · 8 + 1', 'bedrock-tray doctor --ask'],
  streaming: ['12 · 640 ms', 'bedrock-tray doctor --ask'],
  claude: ['2.1.330 · /usr/local/bin/claude', 'claude --version'],
  claudeSettings: ['~/.claude/settings.json', 'cat ~/.claude/settings.json'],
  variables: ['AWS_PROFILE, AWS_REGION', 'env | grep ^AWS_'],
  hooks: ['18 ms', null],
  defaultProfile: ['~/.aws/config', 'aws configure list --profile default'],
  integration: ['~/.claude/settings.json', 'bedrock-tray integrate'],
  keys: ['0', 'aws iam list-access-keys'],
  trail: ['management-events (all regions)', 'aws cloudtrail describe-trails --region us-west-2'],
  quota: ['200000 / min', 'aws service-quotas list-service-quotas --service-code bedrock --region us-west-2'],
};

export function well(
  link: DoctorLink,
): Pick<DoctorCheck, 'state' | 'evidence' | 'command' | 'findings' | 'ms'> {
  const [evidence, command] = seen[link];
  return { state: 'ok', evidence, command, findings: [], ms: 40 + seen[link][0].length * 7 };
}

const button = (kind: Remedy['kind'], text: string | null = null): Remedy => ({ kind, fix: null, text });
const command = (text: string): Remedy => button('command', text);
const finding = (
  level: Finding['level'],
  code: string,
  params: Finding['params'],
  remedies: Remedy[] = [],
): Finding => ({ level, code, params, remedies });

/** Nobody has agreed to what costs money. */
export const notAsked: Partial<DoctorCheck> = {
  state: 'skipped',
  evidence: null,
  ms: null,
  findings: [finding('info', 'notAsked', {}, [button('ask'), command('bedrock-tray doctor --ask')])],
};

/** One of nearly everything: each kind of remedy, and a hostile name. */
export const ill: Checks = {
  files: {
    state: 'warning',
    findings: [
      finding('warning', 'fileOpen', { file: '~/.aws/credentials', mode: '0644' }, [
        { kind: 'fix', fix: 'permissions', text: null },
        command('bedrock-tray doctor --fix'),
      ]),
    ],
  },
  clock: {
    state: 'warning',
    evidence: '7 min',
    findings: [finding('warning', 'clockBehind', { minutes: 7 }, [command('sudo timedatectl set-ntp true')])],
  },
  signIn: {
    state: 'failed',
    evidence: 'corp',
    findings: [
      finding('failed', 'SignInNeeded', { ssoSession: 'corp', startUrl: 'https://corp.awsapps.com/start' }, [
        button('signIn', 'corp'),
        command('bedrock-tray login --sso-session corp'),
      ]),
    ],
  },
  credentials: { state: 'skipped', evidence: null, ms: null },
  identity: { state: 'skipped', evidence: null, ms: null },
  models: {
    state: 'failed',
    evidence: '13 models in us-west-2',
    findings: [
      finding('failed', 'modelNeedsProfile', { model: 'anthropic.claude-sonnet-4-5-20250929-v1:0' }, [
        { kind: 'fix', fix: 'model', text: null },
        button('models', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'),
        command('bedrock-tray models'),
      ]),
    ],
  },
  claude: {
    state: 'failed',
    evidence: null,
    findings: [
      finding('failed', 'ClaudeNotInstalled', { searched: 'PATH' }, [
        button('installClaude'),
        command('curl -fsSL https://claude.ai/install.sh | bash'),
      ]),
    ],
  },
  claudeSettings: {
    state: 'warning',
    evidence: '~/.claude/settings.json \u202egnp.exe\u202c\nAWS_PROFILE',
    findings: [
      finding(
        'warning',
        'settingsRival',
        { file: '~/.claude/settings.json', keys: 'env.AWS_PROFILE, env.AWS_REGION' },
        [{ kind: 'fix', fix: 'claudeSettings', text: null }, command('vi ~/.claude/settings.json')],
      ),
    ],
  },
  keys: {
    state: 'warning',
    evidence: '1',
    findings: [
      finding('warning', 'oldKey', { profile: 'ci', key: 'AKIA…7Q2A', days: 412 }, [
        button('policy'),
        command('bedrock-tray configure sso'),
      ]),
    ],
  },
  quota: {
    state: 'warning',
    evidence: '10000 / min',
    findings: [
      finding(
        'warning',
        'quotaLow',
        { model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', tokens: 10000 },
        [
          button(
            'link',
            'https://us-west-2.console.aws.amazon.com/servicequotas/home/services/bedrock/quotas',
          ),
          button('models'),
          button('environment', 'dev'),
          button('settings'),
        ],
      ),
    ],
  },
  trail: { findings: [finding('info', 'trailEmpty', { region: 'us-west-2' })] },
};

export const repairs: readonly FixPreview[] = [
  {
    fix: 'permissions',
    file: '/home/dana/.aws/credentials',
    diff: '-0644\n+0600',
  },
  {
    fix: 'claudeSettings',
    file: '/home/dana/.claude/settings.json',
    diff: '--- settings.json\n+++ settings.json\n@@ -1,8 +1,6 @@\n {\n   "env": {\n-    "AWS_PROFILE": "old",\n-    "AWS_REGION": "eu-west-1",\n     "EDITOR": "vi"\n   }\n }',
  },
];

export function report(checks: readonly DoctorCheck[], maskAccounts: boolean): string {
  const lines = checks.map(
    ({ link, state, evidence }) => `${link.padEnd(16)} ${state.padEnd(8)} ${evidence ?? ''}`,
  );
  const text = ['Bedrock Tray 0.9.0, doctor', '', ...lines].join('\n');
  return maskAccounts ? text.replace(/\b\d{12}\b/g, '************') : text;
}
