import type { Oidc } from '../../aws/oidc.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { SsoSessionView } from '../../contract/state.ts';
import { endsSsoSession, provesEnd } from '../../domain/keep-alive/fault.ts';
import { isUsable, nearest } from '../../domain/keep-alive/schedule.ts';
import {
  canRefresh,
  nextSsoSession,
  type SsoSession,
  type SsoSessionEvent,
  servableToken,
  servesUntil,
  shownState,
  signedOut,
  ssoSessionDeadline,
  type TokenFacts,
} from '../../domain/keep-alive/sso-session.ts';
import { type EndEvent, tellingInstant } from '../../domain/keep-alive/sso-session-end.ts';
import { errorOf, faultOf, systemReason, unitRandom } from '../aws-errors.ts';
import { sleepUntil } from '../clock.ts';
import type { AgentContext, SsoSessionConfig, SsoToken } from '../ports.ts';
import type { KeepAliveMemory } from './keep-alive-memory.ts';
import { refreshAmongRivals } from './refresh-among-rivals.ts';
import { type FileNews, SharedTokenFile } from './shared-token-file.ts';
import type { TokenCache } from './token-cache.ts';

/** A token that could not be written is tried again this often. */
const SAVE_AGAIN_MS = 30_000;
/** The end of a token that cannot be refreshed, or of the client registration, is shown from this long before. */
const BOUND_IN_SIGHT_MS = 24 * 3_600_000;

/** What a session tells its keeper. */
export interface KeptSessionHooks {
  changed(): void;
  /** It has a valid token (again). */
  alive(): void;
  /** It lived, and a person is needed now. */
  ended(): void;
}

/** One SSO session: holds its token, performs what domain/keep-alive/sso-session decides. */
export class KeptSession {
  config: SsoSessionConfig;
  /** Tokens obtained since the agent started. */
  generation = 0;
  readonly #context: Pick<AgentContext, 'clock' | 'log' | 'random'>;
  readonly #cache: TokenCache;
  readonly #file: SharedTokenFile;
  readonly #oidc: (region: string) => Pick<Oidc, 'refresh'>;
  readonly #memory: KeepAliveMemory;
  readonly #skewMs: () => number | null;
  readonly #hooks: KeptSessionHooks;
  #state: SsoSession = signedOut;
  #token: SsoToken | null = null;
  /** The token that another tool's took the place of although it was the younger one: its refresh token may be the last good one. */
  #spare: SsoToken | null = null;
  #reading: Promise<void> | null = null;
  #readAgain = false;
  #busy: Promise<void> | null = null;
  #unsavedRetryAt: number | null = null;
  #problem: BedrockTrayError | null = null;
  /** It is `expired` because this computer's clock says so, not because AWS refused. */
  #overByClock = false;
  #stopped = false;

  constructor(
    config: SsoSessionConfig,
    parts: {
      context: Pick<AgentContext, 'clock' | 'log' | 'random'>;
      cache: TokenCache;
      oidc: (region: string) => Pick<Oidc, 'refresh'>;
      memory: KeepAliveMemory;
      /** AWS's clock minus this one, ms. */
      skewMs?: (() => number | null) | undefined;
      hooks: KeptSessionHooks;
    },
  ) {
    this.config = config;
    this.#context = parts.context;
    this.#cache = parts.cache;
    this.#file = new SharedTokenFile(parts.cache, config.id);
    this.#oidc = parts.oidc;
    this.#memory = parts.memory;
    this.#skewMs = parts.skewMs ?? (() => null);
    this.#hooks = parts.hooks;
  }

  get #now(): number {
    return this.#context.clock.now();
  }

  /** The access token, if there is one that may be used now. */
  servable(): string | null {
    return servableToken(this.#state, this.#now) !== null ? (this.#token?.accessToken ?? null) : null;
  }

  /** What stands in the way of a token, for an error. */
  problem(): BedrockTrayError {
    if (this.#state.phase === 'degraded' && this.#problem) return this.#problem;
    return new BedrockTrayError('SignInNeeded', {
      ssoSession: this.config.id,
      startUrl: this.config.startUrl,
    });
  }

  get hasToken(): boolean {
    return this.#token !== null;
  }

  /** The token itself, for the portal's logout. */
  get accessToken(): string | null {
    return this.#token?.accessToken ?? null;
  }

  /** The refresh under way, if any; never rejects. */
  get busy(): Promise<void> | null {
    return this.#busy;
  }

  get deadline(): number | null {
    return nearest([ssoSessionDeadline(this.#state), this.#unsavedRetryAt]);
  }

  view(): Omit<SsoSessionView, 'signIn'> {
    const s = this.#state;
    const token = s.phase === 'signedOut' ? null : s.token;
    const shown = shownState(s);
    const unsaved = this.#unsavedRetryAt !== null;
    const problem = s.phase === 'degraded' || s.phase === 'expired' ? this.problem() : this.#problem;
    const end = this.#end();
    return {
      id: this.config.id,
      kind: this.config.kind,
      startUrl: this.config.startUrl,
      region: this.config.region,
      state: shown === 'valid' && unsaved ? 'degraded' : shown,
      expiresAt: token?.expiresAt ?? null,
      refreshable: token !== null && canRefresh(token, this.#now),
      generation: this.generation,
      nextRefreshAt: s.phase === 'valid' ? s.refreshAt : s.phase === 'degraded' ? s.retryAt : null,
      problem: s.phase === 'signedOut' ? null : (problem?.view() ?? null),
      endsFrom: end?.from ?? null,
      endsTo: end?.to ?? null,
      store: this.#cache.storeOf?.(this.config.id) ?? 'shared',
    };
  }

  /** When a living SSO session will need a person, as far as is known; `warnAt`: what to warn ahead of. */
  #end(): { from: number; to: number; warnAt: number | null } | null {
    const s = this.#state;
    if (s.phase === 'signedOut' || s.phase === 'expired') return null;
    const learned = this.#memory.expectedEnd(this.config.id);
    const until = servesUntil(s, this.#now);
    // A client registration's end that is far away is no news.
    const bound = until !== null && until - this.#now <= BOUND_IN_SIGHT_MS ? until : null;
    const from = nearest([learned?.from ?? null, bound]);
    const to = nearest([learned?.to ?? null, bound]);
    if (from === null || to === null) return null;
    const warnAt = nearest([learned?.warnAt ?? null, bound]);
    return { from, to, warnAt };
  }

  /** The end to warn ahead of, if there is one. */
  get endsAt(): number | null {
    return this.#end()?.warnAt ?? null;
  }

  dispatch(event: SsoSessionEvent): void {
    if (this.#stopped) return;
    const before = this.#state;
    const random = unitRandom(this.#context.random);
    const { state, effects } = nextSsoSession(before, event, this.#now, random);
    this.#state = state;
    if (state.phase === 'expired' && before.phase !== 'expired') this.#learnEnd(before, event);
    if (state.phase === 'expired' && (before.phase !== 'expired' || event.type === 'token')) {
      this.#overByClock = endedByClock(before, event, this.#now);
    }
    if (state.phase === 'signedOut' || (state.phase === 'expired' && state.token === null))
      this.#token = null;
    if (before.phase !== state.phase) {
      const { log } = this.#context;
      log.info(
        { ssoSession: this.config.id, from: before.phase, to: state.phase, event: event.type },
        'SSO session',
      );
    }
    for (const effect of effects) {
      if (effect === 'refresh') this.#startRefresh();
      else if (effect === 'alive') this.#hooks.alive();
      else this.#hooks.ended();
    }
    if (state !== before || effects.length > 0) this.#hooks.changed();
  }

  /** What the end of a living SSO session tells of its length. */
  #learnEnd(before: SsoSession, event: SsoSessionEvent): void {
    if (event.type === 'loggedOut') return;
    const refused =
      (event.type === 'refreshFailed' && provesEnd(event.fault)) ||
      (event.type === 'rejected' && before.phase !== 'signedOut' && before.token?.refreshableUntil === null);
    this.#memory.learn(this.config, { type: refused ? 'refused' : 'lost' });
  }

  /** The deadline may have come. */
  tick(): void {
    if (this.#unsavedRetryAt !== null && this.#now >= this.#unsavedRetryAt) {
      this.#unsavedRetryAt = null;
      // What is over, or gone with its SSO session, is of use to nobody.
      const ended = this.#state.phase === 'expired' && this.servable() === null;
      if (this.#token && !ended) void this.#save(this.#token);
    }
    this.dispatch({ type: 'tick' });
  }

  /** Looks at the cache file and adopts what another tool did to it. Calls that overlap share one more look. */
  read(live = true): Promise<void> {
    if (this.#reading) {
      this.#readAgain = true;
      return this.#reading;
    }
    this.#reading = (async () => {
      do {
        this.#readAgain = false;
        this.#follow(await this.#file.look(), live);
      } while (this.#readAgain && !this.#stopped);
    })().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  /** Takes over what another tool did to the file. */
  #follow(news: FileNews, live: boolean): void {
    if (this.#stopped || news.kind === 'nothing') return;
    if (news.kind === 'gone') {
      this.#forget();
      return;
    }
    const { token } = news;
    if (token.accessToken === this.#token?.accessToken) return;
    // A token that is over says nothing against one that lives (an old file was put back).
    if (this.servable() !== null && token.expiresAt <= this.#now) return;
    const over = token.expiresAt <= this.#now;
    const held = this.#token;
    if (held !== null && token.expiresAt < held.expiresAt) this.#spare = held;
    this.#take(token, live ? this.#now : null, 'file', {
      type: live && !over ? 'tokenFound' : 'tokenAtStart',
      tokenExpiresAt: token.expiresAt,
    });
  }

  #take(token: SsoToken, obtainedAt: number | null, by: 'signIn' | 'refresh' | 'file', seen: EndEvent): void {
    this.#token = token;
    this.#problem = null;
    this.#unsavedRetryAt = null;
    if (by !== 'file') this.#spare = null;
    if (obtainedAt !== null) this.generation++;
    this.#memory.learn(this.config, seen);
    const end = this.#memory.expectedEnd(this.config.id);
    const tellingAt = tellingInstant(end, this.#now, token.expiresAt);
    this.dispatch({ type: 'token', token: factsOf(token, obtainedAt, this.#skewMs() ?? 0), by, tellingAt });
  }

  #forget(): void {
    this.#token = null;
    this.#spare = null;
    this.#problem = null;
    this.#unsavedRetryAt = null;
    this.#memory.learn(this.config, { type: 'lost' });
    this.dispatch({ type: 'gone' });
  }

  /** A sign-in made here, begun at `sinceAt`, gave this token. */
  async adopt(token: SsoToken, sinceAt = this.#now): Promise<void> {
    this.#take(token, this.#now, 'signIn', { type: 'signedIn', sinceAt, tokenExpiresAt: token.expiresAt });
    await this.#save(token);
  }

  /**
   * Our portal logout ended the SSO session: its token is gone, here and in the file; role credentials serve on.
   * Errors: StorageFailed (the token is forgotten here nevertheless).
   */
  async loggedOut(): Promise<void> {
    this.#spare = null;
    this.#problem = null;
    this.#unsavedRetryAt = null;
    this.#memory.learn(this.config, { type: 'loggedOut' });
    this.dispatch({ type: 'loggedOut' });
    await this.#removeFile();
  }

  /**
   * The clock was found set back. Where nothing lives here the file is read again: what a clock that was ahead took for
   * over may live by the one that is right. What AWS refused, and what a person signed out of, stays over.
   */
  async clockSetBack(byMs: number): Promise<void> {
    if (this.#unsavedRetryAt !== null) this.#unsavedRetryAt -= byMs;
    this.#memory.learn(this.config, { type: 'clockSetBack' });
    this.dispatch({ type: 'clockSetBack', byMs });
    const { phase } = this.#state;
    if (phase !== 'expired' && phase !== 'signedOut') return;
    if (phase === 'expired' && this.#overByClock) this.#file.tellAgain();
    await this.read(false);
    // A file that was written by the wrong clock names an end that is too late: a refresh gives the true one.
    if (this.servable() !== null) this.dispatch({ type: 'clockSetBack', byMs: 0 });
  }

  /** Drops the token here and in the file. Errors: StorageFailed (the token is forgotten here nevertheless). */
  async signOut(): Promise<void> {
    const removed = this.#removeFile();
    this.#forget();
    await removed;
  }

  #removeFile(): Promise<void> {
    return this.#file.remove().catch((e) => {
      throw new BedrockTrayError('StorageFailed', { file: this.#file.path, reason: systemReason(e) });
    });
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Writes the token; what cannot be written stays in memory and is tried again. Never rejects. */
  async #save(token: SsoToken): Promise<void> {
    const ours = () => this.#token === token;
    try {
      await this.#file.write(token, ours);
      if (!ours() || this.#problem?.code !== 'StorageFailed') return;
      this.#problem = null;
    } catch (e) {
      if (!ours()) return;
      const reason = systemReason(e);
      this.#problem = new BedrockTrayError('StorageFailed', { file: this.#file.path, reason });
      this.#unsavedRetryAt = this.#now + SAVE_AGAIN_MS;
      this.#context.log.warn(
        { ssoSession: this.config.id, reason },
        'token could not be written: kept in memory',
      );
    }
    this.#hooks.changed();
  }

  #startRefresh(): void {
    const run: Promise<void> = (this.#busy ?? Promise.resolve())
      .then(() => this.#refresh())
      .catch((e) => {
        this.#context.log.error({ ssoSession: this.config.id, reason: systemReason(e) }, 'refresh failed');
        this.#problem = errorOf(e);
        this.dispatch({ type: 'refreshFailed', fault: faultOf(e) });
      })
      .finally(() => {
        if (this.#busy === run) this.#busy = null;
        this.#hooks.changed();
      });
    this.#busy = run;
  }

  /** Reads the file once more before it writes: somebody may have signed out or in. */
  async #refresh(): Promise<void> {
    const held = this.#token;
    if (held === null || this.#state.phase !== 'refreshing' || this.#stopped) return;
    const moved = () => this.#token !== held || this.#stopped;
    const outcome = await refreshAmongRivals(held, {
      call: (token) => this.#call(token),
      look: () => this.#look(),
      moved,
      spare: () => this.#spare,
      pause: (ms) => sleepUntil(this.#context.clock, this.#now + ms),
    });
    if (outcome.kind === 'failed') return this.#failed(outcome.error);
    const fresh = outcome.token;
    if (outcome.kind === 'fresh') await this.#look();
    if (moved() || fresh === null) {
      // Somebody wrote another token meanwhile: that one counts, ours is kept for the case that it is an old one.
      if (this.#token !== null && fresh !== null) this.#spare = fresh;
      return;
    }
    this.#take(fresh, this.#now, 'refresh', { type: 'good', tokenExpiresAt: fresh.expiresAt });
    await this.#save(fresh);
  }

  #call(token: SsoToken): Promise<SsoToken> {
    // The token's own region: the configuration may have been corrected since. A minimal file names neither.
    const startUrl = token.startUrl || this.config.startUrl;
    return this.#oidc(token.region || this.config.region).refresh({ ...token, startUrl });
  }

  #failed(e: unknown): void {
    this.#problem = errorOf(e);
    const fault = faultOf(e);
    this.#context.log.warn(
      { ssoSession: this.config.id, kind: fault.kind, name: fault.name },
      'token refresh failed',
    );
    this.dispatch({ type: 'refreshFailed', fault });
  }

  /**
   * Looks at the file during a refresh. What lives in it is adopted (the caller sees that our token moved); what is
   * over is answered, for its refresh token.
   */
  async #look(): Promise<SsoToken | null> {
    const news = await this.#file.look();
    if (
      news.kind === 'token' &&
      !isUsable({ obtainedAt: null, expiresAt: news.token.expiresAt }, this.#now)
    ) {
      return news.token;
    }
    this.#follow(news, true);
    return null;
  }
}

/** Whether it is this computer's clock that ended it: by the right one, what is in the file may live. */
function endedByClock(before: SsoSession, event: SsoSessionEvent, now: number): boolean {
  switch (event.type) {
    case 'loggedOut':
      return false;
    case 'refreshFailed':
      return !endsSsoSession(event.fault);
    case 'rejected':
      // Refused, and the refresh that could have saved it was held to be too late.
      return (
        before.phase !== 'signedOut' &&
        before.token !== null &&
        before.token.refreshableUntil !== null &&
        !canRefresh(before.token, now)
      );
    default:
      return true;
  }
}

/** `skewMs`: AWS's clock minus ours; the registration's end is an instant of AWS's, the token's end one of ours. */
function factsOf(token: SsoToken, obtainedAt: number | null, skewMs: number): TokenFacts {
  const complete = token.refreshToken && token.clientId && token.clientSecret;
  const registered = (token.registrationExpiresAt ?? Number.POSITIVE_INFINITY) - skewMs;
  return { obtainedAt, expiresAt: token.expiresAt, refreshableUntil: complete ? registered : null };
}
