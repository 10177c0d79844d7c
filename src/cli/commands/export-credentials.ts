import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { CredentialFormat, exitCodes } from '../../contract/index.ts';
import { formatCredentials, uselessKeys } from '../../domain/credentials/credential-formats.ts';
import { connect, outDir, Said, translator } from '../shell.ts';

interface Options {
  profile?: string;
  session?: string;
  socket?: string;
  claudePid?: string;
  format: string;
}

/** How long a Claude session's export goes on when no agent answers, ms; and how long useless keys are said to live. */
const SESSION_PATIENCE_MS = 600_000;
const USELESS_FOR_MS = 60_000;

/** Lets the small client ask once more; it does not come back here. */
function askAgain(args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [join(outDir, 'cli', 'hand-out.cjs'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    env: { ...process.env, BEDROCK_TRAY_HAND_OUT_RETRY: '1' },
  });
}

/**
 * A Claude Code asks (`who`: a session of ours, or another by its process id) and the agent did not answer it. It
 * never fails: claude would silently sign with whatever other AWS identity is around. So the agent is started and
 * asked again and again, and at the end keys are printed that AWS cannot have issued.
 */
async function exportForClaude(who: readonly string[], format: CredentialFormat): Promise<void> {
  const deadline = Date.now() + SESSION_PATIENCE_MS;
  do {
    await connect().then(
      (agent) => agent.close(),
      () => undefined,
    );
    const asked = askAgain([...who, '--format', format]);
    if (asked.status === exitCodes.ok) {
      process.stdout.write(asked.stdout);
      return;
    }
    // The agent answers and does not know the session: asking again changes nothing.
    if (asked.status === exitCodes.usage) break;
    await sleep(2000);
  } while (Date.now() < deadline);
  process.stdout.write(
    formatCredentials({ ...uselessKeys, accountId: '', expiresAt: Date.now() + USELESS_FOR_MS }, format),
  );
}

/**
 * The way taken when the hand-out client could not serve the request itself: no agent runs yet, or the arguments
 * need explaining. Starts the agent, then lets the small client ask again.
 */
export function addExportCredentials(program: Command): void {
  const { t } = translator();
  const formats = CredentialFormat.options.join(', ');
  program
    .command('export-credentials')
    .description(t('cli:export.description'))
    .option('--profile <name>', t('cli:option.profile'))
    .option('--format <format>', t('cli:export.format', { formats }), 'process')
    .option('--session <id>', t('cli:export.session'))
    .option('--socket <path>', t('cli:export.socket'))
    .option('--claude-pid <pid>', t('cli:export.claudePid'))
    .action(async (options: Options) => {
      const format = CredentialFormat.safeParse(options.format);
      if (!format.success) throw new Said(translator().t('cli:export.badFormat', { formats }));
      if (options.session !== undefined) return exportForClaude(['--session', options.session], format.data);
      const profile = options.profile ?? process.env.AWS_PROFILE;
      if (!profile) throw new Said(translator().t('cli:export.which'));
      if (options.claudePid !== undefined)
        return exportForClaude(['--profile', profile, '--claude-pid', options.claudePid], format.data);
      (await connect()).close();
      const asked = askAgain(['--profile', profile, '--format', format.data]);
      process.stdout.write(asked.stdout);
      process.stderr.write(asked.stderr);
      process.exitCode = asked.status ?? exitCodes.failed;
    });
}
