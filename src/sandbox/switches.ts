import * as z from 'zod';
import type { Policy } from './policy.ts';
import { policySchema, unknownOperators } from './policy.ts';

/** Every service that the sandbox plays; the names stand in the request record and in fault filters. */
export const services = [
  ...(['oidc', 'portal', 'sts', 'signin', 'bedrock', 'bedrock-runtime'] as const),
  ...(['iam', 'access-analyzer', 'service-quotas', 'cloudtrail', 'cost-explorer'] as const),
] as const;
export const serviceSchema = z.enum(services);
export type Service = z.infer<typeof serviceSchema>;

/** Error names of the OIDC service model; each can be asked for with the `oidcError` switch. */
export const oidcErrorNames = [
  'AccessDeniedException',
  'AuthorizationPendingException',
  'ExpiredTokenException',
  'InternalServerException',
  'InvalidClientException',
  'InvalidClientMetadataException',
  'InvalidGrantException',
  'InvalidRedirectUriException',
  'InvalidRequestException',
  'InvalidScopeException',
  'SlowDownException',
  'UnauthorizedClientException',
  'UnsupportedGrantTypeException',
] as const;
export const oidcErrorNameSchema = z.enum(oidcErrorNames);
export type OidcErrorName = z.infer<typeof oidcErrorNameSchema>;

/** How a stream of InvokeModelWithResponseStream breaks off. */
export const streamErrorNameSchema = z.enum([
  'internalServerException',
  'modelStreamErrorException',
  'throttlingException',
  'modelTimeoutException',
  'serviceUnavailableException',
]);

const seconds = z.number().positive().max(31_536_000);
const count = z.int().min(0).max(1_000_000);

/** Lifetimes in seconds. They hold for what is issued after the change. */
export const lifetimesSchema = z.strictObject({
  accessToken: seconds,
  roleCredentials: seconds,
  ssoSession: seconds,
  registration: seconds,
  deviceCode: seconds,
  /** Pause that a device-code client must keep between two polls. */
  deviceInterval: seconds,
  authorizationCode: seconds,
});
export type Lifetimes = z.infer<typeof lifetimesSchema>;

/** A document that is enforced; one with an operator that the sandbox does not know is refused. */
const enforced = policySchema
  .refine((policy: Policy) => unknownOperators(policy).length === 0, {
    error: 'an operator of a Condition is not known here',
  })
  .nullable();

export const switchesSchema = z.strictObject({
  lifetimes: lifetimesSchema,
  /** Names by which it is called through a proxy, beside its own address. */
  hosts: z.array(z.string()),
  /** Added before every answer of an AWS service. */
  latencyMs: z.int().min(0).max(600_000),
  /** Pause between two chunks of a streamed answer. */
  chunkMs: z.int().min(0).max(10_000),
  /** Services that latency, throttling, 5xx and dropped connections hit. */
  faultServices: z.array(serviceSchema),
  throttleNext: count,
  /** Share of requests that are throttled, 0 to 1. */
  throttleRate: z.number().min(0).max(1),
  serverErrorNext: count,
  /** The connection is closed without an answer: what a client sees of a broken network. */
  dropNext: count,
  /** Something else answers in AWS's place, as a hotel's network does: a page of its own, a redirect to one, 511. */
  captivePortal: z.enum(['off', 'page', 'redirect', 'network-authentication']),
  /** AWS's clock minus this computer's: in every Date header, and in whatever ends at an instant. */
  clockSkewMs: z.int().min(-31_536_000_000).max(31_536_000_000),
  /** The next `count` calls of an OIDC operation (null = any) fail with this error. */
  oidcError: z
    .strictObject({
      name: oidcErrorNameSchema,
      count,
      operation: z.enum(['RegisterClient', 'StartDeviceAuthorization', 'CreateToken']).nullable(),
    })
    .nullable(),
  /** A stream breaks off with this exception after its first delta, for the next `count` streams. */
  streamError: z
    .strictObject({
      name: streamErrorNameSchema,
      count,
    })
    .nullable(),
  /** Roles without access, as "account/role"; "*" may stand for either. At the portal, AssumeRole and Bedrock. */
  deniedRoles: z.array(z.string()),
  /** Base model ids that the account has no access to. */
  deniedModels: z.array(z.string()),
  /**
   * What stands between the account and a model, by its base id: its life has ended, the use case was not stated, it
   * may not be subscribed to, the subscription is under way. In its lifecycle, its availability and its answers.
   */
  modelTroubles: z.record(z.string(), z.enum(['ended', 'use-case', 'marketplace', 'pending'])),
  /** Tokens a minute of a model's quotas, by its base id; 0 is what some new accounts have. */
  quotas: z.record(z.string(), z.int().min(0)),
  /** The identity policy that every caller has, in place of what their role may do. Each decision is recorded. */
  policy: enforced,
  /** What the organization allows besides; null: everything. */
  serviceControlPolicy: enforced,
  /** The policy of bedrock-runtime's interface endpoint; null: everything. */
  endpointPolicy: enforced,
  /** Actions that no role may do (`bedrock:ListInferenceProfiles`). */
  deniedActions: z.array(z.string()),
  /** Role names that AssumeRole accepts in any sandbox account. */
  assumableRoles: z.array(z.string()),
  /** What a role asks of those who assume it, by its name. */
  roleConditions: z.record(
    z.string(),
    z.strictObject({ externalId: z.string().optional(), mfa: z.boolean().optional() }),
  ),
  /** MFA codes that AssumeRole accepts, each once. */
  mfaCodes: z.array(z.string()),
  /** MaxSessionDuration of the roles, seconds. */
  maxSessionDuration: z.int().min(3600).max(43_200),
  /** Web identity tokens that AssumeRoleWithWebIdentity accepts. */
  webIdentityTokens: z.array(z.string()),
  /** Refreshes of `aws login` sessions are refused with this. */
  loginError: z.enum(['TOKEN_EXPIRED', 'USER_CREDENTIALS_CHANGED', 'INSUFFICIENT_PERMISSIONS']).nullable(),
  /** A refresh token that was used once is refused; otherwise it goes on working. */
  strictRotation: z.boolean(),
  issueRefreshTokens: z.boolean(),
  /** Nobody is asked: sign-ins are allowed at once. */
  autoApprove: z.boolean(),
  /** Ask even in a browser whose session is alive. */
  alwaysAsk: z.boolean(),
  /** Start URLs that exist here beside the sandbox's own. */
  startUrls: z.array(z.string()),
  /**
   * What stands at the start URL: a page that carries its region (`meta`, or as the redesigned one `env`), one that does
   * not, nothing, or a redirect to the regional address or to somewhere else.
   */
  startPage: z.enum(['meta', 'env', 'silent', 'missing', 'regional', 'elsewhere']),
  /** Names of the trails that keep the account's events. */
  trails: z.array(z.string()),
  /** Requests of CloudTrail's LookupEvents a second, for an account in a region; 0: any number. */
  trailPerSecond: z.int().min(0).max(1000),
  /** How old an event is when it turns up; with AWS that is minutes. */
  trailDelayMs: z.int().min(0).max(86_400_000),
  trailPageSize: z.int().min(1).max(50),
  /** Whether the account has a Cost Explorer, and that any data. */
  costExplorer: z.enum(['on', 'not-enabled', 'no-data']),
  /** Days in a page of its answers. */
  costPageDays: z.int().min(1).max(1000),
  portalPageSize: z.int().min(1).max(1000),
  bedrockPageSize: z.int().min(1).max(1000),
});
export type Switches = z.infer<typeof switchesSchema>;

/** What POST /_sandbox/switches takes: any of the switches, and acts that are done once. */
export const switchesChangeSchema = z.strictObject({
  ...switchesSchema.partial().shape,
  lifetimes: lifetimesSchema.partial().optional(),
  /** Expire every issued access key now. */
  expireCredentials: z.literal(true).optional(),
  /** Expire every issued access token now; refresh tokens live on. */
  expireAccessTokens: z.literal(true).optional(),
  /** End every SSO session now, as an administrator can. */
  endSsoSessions: z.literal(true).optional(),
  /** Forget every registered client. */
  expireRegistrations: z.literal(true).optional(),
  /** Close the port now, as if the network were gone, and listen on it again after so many ms. */
  goAwayMs: z.int().min(1).max(600_000).optional(),
});
export type SwitchesChange = z.infer<typeof switchesChangeSchema>;

const normal: Lifetimes = {
  accessToken: 3600,
  roleCredentials: 3600,
  ssoSession: 8 * 3600,
  registration: 90 * 86_400,
  deviceCode: 600,
  deviceInterval: 1,
  authorizationCode: 120,
};

/** `short` makes a client that renews at half-life renew every 30 to 45 s. */
const short: Lifetimes = { ...normal, accessToken: 90, roleCredentials: 60, ssoSession: 3600 };

export const lifetimePresets = { normal, short } as const;
export type LifetimePreset = keyof typeof lifetimePresets;

export function defaultSwitches(preset: LifetimePreset = 'normal'): Switches {
  return {
    lifetimes: { ...lifetimePresets[preset] },
    hosts: [],
    latencyMs: 0,
    chunkMs: 0,
    faultServices: [...services],
    throttleNext: 0,
    throttleRate: 0,
    serverErrorNext: 0,
    dropNext: 0,
    captivePortal: 'off',
    clockSkewMs: 0,
    oidcError: null,
    streamError: null,
    deniedRoles: [],
    deniedModels: [],
    modelTroubles: {},
    quotas: {},
    policy: null,
    serviceControlPolicy: null,
    endpointPolicy: null,
    deniedActions: [],
    assumableRoles: ['BedrockCrossAccount'],
    roleConditions: {},
    mfaCodes: [],
    maxSessionDuration: 3600,
    webIdentityTokens: [],
    loginError: null,
    strictRotation: false,
    issueRefreshTokens: true,
    autoApprove: false,
    alwaysAsk: false,
    startUrls: [],
    startPage: 'meta',
    trails: ['management-events'],
    trailPerSecond: 2,
    trailDelayMs: 0,
    trailPageSize: 50,
    costExplorer: 'on',
    costPageDays: 20,
    portalPageSize: 2,
    bedrockPageSize: 5,
  };
}
