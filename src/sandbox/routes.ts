import { bedrock } from './bedrock.ts';
import { bedrockRuntime } from './bedrock-runtime.ts';
import type { Call, Reply } from './http.ts';
import { createToken, registerClient, startDeviceAuthorization } from './oidc.ts';
import { accessPortal, authorize, css, decideAuthorization, decideDevice, device, home } from './pages.ts';
import { getRoleCredentials, listAccountRoles, listAccounts, logout } from './portal.ts';
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
  'POST /': { service: 'sts', operation: undefined, handle: sts },
};

const stsByQuery: Route = { service: 'sts', operation: undefined, handle: sts };
const homePage: Route = { service: 'page', operation: 'Home', handle: (_, call) => home(call) };
const control: Route = { service: 'bedrock', operation: undefined, handle: bedrock };
const runtime: Route = { service: 'bedrock-runtime', operation: undefined, handle: bedrockRuntime };

/** One port plays all services: their paths do not overlap. */
export function routeFor(call: Call): Route | undefined {
  const { method, path } = call;
  if (method === 'GET' && path === '/') return call.query.has('Action') ? stsByQuery : homePage;
  if (method === 'POST' && path.startsWith('/model/')) return runtime;
  if (
    method === 'GET' &&
    /^\/(foundation-models|inference-profiles|foundation-model-availability)(\/|$)/.test(path)
  ) {
    return control;
  }
  return Object.hasOwn(fixed, `${method} ${path}`) ? fixed[`${method} ${path}`] : undefined;
}
