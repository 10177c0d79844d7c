import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  GetRoleCredentialsCommand,
  ListAccountRolesCommand,
  ListAccountsCommand,
  LogoutCommand,
  paginateListAccountRoles,
  paginateListAccounts,
  SSOClient,
} from '@aws-sdk/client-sso';
import {
  CreateTokenCommand,
  type CreateTokenCommandInput,
  RegisterClientCommand,
  type RegisterClientCommandOutput,
  SSOOIDCClient,
  StartDeviceAuthorizationCommand,
} from '@aws-sdk/client-sso-oidc';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Person, type SandboxProcess, startSandbox } from '../../support/sandbox.ts';

/** The AWS SDK for JavaScript is the referee: it makes the calls and names the errors. */

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';
const redirect = 'http://127.0.0.1/oauth/callback';

let sandbox: SandboxProcess;
let oidc: SSOOIDCClient;
let portal: SSOClient;
let listener: Server;
let landed: URL[];

beforeAll(async () => {
  sandbox = await startSandbox();
  const common = { region: sandbox.region, endpoint: sandbox.baseUrl, maxAttempts: 1 };
  oidc = new SSOOIDCClient(common);
  portal = new SSOClient(common);
  listener = createServer((request, response) => {
    landed.push(new URL(request.url ?? '', 'http://127.0.0.1'));
    response.end('landed');
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
});

beforeEach(async () => {
  await sandbox.reset();
  landed = [];
});

afterEach(() => {
  expect(sandbox.stderr).toBe('');
});

afterAll(async () => {
  await sandbox.stop();
  listener.closeAllConnections();
  listener.close();
});

function register(more: object = {}): Promise<RegisterClientCommandOutput> {
  return oidc.send(
    new RegisterClientCommand({
      clientName: 'referee',
      clientType: 'public',
      scopes: ['sso:account:access'],
      redirectUris: [redirect],
      grantTypes: ['authorization_code', 'refresh_token'],
      issuerUrl: sandbox.startUrl,
      ...more,
    }),
  );
}

interface Attempt {
  readonly client: RegisterClientCommandOutput;
  readonly url: URL;
  readonly verifier: string;
  readonly redirectUri: string;
  readonly state: string;
}

function attempt(client: RegisterClientCommandOutput): Attempt {
  const verifier = randomBytes(48).toString('base64url');
  const state = randomBytes(12).toString('base64url');
  const redirectUri = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/oauth/callback`;
  const url = new URL('/authorize', sandbox.baseUrl);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: client.clientId ?? '',
    redirect_uri: redirectUri,
    state,
    code_challenge_method: 'S256',
    scopes: 'sso:account:access',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  }).toString();
  return { client, url, verifier, redirectUri, state };
}

function exchange(
  { client, verifier, redirectUri }: Attempt,
  code: string,
  more: Partial<CreateTokenCommandInput> = {},
) {
  return oidc.send(
    new CreateTokenCommand({
      clientId: client.clientId,
      clientSecret: client.clientSecret,
      grantType: 'authorization_code',
      code,
      redirectUri,
      codeVerifier: verifier,
      ...more,
    }),
  );
}

function refresh(client: RegisterClientCommandOutput, refreshToken: string | undefined) {
  const { clientId, clientSecret } = client;
  return oidc.send(
    new CreateTokenCommand({ clientId, clientSecret, grantType: 'refresh_token', refreshToken }),
  );
}

async function signIn(person = sandbox.person) {
  const client = await register();
  const asked = attempt(client);
  const { redirectedTo } = await person.answer(asked.url);
  return { client, ...(await exchange(asked, redirectedTo?.searchParams.get('code') ?? '')) };
}

const named = (name: string) => expect.objectContaining({ name });

describe('sign-in with PKCE', () => {
  it('ends in a token after Allow, and the listener gets code and state', async () => {
    const asked = attempt(await register());
    const visit = await sandbox.approve(asked.url);
    expect(visit).toMatchObject({ status: 200, text: 'landed' });
    expect(landed[0]?.searchParams.get('state')).toBe(asked.state);
    const token = await exchange(asked, landed[0]?.searchParams.get('code') ?? '');
    expect(token).toMatchObject({ tokenType: 'Bearer', expiresIn: 3600 });
    expect(token.accessToken).toMatch(/^aoa/);
    expect(token.refreshToken).toMatch(/^aor/);
  });

  it('ends in access_denied after Deny', async () => {
    const asked = attempt(await register());
    await sandbox.deny(asked.url);
    expect(Object.fromEntries(landed[0]?.searchParams ?? [])).toMatchObject({
      error: 'access_denied',
      state: asked.state,
    });
    expect(await sandbox.sessions()).toEqual([]);
  });

  it.each([
    ['a wrong verifier', { codeVerifier: 'x'.repeat(43) }],
    ['another redirect address', { redirectUri: 'http://127.0.0.1:1/oauth/callback' }],
  ])('refuses %s, and the code is gone then', async (_, wrong) => {
    const asked = attempt(await register());
    await sandbox.approve(asked.url);
    const code = landed[0]?.searchParams.get('code') ?? '';
    await expect(exchange(asked, code, wrong)).rejects.toEqual(named('InvalidGrantException'));
    await expect(exchange(asked, code)).rejects.toEqual(named('InvalidGrantException'));
  });

  it('refuses a code that was used', async () => {
    const asked = attempt(await register());
    await sandbox.approve(asked.url);
    const code = landed[0]?.searchParams.get('code') ?? '';
    await exchange(asked, code);
    await expect(exchange(asked, code)).rejects.toEqual(named('InvalidGrantException'));
  });

  it.each([
    ['an unknown client', { client_id: 'nobody' }],
    ['a redirect elsewhere', { redirect_uri: 'http://127.0.0.1:1/elsewhere' }],
    ['a plain challenge', { code_challenge_method: 'plain' }],
    ['no state', { state: '' }],
  ])('shows a page and redirects nowhere for %s', async (_, wrong) => {
    const { url } = attempt(await register());
    for (const [name, value] of Object.entries(wrong)) url.searchParams.set(name, value);
    const visit = await sandbox.approve(url);
    expect(visit).toMatchObject({ status: 400, redirectedTo: undefined });
    expect(visit.text).toContain('role="alert"');
    expect(landed).toEqual([]);
  });

  it('answers a page of another origin with nothing', async () => {
    const { url } = attempt(await register());
    const text = await (await fetch(url)).text();
    const ticket = /name="ticket" value="([^"]+)"/.exec(text)?.[1] ?? '';
    const body = new URLSearchParams({ ticket, decision: 'allow' });
    const decide = (origin: string) =>
      fetch(`${sandbox.baseUrl}/authorize/decision`, {
        method: 'POST',
        body,
        headers: { origin },
        redirect: 'manual',
      });
    expect((await decide('http://evil.example')).status).toBe(400);
    expect((await decide(sandbox.baseUrl)).status).toBe(302);
  });

  it('shows a page without scripts, in the language of the browser, that says it is a sandbox', async () => {
    const { url } = attempt(await register());
    const english = await fetch(url, { headers: { 'accept-language': 'en' } });
    expect(english.headers.get('content-security-policy')).toContain("default-src 'none'");
    const text = await english.text();
    expect(text).toContain('This is a sandbox');
    expect(text).toMatch(/id="allow"[^>]*>Allow</);
    expect(text).toMatch(/id="deny"[^>]*>Deny</);
    expect(text).not.toContain('<script');
    const chinese = await (await fetch(url, { headers: { 'accept-language': 'zh-CN' } })).text();
    expect(chinese).toMatch(/id="allow"[^>]*>允许</);
  });
});

describe('the SSO session', () => {
  it('is inherited, with its old end, by a second sign-in of the same browser', async () => {
    await signIn();
    const [first] = await sandbox.sessions();
    const asked = attempt(await register());
    const response = await fetch(asked.url, { redirect: 'manual' });
    expect(response.status).toBe(200);
    await signIn();
    expect(await sandbox.sessions()).toEqual([{ ...first, accessTokens: 2, refreshTokens: 2 }]);
    const asks = (await sandbox.requests({ operation: 'Decide' })).length;
    expect(asks).toBe(1);
  });

  it('is asked for again in another browser, and where alwaysAsk says so', async () => {
    await signIn();
    await signIn(new Person());
    expect(await sandbox.requests({ operation: 'Decide' })).toHaveLength(2);
    await sandbox.switches({ alwaysAsk: true });
    await signIn();
    expect(await sandbox.requests({ operation: 'Decide' })).toHaveLength(3);
    expect(await sandbox.sessions()).toHaveLength(2);
  });

  it('ends with a logout at the portal: token and refresh are refused, and the browser is asked anew', async () => {
    const { client, accessToken, refreshToken } = await signIn();
    await portal.send(new LogoutCommand({ accessToken }));
    await expect(portal.send(new ListAccountsCommand({ accessToken }))).rejects.toEqual(
      named('UnauthorizedException'),
    );
    await expect(refresh(client, refreshToken)).rejects.toEqual(named('InvalidGrantException'));
    await signIn();
    expect(await sandbox.requests({ operation: 'Decide' })).toHaveLength(2);
  });

  it('ends by itself, and no refresh brings it back', async () => {
    // Long enough to sign in.
    await sandbox.switches({ lifetimes: { ssoSession: 4 } });
    const { client, refreshToken } = await signIn();
    await expect
      .poll(async () => (await sandbox.sessions())[0]?.alive, { interval: 100, timeout: 20_000 })
      .toBe(false);
    await expect(refresh(client, refreshToken)).rejects.toEqual(named('InvalidGrantException'));
  });
});

describe('refresh', () => {
  it('rotates; a used token goes on working, unless rotation is strict', async () => {
    const first = await signIn();
    const second = await refresh(first.client, first.refreshToken);
    expect(second.refreshToken).not.toBe(first.refreshToken);
    await refresh(first.client, first.refreshToken);
    await sandbox.switches({ strictRotation: true });
    await expect(refresh(first.client, first.refreshToken)).rejects.toEqual(named('InvalidGrantException'));
    await refresh(first.client, second.refreshToken);
  });

  it('gives no refresh token when told not to', async () => {
    await sandbox.switches({ issueRefreshTokens: false });
    expect((await signIn()).refreshToken).toBeUndefined();
  });

  it('belongs to the client that got the token', async () => {
    const { refreshToken } = await signIn();
    await expect(refresh(await register(), refreshToken)).rejects.toEqual(named('InvalidGrantException'));
  });

  it('ends with the registration', async () => {
    const { client, refreshToken } = await signIn();
    await sandbox.switches({ expireRegistrations: true });
    await expect(refresh(client, refreshToken)).rejects.toEqual(named('InvalidClientException'));
  });
});

describe('sign-in with a device code', () => {
  async function start(client: RegisterClientCommandOutput) {
    const { clientId, clientSecret } = client;
    const given = await oidc.send(
      new StartDeviceAuthorizationCommand({ clientId, clientSecret, startUrl: sandbox.startUrl }),
    );
    const poll = () =>
      oidc.send(
        new CreateTokenCommand({
          clientId,
          clientSecret,
          grantType: deviceGrant,
          deviceCode: given.deviceCode,
        }),
      );
    return { ...given, poll };
  }

  beforeEach(() => sandbox.switches({ lifetimes: { deviceInterval: 0.01 } }));
  const interval = () => new Promise((resolve) => setTimeout(resolve, 15));

  it('is pending until the person allows it', async () => {
    const device = await start(await register());
    await expect(device.poll()).rejects.toEqual(named('AuthorizationPendingException'));
    const visit = await sandbox.approve(device.verificationUriComplete ?? '');
    expect(visit.text).toContain('Request approved');
    await interval();
    expect((await device.poll()).refreshToken).toMatch(/^aor/);
    await interval();
    await expect(device.poll()).rejects.toEqual(named('InvalidGrantException'));
  });

  it('can be denied', async () => {
    const device = await start(await register());
    await sandbox.deny(device.verificationUriComplete ?? '');
    await expect(device.poll()).rejects.toEqual(named('AccessDeniedException'));
  });

  it('asks for the code on the bare page, and does not care how it is typed', async () => {
    const device = await start(await register());
    const bare = await (await fetch(device.verificationUri ?? '')).text();
    expect(bare).toContain('name="user_code"');
    const typed = device.userCode?.toLowerCase().replace('-', ' ') ?? '';
    await sandbox.approve(`${device.verificationUri}?user_code=${encodeURIComponent(typed)}`);
    expect((await device.poll()).accessToken).toBeDefined();
    expect((await sandbox.approve(`${device.verificationUri}?user_code=NONE-SUCH`)).status).toBe(400);
  });

  it('tells a hasty client to slow down', async () => {
    await sandbox.switches({ lifetimes: { deviceInterval: 60 } });
    const device = await start(await register());
    await expect(device.poll()).rejects.toEqual(named('AuthorizationPendingException'));
    await expect(device.poll()).rejects.toEqual(named('SlowDownException'));
  });

  it('expires', async () => {
    await sandbox.switches({ lifetimes: { deviceCode: 0.001 } });
    const device = await start(await register());
    await interval();
    await expect(device.poll()).rejects.toEqual(named('ExpiredTokenException'));
  });

  it('needs nobody when sign-ins are allowed by themselves', async () => {
    await sandbox.switches({ autoApprove: true });
    expect((await (await start(await register())).poll()).accessToken).toBeDefined();
  });

  it('gives a client without scopes (a legacy profile) one token for the whole session', async () => {
    const device = await start(
      await register({ scopes: [], grantTypes: undefined, redirectUris: undefined }),
    );
    await sandbox.approve(device.verificationUriComplete ?? '');
    const token = await device.poll();
    expect(token.refreshToken).toBeUndefined();
    expect(token.expiresIn).toBeGreaterThan(8 * 3600 - 60);
  });
});

describe('the portal', () => {
  it('lists accounts and roles in pages', async () => {
    const { accessToken } = await signIn();
    const accounts: (string | undefined)[] = [];
    const roles: string[] = [];
    for await (const page of paginateListAccounts({ client: portal }, { accessToken })) {
      accounts.push(...(page.accountList ?? []).map(({ accountId }) => accountId));
    }
    for (const accountId of accounts) {
      for await (const page of paginateListAccountRoles({ client: portal }, { accessToken, accountId })) {
        roles.push(...(page.roleList ?? []).map((role) => `${role.accountId}/${role.roleName}`));
      }
    }
    expect(accounts).toHaveLength(3);
    expect(roles).toContain('111122223333/BedrockDeveloper');
    expect(roles).toHaveLength(6);
    expect((await sandbox.requests({ operation: 'ListAccounts' })).length).toBeGreaterThan(1);
  });

  it('gives each role credentials that are new every time, with their end in milliseconds', async () => {
    const { accessToken } = await signIn();
    const role = { accessToken, accountId: '111122223333', roleName: 'BedrockDeveloper' };
    const first = (await portal.send(new GetRoleCredentialsCommand(role))).roleCredentials;
    const second = (await portal.send(new GetRoleCredentialsCommand(role))).roleCredentials;
    expect(first?.accessKeyId).toMatch(/^ASIA[A-Z2-7]{16}$/);
    expect(second?.accessKeyId).not.toBe(first?.accessKeyId);
    expect(Math.abs((first?.expiration ?? 0) - Date.now() - 3_600_000)).toBeLessThan(60_000);
    const issued = await sandbox.issued();
    expect(issued.map(({ generation, source }) => `${generation} ${source}`)).toEqual([
      '1 portal',
      '2 portal',
    ]);
    expect(JSON.stringify(issued)).not.toContain('SbxSecret');
  });

  it('names what is wrong', async () => {
    const { accessToken } = await signIn();
    const credentials = (accountId: string, roleName: string, token = accessToken) =>
      portal.send(new GetRoleCredentialsCommand({ accessToken: token, accountId, roleName }));
    await expect(credentials('111122223333', 'Nobody')).rejects.toMatchObject({
      name: 'ForbiddenException',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(credentials('111122223333', 'BedrockDeveloper', 'made-up')).rejects.toMatchObject({
      name: 'UnauthorizedException',
      message: 'Session token not found or invalid',
    });
    await expect(
      portal.send(new ListAccountRolesCommand({ accessToken, accountId: '999999999999' })),
    ).rejects.toEqual(named('ResourceNotFoundException'));
    await expect(portal.send(new ListAccountsCommand({ accessToken, nextToken: 'made-up' }))).rejects.toEqual(
      named('InvalidRequestException'),
    );
    await sandbox.switches({ deniedRoles: ['*/BedrockDeveloper'] });
    await expect(credentials('111122223333', 'BedrockDeveloper')).rejects.toEqual(
      named('ForbiddenException'),
    );
    await sandbox.switches({ expireAccessTokens: true });
    await expect(credentials('111122223333', 'AdministratorAccess')).rejects.toEqual(
      named('UnauthorizedException'),
    );
  });
});

describe('secrets', () => {
  it('carry the marker that a scan for leaks looks for, and stand in no record', async () => {
    const { client, accessToken, refreshToken } = await signIn();
    const role = { accessToken, accountId: '111122223333', roleName: 'BedrockDeveloper' };
    const { roleCredentials } = await portal.send(new GetRoleCredentialsCommand(role));
    await fetch(`${sandbox.baseUrl}/nonsense?token=${accessToken}`, {
      headers: { authorization: `Bearer ${accessToken}` },
    });
    const secrets = [
      client.clientSecret,
      accessToken,
      refreshToken,
      landed[0]?.searchParams.get('code'),
      roleCredentials?.secretAccessKey,
      roleCredentials?.sessionToken,
    ];
    for (const secret of secrets) expect(secret).toContain('SbxSecret');
    const shown = [
      await sandbox.requests(),
      await sandbox.issued(),
      await sandbox.sessions(),
      await sandbox.switches(),
    ];
    expect(JSON.stringify(shown)).toContain(roleCredentials?.accessKeyId);
    expect(JSON.stringify(shown)).not.toContain('SbxSecret');
  });
});

describe('errors of OIDC', () => {
  it.each([
    ['issuerUrl', { issuerUrl: 'https://nowhere.awsapps.com/start' }, 'InvalidRequestException'],
    ['clientType', { clientType: 'confidential' }, 'InvalidClientMetadataException'],
    ['redirectUris', { redirectUris: ['https://example.com/'] }, 'InvalidRedirectUriException'],
    ['grantTypes', { grantTypes: ['password'] }, 'UnsupportedGrantTypeException'],
  ])('a wrong %s at registration', async (_, wrong, name) => {
    await expect(register(wrong)).rejects.toEqual(named(name));
  });

  it('a wrong start URL, client secret or grant', async () => {
    const { clientId, clientSecret } = await register();
    const device = (startUrl: string, secret = clientSecret) =>
      oidc.send(new StartDeviceAuthorizationCommand({ clientId, clientSecret: secret, startUrl }));
    await expect(device('https://nowhere.awsapps.com/start')).rejects.toEqual(
      named('InvalidRequestException'),
    );
    await expect(device(sandbox.startUrl, 'wrong')).rejects.toMatchObject({
      name: 'InvalidClientException',
      $metadata: { httpStatusCode: 401 },
    });
    await device(`${sandbox.startUrl}/#/`);
    await expect(
      oidc.send(new CreateTokenCommand({ clientId, clientSecret, grantType: 'password' })),
    ).rejects.toEqual(named('UnsupportedGrantTypeException'));
  });

  it.each([
    'AccessDeniedException',
    'AuthorizationPendingException',
    'ExpiredTokenException',
    'InternalServerException',
    'InvalidClientException',
    'InvalidGrantException',
    'InvalidRequestException',
    'InvalidScopeException',
    'SlowDownException',
    'UnauthorizedClientException',
    'UnsupportedGrantTypeException',
  ] as const)('%s on demand, as the SDK knows it, once', async (name) => {
    const { client, refreshToken } = await signIn();
    await sandbox.switches({ oidcError: { name, count: 1, operation: 'CreateToken' } });
    await register();
    await expect(refresh(client, refreshToken)).rejects.toMatchObject({
      name,
      error: expect.stringMatching(/^[a-z_]+$/),
    });
    await refresh(client, refreshToken);
  });
});
