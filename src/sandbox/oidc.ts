import { createHash, randomBytes } from 'node:crypto';
import type { Call, Reply } from './http.ts';
import { json, jsonBody } from './http.ts';
import type { OidcErrorName } from './switches.ts';
import type { Client, World } from './world.ts';
import { newSecret, newUserCode } from './world.ts';

/** IAM Identity Center OIDC, the calls of programs: RegisterClient, StartDeviceAuthorization, CreateToken. */

const errors: Record<OidcErrorName, { status: number; error: string; description: string }> = {
  AccessDeniedException: {
    status: 400,
    error: 'access_denied',
    description: 'The person denied the request',
  },
  AuthorizationPendingException: {
    status: 400,
    error: 'authorization_pending',
    description: 'The authorization request is still pending',
  },
  ExpiredTokenException: { status: 400, error: 'expired_token', description: 'The device code has expired' },
  InternalServerException: { status: 500, error: 'server_error', description: 'Internal server error' },
  InvalidClientException: { status: 401, error: 'invalid_client', description: 'Invalid client provided' },
  InvalidClientMetadataException: {
    status: 400,
    error: 'invalid_client_metadata',
    description: 'Invalid client metadata',
  },
  InvalidGrantException: { status: 400, error: 'invalid_grant', description: 'Invalid grant provided' },
  InvalidRedirectUriException: {
    status: 400,
    error: 'invalid_redirect_uri',
    description: 'Invalid redirect URI provided',
  },
  InvalidRequestException: { status: 400, error: 'invalid_request', description: 'Invalid request' },
  InvalidScopeException: { status: 400, error: 'invalid_scope', description: 'Invalid scope provided' },
  SlowDownException: { status: 400, error: 'slow_down', description: 'Too many requests, slow down' },
  UnauthorizedClientException: {
    status: 400,
    error: 'unauthorized_client',
    description: 'The client is not authorized for this grant',
  },
  UnsupportedGrantTypeException: {
    status: 400,
    error: 'unsupported_grant_type',
    description: 'Unsupported grant type',
  },
};

const deviceGrantType = 'urn:ietf:params:oauth:grant-type:device_code';

/** An OIDC error as the service sends it: `{error, error_description}` and the type in x-amzn-ErrorType. */
export function oidcError(call: Call, name: OidcErrorName, description?: string): Reply {
  const { status, error, description: usual } = errors[name];
  call.note.error = name;
  return json(
    status,
    { error, error_description: description ?? usual },
    { 'x-amzn-errortype': `${name}:http://internal.amazon.com/coral/com.amazonaws.sso.oidc/` },
  );
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** RFC 8252: the port of a loopback redirect is the client's choice at run time. */
export function redirectMatches(registered: readonly string[], asked: string): boolean {
  const parse = (uri: string) => (URL.canParse(uri) ? new URL(uri) : undefined);
  const url = parse(asked);
  if (url === undefined || url.hash !== '' || url.username !== '' || url.password !== '') return false;
  return registered.some((uri) => {
    if (uri === asked) return true;
    const known = parse(uri);
    return (
      known !== undefined &&
      known.protocol === 'http:' &&
      url.protocol === 'http:' &&
      known.hostname === '127.0.0.1' &&
      url.hostname === '127.0.0.1' &&
      known.pathname === url.pathname &&
      known.search === url.search
    );
  });
}

export function registerClient(world: World, call: Call): Reply {
  const body = jsonBody(call);
  if (body === undefined) return oidcError(call, 'InvalidRequestException');
  const clientName = text(body.clientName);
  if (clientName === '') return oidcError(call, 'InvalidClientMetadataException', 'clientName is required');
  if (body.clientType !== 'public')
    return oidcError(call, 'InvalidClientMetadataException', 'Invalid client type');
  const redirectUris = strings(body.redirectUris);
  const grantTypes = strings(body.grantTypes);
  const known = ['authorization_code', 'refresh_token', deviceGrantType];
  if (grantTypes.some((grant) => !known.includes(grant)))
    return oidcError(call, 'UnsupportedGrantTypeException');
  const loopback = /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:\d+)?\//;
  if (redirectUris.some((uri) => !loopback.test(uri))) return oidcError(call, 'InvalidRedirectUriException');
  if (grantTypes.includes('authorization_code') && redirectUris.length === 0) {
    return oidcError(call, 'InvalidRequestException', 'redirectUris is required');
  }
  const startUrl = text(body.issuerUrl) || undefined;
  if (startUrl !== undefined && !world.knowsStartUrl(startUrl))
    return oidcError(call, 'InvalidRequestException');
  const client: Client = {
    clientId: randomBytes(18).toString('base64url'),
    clientSecret: newSecret('eyJ'),
    clientName,
    scopes: strings(body.scopes),
    redirectUris,
    grantTypes,
    startUrl,
    expiresAt: call.now + world.switches.lifetimes.registration * 1000,
  };
  world.clients.set(client.clientId, client);
  call.note.detail = { clientName };
  return json(200, {
    clientId: client.clientId,
    clientSecret: client.clientSecret,
    clientIdIssuedAt: Math.floor(call.now / 1000),
    clientSecretExpiresAt: Math.floor(client.expiresAt / 1000),
  });
}

/** The client that this body proves to be, or the error that the service answers with. */
function authenticate(world: World, call: Call, body: Record<string, unknown>): Client | Reply {
  const client = world.clients.get(text(body.clientId));
  if (client === undefined || client.clientSecret !== text(body.clientSecret)) {
    return oidcError(call, 'InvalidClientException');
  }
  if (client.expiresAt <= call.now) {
    return oidcError(call, 'InvalidClientException', 'Client registration has expired');
  }
  return client;
}

export function startDeviceAuthorization(world: World, call: Call): Reply {
  const body = jsonBody(call);
  if (body === undefined) return oidcError(call, 'InvalidRequestException');
  const client = authenticate(world, call, body);
  if ('status' in client) return client;
  if (!world.knowsStartUrl(text(body.startUrl))) return oidcError(call, 'InvalidRequestException');
  const { deviceCode: lifetime, deviceInterval } = world.switches.lifetimes;
  const grant = {
    deviceCode: newSecret('dev'),
    userCode: newUserCode(),
    clientId: client.clientId,
    expiresAt: call.now + lifetime * 1000,
    lastPoll: 0,
    interval: deviceInterval,
    decision: 'pending' as const,
  };
  world.devices.set(grant.deviceCode, grant);
  const verificationUri = `${world.baseUrl}/device`;
  return json(200, {
    deviceCode: grant.deviceCode,
    userCode: grant.userCode,
    verificationUri,
    verificationUriComplete: `${verificationUri}?user_code=${grant.userCode}`,
    expiresIn: Math.round(lifetime),
    interval: Math.ceil(deviceInterval),
  });
}

export function createToken(world: World, call: Call): Reply {
  const body = jsonBody(call);
  if (body === undefined) return oidcError(call, 'InvalidRequestException');
  const grantType = text(body.grantType);
  call.note.detail = { grantType };
  const client = authenticate(world, call, body);
  if ('status' in client) return client;
  const allowed = client.grantTypes.length === 0 ? [deviceGrantType, 'refresh_token'] : client.grantTypes;
  switch (grantType) {
    case 'authorization_code':
      if (!allowed.includes(grantType)) return oidcError(call, 'UnauthorizedClientException');
      return tokenForCode(world, call, client, body);
    case deviceGrantType:
      // A registration for PKCE serves the device grant as well: the AWS CLI uses one for both.
      return tokenForDevice(world, call, client, body);
    case 'refresh_token':
      if (!allowed.includes(grantType)) return oidcError(call, 'UnauthorizedClientException');
      return tokenForRefresh(world, call, client, body);
    case '':
      return oidcError(call, 'InvalidRequestException');
    default:
      return oidcError(call, 'UnsupportedGrantTypeException');
  }
}

function tokenForCode(world: World, call: Call, client: Client, body: Record<string, unknown>): Reply {
  const code = world.codes.get(text(body.code));
  if (code === undefined || code.used || code.expiresAt <= call.now || code.clientId !== client.clientId) {
    return oidcError(call, 'InvalidGrantException');
  }
  // One try per code, right or wrong.
  code.used = true;
  const challenge = createHash('sha256').update(text(body.codeVerifier)).digest('base64url');
  if (text(body.redirectUri) !== code.redirectUri || challenge !== code.codeChallenge) {
    return oidcError(call, 'InvalidGrantException');
  }
  return tokens(world, call, client, code.sessionId);
}

function tokenForDevice(world: World, call: Call, client: Client, body: Record<string, unknown>): Reply {
  const grant = world.devices.get(text(body.deviceCode));
  if (grant === undefined || grant.clientId !== client.clientId || grant.decision === 'used') {
    return oidcError(call, 'InvalidGrantException');
  }
  if (grant.expiresAt <= call.now) return oidcError(call, 'ExpiredTokenException');
  // Timers of clients are not exact: a tenth of the interval is forgiven.
  const early = call.now - grant.lastPoll < grant.interval * 900;
  grant.lastPoll = call.now;
  if (early) {
    grant.interval += 5;
    return oidcError(call, 'SlowDownException');
  }
  if (grant.decision === 'denied') return oidcError(call, 'AccessDeniedException');
  if (grant.decision === 'pending') {
    if (!world.switches.autoApprove) return oidcError(call, 'AuthorizationPendingException');
    grant.decision = { sessionId: world.headlessSession(call.now).id };
  }
  const { sessionId } = grant.decision;
  grant.decision = 'used';
  return tokens(world, call, client, sessionId);
}

function tokenForRefresh(world: World, call: Call, client: Client, body: Record<string, unknown>): Reply {
  const refresh = world.refreshTokens.get(text(body.refreshToken));
  if (refresh === undefined || refresh.clientId !== client.clientId)
    return oidcError(call, 'InvalidGrantException');
  if (refresh.used && world.switches.strictRotation) return oidcError(call, 'InvalidGrantException');
  if (world.liveSession(refresh.sessionId, call.now) === undefined)
    return oidcError(call, 'InvalidGrantException');
  refresh.used = true;
  return tokens(world, call, client, refresh.sessionId);
}

/** The answer of all three grants. A client without scopes (legacy profile) gets one long token and no refresh token. */
function tokens(world: World, call: Call, client: Client, sessionId: string): Reply {
  const session = world.liveSession(sessionId, call.now);
  if (session === undefined) return oidcError(call, 'InvalidGrantException');
  const refreshable = client.scopes.length > 0 && world.switches.issueRefreshTokens;
  const remaining = Math.floor((session.endsAt - call.now) / 1000);
  const expiresIn = client.scopes.length > 0 ? Math.floor(world.switches.lifetimes.accessToken) : remaining;
  const accessToken = newSecret('aoa', 96);
  world.accessTokens.set(accessToken, {
    sessionId,
    clientId: client.clientId,
    expiresAt: call.now + expiresIn * 1000,
  });
  let refreshToken: string | undefined;
  if (refreshable) {
    refreshToken = newSecret('aor', 96);
    world.refreshTokens.set(refreshToken, { sessionId, clientId: client.clientId, used: false });
  }
  return json(200, { accessToken, tokenType: 'Bearer', expiresIn, refreshToken });
}
