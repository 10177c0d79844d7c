import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { median } from '../../bench/statistics.ts';
import { claudeVersion, prepareClaudeHome, realClaude } from '../../support/claude.ts';
import { runCommand } from '../../support/run-command.ts';
import { keyVariables, pinnedNode, type SandboxProcess, startSandbox } from '../../support/sandbox.ts';
import { Screen } from '../../support/screen.ts';
import { SessionRoom } from '../../support/session-room.ts';

/**
 * The three invariants of docs/decisions/0013-identity-of-claude-sessions.md, with the real Claude Code and rival identities in every place
 * that it reads: no Bedrock request is signed with a key that we did not hand out, shell commands inside see the
 * person's own AWS_* byte for byte, and the person's settings files move us to no other account, region or provider.
 */
describe(`invariants, Claude Code ${claudeVersion}`, () => {
  let sandbox: SandboxProcess;
  let claude: string;
  let own: SessionRoom;
  /** Access keys that our socket handed out. */
  let handedOut: Set<string>;
  /** What the person has in their own environment. */
  let personEnv: Record<string, string>;

  beforeAll(async () => {
    claude = realClaude();
    sandbox = await startSandbox({ region: 'us-west-2' });
  }, 300_000);
  afterAll(() => sandbox.stop());

  beforeEach(async () => {
    await sandbox.reset();
    handedOut = new Set();
    own = await SessionRoom.start({
      claudePath: claude,
      env: { ANTHROPIC_BEDROCK_BASE_URL: sandbox.baseUrl },
      issue: async () => {
        const issued = await sandbox.issueCredentials();
        handedOut.add(issued.accessKeyId);
        return { ...issued, expiresAt: Date.parse(issued.expiration) };
      },
    });
    await prepareClaudeHome(own.home, [own.project]);
    personEnv = await rivals();
  });
  afterEach(() => own[Symbol.asyncDispose]());

  /** Other identities, valid in the sandbox, wherever Claude Code and the SDK may look for one; answers the person's environment. */
  async function rivals(): Promise<Record<string, string>> {
    const rival = () => sandbox.issueCredentials({ accountId: '222233334444', roleName: 'Rival' });
    const [ambient, byDefault, named] = [await rival(), await rival(), await rival()];
    const section = (name: string, c: typeof ambient) =>
      `[${name}]\naws_access_key_id = ${c.accessKeyId}\naws_secret_access_key = ${c.secretAccessKey}\naws_session_token = ${c.sessionToken}\n`;
    await mkdir(join(own.home, '.aws'));
    await writeFile(
      join(own.home, '.aws', 'credentials'),
      section('default', byDefault) + section('rival', named),
    );
    await writeFile(
      join(own.home, '.aws', 'config'),
      '[default]\nregion = eu-north-1\n[profile rival]\nregion = eu-north-1\n',
    );
    await mkdir(join(own.home, '.claude'), { recursive: true });
    await writeFile(
      join(own.home, '.claude', 'settings.json'),
      JSON.stringify({
        awsCredentialExport: `printf '%s' '${JSON.stringify({ Credentials: { AccessKeyId: named.accessKeyId, SecretAccessKey: named.secretAccessKey, SessionToken: named.sessionToken } })}'`,
        awsAuthRefresh: `touch ${own.home}/refreshed`,
        hooks: {
          SessionStart: [
            {
              hooks: [
                { type: 'command', command: `echo 'export AWS_FROM_HOOK=theirs' >> "$CLAUDE_ENV_FILE"` },
              ],
            },
          ],
        },
        env: {
          AWS_PROFILE: 'rival',
          AWS_REGION: 'ap-south-1',
          AWS_BEARER_TOKEN_BEDROCK: 'the-persons-bearer-token',
          ANTHROPIC_BEDROCK_BASE_URL: 'http://127.0.0.1:9/nowhere',
          CLAUDE_CODE_USE_VERTEX: '1',
          CLAUDE_CODE_USE_FOUNDRY: '1',
          CLAUDE_CODE_USE_MANTLE: '1',
          CLAUDE_CODE_USE_GATEWAY: '1',
          CLAUDE_CODE_USE_ANTHROPIC_AWS: '1',
          CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD: '1',
          CLAUDE_CODE_SKIP_BEDROCK_AUTH: '1',
          FROM_SETTINGS: 'yes',
        },
      }),
    );
    await writeFile(join(own.home, 'their env'), `export AWS_FROM_FILE='theirs too'\n`);
    await mkdir(join(own.project, '.claude'));
    await writeFile(
      join(own.project, '.claude', 'settings.local.json'),
      JSON.stringify({ env: { AWS_DEFAULT_REGION: 'sa-east-1' } }),
    );
    return {
      PATH: process.env.PATH ?? '',
      HOME: own.home,
      SHELL: '/bin/sh',
      LANG: 'C.UTF-8',
      ...keyVariables(ambient),
      AWS_REGION: 'eu-central-1',
      AWS_PROFILE: 'does-not-exist',
      AWS_ODD: `a "quoted" 'value' with \\ $HOME \`date\`\nand lines  \tü 漢字 😀`,
      AWS_EMPTY: '',
      AWS_SDK_UA_APP_ID: 'theirs',
      CLAUDE_ENV_FILE: join(own.home, 'their env'),
    };
  }

  /** Everything about AWS that a shell command in Claude Code should see: the person's, with what their settings files set. */
  const theirs = () => ({
    ...Object.fromEntries(Object.entries(personEnv).filter(([name]) => name.startsWith('AWS_'))),
    AWS_PROFILE: 'rival',
    AWS_REGION: 'ap-south-1',
    AWS_BEARER_TOKEN_BEDROCK: 'the-persons-bearer-token',
    AWS_DEFAULT_REGION: 'sa-east-1',
    AWS_FROM_FILE: 'theirs too',
    AWS_FROM_HOOK: 'theirs',
  });

  const shown = async () =>
    Object.fromEntries(
      (await readFile(join(own.project, 'env'), 'utf8'))
        .split('\0')
        .filter((line) => line.startsWith('AWS_'))
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );

  async function onlyOurs(): Promise<void> {
    const seen = (await sandbox.requests()).filter(
      (r) => r.service.startsWith('bedrock') || r.service === 'sts',
    );
    expect(seen.length).toBeGreaterThan(0);
    for (const record of seen) {
      expect(handedOut, `${record.operation} signed by ${record.accessKeyId}`).toContain(record.accessKeyId);
      expect(record.region).toBe('us-west-2');
    }
  }

  /** `claude -p` as a session; answers what it printed once it has ended. */
  async function printed(prompt: string, during?: (id: string) => Promise<void>): Promise<string> {
    const { id } = await own.room.open({
      cwd: own.project,
      cols: 200,
      rows: 40,
      env: personEnv,
      args: ['-p', prompt, '--allowedTools', 'Bash'],
    });
    await during?.(id);
    await own.until(id, 'exited', 120_000);
    const terminal = await own.attach(id);
    await terminal.ended();
    return terminal.text.replaceAll('\r', '');
  }

  /** A shell command for Claude Code that waits in its middle until `goOn` is called; `reached` resolves when it waits. */
  function gate(): { wait: string; reached: () => Promise<void>; goOn: () => Promise<void> } {
    const [there, go] = [join(own.project, 'there'), join(own.project, 'go')];
    return {
      wait: `touch there; while [ ! -e go ]; do sleep 0.05; done; rm there go`,
      reached: () => expect.poll(() => existsSync(there), { timeout: 30_000 }).toBe(true),
      goOn: () => writeFile(go, ''),
    };
  }

  const showEnv = `env -0 > env; echo "ran-$((40 + 2))"`;

  it('the rivals win without us: what follows can fail', async () => {
    const { stdout } = await runCommand(claude, ['-p', 'hello'], {
      cwd: own.project,
      env: {
        ...personEnv,
        CLAUDE_CODE_USE_BEDROCK: '1',
        CLAUDE_CODE_MAX_RETRIES: '0',
        // What a launcher that knows no better would do.
        AWS_REGION: 'us-west-2',
        ANTHROPIC_BEDROCK_BASE_URL: sandbox.baseUrl,
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        HTTPS_PROXY: 'http://127.0.0.1:9',
      },
      timeoutMs: 40_000,
    });
    expect(stdout).not.toContain('Sandbox heard');
  });

  it('-p, signed in', async () => {
    expect(await printed(`run: ${showEnv}`)).toContain('ran-42');
    await onlyOurs();
    expect(await shown()).toEqual(theirs());
    expect(existsSync(join(own.home, 'refreshed'))).toBe(false);
  });

  it('-p, where the person runs no hooks', async () => {
    const settings = join(own.home, '.claude', 'settings.json');
    const theirSettings = JSON.parse(await readFile(settings, 'utf8'));
    await writeFile(settings, JSON.stringify({ ...theirSettings, disableAllHooks: true }));
    expect(await printed(`run: ${showEnv}`)).toContain('ran-42');
    await onlyOurs();
    const { AWS_FROM_HOOK: _, ...withoutHook } = theirs();
    expect(await shown()).toEqual(withoutHook);
  });

  it('-p, sign-in needed: nothing starts before it, nothing is asked of Bedrock, then all is as ever', async () => {
    own.signedIn = false;
    const text = await printed(`run: ${showEnv}`, async (id) => {
      expect(own.state(id)).toBe('waiting');
      expect(own.asked).toBe(1);
      await expect(own.room.attach(id)).rejects.toMatchObject({ code: 'SignInNeeded' });
      expect(await sandbox.requests()).toEqual([]);
      own.signIn();
    });
    expect(text).toContain('ran-42');
    await onlyOurs();
    expect(await shown()).toEqual(theirs());
  });

  it('-p, sign-in lost just before the export: it blocks, and carries on', async () => {
    own.blocked = true;
    const text = await printed(`run: ${showEnv}`, async () => {
      await own.happenings.until(() => own.exportsWaiting > 0, 'an export that waits');
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expect(await sandbox.requests()).toEqual([]);
      own.signIn();
    });
    expect(text).toContain('ran-42');
    await onlyOurs();
    expect(await shown()).toEqual(theirs());
  });

  it('-p, after a 403: signed in, new keys are used at once', async () => {
    const { wait, reached, goOn } = gate();
    const text = await printed(`run: ${wait}; ${showEnv}`, async () => {
      await reached();
      await sandbox.switches({ expireCredentials: true });
      await goOn();
    });
    expect(text).toContain('ran-42');
    expect((await sandbox.requests()).some((r) => r.status === 403)).toBe(true);
    expect(handedOut.size).toBeGreaterThan(1);
    await onlyOurs();
    expect(await shown()).toEqual(theirs());
  });

  it('-p, after a 403 with a sign-in needed: it waits, and no other identity is tried', async () => {
    const { wait, reached, goOn } = gate();
    const text = await printed(`run: ${wait}; ${showEnv}`, async () => {
      await reached();
      own.blocked = true;
      await sandbox.switches({ expireCredentials: true });
      await goOn();
      await own.happenings.until(() => own.exportsWaiting > 0, 'an export that waits');
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      await onlyOurs();
      own.signIn();
    });
    expect(text).toContain('ran-42');
    expect((await sandbox.requests()).some((r) => r.status === 403)).toBe(true);
    await onlyOurs();
    expect(await shown()).toEqual(theirs());
  });

  it('in the terminal: signed in, after a 403, and after a 403 with a sign-in needed', async () => {
    const { id } = await own.room.open({
      cwd: own.project,
      cols: 100,
      rows: 40,
      env: personEnv,
      args: ['--allowedTools', 'Bash'],
    });
    await own.until(id, 'running');
    const screen = new Screen(await own.attach(id));
    const ask = async (n: number) => {
      await rm(join(own.project, 'env'), { force: true });
      // The answer differs from what was typed, and from the answer before.
      await enter(screen, `run: env -0 > env; echo "ran-$((${n} * 2))-times"`);
    };
    await screen.shows(/❯/);
    await ask(50);
    await screen.shows(/Sandbox saw: ran-100-times/);
    await onlyOurs();
    expect(await shown()).toEqual(theirs());

    await sandbox.switches({ expireCredentials: true });
    await ask(60);
    await screen.shows(/Sandbox saw: ran-120-times/, 60_000);
    expect(handedOut.size).toBeGreaterThan(1);
    await onlyOurs();
    expect(await shown()).toEqual(theirs());

    own.blocked = true;
    await sandbox.switches({ expireCredentials: true });
    await ask(70);
    await own.happenings.until(() => own.exportsWaiting > 0, 'an export that waits', 60_000);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    await onlyOurs();
    own.signIn();
    await screen.shows(/Sandbox saw: ran-140-times/, 60_000);
    await onlyOurs();
    expect(await shown()).toEqual(theirs());

    const { text } = screen;
    const again = new Screen(await own.attach(id));
    await again.shows(/ran-140-times/);
    expect(again.text).toBe(text);
    await own.room.kill(id);
    await own.until(id, 'exited');
    await expect.poll(() => existsSync(join(own.folder, 'state', 'sessions', id))).toBe(false);

    // Resumed: another process, the same conversation, the same promises.
    await own.room.resume(id, 100, 40);
    await own.until(id, 'running');
    const resumed = new Screen(await own.attach(id));
    await resumed.shows(/ran-140-times/);
    await enter(resumed, `run: env -0 > env; echo "ran-$((80 * 2))-times"`);
    await resumed.shows(/Sandbox saw: ran-160-times/);
    await onlyOurs();
    expect(await shown()).toEqual(theirs());
    for (const s of [screen, again, resumed]) s.dispose();
  }, 300_000);

  it('whole-session: shell commands have our identity and region, and no other', async () => {
    own.environment.identityMode = 'whole-session';
    const text = await printed(
      `run: ${showEnv}; cp "$AWS_CONFIG_FILE" config; ls -l "$AWS_SHARED_CREDENTIALS_FILE"; sed -n 's/^credential_process = //p' config | sh > keys`,
    );
    expect(text).toContain('ran-42');
    await onlyOurs();
    const env = await shown();
    expect(env).toMatchObject({
      AWS_PROFILE: 'bedrock-tray',
      AWS_REGION: 'us-west-2',
      AWS_DEFAULT_REGION: 'us-west-2',
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      AWS_SESSION_TOKEN: '',
      AWS_ODD: personEnv.AWS_ODD,
    });
    expect(await readFile(join(own.project, 'config'), 'utf8')).toContain(
      '[profile bedrock-tray]\nregion = us-west-2\n',
    );
    const keys = JSON.parse(await readFile(join(own.project, 'keys'), 'utf8')) as { AccessKeyId: string };
    expect(handedOut).toContain(keys.AccessKeyId);
  });

  it("the environment's models are used, whatever the person's settings say", async () => {
    own.environment.model = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
    own.environment.smallFastModel = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
    const settings = join(own.home, '.claude', 'settings.json');
    const theirSettings = JSON.parse(await readFile(settings, 'utf8'));
    theirSettings.model = 'opus';
    theirSettings.env.ANTHROPIC_MODEL = 'us.anthropic.claude-opus-4-5-20251101-v1:0';
    theirSettings.env.ANTHROPIC_DEFAULT_HAIKU_MODEL = 'us.anthropic.claude-opus-4-5-20251101-v1:0';
    await writeFile(settings, JSON.stringify(theirSettings));
    expect(await printed('hello')).toContain('Sandbox heard: "hello"');
    const models = (await sandbox.requests({ service: 'bedrock-runtime' })).map((r) => r.detail?.modelId);
    expect(models).toContain(own.environment.model);
    expect(models).not.toContain('us.anthropic.claude-opus-4-5-20251101-v1:0');
  });

  it("the environment's region holds for its small model too", async () => {
    const haiku = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';
    Object.assign(own.environment, { model: haiku, smallFastModel: haiku });
    const settings = join(own.home, '.claude', 'settings.json');
    const theirSettings = JSON.parse(await readFile(settings, 'utf8'));
    theirSettings.env.ANTHROPIC_SMALL_FAST_MODEL_AWS_REGION = 'eu-north-1';
    await writeFile(settings, JSON.stringify(theirSettings));
    expect(await printed('hello')).toContain('Sandbox heard: "hello"');
    const models = (await sandbox.requests({ service: 'bedrock-runtime' })).map((r) => r.detail?.modelId);
    expect(models).toContain(haiku);
    await onlyOurs();
  });

  it("without an endpoint of ours it is AWS's own address, not one in the person's settings", async () => {
    const asked: string[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      socket.on('error', () => undefined);
      socket.end('HTTP/1.1 502 no\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as AddressInfo;
    const bare = await SessionRoom.start({ claudePath: claude, issue: own.issue });
    try {
      await cp(own.home, bare.home, { recursive: true });
      const settings = join(bare.home, '.claude', 'settings.json');
      const theirSettings = JSON.parse(await readFile(settings, 'utf8'));
      for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_BEDROCK', 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME'])
        theirSettings.env[name] = `https://${name.toLowerCase().replaceAll('_', '-')}.example`;
      await writeFile(settings, JSON.stringify(theirSettings));
      const { id } = await bare.room.open({
        cwd: bare.project,
        cols: 80,
        rows: 24,
        env: {
          ...personEnv,
          HOME: bare.home,
          CLAUDE_CODE_MAX_RETRIES: '0',
          HTTPS_PROXY: `http://127.0.0.1:${port}`,
        },
        args: ['-p', 'hello'],
      });
      await bare.until(id, 'exited', 120_000);
      expect(asked).toContain('bedrock-runtime.us-west-2.amazonaws.com:443');
      expect(
        asked.filter((host) => !/^bedrock(-runtime)?\.us-west-2\.amazonaws\.com:443$/.test(host)),
      ).toEqual([]);
    } finally {
      proxy.closeAllConnections();
      proxy.close();
      await bare[Symbol.asyncDispose]();
    }
  });

  it('the export answers in tens of milliseconds', async () => {
    const { id } = await own.room.open({
      cwd: own.project,
      cols: 80,
      rows: 24,
      env: personEnv,
      args: ['--allowedTools', 'Bash'],
    });
    await own.until(id, 'running');
    const settings = JSON.parse(
      await readFile(join(own.folder, 'state', 'sessions', id, 'settings.json'), 'utf8'),
    );
    const timed = async (command: string): Promise<{ ms: number; stdout: string }> => {
      const began = performance.now();
      const { stdout } = await runCommand('/bin/sh', ['-c', command], { env: personEnv });
      return { ms: performance.now() - began, stdout };
    };
    const [times, starts]: [number[], number[]] = [[], []];
    for (let i = 0; i < 7; i++) {
      starts.push((await timed(`'${pinnedNode}' -e 0`)).ms);
      const { ms, stdout } = await timed(settings.awsCredentialExport);
      times.push(ms);
      expect(JSON.parse(stdout).Credentials.AccessKeyId).toMatch(/^ASIA/);
    }
    const shown = (all: number[]) => all.map((t) => t.toFixed(0)).join(' ');
    console.log(
      `awsCredentialExport, shell and Node's start included: ${shown(times)} ms; these alone: ${shown(starts)} ms`,
    );
    // Other tests run beside this one: what a start takes on this machine is measured at the same time.
    expect(median(times)).toBeLessThan(3 * median(starts) + 50);
  });
});

/** Types a prompt; Enter goes apart, since text that comes with it would be taken for a paste. */
async function enter(screen: Screen, prompt: string): Promise<void> {
  screen.type(prompt);
  await screen.shows(new RegExp(prompt.slice(-24).replace(/[^\w -]/g, '.')));
  screen.type('\r');
}
