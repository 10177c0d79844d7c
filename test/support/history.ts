import { appendFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { SystemClock } from '../../src/agent/clock.ts';
import { HistoryRoom } from '../../src/agent/history/history-room.ts';
import type { Clock, Observable } from '../../src/agent/ports.ts';
import { promptLine } from './transcripts.ts';

/** The worker bundled as the product has it: from its sources each start would take longer than the tests. */
let bundle: Promise<Uint8Array> | undefined;
async function bundledWorker(): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../../src/agent/history/worker.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node24',
    write: false,
    logLevel: 'warning',
  });
  return outputFiles[0]?.contents ?? new Uint8Array();
}

/** A person's HOME with transcripts in it, and a state folder. */
export class HistoryHome implements Disposable {
  readonly folder = mkdtempSync(join(tmpdir(), 'history-'));
  readonly state = join(this.folder, 'state');
  readonly projects = join(this.folder, 'home', '.claude', 'projects');
  readonly settings = join(this.folder, 'home', '.claude', 'settings.json');
  readonly warnings: string[] = [];

  constructor() {
    mkdirSync(this.projects, { recursive: true });
    mkdirSync(this.state, { mode: 0o700 });
  }

  /** A conversation with these prompts, last written so many days ago. */
  conversation(
    prompts: readonly string[],
    { cwd = '/home/someone/work', daysAgo = 0 } = {},
  ): WrittenConversation {
    const made = new WrittenConversation(
      this.projects,
      crypto.randomUUID(),
      cwd,
      Date.now() - daysAgo * 86_400_000,
    );
    for (const prompt of prompts) made.say(prompt);
    return made;
  }

  /** The room as the agent has it, with the real worker. */
  async room(
    open: ReadonlyMap<string, string> = new Map(),
    parts: { clock?: Clock; sessions?: readonly Observable[] } = {},
  ): Promise<HistoryRoom> {
    const log = {
      debug: () => undefined,
      info: () => undefined,
      warn: (_fields: object, message?: string) => this.warnings.push(message ?? ''),
      error: () => undefined,
    };
    bundle ??= bundledWorker();
    const program = join(this.folder, 'history.mjs');
    writeFileSync(program, await bundle);
    return new HistoryRoom({
      context: {
        clock: parts.clock ?? new SystemClock(),
        env: {},
        userHome: join(this.folder, 'home'),
        home: this.state,
        log: log as never,
      },
      program: pathToFileURL(program),
      sessions: parts.sessions ?? [],
      openConversations: () => open,
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class WrittenConversation {
  readonly id: string;
  readonly cwd: string;
  readonly path: string;
  #at: number;

  constructor(projects: string, id: string, cwd: string, at: number) {
    this.id = id;
    this.cwd = cwd;
    this.#at = at;
    const folder = join(projects, cwd.replace(/[^A-Za-z0-9]/g, '-'));
    mkdirSync(folder, { recursive: true });
    this.path = join(folder, `${id}.jsonl`);
    writeFileSync(this.path, '');
    this.#touch();
  }

  #touch(): void {
    utimesSync(this.path, this.#at / 1000, this.#at / 1000);
  }

  /** A prompt, as Claude Code adds it; answers how many bytes that were. */
  say(text: string): number {
    this.#at += 1;
    return this.append(promptLine(this, text, this.#at));
  }

  append(text: string | Uint8Array): number {
    appendFileSync(this.path, text);
    this.#at += 1;
    this.#touch();
    return Buffer.byteLength(text);
  }

  write(text: string): void {
    writeFileSync(this.path, text);
    this.#at += 1;
    this.#touch();
  }

  line(text: string): string {
    return promptLine(this, text, this.#at);
  }
}
