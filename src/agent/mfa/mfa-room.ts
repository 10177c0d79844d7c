import { BedrockTrayError } from '../../contract/errors.ts';
import type { MfaView } from '../../contract/state.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import { DeadlineTimer } from '../clock.ts';
import type { AgentContext, MfaDesk, MfaQuestion } from '../ports.ts';

/** A question that nobody answers goes after this long without anybody asking again. */
export const QUESTION_MS = 10 * 60_000;
/** How long an answer waits for AWS's word on the code. */
const VERDICT_MS = 60_000;
/** Answers to a question that has just been answered by another shell are well for this long. */
const SETTLED_MS = 60_000;

interface Asked {
  id: string;
  question: MfaQuestion;
  sinceAt: number;
  wantedAt: number;
  problem: MfaView['problem'];
  /** Given and not yet taken. A secret, of one use. */
  code: string | null;
  /** Those who wait for AWS's word; null while nobody has answered. */
  waiting: PromiseWithResolvers<void> | null;
  waitUntil: number | null;
}

/**
 * The questions for MFA codes. One for each cause (a source of credentials), however many requests, profiles and
 * sessions want it; they queue, so that a person sees one at a time. A code is kept until the call that it is for.
 */
export class MfaRoom implements MfaDesk {
  readonly #context: Pick<AgentContext, 'clock' | 'log' | 'random'>;
  readonly #queue = new Map<string, Asked>();
  /** Questions that were cancelled or ran out, while there were still credentials: not raised ahead of need. */
  readonly #dismissed = new Set<string>();
  readonly #settled = new Map<string, number>();
  readonly #emitter = new ChangeEmitter();
  readonly #codeListeners = new Set<(key: string) => void>();
  readonly #timer: DeadlineTimer;

  constructor(context: Pick<AgentContext, 'clock' | 'log' | 'random'>) {
    this.#context = context;
    this.#timer = new DeadlineTimer(context.clock, () => this.#tick());
  }

  onChange(listener: () => void): () => void {
    return this.#emitter.onChange(listener);
  }

  onCode(listener: (key: string) => void): () => void {
    this.#codeListeners.add(listener);
    return () => this.#codeListeners.delete(listener);
  }

  view(): MfaView | null {
    // One whose code AWS is looking at needs nobody.
    const shown = [...this.#queue.values()].find((asked) => asked.waiting === null);
    if (!shown) return null;
    const { profile, roleArn, mfaSerial } = shown.question;
    return { id: shown.id, profile, roleArn, mfaSerial, sinceAt: shown.sinceAt, problem: shown.problem };
  }

  ask(question: MfaQuestion, urgent: boolean): void {
    const now = this.#context.clock.now();
    const there = this.#queue.get(question.key);
    if (there) {
      there.wantedAt = now;
      this.#arm();
      return;
    }
    if (!urgent && this.#dismissed.has(question.key)) return;
    this.#queue.set(question.key, {
      id: Buffer.from(this.#context.random(9)).toString('base64url'),
      question,
      sinceAt: now,
      wantedAt: now,
      problem: null,
      code: null,
      waiting: null,
      waitUntil: null,
    });
    this.#changed();
  }

  take(key: string): string | null {
    const asked = this.#queue.get(key);
    const code = asked?.code ?? null;
    if (asked) asked.code = null;
    return code;
  }

  verdict(key: string, error: BedrockTrayError | null, again = false): void {
    const asked = this.#queue.get(key);
    if (!asked) return;
    const { waiting } = asked;
    asked.waiting = null;
    asked.waitUntil = null;
    asked.code = null;
    if (error === null || !again) {
      this.#queue.delete(key);
      this.#dismissed.delete(key);
      if (error === null) {
        this.#settled.set(asked.id, this.#context.clock.now() + SETTLED_MS);
        waiting?.resolve();
      } else waiting?.reject(error);
    } else {
      asked.problem = error.view();
      asked.wantedAt = this.#context.clock.now();
      waiting?.reject(error);
    }
    this.#changed();
  }

  forget(key: string): void {
    this.#dismissed.delete(key);
    const asked = this.#queue.get(key);
    if (!asked) return;
    this.#queue.delete(key);
    asked.waiting?.reject(this.#gone());
    this.#changed();
  }

  async answer(id: string, code: string): Promise<void> {
    const asked = [...this.#queue.values()].find((a) => a.id === id);
    if (!asked) {
      // Another shell was a moment faster, and AWS took its code: all is well.
      if (this.#settled.has(id)) return;
      throw this.#gone();
    }
    if (!asked.waiting) {
      asked.waiting = Promise.withResolvers();
      asked.waiting.promise.catch(() => undefined);
      asked.waitUntil = this.#context.clock.now() + VERDICT_MS;
      asked.code = code;
      this.#changed();
      for (const listener of [...this.#codeListeners]) listener(asked.question.key);
    }
    await asked.waiting?.promise;
  }

  cancel(id: string): void {
    const asked = [...this.#queue.values()].find((a) => a.id === id);
    if (asked) this.#dismiss(asked);
  }

  stop(): void {
    for (const { waiting } of this.#queue.values()) waiting?.reject(this.#gone());
    this.#queue.clear();
    this.#timer.set(null);
  }

  #dismiss(asked: Asked): void {
    this.#queue.delete(asked.question.key);
    this.#dismissed.add(asked.question.key);
    asked.waiting?.reject(this.#gone());
    this.#changed();
  }

  #gone(): BedrockTrayError {
    return new BedrockTrayError('BadInput', { field: 'id', reason: 'no code is asked for' });
  }

  #tick(): void {
    const now = this.#context.clock.now();
    for (const asked of [...this.#queue.values()]) {
      if (asked.waitUntil !== null && now >= asked.waitUntil) {
        const reason = 'no answer from AWS';
        this.verdict(
          asked.question.key,
          new BedrockTrayError('MfaRefused', { mfaSerial: asked.question.mfaSerial, reason }),
          true,
        );
      } else if (asked.waiting === null && now >= asked.wantedAt + QUESTION_MS) this.#dismiss(asked);
    }
    for (const [id, until] of this.#settled) if (now >= until) this.#settled.delete(id);
    this.#arm();
  }

  #changed(): void {
    this.#arm();
    this.#emitter.emit();
  }

  #arm(): void {
    const ends = [...this.#queue.values()].map((a) => a.waitUntil ?? a.wantedAt + QUESTION_MS);
    ends.push(...this.#settled.values());
    this.#timer.set(ends.length === 0 ? null : Math.min(...ends));
  }
}
