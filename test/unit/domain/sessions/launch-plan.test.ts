import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quoteForShell } from '../../../../src/domain/desktop/shell-quoting.ts';
import {
  type LaunchInput,
  launchPlan,
  shellEnvironment,
} from '../../../../src/domain/sessions/launch-plan.ts';

const input: LaunchInput = {
  platform: 'linux',
  id: '0f0e0d0c-0b0a-4000-8000-000000000001',
  region: 'us-west-2',
  model: null,
  smallFastModel: null,
  pins: { opus: null, sonnet: null, fable: null },
  kept: null,
  identityMode: 'bedrock-only',
  endpointUrl: null,
  personEnv: {
    PATH: '/bin',
    AWS_REGION: 'eu-west-1',
    AWS_PROFILE: 'theirs',
    CLAUDECODE: '1',
    TMUX: '/tmp/x',
  },
  personSettingsEnv: {},
  permissionMode: null,
  addDirs: [],
  name: null,
  args: ['--verbose'],
  personSettings: null,
  conversation: { how: 'new', id: '0f0e0d0c-0b0a-4000-8000-000000000002' },
  hookCommand: [
    '/bin/sh',
    '/opt/tray/hook-relay.sh',
    '/opt/node',
    '/opt/tray/hook-relay.cjs',
    '/run/agent.sock',
    'the-session',
  ],
  exportCommand: ['/opt/node 24/node', "/x/it's/hand-out.cjs", '--socket', '/s'],
  files: { settings: '/f/settings.json', restore: '/f/restore', awsConfig: '/f/config', empty: '/f/empty' },
};
const settingsOf = (over: Partial<LaunchInput> = {}) =>
  JSON.parse(launchPlan({ ...input, ...over }).settings);

describe('launchPlan', () => {
  it('sets the pins of the environment, and what keeps it in its geography before them', () => {
    const pins = { opus: 'eu.anthropic.claude-opus-5', sonnet: null, fable: null };
    expect(settingsOf({ pins }).env).toMatchObject({ ANTHROPIC_DEFAULT_OPUS_MODEL: pins.opus });
    expect(settingsOf({ pins }).env).not.toHaveProperty('ANTHROPIC_DEFAULT_SONNET_MODEL');
    const kept = {
      model: 'eu.anthropic.claude-opus-5-5',
      env: { ANTHROPIC_DEFAULT_SONNET_MODEL: 'eu.anthropic.claude-sonnet-5', CLAUDE_CODE_SUBAGENT_MODEL: '' },
      modelOverrides: { 'claude-opus-5': 'eu.anthropic.claude-opus-5' },
    };
    const personSettings = {
      modelOverrides: { 'claude-opus-5': 'global.anthropic.claude-opus-5', own: 'x' },
    };
    const plan = launchPlan({ ...input, pins, kept, personSettings });
    expect(plan.args.join(' ')).toContain('--model eu.anthropic.claude-opus-5-5');
    const settings = JSON.parse(plan.settings);
    expect(settings.env).toMatchObject({ ...kept.env, ANTHROPIC_DEFAULT_OPUS_MODEL: pins.opus });
    expect(settings.modelOverrides).toEqual({ ...kept.modelOverrides, own: 'x' });
    // Claude's own shell commands see what the person had.
    expect(plan.restore).toContain('unset CLAUDE_CODE_SUBAGENT_MODEL');
  });

  it.runIf(process.platform !== 'win32')("exports credentials whatever the person's NODE_OPTIONS say", () => {
    const exportCommand = [process.execPath, '-e', 'console.log("keys")', '--'];
    const run = (command: string) =>
      execFileSync('/bin/sh', ['-c', command], {
        env: { ...process.env, NODE_OPTIONS: '--require /not/there.js' },
        encoding: 'utf8',
        stdio: 'pipe',
      });
    expect(() => run(quoteForShell(exportCommand, 'linux'))).toThrow('/not/there.js');
    expect(run(settingsOf({ exportCommand }).awsCredentialExport)).toBe('keys\n');
    const { awsConfig } = launchPlan({ ...input, exportCommand, identityMode: 'whole-session' });
    expect(run(/^credential_process = (.*)$/m.exec(awsConfig ?? '')?.[1] ?? '')).toBe('keys\n');
  });

  it('passes one settings file, the conversation and then what the person said', () => {
    expect(launchPlan(input).args).toEqual([
      '--settings',
      '/f/settings.json',
      '--session-id',
      '0f0e0d0c-0b0a-4000-8000-000000000002',
      '--verbose',
    ]);
    const resumed = launchPlan({
      ...input,
      conversation: { how: 'resume', id: 'c' },
      model: 'm',
      permissionMode: 'plan',
      addDirs: ['/a b', '/c'],
      name: 'a name',
      args: ['a prompt'],
    });
    expect(resumed.args).toEqual([
      ...['--add-dir', '/a b', '/c', '--settings', '/f/settings.json', '--resume', 'c', '--model', 'm'],
      ...['--permission-mode', 'plan', '--name', 'a name', 'a prompt'],
    ]);
    expect(launchPlan({ ...input, conversation: { how: 'own' }, args: ['--continue'] }).args).toEqual([
      '--settings',
      '/f/settings.json',
      '--continue',
    ]);
  });

  it("leaves the person's environment alone but for marks of the shell it came from", () => {
    expect(launchPlan(input).env).toEqual({
      PATH: '/bin',
      AWS_REGION: 'eu-west-1',
      AWS_PROFILE: 'theirs',
      TERM: 'xterm-256color',
      COLORTERM: 'truecolor',
    });
  });

  it('decides provider, region, address and models in the settings file, and nothing more about AWS', () => {
    const { env } = settingsOf({ model: 'm', smallFastModel: 's', endpointUrl: 'https://vpce' });
    expect(env).toMatchObject({
      CLAUDE_CODE_USE_BEDROCK: '1',
      CLAUDE_CODE_USE_VERTEX: '',
      AWS_REGION: 'us-west-2',
      AWS_BEARER_TOKEN_BEDROCK: '',
      ANTHROPIC_BEDROCK_BASE_URL: 'https://vpce',
      ANTHROPIC_MODEL: 'm',
      ANTHROPIC_DEFAULT_HAIKU_MODEL: 's',
    });
    expect(Object.keys(env).filter((n) => n.startsWith('AWS_'))).toEqual([
      'AWS_REGION',
      'AWS_BEARER_TOKEN_BEDROCK',
      'AWS_ENDPOINT_URL',
      'AWS_ENDPOINT_URL_BEDROCK',
      'AWS_ENDPOINT_URL_BEDROCK_RUNTIME',
    ]);
    // No settings file sends requests elsewhere; what the person's environment says of that holds.
    const AWS_ENDPOINT_URL = 'https://theirs.example';
    expect(settingsOf({ personEnv: { AWS_ENDPOINT_URL } }).env).toMatchObject({
      ANTHROPIC_SMALL_FAST_MODEL_AWS_REGION: '',
      AWS_ENDPOINT_URL,
      AWS_ENDPOINT_URL_BEDROCK: '',
      AWS_ENDPOINT_URL_BEDROCK_RUNTIME: '',
    });
    expect(settingsOf().env.ANTHROPIC_BEDROCK_BASE_URL).toBe('');
  });

  it('folds in the settings that the person passed: theirs stay, ours decide', () => {
    const theirs = { matcher: 'startup', hooks: [] };
    const folded = settingsOf({
      personSettings: {
        awsCredentialExport: 'evil',
        awsAuthRefresh: 'evil',
        permissions: { allow: ['Bash(ls)'] },
        env: { AWS_REGION: 'cn-north-1', MINE: '1' },
        hooks: { Stop: [theirs], SessionStart: [theirs] },
      },
    });
    expect(folded.permissions).toEqual({ allow: ['Bash(ls)'] });
    expect(folded.awsCredentialExport).toContain('hand-out.cjs');
    expect(folded.awsAuthRefresh).toBe('');
    expect(folded.env).toMatchObject({ AWS_REGION: 'us-west-2', MINE: '1' });
    expect(folded.hooks.Stop[0]).toEqual(theirs);
    expect(folded.hooks.SessionStart[0]).toEqual(theirs);
  });

  it('restores whatever stands under our names, byte for byte, in a real shell', () => {
    const value = fc
      .string({ unit: 'binary', maxLength: 30 })
      .map((s) => s.replaceAll('\0', '').toWellFormed());
    fc.assert(
      fc.property(value, fc.option(value), (region, token) => {
        const { restore } = launchPlan({
          ...input,
          personEnv: { AWS_REGION: region },
          personSettingsEnv: token === null ? {} : { AWS_BEARER_TOKEN_BEDROCK: token },
        });
        const shown = execFileSync('/bin/sh', ['-c', `${restore}\nexec env -0`], {
          env: {
            AWS_REGION: 'ours',
            AWS_BEARER_TOKEN_BEDROCK: '',
            CLAUDE_CODE_USE_BEDROCK: '1',
            PATH: '/usr/bin:/bin',
          },
        })
          .toString()
          .split('\0');
        expect(shown).toContain(`AWS_REGION=${region}`);
        if (token === null) expect(shown.filter((l) => l.startsWith('AWS_BEARER'))).toEqual([]);
        else expect(shown).toContain(`AWS_BEARER_TOKEN_BEDROCK=${token}`);
        expect(shown.filter((l) => l.startsWith('CLAUDE_CODE_'))).toEqual([]);
      }),
      { numRuns: process.env.CI ? 200 : 30 },
    );
  });

  it("goes on to the person's own file of shell variables", () => {
    const { settings, restore } = launchPlan({ ...input, personEnv: { CLAUDE_ENV_FILE: '/their file' } });
    expect(JSON.parse(settings).env.CLAUDE_ENV_FILE).toBe('/f/restore');
    expect(restore).toContain("export CLAUDE_ENV_FILE='/their file'\n");
    expect(restore?.trimEnd().endsWith("if [ -r '/their file' ]; then . '/their file'; fi")).toBe(true);
  });

  it('gives children our identity in whole-session, through a config file of its own', () => {
    const plan = launchPlan({
      ...input,
      identityMode: 'whole-session',
      personEnv: { ...input.personEnv, AWS_ACCESS_KEY_ID: 'AKIA', AWS_ROLE_ARN: 'arn' },
    });
    expect(Object.keys(plan.env).filter((n) => n.startsWith('AWS_'))).toEqual(['AWS_REGION', 'AWS_PROFILE']);
    expect(plan.restore).toBeNull();
    const settings = JSON.parse(plan.settings);
    expect(settings.env.CLAUDE_ENV_FILE).toBeUndefined();
    expect(settings.env).toMatchObject({
      AWS_PROFILE: 'bedrock-tray',
      AWS_CONFIG_FILE: '/f/config',
      AWS_SHARED_CREDENTIALS_FILE: '/f/empty',
      AWS_ACCESS_KEY_ID: '',
      AWS_REGION: 'us-west-2',
    });
    expect(plan.awsConfig).toBe(
      '[profile bedrock-tray]\nregion = us-west-2\n' +
        `credential_process = /usr/bin/env NODE_OPTIONS= "/opt/node 24/node" "/x/it's/hand-out.cjs" --socket /s --format process\n`,
    );
  });

  it('gives a shell the same, as its environment', () => {
    const { env } = shellEnvironment({ ...input, model: 'm' });
    expect(env).toMatchObject({
      CLAUDE_CODE_USE_BEDROCK: '1',
      AWS_REGION: 'us-west-2',
      AWS_PROFILE: 'bedrock-tray',
      ANTHROPIC_MODEL: 'm',
    });
    expect(Object.values(env)).not.toContain('');
  });
});

describe('quoteForShell', () => {
  it('keeps every word, in either style', () => {
    const words = fc.array(
      fc.string({ unit: 'binary', maxLength: 12 }).map((s) => s.replace(/[\0\n]/g, '').toWellFormed()),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(words, fc.constantFrom('single' as const, 'double' as const), (argv, style) => {
        const script = `for w in ${quoteForShell(argv, 'linux', style)}; do printf '%s\\0' "$w"; done`;
        expect(execFileSync('/bin/sh', ['-c', script]).toString().split('\0').slice(0, -1)).toEqual(argv);
      }),
      { numRuns: process.env.CI ? 200 : 30 },
    );
    expect(quoteForShell(['C:\\Program Files\\node.exe', 'a'], 'win32')).toBe(
      '"C:\\Program Files\\node.exe" a',
    );
  });
});
