import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { AgentContext, Keeper, RoleCredentials, SettingsStore } from '../ports.ts';
import type { SecretKind, Vault } from './vault.ts';

/** With less left than this a restarted agent asks the portal: fresh ones can be had. */
const WORTHWHILE_MS = 15 * 60_000;

const Stored = z.object({
  obtainedAt: z.number(),
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

/** Credentials of permission sets across restarts of the agent, where settings say so. Never stale, never in plain. */
export class KeptRoles {
  readonly #context: Pick<AgentContext, 'clock' | 'log'>;
  readonly #vault: Vault;
  readonly #settings: Pick<SettingsStore, 'get' | 'onChange'>;
  readonly #keeper: Pick<Keeper, 'views' | 'onChange'>;
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
  }) {
    this.#context = parts.context;
    this.#vault = parts.vault;
    this.#settings = parts.settings;
    this.#keeper = parts.keeper;
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
          else if (!this.#out.has(id)) this.#forget(id);
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
    this.#seen.add(key);
    const { value } = await this.#vault.read(kindOf(ssoSession), key);
    const parsed = Stored.safeParse(value);
    if (!parsed.success) return null;
    const { credentials, obtainedAt } = parsed.data;
    const now = this.#context.clock.now();
    // From the future: this computer's clock was another then, and so is what their end means.
    const good = credentials.expiresAt - now > WORTHWHILE_MS && obtainedAt <= now;
    const session = this.#keeper.views().find(({ id }) => id === ssoSession);
    if (!good || session?.state === 'signedOut') {
      await this.#vault.remove(kindOf(ssoSession), key).catch(() => {});
      return null;
    }
    return { ...credentials, obtainedAt };
  }

  /** Never rejects, and keeps nobody waiting. */
  save(key: string, ssoSession: string, credentials: RoleCredentials): void {
    this.#seen.add(key);
    if (!this.#wanted || credentials.expiresAt === null) return;
    const before = this.#signOuts.get(ssoSession);
    const stored = { obtainedAt: this.#context.clock.now(), credentials };
    this.#vault
      .write(kindOf(ssoSession), key, stored)
      .then(() => {
        // Signed out, or switched off, while it was written.
        if (this.#wanted && this.#signOuts.get(ssoSession) === before) return;
        return this.#vault.remove(kindOf(ssoSession), key);
      })
      .catch((err) => this.#context.log.warn({ err }, 'role credentials could not be kept'));
  }

  /** Signed out: what came from that SSO session goes. */
  #forget(ssoSession: string): void {
    this.#out.add(ssoSession);
    this.#signOuts.set(ssoSession, (this.#signOuts.get(ssoSession) ?? 0) + 1);
    this.#clear(kindOf(ssoSession));
  }

  #clear(kind: SecretKind = 'role'): void {
    this.#vault.clear(kind).catch((err) => {
      this.#context.log.warn({ err }, 'kept role credentials could not be removed');
    });
  }
}
