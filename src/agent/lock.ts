import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { BedrockTrayError } from '../contract/errors.ts';

/** Primary result code of SQLite: another process holds the file. */
const SQLITE_BUSY = 5;

export interface AgentLock {
  release(): void;
}

/**
 * Takes the lock that makes this the one agent of its state folder; null at once when another process has it.
 * SQLite's exclusive mode is an advisory lock of the system on every platform (fcntl, LockFileEx), which ends
 * with the process however that ends, and which a stale file does not hold. Errors: StorageFailed.
 */
export function takeLock(file: string): AgentLock | null {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 0 });
    if (process.platform !== 'win32') chmodSync(file, 0o600);
    database.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return null;
    const reason = error instanceof Error ? error.message : String(error);
    throw new BedrockTrayError('StorageFailed', { file, reason }, { cause: error });
  }
  const held = database;
  return { release: () => held.close() };
}
