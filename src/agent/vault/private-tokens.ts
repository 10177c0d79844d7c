import * as z from 'zod';
import type { Registration, SsoToken } from '../../aws/sso-cache.ts';
import type { RoleCacheKey, TokenCache } from '../keeper/token-cache.ts';
import type { AgentContext, ProfileCatalog, SettingsStore } from '../ports.ts';
import { fileNameOf, type RegistrationCache } from '../signin/registrations.ts';
import type { Vault } from './vault.ts';

const StoredToken = z.object({
  startUrl: z.string(),
  region: z.string(),
  accessToken: z.string(),
  expiresAt: z.number(),
  refreshToken: z.string().exactOptional(),
  clientId: z.string().exactOptional(),
  clientSecret: z.string().exactOptional(),
  registrationExpiresAt: z.number().exactOptional(),
});
const StoredRegistration = z.object({
  clientId: z.string(),
  clientSecret: z.string(),
  expiresAt: z.number(),
  scopes: z.array(z.string()),
  grantTypes: z.array(z.string()).exactOptional(),
});

export interface PrivateTokensParts {
  context: Pick<AgentContext, 'log'>;
  vault: Vault;
  settings: Pick<SettingsStore, 'get' | 'onChange'>;
  catalog: Pick<ProfileCatalog, 'ssoSessions'>;
  /** ~/.aws/sso/cache. */
  shared: TokenCache;
  sharedRegistrations: RegistrationCache & { remove(fileName: string): Promise<void> };
}

/**
 * Tokens and registrations, each where the person wants it: in ~/.aws/sso/cache, seen by every AWS tool, or sealed in
 * the vault. Switching moves them, and leaves no second copy.
 */
export class PrivateTokens implements TokenCache {
  readonly #parts: PrivateTokensParts;
  readonly #listeners = new Set<() => void>();
  #private: ReadonlySet<string>;
  #moving: Promise<void> = Promise.resolve();

  constructor(parts: PrivateTokensParts) {
    this.#parts = parts;
    this.#private = new Set();
  }

  /** Follows the settings from now on; finishes what was interrupted. The function stops. */
  async start(): Promise<() => void> {
    const { settings } = this.#parts;
    this.#private = new Set(settings.get().privateTokens);
    for (const id of this.#private) await this.#finish(id);
    return settings.onChange(() => void this.#inTurn(() => this.#follow()));
  }

  storeOf(id: string): 'shared' | 'private' {
    return this.#private.has(id) ? 'private' : 'shared';
  }

  async read(id: string): Promise<Awaited<ReturnType<TokenCache['read']>>> {
    await this.#moving;
    if (this.storeOf(id) === 'shared') return this.#parts.shared.read(id);
    const { token, locked } = await this.#sealedToken(id);
    // Locked is no sign-out.
    return token === null ? { token, problem: locked ? 'unreadable' : 'missing' } : { token };
  }

  /** Waits for a keyring that is being asked for this SSO session's token; true where the token has come by that. */
  async unlocked(id: string): Promise<boolean> {
    const { pending } = this.#parts.vault;
    if (this.storeOf(id) === 'shared' || pending === null) return false;
    await pending;
    return (await this.#sealedToken(id)).token !== null;
  }

  write(id: string, token: SsoToken): Promise<void> {
    const { shared, vault } = this.#parts;
    return this.#inTurn(() =>
      this.storeOf(id) === 'shared' ? shared.write(id, token) : vault.write('token', id, token),
    );
  }

  remove(id: string): Promise<void> {
    const { shared, vault } = this.#parts;
    return this.#inTurn(() =>
      this.storeOf(id) === 'shared' ? shared.remove(id) : vault.remove('token', id),
    );
  }

  removeRole(key: RoleCacheKey): Promise<void> {
    return this.#parts.shared.removeRole(key);
  }

  async sweep(known: readonly string[]): Promise<SsoToken[]> {
    // Where ours is sealed, the file in the shared cache is another tool's.
    const shared = known.filter((id) => this.storeOf(id) === 'shared');
    return (await this.#parts.shared.sweep?.(shared)) ?? [];
  }

  watch(onChange: () => void): () => void {
    this.#listeners.add(onChange);
    const unwatch = [this.#parts.shared.watch(onChange), this.#parts.vault.onChange(onChange)];
    return () => {
      this.#listeners.delete(onChange);
      for (const stop of unwatch) stop();
    };
  }

  pathOf(id: string): string {
    return this.storeOf(id) === 'shared' ? this.#parts.shared.pathOf(id) : this.#parts.vault.folder;
  }

  /** The registrations follow their SSO session. */
  get registrations(): RegistrationCache {
    const { vault, sharedRegistrations } = this.#parts;
    return {
      read: async (fileName) => {
        await this.#moving;
        if (!this.#isPrivateRegistration(fileName)) return sharedRegistrations.read(fileName);
        return this.#sealedRegistration(fileName);
      },
      write: (fileName, registration) =>
        this.#inTurn(() =>
          this.#isPrivateRegistration(fileName)
            ? vault.write('registration', fileName, registration)
            : sharedRegistrations.write(fileName, registration),
        ),
    };
  }

  /** Moves and writes follow one another: what is written during a move would stay in the old place. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#moving.then(work);
    this.#moving = turn.catch(() => {});
    return turn;
  }

  #isPrivateRegistration(fileName: string): boolean {
    const owners = this.#parts.catalog.ssoSessions().filter((config) => fileNameOf(config) === fileName);
    return owners.some(({ id }) => this.#private.has(id));
  }

  async #sealedToken(id: string): Promise<{ token: SsoToken | null; locked: boolean }> {
    const { value, locked } = await this.#parts.vault.read('token', id);
    const parsed = StoredToken.safeParse(value);
    return { token: parsed.success ? parsed.data : null, locked };
  }

  async #sealedRegistration(fileName: string): Promise<Registration | null> {
    const { value } = await this.#parts.vault.read('registration', fileName);
    const parsed = StoredRegistration.safeParse(value);
    return parsed.success ? parsed.data : null;
  }

  #registrationOf(id: string): string | null {
    const config = this.#parts.catalog.ssoSessions().find((s) => s.id === id);
    return config ? fileNameOf(config) : null;
  }

  /** The settings have changed. Never rejects: what fails stays where it was, and is told. */
  async #follow(): Promise<void> {
    const { settings, context } = this.#parts;
    const wanted = new Set(settings.get().privateTokens);
    const before = this.#private;
    const changed = [...new Set([...before, ...wanted])].filter((id) => before.has(id) !== wanted.has(id));
    if (changed.length === 0) return;
    const moved = new Set(before);
    for (const id of changed) {
      try {
        await (wanted.has(id) ? this.#hide(id) : this.#share(id));
        if (wanted.has(id)) moved.add(id);
        else moved.delete(id);
      } catch (err) {
        context.log.error({ ssoSession: id, err }, 'a token could not be moved');
      }
    }
    this.#private = moved;
    for (const tell of this.#listeners) tell();
  }

  /** From the shared cache into the vault: the copy that others see goes when ours is safe. */
  async #hide(id: string): Promise<void> {
    const { vault, shared, sharedRegistrations } = this.#parts;
    const { token } = await shared.read(id);
    if (token !== null) {
      await vault.write('token', id, token);
      await shared.remove(id);
    }
    const name = this.#registrationOf(id);
    const registration = name === null ? null : await sharedRegistrations.read(name);
    if (name === null || registration === null) return;
    await vault.write('registration', name, registration);
    await sharedRegistrations.remove(name);
  }

  /** From the vault into the shared cache. What another tool has put there meanwhile is not overwritten by less life. */
  async #share(id: string): Promise<void> {
    const { vault, shared, sharedRegistrations } = this.#parts;
    const { token } = await this.#sealedToken(id);
    const there = await shared.read(id);
    if (token !== null && (there.token === null || there.token.expiresAt < token.expiresAt)) {
      await shared.write(id, token);
    }
    await vault.remove('token', id);
    const name = this.#registrationOf(id);
    if (name === null) return;
    const registration = await this.#sealedRegistration(name);
    if (registration !== null) await sharedRegistrations.write(name, registration);
    await vault.remove('registration', name);
  }

  /** A move that was cut short left the same token in both places. Never rejects. */
  async #finish(id: string): Promise<void> {
    const { shared, context } = this.#parts;
    const there = await shared.read(id).catch(() => null);
    if (!there?.token) return;
    const { token } = await this.#sealedToken(id);
    if (token?.accessToken !== there.token.accessToken) return;
    await shared.remove(id).catch((err) => {
      context.log.error({ ssoSession: id, err }, 'the second copy of a token could not be removed');
    });
  }
}
