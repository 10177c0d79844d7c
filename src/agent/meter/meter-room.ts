import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import * as z from 'zod';
import type { CostCap } from '../../contract/cost-cap.ts';
import { MeterView, sessionIsOpen } from '../../contract/state.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import type { AgentContext, MeteredSession, SessionMeter } from '../ports.ts';
import type { ModelPrices } from '../prices/model-prices.ts';
import { StateFile } from '../state-file.ts';
import type { FromMeterWorker, ToMeterWorker } from './worker-messages.ts';

/** The worker ends when no session was followed for so long. */
const UNUSED_MS = 30_000;
/** After the worker failed. */
const BEGIN_AGAIN_MS = 60_000;
const SAVE_MS = 2_000;
/** Claude Code waits meanwhile; its hooks' relay gives up after two seconds. */
const READ_MS = 1_000;
const READ_SLACK_MS = 250;
const MEMORY_MB = 192;

const Conversation = z.object({ id: z.uuid(), configFolder: z.string(), cwd: z.string() });
/**
 * What is kept of a session: its conversations in the order in which it showed them first (a fork comes behind its
 * origin), the one that it shows, and what they had used when they were last read.
 */
const Kept = z.object({
  conversations: z.array(Conversation),
  shown: z.uuid().nullable().default(null),
  meter: MeterView.nullable(),
});
type Kept = z.infer<typeof Kept>;

interface Metered extends Kept {
  cap: CostCap | null;
  profile: string;
  open: boolean;
  /** The worker adds it up. */
  followed: boolean;
  /** It has ended, and its end is being read. */
  ending: boolean;
}

export interface MeterRoomParts {
  context: Pick<AgentContext, 'clock' | 'log' | 'home' | 'userHome'>;
  /** The worker's file. */
  program: URL;
  prices: Pick<ModelPrices, 'facts' | 'seen' | 'onChange'>;
}

/**
 * What each session has used: a worker adds up its conversations' transcripts, this decides which, and keeps the result
 * (docs/decisions/0027-live-cost.md). The sum of a session goes on through /clear and a resumption.
 */
export class MeterRoom implements SessionMeter {
  readonly #parts: MeterRoomParts;
  readonly #changes = new ChangeEmitter();
  readonly #sessions = new Map<string, Metered>();
  readonly #state: StateFile;
  readonly #reads = new Map<number, () => void>();
  readonly #kept = new Map<string, Kept>();
  #worker: Worker | undefined;
  #beginAgainAt = 0;
  #unused: NodeJS.Timeout | undefined;
  #saving: NodeJS.Timeout | undefined;
  #read = 0;
  #stopped = false;
  #undo: () => void;

  constructor(parts: MeterRoomParts) {
    this.#parts = parts;
    const { context, prices } = parts;
    this.#state = new StateFile(join(context.home, 'meter.json'), 1, context.log, () => context.clock.now());
    this.#undo = prices.onChange(() => this.#tellPrices());
  }

  onChange(listener: () => void): () => void {
    return this.#changes.onChange(listener);
  }

  async start(): Promise<void> {
    const state = z.record(z.string(), z.unknown()).safeParse((await this.#state.read())?.sessions);
    for (const [id, value] of Object.entries(state.data ?? {})) {
      const kept = Kept.safeParse(value);
      if (kept.success) this.#kept.set(id, kept.data);
    }
  }

  /** All sessions that there are have been told: what is kept of others is let go of. */
  forgetOthers(): void {
    if (this.#kept.size === 0) return;
    this.#kept.clear();
    this.#saveSoon();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#undo();
    clearTimeout(this.#unused);
    const unsaved = this.#saving !== undefined;
    clearTimeout(this.#saving);
    for (const done of this.#reads.values()) done();
    await this.#worker?.terminate();
    if (unsaved) await this.#save();
  }

  view(id: string): MeterView | null {
    return this.#sessions.get(id)?.meter ?? null;
  }

  /** A session's cap, and what it has used as last read. */
  standing(id: string): { cap: CostCap | null; meter: MeterView | null } {
    const { cap = null, meter = null } = this.#sessions.get(id) ?? {};
    return { cap, meter };
  }

  session(view: MeteredSession, configFolder: string | null): void {
    const { id, cap, profile, conversation } = view;
    const metered = this.#sessions.get(id) ?? {
      ...(this.#kept.get(id) ?? { conversations: [], shown: null, meter: null }),
      cap,
      profile,
      open: false,
      followed: false,
      ending: false,
    };
    this.#kept.delete(id);
    this.#sessions.set(id, metered);
    Object.assign(metered, { cap, profile, open: sessionIsOpen(view) });

    let unread = false;
    if (view.hasTranscript && conversation !== null && metered.shown !== conversation) {
      if (!metered.conversations.some((c) => c.id === conversation)) {
        const { userHome } = this.#parts.context;
        const folder = configFolder ?? join(userHome, '.claude');
        const newest = { id: conversation, configFolder: folder, cwd: view.cwd };
        metered.conversations = [...metered.conversations, newest];
      }
      metered.shown = conversation;
      metered.followed = false;
      unread = true;
      this.#saveSoon();
    }
    // One that has ended before anybody read it is read once.
    if (!metered.followed && (unread || (metered.open && metered.conversations.length > 0))) {
      this.#follow(id, metered);
    }
    if (!metered.open && metered.followed && !metered.ending) void this.#letGo(id, metered);
  }

  forget(id: string): void {
    const metered = this.#sessions.get(id);
    this.#kept.delete(id);
    if (!metered) return;
    this.#sessions.delete(id);
    if (metered.followed) this.#say({ type: 'forget', session: id });
    this.#endUnused();
    this.#saveSoon();
  }

  /**
   * Reads what Claude Code has written until now, with the answer that the tool use `tool` belongs to; bounded in time,
   * and never rejects.
   */
  async fresh(id: string, tool: string | null = null): Promise<void> {
    if (!this.#sessions.get(id)?.followed) return;
    const request = ++this.#read;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(patience);
        this.#reads.delete(request);
        resolve();
      };
      const patience = setTimeout(done, READ_MS + READ_SLACK_MS);
      this.#reads.set(request, done);
      this.#say({ type: 'read', session: id, request, tool, waitMs: READ_MS });
    });
  }

  #follow(id: string, metered: Metered): void {
    if (this.#parts.context.clock.now() < this.#beginAgainAt) return;
    metered.followed = true;
    const { conversations } = metered;
    const shown = metered.shown ?? conversations.at(-1)?.id;
    if (shown !== undefined) this.#say({ type: 'follow', session: id, conversations, shown });
  }

  /** It has ended; what Claude Code wrote at its end is still read. */
  async #letGo(id: string, metered: Metered): Promise<void> {
    metered.ending = true;
    await this.fresh(id);
    metered.ending = false;
    if (this.#sessions.get(id) !== metered || metered.open || this.#stopped) return;
    metered.followed = false;
    this.#say({ type: 'forget', session: id });
    this.#endUnused();
  }

  #say(message: ToMeterWorker): void {
    if (this.#stopped) return;
    clearTimeout(this.#unused);
    this.#worker ??= this.#begin();
    this.#worker.postMessage(message);
  }

  #begin(): Worker {
    const { context, program } = this.#parts;
    // Nothing of the agent's environment is needed there.
    const worker = new Worker(program, {
      env: {},
      name: 'meter',
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB },
    });
    worker.on('message', (message: FromMeterWorker) => this.#hear(message));
    worker.on('error', (error) => context.log.warn({ err: error }, 'the reader of what sessions use failed'));
    worker.on('exit', () => {
      if (this.#worker !== worker) return;
      // The figures stay as they are; news of a session begin anew after a while.
      this.#worker = undefined;
      this.#beginAgainAt = context.clock.now() + BEGIN_AGAIN_MS;
      for (const metered of this.#sessions.values()) metered.followed = false;
      for (const done of [...this.#reads.values()]) done();
    });
    worker.unref();
    worker.postMessage(this.#prices());
    return worker;
  }

  #endUnused(): void {
    clearTimeout(this.#unused);
    if ([...this.#sessions.values()].some(({ followed }) => followed)) return;
    this.#unused = setTimeout(() => {
      const worker = this.#worker;
      this.#worker = undefined;
      void worker?.terminate();
    }, UNUSED_MS);
    this.#unused.unref();
  }

  #hear(message: FromMeterWorker): void {
    if (message.type === 'read') {
      this.#reads.get(message.request)?.();
      return;
    }
    const metered = this.#sessions.get(message.session);
    if (!metered) return;
    metered.meter = message.meter;
    for (const arn of message.unnamed) void this.#parts.prices.seen(arn, metered.profile);
    this.#saveSoon();
    this.#changes.emit();
  }

  #tellPrices(): void {
    if (!this.#stopped) this.#worker?.postMessage(this.#prices());
  }

  #prices(): ToMeterWorker {
    return { type: 'prices', facts: this.#parts.prices.facts() };
  }

  #saveSoon(): void {
    if (this.#saving !== undefined || this.#stopped) return;
    this.#saving = setTimeout(() => {
      this.#saving = undefined;
      void this.#save();
    }, SAVE_MS);
    this.#saving.unref();
  }

  async #save(): Promise<void> {
    const entries = [...this.#kept, ...this.#sessions].flatMap(
      ([id, { conversations, shown, meter }]): [string, Kept][] =>
        conversations.length > 0 ? [[id, { conversations, shown, meter }]] : [],
    );
    await this.#state.write({ sessions: Object.fromEntries(entries) }).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : 'unknown';
      this.#parts.context.log.warn({ reason }, 'what sessions have used cannot be kept');
    });
  }
}
