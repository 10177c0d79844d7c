import type { ProfileKind } from '../../contract/state.ts';
import { type CredentialSource, ssoSessionOf } from '../../domain/credentials/credential-source.ts';
import { roleOfArn } from '../../domain/profiles/partition.ts';

/**
 * What the broker holds credentials of: a profile's source, and a session for keys that have no end
 * (sts:GetSessionToken), which some consumers need.
 */
export type BrokerableSource = CredentialSource | SessionTokenSource;
/** `accessKeyId`: of the keys that the session is of; with other keys in the file it is another session. */
export type SessionTokenSource = { kind: 'session-token'; source: CredentialSource; accessKeyId: string };

/** One key for one source, whatever the order of its fields. */
export function sourceKey(source: BrokerableSource): string {
  return JSON.stringify(sorted(source));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'sourceProfile')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, item]) => [name, sorted(item)]),
  );
}

/** The source that signs for this one; null for those at the root. */
export function upstreamOf(source: BrokerableSource): CredentialSource | null {
  return source.kind === 'assume-role' || source.kind === 'session-token' ? source.source : null;
}

/** How often credentials without an end are read again when they are asked for, ms. 0: each time, and never kept. */
export function readAgainMs(source: BrokerableSource): number {
  return source.kind === 'static' || source.kind === 'environment' ? 0 : 5 * 60_000;
}

export interface SourceDescription {
  kind: ProfileKind;
  ssoSession: string | null;
  accountId: string | null;
  roleName: string | null;
  /** Who is to blame for an answer without credentials. */
  service: string;
}

/** What a source says about itself without being asked for credentials. */
export function describeSource(source: BrokerableSource): SourceDescription {
  const none = { ssoSession: null, accountId: null, roleName: null };
  switch (source.kind) {
    case 'sso': {
      const { ssoSession, accountId, roleName } = source;
      return { kind: 'sso', ssoSession, accountId, roleName, service: 'AWS access portal' };
    }
    case 'assume-role':
    case 'web-identity': {
      const role = roleOfArn(source.roleArn) ?? { accountId: null, roleName: null };
      return { kind: source.kind, ssoSession: ssoSessionOf(source), ...role, service: 'AWS STS' };
    }
    case 'session-token':
      return { ...describeSource(source.source), service: 'AWS STS' };
    case 'environment':
      return { kind: 'none', ...none, service: 'environment' };
    case 'process':
    case 'login':
    case 'static':
    case 'claude-settings':
      return { kind: source.kind, ...none, service: source.kind };
  }
}
