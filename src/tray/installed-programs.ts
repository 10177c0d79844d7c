import { join } from 'node:path';
import { app, dialog } from 'electron';
import { installedPrograms, outOf } from '../client/installed-programs.ts';
import { replaceOlderAgent } from '../client/replace-older-agent.ts';
import { BedrockTrayError } from '../contract/index.ts';
import { Words } from './words.ts';

/**
 * Where the agent's programs are: in a package, the copy in the person's data, made by the first start of each version;
 * else beside the tray's own.
 */
export class InstalledPrograms {
  readonly #checkout: string;
  #installed: ReturnType<typeof installedPrograms> | undefined;
  #told = '';

  constructor(checkout: string) {
    this.#checkout = checkout;
  }

  /**
   * Folder of the built programs. An agent of an older version is ended first, where one of ours may be started.
   * Errors: StorageFailed, of which the person is told once; asked again, it tries again.
   */
  async ready(mayStart: boolean): Promise<string> {
    this.#installed ??= installedPrograms(join(process.resourcesPath, 'agent')).catch((error: unknown) => {
      this.#installed = undefined;
      if (error instanceof BedrockTrayError) this.#tell(error);
      throw error;
    });
    const installed = await this.#installed;
    if (installed === null) return this.#checkout;
    const outDir = outOf(installed.folder);
    if (mayStart)
      await replaceOlderAgent({ outDir, env: process.env }, installed.version).catch((error: unknown) => {
        console.error('the older agent goes on:', error);
      });
    return outDir;
  }

  /** Without the copy there is no agent, and nothing else could say why. */
  #tell(error: BedrockTrayError): void {
    const message = new Words().translator.error(error.view());
    if (message === this.#told) return;
    this.#told = message;
    void dialog.showMessageBox({ type: 'error', title: app.getName(), message }).catch(() => undefined);
  }
}
