import { createHash, randomUUID } from 'node:crypto';
import type { DeviceAuthorization, Oidc } from '../../aws/oidc.ts';
import type { Registration } from '../../aws/sso-cache.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { SignInView } from '../../contract/state.ts';
import { backoffDelay } from '../../domain/keep-alive/backoff.ts';
import { isKnownIdentityCenterRegion } from '../../domain/profiles/identity-center-regions.ts';
import type { Translator } from '../../locales/index.ts';
import { errorOf, faultOf, unitRandom } from '../aws-errors.ts';
import { sleepUntil } from '../clock.ts';
import type { AgentContext, SsoSessionConfig, SsoToken } from '../ports.ts';
import { type CallbackAnswer, type CallbackListener, listenForCallback } from './callback-listener.ts';
import { type CallbackOutcome, callbackPage } from './callback-page.ts';
import type { Flow, Registrations } from './registrations.ts';

/** A sign-in that nobody completes ends after this. */
export const ABANDONED_MS = 10 * 60_000;
/** RFC 8628: what SlowDown adds to the interval. */
const SLOW_DOWN_MS = 5_000;
/** A browser opener that says nothing for this long is believed to have opened it. */
const OPENER_PATIENCE_MS = 5_000;
const pollBackoff = { baseMs: 2_000, capMs: 30_000 };

export interface AttemptParts {
  context: Pick<AgentContext, 'clock' | 'log' | 'random'>;
  openBrowser: (url: string) => Promise<boolean>;
  oidc: (region: string) => Omit<Oidc, 'refresh'>;
  registrations: Registrations;
  translator: () => Translator;
  /** Takes the token over: keeps it and writes it. */
  adopt: (token: SsoToken) => Promise<void>;
  changed: () => void;
  /** Where the browser comes back to; a simulation has one without a network. */
  listen?: typeof listenForCallback | undefined;
}

export interface SignedIn {
  ssoSession: string;
  expiresAt: number;
}

/** One sign-in to one SSO session, from the first call to its end. May change from browser to device code midway. */
export class SignInAttempt {
  readonly id = randomUUID();
  readonly config: SsoSessionConfig;
  /** How it ended. */
  readonly result: Promise<SignedIn>;
  readonly #parts: AttemptParts;
  readonly #oidc: Omit<Oidc, 'refresh'>;
  readonly #ended = new AbortController();
  #startedAt: number;
  #cancelTimeout: () => void;
  #settle: { resolve: (s: SignedIn) => void; reject: (e: BedrockTrayError) => void };
  #flow: Flow = 'pkce';
  #url = '';
  #userCode: string | null = null;
  #expiresAt: number;
  #registration: Registration | null = null;
  #listener: CallbackListener | null = null;
  /** A token is on its way in: nothing else ends it now. */
  #finishing = false;
  #browserTried = false;

  constructor(config: SsoSessionConfig, parts: AttemptParts) {
    this.config = config;
    this.#parts = parts;
    this.#oidc = parts.oidc(config.region);
    const { promise, resolve, reject } = Promise.withResolvers<SignedIn>();
    this.result = promise;
    this.#settle = { resolve, reject };
    // Nobody has to wait for it.
    promise.catch(() => {});
    const { clock } = parts.context;
    this.#startedAt = clock.now();
    this.#expiresAt = this.#startedAt + ABANDONED_MS;
    this.#cancelTimeout = this.#waitForEnd();
  }

  /** Its end moves along when the clock is set back. */
  #waitForEnd(): () => void {
    const { clock } = this.#parts.context;
    const cancel = clock.wakeAt(this.#startedAt + ABANDONED_MS, () => this.#timedOut());
    const unwatch = clock.onSetBack?.((byMs) => {
      this.#cancelTimeout();
      this.#startedAt -= byMs;
      this.#expiresAt -= byMs;
      this.#cancelTimeout = this.#waitForEnd();
    });
    return () => {
      cancel();
      unwatch?.();
    };
  }

  get over(): boolean {
    return this.#ended.signal.aborted;
  }

  view(): SignInView {
    return {
      id: this.id,
      ssoSession: this.config.id,
      flow: this.#flow,
      url: this.#url,
      userCode: this.#userCode,
      startedAt: this.#startedAt,
      expiresAt: this.#expiresAt,
    };
  }

  /** Gets it to where a person can act; `first` is done before anything else. Errors: those of `first`, StartUrlInvalid, RegionInvalid, NetworkUnavailable, SignInFailed, …; the attempt is then over. */
  async begin(
    wish: { flow: 'auto' | 'pkce' | 'device'; openBrowser: boolean },
    first: () => Promise<void> = async () => {},
  ): Promise<void> {
    try {
      await first();
      if (this.over) return void (await this.result);
      // Legacy profiles know the device code only (as the AWS CLI has it).
      if (wish.flow === 'device' || this.config.kind === 'legacy') await this.#beginDevice();
      else await this.#beginPkce();
      if (wish.openBrowser) await this.openBrowser();
    } catch (e) {
      const error = this.#refusal(e);
      this.#fail(error);
      throw error;
    }
    if (this.over) await this.result;
  }

  /** Somebody else asks for the same: a browser if none was tried, the device code if they have to have it. */
  async join(wish: { flow: 'auto' | 'pkce' | 'device'; openBrowser: boolean }): Promise<void> {
    if (wish.flow === 'device' && this.#flow === 'pkce' && !this.#finishing) await this.#toDevice();
    if (wish.openBrowser && !this.#browserTried) await this.openBrowser();
  }

  /** Opens the browser; where there is none, a device code lets another machine's browser do. */
  async openBrowser(): Promise<void> {
    if (this.over) return;
    this.#browserTried = true;
    const { clock, log } = this.#parts.context;
    const { openBrowser } = this.#parts;
    const enough = new AbortController();
    const patience = sleepUntil(clock, clock.now() + OPENER_PATIENCE_MS, enough.signal).then(() => true);
    const opened = await Promise.race([openBrowser(this.#url).catch(() => false), patience]);
    enough.abort();
    if (opened || this.over || this.#finishing) return;
    log.info({ ssoSession: this.config.id }, 'no browser could be opened');
    if (this.#flow === 'pkce') await this.#toDevice();
  }

  cancel(): void {
    if (this.#registration) this.#parts.registrations.doubt(this.#registration);
    this.#fail(new BedrockTrayError('SignInCancelled', { ssoSession: this.config.id }));
  }

  /** The SSO session got a token in another way (another tool signed in). */
  succeedOtherwise(expiresAt: number): void {
    if (this.#finishing || this.over) return;
    this.#end(() => this.#settle.resolve({ ssoSession: this.config.id, expiresAt }));
  }

  async #beginPkce(): Promise<void> {
    const { registrations, context, translator } = this.#parts;
    const registration = await registrations.get(this.#oidc, this.config, 'pkce');
    if (this.over) return;
    this.#registration = registration;
    const state = base64url(context.random(32));
    const codeVerifier = base64url(context.random(48));
    const listener = await (this.#parts.listen ?? listenForCallback)({
      state,
      answer: (answer) =>
        this.#onCallback(answer, { registration, codeVerifier, redirectUri: redirectUri() }),
      page: (outcome) => callbackPage(outcome, this.config.id, translator()),
    });
    const redirectUri = () => listener.redirectUri;
    if (this.over) return listener.close();
    this.#listener = listener;
    this.#flow = 'pkce';
    this.#url = this.#oidc.authorizeUrl({
      clientId: registration.clientId,
      redirectUri: listener.redirectUri,
      state,
      codeChallenge: createHash('sha256').update(codeVerifier).digest('base64url'),
      scopes: this.config.scopes,
    });
    this.#parts.changed();
  }

  async #onCallback(
    answer: CallbackAnswer,
    secret: { registration: Registration; codeVerifier: string; redirectUri: string },
  ): Promise<CallbackOutcome> {
    const ssoSession = this.config.id;
    if (this.over) return { kind: 'stray' };
    if (answer.kind === 'error') {
      if (answer.error === 'access_denied') {
        this.#fail(new BedrockTrayError('SignInDenied', { ssoSession }));
        return { kind: 'denied' };
      }
      this.#parts.registrations.doubt(secret.registration);
      const error = new BedrockTrayError('SignInFailed', { ssoSession, reason: answer.error });
      this.#fail(error);
      return { kind: 'failed', error };
    }
    this.#finishing = true;
    try {
      const token = await this.#oidc.createTokenWithCode({
        registration: secret.registration,
        startUrl: this.config.startUrl,
        code: answer.code,
        redirectUri: secret.redirectUri,
        codeVerifier: secret.codeVerifier,
      });
      if (this.over) return { kind: 'stray' };
      await this.#succeed(token, secret.registration);
      return { kind: 'done' };
    } catch (e) {
      if (this.over) return { kind: 'stray' };
      this.#parts.registrations.doubt(secret.registration);
      const error = this.#refusal(e);
      this.#fail(error);
      return { kind: 'failed', error };
    }
  }

  async #toDevice(): Promise<void> {
    if (this.over) return;
    await this.#beginDevice();
    this.#listener?.close();
    this.#listener = null;
  }

  async #beginDevice(): Promise<void> {
    const { registrations } = this.#parts;
    const { startUrl } = this.config;
    let registration = await registrations.get(this.#oidc, this.config, 'device');
    let device: DeviceAuthorization;
    try {
      device = await this.#oidc.startDeviceAuthorization(registration, startUrl);
    } catch (e) {
      const { kind, name } = faultOf(e);
      if (kind !== 'client' || (name !== 'InvalidClient' && name !== 'UnauthorizedClient')) throw e;
      // A registration from the cache that the service has forgotten.
      registrations.doubt(registration);
      registration = await registrations.get(this.#oidc, this.config, 'device');
      device = await this.#oidc.startDeviceAuthorization(registration, startUrl);
    }
    if (this.over) return;
    this.#registration = registration;
    this.#flow = 'device';
    this.#url = device.verificationUriComplete;
    this.#userCode = device.userCode;
    this.#expiresAt = Math.min(this.#expiresAt, device.expiresAt);
    this.#parts.changed();
    void this.#poll(registration, device);
  }

  /** Asks until the person has decided. Never rejects. */
  async #poll(registration: Registration, device: DeviceAuthorization): Promise<void> {
    const { clock, random } = this.#parts.context;
    const ssoSession = this.config.id;
    const { startUrl } = this.config;
    const input = { registration, startUrl, deviceCode: device.deviceCode };
    let intervalMs = device.intervalMs;
    let failures = 0;
    let pauseMs = 0;
    for (;;) {
      await sleepUntil(clock, clock.now() + Math.max(intervalMs, pauseMs), this.#ended.signal);
      if (this.over) return;
      if (clock.now() >= this.#expiresAt) return this.#timedOut();
      pauseMs = 0;
      try {
        const token = await this.#oidc.createTokenWithDeviceCode(input);
        if (!this.over) await this.#succeed(token, registration);
        return;
      } catch (e) {
        if (this.over) return;
        // The token came and could not be taken over: the code has been used, there is no other.
        if (this.#finishing) return this.#fail(this.#refusal(e));
        const fault = faultOf(e);
        if (fault.kind === 'throttle') {
          intervalMs += SLOW_DOWN_MS;
          pauseMs = fault.retryAfterMs ?? 0;
        } else if (fault.kind !== 'client') {
          // The network or the service may be back before the person has decided.
          pauseMs = backoffDelay(pollBackoff, ++failures, unitRandom(random), fault.retryAfterMs);
        } else if (fault.name === 'AuthorizationPending') {
          failures = 0;
        } else if (fault.name === 'ExpiredToken') {
          return this.#timedOut();
        } else if (fault.name === 'AccessDenied') {
          return this.#fail(new BedrockTrayError('SignInDenied', { ssoSession }));
        } else {
          this.#parts.registrations.doubt(registration);
          return this.#fail(this.#refusal(e));
        }
      }
    }
  }

  async #succeed(token: SsoToken, registration: Registration): Promise<void> {
    this.#finishing = true;
    const { log } = this.#parts.context;
    await this.#parts.adopt(token);
    await this.#parts.registrations.proven(this.config, registration).catch((e) => {
      log.warn({ reason: faultOf(e).name }, 'client registration could not be written');
    });
    this.#end(() => this.#settle.resolve({ ssoSession: this.config.id, expiresAt: token.expiresAt }));
  }

  #timedOut(): void {
    if (this.#finishing) return;
    if (this.#registration) this.#parts.registrations.doubt(this.#registration);
    this.#fail(new BedrockTrayError('SignInTimedOut', { ssoSession: this.config.id }));
  }

  #fail(error: BedrockTrayError): void {
    this.#end(() => this.#settle.reject(error));
  }

  #end(settle: () => void): void {
    if (this.over) return;
    this.#cancelTimeout();
    this.#ended.abort();
    this.#listener?.close();
    this.#listener = null;
    settle();
    this.#parts.changed();
  }

  /** What a person is told when the service or the network refuses the sign-in. */
  #refusal(e: unknown): BedrockTrayError {
    if (e instanceof BedrockTrayError) return e;
    const { kind, name } = faultOf(e);
    const { startUrl, region } = this.config;
    if (kind === 'client') {
      if (name === 'InvalidRequestRegion') return new BedrockTrayError('RegionInvalid', { region });
      // The service's one answer to a start URL that it does not know.
      if (name === 'InvalidRequest' && !this.#finishing)
        return new BedrockTrayError('StartUrlInvalid', { startUrl });
      return new BedrockTrayError('SignInFailed', { ssoSession: this.config.id, reason: name });
    }
    if (kind === 'network' && name === 'ENOTFOUND' && !isKnownIdentityCenterRegion(region)) {
      return new BedrockTrayError('RegionInvalid', { region });
    }
    return errorOf(e);
  }
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
