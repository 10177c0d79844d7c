import type { SsoSessionConfig } from '../../../src/agent/ports.ts';
import type { FaultKind } from '../../../src/aws/faults.ts';
import type { Oidc } from '../../../src/aws/oidc.ts';
import type { Portal } from '../../../src/aws/portal.ts';
import type { Registration, SsoToken } from '../../../src/aws/sso-cache.ts';
import { Faults, type Trouble } from './faults.ts';
import { type Circumstances, day, minute, second } from './history.ts';
import type { Rooms } from './rooms.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimulatedClock } from './simulated-clock.ts';

/** What AWS knows of one SSO session. */
export interface PersonsSession {
  config: SsoSessionConfig;
  /** Past: there is none. */
  endsAt: number;
  /** Something took the refresh token from us (an answer that was lost, an old file): a sign-in is nobody's fault. */
  robbed: boolean;
}

export interface IssuedKey {
  accessKeyId: string;
  issuedAt: number;
  expiresAt: number;
  /** The computer's clock was right when it was issued. */
  clockRight: boolean;
}

interface AccessToken {
  session: PersonsSession;
  sessionEndsAt: number;
  endsAt: number;
}

/** Identity Center's OIDC service and access portal in memory, in true time, with every fault that a history asks for. */
export class SimulatedAws {
  readonly faults = new Faults();
  readonly keys = new Map<string, IssuedKey>();
  readonly sessions: PersonsSession[];
  sessionLength: number;
  tokenLife: number;
  credentialLife: number;
  noRefreshToken = false;
  /** Another tool that is quicker than the next refresh of that SSO session. */
  rival: { ssoSession: string; write: (token: SsoToken) => void } | null = null;
  refreshes = 0;
  credentialCalls = 0;
  /** Calls that have not been answered yet. */
  inFlight = 0;
  readonly #c: Circumstances;
  readonly #rooms: Rooms;
  readonly #clock: SimulatedClock;
  readonly #random: SeededRandom;
  readonly #clients = new Map<string, number>();
  readonly #tokens = new Map<string, AccessToken>();
  readonly #refreshTokens = new Map<
    string,
    { session: PersonsSession; sessionEndsAt: number; used: boolean }
  >();
  /** Authorization codes and device codes that a person allowed. */
  readonly #allowed = new Map<string, PersonsSession>();
  #numbers = 0;

  constructor(parts: {
    circumstances: Circumstances;
    rooms: Rooms;
    clock: SimulatedClock;
    random: SeededRandom;
    configs: readonly SsoSessionConfig[];
  }) {
    this.#c = parts.circumstances;
    this.#rooms = parts.rooms;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.sessionLength = this.#c.sessionMinutes * minute;
    this.tokenLife = this.#c.tokenMinutes * minute;
    this.credentialLife = this.#c.credentialMinutes * minute;
    this.sessions = parts.configs.map((config) => ({ config, endsAt: 0, robbed: false }));
  }

  // --- what others do -----------------------------------------------------------------------------------------------

  /** A person allows it: a living session goes on with its old end. */
  allow(session: PersonsSession): string {
    if (session.endsAt <= this.#clock.true) session.endsAt = this.#clock.true + this.sessionLength;
    const code = `code-${++this.#numbers}`;
    this.#allowed.set(code, session);
    return code;
  }

  /** A sign-in by another tool, with a registration of its own. */
  toolSignsIn(session: PersonsSession): SsoToken {
    this.allow(session);
    return this.#token(session, this.#register());
  }

  /** A refresh by another tool; null: refused, or not possible. */
  toolRefreshes(token: SsoToken): SsoToken | null {
    if (this.faults.of('oidc', this.#clock.true) !== null) return null;
    try {
      return this.#rotate(token);
    } catch {
      return null;
    }
  }

  endSession(session: PersonsSession): void {
    session.endsAt = Math.min(session.endsAt, this.#clock.true);
  }

  forgetClients(): void {
    this.#clients.clear();
    for (const session of this.sessions) session.robbed = true;
  }

  knowsClient(clientId: string | undefined): boolean {
    return clientId !== undefined && (this.#clients.get(clientId) ?? 0) > this.#clock.true;
  }

  /** Whether a refresh with it would go well. */
  wouldRefresh(token: SsoToken): boolean {
    const found = this.#refreshTokens.get(token.refreshToken ?? '');
    if (found === undefined || !this.knowsClient(token.clientId)) return false;
    return !(found.used && this.#c.strictRotation) && this.#lives(found);
  }

  // --- services -----------------------------------------------------------------------------------------------------

  readonly oidc = (): Oidc => ({
    registerClient: () => this.#call('oidc', () => this.#register()),
    startDeviceAuthorization: (registration) =>
      this.#call('oidc', () => {
        if (!this.knowsClient(registration.clientId))
          throw this.#oidcFault('client', 'InvalidClientException');
        return {
          deviceCode: `device-${++this.#numbers}`,
          userCode: 'ABCD-EFGH',
          verificationUri: 'https://device.example/',
          verificationUriComplete: 'https://device.example/?user_code=ABCD-EFGH',
          expiresAt: this.#clock.now() + 10 * minute,
          intervalMs: 5 * second,
        };
      }),
    createTokenWithCode: ({ registration, code }) =>
      this.#call('oidc', () => {
        if (!this.knowsClient(registration.clientId))
          throw this.#oidcFault('client', 'InvalidClientException');
        const session = this.#allowed.get(code);
        if (!session) throw this.#oidcFault('client', 'InvalidGrantException');
        this.#allowed.delete(code);
        return this.#token(session, registration);
      }),
    createTokenWithDeviceCode: () =>
      this.#call('oidc', () => {
        throw this.#oidcFault('client', 'AuthorizationPendingException');
      }),
    refresh: (token) => {
      this.refreshes++;
      this.#rivalComes(token);
      return this.#call('oidc', () => this.#rotate(token));
    },
    authorizeUrl: ({ state, clientId }) =>
      `https://oidc.example/authorize?state=${state}&client_id=${clientId}`,
  });

  readonly portal = (): Portal => ({
    accounts: async () => [],
    roles: async () => [],
    credentials: (accessToken, accountId) => {
      this.credentialCalls++;
      return this.#call('portal', () => {
        this.#authorize(accessToken);
        if (this.faults.roleRemoved(this.#clock.true))
          throw this.#portalFault('forbidden', 'ForbiddenException');
        const accessKeyId = `ASIA${++this.#numbers}`;
        const issuedAt = this.#clock.true;
        const expiresAt = issuedAt + this.credentialLife;
        this.keys.set(accessKeyId, {
          accessKeyId,
          issuedAt,
          expiresAt,
          clockRight: this.#clock.offset === 0,
        });
        return {
          accessKeyId,
          secretAccessKey: 'secret',
          sessionToken: 'session',
          expiresAt,
          accountId,
        };
      });
    },
    logout: (accessToken) =>
      this.#call('portal', () => {
        this.endSession(this.#authorize(accessToken).session);
      }),
  });

  #rivalComes(token: SsoToken): void {
    const { rival } = this;
    const session = this.#refreshTokens.get(token.refreshToken ?? '')?.session;
    if (rival === null || session?.config.id !== rival.ssoSession) return;
    this.rival = null;
    const fresh = this.toolRefreshes(token);
    if (fresh) rival.write(fresh);
  }

  async #call<T>(service: 'oidc' | 'portal', answer: () => T): Promise<T> {
    this.inFlight++;
    try {
      const trouble = this.faults.of(service, this.#clock.true);
      const sentAt = this.#clock.true;
      await this.#onTheWay(trouble);
      const fault = service === 'oidc' ? this.#oidcFault : this.#portalFault;
      // A connection does not outlive a sleep.
      if (this.#clock.asleepUntil > sentAt) throw fault('network', 'ECONNRESET');
      if (trouble === null || trouble.how === 'slow') return answer();
      if (trouble.how === 'lost-answers') {
        answer();
        if (this.#c.strictRotation) for (const session of this.sessions) session.robbed = true;
      }
      const { kind, name, retryAfterMs } = this.faults.fault(trouble, this.#clock.true);
      throw fault(kind as FaultKind, name, retryAfterMs);
    } finally {
      this.inFlight--;
    }
  }

  /** Most answers come at once: what takes time makes more events of one kind. */
  #onTheWay(trouble: Trouble | null): Promise<void> | undefined {
    const random = this.#random;
    if (trouble?.how !== 'slow' && random.chance(0.8)) return undefined;
    const span = trouble?.how === 'slow' ? random.between(2, 40) * second : random.between(20, 900);
    return new Promise((resolve) => this.#clock.later(this.#clock.true + span, resolve));
  }

  #register(): Registration {
    const clientId = `client-${++this.#numbers}`;
    const expiresAt = this.#clock.true + this.#c.registrationDays * day;
    this.#clients.set(clientId, expiresAt);
    return {
      clientId,
      clientSecret: 'client-secret',
      expiresAt,
      scopes: ['sso:account:access'],
      grantTypes: ['authorization_code', 'refresh_token'],
    };
  }

  #lives({ session, sessionEndsAt }: { session: PersonsSession; sessionEndsAt: number }): boolean {
    return session.endsAt === sessionEndsAt && session.endsAt > this.#clock.true;
  }

  #authorize(accessToken: string): AccessToken {
    const token = this.#tokens.get(accessToken);
    if (token === undefined || token.endsAt <= this.#clock.true || !this.#lives(token)) {
      throw this.#portalFault('unauthorized', 'UnauthorizedException');
    }
    return token;
  }

  #rotate(token: SsoToken): SsoToken {
    if (!this.knowsClient(token.clientId)) throw this.#oidcFault('client', 'InvalidClientException');
    const found = this.#refreshTokens.get(token.refreshToken ?? '');
    if (!found || (found.used && this.#c.strictRotation) || !this.#lives(found)) {
      throw this.#oidcFault('client', 'InvalidGrantException');
    }
    found.used = true;
    const without = this.noRefreshToken;
    this.noRefreshToken = false;
    const { clientId = '', clientSecret = '', registrationExpiresAt: expiresAt = 0 } = token;
    const fresh = this.#token(found.session, { clientId, clientSecret, expiresAt, scopes: [] });
    if (!without) return fresh;
    found.session.robbed = true;
    const { refreshToken: _, ...rest } = fresh;
    return rest;
  }

  #token(session: PersonsSession, r: Registration): SsoToken {
    const number = ++this.#numbers;
    const { endsAt: sessionEndsAt } = session;
    const accessToken = `access-${number}`;
    this.#tokens.set(accessToken, { session, sessionEndsAt, endsAt: this.#clock.true + this.tokenLife });
    const token: SsoToken = {
      startUrl: session.config.startUrl,
      region: session.config.region,
      accessToken,
      expiresAt: this.#clock.now() + this.tokenLife,
      clientId: r.clientId,
      clientSecret: r.clientSecret,
      registrationExpiresAt: r.expiresAt,
    };
    if (this.#c.refreshTokens) {
      token.refreshToken = `refresh-${number}`;
      this.#refreshTokens.set(token.refreshToken, { session, sessionEndsAt, used: false });
    }
    return token;
  }

  readonly #oidcFault = (kind: FaultKind, name: string, retryAfterMs?: number) =>
    new this.#rooms.OidcFault({ ...facts(kind, name, retryAfterMs), service: 'sso-oidc' });
  readonly #portalFault = (kind: FaultKind, name: string, retryAfterMs?: number) =>
    new this.#rooms.AwsFault({ ...facts(kind, name, retryAfterMs), service: 'sso' });
}

function facts(kind: FaultKind, name: string, retryAfterMs?: number) {
  const all = { kind, name, host: 'aws.example', detail: '' };
  return retryAfterMs === undefined ? all : { ...all, retryAfterMs };
}
