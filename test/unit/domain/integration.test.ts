import { describe, expect, test } from 'vitest';
import type { Environment } from '../../../src/contract/index.ts';
import {
  checkIntegration,
  exportCommand,
  type IntegrationWish,
  integrationProfile,
  isOurExport,
  isOurProcess,
  managedRivals,
  settingsPlan,
} from '../../../src/domain/integration.ts';

const environment: Environment = {
  name: 'work',
  profile: "my dev's",
  region: 'us-west-2',
  model: null,
  smallFastModel: null,
  identityMode: 'bedrock-only',
  endpointUrl: null,
  pins: { opus: null, sonnet: null, fable: null },
  geography: null,
  budget: null,
};
const wish: IntegrationWish = {
  environment,
  launcher: '/home/a b/state/bin/bedrock-tray',
  platform: 'linux',
  loginEnv: {},
};
const windows = { ...wish, platform: 'win32', launcher: 'C:\\Users\\a b\\state\\bin\\bedrock-tray.cmd' };
const written = {
  awsCredentialExport: exportCommand(wish),
  env: { CLAUDE_CODE_USE_BEDROCK: '1', AWS_REGION: 'us-west-2' },
};

describe('commands', () => {
  test('of the export, for each platform’s shell', () => {
    expect(exportCommand(wish)).toBe(
      `'/home/a b/state/bin/bedrock-tray' export-credentials --profile 'my dev'\\''s' --format claude --claude-pid $PPID`,
    );
    expect(exportCommand(windows)).toBe(
      `"C:\\Users\\a b\\state\\bin\\bedrock-tray.cmd" export-credentials --profile "my dev's" --format claude --claude-pid 0`,
    );
  });
  test('ours are known again, others are not', () => {
    for (const each of [wish, windows]) {
      expect(isOurExport(exportCommand(each))).toBe(true);
      expect(isOurProcess(integrationProfile(each).credential_process)).toBe(true);
    }
    for (const other of [
      'aws configure export-credentials --profile x',
      'bedrock-tray export-credentials --profile x --format claude',
      '/opt/my-bedrock-tray-like --claude-pid',
      '',
      undefined,
      7,
    ])
      expect(isOurExport(other), String(other)).toBe(false);
    expect(isOurProcess('aws-vault exec x')).toBe(false);
    expect(isOurProcess(undefined)).toBe(false);
  });
});

describe('the plan', () => {
  test('nothing where all is there, also beside other keys', () => {
    const settings = { ...written, env: { ...written.env, CLAUDE_CODE_USE_VERTEX: '', MINE: '1' } };
    expect(settingsPlan(settings, wish)).toEqual({ changes: [], setAside: false, rivals: [] });
  });
  test('the older name of the small model is taken along where it is there', () => {
    const small = { ...wish, environment: { ...environment, smallFastModel: 'haiku' } };
    const { changes, rivals } = settingsPlan({ env: { ANTHROPIC_SMALL_FAST_MODEL: 'old' } }, small);
    expect(changes.map((c) => c.path.at(-1))).toContain('ANTHROPIC_SMALL_FAST_MODEL');
    expect(rivals).toEqual(['ANTHROPIC_SMALL_FAST_MODEL']);
  });
});

test('models and pins of the environment are written', () => {
  const pins = { opus: 'us.anthropic.claude-opus-5', sonnet: null, fable: null };
  const { changes } = settingsPlan({}, { ...wish, environment: { ...environment, model: 'opus', pins } });
  const names = changes.map((c) => c.path.at(-1));
  expect(names).toEqual(expect.arrayContaining(['ANTHROPIC_MODEL', 'ANTHROPIC_DEFAULT_OPUS_MODEL']));
  expect(names).not.toContain('ANTHROPIC_DEFAULT_SONNET_MODEL');
});

describe('the check', () => {
  const profile = integrationProfile(wish);
  test.each([
    ['nothing there', {}, undefined, ['absent settings', 'absent config']],
    ['as it would be written', written, profile, ['present settings', 'present config']],
    [
      'of another environment',
      { ...written, env: { ...written.env, AWS_REGION: 'eu-west-1' } },
      { ...profile, region: 'eu-west-1' },
      ['outdated settings', 'outdated config'],
    ],
    [
      'ours, and a bearer token since',
      { ...written, env: { ...written.env, AWS_BEARER_TOKEN_BEDROCK: 'x' } },
      profile,
      ['outdated settings', 'present config'],
    ],
    ['another tool’s', { awsCredentialExport: 'x' }, { region: 'x' }, ['absent settings', 'profileTaken']],
    ['malformed', null, null, ['malformed settings', 'malformed config']],
  ])('%s', (_, settings, inConfig, found) => {
    const findings = checkIntegration({ settings, profile: inConfig, managed: {} }, wish);
    expect(findings.map((f) => ('file' in f ? `${f.code} ${f.file}` : f.code))).toEqual(found);
  });

  test('an administrator’s settings: only what differs and is set', () => {
    expect(managedRivals({}, wish)).toEqual([]);
    expect(managedRivals(written, wish)).toEqual([]);
    const managed = {
      awsCredentialExport: 'theirs',
      env: { AWS_REGION: 'eu-west-1', CLAUDE_CODE_USE_BEDROCK: '1', CLAUDE_CODE_USE_VERTEX: '1' },
    };
    expect(managedRivals(managed, wish)).toEqual([
      'AWS_REGION',
      'CLAUDE_CODE_USE_VERTEX',
      'awsCredentialExport',
    ]);
    const findings = checkIntegration({ settings: written, profile, managed }, wish);
    expect(findings.at(-1)).toMatchObject({ code: 'managed' });
  });
});
