import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOidc } from '../../../src/aws/oidc.ts';
import { formatDate, readToken, ssoCacheDir, writeToken } from '../../../src/aws/sso-cache.ts';
import { codeOf } from '../../support/code-of.ts';
import { type SandboxProcess, startSandbox } from '../../support/sandbox.ts';
import { type KeepAliveAgent, startKeepAlive } from './keep-alive-agent.ts';

let sandbox: SandboxProcess;
let agent: KeepAliveAgent;

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());
beforeEach(async () => {
  await sandbox.reset();
  await sandbox.switches({ strictRotation: true, autoApprove: true });
  agent = await startKeepAlive(sandbox);
});
afterEach(() => agent[Symbol.asyncDispose]());

const cacheDir = () => ssoCacheDir(agent.home);
const tokenFile = () => join(cacheDir(), `${createHash('sha1').update('sandbox').digest('hex')}.json`);
const tokenInFile = async () => {
  const { token } = await readToken(cacheDir(), 'sandbox');
  if (!token) throw new Error('no token in the file');
  return token;
};
const signIn = (a: KeepAliveAgent = agent) => a.signIn();
const refreshes = async () =>
  (await sandbox.requests({ operation: 'CreateToken' })).filter(
    (r) => r.detail?.grantType === 'refresh_token',
  );

describe('keep-alive', () => {
  it('with short lifetimes: three generations of credentials and two refreshes, strictly rotated, nobody acting', async () => {
    await sandbox.switches({ lifetimes: { accessToken: 6, roleCredentials: 5 } });
    await signIn();
    agent.broker.hold('dev');
    const keys = new Set<string>();
    await agent.until(
      agent.broker,
      () => {
        const view = agent.broker.views().find((v) => v.profile === 'dev');
        return (view?.generation ?? 0) >= 4 && agent.view().generation >= 3;
      },
      'four generations',
      60_000,
    );
    const credentials = await agent.broker.credentials('dev');
    keys.add(credentials.accessKeyId);
    expect(credentials.expiresAt).toBeGreaterThan(Date.now());
    expect((await sandbox.issued()).map((k) => k.accessKeyId)).toContain(credentials.accessKeyId);
    expect(agent.view()).toMatchObject({ problem: null });
    expect((await refreshes()).every((r) => r.status === 200)).toBe(true);
    // Each refresh is in the file, for every other tool, once the disk has it.
    const both = async () => [await agent.keeper.accessToken('sandbox'), (await tokenInFile()).accessToken];
    await expect
      .poll(async () => {
        const [held, written] = await both();
        return held === written;
      })
      .toBe(true);
    for (const secret of ['SbxSecret', credentials.secretAccessKey, ...(await both())]) {
      expect(agent.log).not.toContain(secret);
    }
  });

  it('a restart goes on from the file, without a person', async () => {
    await signIn();
    const before = await agent.keeper.accessToken('sandbox');
    await agent.stop();
    const next = await startKeepAlive(sandbox, { home: agent.home });
    expect(next.view()).toMatchObject({ state: 'valid', generation: 0 });
    expect(await next.keeper.accessToken('sandbox')).toBe(before);
    await next.stop();
  });

  it('keeps fields in the token file that it does not know', async () => {
    await signIn();
    const file = JSON.parse(await readFile(tokenFile(), 'utf8')) as Record<string, unknown>;
    await writeFile(tokenFile(), JSON.stringify({ ...file, somebodyElses: { kept: true } }));
    await agent.keeper.rejected('sandbox', String(file.accessToken));
    const after = JSON.parse(await readFile(tokenFile(), 'utf8')) as Record<string, unknown>;
    expect(after.accessToken).not.toBe(file.accessToken);
    expect(after.somebodyElses).toEqual({ kept: true });
  });
});

describe('beside other tools', () => {
  it('adopts a sign-in made elsewhere within a second, and honours the logout', async () => {
    const other = await startKeepAlive(sandbox);
    await signIn(other);
    const { token } = await readToken(ssoCacheDir(other.home), 'sandbox');
    if (!token) throw new Error('no token');
    await other[Symbol.asyncDispose]();

    expect(agent.view().state).toBe('signedOut');
    await writeToken(cacheDir(), 'sandbox', token);
    // Not before it is there: a busy disk takes seconds to sync a file.
    let started = Date.now();
    await agent.keeper.untilValid('sandbox', AbortSignal.timeout(20_000));
    expect(Date.now() - started).toBeLessThan(1_000);
    expect(await agent.keeper.accessToken('sandbox')).toBe(token.accessToken);

    await agent.broker.credentials('dev');
    await rm(tokenFile());
    started = Date.now();
    await agent.until(agent.keeper, () => agent.view().state === 'signedOut', 'signed out');
    expect(Date.now() - started).toBeLessThan(1_000);
    expect(agent.broker.views()).toMatchObject([{ state: 'absent', expiresAt: null }]);
    expect(agent.keeper.prompt()).toBeNull();
  });

  it('a token that a rival rotated in the very moment is found in the file: no sign-in needed', async () => {
    await signIn();
    const held = await tokenInFile();
    const rotated = await createOidc({ region: sandbox.region, env: sandbox.environment() }).refresh(held);
    // The rival has the answer and is about to write it; we refresh with the token it has used.
    const forced = agent.keeper.rejected('sandbox', held.accessToken);
    await sandbox.waitForRequests({ operation: 'CreateToken' }, 3);
    await writeToken(cacheDir(), 'sandbox', rotated);
    await forced;
    expect(agent.view()).toMatchObject({ state: 'valid', problem: null });
    expect(await agent.keeper.accessToken('sandbox')).toBe(rotated.accessToken);
    expect((await refreshes()).map((r) => r.error)).toContain('InvalidGrantException');
  });

  it('two agents on one HOME keep each other alive instead of ending the session', async () => {
    await sandbox.switches({ lifetimes: { accessToken: 4 } });
    await signIn();
    const twin = await startKeepAlive(sandbox, { home: agent.home });
    const rounds = (await tokenInFile()).accessToken;
    await agent.until(agent.keeper, () => agent.view().generation >= 5, 'five generations', 60_000);
    expect(rounds).not.toBe((await tokenInFile()).accessToken);
    for (const each of [agent, twin]) {
      expect(await codeOf(each.keeper.accessToken('sandbox'))).toBe('resolved');
      expect(each.keeper.prompt()).toBeNull();
    }
    await twin.stop();
  });
});

describe('the end, and trouble on the way', () => {
  it('ended by an administrator: the portal 401 survives a forced refresh, one prompt, a sign-in mends all', async () => {
    await signIn();
    await agent.broker.credentials('dev');
    await sandbox.switches({ endSsoSessions: true });
    expect(await codeOf(agent.broker.credentials('read'))).toBe('SignInNeeded');
    expect(agent.keeper.prompt()).toMatchObject({ ssoSession: 'sandbox', count: 1 });
    expect(agent.view().state).toBe('expired');
    // What AWS gave for the other role is good until it ends.
    expect(await codeOf(agent.broker.credentials('dev'))).toBe('resolved');
    await signIn();
    expect(agent.keeper.prompt()).toBeNull();
    expect(await codeOf(agent.broker.credentials('read'))).toBe('resolved');
  });

  it('an access token that the portal no longer takes is refreshed once, and nobody notices', async () => {
    await signIn();
    await sandbox.switches({ expireAccessTokens: true });
    expect(await codeOf(agent.broker.credentials('dev'))).toBe('resolved');
    expect(await refreshes()).toHaveLength(1);
    expect(agent.keeper.prompt()).toBeNull();
  });

  it('each OIDC client fault on refresh ends it by one prompt, and the file stays', async () => {
    for (const name of [
      'InvalidGrantException',
      'InvalidClientException',
      'ExpiredTokenException',
      'UnauthorizedClientException',
      'AccessDeniedException',
    ] as const) {
      await signIn();
      const { accessToken } = await tokenInFile();
      await sandbox.switches({ oidcError: { name, count: 1, operation: 'CreateToken' } });
      await agent.keeper.rejected('sandbox', accessToken);
      expect(agent.view().state, name).toBe('expired');
      expect(agent.keeper.prompt()?.count).toBe(1);
      expect((await tokenInFile()).accessToken).toBe(accessToken);
    }
  });

  it('an outage only degrades it: what is held is handed out, and it recovers by itself', async () => {
    await sandbox.switches({ lifetimes: { accessToken: 8, roleCredentials: 60 } });
    await signIn();
    agent.broker.hold('dev');
    await agent.until(agent.broker, () => agent.broker.views()[0]?.state === 'valid', 'credentials');
    await sandbox.switches({ dropNext: 1, faultServices: ['oidc'] });
    await agent.until(agent.keeper, () => agent.view().state === 'degraded', 'degraded');
    expect(agent.view().problem).toMatchObject({ code: 'NetworkUnavailable' });
    expect(await codeOf(agent.broker.credentials('dev'))).toBe('resolved');
    await agent.until(agent.keeper, () => agent.view().state === 'valid', 'valid again');
    expect(agent.keeper.prompt()).toBeNull();
  });

  it('without a refresh token it expires, and says so', async () => {
    await sandbox.switches({ issueRefreshTokens: false, lifetimes: { accessToken: 5 } });
    await signIn();
    expect(agent.view()).toMatchObject({ state: 'valid', refreshable: false });
    await agent.until(agent.keeper, () => agent.view().state === 'expired', 'expired');
    expect(agent.keeper.prompt()).toMatchObject({ reason: 'expired' });
    expect(await codeOf(agent.keeper.accessToken('sandbox'))).toBe('SignInNeeded');
  });

  it('a role that is taken away is denied; the others live on', async () => {
    await signIn();
    await sandbox.switches({ deniedRoles: ['111122223333/BedrockDeveloper'] });
    expect(await codeOf(agent.broker.credentials('dev'))).toBe('AccessDenied');
    expect(await codeOf(agent.broker.credentials('dev'))).toBe('AccessDenied');
    expect(await sandbox.requests({ operation: 'GetRoleCredentials' })).toHaveLength(1);
    expect(await codeOf(agent.broker.credentials('read'))).toBe('resolved');
  });

  it('credentials that AWS refuses are replaced', async () => {
    await signIn();
    const first = await agent.broker.credentials('dev');
    await sandbox.switches({ expireCredentials: true });
    const next = await agent.broker.credentials('dev', { rejected: first.accessKeyId });
    expect(next.accessKeyId).not.toBe(first.accessKeyId);
  });

  it('a malformed or half-written cache file is neither a sign-out nor a crash', async () => {
    await signIn();
    const good = await readFile(tokenFile(), 'utf8');
    for (const bad of ['', '{"accessToken": "x', '[]', 'null', `{"expiresAt":"${formatDate(Date.now())}"}`]) {
      await writeFile(tokenFile(), bad);
      await agent.keeper.untilValid('sandbox', AbortSignal.timeout(1_000));
    }
    // The last of them has been looked at when the good one is there again and taken for what it is.
    await writeFile(tokenFile(), good.replace(/"accessToken":"[^"]+"/, '"accessToken":"from-elsewhere"'));
    await expect.poll(() => agent.keeper.accessToken('sandbox')).toBe('from-elsewhere');
  });
});

describe('sign-out', () => {
  it('as `aws sso logout`: dead at the portal, gone from the cache, registrations stay', async () => {
    await signIn();
    await agent.broker.credentials('dev');
    const { accessToken } = await tokenInFile();
    expect(await agent.keeper.signOut()).toEqual(['sandbox']);
    expect((await readToken(cacheDir(), 'sandbox')).problem).toBe('missing');
    expect(await sandbox.requests({ operation: 'Logout' })).toMatchObject([{ status: 200 }]);
    expect((await sandbox.sessions()).every((s) => !s.alive)).toBe(true);
    expect(agent.broker.views()).toMatchObject([{ state: 'absent', expiresAt: null }]);
    expect(await codeOf(agent.broker.credentials('dev'))).toBe('SignInNeeded');
    expect(await agent.keeper.signOut()).toEqual([]);
    expect(agent.log).not.toContain(accessToken);
  });

  it("of all ends what other tools left too: a token of no configured SSO session, the AWS CLI's role cache", async () => {
    await signIn();
    await agent.stop();
    const left = await tokenInFile();
    await writeToken(cacheDir(), 'no-longer-configured', left);
    const roles = join(agent.home, '.aws', 'cli', 'cache');
    await mkdir(roles, { recursive: true });
    await writeFile(join(roles, 'sso.json'), '{"ProviderType":"sso","Credentials":{}}');
    await writeFile(join(roles, 'assumed.json'), '{"ProviderType":"assume-role","Credentials":{}}');
    await rm(tokenFile());
    const again = await startKeepAlive(sandbox, { home: agent.home });
    expect(await again.keeper.signOut()).toEqual([]);
    await again.stop();
    expect((await readToken(cacheDir(), 'no-longer-configured')).problem).toBe('missing');
    expect((await sandbox.sessions()).every((s) => !s.alive)).toBe(true);
    expect(await readdir(roles)).toEqual(['assumed.json']);
    // Registrations stay.
    expect(await readdir(cacheDir())).toHaveLength(1);
  });
});

describe('discovery', () => {
  it('lists every page of accounts and roles', async () => {
    await signIn();
    const accounts = await agent.broker.accounts('sandbox');
    expect(accounts.map((a) => a.accountId)).toEqual(['111122223333', '222233334444', '333344445555']);
    const roles = await agent.broker.roles('sandbox', '111122223333');
    expect(roles.map((r) => r.roleName)).toEqual([
      'BedrockDeveloper',
      'ReadOnlyAccess',
      'AdministratorAccess',
    ]);
  });
});
