/**
 * `bedrock-tray demo` as a person has it, where there is no network but the loopback: the main path in Chromium with
 * the real Claude Code, nothing read from or written to their HOME, and nothing left after Ctrl+C.
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Browser, chromium, type Page } from 'playwright';
import { afterAll, describe, expect, test } from 'vitest';
import { findClaude } from '../support/claude.ts';
import { hasChromium } from '../support/desktop/browser.ts';
import { buildOnce, command, hasProgram } from '../support/installation.ts';
import { terminalShows } from '../support/page/terminal-text.ts';
import { pinnedNode } from '../support/sandbox.ts';

const claude = findClaude();
/** A network namespace with nothing but `lo`; an ordinary user gets it within a user namespace. */
const unshare = ['unshare', ...(process.getuid?.() === 0 ? [] : ['--map-root-user']), '--net'];
const missing =
  process.platform !== 'linux'
    ? 'network namespaces need Linux'
    : !hasChromium()
      ? 'Chromium is not installed'
      : !claude
        ? 'Claude Code is not installed for tests'
        : !hasProgram('strace') || !hasProgram('ip', ['-V'])
          ? 'apt-get install strace iproute2'
          : !hasProgram(unshare[0] as string, [...unshare.slice(1), 'ip', 'link', 'set', 'lo', 'up'])
            ? 'no network namespace can be made here'
            : undefined;

/**
 * Processes of this run, however detached: they carry its mark in their environment (as Linux tells), or, like the
 * pty-host, which is given none, its folder in their command line.
 */
function carrying({ mark, folder }: { mark: string; folder: string }): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return [];
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        const isOurs = line.includes(folder) || readFileSync(`/proc/${pid}/environ`, 'utf8').includes(mark);
        return isOurs ? [`${pid} ${line}`] : [];
      } catch {
        return [];
      }
    });
}

/** A demo in a namespace of its own, and a browser in the same. */
class Demo {
  readonly folder = mkdtempSync(join(tmpdir(), 'bt-e2e-'));
  readonly home = join(this.folder, 'real-home');
  readonly tmp = join(this.folder, 'tmp');
  readonly mark = `demo-${randomUUID()}`;
  readonly said: string[] = [];
  /** What it printed on standard output: the page's addresses. */
  readonly addresses: string[] = [];
  #holder!: ChildProcess;
  #traced!: ChildProcess;
  #browser: Browser | undefined;

  async start(options: { args?: readonly string[]; path: string }): Promise<Page> {
    buildOnce();
    for (const folder of [join(this.home, '.aws'), join(this.home, '.claude'), this.tmp])
      mkdirSync(folder, { recursive: true });
    writeFileSync(join(this.home, '.aws', 'config'), '[profile theirs]\nregion = eu-north-1\n');
    writeFileSync(join(this.home, '.claude', 'settings.json'), '{"env":{"ANTHROPIC_MODEL":"theirs"}}');
    // The first address is the app's own; the last one stays.
    writeFileSync(
      this.#opener,
      `#!/bin/sh\ncase "$1" in */authorize*) printf '%s' "$1" > '${this.#opened}.new' && mv '${this.#opened}.new' '${this.#opened}';; esac\n`,
      { mode: 0o755 },
    );
    // What holds the namespace: it lives until its standard input ends.
    const [file, ...rest] = unshare as [string, ...string[]];
    const holder = spawn(file, [...rest, 'sh', '-c', 'ip link set lo up && echo up && exec cat'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#holder = holder;
    await once(createInterface({ input: holder.stdout }), 'line', { signal: AbortSignal.timeout(30_000) });
    expect(this.#inside(['ip', '-o', 'link', 'show', 'up']).trim().split('\n')).toEqual([
      expect.stringMatching(/ lo: /),
    ]);
    expect(this.#inside(['ip', 'route'])).toBe('');

    const strace = [
      'strace',
      '-f',
      '--seccomp-bpf',
      '-qq',
      '-e',
      'trace=%file',
      '-e',
      'signal=none',
      '-s',
      '300',
    ];
    const demo = [pinnedNode, command, 'demo', '--page', ...(options.args ?? [])];
    this.#traced = spawn('nsenter', [...this.#enter, ...strace, '-o', this.#trace, ...demo], {
      env: {
        PATH: options.path,
        HOME: this.home,
        TMPDIR: this.tmp,
        LANG: 'C.UTF-8',
        SHELL: '/bin/sh',
        BROWSER: this.#opener,
        TERM: 'xterm-256color',
        DEMO_RUN: this.mark,
        // A rival identity, which is not the demo's.
        AWS_PROFILE: 'theirs',
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const { stdout, stderr } = this.#traced;
    if (stderr) createInterface({ input: stderr }).on('line', (line) => this.said.push(line));
    if (!stdout) throw new Error('no output');
    createInterface({ input: stdout }).on('line', (line) => this.addresses.push(line));
    await this.address(0);

    // Chromium in the same namespace.
    const runner = join(this.folder, 'chromium');
    const enter = ['nsenter', ...this.#enter, '/usr/bin/chromium'].map((word) => `'${word}'`).join(' ');
    writeFileSync(runner, `#!/bin/sh\nexec ${enter} "$@"\n`, { mode: 0o755 });
    // Without 3D the terminal's rows are in the document, where a test can read them.
    const args = ['--no-sandbox', '--disable-3d-apis'];
    this.#browser = await chromium.launch({ executablePath: runner, args });
    const context = await this.#browser.newContext({
      viewport: { width: 1080, height: 720 },
      locale: 'en-US',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    await page.goto(await this.address(0));
    return page;
  }

  /** The nth address that it printed. */
  async address(n: number): Promise<string> {
    const found = expect.poll(() => this.addresses[n], { timeout: 120_000 });
    await found.toMatch(/^http:\/\/127\.0\.0\.1:/).catch((error) => this.#tell(error));
    return this.addresses[n] as string;
  }

  /** Enter, in the terminal that it was started from. */
  pressEnter(): void {
    this.#traced.stdin?.write('\n');
  }

  /** Presses Sign in, and Allow on the page of Identity Center that the browser was asked to open. */
  async signIn(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    // The person's browser is asked to open the page of Identity Center.
    await expect.poll(() => existsSync(this.#opened), { timeout: 30_000 }).toBe(true);
    const url = readFileSync(this.#opened, 'utf8');
    const person = await page.context().newPage();
    await person.goto(url);
    await person.getByRole('button', { name: 'Allow' }).click();
    await person.waitForURL(/\/oauth\/callback/);
    await person.close();
    await page.getByRole('heading', { name: /ready to use Amazon Bedrock/ }).waitFor();
  }

  /** The home that the demo made for itself. */
  demoHome(): string {
    return join(
      this.tmp,
      readdirSync(this.tmp).find((name) => name.startsWith('bt-demo-')) ?? 'none',
      'home',
    );
  }

  /** Runs a command of `bedrock-tray` inside the demo, with the environment that its agent has. */
  run(args: readonly string[]): string {
    const [agent] = this.running('agent/main.mjs');
    const environ = readFileSync(`/proc/${agent}/environ`, 'utf8').split('\0').filter(Boolean);
    const env = Object.fromEntries(environ.map((entry) => entry.split(/=(.*)/s).slice(0, 2)));
    const ran = spawnSync('nsenter', [...this.#enter, pinnedNode, command, ...args], {
      env,
      encoding: 'utf8',
      timeout: 120_000,
    });
    return ran.stdout + ran.stderr;
  }

  /** Its processes with that in their command line. */
  running(part: string): number[] {
    return carrying(this)
      .filter((line) => line.includes(part) && !/detach|strace/.test(line))
      .map((line) => Number(line.split(' ')[0]));
  }

  /** Does in another terminal of the person's what the demo's line says. */
  runAsTold(): string {
    const line = this.said.map((text) => /: (\. .*env\.sh.*)$/.exec(text)?.[1]).find(Boolean);
    const env = { PATH: '/usr/bin:/bin', HOME: this.home, AWS_PROFILE: 'theirs' };
    const ran = spawnSync('nsenter', [...this.#enter, 'sh', '-c', line ?? 'false'], {
      env,
      encoding: 'utf8',
      timeout: 120_000,
    });
    return ran.stdout + ran.stderr;
  }

  /** Ctrl+C; answers the exit code. */
  async interrupt(): Promise<number | null> {
    await this.#browser?.close();
    this.#browser = undefined;
    const cli = carrying(this).find((line) => line.includes(`${command} demo`) && !line.includes('strace'));
    const ended = once(this.#traced, 'exit', { signal: AbortSignal.timeout(60_000) });
    process.kill(Number(cli?.split(' ')[0]), 'SIGINT');
    return ((await ended.catch((error) => this.#tell(error))) as [number | null])[0];
  }

  /** Names of files in the person's home that any process of the demo asked for. */
  homeAccesses(): string[] {
    const lines = readFileSync(this.#trace, 'utf8').split('\n');
    expect(lines.length).toBeGreaterThan(1_000);
    // Node's own `require` looks whether its legacy global folders exist; no more than that.
    const byNode = /\/\.node_(modules|libraries)".*= -1 ENOENT/;
    return lines.filter((line) => line.includes(this.home) && !byNode.test(line));
  }

  homeTree(): string[] {
    return readdirSync(this.home, { recursive: true }).map(String).sort();
  }

  async stop(): Promise<void> {
    await this.#browser?.close().catch(() => {});
    for (const line of carrying(this)) {
      try {
        process.kill(Number(line.split(' ')[0]), 'SIGKILL');
      } catch {
        // It ended by itself.
      }
    }
    this.#holder?.stdin?.end();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** What did not come in time is told with what the demo said and what runs of it. */
  #tell(cause: unknown): never {
    throw new Error([String(cause), ...this.said, ...carrying(this)].join('\n'), { cause });
  }

  get #opener(): string {
    return join(this.folder, 'open');
  }

  get #opened(): string {
    return join(this.folder, 'opened');
  }

  get #trace(): string {
    return join(this.folder, 'trace');
  }

  get #enter(): string[] {
    const user = process.getuid?.() === 0 ? [] : ['--user', '--preserve-credentials'];
    return ['--target', String(this.#holder.pid), '--net', ...user, '--'];
  }

  #inside(words: readonly string[]): string {
    return spawnSync('nsenter', [...this.#enter, ...words], { encoding: 'utf8', timeout: 30_000 }).stdout;
  }
}

/** Every file that is opened is traced, which makes all of it slow. */
const TRACED_MS = 300_000;
/** Where the product would find a Claude Code that is not on the PATH. */
const elsewhere = ['/usr/local/bin/claude', '/opt/homebrew/bin/claude', '/usr/bin/claude'].find((path) =>
  existsSync(path),
);

describe.skipIf(missing !== undefined)(`the demo without a network${missing ? `: ${missing}` : ''}`, () => {
  // Two at once: while the second is used, the first has its time to renew.
  const demos: Demo[] = [];
  const begin = (): Demo => {
    const demo = new Demo();
    demos.push(demo);
    return demo;
  };
  afterAll(() => Promise.all(demos.map((demo) => demo.stop())));
  let short: Demo;

  const expectNothingLeft = async (demo: Demo): Promise<void> => {
    expect(await demo.interrupt()).toBe(0);
    expect(carrying(demo)).toEqual([]);
    expect(readdirSync(demo.tmp, { recursive: true })).toEqual([]);
    expect(demo.homeAccesses()).toEqual([]);
  };

  test.skipIf(elsewhere)(
    `without Claude Code: how to install it, and a shell with the same environment${elsewhere ? `: ${elsewhere} is there` : ''}`,
    async () => {
      short = begin();
      const page = await short.start({ path: '/usr/bin:/bin', args: ['--lifetimes', 'short'] });
      expect(short.said.join('\n')).toContain('npm install -g @anthropic-ai/claude-code');
      await short.signIn(page);
      await page.getByRole('button', { name: 'Open Claude Code', exact: true }).click();
      await page.locator('.terminal-host[data-state=live]').waitFor();
      await terminalShows(page, /npm install -g\s+@anthropic-ai\/cl\s*aude-code/);
      await page.keyboard.type(
        'echo "<$AWS_PROFILE $AWS_REGION $CLAUDE_CODE_USE_BEDROCK $HOME>"; ' +
          `sed -n 's/^credential_process = //p' "$AWS_CONFIG_FILE" | sh | grep -o '"AccessKeyId":[^,]*'\n`,
      );
      await terminalShows(page, new RegExp(`<bedrock-tray us-east-1 1\\s+${short.demoHome()}>`));
      await terminalShows(page, /"AccessKeyId": ?"ASIA/);
      await page.keyboard.type('echo "found:$(command -v bedrock-tray)"\n');
      await terminalShows(page, /found:\//);
    },
    TRACED_MS,
  );

  test(
    'Sign in, Allow, Open Claude Code; the HOME untouched; nothing left after Ctrl+C',
    async () => {
      const demo = begin();
      const page = await demo.start({ path: `${dirname(claude as string)}:${process.env.PATH}` });
      expect(demo.said.join('\n')).toContain(
        'Press Sign in, then Allow in the browser, then Open Claude Code.',
      );
      const before = demo.homeTree();
      await demo.signIn(page);
      await page.getByText('111122223333').first().waitFor();
      // The demo brings a folder along: one press opens Claude Code.
      const project = join(demo.demoHome(), 'project');
      await page.getByRole('button', { name: 'Open Claude Code', exact: true }).click();
      await page.locator('.terminal-host[data-state=live]').waitFor();
      expect(demo.run(['claude', '--cwd', project, '--', '-p', 'hello without a network'])).toContain(
        'Sandbox heard: "hello without a network"',
      );

      expect(demo.runAsTold()).toMatch(/sandbox[\s\S]*111122223333/);

      // An address works once; Enter gives another.
      const stranger = await (await page.context().browser()?.newContext())?.newPage();
      expect((await stranger?.goto(await demo.address(0)))?.status()).toBe(403);
      demo.pressEnter();
      expect((await stranger?.goto(await demo.address(1)))?.status()).toBe(200);
      const again = () => demo.said.filter((line) => line.startsWith('The address works once')).length;
      await expect.poll(again).toBe(2);

      await expectNothingLeft(demo);
      expect(demo.homeTree()).toEqual(before);
      expect(existsSync(join(demo.home, '.bedrock-tray'))).toBe(false);
    },
    TRACED_MS,
  );

  test.skipIf(elsewhere)(
    'with short lifetimes it has renewed by itself in the meantime',
    async () => {
      type State = { credentials: { profile: string; generation: number }[] };
      const generation = () =>
        (JSON.parse(short.run(['status', '--json'])) as State).credentials.find(
          (c) => c.profile === 'sandbox',
        )?.generation;
      await expect.poll(generation, { timeout: 60_000, interval: 2_000 }).toBeGreaterThanOrEqual(2);

      // A killed agent leaves the session to the pty-host: it ends with the demo all the same.
      const [agent] = short.running('agent/main.mjs');
      process.kill(agent as number, 'SIGKILL');
      await expect.poll(() => short.running('agent/main.mjs')).not.toContain(agent);
      await expect.poll(() => short.running('pty-host/main.mjs')).toHaveLength(1);
      await expectNothingLeft(short);
    },
    TRACED_MS,
  );
});
