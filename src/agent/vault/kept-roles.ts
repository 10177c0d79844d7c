import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { TokenCache } from '../keeper/token-cache.ts';
import type { AgentContext, Keeper, RoleCredentials, SettingsStore, SsoToken } from '../ports.ts';
import type { SecretKind, Vault } from './vault.ts';

/** With less left than this a restarted agent asks the portal: fresh ones can be had. */
const WORTHWHILE_MS = 15 * 60_000;

const Stored = z.object({
  obtainedAt: z.number(),
  /** Of the sign-in that they came from; see bondOf. */
  bond: z.string(),
  credentials: z.object({
    accessKeyId: z.string(),
    secretAccessKey: z.string(),
    sessionToken: z.string(),
    expiresAt: z.number(),
    accountId: z.string(),
  }),
});

/** The files of one SSO session's roles are told by their names, which say nothing of whose they are. */
function kindOf(ssoSession: string): SecretKind {
  return `role-${createHash('sha256').update(ssoSession).digest('hex').slice(0, 16)}`;
}

/** What tells one sign-in's token from another's; a refresh of ours changes it, and is followed (`rotated`). */
function bondOf(token: SsoToken): string {
  return createHash('sha256')
    .update(token.refreshToken ?? token.accessToken)
    .digest('base64');
}

interface Held {
  ssoSession: string;
  stored: z.infer<typeof Stored>;
}

/**
 * Credentials of permission sets across restarts of the agent, where settings say so. Never stale, never in plain, and never
 * another person's: they are served while the token is the one that they were obtained with, or came from it by
 * refreshes made here. What another tool has refreshed or signed in to meanwhile is in doubt, and is not served.
 */
export class KeptRoles {
  readonly #context: Pick<AgentContext, 'clock' | 'log'>;
  readonly #vault: Vault;
  readonly #settings: Pick<SettingsStore, 'get' | 'onChange'>;
  readonly #keeper: Pick<Keeper, 'views' | 'onChange'>;
  readonly #tokens: Pick<TokenCache, 'read'>;
  /** What lies on disk, as far as it was looked at or written since the start. */
  readonly #held = new Map<string, Held>();
  /** For the bond of a token that was refreshed here, that of the token before. */
  readonly #before = new Map<string, string>();
  /** Sources whose file was looked at or written since the start. */
  readonly #seen = new Set<string>();
  /** Rises with each sign-out of an SSO session: what was obtained before is not kept. */
  readonly #signOuts = new Map<string, number>();
  /** SSO sessions that are signed out, and of which nothing is left. */
  readonly #out = new Set<string>();
  #wanted: boolean;

  constructor(parts: {
    context: Pick<AgentContext, 'clock' | 'log'>;
    vault: Vault;
    settings: Pick<SettingsStore, 'get' | 'onChange'>;
    keeper: Pick<Keeper, 'views' | 'onChange'>;
    /** The tokens as they lie on disk. */
    tokens: Pick<TokenCache, 'read'>;
  }) {
    this.#context = parts.context;
    this.#vault = parts.vault;
    this.#settings = parts.settings;
    this.#keeper = parts.keeper;
    this.#tokens = parts.tokens;
    this.#wanted = false;
  }

  /** Follows settings and sign-outs from now on. The function stops. */
  start(): () => void {
    this.#wanted = this.#settings.get().encryptedCache;
    // Switched off while no agent ran: nothing of it stays.
    if (!this.#wanted) this.#clear();
    const stop = [
      this.#settings.onChange(() => {
        const before = this.#wanted;
        this.#wanted = this.#settings.get().encryptedCache;
        if (before && !this.#wanted) this.#clear();
      }),
      this.#keeper.onChange(() => {
        for (const { id, state } of this.#keeper.views()) {
          if (state !== 'signedOut') this.#out.delete(id);
          else if (!this.#out.has(id)) void this.#signedOut(id);
        }
      }),
    ];
    return () => {
      for (const each of stop) each();
    };
  }

  /** What the last agent left of a source, once: later the broker's own memory is newer. */
  async load(key: string, ssoSession: string): Promise<RoleCredentials | null> {
    if (!this.#wanted || this.#seen.has(key)) return null;
    const { value, locked } = await this.#vault.read(kindOf(ssoSession), key);
    const { token, problem } = await this.#token(ssoSession);
    // The keyring is still being asked, for the one or the other: it is looked at again.
    if ((locked || problem === 'unreadable') && this.#vault.pending !== null) return null;
    if (this.#seen.has(key)) return null;
    this.#seen.add(key);
    const parsed = Stored.safeParse(value);
    if (locked || value === null) return null;
    const stored = parsed.success ? parsed.data : null;
    const now = this.#context.clock.now();
    // From the future: this computer's clock was another then, and so is what their end means.
    const good =
      stored !== null && stored.credentials.expiresAt - now > WORTHWHILE_MS && stored.obtainedAt <= now;
    if (!good || token === null || !this.#comesFrom(bondOf(token), stored.bond)) {
      await this.#vault.remove(kindOf(ssoSession), key).catch(() => {});
      return null;
    }
    const held = { ssoSession, stored: { ...stored, bond: bondOf(token) } };
    this.#held.set(key, held);
    if (held.stored.bond !== stored.bond) this.#write(key, held);
    return { ...stored.credentials, obtainedAt: stored.obtainedAt };
  }

  /** `accessToken`: what they were obtained with. Never rejects, and keeps nobody waiting. */
  save(key: string, ssoSession: string, credentials: RoleCredentials, accessToken: string): void {
    this.#seen.add(key);
    const { expiresAt } = credentials;
    if (!this.#wanted || expiresAt === null) return;
    const before = this.#signOuts.get(ssoSession);
    const obtainedAt = this.#context.clock.now();
    void this.#token(ssoSession).then(({ token }) => {
      // Another token by now: whose they are is not certain.
      const isOurs = token?.accessToken === accessToken && this.#signOuts.get(ssoSession) === before;
      if (!isOurs || !this.#wanted) return;
      const stored = Stored.parse({ obtainedAt, bond: bondOf(token), credentials });
      const held = { ssoSession, stored };
      this.#held.set(key, held);
      this.#write(key, held);
    });
  }

  /** A refresh made here gave a new token for an old one: what came from the one belongs to the other. */
  rotated(from: SsoToken, to: SsoToken): void {
    const [before, after] = [bondOf(from), bondOf(to)];
    if (before === after) return;
    this.#before.set(after, before);
    const now = this.#context.clock.now();
    for (const [key, held] of this.#held) {
      if (held.stored.bond !== before) continue;
      held.stored = { ...held.stored, bond: after };
      if (held.stored.credentials.expiresAt > now) this.#write(key, held);
      else this.#held.delete(key);
    }
  }

  #comesFrom(bond: string, wanted: string): boolean {
    for (let b: string | undefined = bond; b !== undefined; b = this.#before.get(b)) {
      if (b === wanted) return true;
    }
    return false;
  }

  #token(ssoSession: string): ReturnType<TokenCache['read']> {
    return this.#tokens.read(ssoSession).catch(() => ({ token: null, problem: 'unreadable' as const }));
  }

  /** Never rejects. */
  #write(key: string, { ssoSession, stored }: Held): void {
    const before = this.#signOuts.get(ssoSession);
    this.#vault
      .write(kindOf(ssoSession), key, stored)
      .then(() => {
        // Signed out, or switched off, while it was written.
        if (this.#wanted && this.#signOuts.get(ssoSession) === before) return;
        return this.#vault.remove(kindOf(ssoSession), key);
      })
      .catch((err) => this.#context.log.warn({ err }, 'role credentials could not be kept'));
  }

  /** The keeper has no token. Where that is for want of the keyring, it is no sign-out. Never rejects. */
  async #signedOut(ssoSession: string): Promise<void> {
    this.#out.add(ssoSession);
    const { token, problem } = await this.#token(ssoSession);
    const state = this.#keeper.views().find(({ id }) => id === ssoSession)?.state;
    if (state !== undefined && state !== 'signedOut') return;
    if (token === null && problem !== 'missing') this.#out.delete(ssoSession);
    else this.#forget(ssoSession);
  }

  /** Signed out: what came from that SSO session goes. */
  #forget(ssoSession: string): void {
    this.#signOuts.set(ssoSession, (this.#signOuts.get(ssoSession) ?? 0) + 1);
    for (const [key, held] of this.#held) if (held.ssoSession === ssoSession) this.#held.delete(key);
    this.#clear(kindOf(ssoSession));
  }

  #clear(kind: SecretKind = 'role'): void {
    if (kind === 'role') this.#held.clear();
    this.#vault.clear(kind).catch((err) => {
      this.#context.log.warn({ err }, 'kept role credentials could not be removed');
    });
  }
}
