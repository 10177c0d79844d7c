import { join } from 'node:path';
import * as z from 'zod';
import type { ConfigChange } from '../../aws/config-change.ts';
import type { AgentContext } from '../ports.ts';
import { type State, StateFile } from '../state-file.ts';
import { packChange, StoredChange, unpackChange } from './stored-change.ts';

const version = 1;
/** So many changes can be taken back, the last one first. */
const kept = 20;

const Entry = StoredChange.extend({ id: z.string(), at: z.number() });
type Entry = z.infer<typeof Entry>;

export type RecordedChange = ConfigChange & { id: string; at: number };

const packed = (change: RecordedChange): Entry => ({
  ...packChange(change),
  id: change.id,
  at: change.at,
});
const unpacked = ({ id, at, ...stored }: Entry): RecordedChange => ({ ...unpackChange(stored), id, at });

/** The changes made to ~/.aws/config, in `config-history.json` of the state folder (0600), the oldest first. */
export class ConfigHistory {
  readonly #file: StateFile;
  #changes: RecordedChange[] | null = null;

  constructor({ home, log, clock }: Pick<AgentContext, 'home' | 'log' | 'clock'>) {
    this.#file = new StateFile(join(home, 'config-history.json'), version, log, () => clock.now());
  }

  async last(): Promise<RecordedChange | null> {
    return (await this.#all()).at(-1) ?? null;
  }

  /** Errors: StorageFailed. */
  async add(change: RecordedChange): Promise<void> {
    await this.#save([...(await this.#all()), change].slice(-kept));
  }

  /** Errors: StorageFailed. */
  async remove(id: string): Promise<void> {
    await this.#save((await this.#all()).filter((c) => c.id !== id));
  }

  async #all(): Promise<RecordedChange[]> {
    if (this.#changes) return this.#changes;
    const state: State = (await this.#file.read()) ?? {};
    const entries = Array.isArray(state.changes) ? state.changes : [];
    this.#changes = entries.flatMap((entry) => {
      const parsed = Entry.safeParse(entry);
      return parsed.success ? [unpacked(parsed.data)] : [];
    });
    return this.#changes;
  }

  async #save(changes: RecordedChange[]): Promise<void> {
    await this.#file.write({ changes: changes.map(packed) });
    this.#changes = changes;
  }
}
