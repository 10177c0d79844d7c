import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import { agentCommand, agentHello, stopAgent } from '../../client/find-or-start-agent.ts';
import { BedrockTrayError, exitCodes, PRODUCT_VERSION } from '../../contract/index.ts';
import { atHome, note, outDir, print, printJson, translator, withAgent } from '../shell.ts';

export function addAgent(program: Command): void {
  const { t } = translator();
  const agent = program.command('agent').description(t('cli:agent.description'));
  agent
    .command('run')
    .description(t('cli:agent.run'))
    .action(async () => {
      const running = await atHome(() => agentHello(process.env));
      if (running) return note(translator().t('cli:agent.already', { pid: running.pid }));
      const { file, args, env } = agentCommand({ outDir });
      const child = spawn(file, args, { stdio: 'inherit', env });
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
        process.on(signal, () => child.kill('SIGTERM'));
      process.exitCode = await new Promise<number>((resolve) =>
        child.once('exit', (code) => resolve(code ?? exitCodes.failed)),
      );
    });
  agent
    .command('start')
    .description(t('cli:agent.start'))
    .action(() =>
      withAgent(async (connection) => {
        const info = await connection.call('agent.info', {});
        print(translator().t('cli:agent.running', { pid: info.pid, version: info.version }));
      }),
    );
  agent
    .command('stop')
    .description(t('cli:agent.stop'))
    .option('--end-sessions', t('cli:agent.endSessions'))
    .action(async (options: { endSessions?: boolean }) => {
      const stopped = await atHome(() =>
        stopAgent({ outDir, sessions: options.endSessions ? 'end' : 'keep' }),
      );
      print(translator().t(stopped ? 'cli:agent.stopped' : 'cli:agent.none'));
    });
  agent
    .command('status')
    .description(t('cli:agent.status'))
    .option('--json', t('cli:option.json'))
    .action(async (options: { json?: boolean }) => {
      try {
        await withAgent(
          async (connection) => {
            const info = await connection.call('agent.info', {});
            if (options.json) return printJson({ running: true, ...info });
            const say = translator().t;
            print(say('cli:agent.running', { pid: info.pid, version: info.version }));
            print(say('cli:agent.home', { folder: info.home }));
            print(say('cli:agent.log', { file: info.logFile }));
          },
          { start: false },
        );
      } catch (error) {
        if (!(error instanceof BedrockTrayError) || error.code !== 'AgentUnavailable') throw error;
        if (options.json) printJson({ running: false, version: PRODUCT_VERSION });
        else print(translator().t('cli:agent.none'));
        process.exitCode = exitCodes.noAgent;
      }
    });
}
