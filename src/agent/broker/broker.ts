import { BedrockTrayError } from '../../contract/errors.ts';
import type { CredentialsView } from '../../contract/state.ts';
import { nearest } from '../../domain/keep-alive/schedule.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import { DeadlineTimer } from '../clock.ts';
import type {
  AgentContext,
  Broker,
  Keeper,
  MfaDesk,
  ProfileCatalog,
  RoleCredentials,
  TemporaryCredentials,
} from '../ports.ts';
import type { KeptRoles } from '../vault/kept-roles.ts';
import {
  type BrokerableSource,
  type SessionTokenSource,
  sourceKey,
  upstreamOf,
} from './brokerable-source.ts';
import { BrokeredSource, type FetchReason } from './brokered-source.ts';
import type { FetchSource } from './fetch-source.ts';
import { PortalCalls, type PortalCallsParts } from './portal-calls.ts';

/** Credentials without end are said to end this far ahead where a consumer wants to hear an end: it asks again. */
const SAID_END_MS = 15 * 60_000;

export interface BrokerParts extends PortalCallsParts {
  context: Pick<AgentContext, 'clock' | 'log' | 'random'>;
  catalog: Pick<ProfileCatalog, 'source' | 'list' | 'ssoSessions' | 'reload' | 'onChange'>;
  keeper: Pick<Keeper, 'accessToken' | 'rejected' | 'views' | 'onChange'>;
  /** Every kind of source but permission sets, which come from the portal. */
  fetch: FetchSource;
  mfa: Pick<MfaDesk, 'onCode' | 'take' | 'forget'>;
  /** What the last agent left of roles' credentials, and where they are left for the next. */
  kept?: Pick<KeptRoles, 'load' | 'save'>;
}

/** A profile that somebody asked for or holds, and the source it stands for at present. */
interface KnownProfile {
  name: string;
  holds: number;
  source: BrokeredSource | null;
}

/** Holds credentials, in memory only, and renews those that somebody uses ahead of time. */
export class RoleBroker implements Broker {
  readonly #parts: BrokerParts;
  readonly #sources = new Map<string, BrokeredSource>();
  readonly #profiles = new Map<string, KnownProfile>();
  readonly #emitter = new ChangeEmitter();
  readonly #timer: DeadlineTimer;
  readonly #portal: PortalCalls;
  readonly #unsubscribe: (() => void)[];
  #stopped = false;

  constructor(parts: BrokerParts) {
    this.#parts = parts;
    this.#timer = new DeadlineTimer(parts.context.clock, () => this.#tick());
    this.#portal = new PortalCalls(parts);
    this.#unsubscribe = [
      parts.keeper.onChange(() => this.#followKeeper()),
      parts.catalog.onChange(() => this.#followCatalog()),
      parts.mfa.onCode((key) => this.#followCode(key)),
    ];
    // Before the timer's own watch, which would only know that time went back, not by how much.
    const unwatch = parts.context.clock.onSetBack?.((byMs) => {
      for (const source of this.#sources.values()) source.dispatch({ type: 'clockSetBack', byMs });
    });
    if (unwatch) this.#unsubscribe.push(unwatch);
  }

  onChange(listener: () => void): () => void {
    return this.#emitter.onChange(listener);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
    this.#timer.set(null);
    for (const source of this.#sources.values()) source.stop();
  }

  views(): CredentialsView[] {
    const legacy = new Set(
      this.#parts.catalog.ssoSessions().flatMap((s) => (s.kind === 'legacy' ? [s.id] : [])),
    );
    return [...this.#profiles.values()].flatMap(({ name, source }) => {
      if (!source) return [];
      const view = source.view();
      const kind = view.kind === 'sso' && legacy.has(view.ssoSession ?? '') ? 'sso-legacy' : view.kind;
      return [{ profile: name, ...view, kind }];
    });
  }

  async credentials(profile: string, options?: { rejected?: string }): Promise<RoleCredentials> {
    const known = await this.#resolve(profile);
    return this.#sourceOf(known).credentials(options?.rejected);
  }

  async temporary(profile: string, options?: { rejected?: string }): Promise<TemporaryCredentials> {
    const source = this.#sourceOf(await this.#resolve(profile));
    const found = await source.credentials(options?.rejected);
    const { sessionToken } = found;
    if (sessionToken !== null) {
      const expiresAt = found.expiresAt ?? this.#parts.context.clock.now() + SAID_END_MS;
      return { ...found, sessionToken, expiresAt };
    }
    const session = this.#sessionOf(source.source, found.accessKeyId);
    return (await session.credentials(options?.rejected)) as TemporaryCredentials;
  }

  untilUsable(profile: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const source = this.#profiles.get(profile)?.source;
        if (signal.aborted) reject(signal.reason);
        else if (source?.awaitsCode) return;
        else resolve();
        unsubscribe();
        signal.removeEventListener('abort', look);
      };
      const unsubscribe = this.#emitter.onChange(look);
      signal.addEventListener('abort', look, { once: true });
      look();
    });
  }

  hold(profile: string): () => void {
    let known: KnownProfile;
    try {
      known = this.#known(profile);
    } catch {
      // Not (yet) there or not usable: requests get the reason; a change of the files makes it good.
      known = this.#profiles.get(profile) ?? { name: profile, holds: 0, source: null };
      this.#profiles.set(profile, known);
    }
    known.holds++;
    known.source?.hold();
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      known.holds--;
      known.source?.release();
    };
  }

  reachable(): void {
    for (const source of this.#sources.values()) if (source.kept) source.dispatch({ type: 'reachable' });
  }

  drop(ssoSession: string): void {
    for (const source of this.#sources.values()) if (source.ssoSession === ssoSession) source.drop();
  }

  accounts(ssoSession: string): ReturnType<Broker['accounts']> {
    return this.#portal.accounts(ssoSession);
  }

  roles(ssoSession: string, accountId: string): ReturnType<Broker['roles']> {
    return this.#portal.roles(ssoSession, accountId);
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

  /** Errors: as ProfileCatalog.source. */
  #known(profile: string): KnownProfile {
    const source = this.#source(this.#parts.catalog.source(profile));
    const known: KnownProfile = this.#profiles.get(profile) ?? { name: profile, holds: 0, source: null };
    this.#profiles.set(profile, known);
    this.#assign(known, source);
    return known;
  }

  #sourceOf(known: KnownProfile): BrokeredSource {
    if (known.source === null) throw new BedrockTrayError('ProfileUnknown', { profile: known.name });
    return known.source;
  }

  /** The profile stands for another source now (its section was edited): its holds move with it. */
  #assign(known: KnownProfile, source: BrokeredSource | null): void {
    if (known.source === source) return;
    for (let n = 0; n < known.holds; n++) known.source?.release();
    known.source = source;
    for (let n = 0; n < known.holds; n++) source?.hold();
  }

  #source(source: BrokerableSource): BrokeredSource {
    const key = sourceKey(source);
    const found = this.#sources.get(key);
    if (found) return found;
    const brokered = new BrokeredSource({
      context: this.#parts.context,
      source,
      fetch: (reason) => this.#fetch(source, key, reason),
      changed: () => this.#changed(),
    });
    this.#sources.set(key, brokered);
    return brokered;
  }

  /** The session of keys that have none; one of keys that are no longer in use goes. */
  #sessionOf(source: BrokerableSource, accessKeyId: string): BrokeredSource {
    // A session has a session token: it never gets here.
    if (source.kind === 'session-token')
      throw new BedrockTrayError('Internal', { reference: 'session-of-session' });
    const wanted: SessionTokenSource = { kind: 'session-token', source, accessKeyId };
    const [own, inner] = [sourceKey(wanted), sourceKey(source)];
    for (const [key, other] of this.#sources) {
      const isOld =
        other.source.kind === 'session-token' && key !== own && sourceKey(other.source.source) === inner;
      if (!isOld) continue;
      other.stop();
      this.#sources.delete(key);
    }
    return this.#source(wanted);
  }

  #fetch(source: BrokerableSource, key: string, reason: FetchReason): Promise<RoleCredentials> {
    if (source.kind === 'sso') {
      return this.#fetchRole(source, key, reason);
    }
    const signer = upstreamOf(source);
    const profile = this.#profileOf(source.kind === 'session-token' ? sourceKey(source.source) : key);
    return this.#parts.fetch(source, {
      ...reason,
      key,
      profile,
      region: this.#parts.catalog.list().find(({ name }) => name === profile)?.region ?? null,
      upstream: (rejected) => {
        if (!signer) throw new BedrockTrayError('Internal', { reference: 'no-upstream' });
        return this.#source(signer).credentials(rejected, { ...reason, forced: false });
      },
    });
  }

  async #fetchRole(
    { ssoSession, accountId, roleName }: BrokerableSource & { kind: 'sso' },
    key: string,
    reason: FetchReason,
  ): Promise<RoleCredentials> {
    const { kept } = this.#parts;
    const found = reason.forced ? null : await kept?.load(key, ssoSession);
    if (found) return found;
    let obtainedWith = '';
    const fresh = await this.#portal.withToken(ssoSession, (portal, token) => {
      obtainedWith = token;
      return portal.credentials(token, accountId, roleName);
    });
    kept?.save(key, ssoSession, fresh, obtainedWith);
    return fresh;
  }

  /** A profile that stands for this source, or for a chain that goes through it. */
  #profileOf(key: string): string {
    const all = [...this.#profiles.values()];
    const own = all.find(({ source }) => source && sourceKey(source.source) === key);
    const through = all.find(
      ({ source }) => source && chain(source.source).some((s) => sourceKey(s) === key),
    );
    return (own ?? through)?.name ?? '';
  }

  /** A person gave the code that this source waits for. */
  #followCode(key: string): void {
    const source = this.#sources.get(key);
    if (!source) {
      this.#parts.mfa.forget(key);
      return;
    }
    void source.answered().then(() => {
      // Not needed after all: whoever gave it need not wait for a word on it.
      if (this.#parts.mfa.take(key) !== null) this.#parts.mfa.forget(key);
      // What hangs on it goes on too.
      for (const other of this.#sources.values()) {
        if (other !== source && chain(other.source).some((s) => sourceKey(s) === key)) void other.answered();
      }
    });
  }

  /** Signed out, here or by another tool: nothing of it is kept. Signed in: whoever waited goes on. */
  #followKeeper(): void {
    const states = new Map(this.#parts.keeper.views().map((v) => [v.id, v.state]));
    for (const source of this.#sources.values()) {
      if (source.ssoSession === null) continue;
      const state = states.get(source.ssoSession);
      if (state === 'signedOut' && source.hasAny) source.drop();
      const alive = state === 'valid' || state === 'refreshing' || state === 'degraded';
      if (alive && source.awaitsSignIn && source.kept) source.dispatch({ type: 'signedIn' });
    }
  }

  #followCatalog(): void {
    for (const known of [...this.#profiles.values()]) {
      try {
        this.#assign(known, this.#source(this.#parts.catalog.source(known.name)));
      } catch {
        // Gone or no longer usable: a request for it gets the reason, a hold waits for its return.
        this.#assign(known, null);
        if (known.holds === 0) this.#profiles.delete(known.name);
      }
    }
    const used = new Set<string>();
    for (const { source } of this.#profiles.values()) {
      if (source) for (const s of chain(source.source)) used.add(sourceKey(s));
    }
    for (const [key, source] of this.#sources) {
      const inner = source.source.kind === 'session-token' ? sourceKey(source.source.source) : key;
      if (used.has(inner)) continue;
      source.stop();
      this.#sources.delete(key);
      this.#parts.mfa.forget(key);
    }
    this.#changed();
  }

  #tick(): void {
    for (const source of [...this.#sources.values()]) source.dispatch({ type: 'tick', kept: source.kept });
    this.#changed();
  }

  #changed(): void {
    if (this.#stopped) return;
    this.#timer.set(nearest([...this.#sources.values()].map((source) => source.deadline)));
    this.#emitter.emit();
  }
}

/** A source and all that sign for it, the nearest first. */
function chain(source: BrokerableSource): BrokerableSource[] {
  const next = upstreamOf(source);
  return next === null ? [source] : [source, ...chain(next)];
}
