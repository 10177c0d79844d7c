import { BedrockTrayError } from '../../contract/errors.ts';
import type { Openers } from '../ports.ts';

/** The person's own terminals and editors. */
export class OpenersRoom implements Openers {
  async terminals(): ReturnType<Openers['terminals']> {
    return [];
  }

  async editors(): ReturnType<Openers['editors']> {
    return [];
  }

  async attachInTerminal(): Promise<void> {
    throw new BedrockTrayError('TerminalMissing', {});
  }

  async resolve(_cwd: string, paths: readonly string[]): Promise<(string | null)[]> {
    return paths.map(() => null);
  }

  async openFile(): Promise<void> {
    throw new BedrockTrayError('EditorMissing', {});
  }
}
