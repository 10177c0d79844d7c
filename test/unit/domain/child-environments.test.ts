import { describe, expect, it } from 'vitest';
import { containerEnvironment } from '../../../src/domain/credentials/container-environment.ts';
import { demoEnvironment, demoShellFile } from '../../../src/domain/demo-environment.ts';

const endpoint = { url: 'http://127.0.0.1:4000/role/x', token: 'endpoint-token', region: 'eu-west-1' };

describe('the environment of exec', () => {
  it('leaves nothing that would win over the endpoint, in any spelling', () => {
    const env = containerEnvironment(
      {
        AWS_ACCESS_KEY_ID: 'AKIA',
        aws_profile: 'other',
        AWS_ROLE_ARN: 'arn',
        PATH: '/bin',
        AWS_CA_BUNDLE: '/ca.pem',
        EMPTY: undefined,
      },
      endpoint,
      null,
    );
    expect(env).toEqual({
      PATH: '/bin',
      AWS_CA_BUNDLE: '/ca.pem',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: endpoint.url,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: endpoint.token,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_REGION: 'eu-west-1',
      AWS_DEFAULT_REGION: 'eu-west-1',
    });
  });
  it('hides the AWS files only where [default] would win, and keeps a region when the profile has none', () => {
    const env = containerEnvironment({ AWS_REGION: 'us-west-2' }, { ...endpoint, region: null }, '/empty');
    expect(env.AWS_REGION).toBe('us-west-2');
    expect(env.AWS_CONFIG_FILE).toBe('/empty');
    expect(env.AWS_SHARED_CREDENTIALS_FILE).toBe('/empty');
  });
});

describe('the environment of the demo', () => {
  const given = {
    HOME: '/home/someone',
    PATH: '/bin',
    AWS_PROFILE: 'prod',
    ANTHROPIC_API_KEY: 'key',
    CLAUDE_CONFIG_DIR: '/home/someone/.claude',
    XDG_CONFIG_HOME: '/home/someone/.config',
    BEDROCK_TRAY_HOME: '/home/someone/.local/bt',
    BEDROCK_TRAY_NODE: '/node',
    DISPLAY: ':1',
    XDG_RUNTIME_DIR: '/run/user/1',
  };
  const env = demoEnvironment(given, '/tmp/demo', { AWS_REGION: 'us-east-1' }, '/opt/it’s/bin');
  it('names no folder of the real home', () => {
    expect(Object.values(env).filter((value) => value.includes('/home/someone'))).toEqual([]);
  });
  it('keeps what the desktop needs and drops the person’s AWS and Claude identity', () => {
    expect(env).toMatchObject({
      PATH: '/opt/it’s/bin:/bin',
      DISPLAY: ':1',
      XDG_RUNTIME_DIR: '/run/user/1',
      BEDROCK_TRAY_NODE: '/node',
      AWS_REGION: 'us-east-1',
    });
    expect(env).not.toHaveProperty('AWS_PROFILE');
    expect(env).not.toHaveProperty('ANTHROPIC_API_KEY');
  });
  it('a terminal that sources its file has it too, and its own PATH', () => {
    const lines = demoShellFile({ ...given, 'BASH_FUNC_f%%': '() { :; }' }, env, "/it's/bin").split('\n');
    expect(lines).toContain('unset AWS_PROFILE');
    expect(lines).toContain('export HOME=/tmp/demo/home');
    expect(lines).toContain('export BEDROCK_TRAY_HOME=/tmp/demo/state');
    expect(lines.filter((line) => line.includes('PATH'))).toEqual([`export PATH='/it'\\''s/bin':"$PATH"`]);
    // What both have stays unsaid; what no shell can name is left out.
    expect(lines.filter((line) => /DISPLAY|FUNC/.test(line))).toEqual([]);
  });
});
