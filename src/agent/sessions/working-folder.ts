import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { BedrockTrayError } from '../../contract/errors.ts';

/** Checks a folder that Claude Code is to work in. Errors: FolderMissing, FolderUnusable (no folder, or not to be read). */
export async function requireFolder(folder: string): Promise<void> {
  try {
    if (!(await stat(folder)).isDirectory()) {
      throw new BedrockTrayError('FolderUnusable', { folder, reason: 'ENOTDIR' });
    }
    await access(folder, constants.R_OK | constants.X_OK);
  } catch (error) {
    if (error instanceof BedrockTrayError) throw error;
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new BedrockTrayError('FolderMissing', { folder }, { cause: error });
    throw new BedrockTrayError('FolderUnusable', { folder, reason: code }, { cause: error });
  }
}

/** Whether it can still be worked in. */
export function isFolder(folder: string): Promise<boolean> {
  return requireFolder(folder).then(
    () => true,
    () => false,
  );
}
