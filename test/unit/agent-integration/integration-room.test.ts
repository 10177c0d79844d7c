import { randomBytes } from 'node:crypto';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AwsConfigWriter } from '../../../src/agent/config-writer/config-writer.ts';
import { IntegrationRoom } from '../../../src/agent/integration/integration-room.ts';
import { Launcher } from '../../../src/agent/launcher.ts';
import { ConfigProfileCatalog } from '../../../src/agent/profiles/config-profile-catalog.ts';
import type { Environment } from '../../../src/contract/index.ts';
import { MASK } from '../../../src/domain/support/masked-secrets.ts';
import { FakeClock } from '../../support/fake-clock.ts';

let folder: string;
let settings: string;
let config: string;
let environment: Environment;
let loginEnv: Record<string, string>;
let managed: string;
let room: IntegrationRoom;
let launcher: string;
const stops: (() => void)[] = [];
const personConfig = `# mine
[profile dev]
sso_session = corp
sso_account_id = 111122223333
sso_role_name = Dev

[sso-session corp]
sso_start_url = https://x.awsapps.com/start
sso_region = eu-west-1
`;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "integration it's "));
  settings = join(folder, '.claude', 'settings.json');
  config = join(folder, '.aws', 'config');
  managed = join(folder, 'managed');
  loginEnv = {};
  environment = {
    name: 'work',
    profile: 'dev',
    region: 'us-west-2',
    model: null,
    smallFastModel: null,
    identityMode: 'bedrock-only',
    endpointUrl: null,
    pins: { opus: null, sonnet: null, fable: null },
    geography: null,
    budget: null,
  };
  await mkdir(dirname(config));
  await writeFile(config, personConfig);
  room = start();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  await rm(folder, { recursive: true, force: true });
});

function start(): IntegrationRoom {
  const log = { info() {}, warn() {}, error() {}, debug() {} };
  const context = {
    home: join(folder, 'state'),
    userHome: folder,
    env: {},
    log,
    clock: new FakeClock(),
    random: randomBytes,
  };
  const catalog = new ConfigProfileCatalog(context);
  stops.push(() => catalog.stop());
  const writer = new AwsConfigWriter(context, catalog);
  const own = new Launcher({
    platform: 'linux',
    home: context.home,
    node: '/usr/bin/node',
    cli: '/opt/cli.mjs',
    handOut: ['/bin/sh', '/opt/hand-out.sh', '/usr/bin/node', '/opt/hand-out.cjs'],
  });
  launcher = own.path;
  return new IntegrationRoom({
    context,
    environments: { active: () => environment, get: () => environment },
    profiles: catalog,
    launcher: own,
    loginEnv: async () => loginEnv,
    inTurn: (work) => writer.inTurn(work),
    platform: 'linux',
    managedSettings: managed,
  });
}

async function write(text: string | Uint8Array): Promise<void> {
  await mkdir(dirname(settings), { recursive: true });
  await writeFile(settings, text);
}
const said = async () => JSON.parse((await readFile(settings, 'utf8')).replace(/^\ufeff/, ''));
const apply = async () => room.apply((await room.preview()).digest);
const command = () =>
  `'${launcher.replaceAll("'", `'\\''`)}' export-credentials --profile dev --format claude --claude-pid $PPID`;

describe('what is written', () => {
  test('nothing is there: both files as a person would write them, the launcher, and away again', async () => {
    const before = await room.preview();
    expect(before.files.map((f) => [f.file, f.state, f.problem])).toEqual([
      [settings, 'absent', null],
      [config, 'absent', null],
    ]);
    expect(before.files[0]?.diff).toContain('+    "CLAUDE_CODE_USE_BEDROCK": "1",');
    expect(before.files[1]?.diff).toContain('+[profile bedrock-tray]');
    await expect(stat(dirname(settings))).rejects.toThrow();
    expect(await room.apply(before.digest)).toEqual({ files: [config, settings] });
    expect(await said()).toEqual({
      awsCredentialExport: command(),
      env: { CLAUDE_CODE_USE_BEDROCK: '1', AWS_REGION: 'us-west-2' },
    });
    expect(await readFile(config, 'utf8')).toBe(
      `${personConfig}\n[profile bedrock-tray]\ncredential_process = "${launcher}" export-credentials --profile dev\nregion = us-west-2\n`,
    );
    expect((await stat(settings)).mode & 0o777).toBe(0o600);
    expect((await stat(launcher)).mode & 0o777).toBe(0o700);
    const after = await room.preview();
    expect(after.files.map((f) => [f.state, f.diff, f.problem])).toEqual([
      ['present', '', null],
      ['present', '', null],
    ]);
    expect(await room.apply(after.digest)).toEqual({ files: [] });

    expect((await room.undo()).files).toEqual([config, settings]);
    await expect(stat(settings)).rejects.toThrow();
    expect(await readFile(config, 'utf8')).toBe(personConfig);
    await expect(room.undo()).rejects.toMatchObject({ code: 'NothingToUndo' });
  });

  test('an environment with everything', async () => {
    Object.assign(environment, {
      model: 'us.anthropic.claude-opus-4-8',
      smallFastModel: 'us.anthropic.claude-haiku-4-5',
      endpointUrl: 'https://bedrock.example',
      identityMode: 'whole-session',
    });
    await apply();
    expect((await said()).env).toEqual({
      CLAUDE_CODE_USE_BEDROCK: '1',
      AWS_REGION: 'us-west-2',
      ANTHROPIC_MODEL: 'us.anthropic.claude-opus-4-8',
      ANTHROPIC_DEFAULT_HAIKU_MODEL: 'us.anthropic.claude-haiku-4-5',
      ANTHROPIC_BEDROCK_BASE_URL: 'https://bedrock.example',
      AWS_PROFILE: 'bedrock-tray',
    });
  });

  test.each([
    ['{}'],
    ['{ }\n'],
    [''],
    ['{"model":"opus"}'],
    ['{"env":{}}'],
    ['{ "env": { "A": "1" }, "b": [1, 2] }'],
    ['{\n\t"z": 1,\n\t"env": {\n\t\t"A": "ü漢😀"\n\t},\n\t"a": {"x": "//no comment"}\n}'],
    ['\ufeff{\r\n    "hooks": {},\r\n    "env": {\r\n        "A": "1"\r\n    }\r\n}\r\n'],
    ['{\n  "env":\n  {\n  },\n  "permissions": { "allow": [] }\n}\n\n'],
  ])('a file laid out its own way stays so: %j', async (text) => {
    await write(text);
    await chmod(settings, 0o640);
    await apply();
    const after = await readFile(settings, 'utf8');
    const plain = text.replace(/^\ufeff/, '').trim();
    const before = plain === '' ? {} : JSON.parse(plain);
    expect(await said()).toEqual({
      ...before,
      awsCredentialExport: command(),
      env: { ...before.env, CLAUDE_CODE_USE_BEDROCK: '1', AWS_REGION: 'us-west-2' },
    });
    expect(Object.keys(await said()).slice(0, Object.keys(before).length)).toEqual(Object.keys(before));
    expect(after.startsWith('\ufeff')).toBe(text.startsWith('\ufeff'));
    if (text.includes('\r\n')) expect(after.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
    if (text.includes('\t')) expect(after).toContain('\n\t\t"AWS_REGION": "us-west-2"\n\t}');
    expect((await stat(settings)).mode & 0o777).toBe(0o640);
    await room.undo();
    expect(await readFile(settings, 'utf8')).toBe(text);
    expect((await stat(settings)).mode & 0o777).toBe(0o640);
  });

  test('whatever the settings say: they say the same with ours, and byte for byte the same without', async () => {
    const json = fc.json({ maxDepth: 3 }).map((text) => JSON.parse(text));
    const value = fc.oneof(json, fc.string());
    const object = fc.dictionary(fc.string(), value, { maxKeys: 6 });
    const env = fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('AWS_REGION', 'CLAUDE_CODE_USE_VERTEX', 'ANTHROPIC_MODEL')),
      fc.string(),
      { maxKeys: 4 },
    );
    await fc.assert(
      fc.asyncProperty(
        object,
        fc.option(env, { nil: undefined }),
        fc.constantFrom(undefined, 2, 4, '\t'),
        async (rest, own, indent) => {
          const { env: _, awsCredentialExport: __, ...other } = rest as Record<string, unknown>;
          const all = own === undefined ? other : { ...other, env: own };
          const text = JSON.stringify(all, null, indent);
          await write(text);
          await apply();
          const after = await said();
          const before = JSON.parse(text);
          expect(after).toEqual({
            ...before,
            awsCredentialExport: command(),
            env: {
              ...before.env,
              CLAUDE_CODE_USE_BEDROCK: '1',
              AWS_REGION: 'us-west-2',
              ...(before.env?.CLAUDE_CODE_USE_VERTEX === undefined ? {} : { CLAUDE_CODE_USE_VERTEX: '' }),
            },
            ...(before.awsAuthRefresh === undefined ? {} : { awsAuthRefresh: '' }),
          });
          await room.undo();
          expect(await readFile(settings, 'utf8')).toBe(text);
        },
      ),
      { numRuns: process.env.CI ? 150 : 25 },
    );
  });

  test('links stay links', async () => {
    await mkdir(join(folder, 'dotfiles'));
    await mkdir(dirname(settings));
    await writeFile(join(folder, 'dotfiles', 'settings.json'), '{"a":1}');
    await symlink(join('..', 'dotfiles', 'settings.json'), settings);
    await apply();
    expect((await lstat(settings)).isSymbolicLink()).toBe(true);
    expect((await said()).awsCredentialExport).toBe(command());
    await room.undo();
    expect((await lstat(settings)).isSymbolicLink()).toBe(true);
    expect(await readFile(join(folder, 'dotfiles', 'settings.json'), 'utf8')).toBe('{"a":1}');
  });

  test('the folder that CLAUDE_CONFIG_DIR names in the person’s shell is theirs', async () => {
    loginEnv.CLAUDE_CONFIG_DIR = join(folder, 'elsewhere');
    expect((await room.preview()).files[0]?.file).toBe(join(folder, 'elsewhere', 'settings.json'));
  });
});

describe('what would decide otherwise', () => {
  const rivals = {
    awsCredentialExport: `printf '{"SecretAccessKey":"wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"}'`,
    awsAuthRefresh: 'aws sso login --profile other',
    apiKeyHelper: 'echo no harm',
    env: {
      ANTHROPIC_API_KEY: 'sk-ant-secret',
      AWS_PROFILE: 'theirs',
      AWS_REGION: 'ap-south-1',
      AWS_BEARER_TOKEN_BEDROCK: 'the-bearer-token',
      CLAUDE_CODE_USE_VERTEX: '1',
      ANTHROPIC_BEDROCK_BASE_URL: 'https://gateway.example',
      FROM: 'me',
    },
  };

  test('is replaced, told, and given back; no secret is shown, the bearer token is copied nowhere', async () => {
    const text = JSON.stringify(rivals, null, 2);
    await write(text);
    const preview = await room.preview();
    expect(preview.files[0]?.problem).toEqual({
      code: 'SettingsRival',
      params: {
        file: settings,
        names:
          'CLAUDE_CODE_USE_VERTEX, ANTHROPIC_BEDROCK_BASE_URL, AWS_BEARER_TOKEN_BEDROCK, awsCredentialExport, awsAuthRefresh, AWS_REGION',
      },
    });
    const { diff } = preview.files[0] ?? { diff: '' };
    expect(diff).toContain(MASK);
    expect(diff).toMatch(/^-.*ap-south-1/m);
    for (const secret of ['sk-ant-secret', 'the-bearer-token', 'wJalrXUtn'])
      expect(diff).not.toContain(secret);
    await room.apply(preview.digest);
    expect(await said()).toEqual({
      awsCredentialExport: command(),
      awsAuthRefresh: '',
      apiKeyHelper: 'echo no harm',
      env: {
        ANTHROPIC_API_KEY: 'sk-ant-secret',
        AWS_PROFILE: 'theirs',
        AWS_REGION: 'us-west-2',
        AWS_BEARER_TOKEN_BEDROCK_SET_ASIDE: 'the-bearer-token',
        CLAUDE_CODE_USE_VERTEX: '',
        ANTHROPIC_BEDROCK_BASE_URL: '',
        FROM: 'me',
        CLAUDE_CODE_USE_BEDROCK: '1',
      },
    });
    const state = join(folder, 'state');
    for (const name of await readdir(state, { recursive: true })) {
      const path = join(state, name);
      if (!(await stat(path)).isFile()) continue;
      expect(await readFile(path, 'utf8')).not.toContain('the-bearer-token');
      expect((await stat(path)).mode & 0o077).toBe(0);
    }
    expect((await room.preview()).files[0]).toMatchObject({ state: 'present', diff: '', problem: null });
    await room.undo();
    expect(await readFile(settings, 'utf8')).toBe(text);
  });

  test('what the person’s shell sets is overridden, too', async () => {
    loginEnv = { AWS_BEARER_TOKEN_BEDROCK: 'x', CLAUDE_CODE_USE_FOUNDRY: '1' };
    await apply();
    expect((await said()).env).toMatchObject({ AWS_BEARER_TOKEN_BEDROCK: '', CLAUDE_CODE_USE_FOUNDRY: '' });
  });

  test('an administrator’s settings win: told, and no reason not to write', async () => {
    await mkdir(managed);
    await writeFile(
      join(managed, 'managed-settings.json'),
      JSON.stringify({ env: { AWS_REGION: 'eu-west-1', CLAUDE_CODE_USE_BEDROCK: '1' } }),
    );
    expect((await room.preview()).files[0]?.problem).toEqual({
      code: 'SettingsManaged',
      params: { names: 'AWS_REGION' },
    });
    await apply();
  });

  test('a profile of the person’s with our name: nothing is written', async () => {
    const theirs = `${personConfig}[profile bedrock-tray]\nregion = us-east-1\n`;
    await writeFile(config, theirs);
    const { digest, files } = await room.preview();
    expect(files[1]?.problem).toEqual({ code: 'ProfileExists', params: { profile: 'bedrock-tray' } });
    await expect(room.apply(digest)).rejects.toMatchObject({ code: 'ProfileExists' });
    expect(await readFile(config, 'utf8')).toBe(theirs);
    await expect(stat(settings)).rejects.toThrow();
  });

  test('an environment that would ask itself', async () => {
    await apply();
    environment.profile = 'bedrock-tray';
    await expect(room.preview()).rejects.toMatchObject({ code: 'ProfileUnsupported' });
  });
});

describe('what goes wrong', () => {
  test.each([
    ['{"a": 1,}'],
    ['// mine\n{}'],
    ['[]'],
    ['null'],
    ['{"env": "x"}'],
    ['{"a": 1'],
    [Buffer.from([0x7b, 0xff, 0x7d])],
  ])('malformed: %j is named, and nothing is changed', async (text) => {
    await write(text);
    const { digest, files } = await room.preview();
    expect(files[0]).toMatchObject({ diff: '', problem: { code: 'SettingsMalformed' } });
    expect(JSON.stringify(files[0]?.problem)).not.toContain('mine');
    await expect(room.apply(digest)).rejects.toMatchObject({ code: 'SettingsMalformed' });
    expect(await readFile(settings)).toEqual(Buffer.from(text));
    expect(await readFile(config, 'utf8')).toBe(personConfig);
  });

  test('a file that changed since the preview', async () => {
    await write('{"a":1}');
    const { digest } = await room.preview();
    await write('{"a":2}');
    await expect(room.apply(digest)).rejects.toMatchObject({
      code: 'ConfigChanged',
      params: { file: settings },
    });
    const again = await room.preview();
    await writeFile(config, `${personConfig}# more\n`);
    await expect(room.apply(again.digest)).rejects.toMatchObject({
      code: 'ConfigChanged',
      params: { file: config },
    });
    expect(await readFile(settings, 'utf8')).toBe('{"a":2}');
  });

  test('a file that cannot be written: the other one is as before, and there is nothing to undo', async () => {
    await mkdir(settings, { recursive: true });
    await expect(room.preview().then(({ digest }) => room.apply(digest))).rejects.toMatchObject({
      code: 'StorageFailed',
    });
    expect(await readFile(config, 'utf8')).toBe(personConfig);
    await expect(room.undo()).rejects.toMatchObject({ code: 'NothingToUndo' });
  });

  test('a file that its person made read-only', async () => {
    await write('{"a":1}');
    await chmod(settings, 0o444);
    const { digest, files } = await room.preview();
    expect(files[0]).toMatchObject({ diff: '', problem: { code: 'StorageFailed' } });
    await expect(room.apply(digest)).rejects.toMatchObject({ code: 'StorageFailed' });
    expect(await readFile(settings, 'utf8')).toBe('{"a":1}');
    expect(await readFile(config, 'utf8')).toBe(personConfig);
  });

  test('no environment', async () => {
    environment = undefined as unknown as Environment;
    await expect(room.preview()).rejects.toMatchObject({ code: 'EnvironmentMissing' });
  });
});

describe('undo', () => {
  test('after another environment, and after a restart: all of it', async () => {
    await write('{"z":1}');
    await apply();
    environment.region = 'eu-central-1';
    expect((await room.preview()).files.map((f) => f.state)).toEqual(['outdated', 'outdated']);
    await apply();
    expect((await said()).env.AWS_REGION).toBe('eu-central-1');
    room = start();
    await room.undo();
    expect(await readFile(settings, 'utf8')).toBe('{"z":1}');
    expect(await readFile(config, 'utf8')).toBe(personConfig);
  });

  test('somebody changed the files since: only what is ours goes', async () => {
    await write('{\n  "z": 1,\n  "env": {\n    "AWS_REGION": "ap-south-1"\n  }\n}\n');
    await apply();
    const now = await readFile(settings, 'utf8');
    await write(now.replace('"z": 1,', '"z": 1,\n  "later": true,'));
    await writeFile(config, `${await readFile(config, 'utf8')}\n[profile later]\nregion = eu-west-3\n`);
    await room.undo();
    expect(await readFile(settings, 'utf8')).toBe(
      '{\n  "z": 1,\n  "later": true,\n  "env": {\n    "AWS_REGION": "ap-south-1"\n  }\n}\n',
    );
    expect(await readFile(config, 'utf8')).toBe(`${personConfig}\n[profile later]\nregion = eu-west-3\n`);
  });

  test('what somebody set to their own since stays theirs', async () => {
    await write(JSON.stringify({ env: { AWS_BEARER_TOKEN_BEDROCK: 'token' } }));
    await apply();
    const now = await said();
    now.awsCredentialExport = 'mine now';
    now.env.AWS_REGION = 'eu-north-1';
    await write(JSON.stringify(now));
    await writeFile(
      config,
      (await readFile(config, 'utf8')).replace('us-west-2\n', 'us-west-2\noutput = json\n'),
    );
    await room.undo();
    expect(await said()).toEqual({
      awsCredentialExport: 'mine now',
      env: { AWS_BEARER_TOKEN_BEDROCK: 'token', AWS_REGION: 'eu-north-1' },
    });
    expect(await readFile(config, 'utf8')).toBe(`${personConfig}\n[profile bedrock-tray]\noutput = json\n`);
  });

  test('a file that is gone is no hindrance', async () => {
    await apply();
    await rm(settings);
    expect(await room.undo()).toEqual({ files: [config] });
  });
});
