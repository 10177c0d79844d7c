import { expect, test } from 'vitest';
import type { Environment } from '../../../../src/contract/state.ts';
import {
  hooksSwitch,
  providerRepair,
  type SettingsFile,
  settingsFindings,
} from '../../../../src/domain/doctor/settings-rivals.ts';

const environment: Environment = {
  name: 'dev',
  profile: 'dev',
  region: 'us-west-2',
  model: 'm',
  smallFastModel: null,
  identityMode: 'bedrock-only',
  endpointUrl: null,
  pins: { opus: null, sonnet: null, fable: null },
  geography: null,
  budget: null,
};
const found = (scope: SettingsFile['scope'], settings: object, e = environment) =>
  settingsFindings([{ scope, file: '/f', settings: { ...settings } }], e).map(
    (f) => `${f.level} ${f.code} ${f.params.keys}${f.hint?.fix ? ' fix' : ''}`,
  );

test.each([
  // What says the same, or nothing about Bedrock, is nobody's rival.
  [{ env: { AWS_REGION: 'us-west-2', CLAUDE_CODE_USE_BEDROCK: '1' } }, []],
  [{ permissions: {}, env: { EDITOR: 'vi' } }, []],
  [{ env: { AWS_REGION: 'eu-west-1' } }, ['warning managedDiffers AWS_REGION']],
  [{ env: { ANTHROPIC_MODEL: 'x' } }, ['warning managedDiffers ANTHROPIC_MODEL']],
  [{ awsCredentialExport: 'x' }, ['failed managedWins awsCredentialExport']],
  [{ env: { AWS_BEARER_TOKEN_BEDROCK: 'x' } }, ['failed managedWins AWS_BEARER_TOKEN_BEDROCK']],
])('managed %j', (settings, expected) => expect(found('managed', settings)).toEqual(expected));

test('the person’s own lose against a session, and can be mended where they name another provider', () => {
  expect(found('user', { env: { CLAUDE_CODE_USE_VERTEX: '1' } })).toEqual([
    'warning settingsRival CLAUDE_CODE_USE_VERTEX fix',
  ]);
  expect(found('project', { env: { CLAUDE_CODE_USE_VERTEX: '1' } })).toEqual([
    'warning settingsRival CLAUDE_CODE_USE_VERTEX',
  ]);
  expect(found('user', { env: { AWS_REGION: 'eu-west-1' } })).toEqual(['warning settingsRival AWS_REGION']);
  expect(
    found('user', { awsCredentialExport: "'/x/bin/bedrock-tray' export-credentials --claude-pid $PPID" }),
  ).toEqual([]);
  const open = { ...environment, model: null };
  expect(found('user', { model: 'opus', env: { ANTHROPIC_DEFAULT_SONNET_MODEL: 's' } }, open)).toEqual([
    'info settingsDecide ANTHROPIC_DEFAULT_SONNET_MODEL, model',
  ]);
});

test('the repair blanks providers and sets a bearer token aside; it touches nothing else', () => {
  expect(providerRepair({ env: { AWS_REGION: 'x' }, awsAuthRefresh: 'y' })).toBeNull();
  expect(
    providerRepair({ env: { AWS_BEARER_TOKEN_BEDROCK: 't', CLAUDE_CODE_USE_VERTEX: '1' } }),
  ).toMatchObject({
    setAside: true,
    changes: [{ path: ['env', 'CLAUDE_CODE_USE_VERTEX'], value: '' }],
  });
});

test.each([
  ['user', { disableAllHooks: true }, 'disableAllHooks'],
  ['user', { allowManagedHooksOnly: true }, null],
  ['managed', { allowManagedHooksOnly: true }, 'allowManagedHooksOnly'],
  ['managed', { disableAllHooks: false }, null],
] as const)('hooks turned off by %s %j', (scope, settings, key) =>
  expect(hooksSwitch({ scope, file: '/f', settings })).toBe(key),
);
