import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { build } from 'esbuild';
import { _electron, type ElectronApplication } from 'playwright';
import {
  describeElectron,
  type ElectronRuntime,
  findElectron,
} from '../../support/desktop/electron-runtime.ts';
import { runnerFor } from '../../support/desktop/ordinary-user.ts';
import type { Desktop } from './desktop.ts';

/** The Electron before which what electron22-compat.ts lends is missing. */
const FULL_SINCE = 25;

export type AppOptions = {
  /** The app's folder: what `electron FOLDER` gets. Default: the checkout itself (its package.json names main). */
  readonly folder?: string;
  /** Arguments of the app, after the folder. */
  readonly args?: readonly string[];
  /** Switches of Electron and Chromium, before the folder. */
  readonly switches?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
};

export type LaunchedApp = {
  readonly app: ElectronApplication;
  readonly runtime: ElectronRuntime;
  /** Process id of Electron's main process. */
  readonly pid: number;
  /** All that the app has written to its standard streams. */
  output(): string;
  /** Asks the app to quit and, where it does not within `timeoutMs`, ends it by its id. */
  close(timeoutMs?: number): Promise<void>;
};

/**
 * Starts an Electron app on the desktop as the ordinary user, in Chromium's real sandbox, under Playwright.
 * `desktop.stop()` ends it too.
 */
export async function launchApp(desktop: Desktop, options: AppOptions = {}): Promise<LaunchedApp> {
  const { executablePath, args, env, runtime } = await appCommand(desktop, options);
  const app = await _electron.launch({
    executablePath,
    args,
    env,
    cwd: desktop.home,
    // Playwright would add --no-sandbox, and force the light scheme.
    chromiumSandbox: true,
    colorScheme: null,
    timeout: options.timeoutMs ?? 90_000,
  });
  const child = app.process();
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => output.push(text));
  }
  const pid = child.pid ?? -1;
  desktop.processes.adopt(pid);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const close = async (timeoutMs = 5_000) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    // A look at its helpers while they still have a parent.
    desktop.running();
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    // Playwright waits until the app's streams are closed, which whatever the app left behind may hold open.
    void app.close().catch(() => {});
    await exited;
    clearTimeout(timer);
  };
  desktop.onStop(() => close(1_500));
  return { app, runtime, pid, output: () => output.join(''), close };
}

/** What starts the app on the desktop, for tests that start it without Playwright (a second launch, a smoke test). */
export async function appCommand(
  desktop: Desktop,
  options: AppOptions = {},
): Promise<{
  executablePath: string;
  args: string[];
  env: Record<string, string>;
  runtime: ElectronRuntime;
}> {
  const runtime = findElectron();
  if (runtime === undefined) throw new Error(describeElectron(undefined));
  const executable =
    runtime.inCheckout === undefined ? runtime.executable : join(desktop.checkout, runtime.inCheckout);
  const env: Record<string, string> = { ...desktop.env, ...options.env };
  if (runtime.major < FULL_SINCE) env.BEDROCK_TRAY_TEST_COMPAT = await bundleCompat(desktop);
  return {
    executablePath: runnerFor(desktop.user, executable, desktop.folder),
    args: [...(options.switches ?? []), options.folder ?? desktop.checkout, ...(options.args ?? [])],
    env,
    runtime,
  };
}

async function bundleCompat(desktop: Desktop): Promise<string> {
  const outfile = join(desktop.folder, 'electron22-compat.cjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'electron22-compat.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node16',
    external: ['electron'],
    logLevel: 'error',
  });
  return outfile;
}

/** How the app's processes are confined, as the kernel tells it. */
export type SandboxProof = {
  readonly uid: number;
  /** Per renderer: 2 is a seccomp filter. `apart`: the kinds of namespaces that are not the main process's. */
  readonly renderers: readonly {
    pid: number;
    seccomp: number;
    noNewPrivs: boolean;
    apart: readonly string[];
  }[];
  /** Processes that were started with --no-sandbox: must be none. */
  readonly unsandboxed: readonly number[];
};

/**
 * Reads /proc for the app's main process, its renderers and whether any process was told to do without sandbox. A
 * renderer confines itself some time after it has its name (on a busy machine a second later), and may end while it is
 * looked at: so this waits, 30 s at most, for at least one renderer and for the filter of each, and then says what is.
 */
export async function sandboxProof(desktop: Desktop, mainPid: number): Promise<SandboxProof> {
  const end = performance.now() + 30_000;
  for (;;) {
    try {
      const seen = readProof(desktop, mainPid);
      const settled = seen.renderers.length > 0 && seen.renderers.every(({ seccomp }) => seccomp === 2);
      if (settled || performance.now() > end) return seen;
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await delay(100);
  }
}

function readProof(desktop: Desktop, mainPid: number): SandboxProof {
  const field = (pid: number, name: string) =>
    Number(
      new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? -1,
    );
  const namespace = (pid: number, kind: string) => readlinkSync(`/proc/${pid}/ns/${kind}`);
  const all = desktop.running().filter(({ argv }) => argv.length > 0);
  const renderers = all.filter(({ argv }) => argv.some((word) => word.includes('--type=renderer')));
  return {
    uid: field(mainPid, 'Uid'),
    renderers: renderers.map(({ pid }) => ({
      pid,
      seccomp: field(pid, 'Seccomp'),
      noNewPrivs: field(pid, 'NoNewPrivs') === 1,
      apart: ['pid', 'net', 'user'].filter((kind) => namespace(pid, kind) !== namespace(mainPid, kind)),
    })),
    unsandboxed: all
      .filter(({ argv }) => argv.some((word) => word.includes('--no-sandbox')))
      .map(({ pid }) => pid),
  };
}
