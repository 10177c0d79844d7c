import type { Call, Reply } from './http.ts';
import { header, json, page, restError } from './http.ts';
import type { World } from './world.ts';
import { accounts } from './world.ts';

/** The access portal's API: ListAccounts, ListAccountRoles, GetRoleCredentials, Logout. */

const error = {
  invalid: (call: Call, message: string) => restError(call, 400, 'InvalidRequestException', message),
  unauthorized: (call: Call) =>
    restError(call, 401, 'UnauthorizedException', 'Session token not found or invalid'),
  forbidden: (call: Call) => restError(call, 403, 'ForbiddenException', 'No access'),
  notFound: (call: Call, message: string) => restError(call, 404, 'ResourceNotFoundException', message),
};

/** The SSO session of the call's bearer token, while both live. */
function sessionOf(world: World, call: Call): string | undefined {
  call.note.auth = 'token';
  const token = world.accessTokens.get(header(call, 'x-amz-sso_bearer_token') ?? '');
  if (token === undefined || token.expiresAt <= call.now) return undefined;
  return world.liveSession(token.sessionId, call.now)?.id;
}

function pageSize(world: World, call: Call): number | undefined {
  const asked = call.query.get('max_result');
  if (asked === null) return world.switches.portalPageSize;
  const size = Number(asked);
  if (!Number.isInteger(size) || size < 1 || size > 100) return undefined;
  return Math.min(size, world.switches.portalPageSize);
}

export function listAccounts(world: World, call: Call): Reply {
  if (sessionOf(world, call) === undefined) return error.unauthorized(call);
  const size = pageSize(world, call);
  const found = size === undefined ? undefined : page(accounts, call.query.get('next_token'), size);
  if (found === undefined) return error.invalid(call, 'Invalid paging parameters');
  const accountList = found.items.map(({ accountId, accountName, emailAddress }) => ({
    accountId,
    accountName,
    emailAddress,
  }));
  return json(200, { accountList, nextToken: found.nextToken });
}

export function listAccountRoles(world: World, call: Call): Reply {
  if (sessionOf(world, call) === undefined) return error.unauthorized(call);
  const accountId = call.query.get('account_id') ?? '';
  if (!/^\d{12}$/.test(accountId)) return error.invalid(call, 'Missing or invalid account_id');
  const account = accounts.find((candidate) => candidate.accountId === accountId);
  if (account === undefined) return error.notFound(call, 'Account not found');
  const roles = account.roles.filter((roleName) => !world.isDenied(accountId, roleName));
  const size = pageSize(world, call);
  const found = size === undefined ? undefined : page(roles, call.query.get('next_token'), size);
  if (found === undefined) return error.invalid(call, 'Invalid paging parameters');
  const roleList = found.items.map((roleName) => ({ roleName, accountId }));
  return json(200, { roleList, nextToken: found.nextToken });
}

export function getRoleCredentials(world: World, call: Call): Reply {
  if (sessionOf(world, call) === undefined) return error.unauthorized(call);
  const accountId = call.query.get('account_id') ?? '';
  const roleName = call.query.get('role_name') ?? '';
  if (accountId === '' || roleName === '') return error.invalid(call, 'Missing account_id or role_name');
  call.note.detail = { accountId, roleName };
  const account = accounts.find((candidate) => candidate.accountId === accountId);
  if (!account?.roles.includes(roleName) || world.isDenied(accountId, roleName)) return error.forbidden(call);
  const key = world.issueKey({ accountId, roleName, source: 'portal', now: call.now });
  call.note.generation = key.generation;
  return json(200, {
    roleCredentials: {
      accessKeyId: key.accessKeyId,
      secretAccessKey: key.secretAccessKey,
      sessionToken: key.sessionToken,
      // Milliseconds, unlike every other time of these services.
      expiration: key.expiresAt,
    },
  });
}

export function logout(world: World, call: Call): Reply {
  const id = sessionOf(world, call);
  if (id === undefined) return error.unauthorized(call);
  world.sessions.delete(id);
  return { status: 200, headers: { 'content-type': 'application/json' } };
}
