import type { Oidc } from '../../aws/oidc.ts';
import type { Portal } from '../../aws/portal.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { PromptView, SignInView, SsoSessionView } from '../../contract/state.ts';
import { type Need, nextPrompt, noPrompt, type PromptEvent, shownPrompt } from '../../domain/prompt.ts';
import { nearest } from '../../domain/schedule.ts';
import { faultOf } from '../aws-errors.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import { DeadlineTimer, sleepUntil } from '../clock.ts';
import type { AgentContext, Keeper, ProfileCatalog, SettingsStore, SsoToken } from '../ports.ts';
import { KeptSession } from './kept-session.ts';
import type { TokenCache } from './token-cache.ts';

/** The portal's logout is best effort: nobody waits longer for it. */
const LOGOUT_PATIENCE_MS = 5_000;

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
  someoneThere?: () => boolean;
}

/** Keeps every configured SSO session alive: one timer, one watch on the cache folder, one prompt. */
export class SsoKeeper implements Keeper {
  readonly #parts: KeeperParts;
  readonly #sessions = new Map<string, KeptSession>();
  readonly #signIns = new Map<string, SignInView>();
  readonly #waiters = new Map<string, Set<() => void>>();
  readonly #emitter = new ChangeEmitter();
  readonly #timer: DeadlineTimer;
  #prompt = noPrompt;
  #unsubscribe: (() => void)[] = [];
  #stopped = false;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
    this.#timer = new DeadlineTimer(parts.context.clock, () => this.#tick());
  }

  onChange(listener: () => void): () => void {
    return this.#emitter.onChange(listener);
  }

  async start(): Promise<void> {
    const { catalog, cache } = this.#parts;
    // Watching comes before reading: what changes in between is read again.
    this.#unsubscribe.push(
      cache.watch(() => {
        for (const session of this.#sessions.values()) void this.#read(session, true);
      }),
      catalog.onChange(() => void this.#sync(true)),
    );
    await this.#sync(false);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
    this.#timer.set(null);
    for (const session of this.#sessions.values()) session.stop();
  }

  views(): SsoSessionView[] {
    return [...this.#sessions.values()].map((session) => ({
      ...session.view(),
      signIn: this.#signIns.get(session.config.id) ?? null,
    }));
  }

  prompt(): PromptView | null {
    return shownPrompt(this.#prompt);
  }

  async accessToken(ssoSession: string): Promise<string> {
    const session = await this.#find(ssoSession);
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
    this.#onPrompt({ type: 'need', need: { ssoSession, startUrl, ...who, reason: 'requested' } });
  }

  async adopt(ssoSession: string, token: SsoToken): Promise<void> {
    const session = await this.#find(ssoSession);
    await session.adopt(token);
  }

  /** The sign-in desk tells what is under way for that SSO session (null: ended). */
  signInChanged(ssoSession: string, view: SignInView | null): void {
    const before = this.#signIns.has(ssoSession);
    if (view) this.#signIns.set(ssoSession, view);
    else this.#signIns.delete(ssoSession);
    const session = this.#sessions.get(ssoSession);
    if (before !== (view !== null)) session?.dispatch({ type: view ? 'signInStarted' : 'signInEnded' });
    this.#changed();
  }

  async signOut(ssoSession?: string): Promise<string[]> {
    const chosen = ssoSession === undefined ? [...this.#sessions.values()] : [await this.#find(ssoSession)];
    const out = chosen.filter((session) => session.hasToken || ssoSession !== undefined);
    const results = await Promise.allSettled(out.map((session) => this.#signOutOne(session)));
    const failed = results.find((r) => r.status === 'rejected');
    if (failed) throw failed.reason;
    return out.map((session) => session.config.id);
  }

  async #signOutOne(session: KeptSession): Promise<void> {
    const { id, kind, region } = session.config;
    const token = session.accessToken;
    const { log } = this.#parts.context;
    const farewell = token === null ? undefined : this.#logout(region, token);
    try {
      await session.signOut();
    } finally {
      this.#onPrompt({ type: 'met', ssoSession: id });
      const roles = this.#parts.catalog.list().filter((p) => p.ssoSession === id);
      for (const { accountId, roleName } of roles) {
        if (accountId === null || roleName === null) continue;
        await this.#parts.cache.removeRole({ accountId, roleName, id, kind }).catch((e) => {
          log.warn(
            { ssoSession: id, reason: faultOf(e).name },
            "the AWS CLI's role cache could not be removed",
          );
        });
      }
      await farewell;
    }
  }

  /** Never rejects, and ends in bounded time. */
  async #logout(region: string, token: string): Promise<void> {
    const { clock, log } = this.#parts.context;
    const enough = new AbortController();
    const call = this.#parts
      .portal(region)
      .logout(token)
      .catch((e) => {
        // A dead token is as good as logged out.
        const fault = faultOf(e);
        if (fault.kind !== 'unauthorized')
          log.warn({ kind: fault.kind, name: fault.name }, 'portal logout failed');
      });
    await Promise.race([call, sleepUntil(clock, clock.now() + LOGOUT_PATIENCE_MS, enough.signal)]);
    enough.abort();
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
        this.#onPrompt({ type: 'met', ssoSession: id });
      }
    }
    const added: KeptSession[] = [];
    for (const [id, config] of configured) {
      if (this.#sessions.has(id)) continue;
      const session = new KeptSession(config, {
        context: this.#parts.context,
        cache: this.#parts.cache,
        oidc: this.#parts.oidc,
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

  async #read(session: KeptSession, live: boolean): Promise<void> {
    try {
      await session.read(live);
    } catch (e) {
      const { log } = this.#parts.context;
      log.warn({ ssoSession: session.config.id, reason: faultOf(e).name }, 'token file could not be read');
    }
  }

  #tick(): void {
    for (const session of this.#sessions.values()) session.tick();
    this.#onPrompt({ type: 'tick' });
    this.#changed();
  }

  #alive(id: string): void {
    this.#onPrompt({ type: 'met', ssoSession: id });
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
    this.#onPrompt({ type: 'need', need });
  }

  #onPrompt(event: PromptEvent): void {
    const { context, settings, autoSignIn, someoneThere } = this.#parts;
    const before = this.#prompt;
    const { state, raise } = nextPrompt(before, event, context.clock.now(), {
      someoneThere: someoneThere?.() ?? true,
      signingIn: new Set(this.#signIns.keys()),
    });
    this.#prompt = state;
    if (state !== before) this.#changed();
    const prompt = shownPrompt(state);
    if (!raise || prompt === null) return;
    context.log.info({ ssoSession: prompt.ssoSession, count: prompt.count }, 'a sign-in is needed');
    // The browser opens by itself at most once for each need, and only by the person's wish.
    if (prompt.count === 1 && settings.get().openBrowserAutomatically) autoSignIn?.(prompt.ssoSession);
  }

  #changed(): void {
    if (this.#stopped) return;
    const deadlines = [...this.#sessions.values()].map((session) => session.deadline);
    this.#timer.set(nearest([...deadlines, this.#prompt.nextRaiseAt]));
    this.#emitter.emit();
  }
}
