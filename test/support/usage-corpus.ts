import { appendFileSync, mkdirSync, rmSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SeededRandom } from './simulation/seeded-random.ts';
import { generatedId } from './transcripts.ts';

/**
 * Transcripts with everything that makes counting hard, in the shape of Claude Code 2.1.330: answers spread over several
 * lines with growing figures, sub-agents, forks that begin with copied lines, Claude Code's own totals, older versions,
 * broken lines. Each file in pieces, in the order in which they were written.
 */
export interface CorpusFile {
  path: string;
  pieces: string[];
}

export const corpusModels = [
  'us.anthropic.claude-opus-5-5',
  'global.anthropic.claude-opus-5-5',
  'us.anthropic.claude-haiku-5-5',
  'eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
  'us.anthropic.claude-haiku-4-5-20251001-v1:0',
  'us.anthropic.claude-opus-9-9',
] as const;

interface Tokens {
  input: number;
  output: number;
  cacheRead: number;
  cacheWrite5m: number;
  cacheWrite1h: number;
}
const kinds = ['input', 'output', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h'] as const;

interface Written {
  at: number;
  model: string;
  tokens: Tokens;
  lines: string[];
}

class Writer {
  readonly random: SeededRandom;
  at: number;

  constructor(seed: number, from: number) {
    this.random = new SeededRandom(seed);
    this.at = from;
  }

  int(least: number, most: number): number {
    return Math.floor(this.random.between(least, most + 1));
  }

  pick<T>(of: readonly T[]): T {
    return of[Math.floor(this.random.next() * of.length)] as T;
  }

  stamp(): string {
    // Often a moment later, sometimes hours: conversations go over midnight.
    this.at += this.random.chance(0.1) ? this.int(60_000, 20 * 3_600_000) : this.int(1, 90_000);
    return new Date(this.at).toISOString();
  }

  common(session: string, cwd: string, stamp = this.stamp()): Record<string, unknown> {
    return {
      uuid: generatedId(this.random),
      timestamp: stamp,
      userType: 'external',
      cwd,
      sessionId: session,
    };
  }

  noise(session: string, cwd: string): string {
    const escaped = '{"type":"assistant","message":{"id":"msg_none","usage":{"input_tokens":9}}}';
    switch (this.int(0, 6)) {
      case 0:
        return JSON.stringify({ type: 'file-history-snapshot', messageId: generatedId(this.random) });
      case 1:
        return JSON.stringify({
          parentUuid: null,
          isSidechain: false,
          attachment: { type: 'assistant', content: escaped },
          type: 'attachment',
          ...this.common(session, cwd),
        });
      case 2:
        return JSON.stringify({
          parentUuid: null,
          isSidechain: false,
          type: 'user',
          message: {
            role: 'user',
            content: [{ type: 'tool_result', content: escaped.repeat(this.int(1, 40)) }],
          },
          toolUseResult: { type: 'assistant', usage: { input_tokens: 77 } },
          ...this.common(session, cwd),
        });
      case 3:
        // Broken off, and the next line behind it: neither can be read.
        return `{"parentUuid":null,"message":{"id":"msg_torn","usage":{"input_to{"type":"mode","mode":"x"}`;
      case 4:
        return JSON.stringify({
          parentUuid: null,
          message: {
            id: `msg_synthetic_${this.int(0, 9)}`,
            model: '<synthetic>',
            content: [],
            usage: { input_tokens: 5 },
          },
          type: 'assistant',
          ...this.common(session, cwd),
        });
      case 5:
        return JSON.stringify({
          type: 'system',
          subtype: 'compact_boundary',
          compactMetadata: { preTokens: 9, postTokens: 3 },
          ...this.common(session, cwd),
        });
      default:
        return '{"type":"last-prompt","lastPrompt":"再试一次"}';
    }
  }

  tokens(model: string): Tokens {
    const long = model.includes('haiku-5-5') && this.random.chance(0.4);
    const tokens = {
      input: this.int(0, 9_000),
      output: this.int(1, 4_000),
      cacheRead: long ? this.int(90_000, 200_000) : this.int(0, 60_000),
      cacheWrite5m: this.random.chance(0.5) ? this.int(0, 20_000) : 0,
      cacheWrite1h: this.random.chance(0.3) ? this.int(0, 20_000) : 0,
    };
    return tokens;
  }

  answer(session: string, cwd: string, extra: Record<string, unknown> = {}): Written {
    const model = this.pick(corpusModels);
    const tokens = this.tokens(model);
    const id = `msg_bdrk_${generatedId(this.random)}`;
    const count = this.int(1, 3);
    const lines = Array.from({ length: count }, (_, at) => {
      const last = at === count - 1;
      const output = last ? tokens.output : Math.floor((tokens.output * at) / count);
      return JSON.stringify({
        parentUuid: generatedId(this.random),
        isSidechain: extra.agentId !== undefined,
        ...extra,
        message: {
          model: model.replace(/^.*anthropic\./, ''),
          id,
          type: 'message',
          role: 'assistant',
          content: [{ type: 'text', text: 'x"}{'.repeat(this.int(0, 30)) }],
          usage: {
            input_tokens: tokens.input,
            cache_creation_input_tokens: tokens.cacheWrite5m + tokens.cacheWrite1h,
            cache_read_input_tokens: tokens.cacheRead,
            cache_creation: {
              ephemeral_5m_input_tokens: tokens.cacheWrite5m,
              ephemeral_1h_input_tokens: tokens.cacheWrite1h,
            },
            output_tokens: output,
          },
        },
        requestedModel: model,
        type: 'assistant',
        ...this.common(session, cwd),
      });
    });
    return { at: this.at, model, tokens, lines };
  }
}

const line = (text: string) => `${text}\n`;

/** Files below a `projects` folder, the same ones for the same seed. */
export function usageCorpus(
  projects: string,
  seed: number,
  {
    olderVersions = true,
  }: { /** Copied lines that do not say where they come from. */ olderVersions?: boolean } = {},
): CorpusFile[] {
  const w = new Writer(seed, Date.UTC(2026, 9, 3, 11));
  const files: CorpusFile[] = [];
  const folders = ['/home/someone/work', '/home/someone/项目/账单', 'C:\\Users\\Me\\app'];
  const ended: { id: string; cwd: string; lines: string[]; told: Map<string, Tokens> }[] = [];
  for (let n = 0; n < 14; n++) {
    const origin = n > 3 && w.random.chance(0.4) ? w.pick(ended) : undefined;
    const id = generatedId(w.random);
    const cwd = origin?.cwd ?? w.pick(folders);
    const folder = join(projects, cwd.replace(/[^A-Za-z0-9]/g, '-'));
    const old = origin !== undefined && w.random.chance(0.25) && olderVersions;
    const main: CorpusFile = { path: join(folder, `${id}.jsonl`), pieces: [] };
    // What Claude Code itself would have counted: a fork goes on from its origin's total.
    const told = new Map([...(origin?.told ?? [])].map(([model, tokens]) => [model, { ...tokens }]));
    const counted = (model: string, tokens: Tokens) => {
      const sum = told.get(model) ?? { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
      for (const kind of kinds) sum[kind] += tokens[kind];
      told.set(model, sum);
    };
    const lines: string[] = (origin?.lines ?? []).map((copied) => {
      if (!copied.includes('"type":"assistant"') || !copied.startsWith('{"parentUuid"')) return copied;
      try {
        const entry = JSON.parse(copied) as Record<string, unknown>;
        const asked = entry.requestSessionId ?? entry.sessionId;
        return JSON.stringify({ ...entry, sessionId: id, ...(old ? {} : { requestSessionId: asked }) });
      } catch {
        return copied;
      }
    });
    main.pieces.push(lines.map(line).join(''));
    const agents: CorpusFile[] = [];
    for (let left = 0; left < w.int(1, 3); left++) {
      for (let turn = 0; turn < w.int(2, 9); turn++) {
        const own: string[] = [];
        if (w.random.chance(0.6)) own.push(w.noise(id, cwd));
        const answer = w.answer(id, cwd);
        counted(answer.model, answer.tokens);
        own.push(...answer.lines);
        if (w.random.chance(0.25)) {
          const agent = `agent-${generatedId(w.random).slice(0, 8)}`;
          const path = w.pick([
            join(folder, id, 'subagents', `${agent}.jsonl`),
            join(folder, id, 'subagents', 'workflows', 'one', `${agent}.jsonl`),
            join(folder, `${agent}.jsonl`),
          ]);
          const file: CorpusFile = { path, pieces: [] };
          for (let step = 0; step < w.int(1, 3); step++) {
            const inner = w.answer(id, cwd, { agentId: agent });
            counted(inner.model, inner.tokens);
            file.pieces.push(inner.lines.map(line).join(''));
          }
          agents.push(file);
        }
        lines.push(...own);
        main.pieces.push(own.map(line).join(''));
      }
      // Summaries and checks that no line tells of.
      if (w.random.chance(0.6)) counted(w.pick(corpusModels), w.tokens('us.anthropic.claude-opus-5-5'));
      if (!w.random.chance(0.75)) continue;
      const modelUsage = Object.fromEntries(
        [...told].map(([model, t]) => [
          model,
          {
            inputTokens: t.input,
            outputTokens: t.output,
            cacheReadInputTokens: t.cacheRead,
            cacheCreationInputTokens: t.cacheWrite5m + t.cacheWrite1h,
            cacheCreationEphemeral1hInputTokens: t.cacheWrite1h,
          },
        ]),
      );
      main.pieces.push(
        line(JSON.stringify({ type: 'cost-state', sessionId: id, totalCostUSD: 1, modelUsage })),
      );
    }
    ended.push({ id, cwd, lines, told });
    files.push(...agents, main);
  }
  return files;
}

/** Writes what a file has up to so many of its pieces, in the file's own time. */
export function writePieces(file: CorpusFile, pieces: readonly string[], at: number): void {
  mkdirSync(dirname(file.path), { recursive: true });
  for (const piece of pieces) appendFileSync(file.path, piece);
  utimesSync(file.path, at / 1000, at / 1000);
}

export function removeCorpus(files: readonly CorpusFile[]): void {
  for (const { path } of files) rmSync(path, { force: true });
}
