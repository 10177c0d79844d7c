import { isAbsolute, relative, sep } from 'node:path';

/** Collects which installed packages the bundlers took code from. */
export class Parts {
  readonly #root: string;
  readonly #folders = new Set<string>();

  constructor(root: string) {
    this.#root = root;
  }

  /** Files that a bundler read: paths, absolute or below the root. */
  add(files: readonly string[]): void {
    for (const file of files) {
      // Vite marks what it made up itself with a NUL, and adds queries.
      const path = file.replace(/^\0/, '').replace(/[?#].*$/, '');
      const below = isAbsolute(path) ? relative(this.#root, path) : path;
      const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(below.split(sep).join('/'))?.[0];
      if (folder !== undefined) this.#folders.add(folder);
    }
  }

  /** Their folders below the root, as JSON. */
  text(): string {
    return `${JSON.stringify([...this.#folders].sort(), null, 1)}\n`;
  }
}
