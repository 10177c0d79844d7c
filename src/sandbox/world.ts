import { createHash, randomBytes } from 'node:crypto';
import { RequestLog } from './request-record.ts';
import { Scripts } from './scripts.ts';
import type { LifetimePreset, Switches, SwitchesChange } from './switches.ts';
import { defaultSwitches } from './switches.ts';

/**
 * Stands inside every secret that the sandbox makes (secret access keys, session tokens, access and refresh
 * tokens, client secrets, device and authorization codes): a scan for leaks needs to look for this one word.
 */
export const secretMarker = 'SbxSecret';

export interface Account {
  readonly accountId: string;
  readonly accountName: string;
  readonly emailAddress: string;
  readonly roles: readonly string[];
}

export const accounts: readonly Account[] = [
  {
    accountId: '111122223333',
    accountName: 'Sandbox Development',
    emailAddress: 'development@sandbox.example',
    roles: ['BedrockDeveloper', 'ReadOnlyAccess', 'AdministratorAccess'],
  },
  {
    accountId: '222233334444',
    accountName: 'Sandbox Research',
    emailAddress: 'research@sandbox.example',
    roles: ['BedrockDeveloper', 'BedrockPowerUser'],
  },
  {
    accountId: '333344445555',
    accountName: 'Sandbox Production',
    emailAddress: 'production@sandbox.example',
    roles: ['ReadOnlyAccess'],
  },
];

export const person = { userName: 'sandbox.person@example.com', displayName: 'Sandbox Person' } as const;

export interface Client {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly clientName: string;
  readonly scopes: readonly string[];
  readonly redirectUris: readonly string[];
  readonly grantTypes: readonly string[];
  readonly startUrl: string | undefined;
  expiresAt: number;
}

/** The person's SSO session: what the browser's cookie names and every token hangs on. */
export interface SsoSession {
  readonly id: string;
  readonly startedAt: number;
  endsAt: number;
}

export interface DeviceGrant {
  readonly deviceCode: string;
  readonly userCode: string;
  readonly clientId: string;
  readonly expiresAt: number;
  lastPoll: number;
  interval: number;
  decision: 'pending' | 'denied' | 'used' | { readonly sessionId: string };
}

/** A sign-in by browser that waits for the person's answer. */
export interface PendingAuthorization {
  readonly id: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string;
  readonly codeChallenge: string;
  readonly scopes: readonly string[];
}

export interface AuthorizationCode extends PendingAuthorization {
  readonly sessionId: string;
  readonly expiresAt: number;
  used: boolean;
}

export interface AccessToken {
  readonly sessionId: string;
  readonly clientId: string;
  expiresAt: number;
}

export interface RefreshToken {
  readonly sessionId: string;
  readonly clientId: string;
  used: boolean;
}

export interface IssuedKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Empty: an IAM user's own keys. */
  readonly sessionToken: string;
  readonly accountId: string;
  readonly roleName: string;
  readonly arn: string;
  readonly userId: string;
  /** Counts all keys of this sandbox from 1: a short name for "which credentials". */
  readonly generation: number;
  readonly source: 'portal' | 'assume-role' | 'web-identity' | 'user' | 'session-token' | 'login' | 'admin';
  readonly issuedAt: number;
  expiresAt: number;
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function randomFrom(alphabet: string, length: number): string {
  return Array.from(randomBytes(length), (byte) => alphabet.charAt(byte % alphabet.length)).join('');
}

/** A secret with the marker in it. `prefix` is what the real ones start with. */
export function newSecret(prefix: string, bytes = 48): string {
  return `${prefix}${secretMarker}${randomBytes(bytes).toString('base64url')}`;
}

export function newUserCode(): string {
  const letters = 'BCDFGHJKLMNPQRSTVWXZ';
  return `${randomFrom(letters, 4)}-${randomFrom(letters, 4)}`;
}

/** A session of `aws login`. */
export interface LoginSession {
  readonly accountId: string;
  readonly userName: string;
  readonly clientId: string;
  /** Public coordinates of the key that refreshes are signed with. */
  readonly jwk: { readonly x: string; readonly y: string };
  /** Proofs that were used. */
  readonly proofs: Set<string>;
  refreshToken: string;
}

/** Keys of an IAM user do not end. */
const never = Date.UTC(9999, 0, 1);

/** 16 hexadecimal characters that stand for an account's role or user. */
function mark(accountId: string, name: string): string {
  return createHash('sha256').update(`${accountId}/${name}`).digest('hex').slice(0, 16);
}

/** What IAM calls the role of a permission set. */
export function iamRoleName(accountId: string, permissionSet: string): string {
  return `AWSReservedSSO_${permissionSet}_${mark(accountId, permissionSet)}`;
}

export function roleId(accountId: string, roleName: string): string {
  return `AROA${mark(accountId, roleName).toUpperCase()}`;
}

/** Everything the sandbox knows; kept in memory for the life of the process. */
export class World {
  switches: Switches;
  readonly region: string;
  readonly #initial: () => Switches;
  /** Set once the server listens. */
  baseUrl = '';
  /** Closes the port for a while; set by the server. */
  goAway: (ms: number) => void = () => {};
  readonly clients = new Map<string, Client>();
  readonly sessions = new Map<string, SsoSession>();
  readonly devices = new Map<string, DeviceGrant>();
  readonly pending = new Map<string, PendingAuthorization>();
  readonly codes = new Map<string, AuthorizationCode>();
  readonly accessTokens = new Map<string, AccessToken>();
  readonly refreshTokens = new Map<string, RefreshToken>();
  readonly keys = new Map<string, IssuedKey>();
  /** Sessions of `aws login`. */
  logins: LoginSession[] = [];

  /** Everything that was asked: what tests look at, and what CloudTrail and Cost Explorer are filled from. */
  readonly log = new RequestLog();

  /** When CloudTrail was asked of late, by account and region. */
  readonly lookups = new Map<string, number[]>();

  /** What tests make the model do. */
  readonly scripts = new Scripts();

  #headlessId: string | undefined;

  constructor(preset: LifetimePreset = 'normal', region = 'us-east-1', initial: Partial<Switches> = {}) {
    this.#initial = () => ({ ...defaultSwitches(preset), ...initial });
    this.switches = this.#initial();
    this.region = region;
  }

  get startUrl(): string {
    return `${this.baseUrl}/start`;
  }

  /** Start URLs are compared without a trailing slash or `#/`, as the service does. */
  knowsStartUrl(url: string): boolean {
    const plain = (text: string) => text.replace(/(#\/?|\/)+$/, '');
    return [this.startUrl, ...this.switches.startUrls].some((known) => plain(known) === plain(url));
  }

  openSession(now: number): SsoSession {
    const session: SsoSession = {
      id: randomBytes(24).toString('base64url'),
      startedAt: now,
      endsAt: now + this.switches.lifetimes.ssoSession * 1000,
    };
    this.sessions.set(session.id, session);
    return session;
  }

  liveSession(id: string | undefined, now: number): SsoSession | undefined {
    const session = id === undefined ? undefined : this.sessions.get(id);
    return session !== undefined && session.endsAt > now ? session : undefined;
  }

  /** The session of the person that nobody sees when sign-ins are allowed by themselves. */
  headlessSession(now: number): SsoSession {
    const live = this.liveSession(this.#headlessId, now) ?? this.openSession(now);
    this.#headlessId = live.id;
    return live;
  }

  isDenied(accountId: string, roleName: string): boolean {
    const forms = [`${accountId}/${roleName}`, `*/${roleName}`, `${accountId}/*`];
    return this.switches.deniedRoles.some((entry) => forms.includes(entry));
  }

  /** Makes temporary credentials for an account's role. `roleSessionName` is the last part of the caller's ARN. */
  issueKey(options: {
    accountId: string;
    roleName: string;
    source: IssuedKey['source'];
    now: number;
    lifetimeSeconds?: number;
    roleSessionName?: string;
  }): IssuedKey {
    const { accountId, roleName, source, now } = options;
    const assumed = source === 'assume-role' || source === 'web-identity';
    const iamRole = assumed ? roleName : iamRoleName(accountId, roleName);
    const sessionName = options.roleSessionName ?? person.userName;
    const key: IssuedKey = {
      accessKeyId: `ASIA${randomFrom(base32, 16)}`,
      // 40 characters of base64 with its `+` and `/`, as real ones have.
      secretAccessKey: `${secretMarker}${randomBytes(30).toString('base64')}`.slice(0, 40),
      sessionToken: `IQoJ${secretMarker}${randomBytes(192).toString('base64')}`,
      accountId,
      roleName,
      arn: `arn:aws:sts::${accountId}:assumed-role/${iamRole}/${sessionName}`,
      userId: `${roleId(accountId, roleName)}:${sessionName}`,
      generation: this.keys.size + 1,
      source,
      issuedAt: now,
      expiresAt: now + (options.lifetimeSeconds ?? this.switches.lifetimes.roleCredentials) * 1000,
    };
    this.keys.set(key.accessKeyId, key);
    return key;
  }

  /** Keys of an IAM user: its own (`user`), or of a session of it. */
  issueUserKey(options: {
    accountId: string;
    userName: string;
    source: 'user' | 'session-token' | 'login';
    now: number;
    lifetimeSeconds?: number;
    /** When it was made, epoch ms; default: now. */
    issuedAt?: number;
  }): IssuedKey {
    const { accountId, userName, source, now, lifetimeSeconds, issuedAt = now } = options;
    const own = source === 'user';
    const key: IssuedKey = {
      accessKeyId: `${own ? 'AKIA' : 'ASIA'}${randomFrom(base32, 16)}`,
      secretAccessKey: `${secretMarker}${randomBytes(30).toString('base64')}`.slice(0, 40),
      sessionToken: own ? '' : `IQoJ${secretMarker}${randomBytes(192).toString('base64')}`,
      accountId,
      roleName: userName,
      arn: `arn:aws:iam::${accountId}:user/${userName}`,
      userId: `AIDA${mark(accountId, userName).toUpperCase()}`,
      generation: this.keys.size + 1,
      source,
      issuedAt,
      expiresAt: own ? never : now + (lifetimeSeconds ?? 43_200) * 1000,
    };
    this.keys.set(key.accessKeyId, key);
    return key;
  }

  /** As on the first day: switches as at the start, nobody signed in, nothing issued. */
  reset(): void {
    this.switches = this.#initial();
    this.logins = [];
    this.scripts.clear();
    this.log.clear();
    this.lookups.clear();
    const { clients, sessions, devices, pending, codes, accessTokens, refreshTokens, keys } = this;
    for (const map of [clients, sessions, devices, pending, codes, accessTokens, refreshTokens, keys])
      map.clear();
  }

  /** Applies a validated change and does its acts. */
  change(change: SwitchesChange, now: number): void {
    const { lifetimes, expireCredentials, expireAccessTokens, endSsoSessions, ...others } = change;
    const { expireRegistrations, goAwayMs, ...rest } = others;
    Object.assign(this.switches.lifetimes, lifetimes);
    for (const [name, value] of Object.entries(rest)) {
      if (value !== undefined) Object.assign(this.switches, { [name]: value });
    }
    const cut = (entry: { expiresAt: number }) => {
      entry.expiresAt = Math.min(entry.expiresAt, now);
    };
    if (expireCredentials) this.keys.forEach(cut);
    if (expireAccessTokens) this.accessTokens.forEach(cut);
    if (expireRegistrations) this.clients.forEach(cut);
    if (goAwayMs !== undefined) this.goAway(goAwayMs);
    if (endSsoSessions) {
      for (const session of this.sessions.values()) session.endsAt = Math.min(session.endsAt, now);
    }
  }
}
