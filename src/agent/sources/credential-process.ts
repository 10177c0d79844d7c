import { BedrockTrayError } from '../../contract/errors.ts';
import type { CredentialSource } from '../../domain/credentials/credential-source.ts';
import type { Fetching } from '../broker/fetch-source.ts';
import type { RoleCredentials } from '../ports.ts';
import { processCredentials, reasonOf, shownCommand } from './command-output.ts';
import { runCommand } from './run-command.ts';
import type { SourceParts } from './source-parts.ts';
import { splitCommand } from './split-command.ts';

const TIMEOUT_MS = 60_000;

/** credential_process: run as botocore runs it, without a shell, in the person's home folder. */
export async function fromProcess(
  source: Extract<CredentialSource, { kind: 'process' }>,
  { profile }: Pick<Fetching, 'profile'>,
  parts: SourceParts,
): Promise<RoleCredentials> {
  const { context, platform, signal, commandEnv } = parts;
  const timeoutMs = parts.timeouts?.process ?? TIMEOUT_MS;
  const words = splitCommand(source.command, platform);
  const shown = shownCommand(words ?? source.command.split(/\s+/));
  if (!words || words.length === 0) {
    throw new BedrockTrayError('CommandFailed', { command: shown, reason: 'an open quotation' });
  }
  if (asksItself(words, profile)) {
    throw new BedrockTrayError('CommandFailed', { command: shown, reason: 'it asks for this very profile' });
  }
  const env = await commandEnv();
  const result = await runCommand({ command: words, env, cwd: context.userHome, timeoutMs, signal }).catch(
    (e: NodeJS.ErrnoException) => {
      if (e.code === 'ENOENT') throw new BedrockTrayError('CommandNotFound', { command: words[0] ?? '' });
      throw new BedrockTrayError('CommandFailed', { command: shown, reason: e.code ?? 'not started' });
    },
  );
  if (result.timedOut || result.code !== 0) {
    throw new BedrockTrayError('CommandFailed', { command: shown, reason: reasonOf(result, timeoutMs) });
  }
  return processCredentials(result.stdout, shown, context.clock.now());
}

/** Whether a command is our own hand-out of that profile: each would wait for the other. */
function asksItself(words: readonly string[], profile: string): boolean {
  const at = words.indexOf('export-credentials');
  if (at < 1 || !/bedrock-tray(\.\w+)?$/.test(words[at - 1] ?? '')) return false;
  return words.some(
    (w, n) => w === `--profile=${profile}` || (w === '--profile' && words[n + 1] === profile),
  );
}
