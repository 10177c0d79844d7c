import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { withBedrock } from '../../../src/aws/bedrock.ts';
import { type AwsFault, OidcFault } from '../../../src/aws/faults.ts';
import { createOidc, defaultScopes, registeredRedirectUri } from '../../../src/aws/oidc.ts';
import { createPortal } from '../../../src/aws/portal.ts';
import type { SsoToken } from '../../../src/aws/sso-cache.ts';
import { callerIdentity } from '../../../src/aws/sts.ts';
import { type SandboxProcess, startSandbox } from '../../support/sandbox.ts';

/** The clients of AWS's services against the loopback AWS. */

let sandbox: SandboxProcess;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());
afterEach(() =>
  sandbox.switches({ oidcError: null, throttleNext: 0, serverErrorNext: 0, deniedRoles: [], latencyMs: 0 }),
);
/** Only what is asked from now on counts. */
const latest = async () => (await sandbox.requests()).at(-1)?.id ?? 0;

const where = () => ({ region: sandbox.region, env: sandbox.environment() });
const fault = async (call: Promise<unknown>): Promise<AwsFault> =>
  call.then(
    () => expect.fail('it did not fail'),
    (e: AwsFault) => e,
  );

async function signIn(): Promise<SsoToken> {
  const oidc = createOidc(where());
  const registration = await oidc.registerClient({
    startUrl: sandbox.startUrl,
    scopes: defaultScopes,
    flow: 'pkce',
    sessionName: 'test',
  });
  expect(registration.grantTypes).toEqual(['authorization_code', 'refresh_token']);
  const codeVerifier = randomBytes(48).toString('base64url');
  // Where nobody listens: the person's browser stops there, and its address bar shows the code.
  const redirectUri = registeredRedirectUri.replace('127.0.0.1', `127.0.0.1:${await closedPort()}`);
  const url = oidc.authorizeUrl({
    clientId: registration.clientId,
    redirectUri,
    state: 'st ate',
    codeChallenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    scopes: defaultScopes,
  });
  const landed = await withListener(new URL(redirectUri), () => sandbox.approve(url));
  expect(landed.searchParams.get('state')).toBe('st ate');
  return oidc.createTokenWithCode({
    registration,
    startUrl: sandbox.startUrl,
    code: landed.searchParams.get('code') ?? '',
    redirectUri,
    codeVerifier,
  });
}

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

/** Runs `act` while something answers at `url`; gives the address that was asked for. */
async function withListener(url: URL, act: () => Promise<unknown>): Promise<URL> {
  const { createServer: createHttp } = await import('node:http');
  let asked = '';
  const server = createHttp((request, response) => {
    asked = request.url ?? '';
    response.setHeader('connection', 'close').end('done');
  }).listen(Number(url.port), '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  await act();
  await new Promise((done) => server.close(done));
  return new URL(asked, url);
}

describe('OIDC', () => {
  test('authorization code with PKCE, then a refresh', async () => {
    const token = await signIn();
    expect(token).toMatchObject({ startUrl: sandbox.startUrl, region: sandbox.region });
    expect(token.expiresAt - Date.now()).toBeGreaterThan(3500_000);
    expect(token.registrationExpiresAt).toBeGreaterThan(token.expiresAt);
    const fresh = await createOidc(where()).refresh(token);
    expect(fresh.accessToken).not.toBe(token.accessToken);
    expect(fresh.refreshToken).toBeTruthy();
    expect(fresh).toMatchObject({ clientId: token.clientId, clientSecret: token.clientSecret });
  });

  test('device code: pending until the person allows it', async () => {
    const oidc = createOidc(where());
    const registration = await oidc.registerClient({
      startUrl: sandbox.startUrl,
      scopes: defaultScopes,
      flow: 'device',
      sessionName: null,
    });
    expect(registration).not.toHaveProperty('grantTypes');
    const device = await oidc.startDeviceAuthorization(registration, sandbox.startUrl);
    expect(device.intervalMs).toBe(1000);
    expect(device.verificationUriComplete).toContain(device.userCode);
    const poll = () =>
      oidc.createTokenWithDeviceCode({
        registration,
        startUrl: sandbox.startUrl,
        deviceCode: device.deviceCode,
      });
    expect(await fault(poll())).toMatchObject({ kind: 'client', name: 'AuthorizationPendingException' });
    await sandbox.approve(device.verificationUriComplete);
    // The pause that the service asks of a client between two polls.
    await new Promise((done) => setTimeout(done, device.intervalMs + 100));
    expect(await poll()).toMatchObject({ startUrl: sandbox.startUrl, refreshToken: expect.any(String) });
  });

  test('a response without a refresh token gives a token without one', async () => {
    const token = await signIn();
    await sandbox.switches({ issueRefreshTokens: false });
    const fresh = await createOidc(where()).refresh(token);
    await sandbox.switches({ issueRefreshTokens: true });
    expect(fresh).not.toHaveProperty('refreshToken');
    expect(await fault(createOidc(where()).refresh(fresh))).toMatchObject({
      kind: 'client',
      name: 'NotRefreshable',
    });
  });

  test('every error of the service comes out as a fault, asked once, without a secret', async () => {
    const token = await signIn();
    for (const [name, kind] of [
      ['InvalidGrantException', 'client'],
      ['InvalidClientException', 'client'],
      ['ExpiredTokenException', 'client'],
      ['UnauthorizedClientException', 'client'],
      ['AccessDeniedException', 'client'],
      ['SlowDownException', 'throttle'],
      ['InternalServerException', 'server'],
    ] as const) {
      await sandbox.switches({ oidcError: { name, count: 1, operation: 'CreateToken' } });
      const before = (await sandbox.requests({ operation: 'CreateToken' })).length;
      const error = await fault(createOidc(where()).refresh(token));
      expect(error, name).toBeInstanceOf(OidcFault);
      expect(error).toMatchObject({ kind, name, service: 'sso-oidc' });
      const shown = `${error.stack}${JSON.stringify(error)}`;
      for (const secret of [token.refreshToken, token.clientSecret, token.accessToken]) {
        expect(shown).not.toContain(secret);
      }
      expect((await sandbox.requests({ operation: 'CreateToken' })).length).toBe(before + 1);
    }
  });

  test('a start URL that does not exist', async () => {
    const startUrl = 'https://nobody.awsapps.com/start';
    const call = createOidc(where()).registerClient({
      startUrl,
      scopes: defaultScopes,
      flow: 'pkce',
      sessionName: 'x',
    });
    expect(await fault(call)).toMatchObject({ kind: 'client', name: 'InvalidRequestException' });
  });
});

describe('portal, STS and Bedrock', () => {
  let token: SsoToken;
  beforeAll(async () => {
    token = await signIn();
  });

  test('all pages of accounts and roles', async () => {
    await sandbox.switches({ portalPageSize: 1 });
    const after = await latest();
    const portal = createPortal(where());
    const accounts = await portal.accounts(token.accessToken);
    expect(accounts.length).toBeGreaterThan(1);
    expect(accounts.map((a) => a.accountId)).toContain('111122223333');
    const roles = await portal.roles(token.accessToken, '111122223333');
    expect(roles.map((r) => r.roleName)).toContain('BedrockDeveloper');
    const pages = await sandbox.requests({ after, operation: 'ListAccounts' });
    expect(pages.length).toBe(accounts.length);
  });

  test('credentials are whose they should be; models are listed with them', async () => {
    const credentials = await createPortal(where()).credentials(
      token.accessToken,
      '111122223333',
      'BedrockDeveloper',
    );
    expect(credentials.expiresAt - Date.now()).toBeGreaterThan(3500_000);
    expect(await callerIdentity(where(), credentials)).toMatchObject({ accountId: '111122223333' });
    await sandbox.switches({ bedrockPageSize: 3 });
    const after = await latest();
    const [profiles, models] = await withBedrock(where(), credentials, (bedrock) =>
      Promise.all([bedrock.profiles('SYSTEM_DEFINED'), bedrock.models()]),
    );
    expect(profiles).toContainEqual(
      expect.objectContaining({ id: 'us.anthropic.claude-opus-5-5', kind: 'inference-profile' }),
    );
    expect(models.some((m) => m.onDemand)).toBe(true);
    expect([...profiles, ...models].every((m) => m.id.includes('anthropic.'))).toBe(true);
    const signed = await sandbox.requests({ after, service: 'bedrock' });
    expect(signed.length).toBeGreaterThan(0);
    expect(signed.every((r) => r.accessKeyId === credentials.accessKeyId)).toBe(true);
  });

  test('faults of the portal', async () => {
    const portal = createPortal(where());
    const ask = () => portal.credentials(token.accessToken, '111122223333', 'BedrockDeveloper');
    expect(await fault(portal.accounts('not-a-token'))).toMatchObject({ kind: 'unauthorized' });
    await sandbox.switches({ deniedRoles: ['111122223333/BedrockDeveloper'] });
    expect(await fault(ask())).toMatchObject({ kind: 'forbidden' });
    await sandbox.switches({ deniedRoles: [], throttleNext: 1 });
    expect(await fault(ask())).toMatchObject({ kind: 'throttle' });
    await sandbox.switches({ serverErrorNext: 1 });
    expect(await fault(ask())).toMatchObject({ kind: 'server' });
    await sandbox.switches({ dropNext: 1 });
    expect(await fault(ask())).toMatchObject({ kind: 'network', host: new URL(sandbox.baseUrl).host });
    // All of that was asked once each: the SDK did not try again by itself.
    expect(await ask()).toMatchObject({ accountId: '111122223333' });
  });

  test('keys that were never issued are refused, and an ambient bearer token is not used', async () => {
    const keys = { accessKeyId: 'ASIA0000000000000000', secretAccessKey: 'x', sessionToken: 'y' };
    expect(await fault(callerIdentity(where(), keys))).toMatchObject({ kind: 'forbidden' });
    process.env.AWS_BEARER_TOKEN_BEDROCK = 'ambient';
    try {
      const after = await latest();
      expect((await fault(withBedrock(where(), keys, (bedrock) => bedrock.models()))).kind).toBe('forbidden');
      const asked = await sandbox.requests({ after, service: 'bedrock' });
      expect(new Set(asked.map(({ accessKeyId }) => accessKeyId))).toEqual(new Set([keys.accessKeyId]));
    } finally {
      delete process.env.AWS_BEARER_TOKEN_BEDROCK;
    }
  });

  test('logout ends the token', async () => {
    const own = await signIn();
    const portal = createPortal(where());
    await portal.logout(own.accessToken);
    expect(await fault(portal.accounts(own.accessToken))).toMatchObject({ kind: 'unauthorized' });
  });
});

test('nobody there, or an answer that never comes, is a network fault in bounded time', async () => {
  const port = await closedPort();
  const dead = createPortal({ region: 'us-east-1', env: { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` } });
  expect(await fault(dead.accounts('t'))).toMatchObject({ kind: 'network', name: 'ECONNREFUSED' });
  await sandbox.switches({ latencyMs: 30_000 });
  const begun = Date.now();
  const error = await fault(createPortal(where()).accounts('t'));
  await sandbox.switches({ latencyMs: 0 });
  expect(error.kind).toBe('network');
  expect(Date.now() - begun).toBeLessThan(11_500);
}, 30_000);
