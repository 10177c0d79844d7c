import { join } from 'node:path';
import * as z from 'zod';
import { type StoredChange as Stored, StoredChange } from '../config-writer/stored-change.ts';
import type { AgentContext } from '../ports.ts';
import { type State, StateFile } from '../state-file.ts';

const version = 1;

const WrittenKey = z.object({
  path: z.array(z.string()).min(1).max(2),
  ours: z.string(),
  before: z.string().nullable(),
});

/** One integration as it was applied: each file's change, null where there was nothing to do. */
const Entry = z.object({
  at: z.number(),
  config: StoredChange.nullable(),
  settings: z
    .object({
      change: StoredChange,
      written: z.array(WrittenKey),
      setAside: z.boolean(),
      envWasMade: z.boolean(),
    })
    .nullable(),
});
export type IntegrationEntry = z.infer<typeof Entry>;
export type { Stored };

/**
 * What the integration wrote, the oldest first, in `integration.json` of the state folder (0600): the replaced pieces,
 * never whole files, until they are taken back.
 */
export class IntegrationRecord {
  readonly #file: StateFile;

  constructor({ home, log, clock }: Pick<AgentContext, 'home' | 'log' | 'clock'>) {
    this.#file = new StateFile(join(home, 'integration.json'), version, log, () => clock.now());
  }

  async all(): Promise<IntegrationEntry[]> {
    const state: State = (await this.#file.read()) ?? {};
    const entries = Array.isArray(state.changes) ? state.changes : [];
    return entries.flatMap((entry) => {
      const parsed = Entry.safeParse(entry);
      return parsed.success ? [parsed.data] : [];
    });
  }

  /** Errors: StorageFailed. */
  async set(changes: readonly IntegrationEntry[]): Promise<void> {
    await this.#file.write({ changes: [...changes] });
  }
}
