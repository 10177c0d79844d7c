import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
export const sources = join(root, 'src');

/** One change of one source file. */
export interface Mutation {
  /** Under src/. */
  file: string;
  from: string;
  to: string;
}

export interface Copy extends Disposable {
  /** The copy's folder `src`. */
  readonly source: string;
}

/** A copy of the sources that keep-alive is made of, with a bug put in. It lies where the packages are found from. */
export function copyWith(edits: readonly Mutation[]): Copy {
  mkdirSync(join(root, '.cache'), { recursive: true });
  const folder = mkdtempSync(join(root, '.cache', 'seeded-bug-'));
  const drop = () => rmSync(folder, { recursive: true, force: true });
  try {
    for (const room of ['contract', 'domain', 'locales', 'aws', 'agent']) {
      cpSync(join(sources, room), join(folder, 'src', room), { recursive: true });
    }
    for (const { file, from, to } of edits) {
      const path = join(folder, 'src', file);
      const parts = readFileSync(path, 'utf8').split(from);
      if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times: ${from}`);
      writeFileSync(path, parts.join(to));
    }
  } catch (error) {
    drop();
    throw error;
  }
  return { source: join(folder, 'src'), [Symbol.dispose]: drop };
}
