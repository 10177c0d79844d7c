import type { SsoToken } from '../ports.ts';
import type { TokenCache } from './token-cache.ts';

/** What another tool did to the file since it was last looked at. */
export type FileNews = { kind: 'nothing' } | { kind: 'gone' } | { kind: 'token'; token: SsoToken };

/**
 * One token file that other tools read and write as well, without a lock. Tells their doing from our own: our
 * operations run one after the other, and what was read across one of them is read again.
 */
export class SharedTokenFile {
  readonly path: string;
  readonly #cache: TokenCache;
  readonly #id: string;
  /** The access token that the file held when it was last read or written here; null: there was none. */
  #known: string | null = null;
  #tellAgain = false;
  #operations = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(cache: TokenCache, id: string) {
    this.#cache = cache;
    this.#id = id;
    this.path = cache.pathOf(id);
  }

  /** What the file holds is news once more at the next look: it was judged by a clock that was wrong. */
  tellAgain(): void {
    this.#tellAgain = true;
  }

  /** Each piece of news is told once. */
  async look(): Promise<FileNews> {
    for (;;) {
      await this.#last.catch(() => {});
      const before = this.#operations;
      const { token, problem } = await this.#cache.read(this.#id);
      if (before !== this.#operations) continue;
      if (token === null) {
        // Half written or malformed: the file is not what it will be. Only its absence is a sign-out.
        if (problem !== 'missing' || this.#known === null) return { kind: 'nothing' };
        this.#known = null;
        return { kind: 'gone' };
      }
      if (token.accessToken === this.#known && !this.#tellAgain) return { kind: 'nothing' };
      this.#known = token.accessToken;
      this.#tellAgain = false;
      return { kind: 'token', token };
    }
  }

  /** Writes the token unless it is no longer wanted when its turn comes. Rejects with the system's error. */
  write(token: SsoToken, wanted: () => boolean): Promise<void> {
    return this.#operate(async () => {
      if (!wanted()) return;
      await this.#cache.write(this.#id, token);
      this.#known = token.accessToken;
      this.#tellAgain = false;
    });
  }

  /** Rejects with the system's error. */
  remove(): Promise<void> {
    return this.#operate(async () => {
      await this.#cache.remove(this.#id);
      this.#known = null;
    });
  }

  #operate(operation: () => Promise<void>): Promise<void> {
    this.#operations++;
    const turn = this.#last.catch(() => {}).then(operation);
    this.#last = turn;
    return turn;
  }
}
