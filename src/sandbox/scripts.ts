import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import type { Answer, MessagesBody } from './answers.ts';
import { personTexts } from './answers.ts';
import type { Call, Reply } from './http.ts';
import { restError } from './http.ts';
import { streamErrorNameSchema } from './switches.ts';

/**
 * What a test makes the model do in one conversation. A script belongs to a marker, a word that stands in what the
 * person (or an agent above) has said last: it follows the conversation through /clear and resume, and each sub-agent
 * can have its own. One turn is played for each request that has tools, retries of a client included; after the last
 * one the model is as ever. Probes, classifiers and requests without tools are no turns.
 */

const tokens = z.int().min(0).max(10_000_000);
const milliseconds = z.int().min(0).max(600_000);

export const turnSchema = z.strictObject({
  content: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('text'), text: z.string() }),
        z.strictObject({
          type: z.literal('tool_use'),
          name: z.string(),
          input: z.record(z.string(), z.unknown()),
        }),
      ]),
    )
    .default([]),
  /** Default: `tool_use` where the content has one, else `end_turn`. `refusal`: the model declines. */
  stopReason: z.enum(['end_turn', 'tool_use', 'max_tokens', 'stop_sequence', 'refusal']).optional(),
  /** Before the first byte of the answer. */
  delayMs: milliseconds.default(0),
  /** Not answered before it is released. */
  hold: z.boolean().default(false),
  /** Pause between two chunks of a streamed answer; default: the switch. */
  chunkMs: milliseconds.optional(),
  /** Instead of an answer. */
  error: z
    .strictObject({ status: z.int().min(400).max(599), type: z.string(), message: z.string() })
    .optional(),
  /** The stream breaks off with this exception after its first delta. */
  streamError: streamErrorNameSchema.optional(),
  /** Tokens that the answer is said to have cost; default: counted from the texts, nothing cached. */
  usage: z
    .strictObject({
      input: tokens,
      output: tokens,
      cacheRead: tokens,
      cacheWrite5m: tokens,
      cacheWrite1h: tokens,
    })
    .partial()
    .optional(),
  /** So many requests in a row get it. */
  times: z.int().min(1).max(10_000).default(1),
});
export type Turn = z.output<typeof turnSchema>;

export const scriptSchema = z.strictObject({
  marker: z.string().min(3).max(200),
  turns: z.array(turnSchema).max(1_000),
});
/** As a test writes it. */
export type Script = z.input<typeof scriptSchema>;

/** One request that was given a turn. Times are epoch ms by this computer's clock. */
export interface Played {
  /** Place of the turn in the script. */
  readonly turn: number;
  readonly askedAt: number;
  /** When its last byte was written, or the client went away. */
  endedAt: number | null;
  /** `gone`: the client went away before the end. */
  outcome: 'held' | 'answering' | 'answered' | 'gone';
}

interface Running {
  readonly turns: readonly Turn[];
  readonly played: Played[];
  readonly releases: Set<() => void>;
  /** Requests that the present turn has answered. */
  used: number;
  at: number;
}

/** A turn on its way to a client. */
export interface Performance {
  readonly turn: Turn;
  readonly answer: Answer;
  /** Waits as the turn wants. False: the client has gone away meanwhile. */
  ready(call: Call): Promise<boolean>;
  ended(whole: boolean): void;
}

export class Scripts {
  readonly #scripts = new Map<string, Running>();
  readonly #watchers = new Set<() => void>();

  /** Replaces the script of that marker, from its first turn; an empty one takes it away. */
  set({ marker, turns }: z.output<typeof scriptSchema>): void {
    this.release(marker);
    this.#scripts.set(marker, { turns, played: [], releases: new Set(), used: 0, at: 0 });
  }

  clear(): void {
    for (const marker of this.#scripts.keys()) this.release(marker);
    this.#scripts.clear();
    this.#changed();
  }

  /** Answers what is held; how many that were. */
  release(marker: string): number {
    const waiting = [...(this.#scripts.get(marker)?.releases ?? [])];
    for (const go of waiting) go();
    return waiting.length;
  }

  played(marker: string): readonly Played[] {
    return this.#scripts.get(marker)?.played ?? [];
  }

  /** Waits until so many requests were given a turn and so many have ended; gives what there is then. */
  async watch(marker: string, asked: number, ended: number, waitMs: number): Promise<readonly Played[]> {
    const there = () => {
      const played = this.played(marker);
      return played.length >= asked && played.filter(({ endedAt }) => endedAt !== null).length >= ended;
    };
    if (!there() && waitMs > 0) {
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          this.#watchers.delete(look);
          resolve();
        };
        const look = () => there() && done();
        const timer = setTimeout(done, waitMs);
        this.#watchers.add(look);
      });
    }
    return this.played(marker);
  }

  /** The next turn of the script that this request belongs to. */
  next(body: MessagesBody): (Performance & { readonly marker: string; readonly place: number }) | undefined {
    if (this.#scripts.size === 0 || !body.tools?.length) return undefined;
    const marker = this.#markerOf(body);
    const script = this.#scripts.get(marker ?? '');
    const turn = script?.turns[script.at];
    if (marker === undefined || script === undefined || turn === undefined) return undefined;
    const place = script.at;
    script.used += 1;
    if (script.used >= turn.times) {
      script.at += 1;
      script.used = 0;
    }
    const played: Played = { turn: place, askedAt: Date.now(), endedAt: null, outcome: 'answering' };
    script.played.push(played);
    this.#changed();
    const ended = (whole: boolean) => {
      if (played.endedAt !== null) return;
      played.endedAt = Date.now();
      played.outcome = whole ? 'answered' : 'gone';
      this.#changed();
    };
    const asksForTools = turn.content.some(({ type }) => type === 'tool_use');
    return {
      marker,
      place,
      turn,
      answer: {
        content: turn.content,
        stopReason: turn.stopReason ?? (asksForTools ? 'tool_use' : 'end_turn'),
        purpose: 'script',
      },
      ready: async (call) => {
        call.gone.addEventListener('abort', () => ended(false));
        if (turn.delayMs > 0)
          await sleep(turn.delayMs, undefined, { signal: call.gone }).catch(() => undefined);
        if (turn.hold && !call.gone.aborted) {
          played.outcome = 'held';
          this.#changed();
          await new Promise<void>((resolve) => {
            const go = () => {
              script.releases.delete(go);
              resolve();
            };
            script.releases.add(go);
            call.gone.addEventListener('abort', go, { once: true });
          });
          if (!call.gone.aborted) played.outcome = 'answering';
        }
        return !call.gone.aborted;
      },
      ended,
    };
  }

  /** The marker that was said last; of two at the same place the longer one. */
  #markerOf(body: MessagesBody): string | undefined {
    const markers = [...this.#scripts.keys()].sort((a, b) => b.length - a.length);
    for (const text of personTexts(body)) {
      const latest = markers
        .map((marker) => ({ marker, at: text.lastIndexOf(marker) }))
        .sort((a, b) => b.at - a.at)[0];
      if (latest !== undefined && latest.at >= 0) return latest.marker;
    }
    return undefined;
  }

  #changed(): void {
    for (const look of [...this.#watchers]) look();
  }
}

/** What a turn without an answer sends. */
export function scriptedError(call: Call, { error }: Turn): Reply | undefined {
  return error && restError(call, error.status, error.type, error.message);
}
