import { join } from 'node:path';
import * as z from 'zod';
import {
  type EndEvent,
  type EndKnowledge,
  type ExpectedEnd,
  expectedEnd,
  nextEndKnowledge,
  nothingLearned,
} from '../../domain/keep-alive/sso-session-end.ts';
import { systemReason } from '../aws-errors.ts';
import type { AgentContext, SsoSessionConfig } from '../ports.ts';
import { StateFile } from '../state-file.ts';

const version = 1;
const Instant = z.number().nullable();
const Length = z.object({
  atLeastMs: z.number().nullable(),
  atMostMs: z.number().nullable(),
  doubted: z.boolean(),
});
const Facts = z.object({
  startUrl: z.string(),
  beganAfter: Instant,
  beganBefore: Instant,
  lastGoodAt: Instant,
  ended: z.boolean(),
  tokenExpiresAt: Instant,
});
const Remembered = z.object({
  lengths: z.record(z.string(), Length),
  sessions: z.record(z.string(), Facts),
  snoozedUntil: Instant,
});
type Remembered = z.infer<typeof Remembered>;

/** What keep-alive remembers across restarts: start URLs and instants, no secret. */
export interface KeepAliveStore {
  read(): Promise<Remembered | null>;
  /** Rejects when it cannot be written; the old file is then as it was. */
  write(remembered: Remembered): Promise<void>;
}

/** `keep-alive.json` in the state folder. */
export function createKeepAliveStore(context: Pick<AgentContext, 'home' | 'log' | 'clock'>): KeepAliveStore {
  const { home, log, clock } = context;
  const file = new StateFile(join(home, 'keep-alive.json'), version, log, () => clock.now());
  return {
    async read() {
      const parsed = Remembered.safeParse(await file.read());
      return parsed.success ? parsed.data : null;
    },
    write: (remembered) => file.write({ ...remembered }),
  };
}

/** How long SSO sessions live, as learned, and how long a person does not want to be asked. */
export class KeepAliveMemory {
  readonly #context: Pick<AgentContext, 'clock' | 'log'>;
  readonly #store: KeepAliveStore | undefined;
  #knowledge: EndKnowledge = nothingLearned;
  #snoozedUntil: number | null = null;
  #writing: Promise<void> = Promise.resolve();

  /** Without a store it lives as long as the process. */
  constructor(context: Pick<AgentContext, 'clock' | 'log'>, store?: KeepAliveStore) {
    this.#context = context;
    this.#store = store;
  }

  async load(): Promise<void> {
    const remembered = await this.#store?.read();
    if (!remembered) return;
    this.#knowledge = { lengths: remembered.lengths, sessions: remembered.sessions };
    this.#snoozedUntil = remembered.snoozedUntil;
  }

  get snoozedUntil(): number | null {
    return this.#snoozedUntil;
  }

  snooze(until: number | null): void {
    if (until === this.#snoozedUntil) return;
    this.#snoozedUntil = until;
    this.#save();
  }

  learn(config: Pick<SsoSessionConfig, 'id' | 'startUrl'>, event: EndEvent): void {
    const before = this.#knowledge;
    const now = this.#context.clock.now();
    this.#knowledge = nextEndKnowledge(before, config.id, config.startUrl, event, now);
    if (this.#knowledge !== before) this.#save();
  }

  expectedEnd(id: string): ExpectedEnd | null {
    return expectedEnd(this.#knowledge, id);
  }

  /** Resolves when all that was learned is on disk, or could not be written. */
  settled(): Promise<void> {
    return this.#writing;
  }

  /** Not being able to remember keeps nobody from being signed in. */
  #save(): void {
    if (!this.#store) return;
    const { lengths, sessions } = this.#knowledge;
    const write = this.#store.write({ lengths, sessions, snoozedUntil: this.#snoozedUntil }).catch((e) => {
      this.#context.log.warn({ reason: systemReason(e) }, 'what keep-alive learned could not be written');
    });
    this.#writing = Promise.all([this.#writing, write]).then(() => {});
  }
}
