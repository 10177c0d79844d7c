import { expect, test } from 'vitest';
import { decidingSettings, decidingVariables } from '../../../../src/domain/settings/settings-names.ts';

test('names that decide, and no value but those of profile and region', () => {
  const found = decidingSettings({
    env: {
      AWS_DEFAULT_PROFILE: 'p',
      AWS_REGION: 'eu-west-1',
      CLAUDE_CODE_USE_VERTEX: '1',
      ANTHROPIC_API_KEY: 'sk-secret',
      AWS_ENDPOINT_URL_STS: 'https://user:secret@x',
      PATH: '/bin',
      ANTHROPIC_MODEL: '',
    },
    awsCredentialExport: 'cat secret',
    model: 'opus',
    theme: 'dark',
  });
  expect(found).toEqual({
    names: [
      'ANTHROPIC_API_KEY',
      'AWS_DEFAULT_PROFILE',
      'AWS_ENDPOINT_URL_STS',
      'AWS_REGION',
      'CLAUDE_CODE_USE_VERTEX',
      'awsCredentialExport',
      'model',
    ],
    profile: 'p',
    region: 'eu-west-1',
  });
  expect(JSON.stringify(found)).not.toMatch(/secret/);
});

test.each([
  [{}],
  [{ env: null }],
  [{ env: ['AWS_PROFILE'] }],
  [{ env: { AWS_PROFILE: 7, AWS_REGION: null } }],
])('settings that are no settings: %j', (settings) => {
  expect(decidingSettings(settings)).toMatchObject({ profile: null, region: null });
});

test('a shell that sets nothing of the kind', () => {
  expect(decidingVariables({ HOME: '/h', AWS_PAGER: '', AWS_PROFILE: '' })).toEqual([]);
});
