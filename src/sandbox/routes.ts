import { validatePolicy } from './access-analyzer.ts';
import { bedrock } from './bedrock.ts';
import { bedrockRuntime } from './bedrock-runtime.ts';
import { cloudTrail } from './cloudtrail.ts';
import { costExplorer } from './cost-explorer.ts';
import type { Call, Reply } from './http.ts';
import { iam } from './iam.ts';
import type { JsonService } from './json-protocol.ts';
import { answerJson, targetOf } from './json-protocol.ts';
import { createToken, registerClient, startDeviceAuthorization } from './oidc.ts';
import { accessPortal, authorize, css, decideAuthorization, decideDevice, device, home } from './pages.ts';
import { getRoleCredentials, listAccountRoles, listAccounts, logout } from './portal.ts';
import { formOf } from './query-protocol.ts';
import { serviceQuotas } from './service-quotas.ts';
import { createOAuth2Token } from './signin.ts';
import { sts } from './sts.ts';
import type { Service } from './switches.ts';
import type { World } from './world.ts';

export interface Route {
  readonly service: Service | 'page';
  /** Known from the path; services of one path find theirs in the body. */
  readonly operation: string | undefined;
  readonly handle: (world: World, call: Call) => Reply | Promise<Reply>;
}

const fixed: Readonly<Record<string, Route>> = {
  'POST /client/register': { service: 'oidc', operation: 'RegisterClient', handle: registerClient },
  'POST /device_authorization': {
    service: 'oidc',
    operation: 'StartDeviceAuthorization',
    handle: startDeviceAuthorization,
  },
  'POST /token': { service: 'oidc', operation: 'CreateToken', handle: createToken },
  'GET /authorize': { service: 'page', operation: 'Authorize', handle: authorize },
  'POST /authorize/decision': { service: 'page', operation: 'Decide', handle: decideAuthorization },
  'GET /device': { service: 'page', operation: 'Device', handle: device },
  'POST /device/decision': { service: 'page', operation: 'Decide', handle: decideDevice },
  // Browsers are at `/start/#/` once they are there.
  'GET /start/': { service: 'page', operation: 'AccessPortal', handle: accessPortal },
  'GET /start': { service: 'page', operation: 'AccessPortal', handle: accessPortal },
  'GET /sandbox.css': { service: 'page', operation: 'Stylesheet', handle: css },
  'GET /assignment/accounts': { service: 'portal', operation: 'ListAccounts', handle: listAccounts },
  'GET /assignment/roles': { service: 'portal', operation: 'ListAccountRoles', handle: listAccountRoles },
  'GET /federation/credentials': {
    service: 'portal',
    operation: 'GetRoleCredentials',
    handle: getRoleCredentials,
  },
  'POST /logout': { service: 'portal', operation: 'Logout', handle: logout },
  'POST /v1/token': { service: 'signin', operation: 'CreateOAuth2Token', handle: createOAuth2Token },
  'POST /policy/validation': {
    service: 'access-analyzer',
    operation: 'ValidatePolicy',
    handle: validatePolicy,
  },
};

const stsForm: Route = { service: 'sts', operation: undefined, handle: sts };
const iamForm: Route = { service: 'iam', operation: undefined, handle: iam };
const byJson = (service: Service, played: JsonService): Route => ({
  service,
  operation: undefined,
  handle: (world, call) => answerJson(played, world, call),
});
/** By what precedes the operation in `x-amz-target`. */
const byTarget: Readonly<Record<string, Route>> = {
  ServiceQuotasV20190624: byJson('service-quotas', serviceQuotas),
  // SDKs and botocore name it differently.
  CloudTrail_20131101: byJson('cloudtrail', cloudTrail),
  'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101': byJson('cloudtrail', cloudTrail),
  AWSInsightsIndexService: byJson('cost-explorer', costExplorer),
};
const homePage: Route = { service: 'page', operation: 'Home', handle: (_, call) => home(call) };
const control: Route = { service: 'bedrock', operation: undefined, handle: bedrock };
const runtime: Route = { service: 'bedrock-runtime', operation: undefined, handle: bedrockRuntime };

/** Services without paths of their own: a target names the operation, or a form. */
function rootRoute(call: Call): Route | undefined {
  const target = targetOf(call);
  if (target !== undefined)
    return Object.hasOwn(byTarget, target.prefix) ? byTarget[target.prefix] : undefined;
  return formOf(call).get('Version') === '2010-05-08' ? iamForm : stsForm;
}

/** One port plays all services: their paths do not overlap. */
export function routeFor(call: Call): Route | undefined {
  const { method, path } = call;
  if (path === '/' && (method === 'POST' || call.query.has('Action'))) return rootRoute(call);
  if (method === 'GET' && path === '/') return homePage;
  if (method === 'POST' && path.startsWith('/model/')) return runtime;
  if (
    method === 'GET' &&
    /^\/(foundation-models|inference-profiles|foundation-model-availability)(\/|$)/.test(path)
  ) {
    return control;
  }
  return Object.hasOwn(fixed, `${method} ${path}`) ? fixed[`${method} ${path}`] : undefined;
}
