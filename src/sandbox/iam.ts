import type { Caller, Principal } from './access.ts';
import { decide, notAllowed, rolePath } from './access.ts';
import type { Call, Reply } from './http.ts';
import { page } from './http.ts';
import type { Context } from './policy.ts';
import { escapeXml, formOf, members, queryError, queryRefusal, queryResult } from './query-protocol.ts';
import { verify } from './sigv4.ts';
import type { IssuedKey, World } from './world.ts';
import { accounts, iamRoleName, roleId } from './world.ts';

/** IAM: what an identity may do (SimulatePrincipalPolicy, GetRole), and the keys of IAM users with their age. */

const error = (call: Call, status: number, code: string, message: string) =>
  queryError('iam', call, status, code, message);

/** Field names and texts as XML elements; a list is a `<member>` each. */
type Value = string | boolean | readonly Value[] | { readonly [name: string]: Value | undefined };

function element(value: Value): string {
  if (typeof value === 'string' || typeof value === 'boolean') return escapeXml(String(value));
  if (Array.isArray(value)) return value.map((item) => `<member>${element(item)}</member>`).join('');
  return Object.entries(value)
    .map(([name, inner]) => (inner === undefined ? '' : `<${name}>${element(inner)}</${name}>`))
    .join('');
}

const iso = (time: number) => new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
const partitionOf = ({ arn }: { arn: string }) => arn.split(':')[1] ?? 'aws';

const ownKeys = (world: World, accountId: string, userName: string) =>
  [...world.keys.values()].filter(
    (key) => key.source === 'user' && key.accountId === accountId && key.roleName === userName,
  );

/** The user that a call is about: who is named, or the caller; null: the caller is no user. */
function userName(form: URLSearchParams, { key }: Caller): string | null {
  return form.get('UserName') ?? (key.arn.includes(':user/') ? key.roleName : null);
}

const userArn = (key: IssuedKey, name: string) =>
  `arn:${partitionOf(key)}:iam::${key.accountId}:user/${name}`;

function aboutUser(
  world: World,
  call: Call,
  form: URLSearchParams,
  caller: Caller,
  answer: (name: string, keys: readonly IssuedKey[]) => Value,
): Reply {
  const action = form.get('Action') ?? '';
  const name = userName(form, caller);
  if (name === null) {
    return error(
      call,
      400,
      'ValidationError',
      'Must specify userName when calling with non-User credentials',
    );
  }
  const denied = deniedReply(world, call, caller, `iam:${action}`, userArn(caller.key, name));
  if (denied !== undefined) return denied;
  const keys = ownKeys(world, caller.key.accountId, name);
  if (keys.length === 0) {
    return error(call, 404, 'NoSuchEntity', `The user with name ${name} cannot be found.`);
  }
  return queryResult('iam', action, element(answer(name, keys)));
}

function deniedReply(
  world: World,
  call: Call,
  caller: Caller,
  action: string,
  arn: string,
): Reply | undefined {
  const message = notAllowed(world, call, caller, action, [{ arn }]);
  return message === undefined ? undefined : error(call, 403, 'AccessDenied', message);
}

const listAccessKeys = (world: World, call: Call, form: URLSearchParams, caller: Caller): Reply =>
  aboutUser(world, call, form, caller, (UserName, keys) => ({
    AccessKeyMetadata: keys.map((key) => ({
      UserName,
      AccessKeyId: key.accessKeyId,
      Status: key.expiresAt > call.now ? 'Active' : 'Inactive',
      CreateDate: iso(key.issuedAt),
    })),
    IsTruncated: false,
  }));

const getUser = (world: World, call: Call, form: URLSearchParams, caller: Caller): Reply =>
  aboutUser(world, call, form, caller, (UserName, keys) => ({
    User: {
      Path: '/',
      UserName,
      UserId: keys[0]?.userId ?? '',
      Arn: userArn(caller.key, UserName),
      CreateDate: iso(Math.min(...keys.map(({ issuedAt }) => issuedAt))),
    },
  }));

function getAccessKeyLastUsed(world: World, call: Call, form: URLSearchParams, caller: Caller): Reply {
  const key = world.keys.get(form.get('AccessKeyId') ?? '');
  const denied = deniedReply(
    world,
    call,
    caller,
    'iam:GetAccessKeyLastUsed',
    userArn(caller.key, key?.roleName ?? '*'),
  );
  if (denied !== undefined) return denied;
  if (key?.source !== 'user' || key.accountId !== caller.key.accountId) {
    return error(call, 403, 'AccessDenied', 'The access key does not belong to this account.');
  }
  const last = world.log.find({ after: 0 }).findLast(({ accessKeyId }) => accessKeyId === key.accessKeyId);
  return queryResult(
    'iam',
    'GetAccessKeyLastUsed',
    element({
      UserName: key.roleName,
      AccessKeyLastUsed: {
        ...(last === undefined ? {} : { LastUsedDate: iso(Date.parse(last.time)) }),
        ServiceName: last?.service ?? 'N/A',
        Region: last?.region ?? 'N/A',
      },
    }),
  );
}

const roleArn = (key: IssuedKey, name: string) =>
  `arn:${partitionOf(key)}:iam::${key.accountId}:role/${rolePath(name)}${name}`;

/** The role by its IAM name; undefined where the account has none of that name. */
function roleOf(world: World, accountId: string, name: string): Principal | undefined {
  const account = accounts.find((candidate) => candidate.accountId === accountId);
  const roles = [...(account?.roles ?? []).map((role) => [role, iamRoleName(accountId, role)] as const)];
  const assumable = world.switches.assumableRoles.map((role) => [role, role] as const);
  const found = [...roles, ...assumable].find(([, iamName]) => iamName === name);
  if (found === undefined) return undefined;
  return {
    accountId,
    roleName: found[0],
    arn: `arn:aws:iam::${accountId}:role/${rolePath(name)}${name}`,
    userId: `${roleId(accountId, found[0])}:simulation`,
    source: 'portal',
  };
}

function getRole(world: World, call: Call, form: URLSearchParams, caller: Caller): Reply {
  const name = form.get('RoleName') ?? '';
  const { key } = caller;
  const arn = roleArn(key, name);
  const denied = deniedReply(world, call, caller, 'iam:GetRole', arn);
  if (denied !== undefined) return denied;
  const role = roleOf(world, key.accountId, name);
  if (role === undefined) {
    return error(call, 404, 'NoSuchEntity', `The role with name ${name} cannot be found.`);
  }
  return queryResult(
    'iam',
    'GetRole',
    element({
      Role: {
        Path: `/${rolePath(name)}`,
        RoleName: name,
        RoleId: roleId(key.accountId, role.roleName),
        Arn: arn,
        CreateDate: '2025-03-01T00:00:00Z',
        MaxSessionDuration: String(world.switches.maxSessionDuration),
      },
    }),
  );
}

/** Whom a PolicySourceArn names; undefined: nobody here. */
function principalOf(world: World, arn: string): Principal | undefined {
  const [, accountId = '', kind, path = ''] = /^arn:[\w-]+:iam::(\d{12}):(role|user)\/(.+)$/.exec(arn) ?? [];
  if (kind === 'user') return ownKeys(world, accountId, path)[0];
  const name = path.split('/').at(-1) ?? '';
  // Without its path, no role is found.
  return path === `${rolePath(name)}${name}` ? roleOf(world, accountId, name) : undefined;
}

function contextOf(form: URLSearchParams): Context {
  const entries: [string, string[]][] = [];
  for (let at = 1; form.has(`ContextEntries.member.${at}.ContextKeyName`); at++) {
    const prefix = `ContextEntries.member.${at}`;
    entries.push([form.get(`${prefix}.ContextKeyName`) ?? '', members(form, `${prefix}.ContextKeyValues`)]);
  }
  return Object.fromEntries(entries);
}

function simulatePrincipalPolicy(world: World, call: Call, form: URLSearchParams, caller: Caller): Reply {
  const source = form.get('PolicySourceArn') ?? '';
  const denied = deniedReply(world, call, caller, 'iam:SimulatePrincipalPolicy', source || '*');
  if (denied !== undefined) return denied;
  if (!/^arn:[\w-]+:iam::\d{12}:(role|user|group)\/.+$/.test(source)) {
    const message = `Invalid Entity Arn: ${source} does not clearly define entity type and name.`;
    return error(call, 400, 'InvalidInput', message);
  }
  const principal = principalOf(world, source);
  if (principal === undefined || principal.accountId !== caller.key.accountId) {
    return error(call, 404, 'NoSuchEntity', `The entity ${source} cannot be found.`);
  }
  const actions = members(form, 'ActionNames');
  const malformed = actions.find((action) => !/^[\w-]+:[\w*?]+$/.test(action));
  if (actions.length === 0 || malformed !== undefined) {
    return error(call, 400, 'InvalidInput', `Invalid Action: ${malformed ?? ''}`);
  }
  const given = members(form, 'ResourceArns');
  const context = contextOf(form);
  const results = actions.flatMap((action) =>
    (given.length === 0 ? ['*'] : given).map((arn): Value => {
      const region = String(context['aws:RequestedRegion'] ?? caller.region);
      const { effect, by, byOrganization } = decide(
        world,
        principal,
        action,
        { arn, context },
        { region, now: call.now },
      );
      return {
        EvalActionName: action,
        EvalResourceName: arn,
        EvalDecision: effect,
        MatchedStatements: by.map((statement) => ({
          SourcePolicyId: statement,
          SourcePolicyType: 'IAM Policy',
        })),
        MissingContextValues: [],
        ...(byOrganization === null
          ? {}
          : { OrganizationsDecisionDetail: { AllowedByOrganizations: byOrganization } }),
      };
    }),
  );
  const size = Number(form.get('MaxItems') ?? 100);
  const found = Number.isInteger(size) && size > 0 ? page(results, form.get('Marker'), size) : undefined;
  if (found === undefined) return error(call, 400, 'ValidationError', 'Invalid Marker or MaxItems.');
  return queryResult(
    'iam',
    'SimulatePrincipalPolicy',
    element({
      EvaluationResults: found.items,
      IsTruncated: found.nextToken !== undefined,
      Marker: found.nextToken,
    }),
  );
}

const operations: Readonly<
  Record<string, (world: World, call: Call, form: URLSearchParams, caller: Caller) => Reply>
> = {
  SimulatePrincipalPolicy: simulatePrincipalPolicy,
  GetRole: getRole,
  GetUser: getUser,
  ListAccessKeys: listAccessKeys,
  GetAccessKeyLastUsed: getAccessKeyLastUsed,
};

export function iam(world: World, call: Call): Reply {
  const form = formOf(call);
  const action = form.get('Action') ?? '';
  const operation = Object.hasOwn(operations, action) ? operations[action] : undefined;
  call.note.operation = operation === undefined ? 'unknown' : action;
  const verdict = verify(world, call, 'iam');
  if (!verdict.ok) return queryRefusal('iam', call, verdict.refusal);
  if (operation === undefined) {
    return error(call, 400, 'InvalidAction', `Could not find operation ${action} for version 2010-05-08`);
  }
  return operation(world, call, form, { key: verdict.key, region: verdict.region });
}
