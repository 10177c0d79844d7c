import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { BedrockTrayError } from '../../contract/index.ts';
import { containerEnvironment } from '../../domain/credentials/container-environment.ts';
import { translator, withAgent } from '../shell.ts';

/** Runs a child on this terminal until it ends; signals reach it; answers the exit code that a shell would show. */
export function runChild(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: 'inherit' });
    // The terminal sends Ctrl+C to the whole group: we only must not die before the child.
    const ignore = (): void => {};
    const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
    process.on('SIGINT', ignore);
    process.on('SIGQUIT', ignore);
    process.on('SIGTERM', forward);
    process.on('SIGHUP', forward);
    const done = (): void => {
      process.off('SIGINT', ignore);
      process.off('SIGQUIT', ignore);
      process.off('SIGTERM', forward);
      process.off('SIGHUP', forward);
    };
    child.once('error', (error: NodeJS.ErrnoException) => {
      done();
      reject(
        error.code === 'ENOENT' || error.code === 'EACCES'
          ? new BedrockTrayError('CommandNotFound', { command }, { cause: error })
          : error,
      );
    });
    child.once('exit', (code, signal) => {
      done();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}

export function addExec(program: Command): void {
  const { t } = translator();
  program
    .command('exec')
    .description(t('cli:exec.description'))
    .requiredOption('--profile <name>', t('cli:option.profile'))
    .argument('<command...>')
    .passThroughOptions()
    .action((command: string[], options: { profile: string }) =>
      // The connection stays open while the child runs: the endpoint lives as long as it.
      withAgent(async (agent) => {
        const endpoint = await agent.call('endpoint.open', { profile: options.profile });
        const { profiles } = await agent.call('profiles.list', {});
        const hidden = profiles.some((p) => p.name === 'default')
          ? await mkdtemp(join(tmpdir(), 'bedrock-tray-'))
          : undefined;
        try {
          const emptyFile = hidden === undefined ? null : join(hidden, 'empty');
          if (emptyFile !== null) await writeFile(emptyFile, '', { mode: 0o600 });
          const [file, ...args] = command as [string, ...string[]];
          process.exitCode = await runChild(
            file,
            args,
            containerEnvironment(process.env, endpoint, emptyFile),
          );
        } finally {
          if (hidden !== undefined) await rm(hidden, { recursive: true, force: true });
        }
      }),
    );
}
