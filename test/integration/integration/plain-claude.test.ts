import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findAwsCli } from '../../support/aws-cli.ts';
import { findBotocore } from '../../support/botocore.ts';
import { claudeVersion, prepareClaudeHome, realClaude } from '../../support/claude.ts';
import { command, type Installation, install } from '../../support/installation.ts';
import { PersonTerminal } from '../../support/person-terminal.ts';
import { runCommand } from '../../support/run-command.ts';
import { keyVariables, pinnedNode } from '../../support/sandbox.ts';

const aws = findAwsCli();
const python = findBotocore();

/**
 * Plain `claude`, started by nothing of ours, with nothing of ours in its environment, and a valid AWS identity of
 * another account in it: what `bedrock-tray integrate` wrote into the person's files is all it has.
 */
describe(`plain claude ${claudeVersion} after bedrock-tray integrate`, () => {
  let own: Installation;
  let claude: string;
  let project: string;
  /** The person's own environment: no variable of ours, none that turns AWS clients to the sandbox. */
  let person: Record<string, string>;
  let rivalKey: string;
  let settings: string;
  let config: string;
  let before: { settings: Buffer; config: Buffer };
  const terminals: PersonTerminal[] = [];
  const running = new Set<ChildProcess>();

  beforeAll(async () => {
    claude = realClaude();
    own = await install({ env: { PATH: `${dirname(claude)}:${process.env.PATH}` } });
    const { home } = own.sandbox;
    project = join(home, 'a project');
    mkdirSync(project);
    await prepareClaudeHome(home, [project]);
    settings = join(home, '.claude', 'settings.json');
    config = join(home, '.aws', 'config');
    mkdirSync(dirname(settings), { recursive: true });
    writeFileSync(settings, '{\r\n\t"permissions": {"allow": ["Bash"]}, "env": {\r\n\t\t"MINE": "1" }\r\n}', {
      mode: 0o640,
    });
    writeFileSync(
      config,
      `${readFileSync(config, 'utf8')}\n# another role\n[profile power]\nsso_session = sandbox\nsso_account_id = 222233334444\nsso_role_name = BedrockPowerUser\nregion = us-east-1`,
    );
    before = { settings: readFileSync(settings), config: readFileSync(config) };
    const rival = await own.sandbox.issueCredentials({ accountId: '333344445555', roleName: 'Rival' });
    rivalKey = rival.accessKeyId;
    person = {
      PATH: process.env.PATH ?? '',
      HOME: home,
      SHELL: '/bin/sh',
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      ...keyVariables(rival),
      AWS_REGION: 'eu-north-1',
      HTTPS_PROXY: 'http://127.0.0.1:9',
      NO_PROXY: '127.0.0.1',
      NODE_OPTIONS: '--require /nowhere/at/all.cjs',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    };
    const agent = await own.connect();
    for (const [name, profile] of [
      ['sandbox', 'sandbox'],
      ['power', 'power'],
    ] as const)
      await agent.call('environments.create', {
        name,
        profile,
        region: 'us-west-2',
        model: null,
        smallFastModel: null,
        identityMode: 'bedrock-only',
        endpointUrl: own.sandbox.baseUrl,
      });
    await agent.call('environments.use', { name: 'sandbox' });
    agent.close();
    await signIn();
  }, 300_000);
  afterAll(() => own?.stop());

  /** What a test that failed left running would ask in the next one's place. */
  afterEach(async () => {
    for (const child of running) child.kill('SIGKILL');
    for (const each of terminals.splice(0)) await each.close();
  });

  async function signIn(): Promise<void> {
    expect((await own.login({ args: ['--sso-session', 'sandbox'] })).status).toBe(0);
  }

  async function printed(prompt: string, env = person): Promise<string> {
    const child = spawn(claude, ['-p', prompt], { cwd: project, env, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const late = setTimeout(() => child.kill('SIGKILL'), 150_000);
    await once(child, 'close');
    clearTimeout(late);
    running.delete(child);
    return stdout + stderr;
  }

  /** Every request to Bedrock since `after` was signed in our region, and by whom. Useless keys are ours, too. */
  async function signers(after = 0): Promise<Set<string>> {
    const roles = new Map((await own.sandbox.issued()).map((k) => [k.accessKeyId, k.roleName]));
    const requests = (await own.sandbox.requests({ after })).filter((r) => r.service.startsWith('bedrock'));
    for (const r of requests) expect(r.region).toBe('us-west-2');
    return new Set(
      requests.map((r) =>
        /0{8}/.test(r.accessKeyId ?? '') ? 'nobody' : (roles.get(r.accessKeyId ?? '') ?? '?'),
      ),
    );
  }
  /** Without a sign-in the first request is nobody's; none is ever somebody else's. */
  async function refusedOrOurs(after: number): Promise<void> {
    const all = await signers(after);
    expect(all).toContain('BedrockDeveloper');
    all.delete('nobody');
    expect([...all]).toEqual(['BedrockDeveloper']);
  }
  const lastRequest = async () => Math.max(0, ...(await own.sandbox.requests()).map((r) => r.id));

  function terminal(args: readonly string[] = []): PersonTerminal {
    const made = new PersonTerminal(claude, ['--permission-mode', 'default', ...args], {
      env: person,
      cwd: project,
    });
    terminals.push(made);
    return made;
  }
  async function enter(screen: PersonTerminal, text: string): Promise<void> {
    screen.type(text);
    await screen.shows(new RegExp(`❯\\s+${text}`));
    screen.type('\r');
  }

  it('without it there is no Bedrock: what follows can fail', async () => {
    expect(await printed('hello', { ...person, CLAUDE_CODE_MAX_RETRIES: '0' })).not.toContain(
      'Sandbox heard',
    );
  });

  it('in a terminal it shows the changes in colours and asks; no is no', async () => {
    for (const no of ['\x1b', 'n']) {
      const screen = new PersonTerminal(pinnedNode, [command, 'integrate'], {
        env: own.env,
        cwd: project,
        rows: 60,
      });
      terminals.push(screen);
      await screen.shows(/Write these changes\?/);
      expect(screen.output).toContain('\x1b[32m+[profile bedrock-tray]');
      screen.type(no);
      expect((await screen.exited).exitCode).toBe(1);
      expect(screen.output).toContain('Nothing was written.');
    }
    expect(readFileSync(settings)).toEqual(before.settings);
    expect(readFileSync(config)).toEqual(before.config);
  });

  it('shows the changes, writes nothing without consent, then exactly these', async () => {
    const asked = await own.run(['integrate']);
    expect(asked.status).toBe(2);
    expect(asked.stdout).toContain(`+++ ${settings}`);
    expect(asked.stdout).toContain('+[profile bedrock-tray]');
    expect(asked.stderr).toContain('--yes');
    expect(readFileSync(settings)).toEqual(before.settings);
    expect(readFileSync(config)).toEqual(before.config);
    const written = await own.run(['integrate', '--yes', '--json']);
    expect(JSON.parse(written.stdout)).toEqual({ files: [config, settings] });
    const status = JSON.parse((await own.run(['integrate', 'status', '--json'])).stdout);
    expect(status.files.map((f: { state: string }) => f.state)).toEqual(['present', 'present']);
    expect((await own.run(['integrate', 'status'])).stdout).toContain('integrated');
    expect(statSync(settings).mode & 0o777).toBe(0o640);
    const said = JSON.parse(readFileSync(settings, 'utf8'));
    expect(said).toMatchObject({
      permissions: { allow: ['Bash'] },
      env: { MINE: '1', AWS_REGION: 'us-west-2' },
    });
    expect(JSON.stringify(said)).not.toMatch(/ASIA|secret/i);
  });

  it('-p answers with our credentials, whatever identity is around', async () => {
    const after = await lastRequest();
    expect(await printed('hello there')).toContain('Sandbox heard: "hello there"');
    expect(await signers(after)).toEqual(new Set(['BedrockDeveloper']));
  });

  it('its shell commands keep the person’s own AWS identity', async () => {
    await printed('run: env -0 > env; echo done');
    const env = readFileSync(join(project, 'env'), 'utf8').split('\0');
    expect(env).toContain(`AWS_ACCESS_KEY_ID=${rivalKey}`);
    // A settings file's env is everybody's: the region is the one thing that reaches them.
    expect(env.filter((line) => /^AWS_REGION=/.test(line))).toEqual(['AWS_REGION=us-west-2']);
  });

  /** What a program prints. Waited for without standing still: the sandbox drops connections that are idle for 5 s. */
  async function output(file: string, args: readonly string[]): Promise<string> {
    const env = { PATH: process.env.PATH ?? '', HOME: own.sandbox.home };
    const { code, stdout, stderr } = await runCommand(file, args, { env, timeoutMs: 120_000 });
    expect(code, stderr).toBe(0);
    return stdout;
  }

  it.skipIf(!aws)('the AWS CLI uses the profile', async () => {
    if (!aws) return;
    const text = await output(
      aws.path,
      '--profile bedrock-tray configure export-credentials --format env-no-export'.split(' '),
    );
    expect(text).toMatch(/^AWS_ACCESS_KEY_ID=ASIA/m);
    expect(text).not.toContain(rivalKey);
  });

  it.skipIf(!python)('botocore uses the profile', async () => {
    if (!python) return;
    const script =
      'import botocore.session; s=botocore.session.Session(profile="bedrock-tray"); c=s.get_credentials(); print(c.method, c.access_key, s.get_config_variable("region"))';
    const text = await output(python, ['-c', script]);
    const [method, key, region] = text.trim().split(' ');
    expect([method, region]).toEqual(['custom-process', 'us-west-2']);
    expect((await own.sandbox.issued()).find((k) => k.accessKeyId === key)?.roleName).toBe(
      'BedrockDeveloper',
    );
  });

  it('in its own interface: signed in, keys that AWS refuses, and a sign-in that is needed in mid-session', async () => {
    await signIn();
    const after = await lastRequest();
    const screen = terminal();
    await screen.shows(/❯/);
    await enter(screen, 'first question');
    await screen.shows(/Sandbox heard: "first question"/);

    await own.sandbox.switches({ expireCredentials: true });
    await enter(screen, 'second question');
    await screen.shows(/Sandbox heard: "second question"/, 60_000);

    expect((await own.run(['logout'])).status).toBe(0);
    await own.sandbox.switches({ expireCredentials: true });
    await enter(screen, 'third question');
    await screen.shows(/retrying/, 60_000);
    await promptIsOpen();
    await signIn();
    await screen.shows(/Sandbox heard: "third question"/, 60_000);
    expect(await signers(after)).toEqual(new Set(['BedrockDeveloper']));
  }, 300_000);

  it('started while a sign-in is needed it shows itself at once, and answers after the sign-in', async () => {
    expect((await own.run(['logout'])).status).toBe(0);
    const after = await lastRequest();
    const screen = terminal();
    await screen.shows(/❯/, 60_000);
    await enter(screen, 'early question');
    await promptIsOpen();
    await screen.shows(/retrying/, 60_000);
    await signIn();
    await screen.shows(/Sandbox heard: "early question"/, 60_000);
    // Refused as nobody, never signed as somebody else.
    await refusedOrOurs(after);
  });

  it('-p, too, waits for the sign-in', async () => {
    expect((await own.run(['logout'])).status).toBe(0);
    const after = await lastRequest();
    const answer = printed('hello again');
    await promptIsOpen();
    await signIn();
    expect(await answer).toContain('Sandbox heard: "hello again"');
    await refusedOrOurs(after);
  });

  it('sessions of ours go on as without it: their own environment, their own export', async () => {
    const after = await lastRequest();
    const screen = new PersonTerminal(
      join(import.meta.dirname, '..', '..', '..', 'bin', 'bedrock-tray'),
      ['claude', '--env', 'power', '--cwd', project, '--', '-p', 'from a session'],
      {
        env: { ...own.env, ...keyVariables(await own.sandbox.issueCredentials({ roleName: 'Rival' })) },
        cwd: project,
      },
    );
    terminals.push(screen);
    await screen.shows(/Sandbox heard: "from a session"/, 60_000);
    await screen.exited;
    expect(await signers(after)).toEqual(new Set(['BedrockPowerUser']));
  });

  it('undo gives both files back, byte for byte', async () => {
    const undone = await own.run(['integrate', '--undo', '--json']);
    expect(JSON.parse(undone.stdout)).toEqual({ files: [config, settings] });
    expect(readFileSync(settings)).toEqual(before.settings);
    expect(readFileSync(config)).toEqual(before.config);
    expect(statSync(settings).mode & 0o777).toBe(0o640);
    expect((await own.run(['integrate', '--undo'])).status).toBe(1);
  });

  /** The agent asks for the sign-in. */
  async function promptIsOpen(): Promise<void> {
    const agent = await own.connect();
    await expect
      .poll(
        async () =>
          (await agent.call('state.get', {})).ssoSessions.some(
            (s) => s.state === 'expired' || s.state === 'signedOut',
          ),
        {
          timeout: 60_000,
        },
      )
      .toBe(true);
    await expect
      .poll(async () => (await agent.call('state.get', {})).prompt?.profile ?? null, { timeout: 60_000 })
      .toBe('sandbox');
    agent.close();
  }
});
