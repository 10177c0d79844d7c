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
  readonly #cache: TokenCache;
  readonly #oidc: (region: string) => Pick<Oidc, 'refresh'>;
  readonly #hooks: KeptSessionHooks;
  #state: SsoSession = signedOut;
  #token: SsoToken | null = null;
  /** The access token that the file held when we last read or wrote it: tells a change by another tool from our own. */
  #inFile: string | null = null;
  /** Rises with each write of ours: what was read across one is read again. */
  #writes = 0;
  #reading: Promise<void> | null = null;
  #readAgain = false;
  #busy: Promise<void> | null = null;
  #saving: Promise<void> = Promise.resolve();
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
    this.#cache = parts.cache;
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
        await this.#readOnce(live);
      } while (this.#readAgain && !this.#stopped);
    })().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readOnce(live: boolean): Promise<void> {
    const writes = this.#writes;
    const { token, problem } = await this.#cache.read(this.config.id);
    if (writes !== this.#writes) {
      this.#readAgain = true;
      return;
    }
    this.#fromFile(token, problem, live);
  }

  /** True if the file changed our token. */
  #fromFile(token: SsoToken | null, problem: string | undefined, live: boolean): boolean {
    if (this.#stopped) return false;
    if (token === null) {
      // Half written or malformed: the file is not what it will be. Only its absence is a sign-out.
      if (problem !== 'missing' || this.#inFile === null) return false;
      this.#forget();
      return true;
    }
    if (token.accessToken === this.#inFile || token.accessToken === this.#token?.accessToken) {
      this.#inFile = token.accessToken;
      return false;
    }
    this.#inFile = token.accessToken;
    const now = this.#now;
    // A token that is over says nothing against one that lives (an old file was put back).
    if (this.servable() !== null && token.expiresAt <= now) return false;
    this.#take(token, live ? now : null, 'file');
    return true;
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
    this.#inFile = null;
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
    this.#writes++;
    this.#forget();
    try {
      await this.#cache.remove(this.config.id);
    } catch (e) {
      const file = this.#cache.pathOf(this.config.id);
      throw new BedrockTrayError('StorageFailed', { file, reason: systemReason(e) });
    } finally {
      this.#writes++;
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Writes one after the other; a token that is no longer ours is not written. */
  #save(token: SsoToken): Promise<void> {
    this.#saving = this.#saving.then(() => (this.#token === token ? this.#write(token) : undefined));
    return this.#saving;
  }

  async #write(token: SsoToken): Promise<void> {
    this.#writes++;
    const before = this.#inFile;
    this.#inFile = token.accessToken;
    try {
      await this.#cache.write(this.config.id, token);
      // Signed out while it was being written: that was the later word.
      if (this.#token === null && !this.#stopped) await this.#cache.remove(this.config.id);
      if (this.#token !== token || this.#problem?.code !== 'StorageFailed') return;
      this.#problem = null;
      this.#hooks.changed();
    } catch (e) {
      if (this.#token !== token) return;
      this.#inFile = before;
      const file = this.#cache.pathOf(this.config.id);
      this.#problem = new BedrockTrayError('StorageFailed', { file, reason: systemReason(e) });
      this.#unsavedRetryAt = this.#now + SAVE_AGAIN_MS;
      this.#context.log.warn(
        { ssoSession: this.config.id, reason: systemReason(e) },
        'token could not be written: kept in memory',
      );
      this.#hooks.changed();
    } finally {
      this.#writes++;
    }
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
    const seen = await this.#look(held);
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
      const rival = await this.#look(using);
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
    await this.#look(using);
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
   * Reads the file during a refresh. What lives in it is adopted (the caller sees that our token moved); what is
   * over but differs from `known` is answered, for its refresh token.
   */
  async #look(known: SsoToken): Promise<SsoToken | null> {
    const { token, problem } = await this.#cache.read(this.config.id);
    if (this.#stopped) return null;
    const news =
      token !== null && token.accessToken !== known.accessToken && token.accessToken !== this.#inFile;
    if (token === null || isUsable({ obtainedAt: null, expiresAt: token.expiresAt }, this.#now)) {
      this.#fromFile(token, problem, true);
    }
    return news ? token : null;
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
