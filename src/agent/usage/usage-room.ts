import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { BudgetView } from '../../contract/usage.ts';
import { budgetRefuses, budgetView } from '../../domain/usage/budgets.ts';
import { addDays, dayOf, firstQuarter, periodOf, QUARTER_MS } from '../../domain/usage/days.ts';
import { AskedWorker } from '../asked-worker.ts';
import type { Usage } from '../bedrock-ports.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import { claudeFolder } from '../claude-folder.ts';
import { DeadlineTimer } from '../clock.ts';
import type { AgentContext, EnvironmentStore, Observable } from '../ports.ts';
import type { ModelPrices } from '../prices/model-prices.ts';
import type { Stay, UsageRequests, UsageWorkerData } from './worker-messages.ts';

/** The first look waits until the agent has become useful, and past conversations have been looked at. */
const FIRST_LOOK_MS = 8_000;
/** How often transcripts are looked at: while somebody looks at what was used, and otherwise. */
const INTERESTED_LOOK_MS = 60_000;
const LOOK_MS = 30 * 60_000;
/** So long after a question somebody is taken to be looking. */
const INTEREST_MS = 10 * 60_000;
/** A session of ours did something while somebody looks, or while there are budgets: so soon its transcript is read. */
const SESSION_LOOK_MS = 5_000;
/** The worker ends after this long without a question. */
const UNUSED_MS = 2 * 60_000;
const MEMORY_MB = 256;
/** Whoever opens a session waits no longer for the newest figures. */
const REFUSAL_WAIT_MS = 2_000;

export interface UsageRoomParts {
  context: Pick<AgentContext, 'clock' | 'env' | 'userHome' | 'home' | 'log'>;
  /** The worker's file. */
  program: URL;
  environments: Pick<EnvironmentStore, 'list' | 'onChange'>;
  prices: Pick<ModelPrices, 'facts' | 'seen' | 'onChange'>;
  /** Told when sessions of ours do something. */
  sessions: readonly Observable[];
  /** The person's time zone, now. */
  zone(): string;
}

/**
 * What Claude Code used, by its transcripts: a worker keeps the index, this asks it, decides when it looks, and holds
 * how the budgets stand (docs/usage.md).
 */
export class UsageRoom implements Usage {
  readonly #parts: UsageRoomParts;
  readonly #changes = new ChangeEmitter();
  readonly #looks: DeadlineTimer;
  /** A period of a budget ends. */
  readonly #midnight: DeadlineTimer;
  readonly #worker: AskedWorker<UsageRequests>;
  readonly #projects: string;
  #askedAt = Number.NEGATIVE_INFINITY;
  #nextLookAt = 0;
  #revision = 0;
  #pending = 0;
  #budgets: BudgetView[] = [];
  /** Budgets are being reckoned; then once more, where something changed meanwhile. */
  #reckoning: Promise<void> | null = null;
  #again = false;
  /** What the worker was told, and what it is told with the next question. */
  readonly #stays = new Set<string>();
  #untold: Stay[] = [];
  #stopped = false;
  #undo: (() => void)[] = [];

  constructor(parts: UsageRoomParts) {
    this.#parts = parts;
    const { context, program } = parts;
    this.#projects = join(claudeFolder(context.env, context.userHome), 'projects');
    this.#looks = new DeadlineTimer(context.clock, () => this.#look());
    this.#midnight = new DeadlineTimer(context.clock, () => void this.#reckon());
    this.#worker = new AskedWorker({
      program,
      name: 'usage',
      data: {
        file: join(context.home, 'usage.db'),
        projects: this.#projects,
        unusedMs: UNUSED_MS,
      } satisfies UsageWorkerData,
      memoryMb: MEMORY_MB,
      log: context.log,
      failed: 'the reader of what was used failed',
      told: ({ changed, pending }) => {
        if (changed) this.#revision++;
        const whole = pending === 0 && (changed || this.#pending > 0);
        this.#pending = pending;
        this.#changes.emit();
        // Halfway through, sums may hold twice what is one: nobody is told of a budget by them.
        if (whole) void this.#reckon();
      },
    });
  }

  onChange(listener: () => void): () => void {
    return this.#changes.onChange(listener);
  }

  async start(): Promise<void> {
    const { sessions, environments, prices } = this.#parts;
    this.#lookAt(this.#now() + FIRST_LOOK_MS);
    const seen = () => {
      if (this.#interested || this.#limits().length > 0)
        this.#lookAt(Math.min(this.#nextLookAt, this.#now() + SESSION_LOOK_MS));
    };
    let limits = JSON.stringify(this.#limits());
    this.#undo = [
      ...sessions.map((room) => room.onChange(seen)),
      environments.onChange(() => {
        const now = JSON.stringify(this.#limits());
        if (now === limits) return;
        limits = now;
        void this.#reckon();
      }),
      prices.onChange(() => {
        this.#revision++;
        this.#changes.emit();
        void this.#reckon();
      }),
    ];
    void this.#reckon();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#looks.set(null);
    this.#midnight.set(null);
    for (const each of this.#undo.splice(0)) each();
    await this.#worker.stop();
  }

  status(): ReturnType<Usage['status']> {
    return { revision: this.#revision, pending: this.#pending, budgets: this.#budgets };
  }

  async query(input: Parameters<Usage['query']>[0], zone?: string): ReturnType<Usage['query']> {
    this.#askedAt = this.#now();
    this.#lookAt(Math.min(this.#nextLookAt, this.#askedAt + INTERESTED_LOOK_MS));
    return this.#ask(input, zone);
  }

  opened(conversation: string, environment: string | null, since: number): void {
    const stay = { conversation, environment, since };
    const key = JSON.stringify(stay);
    if (this.#stays.has(key)) return;
    this.#stays.add(key);
    this.#untold.push(stay);
  }

  async refuses(environment: string): Promise<BedrockTrayError | null> {
    const limit = this.#limits().find(({ name }) => name === environment)?.budget;
    if (!limit?.refuse) return null;
    await within(
      REFUSAL_WAIT_MS,
      this.lookNow().then(
        () => this.#reckon(),
        // By what was known before.
        () => undefined,
      ),
    );
    const known = this.#budgets.find((view) => view.environment === environment);
    if (!known || !budgetRefuses(limit, known, this.#today())) return null;
    const { usd, period } = limit;
    return new BedrockTrayError('BudgetReached', { environment, usd, period });
  }

  /** Looks at the transcripts; resolves when all that was new is indexed. */
  async lookNow(): Promise<void> {
    this.#tellStays();
    await this.#worker.ask('look', null);
  }

  #now(): number {
    return this.#parts.context.clock.now();
  }

  #today(): string {
    return dayOf(this.#now(), this.#parts.zone());
  }

  get #interested(): boolean {
    return this.#now() - this.#askedAt < INTEREST_MS;
  }

  #limits() {
    return this.#parts.environments.list().flatMap(({ name, budget }) => (budget ? [{ name, budget }] : []));
  }

  #lookAt(at: number): void {
    if (this.#stopped) return;
    this.#nextLookAt = at;
    this.#looks.set(at);
  }

  #look(): void {
    this.#lookAt(this.#now() + (this.#interested ? INTERESTED_LOOK_MS : LOOK_MS));
    void this.#lookUnasked();
  }

  /** Where Claude Code has never been nothing is started, and what was started for one look ends with it. */
  async #lookUnasked(): Promise<void> {
    const { log } = this.#parts.context;
    try {
      await access(this.#projects);
    } catch {
      return;
    }
    try {
      await this.lookNow();
      await this.#reckoning;
      if (!this.#interested && !this.#worker.busy) this.#worker.rest();
    } catch (err) {
      if (!this.#stopped) log.warn({ err }, 'what was used cannot be read');
    }
  }

  async #ask(wish: Parameters<Usage['query']>[0], zone = this.#parts.zone()): ReturnType<Usage['query']> {
    const { environments, prices } = this.#parts;
    this.#tellStays();
    const { unnamed, ...answer } = await this.#worker.ask('query', {
      ...wish,
      zone,
      prices: prices.facts(),
    });
    for (const { model, environment } of unnamed) {
      const profile = environments.list().find(({ name }) => name === environment)?.profile;
      if (profile !== undefined) void prices.seen(model, profile);
    }
    return answer;
  }

  #tellStays(): void {
    const stays = this.#untold.splice(0);
    if (stays.length === 0) return;
    this.#worker.ask('opened', stays).catch((err: unknown) => {
      // Told again when a session changes.
      for (const stay of stays) this.#stays.delete(JSON.stringify(stay));
      if (!this.#stopped) this.#parts.context.log.warn({ err }, 'where sessions belong cannot be kept');
    });
  }

  /** Reckons the budgets with what was used until now; never rejects. */
  async #reckon(): Promise<void> {
    if (this.#reckoning) {
      this.#again = true;
      return this.#reckoning;
    }
    this.#reckoning = (async () => {
      do {
        this.#again = false;
        await this.#reckonOnce();
      } while (this.#again && !this.#stopped);
    })();
    await this.#reckoning;
    this.#reckoning = null;
  }

  async #reckonOnce(): Promise<void> {
    if (this.#stopped) return;
    const limits = this.#limits();
    const zone = this.#parts.zone();
    const today = this.#today();
    this.#midnight.set(limits.length > 0 ? firstQuarter(addDays(today, 1), zone) * QUARTER_MS : null);
    try {
      const budgets: BudgetView[] = [];
      for (const { name, budget } of limits) {
        const period = periodOf(today, budget.period);
        const { total, pending } = await this.#ask({
          ...period,
          by: [],
          environment: name,
          limit: 1,
        });
        // While there is much to read what was spent in a period stays as it was; sessions are opened by what is known.
        const before = this.#budgets.find(
          (view) => view.environment === name && view.from === period.from && view.to === period.to,
        );
        const used =
          pending > 0 && before
            ? { costUsd: before.spentUsd, unpricedTokens: Number(before.unpriced) }
            : total;
        budgets.push(budgetView(name, budget, today, used));
      }
      if (this.#stopped || JSON.stringify(budgets) === JSON.stringify(this.#budgets)) return;
      this.#budgets = budgets;
      this.#changes.emit();
    } catch (err) {
      if (!this.#stopped) this.#parts.context.log.warn({ err }, 'budgets cannot be reckoned');
    }
  }
}

/** Waits for it, but no longer than that. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let patience: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    patience = setTimeout(resolve, ms);
  });
  await Promise.race([work, over]);
  clearTimeout(patience);
}
