import type { Oidc } from '../../aws/oidc.ts';
import type { Portal } from '../../aws/portal.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { EndingView, PromptView, SignInView, SsoSessionView } from '../../contract/state.ts';
import type { EndingSubject } from '../../domain/keep-alive/ending.ts';
import type { Need } from '../../domain/keep-alive/prompt.ts';
import { nearest } from '../../domain/keep-alive/schedule.ts';
import { errorOf, faultOf } from '../aws-errors.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import { DeadlineTimer } from '../clock.ts';
import type { AgentContext, Keeper, ProfileCatalog, SettingsStore, SsoToken } from '../ports.ts';
import { alwaysThere, type PresenceWatch } from '../presence/presence-room.ts';
import { KeepAliveMemory, type KeepAliveStore } from './keep-alive-memory.ts';
import { KeptSession } from './kept-session.ts';
import { Prompter } from './prompter.ts';
import { forgetRoles, logOutAtPortal, signOutOthers } from './sign-out.ts';
import type { TokenCache } from './token-cache.ts';

/** The clock was set back by this much at least, and not only corrected a little. */
const SET_BACK_MS = 2_000;

export interface KeeperParts {
  context: Pick<AgentContext, 'clock' | 'log' | 'random'>;
  catalog: Pick<ProfileCatalog, 'ssoSessions' | 'list' | 'reload' | 'onChange'>;
  cache: TokenCache;
  oidc: (region: string) => Pick<Oidc, 'refresh'>;
  portal: (region: string) => Pick<Portal, 'logout'>;
  settings: Pick<SettingsStore, 'get'>;
  /** Starts a sign-in that opens the browser: called once per prompt, only where settings say so. */
  autoSignIn?: (ssoSession: string) => void;
  /** Whether a person would see a prompt now. Default: always. */
  presence?: PresenceWatch;
  /** Where it is remembered how long SSO sessions live. Default: for the life of the process. */
  store?: KeepAliveStore;
  /** AWS's clock minus this one, ms, as last seen; null: right, or not known. */
  skewMs?: () => number | null;
}

/** Keeps every configured SSO session alive: one timer, one watch on the cache folder, one prompt. */
export class SsoKeeper implements Keeper {
  readonly #parts: KeeperParts;
  readonly #sessions = new Map<string, KeptSession>();
  readonly #signIns = new Map<string, SignInView>();
  readonly #waiters = new Map<string, Set<() => void>>();
  readonly #emitter = new ChangeEmitter();
  readonly #timer: DeadlineTimer;
  readonly #memory: KeepAliveMemory;
  readonly #presence: PresenceWatch;
  readonly #prompter: Prompter;
  /** Signed out by us so that the sign-in under way gets the full length. */
  readonly #renewing = new Set<string>();
  /** Looked at again because the clock was set back. */
  readonly #lookedAt = new Set<string>();
  #unsubscribe: (() => void)[] = [];
  #seenAt = 0;
  #stopped = false;

  constructor(parts: KeeperParts) {
    const { context, settings } = parts;
    this.#parts = parts;
    this.#timer = new DeadlineTimer(context.clock, () => this.#tick());
    this.#memory = new KeepAliveMemory(context, parts.store);
    this.#presence = parts.presence ?? alwaysThere;
    this.#prompter = new Prompter({
      context,
      settings,
      presence: this.#presence,
      autoSignIn: (ssoSession) => parts.autoSignIn?.(ssoSession),
      signingIn: () => new Set([...this.#signIns.keys(), ...this.#lookedAt]),
      endings: () => this.#endings(),
      changed: () => this.#changed(),
    });
  }

  onChange(listener: () => void): () => void {
    return this.#emitter.onChange(listener);
  }

  async start(): Promise<void> {
    const { catalog, cache, context } = this.#parts;
    await this.#memory.load();
    const { snoozedUntil } = this.#memory;
    if (snoozedUntil !== null && snoozedUntil > context.clock.now()) {
      this.#prompter.event({ type: 'snooze', until: snoozedUntil });
    }
    // Before any timer of ours, which would only know that time went back, not by how much.
    const unwatch = context.clock.onSetBack?.((byMs) => this.#clockSetBack(byMs));
    if (unwatch) this.#unsubscribe.push(unwatch);
    // Watching comes before reading: what changes in between is read again.
    this.#unsubscribe.push(
      cache.watch(() => {
        for (const session of this.#sessions.values()) void this.#read(session, true);
      }),
      catalog.onChange(() => void this.#sync(true)),
      // Somebody came, or the computer woke up: every deadline is looked at again.
      this.#presence.onChange(() => this.#tick()),
    );
    await this.#sync(false);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
    this.#timer.set(null);
    for (const session of this.#sessions.values()) session.stop();
    await this.#memory.settled();
  }

  views(): SsoSessionView[] {
    return [...this.#sessions.values()].map((session) => ({
      ...session.view(),
      signIn: this.#signIns.get(session.config.id) ?? null,
    }));
  }

  prompt(): PromptView | null {
    return this.#prompter.prompt();
  }

  ending(): EndingView | null {
    return this.#prompter.ending();
  }

  snooze(minutes: number): void {
    const until = this.#parts.context.clock.now() + minutes * 60_000;
    this.#prompter.event({ type: 'snooze', until });
    this.#memory.snooze(this.#prompter.snoozedUntil);
  }

  reachable(): void {
    for (const session of this.#sessions.values()) session.dispatch({ type: 'reachable' });
  }

  async accessToken(ssoSession: string): Promise<string> {
    const session = await this.#find(ssoSession);
    this.#noticeClock();
    for (let tries = 0; tries < 3; tries++) {
      const token = session.servable();
      if (token !== null) return token;
      session.dispatch({ type: 'wanted' });
      if (session.busy === null) break;
      await session.busy;
    }
    const token = session.servable();
    if (token !== null) return token;
    throw session.problem();
  }

  async rejected(ssoSession: string, accessToken: string): Promise<void> {
    const session = await this.#find(ssoSession);
    // Somebody has a newer one already: that one is to be tried first.
    if (session.accessToken === accessToken) session.dispatch({ type: 'rejected' });
    await session.busy;
  }

  untilValid(ssoSession: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      if (this.#sessions.get(ssoSession)?.servable()) return resolve();
      const waiters = this.#waiters.get(ssoSession) ?? new Set();
      this.#waiters.set(ssoSession, waiters);
      const aborted = () => {
        waiters.delete(done);
        reject(signal.reason);
      };
      const done = () => {
        signal.removeEventListener('abort', aborted);
        resolve();
      };
      waiters.add(done);
      signal.addEventListener('abort', aborted, { once: true });
    });
  }

  need(ssoSession: string, who: { profile: string; accountId: string; roleName: string }): void {
    const session = this.#sessions.get(ssoSession);
    // Only a person's absence is a need: a network that is down is none.
    if (!session || session.servable() !== null || session.problem().code !== 'SignInNeeded') return;
    const { startUrl } = session.config;
    this.#prompter.event({ type: 'need', need: { ssoSession, startUrl, ...who, reason: 'requested' } });
  }

  async adopt(ssoSession: string, token: SsoToken, sinceAt?: number): Promise<void> {
    const session = await this.#find(ssoSession);
    await session.adopt(token, sinceAt);
  }

  /**
   * The sign-in desk tells what is under way for that SSO session (null: ended). Whoever has just given one up knows
   * that it is needed: the next reminder takes its time.
   */
  signInChanged(ssoSession: string, view: SignInView | null): void {
    const before = this.#signIns.has(ssoSession);
    const session = this.#sessions.get(ssoSession);
    if (view) {
      this.#signIns.set(ssoSession, view);
      if (!before) session?.dispatch({ type: 'signInStarted' });
      this.#changed();
      return;
    }
    if (this.#renewing.delete(ssoSession) && session?.servable() === null) this.#ended(session);
    this.#prompter.event({ type: 'declined', ssoSession });
    this.#signIns.delete(ssoSession);
    if (before) session?.dispatch({ type: 'signInEnded' });
    this.#prompter.event({ type: 'tick' });
    this.#changed();
  }

  /**
   * Ends the SSO session at the portal so that the sign-in that follows gets its full length; what lives in the
   * browser would only be handed out again with its old end. Other tools have no sign-in until then; role credentials
   * go on working. Where there is nothing left to end, nothing is done. Errors: those of a portal that cannot be
   * reached or fails; then everything is as it was.
   */
  async logOutToRenew(ssoSession: string): Promise<void> {
    const session = await this.#find(ssoSession);
    for (let tries = 0; tries < 2; tries++) {
      let token: string;
      try {
        token = await this.accessToken(ssoSession);
      } catch (e) {
        if (e instanceof BedrockTrayError && e.code === 'SignInNeeded') return;
        throw e;
      }
      try {
        await this.#parts.portal(session.config.region).logout(token);
      } catch (e) {
        if (faultOf(e).kind !== 'unauthorized') throw errorOf(e);
        // The token is dead; whether the SSO session is shows when it is refreshed.
        await this.rejected(ssoSession, token);
        continue;
      }
      this.#renewing.add(ssoSession);
      await session.loggedOut();
      return;
    }
  }

  async signOut(ssoSession?: string): Promise<string[]> {
    const chosen = ssoSession === undefined ? [...this.#sessions.values()] : [await this.#find(ssoSession)];
    const out = chosen.filter((session) => session.hasToken || ssoSession !== undefined);
    const results = await Promise.allSettled([
      ...out.map((session) => this.#signOutOne(session)),
      ...(ssoSession === undefined ? [signOutOthers(this.#parts, [...this.#sessions.keys()])] : []),
    ]);
    const failed = results.find((r) => r.status === 'rejected');
    if (failed) throw failed.reason;
    return out.map((session) => session.config.id);
  }

  async #signOutOne(session: KeptSession): Promise<void> {
    const { config, accessToken } = session;
    const farewell =
      accessToken === null
        ? undefined
        : logOutAtPortal(this.#parts, config.region, accessToken).then((took) => {
            if (took) this.#memory.learn(config, { type: 'loggedOut' });
          });
    try {
      await session.signOut();
    } finally {
      this.#prompter.event({ type: 'met', ssoSession: config.id });
      await forgetRoles(this.#parts, config);
      await farewell;
    }
  }

  /** The session of that name; the files are read again before a name is refused. */
  async #find(ssoSession: string): Promise<KeptSession> {
    let session = this.#sessions.get(ssoSession);
    if (session) return session;
    await this.#parts.catalog.reload();
    await this.#sync(true);
    session = this.#sessions.get(ssoSession);
    if (!session) throw new BedrockTrayError('SsoSessionUnknown', { ssoSession });
    return session;
  }

  /** Takes over what is configured now. `live` false: at start, when nobody knows how old the tokens are. */
  async #sync(live: boolean): Promise<void> {
    if (this.#stopped) return;
    const configured = new Map(this.#parts.catalog.ssoSessions().map((c) => [c.id, c]));
    for (const [id, session] of this.#sessions) {
      const config = configured.get(id);
      if (config) session.config = config;
      else {
        session.stop();
        this.#sessions.delete(id);
        this.#prompter.event({ type: 'met', ssoSession: id });
      }
    }
    const added: KeptSession[] = [];
    for (const [id, config] of configured) {
      if (this.#sessions.has(id)) continue;
      const session = new KeptSession(config, {
        context: this.#parts.context,
        cache: this.#parts.cache,
        oidc: this.#parts.oidc,
        memory: this.#memory,
        skewMs: this.#parts.skewMs,
        hooks: {
          changed: () => this.#changed(),
          alive: () => this.#alive(id),
          ended: () => this.#ended(session),
        },
      });
      if (this.#signIns.has(id)) session.dispatch({ type: 'signInStarted' });
      this.#sessions.set(id, session);
      added.push(session);
    }
    await Promise.all(added.map((session) => this.#read(session, false)));
    if (live || added.length > 0) this.#changed();
  }

  #read(session: KeptSession, live: boolean): Promise<void> {
    return this.#reading(session, session.read(live));
  }

  async #reading(session: KeptSession, read: Promise<void>): Promise<void> {
    try {
      await read;
    } catch (e) {
      const { log } = this.#parts.context;
      log.warn({ ssoSession: session.config.id, reason: faultOf(e).name }, 'token file could not be read');
    }
  }

  #tick(): void {
    this.#noticeClock();
    for (const session of this.#sessions.values()) session.tick();
    this.#prompter.event({ type: 'tick' });
    this.#changed();
  }

  /** A clock that was set back makes every instant that was reckoned by it too late. */
  #noticeClock(): void {
    const now = this.#parts.context.clock.now();
    const byMs = this.#seenAt - now;
    this.#seenAt = now;
    if (byMs > SET_BACK_MS) this.#clockSetBack(byMs);
  }

  #clockSetBack(byMs: number): void {
    this.#seenAt = this.#parts.context.clock.now();
    this.#parts.context.log.warn({ byMs }, 'the clock was set back');
    for (const session of this.#sessions.values()) void this.#setRight(session, byMs);
    this.#prompter.event({ type: 'clockSetBack', byMs });
    this.#memory.snooze(this.#prompter.snoozedUntil);
  }

  /** Nobody is asked while it is looked whether what seemed to be over lives by the clock that is right. */
  async #setRight(session: KeptSession, byMs: number): Promise<void> {
    const { id } = session.config;
    if (session.servable() === null) this.#lookedAt.add(id);
    await this.#reading(session, session.clockSetBack(byMs));
    if (!this.#lookedAt.has(id)) return;
    await session.busy;
    this.#lookedAt.delete(id);
    if (this.#stopped) return;
    this.#prompter.event({ type: 'tick' });
    this.#changed();
  }

  #alive(id: string): void {
    this.#renewing.delete(id);
    this.#prompter.event({ type: 'met', ssoSession: id });
    const waiters = this.#waiters.get(id);
    this.#waiters.delete(id);
    for (const done of waiters ?? []) done();
  }

  #ended(session: KeptSession): void {
    const need: Need = {
      ssoSession: session.config.id,
      startUrl: session.config.startUrl,
      profile: null,
      accountId: null,
      roleName: null,
      reason: 'expired',
    };
    this.#prompter.event({ type: 'need', need });
  }

  #endings(): EndingSubject[] {
    return [...this.#sessions.values()].flatMap(({ config, endsAt }) =>
      endsAt === null ? [] : [{ ssoSession: config.id, startUrl: config.startUrl, endsAt }],
    );
  }

  #changed(): void {
    if (this.#stopped) return;
    this.#seenAt = Math.max(this.#seenAt, this.#parts.context.clock.now());
    const deadlines = [...this.#sessions.values()].map((session) => session.deadline);
    this.#timer.set(nearest([...deadlines, this.#prompter.deadline]));
    this.#emitter.emit();
  }
}
