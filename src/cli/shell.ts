import { join } from 'node:path';
import { connectAgent } from '../client/find-or-start-agent.ts';
import type { AgentConnection } from '../client/rpc-client.ts';
import {
  BedrockTrayError,
  type ErrorView,
  exitCodeOf,
  exitCodes,
  isBedrockTrayError,
  type Snapshot,
} from '../contract/index.ts';
import { createTranslator, shownLanguage, systemLanguage, type Translator } from '../locales/index.ts';

/** out/ of this installation: where agent, page and sandbox are started from. */
export const outDir = join(import.meta.dirname, '..');

let words = createTranslator(shownLanguage('system', systemLanguage(process.env)));

/** The words of this run: the system's language until the agent's settings are known. */
export function translator(): Translator {
  return words;
}

/** Follows the language that the person chose in the settings. */
export function followLanguageOf(snapshot: Snapshot): void {
  const language = shownLanguage(snapshot.settings.language, systemLanguage(process.env));
  if (language !== words.language) words = createTranslator(language);
}

/** Opens a connection in the role `cli`, starting the agent when there is none (unless `start` is false). */
export function connect(options: { start?: boolean } = {}): Promise<AgentConnection> {
  return connectAgent({ role: 'cli', env: process.env, start: options.start ?? true, outDir });
}

/** Runs `work` with a connection that is closed afterwards. */
export async function withAgent<T>(
  work: (agent: AgentConnection) => Promise<T>,
  options: { start?: boolean } = {},
): Promise<T> {
  const agent = await connect(options);
  // Somebody types here: the agent may ask for a sign-in (docs/keep-alive.md, presence).
  if (process.stdin.isTTY) agent.call('presence.report', { idleMs: 0, locked: null }).catch(() => {});
  try {
    return await work(agent);
  } finally {
    agent.close();
  }
}

/** Prints one JSON document. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** Diagnostics go to stderr, so that stdout stays data. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** An unexpected error as data: its message only where it is one of ours. */
export function errorView(error: unknown): ErrorView {
  if (isBedrockTrayError(error)) return error.view();
  return { code: 'Internal', params: { reference: error instanceof Error ? error.message : String(error) } };
}

/** Prints the sentence for an error on stderr and answers the exit code. */
export function report(error: unknown): number {
  const view = errorView(error);
  note(`bedrock-tray: ${words.error(view)}`);
  return isBedrockTrayError(error) ? exitCodeOf(error.code) : exitCodes.failed;
}

/** A usage error found by the command line itself. */
export function badInput(field: string, reason: string): BedrockTrayError {
  return new BedrockTrayError('BadInput', { field, reason });
}
