import { execFile } from 'node:child_process';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { stopAgent } from '../../client/find-or-start-agent.ts';
import { BedrockTrayError, exitCodes } from '../../contract/index.ts';
import { ENTRY_MARK } from '../../domain/desktop/desktop-entries.ts';
import { launcherPath } from '../../domain/desktop/launcher-text.ts';
import {
  isOurUnit,
  type ServiceUnit,
  serviceCommands,
  serviceUnit,
} from '../../domain/desktop/service-units.ts';
import { note, outDir, print, printJson, Said, translator, withAgent } from '../shell.ts';
import { plain } from '../table.ts';

interface Options {
  json?: boolean;
  start?: boolean;
}

/** The unit that runs the agent of this state folder. Asking makes the launcher that it names. Errors: Said. */
async function unitHere(): Promise<ServiceUnit> {
  return withAgent(async (agent) => {
    const { home } = await agent.call('agent.info', {});
    await agent.call('desktop.set', {});
    const platform = process.platform;
    const unit =
      platform === 'linux' || platform === 'darwin'
        ? serviceUnit({
            platform,
            env: process.env,
            userHome: process.env.HOME || homedir(),
            launcher: launcherPath(home, platform),
          })
        : null;
    if (!unit) throw new Said(translator().t('upkeep:service.unsupported'), exitCodes.failed);
    return unit;
  });
}

/** Null where there is none. */
const textOf = (path: string): Promise<string | null> =>
  readFile(path, 'utf8').catch((e) => {
    if (e.code === 'ENOENT') return null;
    throw new BedrockTrayError('StorageFailed', { file: path, reason: e.code ?? 'unknown' });
  });

/** Errors: FileForeign, StorageFailed. */
async function write({ path, text }: ServiceUnit): Promise<void> {
  const there = await textOf(path);
  if (there !== null && !there.includes(ENTRY_MARK))
    throw new BedrockTrayError('FileForeign', { file: path });
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(temporary, text, { mode: 0o600 });
    await rename(temporary, path);
  } catch (e) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new BedrockTrayError('StorageFailed', {
      file: path,
      reason: (e as NodeJS.ErrnoException).code ?? 'unknown',
    });
  }
}

/** Runs one after the other; the first that failed and what it said, or null. */
async function run(
  commands: readonly (readonly string[])[],
): Promise<{ command: string; reason: string } | null> {
  for (const [file = '', ...args] of commands) {
    const reason = await new Promise<string | null>((done) => {
      execFile(file, args, { timeout: 30_000 }, (error, _stdout, stderr) =>
        done(error ? plain(stderr.trim().split('\n').at(-1) || error.message).slice(0, 200) : null),
      );
    });
    if (reason !== null) return { command: [file, ...args].join(' '), reason };
  }
  return null;
}

const uid = (): number => process.getuid?.() ?? 0;

async function install({ json, start = true }: Options): Promise<void> {
  const unit = await unitHere();
  await write(unit);
  // The unit's agent takes the place of the one that runs, and its Claude sessions over.
  if (start) await stopAgent({ outDir, sessions: 'keep' });
  const failed = start ? await run(serviceCommands(unit, process.platform, uid()).start) : null;
  if (json) return printJson({ path: unit.path, started: start && failed === null });
  const { t } = translator();
  const path = plain(unit.path);
  if (failed) {
    note(t('upkeep:service.notStarted', { path, ...failed }));
    process.exitCode = exitCodes.failed;
    return;
  }
  print(t(start ? 'upkeep:service.installed' : 'upkeep:service.written', { path }));
  if (process.platform === 'linux') note(t('upkeep:service.linger'));
}

async function remove({ json }: Options): Promise<void> {
  const unit = await unitHere();
  const there = await textOf(unit.path);
  const isOurs = there !== null && isOurUnit(there, unit);
  if (isOurs) {
    // In good order, so that Claude sessions stay. What is not running cannot be stopped; the files go all the same.
    await stopAgent({ outDir, sessions: 'keep' });
    await run(serviceCommands(unit, process.platform, uid()).stop);
    for (const path of [...unit.links, unit.path]) await rm(path, { force: true });
    if (process.platform === 'linux') await run([['systemctl', '--user', 'daemon-reload']]);
  }
  if (json) return printJson({ path: unit.path, removed: isOurs });
  const path = plain(unit.path);
  print(translator().t(isOurs ? 'upkeep:service.removed' : 'upkeep:service.none', { path }));
}

async function show({ json }: Options): Promise<void> {
  const { path, text } = await unitHere();
  if (json) return printJson({ path, text });
  note(plain(path));
  process.stdout.write(text);
}

/** `bedrock-tray service`: the agent by systemd or launchd, for a machine without a desktop (docs/headless.md). */
export function addService(program: Command): void {
  const { t } = translator();
  const service = program.command('service').description(t('upkeep:service.description'));
  service
    .command('install')
    .description(t('upkeep:service.install'))
    .option('--no-start', t('upkeep:service.noStart'))
    .option('--json', t('cli:option.json'))
    .action((options: Options) => install(options));
  service
    .command('remove')
    .description(t('upkeep:service.remove'))
    .option('--json', t('cli:option.json'))
    .action((options: Options) => remove(options));
  service
    .command('print')
    .description(t('upkeep:service.print'))
    .option('--json', t('cli:option.json'))
    .action((options: Options) => show(options));
}
