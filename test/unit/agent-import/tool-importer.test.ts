import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AwsConfigWriter } from '../../../src/agent/config-writer/config-writer.ts';
import { ToolImporter } from '../../../src/agent/import/tool-importer.ts';
import { ConfigProfileCatalog } from '../../../src/agent/profiles/config-profile-catalog.ts';
import { ImportCandidate } from '../../../src/contract/state.ts';
import { createTranslator } from '../../../src/locales/index.ts';
import { FakeClock } from '../../support/fake-clock.ts';

let folder: string;
let config: string;
const stops: (() => void)[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-'));
  config = join(folder, '.aws', 'config');
  await put('.aws/config', '');
});
afterEach(async () => {
  for (const stop of stops.splice(0)) stop();
  await rm(folder, { recursive: true, force: true });
});

async function put(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), text);
}

function start(env: Record<string, string> = {}) {
  const log = { info() {}, warn() {}, error() {}, debug() {} };
  const context = {
    home: join(folder, 'state'),
    userHome: folder,
    env,
    log,
    clock: new FakeClock(),
    random: randomBytes,
  };
  const catalog = new ConfigProfileCatalog(context);
  stops.push(() => catalog.stop());
  const writer = new AwsConfigWriter(context, catalog);
  const importer = new ToolImporter(context, writer, () => createTranslator('en'));
  return { catalog, writer, importer };
}

const legacy =
  '# mine\n[profile dev]\nsso_start_url = https://example.awsapps.com/start#/\n; region of the portal\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = Dev\nregion = us-west-2\n';

describe('legacy SSO profiles', () => {
  test('beside it, or in place: shown as the very text, taken back byte for byte', async () => {
    await put('.aws/config', legacy);
    const { importer, writer, catalog } = start();
    const candidates = await importer.list();
    for (const c of candidates) expect(ImportCandidate.parse(c)).toEqual(c);
    expect(candidates.map((c) => [c.id, c.tool, c.how, c.profile, c.file, c.problem])).toEqual([
      ['legacy:dev:convert', 'legacy', 'convert', 'dev', config, null],
      ['legacy:dev', 'legacy', 'add', 'dev', config, null],
    ]);
    const session =
      '[sso-session example]\nsso_start_url = https://example.awsapps.com/start#/\nsso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n';
    expect(candidates[0]?.writes).toBe(
      `${session}\n  [profile dev]\n- sso_start_url = https://example.awsapps.com/start#/\n- sso_region = eu-west-1\n+ sso_session = example\n`,
    );
    expect(await importer.apply(['legacy:dev'])).toEqual(['dev-sso']);
    expect(await readFile(config, 'utf8')).toBe(`${legacy}\n${candidates[1]?.writes}`);
    await catalog.reload();
    expect(catalog.source('dev-sso')).toMatchObject({ ssoSession: 'example', accountId: '111122223333' });
    // The same is not offered again; in place it still may be done.
    expect((await importer.list()).map((c) => c.id)).toEqual(['legacy:dev:convert']);
    await writer.undo();
    expect(await readFile(config, 'utf8')).toBe(legacy);

    // Both wishes at once: the profile itself is enough.
    expect(await importer.apply(['legacy:dev', 'legacy:dev:convert'])).toEqual(['dev']);
    expect(await readFile(config, 'utf8')).toBe(
      `# mine\n[profile dev]\n; region of the portal\nsso_account_id = 111122223333\nsso_role_name = Dev\nregion = us-west-2\nsso_session = example\n\n${session}`,
    );
    expect(await importer.list()).toEqual([]);
    await writer.undo();
    expect(await readFile(config, 'utf8')).toBe(legacy);
  });

  test('an SSO session that leads to the same portal is used, one of another portal keeps its name', async () => {
    const there =
      '[sso-session corp]\nsso_start_url = https://example.awsapps.com/start/\nsso_region = eu-west-1\n[sso-session example]\nsso_start_url = https://other.awsapps.com/start\nsso_region = eu-west-1\n';
    await put('.aws/config', there + legacy);
    const { importer } = start();
    expect((await importer.list())[1]?.writes).toMatch(/^\[profile dev-sso\]\nsso_session = corp\n/);
    await put('.aws/config', there.replace('https://example', 'https://third') + legacy);
    expect((await importer.list())[1]?.writes).toMatch(/^\[sso-session example-2\]\n/);
  });

  test('what is missing is said', async () => {
    await put('.aws/config', legacy.replace('sso_region = eu-west-1\n', ''));
    const { importer } = start();
    const [only] = await importer.list();
    expect(only).toMatchObject({ id: 'legacy:dev', writes: '', problem: { code: 'ProfileUnsupported' } });
    await expect(importer.apply(['legacy:dev'])).rejects.toMatchObject({ code: 'ProfileUnsupported' });
  });
});

describe('Granted', () => {
  const section = (name: string, command: string) =>
    `[profile ${name}]\ngranted_sso_start_url = https://example.awsapps.com/start\ngranted_sso_region = eu-west-1\ngranted_sso_account_id = 111122223333\ngranted_sso_role_name = Dev\ngranted_sso_registration_scopes = sso:account:access,extra\ncommon_fate_generated_from = aws-sso\nregion = us-west-2\ncredential_process = ${command}\n`;
  test.each([
    'granted credential-process --profile team/dev',
    '/opt/bin/granted credential-process --profile=team/dev',
    'dgranted credential-process --auto-login --profile team/dev',
  ])('%s', async (command) => {
    await put('.aws/config', section('team/dev', command));
    const { importer } = start();
    const [only, none] = await importer.list();
    expect(none).toBeUndefined();
    expect(only).toMatchObject({ id: 'granted:team/dev', tool: 'granted', how: 'add', problem: null });
    expect(only?.writes).toBe(
      '[sso-session example]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\nsso_registration_scopes = sso:account:access,extra\n\n[profile team/dev-sso]\nsso_session = example\nsso_account_id = 111122223333\nsso_role_name = Dev\nregion = us-west-2\n',
    );
  });

  test('start URL and region from an sso_session; keys in its keyring stay there', async () => {
    await put(
      '.aws/config',
      '[sso-session s]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\n[profile a]\nsso_session = s\ngranted_sso_account_id = 111122223333\ngranted_sso_role_name = Dev\ncredential_process = granted credential-process --profile a\n[profile iam]\ncredential_process = granted credential-process --profile=iam\n',
    );
    const [a, iam] = await start().importer.list();
    expect(a?.writes).toBe(
      '[profile a-sso]\nsso_session = s\nsso_account_id = 111122223333\nsso_role_name = Dev\n',
    );
    expect(iam).toMatchObject({ id: 'granted:iam', writes: '', problem: { code: 'ProfileUnsupported' } });
    expect(iam?.problem?.params.reason).toContain('keyring');
  });
});

describe('aws-vault', () => {
  test.each([
    'aws-vault exec target --json',
    'aws-vault exec --json --no-session target',
    'aws-vault export --format=json target',
    '/usr/local/bin/aws-vault --prompt=osascript export --format json --duration 1h target',
  ])('%s, with what it inherits by include_profile', async (command) => {
    await put(
      '.aws/config',
      `[profile root]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\n[profile target]\ninclude_profile = root\nsso_account_id = 111122223333\nsso_role_name = Dev\n[profile dev]\nregion = us-west-2\ncredential_process = ${command}\n`,
    );
    const found = await start().importer.list();
    expect(found.map((c) => c.id)).toEqual(['legacy:root', 'aws-vault:target', 'aws-vault:dev']);
    expect(found[2]?.writes).toContain(
      '[profile dev-sso]\nsso_session = example\nsso_account_id = 111122223333\nsso_role_name = Dev\nregion = us-west-2\n',
    );
  });

  test('a role with what it inherits (v5: parent_profile), where its source is no secret of the keyring', async () => {
    await put(
      '.aws/config',
      '[sso-session s]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\n[profile base]\nsso_session = s\nsso_account_id = 111122223333\nsso_role_name = Dev\n[profile common]\nsource_profile = base\nmfa_serial = arn:aws:iam::111122223333:mfa/me\nregion = eu-west-1\n[profile admin]\nparent_profile = common\nrole_arn = arn:aws:iam::222233334444:role/Admin\n[profile sealed]\ninclude_profile = common\nsource_profile = jon\nrole_arn = arn:aws:iam::222233334444:role/Admin\n[profile jon]\nregion = us-east-1\n[profile keys]\ncredential_process = aws-vault exec jon --json\n',
    );
    const found = await start().importer.list();
    expect(found.map((c) => [c.id, c.problem === null])).toEqual([
      ['aws-vault:admin', true],
      ['aws-vault:sealed', false],
      ['aws-vault:keys', false],
    ]);
    expect(found[0]?.writes).toBe(
      '[profile admin-sso]\nrole_arn = arn:aws:iam::222233334444:role/Admin\nsource_profile = base\nmfa_serial = arn:aws:iam::111122223333:mfa/me\nregion = eu-west-1\n',
    );
    expect(found[1]?.problem?.params.reason).toContain('“jon”');
  });

  test('profiles that include each other end', async () => {
    await put('.aws/config', '[profile a]\ninclude_profile = b\n[profile b]\ninclude_profile = a\n');
    expect((await start().importer.list()).map((c) => c.problem?.code)).toEqual([
      'ProfileUnsupported',
      'ProfileUnsupported',
    ]);
  });
});

describe('aws-sso-cli', () => {
  const yaml = `# mine
SSOConfig:
    Default:  # the company
        SSORegion: eu-west-1
        StartUrl: "https://example.awsapps.com/start"
        DefaultRegion: us-east-2
        Accounts:
            "111122223333":
                Name: it's
                Roles:
                    Dev:
                        Profile: mine
    Other:
        StartUrl: https://other.awsapps.com/start # second
        SSORegion: us-west-2
UrlExecCommand:
    - open
    - "%s"
DefaultSSO: Default
`;
  const profiles =
    '[profile 111122223333:Dev]\ncredential_process = /usr/bin/aws-sso -u open -S "Default" process --arn arn:aws:iam::111122223333:role/Dev\n\n[profile b]\ncredential_process = /usr/bin/aws-sso -S "Other" process --arn arn:aws-us-gov:iam::222233334444:role/Ops\nregion = us-west-1\n[profile lost]\ncredential_process = aws-sso -S Nowhere process --arn arn:aws:iam::111122223333:role/Dev\n';

  test.each([
    ['.aws-sso/config.yaml', {}],
    ['.config/aws-sso/config.yaml', {}],
    ['elsewhere.yaml', { AWS_SSO_CONFIG: '~/elsewhere.yaml' }],
  ])('%s', async (file, env: Record<string, string>) => {
    await put(file, yaml);
    await put('.aws/config', profiles);
    const { importer } = start(env);
    const found = await importer.list();
    expect(found.map((c) => [c.id, c.problem === null])).toEqual([
      ['aws-sso-cli:111122223333:Dev', true],
      ['aws-sso-cli:b', true],
      ['aws-sso-cli:lost', false],
      ['aws-sso-cli:@Default', true],
      ['aws-sso-cli:@Other', true],
    ]);
    expect(found[0]?.writes).toBe(
      '[sso-session Default]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\nsso_registration_scopes = sso:account:access\n\n[profile 111122223333:Dev-sso]\nsso_session = Default\nsso_account_id = 111122223333\nsso_role_name = Dev\nregion = us-east-2\n',
    );
    expect(found[4]?.writes).toMatch(/^\[sso-session Other\]\n/);
    // All that can be, in one write: each SSO session once.
    const ids = found.filter((c) => c.problem === null).map((c) => c.id);
    expect(await importer.apply(ids)).toEqual(['111122223333:Dev-sso', 'b-sso']);
    const after = await readFile(config, 'utf8');
    expect(after.startsWith(profiles)).toBe(true);
    expect(after.match(/\[sso-session /g)).toHaveLength(2);
    expect((await importer.list()).map((c) => c.id)).toEqual(['aws-sso-cli:lost']);
  });

  test('without its config.yaml nobody knows the portal', async () => {
    await put('.aws/config', profiles);
    const found = await start().importer.list();
    expect(found.map((c) => c.problem?.params.reason)).toEqual(
      Array(3).fill('aws-sso-cli’s config.yaml cannot be read'),
    );
  });
});

describe('Leapp', () => {
  test('its sections are listed with why they cannot be taken over; no key is shown', async () => {
    await put('.Leapp/Leapp-lock.json', 'U2FsdGVkX1+encrypted');
    await put(
      '.aws/config',
      '[profile dev]\ncredential_process = leapp session generate 7f0c3f0e\nregion = eu-west-1\n',
    );
    await put(
      '.aws/credentials',
      '[written]\naws_access_key_id=ASIAEXAMPLE\naws_secret_access_key=hidden\naws_session_token=hidden-too\nregion=eu-west-1\n\n[mine]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = hidden\n',
    );
    const { importer } = start();
    const found = await importer.list();
    expect(found.map((c) => [c.id, c.file.split('/').at(-1), c.problem?.code])).toEqual([
      ['leapp:dev', 'config', 'ProfileUnsupported'],
      ['leapp:written', 'credentials', 'ProfileUnsupported'],
    ]);
    expect(JSON.stringify(found)).not.toContain('hidden');
    await rm(join(folder, '.Leapp'), { recursive: true });
    expect((await importer.list()).map((c) => c.id)).toEqual(['leapp:dev']);
  });
});

test('one that is not known, or two tools at once: all or nothing', async () => {
  await put('.aws/config', legacy);
  const { importer } = start();
  await expect(importer.apply(['legacy:dev', 'granted:nobody'])).rejects.toMatchObject({
    code: 'ImportUnknown',
    params: { candidate: 'granted:nobody' },
  });
  expect(await readFile(config, 'utf8')).toBe(legacy);
});

test('nothing there, nothing found; a malformed file is said', async () => {
  const { importer } = start();
  expect(await importer.list()).toEqual([]);
  await put('.aws/config', '[x\n');
  await expect(importer.list()).rejects.toMatchObject({ code: 'ConfigMalformed' });
});
