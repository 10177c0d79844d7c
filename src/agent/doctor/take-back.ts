import { chmod, lstat } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  bytesBefore,
  bytesOf,
  isAsBefore,
  storageFailed,
  undoConfigChange,
} from '../../aws/config-change.ts';
import { replaceFile } from '../../aws/replace-file.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { Environment } from '../../contract/state.ts';
import { unpackChange } from '../config-writer/stored-change.ts';
import type { DoctorParts } from './doctor-parts.ts';
import { hashOf, type UndoStep } from './undo-record.ts';

const changed = (file: string) => new BedrockTrayError('ConfigChanged', { file });

const modeOf = async (file: string): Promise<number | null> =>
  lstat(file).then(
    (facts) => (facts.isSymbolicLink() ? null : facts.mode & 0o7777),
    () => null,
  );

function environmentNow(parts: DoctorParts, name: string): Environment | null {
  try {
    return parts.environments.get(name);
  } catch {
    return null;
  }
}

/** Whether a step can be taken back; false: it never came about. Errors: ConfigChanged. */
export async function isToUndo(step: UndoStep, parts: DoctorParts): Promise<boolean> {
  switch (step.kind) {
    case 'mode': {
      const mode = await modeOf(step.file);
      if (mode === step.before) return false;
      if (mode !== step.after) throw changed(step.file);
      return true;
    }
    case 'edit': {
      const change = unpackChange(step.change);
      const now = await bytesOf(change.file);
      if (isAsBefore(change, now)) return false;
      if (now === null || bytesBefore(change, now) === null) throw changed(change.file);
      return true;
    }
    case 'removed': {
      const now = await bytesOf(step.file);
      if (now === null) return true;
      if (Buffer.compare(now, Buffer.from(step.content, 'base64')) !== 0) throw changed(step.file);
      return false;
    }
    case 'environment': {
      const now = environmentNow(parts, step.after.name);
      if (isDeepStrictEqual(now, step.before)) return false;
      if (!isDeepStrictEqual(now, step.after)) throw changed(step.after.name);
      return true;
    }
    case 'integration': {
      // Killed before its end was written down: `integrate --undo` has its own record.
      const now = await Promise.all(step.files.map(({ file }) => hashOf(file)));
      if (step.files.every(({ before }, n) => now[n] === before)) return false;
      const other = step.files.find(({ after }, n) => now[n] !== after);
      if (other) throw changed(other.file);
      return true;
    }
  }
}

/** Errors: ConfigChanged, StorageFailed. */
export async function takeBack(step: UndoStep, parts: DoctorParts): Promise<void> {
  switch (step.kind) {
    case 'mode':
      await chmod(step.file, step.before).catch((e) => {
        throw storageFailed(step.file, e);
      });
      return;
    case 'edit':
      await parts.inTurn(() => undoConfigChange(unpackChange(step.change)));
      return;
    case 'removed':
      await replaceFile(step.file, Buffer.from(step.content, 'base64'), { mode: step.mode }).catch((e) => {
        throw storageFailed(step.file, e);
      });
      return;
    case 'environment':
      await parts.environments.update(step.before);
      return;
    case 'integration':
      await parts.integration.undoLast();
      return;
  }
}
