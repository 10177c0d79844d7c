import type { ModelOffer } from '../contract/bedrock.ts';
import type { AccountView, Snapshot } from '../contract/state.ts';
import type { AgentLink } from './agent-link.ts';

/** How long an answer is shown without asking again when the menu opens. */
const FRESH_MS = 10 * 60_000;
/** How long to wait after a failure. */
const RETRY_MS = 60_000;

/** What the active environment can be switched to: asked for when somebody may look, and kept. */
export class Catalog {
  readonly #link: AgentLink;
  readonly #listeners = new Set<() => void>();
  readonly #offers = new Map<string, ModelOffer>();
  readonly #accounts = new Map<string, readonly AccountView[]>();
  readonly #askedAt = new Map<string, number>();
  #regions: readonly string[] | null = null;

  constructor(link: AgentLink) {
    this.#link = link;
  }

  get regions(): readonly string[] | null {
    return this.#regions;
  }

  /** Models for the active environment in its region; null until they are known. */
  get offer(): ModelOffer | null {
    return this.#offers.get(this.#key() ?? '') ?? null;
  }

  /** Accounts of the active environment's SSO session; null until they are known. */
  get accounts(): readonly AccountView[] | null {
    return this.#accounts.get(ssoSessionOf(this.#link.snapshot) ?? '') ?? null;
  }

  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Asks for what is missing, and when the menu is opened for what is old. */
  want(why: 'opened' | 'shown'): void {
    const key = this.#key();
    if (key === null || (why === 'shown' && this.#regions !== null && this.#offers.has(key))) return;
    if (this.#regions === null) {
      this.#ask('regions', async () => {
        this.#regions = (await this.#link.call('regions.list', {})).regions;
      });
    }
    this.#ask(key, async () => {
      const offer = await this.#link.call('models.list', {});
      this.#offers.set(key, offer);
      // The shipped table stands in only until Bedrock can be asked.
      return offer.source === 'live';
    });
  }

  /** Asks how the accounts are called, which hardly ever changes: once. */
  wantAccounts(): void {
    const ssoSession = ssoSessionOf(this.#link.snapshot);
    if (ssoSession === null || this.#accounts.has(ssoSession)) return;
    this.#ask(`accounts ${ssoSession}`, async () => {
      this.#accounts.set(ssoSession, (await this.#link.call('accounts.list', { ssoSession })).accounts);
    });
  }

  #key(): string | null {
    const snapshot = this.#link.snapshot;
    const active = snapshot?.environments.find((e) => e.name === snapshot.activeEnvironment);
    return active === undefined ? null : JSON.stringify([active.profile, active.region, active.geography]);
  }

  /** `ask` answers false where the answer is worth asking for again soon. */
  #ask(key: string, ask: () => Promise<unknown>): void {
    const at = Date.now();
    const asked = this.#askedAt.get(key);
    if (asked !== undefined && at - asked < FRESH_MS && at >= asked) return;
    this.#askedAt.set(key, at);
    ask().then(
      (isGood) => {
        if (isGood === false) this.#askedAt.set(key, at - FRESH_MS + RETRY_MS);
        for (const listener of this.#listeners) listener();
      },
      () => this.#askedAt.set(key, at - FRESH_MS + RETRY_MS),
    );
  }
}

/** The SSO session behind the active environment's credentials, when it can be asked for accounts. */
function ssoSessionOf(snapshot: Snapshot | null): string | null {
  const active = snapshot?.environments.find((e) => e.name === snapshot.activeEnvironment);
  const id = snapshot?.credentials.find((c) => c.profile === active?.profile)?.ssoSession;
  return snapshot?.ssoSessions.some((s) => s.id === id && s.kind === 'sso-session') ? (id ?? null) : null;
}
