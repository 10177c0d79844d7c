import { AwsFault } from '../../aws/faults.ts';
import type { Portal, PortalAccount, PortalRole } from '../../aws/portal.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { CredentialsView } from '../../contract/state.ts';
import { nearest } from '../../domain/schedule.ts';
import { errorOf } from '../aws-errors.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import { DeadlineTimer } from '../clock.ts';
import type { AgentContext, Broker, Keeper, ProfileCatalog, RoleCredentials, SsoProfile } from '../ports.ts';
import { BrokeredRole } from './brokered-role.ts';
import { Pace, Shared } from './pace.ts';

/** The portal throttles role listing; about 5 requests a second are safe. */
const LISTING_SPACING_MS = 200;

export interface BrokerParts {
  context: Pick<AgentContext, 'clock' | 'log' | 'random'>;
  catalog: Pick<ProfileCatalog, 'ssoProfile' | 'ssoSessions' | 'reload' | 'onChange'>;
  keeper: Pick<Keeper, 'accessToken' | 'rejected' | 'views' | 'onChange'>;
  portal: (region: string) => Pick<Portal, 'credentials' | 'accounts' | 'roles'>;
}

/** A profile that somebody asked for or holds, and the role it stands for at present. */
interface KnownProfile {
  name: string;
  holds: number;
  role: BrokeredRole | null;
}

/** Holds role credentials, in memory only, and renews those that somebody uses ahead of time. */
export class RoleBroker implements Broker {
  readonly #parts: BrokerParts;
  readonly #roles = new Map<string, BrokeredRole>();
  readonly #profiles = new Map<string, KnownProfile>();
  readonly #emitter = new ChangeEmitter();
  readonly #timer: DeadlineTimer;
  readonly #pace: Pace;
  readonly #accounts = new Shared<PortalAccount[]>();
  readonly #listings = new Shared<PortalRole[]>();
  readonly #unsubscribe: (() => void)[];
  #stopped = false;

  constructor(parts: BrokerParts) {
    this.#parts = parts;
    this.#timer = new DeadlineTimer(parts.context.clock, () => this.#tick());
    this.#pace = new Pace(parts.context.clock, LISTING_SPACING_MS);
    this.#unsubscribe = [
      parts.keeper.onChange(() => this.#followKeeper()),
      parts.catalog.onChange(() => this.#followCatalog()),
    ];
  }

  onChange(listener: () => void): () => void {
    return this.#emitter.onChange(listener);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
    this.#timer.set(null);
    for (const role of this.#roles.values()) role.stop();
  }

  views(): CredentialsView[] {
    return [...this.#profiles.values()].flatMap(({ name, role }) =>
      role ? [{ profile: name, ...role.view() }] : [],
    );
  }

  async credentials(profile: string, options?: { rejected?: string }): Promise<RoleCredentials> {
    const known = await this.#resolve(profile);
    return this.#roleOf(known).credentials(options?.rejected);
  }

  hold(profile: string): () => void {
    let known: KnownProfile;
    try {
      known = this.#known(profile);
    } catch {
      // Not (yet) there or not usable: requests get the reason; a change of the files makes it good.
      known = this.#profiles.get(profile) ?? { name: profile, holds: 0, role: null };
      this.#profiles.set(profile, known);
    }
    known.holds++;
    known.role?.hold();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      known.holds--;
      known.role?.release();
    };
  }

  drop(ssoSession: string): void {
    for (const role of this.#roles.values()) if (role.role.ssoSession === ssoSession) role.drop();
  }

  accounts(ssoSession: string): Promise<PortalAccount[]> {
    return this.#accounts.run(ssoSession, () =>
      this.#withToken(ssoSession, (portal, token) => portal.accounts(token)).catch((e) => {
        throw errorOf(e);
      }),
    );
  }

  roles(ssoSession: string, accountId: string): Promise<PortalRole[]> {
    return this.#listings.run(JSON.stringify([ssoSession, accountId]), () =>
      this.#withToken(ssoSession, async (portal, token) => {
        await this.#pace.turn();
        return portal.roles(token, accountId);
      }).catch((e) => {
        throw errorOf(e, { accountId, roleName: '*' });
      }),
    );
  }

  /** A portal call with a valid token. A 401 makes the keeper decide about the token; the call is tried again once. */
  async #withToken<T>(
    ssoSession: string,
    call: (portal: ReturnType<BrokerParts['portal']>, token: string) => Promise<T>,
  ): Promise<T> {
    const { keeper, catalog, portal } = this.#parts;
    for (let tries = 1; ; tries++) {
      // After a second 401 this throws SignInNeeded, unless somebody has signed in meanwhile.
      const token = await keeper.accessToken(ssoSession);
      const config = catalog.ssoSessions().find((s) => s.id === ssoSession);
      if (!config) throw new BedrockTrayError('SsoSessionUnknown', { ssoSession });
      try {
        return await call(portal(config.region), token);
      } catch (e) {
        if (!(e instanceof AwsFault) || e.kind !== 'unauthorized' || tries >= 3) throw e;
        await keeper.rejected(ssoSession, token);
      }
    }
  }

  async #resolve(profile: string): Promise<KnownProfile> {
    try {
      return this.#known(profile);
    } catch (e) {
      if (!(e instanceof BedrockTrayError) || e.code !== 'ProfileUnknown') throw e;
      // It may have been added this very moment.
      await this.#parts.catalog.reload();
      return this.#known(profile);
    }
  }

  /** Errors: as ProfileCatalog.ssoProfile. */
  #known(profile: string): KnownProfile {
    const role = this.#role(this.#parts.catalog.ssoProfile(profile));
    const known: KnownProfile = this.#profiles.get(profile) ?? { name: profile, holds: 0, role: null };
    this.#profiles.set(profile, known);
    this.#assign(known, role);
    return known;
  }

  #roleOf(known: KnownProfile): BrokeredRole {
    if (known.role === null) throw new BedrockTrayError('ProfileUnknown', { profile: known.name });
    return known.role;
  }

  /** The profile stands for another role now (its section was edited): its holds move with it. */
  #assign(known: KnownProfile, role: BrokeredRole | null): void {
    if (known.role === role) return;
    for (let n = 0; n < known.holds; n++) known.role?.release();
    known.role = role;
    for (let n = 0; n < known.holds; n++) role?.hold();
  }

  #role(profile: SsoProfile): BrokeredRole {
    const { ssoSession, accountId, roleName } = profile;
    const key = JSON.stringify([ssoSession, accountId, roleName]);
    const found = this.#roles.get(key);
    if (found) return found;
    const role: BrokeredRole = new BrokeredRole({
      context: this.#parts.context,
      role: { ssoSession, accountId, roleName },
      fetch: () =>
        this.#withToken(ssoSession, (portal, token) => portal.credentials(token, accountId, roleName)),
      changed: () => this.#changed(),
    });
    this.#roles.set(key, role);
    return role;
  }

  /** Signed out, here or by another tool: nothing of it is kept. Signed in: whoever waited goes on. */
  #followKeeper(): void {
    const states = new Map(this.#parts.keeper.views().map((v) => [v.id, v.state]));
    for (const role of this.#roles.values()) {
      const state = states.get(role.role.ssoSession);
      if (state === 'signedOut' && role.hasAny) role.drop();
      const alive = state === 'valid' || state === 'refreshing' || state === 'degraded';
      if (alive && role.awaitsSignIn && role.kept) role.dispatch({ type: 'signedIn' });
    }
  }

  #followCatalog(): void {
    for (const known of [...this.#profiles.values()]) {
      try {
        this.#assign(known, this.#role(this.#parts.catalog.ssoProfile(known.name)));
      } catch {
        // Gone or no longer usable: a request for it gets the reason, a hold waits for its return.
        this.#assign(known, null);
        if (known.holds === 0) this.#profiles.delete(known.name);
      }
    }
    const used = new Set([...this.#profiles.values()].map((p) => p.role));
    for (const [key, role] of this.#roles) {
      if (used.has(role)) continue;
      role.stop();
      this.#roles.delete(key);
    }
    this.#changed();
  }

  #tick(): void {
    for (const role of this.#roles.values()) role.dispatch({ type: 'tick', kept: role.kept });
    this.#changed();
  }

  #changed(): void {
    if (this.#stopped) return;
    this.#timer.set(nearest([...this.#roles.values()].map((role) => role.deadline)));
    this.#emitter.emit();
  }
}
