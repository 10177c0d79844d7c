import { type AwsPlace, callAws, clientOptions } from './client-options.ts';
import type { Env } from './endpoints.ts';
import { AwsFault } from './faults.ts';
import { type AwsNetwork, localInstant } from './network.ts';

/** Keys that a request is signed with. Secrets. */
export interface SigningKeys {
  accessKeyId: string;
  secretAccessKey: string;
  /** Null: keys of an IAM user. */
  sessionToken: string | null;
}
export interface CallerIdentity {
  accountId: string;
  arn: string;
  userId: string;
}
/** Temporary credentials of STS. Secrets. `expiresAt` epoch ms. */
export interface StsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  expiresAt: number;
  accountId: string | null;
}
/** Where STS is called. Always a region's own address: the global one is us-east-1's and in one partition only. */
export interface StsPlace {
  region: string;
  env: Env;
  network?: AwsNetwork | undefined;
}
export interface AssumedRole {
  roleArn: string;
  sessionName: string;
}

/** Keys as SDK clients take them. */
export function sdkCredentials({ accessKeyId, secretAccessKey, sessionToken }: SigningKeys) {
  return { accessKeyId, secretAccessKey, ...(sessionToken === null ? {} : { sessionToken }) };
}

/** The strings in keys that must not be repeated. */
export function secretsOf({ accessKeyId, secretAccessKey, sessionToken }: SigningKeys): string[] {
  return [accessKeyId, secretAccessKey, ...(sessionToken === null ? [] : [sessionToken])];
}

/** Whose keys these are (needs no permission). Errors: AwsFault. */
export function callerIdentity(place: StsPlace, keys: SigningKeys): Promise<CallerIdentity> {
  return withClient(place, keys, [], async (sdk, client, o) => {
    const out = await client.send(new sdk.GetCallerIdentityCommand({}), o);
    return { accountId: out.Account ?? '', arn: out.Arn ?? '', userId: out.UserId ?? '' };
  });
}

/**
 * A role's credentials, asked for with `keys`. Errors: AwsFault (`forbidden`: not allowed, wrong external id, MFA
 * code not accepted; ExpiredToken and InvalidClientTokenId: the keys themselves).
 */
export function assumeRole(
  place: StsPlace,
  keys: SigningKeys,
  role: AssumedRole & {
    externalId: string | null;
    durationSeconds: number | null;
    mfa: { serial: string; code: string } | null;
  },
): Promise<StsCredentials> {
  const { roleArn, sessionName, externalId, durationSeconds, mfa } = role;
  return withClient(place, keys, mfa ? [mfa.code] : [], async (sdk, client, o) => {
    const command = new sdk.AssumeRoleCommand({
      RoleArn: roleArn,
      RoleSessionName: sessionName,
      ...(externalId === null ? {} : { ExternalId: externalId }),
      ...(durationSeconds === null ? {} : { DurationSeconds: durationSeconds }),
      ...(mfa === null ? {} : { SerialNumber: mfa.serial, TokenCode: mfa.code }),
    });
    const out = await client.send(command, o);
    return credentialsOf(place, out.Credentials, out.AssumedRoleUser?.Arn);
  });
}

/** A role's credentials for a web identity's token; the request is not signed. Errors: AwsFault. */
export function assumeRoleWithWebIdentity(
  place: StsPlace,
  role: AssumedRole & { token: string },
): Promise<StsCredentials> {
  return withClient(place, null, [role.token], async (sdk, client, o) => {
    const command = new sdk.AssumeRoleWithWebIdentityCommand({
      RoleArn: role.roleArn,
      RoleSessionName: role.sessionName,
      WebIdentityToken: role.token,
    });
    const out = await client.send(command, o);
    return credentialsOf(place, out.Credentials, out.AssumedRoleUser?.Arn);
  });
}

/** A session of the very identity that `keys` are (an IAM user's). Errors: AwsFault. */
export function sessionToken(place: StsPlace, keys: SigningKeys): Promise<StsCredentials> {
  return withClient(place, keys, [], async (sdk, client, o) => {
    const out = await client.send(new sdk.GetSessionTokenCommand({}), o);
    return credentialsOf(place, out.Credentials, undefined);
  });
}

type Sdk = typeof import('@aws-sdk/client-sts');

function withClient<T>(
  place: StsPlace,
  keys: SigningKeys | null,
  secrets: readonly string[],
  call: (sdk: Sdk, client: InstanceType<Sdk['STSClient']>, o: { abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const { region, env, network } = place;
  const where: AwsPlace = { service: 'sts', region, env, network };
  return callAws(where, [...secrets, ...(keys ? secretsOf(keys) : [])], async (o) => {
    const sdk = await import('@aws-sdk/client-sts');
    const client = new sdk.STSClient({
      ...clientOptions('sts', region, env, network),
      authSchemePreference: ['aws.auth#sigv4'],
      // Never the process's own: a call without keys is one that is not signed.
      credentials: keys ? sdkCredentials(keys) : async () => Promise.reject(new Error('not signed')),
    });
    try {
      return await call(sdk, client, o);
    } finally {
      client.destroy();
    }
  });
}

interface Issued {
  AccessKeyId?: string | undefined;
  SecretAccessKey?: string | undefined;
  SessionToken?: string | undefined;
  Expiration?: Date | undefined;
}

function credentialsOf(place: StsPlace, c: Issued | undefined, arn: string | undefined): StsCredentials {
  if (!c?.AccessKeyId || !c.SecretAccessKey || !c.SessionToken || !c.Expiration) {
    const host = `sts.${place.region}`;
    throw new AwsFault({ kind: 'server', name: 'IncompleteAnswer', service: 'sts', host, detail: '' });
  }
  return {
    accessKeyId: c.AccessKeyId,
    secretAccessKey: c.SecretAccessKey,
    sessionToken: c.SessionToken,
    expiresAt: localInstant(c.Expiration.getTime(), place.network),
    accountId: /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(arn ?? '')?.[1] ?? null,
  };
}
