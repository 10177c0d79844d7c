import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { bytesOf } from '../../aws/config-change.ts';
import { DoctorFix } from '../../contract/doctor.ts';
import { Environment } from '../../contract/state.ts';
import { StoredChange } from '../config-writer/stored-change.ts';
import type { AgentContext } from '../ports.ts';
import { type State, StateFile } from '../state-file.ts';

const version = 1;
const Mode = z.number().int().min(0).max(0o7777);

/** What takes one change of a repair back. */
const UndoStep = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('mode'), fix: DoctorFix, file: z.string(), before: Mode, after: Mode }),
  z.object({ kind: z.literal('edit'), fix: DoctorFix, change: StoredChange }),
  z.object({ kind: z.literal('removed'), fix: DoctorFix, file: z.string(), mode: Mode, content: z.base64() }),
  z.object({ kind: z.literal('environment'), fix: DoctorFix, before: Environment, after: Environment }),
  /** The integration room has its own record of what to take back; the hashes tell whether its last entry is still ours. */
  z.object({
    kind: z.literal('integration'),
    fix: DoctorFix,
    files: z.array(
      z.object({ file: z.string(), before: z.string().nullable(), after: z.string().nullable() }),
    ),
  }),
]);
export type UndoStep = z.infer<typeof UndoStep>;

/** SHA-256 (hex) of a file; null where there is none. Errors: StorageFailed. */
export async function hashOf(file: string): Promise<string | null> {
  const bytes = await bytesOf(file);
  return bytes && createHash('sha256').update(bytes).digest('hex');
}

const Entry = z.object({ at: z.number(), steps: z.array(UndoStep) });
export type UndoEntry = z.infer<typeof Entry>;

/** So many repairs can be taken back, one after the other. */
const KEPT = 20;

/**
 * What the doctor repaired, the oldest first, in `doctor-undo.json` of the state folder (0600): the replaced pieces, and
 * the temporary files that were removed, until they are taken back or enough others came after them.
 */
export class UndoRecord {
  readonly #file: StateFile;

  constructor({ home, log, clock }: Pick<AgentContext, 'home' | 'log' | 'clock'>) {
    this.#file = new StateFile(join(home, 'doctor-undo.json'), version, log, () => clock.now());
  }

  async all(): Promise<UndoEntry[]> {
    const state: State = (await this.#file.read()) ?? {};
    const entries = Array.isArray(state.repairs) ? state.repairs : [];
    return entries.flatMap((entry) => {
      const parsed = Entry.safeParse(entry);
      return parsed.success ? [parsed.data] : [];
    });
  }

  /** Errors: StorageFailed. */
  async set(repairs: readonly UndoEntry[]): Promise<void> {
    await this.#file.write({ repairs: repairs.slice(-KEPT) });
  }
}
