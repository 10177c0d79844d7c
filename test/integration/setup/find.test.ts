import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { procedures } from '../../../src/contract/procedures.ts';
import { type SandboxProcess, startSandbox } from '../../support/sandbox.ts';
import { SetupAgent } from './setup-agent.ts';

/** setup.find: what a first run sees of a machine. */

let sandbox: SandboxProcess;
let agent: SetupAgent;
const secret = 'SbxSecretOfThePerson';

beforeAll(async () => {
  sandbox = await startSandbox();
  agent = await SetupAgent.start(sandbox, { PATH: '/usr/bin:/bin' });
});
afterAll(async () => {
  await agent?.[Symbol.asyncDispose]();
  await sandbox?.stop();
});

const put = async (path: string, text: string): Promise<string> => {
  const file = join(agent.home, path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, text);
  return file;
};
const find = async () => procedures['setup.find'].output.parse(await agent.setup.find());

test('a machine with nothing on it', async () => {
  agent.claude = null;
  const { environment, awsCli: _, ...found } = await find();
  expect(found).toEqual({
    ssoSessions: [],
    profiles: [],
    imports: [],
    claude: null,
    claudeSettings: null,
  });
  // The test's own: what turns clients to the sandbox.
  expect(environment).toContain('AWS_ENDPOINT_URL_STS');
});

test('everything that is there, by its name, and no secret', async () => {
  agent.claude = { path: '/opt/claude', version: '2.1.330', support: 'tested' };
  await put(
    '.aws/config',
    `[sso-session corp]
sso_start_url = ${sandbox.startUrl}
sso_region = us-east-1
[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Dev
[profile broken]
source_profile = nobody
role_arn = arn:aws:iam::111122223333:role/x
[profile bedrock-tray]
credential_process = "/h/bedrock-tray" export-credentials --profile dev
[profile team]
granted_sso_start_url = https://example.awsapps.com/start
granted_sso_region = eu-west-1
granted_sso_account_id = 222233334444
granted_sso_role_name = Ops
credential_process = granted credential-process --profile team
[profile leap]
credential_process = leapp session generate 1234
`,
  );
  const settings = {
    env: {
      CLAUDE_CODE_USE_BEDROCK: '1',
      AWS_PROFILE: 'dev',
      AWS_REGION: 'eu-west-1',
      ANTHROPIC_API_KEY: secret,
      EDITOR: 'vi',
    },
    awsAuthRefresh: `aws sso login ${secret}`,
    theme: 'dark',
  };
  const file = await put('.claude/settings.json', JSON.stringify(settings));
  const aws = await put('tools/aws', '#!/bin/sh\necho aws-cli/2.36.7 Python/3.13\n');
  await chmod(aws, 0o755);
  await put('.bash_profile', `export PATH=$HOME/tools:$PATH AWS_ACCESS_KEY_ID=${secret} MY_OWN=${secret}\n`);

  const found = await find();
  expect(found).toMatchObject({
    ssoSessions: [{ id: 'corp', startUrl: sandbox.startUrl, region: 'us-east-1' }],
    imports: [{ tool: 'granted', count: 1 }],
    claude: { version: '2.1.330', support: 'tested' },
    awsCli: { path: aws, version: '2.36.7' },
    claudeSettings: {
      file,
      names: ['ANTHROPIC_API_KEY', 'AWS_PROFILE', 'AWS_REGION', 'CLAUDE_CODE_USE_BEDROCK', 'awsAuthRefresh'],
      profile: 'dev',
      region: 'eu-west-1',
    },
  });
  expect(found.profiles).toContainEqual({
    name: 'dev',
    kind: 'sso',
    accountId: '111122223333',
    roleName: 'Dev',
  });
  expect(found.profiles.map((p) => p.name)).not.toEqual(expect.arrayContaining(['broken']));
  expect(found.profiles.map((p) => p.name)).not.toEqual(expect.arrayContaining(['bedrock-tray']));
  expect(found.environment).toContain('AWS_ACCESS_KEY_ID');
  expect(found.environment).not.toContain('MY_OWN');
  expect(JSON.stringify(found)).not.toContain(secret);
});

test('what cannot be looked at does not keep the rest back', async () => {
  await put('.claude/settings.json', 'no JSON');
  await put('.aws/config', '[profile dev\n');
  await put('tools/aws', '#!/bin/sh\nexit 3\n');
  const found = await find();
  expect(found.claudeSettings).toMatchObject({ names: [], profile: null, region: null });
  expect(found.awsCli).toMatchObject({ version: null });
  // What the file said last.
  expect(found.profiles.map((p) => p.name)).toContain('dev');
  await rm(join(agent.home, '.claude', 'settings.json'));
  expect((await find()).claudeSettings).toBeNull();
});
