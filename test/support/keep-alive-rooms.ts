import { randomBytes } from 'node:crypto';
import { type KeeperParts, SsoKeeper } from '../../src/agent/keeper/keeper.ts';
import type { RoleCacheKey, TokenCache } from '../../src/agent/keeper/token-cache.ts';
import type { AgentContext, SsoSessionConfig, SsoToken } from '../../src/agent/ports.ts';
import { AwsFault, type FaultKind, OidcFault } from '../../src/aws/faults.ts';
import type { DeviceAuthorization, Oidc } from '../../src/aws/oidc.ts';
import type { PortalCredentials } from '../../src/aws/portal.ts';
import type { TokenProblem } from '../../src/aws/sso-cache.ts';
import { BedrockTrayError } from '../../src/contract/errors.ts';
import { Settings } from '../../src/contract/settings.ts';
import type { CredentialSource } from '../../src/domain/credentials/credential-source.ts';
import { FakeClock } from './fake-clock.ts';

/** AWS's services and files in memory, under a clock that moves when told to: for tests of keeper, desk and broker. */

export const minute = 60_000;
export const hour = 60 * minute;

export const corp: SsoSessionConfig = {
  id: 'corp',
  kind: 'sso-session',
  startUrl: 'https://corp.awsapps.com/start',
  region: 'us-east-1',
  scopes: ['sso:account:access'],
};

export function context(clock: FakeClock): AgentContext {
  const quiet = () => {};
  return {
    clock,
    log: { info: quiet, warn: quiet, error: quiet, debug: quiet },
    env: {},
    userHome: '/nowhere',
    home: '/nowhere',
    random: (bytes) => randomBytes(bytes),
    openBrowser: async () => true,
  };
}

/** The folder of token files that other tools write to as well. */
export class MemoryTokenCache implements TokenCache {
  readonly files = new Map<string, SsoToken | 'torn'>();
  readonly removedRoles: RoleCacheKey[] = [];
  /** Set: writing fails with this code. */
  writeFails: string | null = null;
  writes = 0;
  readonly #watchers = new Set<() => void>();

  async read(id: string): Promise<{ token: SsoToken | null; problem?: TokenProblem }> {
    const file = this.files.get(id);
    if (file === undefined) return { token: null, problem: 'missing' };
    return file === 'torn' ? { token: null, problem: 'torn' } : { token: { ...file } };
  }
  async write(id: string, token: SsoToken): Promise<void> {
    if (this.writeFails) throw Object.assign(new Error(this.writeFails), { code: this.writeFails });
    this.writes++;
    this.put(id, token);
  }
  async remove(id: string): Promise<void> {
    this.put(id, null);
  }
  async removeRole(key: RoleCacheKey): Promise<void> {
    this.removedRoles.push(key);
  }
  watch(onChange: () => void): () => void {
    this.#watchers.add(onChange);
    return () => this.#watchers.delete(onChange);
  }
  pathOf(id: string): string {
    return `/cache/${id}.json`;
  }
  /** What another tool does to a file. */
  put(id: string, file: SsoToken | 'torn' | null): void {
    if (file === null) this.files.delete(id);
    else this.files.set(id, file === 'torn' ? file : { ...file });
    for (const tell of this.#watchers) setImmediate(tell);
  }
}

/** A profile whose credentials are a permission set's. */
interface SsoProfile {
  name: string;
  ssoSession: string;
  accountId: string;
  roleName: string;
  region: string | null;
}

export class MemoryCatalog {
  sessions: SsoSessionConfig[] = [corp];
  profiles: SsoProfile[] = [
    { name: 'dev', ssoSession: 'corp', accountId: '111122223333', roleName: 'Dev', region: null },
    { name: 'dev-too', ssoSession: 'corp', accountId: '111122223333', roleName: 'Dev', region: 'eu-west-1' },
    { name: 'admin', ssoSession: 'corp', accountId: '111122223333', roleName: 'Admin', region: null },
  ];
  reloads = 0;
  onReload = () => {};
  readonly #listeners = new Set<() => void>();

  ssoSessions(): SsoSessionConfig[] {
    return this.sessions;
  }
  list() {
    return this.profiles.map((p) => ({
      ...p,
      kind: 'sso' as const,
      roleArn: null,
      chain: [],
      mfaSerial: null,
      partition: 'aws' as const,
      notes: [],
      problem: null,
    }));
  }
  ssoProfile(name: string): SsoProfile {
    const found = this.profiles.find((p) => p.name === name);
    if (!found) throw new BedrockTrayError('ProfileUnknown', { profile: name });
    return found;
  }
  /** Profiles of other kinds, by name. */
  readonly sources = new Map<string, CredentialSource>();
  source(name: string): CredentialSource {
    const other = this.sources.get(name);
    if (other) return other;
    const { ssoSession, accountId, roleName } = this.ssoProfile(name);
    return { kind: 'sso', ssoSession, accountId, roleName };
  }
  async reload(): Promise<void> {
    this.reloads++;
    this.onReload();
  }
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  changed(): void {
    for (const tell of this.#listeners) tell();
  }
}

function faultFacts(kind: FaultKind, name: string, retryAfterMs?: number) {
  const facts = { kind, name, service: 'sso-oidc', host: 'oidc.example:443', detail: '' };
  return retryAfterMs === undefined ? facts : { ...facts, retryAfterMs };
}
export const oidcFault = (kind: FaultKind, name: string, retryAfterMs?: number) =>
  new OidcFault(faultFacts(kind, name, retryAfterMs));
export const portalFault = (kind: FaultKind, name: string, retryAfterMs?: number) =>
  new AwsFault({ ...faultFacts(kind, name, retryAfterMs), service: 'sso' });

/** Identity Center with strict rotation: each refresh token works once. */
export class MemoryAws {
  clock: FakeClock;
  tokenLifetime = hour;
  credentialsLifetime = hour;
  /** Answers that fail, first come first served; then all is well. */
  oidcFaults: Error[] = [];
  portalFaults: Error[] = [];
  /** Set: every call waits for it first. */
  oidcGate: (() => Promise<void>) | null = null;
  portalGate: (() => Promise<void>) | null = null;
  refreshes = 0;
  credentialCalls = 0;
  readonly listingsAt: number[] = [];
  readonly logouts: string[] = [];
  logoutGate: Promise<void> | null = null;
  /** Set: the portal's logout fails with it. */
  logoutFault: Error | null = null;
  readonly refreshable = new Set<string>();
  /** Access tokens that the portal takes. */
  readonly live = new Set<string>();
  #count = 0;

  constructor(clock: FakeClock) {
    this.clock = clock;
  }

  /** A token as a sign-in gives it, wherever that was made. */
  signIn(over: Partial<SsoToken> = {}): SsoToken {
    const n = ++this.#count;
    const token: SsoToken = {
      startUrl: corp.startUrl,
      region: corp.region,
      accessToken: `access-${n}`,
      expiresAt: this.clock.now() + this.tokenLifetime,
      refreshToken: `refresh-${n}`,
      clientId: 'client',
      clientSecret: 'client-secret',
      registrationExpiresAt: this.clock.now() + 90 * 24 * hour,
      ...over,
    };
    if (token.refreshToken !== undefined) this.refreshable.add(token.refreshToken);
    this.live.add(token.accessToken);
    return token;
  }

  /** What a refresh by anybody does. */
  rotate(refreshToken: string | undefined): SsoToken {
    if (refreshToken === undefined || !this.refreshable.delete(refreshToken)) {
      throw oidcFault('client', 'InvalidGrantException');
    }
    return this.signIn();
  }

  readonly oidc = () => ({
    refresh: async (token: SsoToken): Promise<SsoToken> => {
      this.refreshes++;
      await this.oidcGate?.();
      const fault = this.oidcFaults.shift();
      if (fault) throw fault;
      return this.rotate(token.refreshToken);
    },
  });

  readonly portal = () => ({
    credentials: async (token: string, accountId: string, roleName: string): Promise<PortalCredentials> => {
      const n = ++this.credentialCalls;
      await this.portalGate?.();
      const fault = this.portalFaults.shift();
      if (fault) throw fault;
      if (!this.live.has(token)) throw portalFault('unauthorized', 'UnauthorizedException');
      return {
        accessKeyId: `ASIA${n}`,
        secretAccessKey: `secret-${roleName}-${n}`,
        sessionToken: `session-${n}`,
        expiresAt: this.clock.now() + this.credentialsLifetime,
        accountId,
      };
    },
    accounts: async (token: string) => {
      if (!this.live.has(token)) throw portalFault('unauthorized', 'UnauthorizedException');
      return [{ accountId: '111122223333', name: 'Corp', email: 'corp@example.com' }];
    },
    roles: async (token: string, accountId: string) => {
      if (!this.live.has(token)) throw portalFault('unauthorized', 'UnauthorizedException');
      this.listingsAt.push(this.clock.now());
      return [{ accountId, roleName: 'Dev' }];
    },
    logout: async (token: string): Promise<void> => {
      this.logouts.push(token);
      await this.logoutGate;
      if (this.logoutFault) throw this.logoutFault;
      if (!this.live.delete(token)) throw portalFault('unauthorized', 'UnauthorizedException');
    },
  });
}

export function memorySettings(patch: Partial<Settings> = {}) {
  const settings: Settings = { ...Settings.parse({}), ...patch };
  return { get: () => settings };
}

/** The rooms below a keeper, each anew, and keepers over them. */
export function memoryRooms() {
  const clock = new FakeClock();
  const aws = new MemoryAws(clock);
  const cache = new MemoryTokenCache();
  const catalog = new MemoryCatalog();
  const newKeeper = (parts: Partial<KeeperParts> = {}) =>
    new SsoKeeper({
      context: context(clock),
      catalog,
      cache,
      oidc: aws.oidc,
      portal: aws.portal,
      settings: memorySettings(),
      ...parts,
    });
  return { clock, aws, cache, catalog, newKeeper };
}

/** What a keeper shows of the SSO session `corp`. */
export function corpView(keeper: SsoKeeper) {
  const found = keeper.views().find((v) => v.id === 'corp');
  if (!found) throw new Error('no view');
  return found;
}

/** Who needs it: the profile `dev`. */
export const dev = { profile: 'dev', accountId: '111122223333', roleName: 'Dev' };

/** Identity Center's side of a sign-in by device code; `more` is what a test has otherwise. */
export function deviceOidc(
  clock: FakeClock,
  more: Pick<Oidc, 'startDeviceAuthorization' | 'createTokenWithDeviceCode'> & Partial<Oidc>,
): Omit<Oidc, 'refresh'> {
  return {
    registerClient: async ({ scopes }) => ({
      clientId: 'client',
      clientSecret: 'client-secret',
      expiresAt: clock.now() + 90 * 24 * hour,
      scopes,
    }),
    createTokenWithCode: async () => {
      throw new Error('not here');
    },
    authorizeUrl: () => 'https://authorize.example/',
    ...more,
  };
}

/** What Identity Center answers when a sign-in by device code begins. */
export function deviceAuthorization(
  clock: FakeClock,
  more: Partial<DeviceAuthorization> = {},
): DeviceAuthorization {
  return {
    deviceCode: 'device-code',
    userCode: 'ABCD-EFGH',
    verificationUri: 'https://device.example/',
    verificationUriComplete: 'https://device.example/?user_code=ABCD-EFGH',
    expiresAt: clock.now() + 10 * minute,
    intervalMs: 5_000,
    ...more,
  };
}
