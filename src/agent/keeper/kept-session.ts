import type { Oidc } from '../../aws/oidc.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { SsoSessionView } from '../../contract/state.ts';
import { endsSsoSession } from '../../domain/fault.ts';
import { isUsable, nearest } from '../../domain/schedule.ts';
import {
  canRefresh,
  nextSsoSession,
  type SsoSession,
  type SsoSessionEvent,
  servableToken,
  shownState,
  signedOut,
  ssoSessionDeadline,
  type TokenFacts,
} from '../../domain/sso-session.ts';
import { errorOf, faultOf, systemReason, unitRandom } from '../aws-errors.ts';
import { sleepUntil } from '../clock.ts';
import type { AgentContext, SsoSessionConfig, SsoToken } from '../ports.ts';
import { type FileNews, SharedTokenFile } from './shared-token-file.ts';
import type { TokenCache } from './token-cache.ts';

/** Another tool that rotates the token writes its file a moment after the service has answered it. */
const RIVAL_WRITE_MS = 750;
/** A token that could not be written is tried again this often. */
const SAVE_AGAIN_MS = 30_000;

/** What a session tells its keeper. */
export interface KeptSessionHooks {
  changed(): void;
  /** It has a valid token (again). */
  alive(): void;
  /** It lived, and a person is needed now. */
  ended(): void;
}

/** One SSO session: holds its token, performs what domain/sso-session decides. */
export class KeptSession {
  config: SsoSessionConfig;
  /** Tokens obtained since the agent started. */
  generation = 0;
  readonly #context: Pick<AgentContext, 'clock' | 'log' | 'random'>;
  readonly #file: SharedTokenFile;
  readonly #oidc: (region: string) => Pick<Oidc, 'refresh'>;
  readonly #hooks: KeptSessionHooks;
  #state: SsoSession = signedOut;
  #token: SsoToken | null = null;
  #reading: Promise<void> | null = null;
  #readAgain = false;
  #busy: Promise<void> | null = null;
  #unsavedRetryAt: number | null = null;
  #problem: BedrockTrayError | null = null;
  #stopped = false;

  constructor(
    config: SsoSessionConfig,
    parts: {
      context: Pick<AgentContext, 'clock' | 'log' | 'random'>;
      cache: TokenCache;
      oidc: (region: string) => Pick<Oidc, 'refresh'>;
      hooks: KeptSessionHooks;
    },
  ) {
    this.config = config;
    this.#context = parts.context;
    this.#file = new SharedTokenFile(parts.cache, config.id);
    this.#oidc = parts.oidc;
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
      endsFrom: null,
      endsTo: null,
      store: 'shared',
    };
  }

  dispatch(event: SsoSessionEvent): void {
    if (this.#stopped) return;
    const before = this.#state;
    const random = unitRandom(this.#context.random);
    const { state, effects } = nextSsoSession(before, event, this.#now, random);
    this.#state = state;
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

  /** The deadline may have come. */
  tick(): void {
    if (this.#unsavedRetryAt !== null && this.#now >= this.#unsavedRetryAt && this.#token) {
      this.#unsavedRetryAt = null;
      void this.#save(this.#token);
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
    this.#take(token, live ? this.#now : null, 'file');
  }

  #take(token: SsoToken, obtainedAt: number | null, by: 'signIn' | 'refresh' | 'file'): void {
    this.#token = token;
    this.#problem = null;
    this.#unsavedRetryAt = null;
    if (obtainedAt !== null) this.generation++;
    this.dispatch({ type: 'token', token: factsOf(token, obtainedAt), by });
  }

  #forget(): void {
    this.#token = null;
    this.#problem = null;
    this.#unsavedRetryAt = null;
    this.dispatch({ type: 'gone' });
  }

  /** A sign-in made here gave this token. */
  async adopt(token: SsoToken): Promise<void> {
    this.#take(token, this.#now, 'signIn');
    await this.#save(token);
  }

  /** Drops the token here and in the file. Errors: StorageFailed (the token is forgotten here nevertheless). */
  async signOut(): Promise<void> {
    const removed = this.#file.remove();
    this.#forget();
    await removed.catch((e) => {
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

  /**
   * One refresh among several tools that share the file without a lock: read before (somebody may have been
   * quicker), read once more when the service refuses the token (somebody may have rotated it), read before
   * writing (somebody may have signed out).
   */
  async #refresh(): Promise<void> {
    const held = this.#token;
    if (held === null || this.#state.phase !== 'refreshing' || this.#stopped) return;
    const moved = () => this.#token !== held || this.#stopped;

    let using = held;
    const seen = await this.#look();
    if (moved()) return;
    if (seen !== null && seen.refreshToken !== undefined) using = seen;

    let fresh: SsoToken;
    try {
      fresh = await this.#call(using);
    } catch (e) {
      const fault = faultOf(e);
      if (moved()) return;
      if (!endsSsoSession(fault)) return this.#failed(e);
      await sleepUntil(this.#context.clock, this.#now + RIVAL_WRITE_MS);
      if (moved()) return;
      const rival = await this.#look();
      if (moved()) return;
      if (rival?.refreshToken === undefined || rival.refreshToken === using.refreshToken) {
        return this.#failed(e);
      }
      try {
        fresh = await this.#call(rival);
      } catch (again) {
        if (!moved()) this.#failed(again);
        return;
      }
    }
    if (moved()) return;
    await this.#look();
    if (moved()) return;
    this.#take(fresh, this.#now, 'refresh');
    await this.#save(fresh);
  }

  #call(token: SsoToken): Promise<SsoToken> {
    // The token's own region: the configuration may have been corrected since.
    return this.#oidc(token.region || this.config.region).refresh(token);
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

function factsOf(token: SsoToken, obtainedAt: number | null): TokenFacts {
  const complete = token.refreshToken && token.clientId && token.clientSecret;
  return {
    obtainedAt,
    expiresAt: token.expiresAt,
    refreshableUntil: complete ? (token.registrationExpiresAt ?? Number.POSITIVE_INFINITY) : null,
  };
}
