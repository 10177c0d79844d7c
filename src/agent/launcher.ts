import { chmod, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../aws/replace-file.ts';
import { BedrockTrayError } from '../contract/errors.ts';
import { type LauncherParts, launcherName, launcherText } from '../domain/desktop/launcher-text.ts';
import { versionOf } from './versions.ts';

/** `bin/bedrock-tray` in the state folder (domain/desktop/launcher-text.ts): made when it is first needed, then kept current. */
export class Launcher {
  readonly path: string;
  readonly #text: string;
  readonly #cli: string;

  constructor(parts: LauncherParts) {
    this.#cli = parts.cli;
    this.path = join(parts.home, 'bin', launcherName(parts.platform));
    this.#text = launcherText(parts);
  }

  /** Makes it run what is installed now; its path. Errors: StorageFailed. */
  async write(): Promise<string> {
    try {
      const there = await readFile(this.path, 'utf8').catch(() => null);
      if (there !== this.#text) await replaceFile(this.path, this.#text, { mode: 0o700 });
      else if (((await stat(this.path)).mode & 0o777) !== 0o700) await chmod(this.path, 0o700);
      return this.path;
    } catch (e) {
      const reason = (e as NodeJS.ErrnoException).code ?? 'unknown';
      throw new BedrockTrayError('StorageFailed', { file: this.path, reason }, { cause: e });
    }
  }

  /**
   * Somebody may have been told of it: another version of the product is installed now. An installed product has it
   * always, so that there is a `bedrock-tray uninstall` when the package is gone already.
   */
  async keepCurrent(): Promise<void> {
    const isThere = await stat(this.path).then(
      () => true,
      () => false,
    );
    if (isThere || (await versionOf(this.#cli)) !== null) await this.write();
  }
}
