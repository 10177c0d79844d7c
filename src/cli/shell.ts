import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { agentPlaces } from '../client/agent-places.ts';
import { connectAgent } from '../client/find-or-start-agent.ts';
import type { AgentConnection } from '../client/rpc-client.ts';
import {
  BedrockTrayError,
  type ErrorView,
  exitCodeOf,
  exitCodes,
  isBedrockTrayError,
  Language,
  type Settings,
} from '../contract/index.ts';
import { createTranslator, shownLanguage, systemLanguage, type Translator } from '../locales/index.ts';

/** out/ of this installation: where agent, page and sandbox are started from. */
export const outDir = join(import.meta.dirname, '..');

/** The language that the agent keeps in its settings, so that also help and usage errors, which ask no agent, follow it. */
function languageSet(): Settings['language'] {
  // A demo reads nothing of the person's own.
  if (process.argv[2] === 'demo') return 'system';
  try {
    const kept: unknown = JSON.parse(
      readFileSync(join(agentPlaces(process.env).home, 'settings.json'), 'utf8'),
    );
    return Language.catch('system').parse((kept as { language?: unknown } | null)?.language);
  } catch {
    return 'system';
  }
}

let words = createTranslator(shownLanguage(languageSet(), systemLanguage(process.env)));

/** The words of this run: the person's setting, else the system's language. */
export function translator(): Translator {
  return words;
}

/** Follows the language that the person chose in the settings, as the agent's own words do. */
export function followLanguageOf(settings: Pick<Settings, 'language'>): void {
  const language = shownLanguage(settings.language, systemLanguage(process.env));
  if (language !== words.language) words = createTranslator(language);
}

/** Something that the person is told in a sentence of the command line's own. */
export class Said extends Error {
  readonly exitCode: number;
  constructor(sentence: string, exitCode: number = exitCodes.usage, options?: { cause?: unknown }) {
    super(sentence, options);
    this.exitCode = exitCode;
  }
}

/** Why a folder cannot be made, or null when it is there. */
function folderProblem(folder: string): string | null {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === 'EEXIST' || code === 'ENOTDIR' ? words.t('cli:agent.homeNoFolder') : (code ?? message);
  }
}

/** Runs `work` on the agent; a state folder that cannot be one is named as the cause of its failure. */
export async function atHome<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isBedrockTrayError(error) && error.code !== 'SocketInUse') throw error;
    const folder = agentPlaces(process.env).home;
    const reason = folderProblem(folder);
    if (reason === null) throw error;
    throw new Said(words.t('cli:agent.homeUnusable', { folder, reason }), exitCodes.noAgent, {
      cause: error,
    });
  }
}

/** Opens a connection in the role `cli`, starting the agent when there is none (unless `start` is false). */
export function connect(options: { start?: boolean } = {}): Promise<AgentConnection> {
  const start = options.start ?? true;
  return atHome(() => connectAgent({ role: 'cli', env: process.env, start, outDir }));
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
    followLanguageOf(await agent.call('settings.get', {}));
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
  // The folder that this was started in has been removed.
  if (error instanceof Error && (error as NodeJS.ErrnoException).syscall === 'uv_cwd')
    return { code: 'FolderMissing', params: { folder: process.env.PWD ?? '.' } };
  return { code: 'Internal', params: { reference: error instanceof Error ? error.message : String(error) } };
}

/** Prints the sentence for an error on stderr and answers the exit code. */
export function report(error: unknown): number {
  if (error instanceof Said) {
    note(`bedrock-tray: ${error.message}`);
    return error.exitCode;
  }
  const view = errorView(error);
  note(`bedrock-tray: ${words.error(view)}`);
  return exitCodeOf(view.code);
}

/** A usage error found by the command line itself. */
export function badInput(field: string, reason: string): BedrockTrayError {
  return new BedrockTrayError('BadInput', { field, reason });
}
