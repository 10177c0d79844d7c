import type { Call, Reply } from './http.ts';
import { escapeXml, formOf, queryError, queryRefusal, queryResult } from './query-protocol.ts';
import { verify } from './sigv4.ts';
import type { IssuedKey, World } from './world.ts';
import { accounts } from './world.ts';

/** STS in its query protocol: GetCallerIdentity, AssumeRole, AssumeRoleWithWebIdentity, GetSessionToken. */

export function stsError(call: Call, status: number, code: string, message: string): Reply {
  return queryError('sts', call, status, code, message);
}

const result = (action: string, inner: string) => queryResult('sts', action, inner);

export function sts(world: World, call: Call): Reply {
  const form = formOf(call);
  const action = form.get('Action') ?? '';
  call.note.operation = /^\w{1,64}$/.test(action) ? action : 'unknown';
  // The one call of those that nobody signs.
  if (action === 'AssumeRoleWithWebIdentity') return assumeRoleWithWebIdentity(world, call, form);
  const verdict = verify(world, call, 'sts');
  if (!verdict.ok) return queryRefusal('sts', call, verdict.refusal);
  const { key } = verdict;
  if (action === 'GetCallerIdentity') {
    return result(
      action,
      `    <Arn>${escapeXml(key.arn)}</Arn>
    <UserId>${escapeXml(key.userId)}</UserId>
    <Account>${key.accountId}</Account>`,
    );
  }
  if (action === 'GetSessionToken') return getSessionToken(world, call, form, key);
  if (action === 'AssumeRole') return assumeRole(world, call, form, key);
  return stsError(call, 400, 'InvalidAction', `Could not find operation ${action} for version 2011-06-15`);
}

interface RoleWish {
  roleArn: string;
  partition: string;
  accountId: string;
  roleName: string;
  sessionName: string;
  duration: number;
}

/** What both kinds of AssumeRole check of the wish itself. */
function roleWish(world: World, call: Call, form: URLSearchParams): RoleWish | Reply {
  const roleArn = form.get('RoleArn') ?? '';
  const sessionName = form.get('RoleSessionName') ?? '';
  const duration = Number(form.get('DurationSeconds') ?? 3600);
  const [, partition = '', accountId = '', rolePath = ''] =
    /^arn:(aws[\w-]*):iam::(\d{12}):role\/([\w+=,.@/-]+)$/.exec(roleArn) ?? [];
  const roleName = rolePath.split('/').at(-1) ?? '';
  if (roleName === '') return stsError(call, 400, 'ValidationError', `${roleArn} is invalid`);
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) {
    return stsError(call, 400, 'ValidationError', `The specified value for roleSessionName is invalid.`);
  }
  if (!Number.isInteger(duration) || duration < 900 || duration > 43_200) {
    const bound = duration < 900 ? 'greater than or equal to 900' : 'less than or equal to 43200';
    return stsError(
      call,
      400,
      'ValidationError',
      `1 validation error detected: Value '${duration}' at 'durationSeconds' failed to satisfy constraint: Member must have value ${bound}`,
    );
  }
  if (duration > world.switches.maxSessionDuration) {
    return stsError(
      call,
      400,
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  }
  return { roleArn, partition, accountId, roleName, sessionName, duration };
}

function mayBeAssumed(world: World, { accountId, roleName }: RoleWish): boolean {
  const exists = accounts.some((account) => account.accountId === accountId);
  return exists && world.switches.assumableRoles.includes(roleName) && !world.isDenied(accountId, roleName);
}

function assumeRole(world: World, call: Call, form: URLSearchParams, key: IssuedKey): Reply {
  const wish = roleWish(world, call, form);
  if ('status' in wish) return wish;
  const { roleArn, roleName, duration } = wish;
  if (duration > 3600 && key.arn.includes(':assumed-role/')) {
    return stsError(
      call,
      400,
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
  }
  const denied = () =>
    stsError(
      call,
      403,
      'AccessDenied',
      `User: ${key.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
    );
  if (!mayBeAssumed(world, wish)) return denied();
  const condition = world.switches.roleConditions[roleName] ?? {};
  const externalId = form.get('ExternalId');
  call.note.detail = { ...call.note.detail, externalId: externalId !== null, mfa: form.has('TokenCode') };
  if (condition.externalId !== undefined && condition.externalId !== externalId) return denied();
  const mfa = checkMfa(world, call, form, key);
  if (mfa !== null && typeof mfa === 'object') return mfa;
  if (condition.mfa && !mfa) return denied();
  return issued(call, 'AssumeRole', world, wish, 'assume-role');
}

/** Whether the call carried a good code; null where it carried none; or AWS's refusal. */
function checkMfa(world: World, call: Call, form: URLSearchParams, key: IssuedKey): Reply | true | null {
  const serial = form.get('SerialNumber');
  const code = form.get('TokenCode');
  if (serial === null && code === null) return null;
  const failed = (why: string) =>
    stsError(call, 403, 'AccessDenied', `MultiFactorAuthentication failed${why}`);
  if (serial === null || code === null) {
    return failed(', must provide both MFA serial number and one time pass code.');
  }
  if (!/^\d{6}$/.test(code)) {
    const bound = code.length > 6 ? 'less than or equal to 6' : 'greater than or equal to 6';
    return stsError(
      call,
      400,
      'ValidationError',
      `1 validation error detected: Value at 'tokenCode' failed to satisfy constraint: Member must have length ${bound}`,
    );
  }
  const device = `arn:aws:iam::${key.accountId}:mfa/${key.roleName}`;
  if (!key.arn.includes(':user/') || serial !== device) {
    return failed(
      ', unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.',
    );
  }
  const { mfaCodes } = world.switches;
  if (!mfaCodes.includes(code)) return failed(' with invalid MFA one time pass code. ');
  // A one-time code works one time.
  world.switches.mfaCodes = mfaCodes.filter((c) => c !== code);
  return true;
}

function assumeRoleWithWebIdentity(world: World, call: Call, form: URLSearchParams): Reply {
  call.note.auth = 'token';
  const wish = roleWish(world, call, form);
  if ('status' in wish) return wish;
  const token = form.get('WebIdentityToken') ?? '';
  if (token.startsWith('expired')) {
    return stsError(
      call,
      400,
      'ExpiredTokenException',
      'Token expired: current date/time must be before the expiration date/time',
    );
  }
  if (!world.switches.webIdentityTokens.includes(token)) {
    return stsError(
      call,
      400,
      'InvalidIdentityToken',
      "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements",
    );
  }
  if (!mayBeAssumed(world, wish)) {
    return stsError(call, 403, 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity');
  }
  return issued(call, 'AssumeRoleWithWebIdentity', world, wish, 'web-identity');
}

function getSessionToken(world: World, call: Call, form: URLSearchParams, key: IssuedKey): Reply {
  const duration = Number(form.get('DurationSeconds') ?? 43_200);
  if (key.source !== 'user') {
    return stsError(call, 403, 'AccessDenied', 'Cannot call GetSessionToken with session credentials');
  }
  const { accountId, roleName: userName } = key;
  const session = world.issueUserKey({
    accountId,
    userName,
    source: 'session-token',
    now: call.now,
    lifetimeSeconds: cut(world, duration),
  });
  return result('GetSessionToken', credentialsXml(session));
}

/** With the short preset, everything lives short. */
function cut(world: World, seconds: number): number {
  const { roleCredentials } = world.switches.lifetimes;
  return roleCredentials < 900 ? Math.min(seconds, roleCredentials) : seconds;
}

function issued(
  call: Call,
  action: string,
  world: World,
  wish: RoleWish,
  source: 'assume-role' | 'web-identity',
): Reply {
  const { accountId, roleName, sessionName: roleSessionName, duration } = wish;
  const lifetimeSeconds = cut(world, duration);
  const key = world.issueKey({
    accountId,
    roleName,
    source,
    now: call.now,
    lifetimeSeconds,
    roleSessionName,
  });
  return result(
    action,
    `    <AssumedRoleUser>
      <AssumedRoleId>${escapeXml(key.userId)}</AssumedRoleId>
      <Arn>${escapeXml(key.arn)}</Arn>
    </AssumedRoleUser>
${credentialsXml(key)}`,
  );
}

function credentialsXml(key: IssuedKey): string {
  return `    <Credentials>
      <AccessKeyId>${key.accessKeyId}</AccessKeyId>
      <SecretAccessKey>${key.secretAccessKey}</SecretAccessKey>
      <SessionToken>${key.sessionToken}</SessionToken>
      <Expiration>${new Date(key.expiresAt).toISOString().replace(/\.\d+Z$/, 'Z')}</Expiration>
    </Credentials>`;
}
