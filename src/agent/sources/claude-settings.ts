import { BedrockTrayError, isBedrockTrayError } from '../../contract/errors.ts';
import type { CredentialSource } from '../../domain/credentials/credential-source.ts';
import type { Fetching } from '../broker/fetch-source.ts';
import type { RoleCredentials } from '../ports.ts';
import { claudeCredentials, reasonOf, shownCommand } from './command-output.ts';
import { runCommand } from './run-command.ts';
import type { SourceParts } from './source-parts.ts';

const EXPORT_TIMEOUT_MS = 60_000;
/** As Claude Code ends its awsAuthRefresh. */
const REFRESH_TIMEOUT_MS = 180_000;

/**
 * awsCredentialExport and awsAuthRefresh of the person's own Claude Code settings, run by the shell as Claude Code
 * runs them. The refresh (which may open a browser) runs only when somebody asked: when AWS refused the keys, or
 * when the export fails without it.
 */
export async function fromClaudeSettings(
  source: Extract<CredentialSource, { kind: 'claude-settings' }>,
  { asked, forced, profile }: Fetching,
  parts: SourceParts,
): Promise<RoleCredentials> {
  const { exportCommand, refreshCommand } = source;
  if (exportCommand === null) {
    const reason = 'awsAuthRefresh alone gives no credentials';
    throw new BedrockTrayError('SourceFailed', { profile, source: 'Claude Code', reason });
  }
  const exported = async () => {
    const { stdout, shown } = await run(exportCommand, parts.timeouts?.export ?? EXPORT_TIMEOUT_MS, parts);
    return claudeCredentials(stdout, shown, parts.context.clock.now());
  };
  const refresh = async () => {
    if (refreshCommand !== null)
      await run(refreshCommand, parts.timeouts?.refresh ?? REFRESH_TIMEOUT_MS, parts);
  };
  if (asked && forced) {
    await refresh();
    return exported();
  }
  try {
    return await exported();
  } catch (e) {
    if (!asked || refreshCommand === null || !isBedrockTrayError(e)) throw e;
    await refresh();
    return exported();
  }
}

async function run(
  command: string,
  timeoutMs: number,
  { context, commandEnv, signal }: SourceParts,
): Promise<{ stdout: string; shown: string }> {
  const shown = shownCommand(command.trim().split(/\s+/));
  const env = await commandEnv();
  const result = await runCommand({
    command: { shell: command },
    env,
    cwd: context.userHome,
    timeoutMs,
    signal,
  }).catch((e: NodeJS.ErrnoException) => {
    throw new BedrockTrayError('CommandFailed', { command: shown, reason: e.code ?? 'not started' });
  });
  if (result.timedOut || result.code !== 0) {
    throw new BedrockTrayError('CommandFailed', { command: shown, reason: reasonOf(result, timeoutMs) });
  }
  return { stdout: result.stdout, shown };
}
