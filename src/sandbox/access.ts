import type { Call, Reply } from './http.ts';
import { header, restError } from './http.ts';
import type { Context, Effect, Policy } from './policy.ts';
import { judge } from './policy.ts';
import type { Refusal } from './sigv4.ts';
import { verify } from './sigv4.ts';
import type { IssuedKey, World } from './world.ts';

/** Who calls, and what they may do: signature, roles, switches and IAM policies, for every service but STS. */

export interface Caller {
  readonly key: IssuedKey;
  readonly region: string;
}

/** What a service answers instead; its protocol gives it a form. */
export interface Refused {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

/** What a service answers to a caller whom it does not accept. */
function refused(refusal: Refusal): Refused {
  const forbidden = (type: string, message: string): Refused => ({ status: 403, type, message });
  switch (refusal.reason) {
    case 'missing':
      return forbidden('MissingAuthenticationTokenException', 'Missing Authentication Token');
    case 'incomplete':
      return forbidden(
        'IncompleteSignatureException',
        'Authorization header requires a complete AWS Signature Version 4.',
      );
    case 'bearer':
      return forbidden(
        'AccessDeniedException',
        'Authentication failed: Please make sure your API Key is valid.',
      );
    case 'unknown-key':
      return forbidden(
        'UnrecognizedClientException',
        'The security token included in the request is invalid.',
      );
    case 'expired':
      return forbidden('ExpiredTokenException', 'The security token included in the request is expired');
    case 'skew':
      return forbidden(
        'InvalidSignatureException',
        `Signature expired: ${refusal.amzDate} is not within 5 minutes of the server's time`,
      );
    case 'scope':
      return forbidden(
        'InvalidSignatureException',
        `Credential should be scoped to correct service: '${refusal.expected}'.`,
      );
    case 'signature':
      return forbidden(
        'InvalidSignatureException',
        'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
      );
  }
}

/** The verified caller of a service that signs under `signingName`, or why it is none. */
export function callerOf(world: World, call: Call, signingName: string): Caller | Refused {
  const verdict = verify(world, call, signingName);
  return verdict.ok ? { key: verdict.key, region: verdict.region } : refused(verdict.refusal);
}

/** One thing that a call needs: an ARN or `*`, with condition keys of its own. */
export interface Resource {
  readonly arn: string;
  readonly context?: Context;
}

/** Roles that may look but neither invoke nor simulate; every other role may do all that is played here. */
const readOnlyRoles = ['ReadOnlyAccess'];
const everything: Policy = {
  Version: '2012-10-17',
  Statement: [{ Sid: 'All', Effect: 'Allow', Action: '*', Resource: '*' }],
};
const onlyLooking: Policy = {
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'Look',
      Effect: 'Allow',
      Action: [
        ...['bedrock:Get*', 'bedrock:List*', 'bedrock:CountTokens', 'ce:Get*', 'cloudtrail:LookupEvents'],
        ...['servicequotas:Get*', 'servicequotas:List*', 'iam:Get*', 'iam:List*'],
        'access-analyzer:ValidatePolicy',
      ],
      Resource: '*',
    },
  ],
};

/** Who a principal is, as far as policies ask: of a key, or of a role or user that is only simulated. */
export type Principal = Pick<IssuedKey, 'accountId' | 'roleName' | 'arn' | 'userId' | 'source'> & {
  readonly issuedAt?: number;
};

const isRole = ({ arn }: Principal) => arn.includes(':assumed-role/') || arn.includes(':role/');

export const organizationId = 'o-sandbox0001';

/** Condition keys that every request has. */
function globalContext(principal: Principal, region: string, now: number): Context {
  const { arn, accountId, userId, roleName, issuedAt } = principal;
  const [, partition = 'aws'] = arn.split(':');
  const role = /:assumed-role\/([^/]+)\//.exec(arn)?.[1];
  const temporary = principal.source !== 'user' && issuedAt !== undefined;
  return {
    'aws:PrincipalArn':
      role === undefined ? arn : `arn:${partition}:iam::${accountId}:role/${rolePath(role)}${role}`,
    'aws:PrincipalAccount': accountId,
    'aws:PrincipalOrgID': organizationId,
    'aws:PrincipalType': isRole(principal) ? 'AssumedRole' : 'User',
    'aws:PrincipalIsAWSService': 'false',
    'aws:ViaAWSService': 'false',
    'aws:userid': userId,
    ...(isRole(principal) ? {} : { 'aws:username': roleName }),
    'aws:RequestedRegion': region,
    // As on the way to AWS itself.
    'aws:SecureTransport': 'true',
    'aws:SourceIp': '203.0.113.10',
    'aws:CurrentTime': new Date(now).toISOString(),
    'aws:EpochTime': String(Math.floor(now / 1000)),
    ...(temporary ? { 'aws:TokenIssueTime': new Date(issuedAt).toISOString() } : {}),
  };
}

/** Where IAM Identity Center keeps its roles. */
export function rolePath(roleName: string): string {
  return roleName.startsWith('AWSReservedSSO_') ? 'aws-reserved/sso.amazonaws.com/' : '';
}

/** The layers that a call must pass, in the order in which AWS names them in a refusal. */
function layers(world: World, principal: Principal, action: string) {
  const { policy, serviceControlPolicy, endpointPolicy } = world.switches;
  const own = policy ?? (readOnlyRoles.includes(principal.roleName) ? onlyLooking : everything);
  return [
    { name: 'a service control policy', some: 'service control', policy: serviceControlPolicy },
    // Of the interface endpoint of bedrock-runtime.
    {
      name: 'a VPC endpoint policy',
      some: 'VPC endpoint',
      policy: action.startsWith('bedrock:Invoke') ? endpointPolicy : null,
    },
    { name: 'an identity-based policy', some: 'identity-based', policy: own },
  ];
}

export interface Judgement {
  readonly effect: Effect;
  /** Statements of the identity's own policy that said so. */
  readonly by: readonly string[];
  /** Null where there is no service control policy. */
  readonly byOrganization: boolean | null;
  /** AWS's words of why not. */
  readonly why: string;
}

/** Whether a principal may do an action to one resource. */
export function decide(
  world: World,
  principal: Principal,
  action: string,
  resource: Resource,
  request: { readonly region: string; readonly now: number },
): Judgement {
  const { region, now } = request;
  const context = { ...globalContext(principal, region, now), ...resource.context };
  const implicit = (some: string) => `because no ${some} policy allows the ${action} action`;
  let found: Judgement | undefined;
  let byOrganization: boolean | null = null;
  for (const { name, some, policy } of layers(world, principal, action)) {
    if (policy === null) continue;
    const { effect, by } = judge([policy], { action, resource: resource.arn, context });
    if (some === 'service control') byOrganization = effect === 'allowed';
    const why = effect === 'explicitDeny' ? `with an explicit deny in ${name}` : implicit(some);
    if (effect !== 'allowed') found ??= { effect, by, byOrganization, why };
    else if (some === 'identity-based') found ??= { effect, by, byOrganization, why: '' };
  }
  const switchedOff =
    world.isDenied(principal.accountId, principal.roleName) || world.switches.deniedActions.includes(action);
  if (switchedOff || found === undefined) {
    return { effect: 'implicitDeny', by: [], byOrganization, why: implicit('identity-based') };
  }
  return { ...found, byOrganization };
}

/** AWS's refusal of a call; undefined: it may go on. Every resource must be allowed, and each is recorded. */
export function notAllowed(
  world: World,
  call: Call,
  { key, region }: Caller,
  action: string,
  resources: readonly Resource[] = [{ arn: '*' }],
): string | undefined {
  const judged = resources.map((resource) => ({
    arn: resource.arn,
    ...decide(world, key, action, resource, { region, now: call.now }),
  }));
  call.note.decisions = [
    ...(call.note.decisions ?? []),
    ...judged.map(({ arn, effect }) => ({ action, resource: arn, effect })),
  ];
  const first = judged.find(({ effect }) => effect !== 'allowed');
  if (first === undefined) return undefined;
  const on = first.arn === '*' ? '' : ` on resource: ${first.arn}`;
  return `User: ${key.arn} is not authorized to perform: ${action}${on} ${first.why}`;
}

/** A refusal in the REST-JSON form, with AWS's two spellings of the message's name. */
export function restRefusal(call: Call, { status, type, message }: Refused): Reply {
  const key = header(call, 'authorization')?.toLowerCase().startsWith('bearer ') ? 'Message' : 'message';
  return restError(call, status, type, message, key);
}
