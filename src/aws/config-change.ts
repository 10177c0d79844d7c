import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { BedrockTrayError, isBedrockTrayError } from '../contract/errors.ts';
import { editConfig, type Hunk, type SectionEdit, unedited } from './config-edit.ts';
import { removeFile, replaceFile } from './replace-file.ts';

/**
 * A change made to a config file, with what it takes to take it back: the replaced pieces, never the whole file, so
 * that keys a person keeps in it are copied nowhere.
 */
export interface ConfigChange {
  file: string;
  /** False: the file was made by this change. */
  existed: boolean;
  /** SHA-256 (hex) of the whole file before and after. */
  before: string;
  after: string;
  hunks: readonly Hunk[];
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

export function storageFailed(file: string, e: unknown): BedrockTrayError {
  if (isBedrockTrayError(e)) return e;
  const reason = (e as NodeJS.ErrnoException).code ?? 'unknown';
  return new BedrockTrayError('StorageFailed', { file, reason }, { cause: e });
}

/** A file's bytes; null where there is none. Errors: StorageFailed. */
export async function bytesOf(file: string): Promise<Uint8Array | null> {
  try {
    return await readFile(file);
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw storageFailed(file, e);
  }
}

const isSame = (a: Uint8Array | null, b: Uint8Array | null) =>
  a === null || b === null ? a === b : Buffer.compare(a, b) === 0;

/** A file's bytes after an edit, and the pieces that were replaced. */
interface EditedFile {
  bytes: Uint8Array;
  hunks: readonly Hunk[];
}

/** What replacing `there` (null: no file) by `edited` changes. */
export function changeOf(file: string, there: Uint8Array | null, { bytes, hunks }: EditedFile): ConfigChange {
  return {
    file,
    existed: there !== null,
    before: sha256(there ?? new Uint8Array()),
    after: sha256(bytes),
    hunks,
  };
}

/** Replaces a file that still is `there`. Errors: ConfigChanged (it is not), StorageFailed; it is then as it was. */
export async function replaceIfSame(
  file: string,
  there: Uint8Array | null,
  bytes: Uint8Array | null,
): Promise<void> {
  const onlyIf = async () => isSame(await bytesOf(file), there);
  try {
    if (bytes === null) await removeFile(file, { onlyIf });
    else await replaceFile(file, bytes, { onlyIf });
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'ECHANGED')
      throw new BedrockTrayError('ConfigChanged', { file });
    throw storageFailed(file, e);
  }
}

/** The bytes before a change, if these are the very ones that it left; null where somebody changed them since. */
export function bytesBefore(change: ConfigChange, now: Uint8Array): Uint8Array | null {
  const before = sha256(now) === change.after ? unedited(now, change.hunks) : null;
  return before && sha256(before) === change.before ? before : null;
}

/** Whether a change never came about (we were killed between its record and its write) or is undone already. */
export function isAsBefore(change: ConfigChange, now: Uint8Array | null): boolean {
  return now === null ? !change.existed : sha256(now) === change.before;
}

/**
 * Makes some edits of a config file in one write, all or none. `record` hears of the change before it is made (and
 * may hear of several where another program writes in the same moment); its answer takes the record back. The bytes
 * are compared once more right before they are replaced, so that an edit made by another program is not lost.
 * Errors: ConfigMalformed, BadInput, StorageFailed; the file is then as it was.
 */
export async function changeConfigFile(
  file: string,
  edits: (bytes: Uint8Array) => readonly SectionEdit[],
  record?: (change: ConfigChange) => Promise<() => Promise<void>>,
): Promise<ConfigChange | { refused: SectionEdit }> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const there = await bytesOf(file);
    const before = there ?? new Uint8Array();
    const edited = editConfig(file, before, edits(before));
    if ('refused' in edited) return edited;
    const change = changeOf(file, there, edited);
    const forget = await record?.(change);
    try {
      await replaceIfSame(file, there, edited.bytes);
      return change;
    } catch (e) {
      await forget?.();
      if (!isBedrockTrayError(e) || e.code !== 'ConfigChanged') throw e;
    }
  }
  throw new BedrockTrayError('StorageFailed', { file, reason: 'EBUSY' });
}

/**
 * Takes a change back. False: it never came about (we were killed between its record and its write). A file that the
 * change made is removed. Errors: ConfigChanged (somebody changed the file since: nothing is touched), StorageFailed.
 */
export async function undoConfigChange(change: ConfigChange): Promise<boolean> {
  const { file, existed } = change;
  const now = await bytesOf(file);
  if (isAsBefore(change, now)) return false;
  const before = now && bytesBefore(change, now);
  if (before === null) throw new BedrockTrayError('ConfigChanged', { file });
  await replaceIfSame(file, now, existed ? before : null);
  return true;
}
