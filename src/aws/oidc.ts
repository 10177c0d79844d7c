import type {
  CreateTokenCommandInput,
  CreateTokenCommandOutput,
  SSOOIDCClient,
} from '@aws-sdk/client-sso-oidc';
import { type AwsPlace, callAws, clientOptions, once } from './client-options.ts';
import { type Env, endpointOf } from './endpoints.ts';
import { OidcFault } from './faults.ts';
import { type AwsNetwork, localInstant } from './network.ts';
import type { Registration, SsoToken } from './sso-cache.ts';

export const defaultScopes: readonly string[] = ['sso:account:access'];
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
/** RFC 8628: seconds between polls where the service names none. */
const defaultIntervalSeconds = 5;

export interface DeviceAuthorization {
  deviceCode: string;
  userCode: string;
  verificationUri: string;
  verificationUriComplete: string;
  /** Epoch ms. */
  expiresAt: number;
  /** ms between polls; SlowDown adds 5 s. */
  intervalMs: number;
}

export interface Oidc {
  /** `flow` decides what the client may do; `sessionName` null for legacy profiles. */
  registerClient(input: {
    startUrl: string;
    scopes: readonly string[];
    flow: 'pkce' | 'device';
    sessionName: string | null;
  }): Promise<Registration>;
  startDeviceAuthorization(registration: Registration, startUrl: string): Promise<DeviceAuthorization>;
  /** `redirectUri` with its port, as it stood in the authorize URL. */
  createTokenWithCode(input: {
    registration: Registration;
    startUrl: string;
    code: string;
    redirectUri: string;
    codeVerifier: string;
  }): Promise<SsoToken>;
  /** One poll. Faults named AuthorizationPendingException and SlowDownException mean: ask again. */
  createTokenWithDeviceCode(input: {
    registration: Registration;
    startUrl: string;
    deviceCode: string;
  }): Promise<SsoToken>;
  /** A new token from a refreshable one; without a refresh token in it when none was returned. */
  refresh(token: SsoToken): Promise<SsoToken>;
  /** What the browser opens for the authorization code grant. */
  authorizeUrl(input: {
    clientId: string;
    redirectUri: string;
    state: string;
    codeChallenge: string;
    scopes: readonly string[];
  }): string;
}

/** What a registration of the AWS CLI names as its redirect: without a port (RFC 8252). */
export const registeredRedirectUri = 'http://127.0.0.1/oauth/callback';

/**
 * IAM Identity Center's OIDC service in one region. Nothing is retried: the keeper decides. Errors: OidcFault.
 * Source: shared facts on AWS IAM Identity Center, sections 3 and 8.
 */
export function createOidc(options: {
  region: string;
  env: Env;
  network?: AwsNetwork;
  now?: () => number;
}): Oidc {
  const { region, env, network } = options;
  const now = options.now ?? Date.now;
  const where: AwsPlace = { service: 'sso-oidc', region, env, network };
  const endpoint = () => endpointOf('sso-oidc', region, network?.env() ?? env);
  const load = once(async () => {
    const sdk = await import('@aws-sdk/client-sso-oidc');
    const client: SSOOIDCClient = new sdk.SSOOIDCClient(clientOptions('sso-oidc', region, env, network));
    return { sdk, client };
  });

  const fault = (kind: 'client' | 'server', name: string) =>
    new OidcFault({
      kind,
      name,
      service: 'sso-oidc',
      host: new URL(endpoint()).host,
      detail: '',
    });

  const createToken = async (
    input: CreateTokenCommandInput,
    startUrl: string,
    registrationExpiresAt: number | undefined,
  ): Promise<SsoToken> => {
    const secrets = [
      input.clientSecret,
      input.code,
      input.codeVerifier,
      input.deviceCode,
      input.refreshToken,
    ];
    const askedAt = now();
    const out: CreateTokenCommandOutput = await callAws(
      where,
      secrets.filter((s) => s !== undefined),
      async (o) => {
        const { sdk, client } = await load();
        return client.send(new sdk.CreateTokenCommand(input), o);
      },
    );
    if (!out.accessToken || !out.expiresIn) throw fault('server', 'IncompleteAnswer');
    const token: SsoToken = {
      startUrl,
      region,
      accessToken: out.accessToken,
      expiresAt: askedAt + out.expiresIn * 1000,
    };
    if (input.clientId !== undefined) token.clientId = input.clientId;
    if (input.clientSecret !== undefined) token.clientSecret = input.clientSecret;
    if (registrationExpiresAt !== undefined) token.registrationExpiresAt = registrationExpiresAt;
    if (out.refreshToken) token.refreshToken = out.refreshToken;
    return token;
  };

  return {
    async registerClient({ startUrl, scopes, flow, sessionName }) {
      const out = await callAws(where, [], async (o) => {
        const { sdk, client } = await load();
        const pkce = {
          grantTypes: ['authorization_code', 'refresh_token'],
          redirectUris: [registeredRedirectUri],
          issuerUrl: startUrl,
        };
        return client.send(
          new sdk.RegisterClientCommand({
            clientName: `bedrock-tray-${sessionName ?? Math.floor(now() / 1000)}`,
            clientType: 'public',
            ...(scopes.length > 0 ? { scopes: [...scopes] } : {}),
            ...(flow === 'pkce' ? pkce : {}),
          }),
          o,
        );
      });
      if (!out.clientId || !out.clientSecret || !out.clientSecretExpiresAt)
        throw fault('server', 'IncompleteAnswer');
      return {
        clientId: out.clientId,
        clientSecret: out.clientSecret,
        expiresAt: localInstant(out.clientSecretExpiresAt * 1000, network),
        scopes: [...scopes],
        ...(flow === 'pkce' ? { grantTypes: ['authorization_code', 'refresh_token'] } : {}),
      };
    },

    async startDeviceAuthorization({ clientId, clientSecret }, startUrl) {
      const askedAt = now();
      const out = await callAws(where, [clientSecret], async (o) => {
        const { sdk, client } = await load();
        return client.send(new sdk.StartDeviceAuthorizationCommand({ clientId, clientSecret, startUrl }), o);
      });
      if (!out.deviceCode || !out.userCode || !out.verificationUri || !out.expiresIn)
        throw fault('server', 'IncompleteAnswer');
      return {
        deviceCode: out.deviceCode,
        userCode: out.userCode,
        verificationUri: out.verificationUri,
        verificationUriComplete: out.verificationUriComplete ?? out.verificationUri,
        expiresAt: askedAt + out.expiresIn * 1000,
        intervalMs: (out.interval || defaultIntervalSeconds) * 1000,
      };
    },

    createTokenWithCode: ({ registration: r, startUrl, code, redirectUri, codeVerifier }) =>
      createToken(
        {
          clientId: r.clientId,
          clientSecret: r.clientSecret,
          grantType: 'authorization_code',
          code,
          redirectUri,
          codeVerifier,
        },
        startUrl,
        r.expiresAt,
      ),

    createTokenWithDeviceCode: ({ registration: r, startUrl, deviceCode }) =>
      createToken(
        { clientId: r.clientId, clientSecret: r.clientSecret, grantType: deviceGrant, deviceCode },
        startUrl,
        r.expiresAt,
      ),

    async refresh(token) {
      const { clientId, clientSecret, refreshToken } = token;
      if (!clientId || !clientSecret || !refreshToken) {
        throw fault('client', 'NotRefreshable');
      }
      return createToken(
        { clientId, clientSecret, grantType: 'refresh_token', refreshToken },
        token.startUrl,
        token.registrationExpiresAt,
      );
    },

    authorizeUrl({ clientId, redirectUri, state, codeChallenge, scopes }) {
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: redirectUri,
        state,
        code_challenge_method: 'S256',
        scopes: scopes.join(' '),
        code_challenge: codeChallenge,
      });
      return `${endpoint()}/authorize?${query}`;
    },
  };
}
