import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AgentConnection } from '../../../src/client/rpc-client.ts';
import type { Snapshot } from '../../../src/contract/index.ts';
import { findAwsCli } from '../../support/aws-cli.ts';
import { command, type Installation, install } from '../../support/installation.ts';
import { PersonTerminal } from '../../support/person-terminal.ts';
import { runCommand } from '../../support/run-command.ts';
import { pinnedNode } from '../../support/sandbox.ts';

/** `configure sso`, `configure import` and `configure undo` as a person types them, and as scripts call them. */

const aws = findAwsCli();
const enter = '\r';
const tab = '\t';
const down = '\x1b[B';
const ctrlC = '\x03';

let it_: Installation;
const terminals: PersonTerminal[] = [];
const config = () => join(it_.sandbox.home, '.aws', 'config');
const read = () => readFileSync(config(), 'utf8');
const mine = '# what a person wrote\n[default]\nregion = eu-west-1\n';

beforeAll(async () => {
  it_ = await install();
});
afterAll(() => it_?.stop());
afterEach(async () => {
  for (const terminal of terminals.splice(0)) await terminal.close();
  await it_.sandbox.switches({ startPage: 'meta', oidcError: null, autoApprove: false });
});

function wizard(...args: string[]): PersonTerminal {
  const terminal = new PersonTerminal(pinnedNode, [command, 'configure', ...args], {
    env: it_.env,
    cwd: it_.sandbox.home,
    cols: 120,
    rows: 50,
  });
  terminals.push(terminal);
  return terminal;
}

/** Waits for a question before it is answered, as a person does. */
async function answer(terminal: PersonTerminal, question: RegExp, ...keys: string[]): Promise<void> {
  await terminal.shows(question);
  for (const key of keys) {
    const before = terminal.output.length;
    terminal.type(key);
    // A prompt reads a key at a time, and shows that it has; one that changes nothing is not waited for for long.
    for (let n = 0; n < 250 && terminal.output.length === before; n++) await sleep(20);
    await terminal.settles(40);
  }
}

/** Up to the sign-in: the start URL, and nothing else. */
async function begin(terminal: PersonTerminal): Promise<void> {
  await answer(terminal, /Start URL of your AWS access portal/, it_.sandbox.startUrl, enter);
  await terminal.shows(/as AWS says: us-east-1/);
}

/** The person's browser: follows the address on the screen, however many rows it takes. */
async function allow(terminal: PersonTerminal, decision: 'allow' | 'deny' = 'allow'): Promise<void> {
  // All of it: what comes after it has been written too.
  const address = () =>
    /http:\/\/127\.0\.0\.1:\d+\/authorize[^\s\x1b]*(?=[\s\x1b])/.exec(terminal.output)?.[0];
  await terminal.until(() => address() !== undefined, 'the address');
  await it_.sandbox.person.answer(address() ?? '', decision);
}

describe('configure sso, typed in a terminal', () => {
  const names = [
    'Sandbox-Development-BedrockDeveloper',
    'Sandbox-Development-ReadOnlyAccess',
    'Sandbox-Research-BedrockDeveloper',
  ];

  it('leaves the file as it was, whichever question is left with Ctrl+C', async () => {
    writeFileSync(config(), mine);
    await it_.run(['logout']);
    const left = async (terminal: PersonTerminal) => {
      terminal.type(ctrlC);
      expect((await terminal.exited).exitCode).toBe(1);
      expect(terminal.output).toContain('~/.aws/config is as it was');
      expect(read()).toBe(mine);
    };
    const first = wizard('sso');
    await first.shows(/Start URL/);
    await left(first);

    await it_.sandbox.switches({ startPage: 'silent' });
    const region = wizard('sso');
    await answer(region, /Start URL/, it_.sandbox.startUrl, enter);
    await region.shows(/Region of IAM Identity Center/);
    await left(region);
    await it_.sandbox.switches({ startPage: 'meta' });

    // While the browser is open the section has to stand there: the agent signs in to what is configured.
    const browser = wizard('sso');
    await begin(browser);
    await browser.shows(/authorize/);
    expect(read()).toContain('[sso-session my-sso]');
    await left(browser);

    const accounts = wizard('sso');
    await begin(accounts);
    await allow(accounts);
    await accounts.shows(/Which accounts\?/);
    await left(accounts);

    const roles = wizard('sso');
    await begin(roles);
    // Signed in already: the token is still there, under the same name.
    await answer(roles, /Which accounts\?/, 'Development', tab, enter);
    await roles.shows(/Which roles\?/);
    await left(roles);

    const sure = wizard('sso');
    await begin(sure);
    await answer(sure, /Which accounts\?/, 'Development', tab, enter);
    await answer(sure, /Which roles\?/, tab, down, tab, enter);
    await answer(sure, /Region of Amazon Bedrock/, enter);
    await answer(sure, /Names of the profiles/, enter);
    await answer(sure, /Which of them is Claude Code to use/, enter);
    await sure.shows(/Write 2 profiles/);
    await left(sure);
  });

  it('writes many profiles at once: searched, chosen, named by a template', async () => {
    writeFileSync(config(), mine);
    const terminal = wizard('sso');
    await begin(terminal);
    await answer(terminal, /Which accounts\?/, 'Dev', tab);
    await answer(terminal, /Which accounts\?/, ...Array(3).fill('\x7f'), 'Research', tab, enter);
    await terminal.shows(/Which roles\?/);
    // Sandbox Development: the first two; Sandbox Research: the first.
    await answer(terminal, /Which roles\?/, down, down, down, ' ', ...Array(3).fill('\x1b[A'), ' ', down);
    await answer(terminal, /Which roles\?/, ' ', enter);
    await answer(terminal, /Region of Amazon Bedrock/, enter);
    // A template that cannot be used is refused where it is typed.
    await answer(terminal, /Names of the profiles/, '{nobody}', enter);
    await terminal.shows(/cannot be used/);
    await answer(terminal, /Names of the profiles/, ...Array(8).fill('\x7f'), enter);
    await answer(terminal, /Which of them is Claude Code to use/, 'Research', enter);
    await answer(terminal, /Write 3 profiles/, enter);
    await answer(terminal, /Which model\?/, enter);
    expect((await terminal.exited).exitCode).toBe(0);
    expect(terminal.text).toContain('✓ A model’s answer');
    const text = read();
    expect(text.startsWith(mine)).toBe(true);
    expect([...text.matchAll(/\[profile (.*)\]/g)].map((m) => m[1])).toEqual(names);
    expect(text.match(/sso_session = my-sso\n/g)).toHaveLength(3);
    const snapshot: Snapshot = JSON.parse((await it_.run(['status', '--json'])).stdout);
    expect(snapshot.activeEnvironment).toBe(names[2]);
    expect((await it_.run(['export-credentials', '--profile', names[0] as string])).status).toBe(0);
  });

  it.skipIf(!aws)('the AWS CLI uses what was written', async () => {
    const { stdout, stderr } = await runCommand(aws?.path as string, ['configure', 'list-profiles'], {
      env: it_.env,
    });
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toEqual(['default', ...names]);
  });

  it('undo takes all of them back, and then the SSO session', async () => {
    const undone = await it_.run(['configure', 'undo', '--json']);
    expect(JSON.parse(undone.stdout)).toEqual({ file: config() });
    expect(read()).not.toContain('[profile');
    expect((await it_.run(['configure', 'undo'])).stdout).toContain(config());
    expect(read()).toBe(mine);
    const nothing = await it_.run(['configure', 'undo']);
    expect(nothing.stderr.trim().split('\n')).toHaveLength(1);
    expect(nothing.status).toBe(1);
  });
});

describe('configure sso, by options alone', () => {
  const session = () => ['--start-url', it_.sandbox.startUrl, '--region', it_.sandbox.region];

  it('every role of two accounts, as JSON', async () => {
    writeFileSync(config(), mine);
    const args = ['configure', 'sso', '--sso-session', 'my-sso', ...session(), '--json'];
    const choice = ['--account', '111122223333', '222233334444', '--all', '--bedrock-region', 'us-west-2'];
    const done = await it_.run([...args, ...choice, '--template', '{role}@{accountId}']);
    expect(done.stderr).toBe('');
    const { profiles, environment, ssoSession } = JSON.parse(done.stdout) as {
      profiles: { name: string; region: string }[];
      environment: null;
      ssoSession: string;
    };
    expect([ssoSession, environment]).toEqual(['my-sso', null]);
    expect(profiles.map((p) => p.name)).toEqual([
      'BedrockDeveloper@111122223333',
      'ReadOnlyAccess@111122223333',
      'AdministratorAccess@111122223333',
      'BedrockDeveloper@222233334444',
      'BedrockPowerUser@222233334444',
    ]);
    expect(profiles.every((p) => p.region === 'us-west-2')).toBe(true);
    // The same again changes nothing.
    const text = read();
    const again = await it_.run([...args, ...choice, '--template', '{role}@{accountId}']);
    expect(again.status).toBe(0);
    expect(read()).toBe(text);
  });

  it.each([
    [['--account', '12'], 2, '--account'],
    [['--template', '{nobody}', '--all'], 2, '{nobody}'],
    [['--template', '-', '--all', '--bedrock-region', 'us-west-2'], 2, 'no name'],
    [['--account', '111122223333', '--role', 'Nobody'], 1, 'Nobody'],
    [['--account', '111122223333'], 2, '--role'],
  ])('%j is refused and leaves no new SSO session behind', async (args, status, named) => {
    writeFileSync(config(), mine);
    const refused = await it_.run(['configure', 'sso', '--sso-session', 'my-sso', ...session(), ...args]);
    expect(refused.stderr).toContain(named);
    expect(refused.status).toBe(status);
    expect(read()).toBe(mine);
  });
});

describe('configure import', () => {
  const others =
    '[profile old]\nsso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 111122223333\nsso_role_name = Dev\n\n[profile team]\ngranted_sso_start_url = https://example.awsapps.com/start\ngranted_sso_region = eu-west-1\ngranted_sso_account_id = 222233334444\ngranted_sso_role_name = Ops\ncredential_process = granted credential-process --profile team\n\n[profile leap]\ncredential_process = leapp session generate 1234\n';

  it('lists what there is with the very text; takes all that can be added; undo', async () => {
    writeFileSync(config(), mine + others);
    const listed = await it_.run(['configure', 'import']);
    expect(listed.status).toBe(0);
    expect(listed.stdout).toContain('legacy:old:convert');
    expect(listed.stdout).toContain('    + sso_session = example');
    expect(listed.stdout).toContain('encrypted workspace');
    expect(listed.stderr).toContain('--id');
    const { candidates } = JSON.parse((await it_.run(['configure', 'import', '--json'])).stdout);
    expect(candidates.map((c: { id: string }) => c.id)).toEqual([
      'legacy:old:convert',
      'legacy:old',
      'granted:team',
      'leapp:leap',
    ]);
    expect(read()).toBe(mine + others);
    const all = await it_.run(['configure', 'import', '--all', '--json']);
    expect(JSON.parse(all.stdout)).toEqual({ profiles: ['old-sso', 'team-sso'] });
    expect(read().startsWith(mine + others)).toBe(true);
    expect((await it_.run(['configure', 'undo'])).status).toBe(0);
    expect(read()).toBe(mine + others);
    const unknown = await it_.run(['configure', 'import', '--id', 'granted:nobody']);
    expect(unknown.status).toBe(2);
  });

  it('typed in a terminal: chosen, shown, written; or left', async () => {
    writeFileSync(config(), mine + others);
    const left = wizard('import');
    await answer(left, /What do you want to take over/, 'convert', tab, enter);
    await left.shows(/\+ sso_session = example/);
    await left.shows(/Write this/);
    left.type(ctrlC);
    expect((await left.exited).exitCode).toBe(1);
    expect(read()).toBe(mine + others);

    const terminal = wizard('import');
    await answer(terminal, /What do you want to take over/, 'convert', tab, enter);
    await answer(terminal, /Write this/, enter);
    expect((await terminal.exited).exitCode).toBe(0);
    expect(read()).toContain(
      '[profile old]\nsso_account_id = 111122223333\nsso_role_name = Dev\nsso_session = example\n',
    );
  });

  it('nothing there is said', async () => {
    mkdirSync(join(it_.sandbox.home, '.aws'), { recursive: true });
    writeFileSync(config(), mine);
    expect((await it_.run(['configure', 'import'])).stdout).toContain('nothing');
    expect(JSON.parse((await it_.run(['configure', 'import', '--json'])).stdout)).toEqual({ candidates: [] });
  });
});

describe('a first run', () => {
  const claude = () => join(it_.sandbox.home, '.local', 'bin', 'claude');
  let shell: AgentConnection;
  const state = () => shell.call('state.get', {});
  const models = { 'sonnet-4-5': 'us.anthropic.claude-sonnet-4-5-20250929-v1:0' };

  beforeAll(async () => {
    mkdirSync(join(claude(), '..'), { recursive: true });
    writeFileSync(claude(), '#!/bin/sh\necho "2.1.330 (Claude Code)"\n', { mode: 0o755 });
    shell = await it_.connect('cli');
  });
  afterAll(() => shell?.close());
  afterEach(() => it_.sandbox.switches({ deniedModels: [], faultServices: ['oidc'], throttleNext: 0 }));
  /** As on the first day, but for what the portal's browser remembers. */
  const anew = async () => {
    await shell.call('signOut', {});
    for (const { name } of (await state()).environments) await shell.call('environments.delete', { name });
    rmSync(join(it_.sandbox.home, '.aws'), { recursive: true, force: true });
  };

  it('from an empty HOME to the check, with nothing typed but the start URL; then again, in Chinese', async () => {
    await anew();
    const terminal = wizard('sso');
    let inputs = 0;
    const press = async (question: RegExp, ...keys: string[]) => {
      inputs += 1;
      await answer(terminal, question, ...keys);
    };
    await press(/Start URL of your AWS access portal/, it_.sandbox.startUrl, enter);
    await allow(terminal);
    await press(/Which accounts\?/, tab, enter);
    await press(/Which roles\?/, tab, enter);
    await press(/Region of Amazon Bedrock/, enter);
    await press(/Which model\?/, enter);
    expect((await terminal.exited).exitCode).toBe(0);
    expect(inputs).toBe(5);
    expect(terminal.text).toContain('Everything works.');
    expect(terminal.text).toContain('bedrock-tray claude');
    expect(terminal.text).toMatch(/✓ Claude Code: 2\.1\.330/);
    const { activeEnvironment, settings } = await state();
    expect([activeEnvironment, settings.setupDone]).toEqual(['Sandbox-Development-BedrockDeveloper', true]);

    // What is there is proposed: no question of the portal comes again.
    const chinese = new PersonTerminal(pinnedNode, [command, 'configure', 'sso'], {
      env: { ...it_.env, LANG: 'zh_CN.UTF-8' },
      cwd: it_.sandbox.home,
      cols: 120,
      rows: 50,
    });
    terminals.push(chinese);
    await answer(chinese, /配置文件 Sandbox-Development-BedrockDeveloper/, enter);
    await answer(chinese, /Amazon Bedrock 的区域/, enter);
    await answer(chinese, /使用哪个模型/, enter);
    expect((await chinese.exited).exitCode).toBe(0);
    expect(chinese.text).toContain('一切正常');
    expect(chinese.text).not.toMatch(/起始 URL/);
  });

  it('an address that nobody has, something else in the place of AWS, a page that does not tell', async () => {
    await anew();
    await it_.sandbox.switches({ startPage: 'missing' });
    const terminal = wizard('sso');
    await answer(terminal, /Start URL of/, it_.sandbox.startUrl, enter);
    await terminal.shows(/AWS knows no access portal/);
    await it_.sandbox.switches({ startPage: 'elsewhere' });
    await answer(terminal, /◆ {2}Start URL of/, it_.sandbox.startUrl, enter);
    await terminal.shows(/How do you want to go on\?/);
    await it_.sandbox.switches({ startPage: 'silent' });
    // Try again: this time it is a portal that does not tell.
    await answer(terminal, /How do you want to go on\?/, enter);
    await terminal.shows(/AWS does not tell the region/);
    // A region that is none shows at the sign-in only.
    const nowhere = [...Array(9).fill('\x7f'), 'us-east-9'];
    await it_.sandbox.switches({ oidcError: { name: 'InvalidRequestException', count: 1, operation: null } });
    await answer(terminal, /◆ {2}Region of IAM Identity Center/, ...nowhere, enter);
    await terminal.shows(/◆ {2}Start URL of/);
    expect(existsSync(config()) ? read() : '').not.toContain('sso-session');
    await it_.sandbox.switches({ startPage: 'meta', oidcError: null });
    await answer(terminal, /◆ {2}Start URL of/, it_.sandbox.startUrl, enter);
    // Denied in the browser: why, and once more.
    await allow(terminal, 'deny');
    await terminal.shows(/What next\?/);
    terminal.type('\x1b');
    expect((await terminal.exited).exitCode).toBe(1);
    expect(existsSync(config()) ? read() : '').not.toContain('sso-session');
  });

  it('a refused model is named in the words of AWS and another one chosen; what was written stays', async () => {
    await anew();
    const left = wizard('sso');
    await begin(left);
    await allow(left);
    await answer(left, /Which accounts\?/, tab, enter);
    await answer(left, /Which roles\?/, tab, enter);
    await answer(left, /Region of Amazon Bedrock/, enter);
    await left.shows(/Which model\?/);
    left.type(ctrlC);
    expect((await left.exited).exitCode).toBe(1);
    expect(left.text).toContain('What is written stays');
    expect(read()).toContain('[profile Sandbox-Development-BedrockDeveloper]');

    const terminal = wizard('sso');
    await answer(terminal, /Profile Sandbox-Development-BedrockDeveloper/, enter);
    await answer(terminal, /Region of Amazon Bedrock/, enter);
    await terminal.shows(/Which model\?/);
    // Taken away after it was listed: what is refused is not offered.
    await it_.sandbox.switches({ deniedModels: ['anthropic.claude-opus-4-8'] });
    await answer(terminal, /Which model\?/, 'Opus 4.8', enter);
    await terminal.shows(/What next\?/);
    expect(terminal.text).toContain('✗ A model’s answer');
    expect(terminal.text).toContain("You don't have access to the model");
    await answer(terminal, /What next\?/, enter);
    await answer(terminal, /◆ {2}Which model\?/, 'Sonnet 4.5', enter);
    expect((await terminal.exited).exitCode).toBe(0);
    expect(terminal.text).toContain('Everything works.');
    expect((await state()).environments[0]?.model).toBe(models['sonnet-4-5']);
  });

  it('takes over what other tools left, and goes on with it', async () => {
    await anew();
    mkdirSync(join(it_.sandbox.home, '.aws'), { recursive: true });
    writeFileSync(
      config(),
      `[profile team]\ngranted_sso_start_url = ${it_.sandbox.startUrl}\ngranted_sso_region = us-east-1\ngranted_sso_account_id = 222233334444\ngranted_sso_role_name = BedrockPowerUser\ncredential_process = granted credential-process --profile team\n`,
    );
    const terminal = wizard('sso');
    await answer(terminal, /Take over 1 profile of other tools/, 'Take over', enter);
    await answer(terminal, /What do you want to take over/, tab, enter);
    await answer(terminal, /Write this/, enter);
    await allow(terminal);
    await answer(terminal, /Region of Amazon Bedrock/, enter);
    await answer(terminal, /Which model\?/, enter);
    expect((await terminal.exited).exitCode).toBe(0);
    expect((await state()).activeEnvironment).toBe('team-sso');
  });

  it('by options alone: the region told by AWS, the check in the JSON, its exit code', async () => {
    await anew();
    expect((await it_.run(['configure', 'check', '--json'])).status).toBe(1);
    const given = ['configure', 'sso', '--start-url', it_.sandbox.startUrl, '--account', '111122223333'];
    const role = [
      '--role',
      'BedrockDeveloper',
      '--bedrock-region',
      'us-west-2',
      '--profile',
      'dev',
      '--json',
    ];
    const choice = ['--model', models['sonnet-4-5'], '--check'];
    // Nobody is signed in, and nobody sees a browser: the browser's session at the portal is enough.
    await it_.sandbox.switches({ autoApprove: true });
    const done = await it_.run([...given, ...role, ...choice, '--use-device-code']);
    const { status, stdout, stderr } = done;
    expect(status, stderr).toBe(0);
    const { checks, environment, ssoSession } = JSON.parse(stdout);
    expect([ssoSession, environment]).toEqual(['my-sso', 'dev']);
    expect(checks.map((c: { state: string }) => c.state)).toEqual(Array(8).fill('ok'));
    expect(read()).toContain('sso_region = us-east-1');
    const unknown = await it_.run([...given, ...role, '--profile', 'two', '--model', 'us.anthropic.nothing']);
    expect([unknown.status, unknown.stderr]).toEqual([2, expect.stringContaining('us.anthropic.nothing')]);
    await shell.call('signOut', {});
    const out = await it_.run(['configure', 'check']);
    expect([out.status, out.stdout]).toEqual([3, expect.stringContaining('✗ Sign-in: failed')]);
    expect(out.stdout.trim().split('\n')).toHaveLength(8);
    await it_.sandbox.switches({ autoApprove: false, startPage: 'silent' });
    const needed = await it_.run([...given.slice(0, 4), ...role]);
    expect([needed.status, needed.stderr]).toEqual([2, expect.stringContaining('--region')]);
  });
});
