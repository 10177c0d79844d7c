import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { agentPlaces } from '../../client/agent-places.ts';
import { agentCommand, connectAgent, stopAgent } from '../../client/find-or-start-agent.ts';
import { BedrockTrayError } from '../../contract/index.ts';
import { demoEnvironment, demoShellFile } from '../../domain/demo-environment.ts';
import { quoteForSh } from '../../domain/desktop/shell-quoting.ts';
import { note, outDir, report, translator, withAgent } from '../shell.ts';
import { openApp, openPage } from './open.ts';

interface Options {
  lifetimes: 'short' | 'normal';
  page?: boolean;
}

interface Sandbox {
  stop(): Promise<void>;
  /** Resolves when it ended by itself. */
  ended: Promise<void>;
}

/** Starts the loopback AWS as a program of its own; it ends with us, also when we are killed. */
async function startSandbox(folder: string, lifetimes: string): Promise<Sandbox> {
  const child = spawn(
    agentCommand({ outDir }).file,
    [
      join(outDir, 'sandbox', 'main.mjs'),
      '--with-parent',
      '--lifetimes',
      lifetimes,
      '--write-environment',
      folder,
    ],
    // A group of its own: Ctrl+C must not end it before the agent has.
    { stdio: ['pipe', 'pipe', 'inherit'], detached: true },
  );
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const ready = await Promise.race([
    new Promise<boolean>((resolve) => createInterface(child.stdout).once('line', () => resolve(true))),
    ended.then(() => false),
  ]);
  if (!ready)
    throw new BedrockTrayError('ServiceFailed', { service: 'sandbox', reason: 'it could not start' });
  return {
    ended,
    async stop() {
      child.stdin.end();
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Resolves at Ctrl+C, SIGTERM or a closed terminal. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}

/** Each Enter opens the page again, by a new address: one works only once. Ends with `close()`. */
function openAgainOnEnter(): { close(): void } {
  const { t } = translator();
  const lines = createInterface({ input: process.stdin });
  lines.on('line', () => void openPage().then(() => note(t('cli:demo.again')), report));
  return lines;
}

/** Replaces this process's environment, so that everything started from here lives in the demo's own home. */
function moveInto(env: Record<string, string>): void {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name];
  Object.assign(process.env, env);
}

async function runDemo(options: Options): Promise<void> {
  const { t } = translator();
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'bt-demo-'));
  const stop = interrupted();
  let sandbox: Sandbox | undefined;
  let onEnter: { close(): void } | undefined;
  try {
    sandbox = await startSandbox(folder, options.lifetimes);
    const client = JSON.parse(await readFile(join(folder, 'env.json'), 'utf8')) as Record<string, string>;
    // Windows finds no program by the names that are there.
    const bin = process.platform === 'win32' ? null : join(outDir, '..', 'bin');
    const env = demoEnvironment(process.env, folder, client, bin);
    const shellFile = join(folder, 'env.sh');
    if (bin !== null) await writeFile(shellFile, demoShellFile(process.env, env, bin), { mode: 0o600 });
    for (const name of [
      'HOME',
      'XDG_CONFIG_HOME',
      'XDG_CACHE_HOME',
      'XDG_DATA_HOME',
      'XDG_STATE_HOME',
      'BEDROCK_TRAY_HOME',
      'TMPDIR',
    ])
      await mkdir(env[name] as string, { recursive: true, mode: 0o700 });
    await mkdir(join(env.HOME as string, 'project'));
    // A login shell may set the PATH anew (Debian's /etc/profile does).
    if (bin !== null)
      await writeFile(join(env.HOME as string, '.profile'), `PATH=${quoteForSh(bin)}:"$PATH"\nexport PATH\n`);
    moveInto(env);
    await withAgent(async (agent) => {
      const { environments } = await agent.call('state.get', {});
      if (environments.length === 0)
        await agent.call('environments.create', {
          name: 'sandbox',
          profile: 'sandbox',
          region: client.AWS_REGION as string,
          model: null,
          smallFastModel: null,
          identityMode: 'bedrock-only',
          endpointUrl: null,
        });
      await agent.call('environments.use', { name: 'sandbox' });
      // An agent that has just started is still looking.
      let info = await agent.call('agent.info', {});
      for (let i = 0; i < 10 && !info.claude; i++) {
        await sleep(200);
        info = await agent.call('agent.info', {});
      }
      note(t('cli:demo.started'));
      note(t(info.claude ? 'cli:demo.claudeFound' : 'cli:demo.claudeMissing'));
      if (bin !== null)
        note(t('cli:demo.terminal', { command: `. ${quoteForSh(shellFile)} && bedrock-tray status` }));
      note(t('cli:demo.stop'));
    });
    const app = await openApp({ page: options.page ?? false });
    if (app.kind === 'page') {
      note(t('cli:demo.again'));
      onEnter = openAgainOnEnter();
    }
    await Promise.race([stop, sandbox.ended, ...(app.kind === 'tray' ? [app.ended] : [])]);
  } finally {
    onEnter?.close();
    note(t('cli:demo.ending'));
    await endEverything().catch(() => {});
    await sandbox?.stop();
    // A program that is just ending may still write, and so make its home anew.
    for (let i = 0; i < 3; i++) {
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      await sleep(150);
    }
  }
}

/** An agent that was ended meanwhile left the sessions to the pty-host, and only an agent ends those. */
async function endEverything(): Promise<void> {
  if (await stopAgent({ outDir, sessions: 'end' })) return;
  if (!existsSync(agentPlaces().terminals.path)) return;
  (await connectAgent({ outDir, role: 'cli', start: true })).close();
  await stopAgent({ outDir, sessions: 'end' });
}

export function addDemo(program: Command): void {
  const { t } = translator();
  program
    .command('demo')
    .description(t('cli:demo.description'))
    .addOption(
      new Option('--lifetimes <length>', t('cli:demo.lifetimes'))
        .choices(['short', 'normal'])
        .default('normal'),
    )
    .option('--page', t('cli:open.page'))
    .action((options: Options) => runDemo(options));
}
