import type { TokenCache } from '../../../src/agent/keeper/token-cache.ts';
import type { SsoToken } from '../../../src/agent/ports.ts';
import type { RegistrationCache } from '../../../src/agent/signin/registrations.ts';
import type { Registration } from '../../../src/aws/sso-cache.ts';

/** The token files of ~/.aws/sso/cache, which other tools read and write as well. */
export class SimulatedFiles implements TokenCache {
  readonly files = new Map<string, SsoToken | 'torn'>();
  /** Nothing can be written. */
  full = false;
  /** Calls it a moment later, as a watched folder does. */
  readonly #soon: (tell: () => void) => void;
  readonly #watchers = new Set<() => void>();

  constructor(soon: (tell: () => void) => void) {
    this.#soon = soon;
  }

  async read(id: string): ReturnType<TokenCache['read']> {
    const file = this.files.get(id);
    if (file === undefined) return { token: null, problem: 'missing' };
    return file === 'torn' ? { token: null, problem: 'torn' } : { token: { ...file } };
  }
  async write(id: string, token: SsoToken): Promise<void> {
    if (this.full) throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    this.put(id, token);
  }
  async remove(id: string): Promise<void> {
    this.put(id, null);
  }
  async removeRole(): Promise<void> {}
  watch(onChange: () => void): () => void {
    this.#watchers.add(onChange);
    return () => this.#watchers.delete(onChange);
  }
  pathOf(id: string): string {
    return `/cache/${id}.json`;
  }

  /** What another tool does to a file. */
  put(id: string, file: SsoToken | 'torn' | null): void {
    if (file === null) this.files.delete(id);
    // Files know whole seconds.
    else if (file === 'torn') this.files.set(id, file);
    else this.files.set(id, { ...file, expiresAt: Math.floor(file.expiresAt / 1000) * 1000 });
    for (const tell of this.#watchers) this.#soon(() => this.#watchers.has(tell) && tell());
  }
}

export function memoryRegistrations(): RegistrationCache {
  const files = new Map<string, Registration>();
  return {
    read: async (name) => files.get(name) ?? null,
    write: async (name, registration) => {
      files.set(name, registration);
    },
  };
}
