import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
  agent = await startKeepAlive(sandbox);
});
afterEach(() => agent[Symbol.asyncDispose]());

const browser = { ssoSession: 'sandbox', flow: 'auto', openBrowser: true } as const;
const quiet = { ssoSession: 'sandbox', flow: 'pkce', openBrowser: false } as const;
const cacheDir = () => join(agent.home, '.aws', 'sso', 'cache');
const tokenFile = () => join(cacheDir(), `${createHash('sha1').update('sandbox').digest('hex')}.json`);
const callbackOf = (url: string) => new URL(new URL(url).searchParams.get('redirect_uri') ?? '');

/** A raw request to the listener, with any Host and method. */
function ask(
  target: URL,
  options: { host?: string; method?: string; path?: string } = {},
): Promise<{ status: number; headers: Record<string, unknown>; text: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port: target.port,
        method: options.method ?? 'GET',
        path: options.path ?? `${target.pathname}${target.search}`,
        headers: { host: options.host ?? target.host },
        agent: false,
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      },
    );
    asked.on('error', reject).end();
  });
}

/** Whether anybody listens at that port. */
function listens(port: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: Number(port) });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

describe('PKCE', () => {
  it('signs in through the browser: token in the file as the AWS CLI writes it, 0600, listener gone', async () => {
    let page: Promise<{ text: string; status: number }> | undefined;
    agent.onOpen = (url) => {
      page = sandbox.approve(url);
    };
    const view = await agent.desk.start(browser);
    expect(view).toMatchObject({ flow: 'pkce', userCode: null, ssoSession: 'sandbox' });
    expect(agent.opened).toEqual([view.url]);
    const { expiresAt } = await agent.desk.wait(view.id);
    expect(expiresAt).toBeGreaterThan(Date.now() + 59 * 60_000);
    expect(agent.view()).toMatchObject({ state: 'valid', generation: 1, refreshable: true, signIn: null });

    const shown = await page;
    expect(shown?.status).toBe(200);
    expect(shown?.text).toContain('You are signed in');

    const file = JSON.parse(await readFile(tokenFile(), 'utf8')) as Record<string, string>;
    expect(Object.keys(file).sort()).toEqual(
      [
        'startUrl',
        'region',
        'accessToken',
        'expiresAt',
        'clientId',
        'clientSecret',
        'registrationExpiresAt',
        'refreshToken',
      ].sort(),
    );
    expect(file.accessToken).toBe(await agent.keeper.accessToken('sandbox'));
    for (const name of await readdir(cacheDir())) {
      expect((await stat(join(cacheDir(), name))).mode & 0o777).toBe(0o600);
    }
    const { port } = callbackOf(view.url);
    await expect.poll(() => listens(port)).toBe(false);
    // Nothing of it in the page or the log.
    for (const secret of [file.accessToken, file.refreshToken, file.clientSecret, 'SbxSecret']) {
      expect(shown?.text).not.toContain(secret);
      expect(agent.log).not.toContain(secret);
    }
  });

  it('asks for a registration once: the second sign-in uses the file', async () => {
    await agent.signIn();
    await agent.keeper.signOut('sandbox');
    expect(agent.view().state).toBe('signedOut');
    expect(await readdir(cacheDir())).toHaveLength(1);
    await agent.stop();
    const again = await startKeepAlive(sandbox, { home: agent.home });
    await again.signIn();
    await again.stop();
    expect(await sandbox.requests({ operation: 'RegisterClient' })).toHaveLength(1);
  });

  it('replaces a registration in the file that the service has forgotten, before the browser opens', async () => {
    await agent.signIn();
    await agent.keeper.signOut('sandbox');
    await agent.stop();
    await sandbox.reset();
    const again = await startKeepAlive(sandbox, { home: agent.home });
    await again.signIn();
    expect(again.view().state).toBe('valid');
    await again.stop();
  });

  it('listens before anybody knows the address', async () => {
    const { url } = await agent.desk.start(quiet);
    expect(agent.opened).toEqual([]);
    expect(await listens(callbackOf(url).port)).toBe(true);
    expect(callbackOf(url).hostname).toBe('127.0.0.1');
  });

  it('denied in the browser: told so there and here, nothing written', async () => {
    const { id, url } = await agent.desk.start(quiet);
    const ended = codeOf(agent.desk.wait(id));
    const page = await sandbox.deny(url);
    expect(page.text).toContain('The sign-in was denied');
    expect(await ended).toBe('SignInDenied');
    expect(agent.view()).toMatchObject({ state: 'signedOut', signIn: null });
    await expect(readdir(cacheDir())).rejects.toThrow('ENOENT');
  });

  it('speaks the language of the person', async () => {
    const chinese = await startKeepAlive(sandbox, { language: 'zh-CN' });
    const { url } = await chinese.desk.start(quiet);
    const page = await sandbox.approve(url);
    expect(page.text).toContain('<html lang="zh-CN">');
    expect(page.text).toContain('已登录');
    await chinese[Symbol.asyncDispose]();
  });

  it('ignores answers with another state, another Host, path or method; the right one still counts', async () => {
    const { id, url } = await agent.desk.start(quiet);
    const callback = callbackOf(url);
    const wrong = new URL(callback);
    wrong.searchParams.set('state', '<script>alert(1)</script>');
    wrong.searchParams.set('code', 'stolen-code');
    const stray = await ask(wrong);
    expect(stray.status).toBe(400);
    expect(stray.text).toContain('does not belong to a sign-in');
    expect(stray.text).not.toMatch(/script|stolen-code/);
    expect(stray.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect(stray.headers).toMatchObject({
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    const state = new URL(url).searchParams.get('state') ?? '';
    const path = `/oauth/callback?state=${state}`;
    expect((await ask(callback, { path: `${path}&code=a&code=b` })).status).toBe(400);
    expect((await ask(callback, { path: `${path}&code=a&error=b` })).status).toBe(400);
    expect((await ask(callback, { path, host: `localhost:${callback.port}` })).status).toBe(421);
    expect((await ask(callback, { path, host: `rebound.example:${callback.port}` })).status).toBe(421);
    expect((await ask(callback, { path: '/' })).status).toBe(404);
    expect((await ask(callback, { path: `//evil.example${path}` })).status).toBe(404);
    expect((await ask(callback, { path: `${path}&code=a`, method: 'POST' })).status).toBe(405);
    expect(agent.desk.current('sandbox')?.id).toBe(id);
    await sandbox.approve(url);
    expect(await agent.desk.wait(id)).toMatchObject({ ssoSession: 'sandbox' });
  });

  it('a code that the service refuses is a failure with its reason, in the page too', async () => {
    const { id, url } = await agent.desk.start(quiet);
    const ended = codeOf(agent.desk.wait(id));
    const callback = callbackOf(url);
    callback.searchParams.set('state', new URL(url).searchParams.get('state') ?? '');
    callback.searchParams.set('code', 'made-up');
    const page = await ask(callback);
    expect(page.status).toBe(502);
    expect(page.text).toContain('InvalidGrant');
    expect(page.text).not.toContain('made-up');
    expect(await ended).toBe('SignInFailed');
  });

  it('two askers share it; a cancel closes the listener for both', async () => {
    const [one, two] = await Promise.all([agent.desk.start(quiet), agent.desk.start(quiet)]);
    expect(two).toEqual(one);
    const ended = codeOf(agent.desk.wait(one.id));
    agent.desk.cancel(one.id);
    expect(await ended).toBe('SignInCancelled');
    await expect.poll(() => listens(callbackOf(one.url).port)).toBe(false);
  });
});

describe('the device code', () => {
  it('takes over where no browser can be opened: the same sign-in, with a code', async () => {
    agent.hasBrowser = false;
    const view = await agent.desk.start(browser);
    expect(view).toMatchObject({ flow: 'device', userCode: expect.stringMatching(/^\w{4}-\w{4}$/) });
    expect(agent.opened).toHaveLength(1);
    await expect.poll(() => listens(callbackOf(agent.opened[0] ?? '').port)).toBe(false);
    await sandbox.approve(view.url);
    expect(await agent.desk.wait(view.id)).toMatchObject({ ssoSession: 'sandbox' });
    expect(agent.view().state).toBe('valid');
  });

  it('denied: told so', async () => {
    const view = await agent.desk.start({ ...quiet, flow: 'device' });
    const ended = codeOf(agent.desk.wait(view.id));
    await sandbox.deny(view.url);
    expect(await ended).toBe('SignInDenied');
  });

  it('abandoned: ends with the code, and nothing was written', async () => {
    await sandbox.switches({ lifetimes: { deviceCode: 2 } });
    const view = await agent.desk.start({ ...quiet, flow: 'device' });
    expect(await codeOf(agent.desk.wait(view.id))).toBe('SignInTimedOut');
    await expect(readdir(cacheDir())).rejects.toThrow('ENOENT');
  });

  it('goes on through a SlowDown and a server error', async () => {
    const view = await agent.desk.start({ ...quiet, flow: 'device' });
    await sandbox.switches({ serverErrorNext: 1, faultServices: ['oidc'] });
    await sandbox.approve(view.url);
    expect(await agent.desk.wait(view.id)).toMatchObject({ ssoSession: 'sandbox' });
  });
});

describe('a sign-in that cannot begin', () => {
  it.each(['auto', 'device'] as const)('unknown start URL (%s): named, nothing written', async (flow) => {
    const [session] = agent.catalog.sessions;
    if (!session) throw new Error('no session');
    agent.catalog.sessions = [{ ...session, startUrl: 'https://nobody.awsapps.com/start' }];
    expect(await codeOf(agent.desk.start({ ...quiet, flow }))).toBe('StartUrlInvalid');
    await expect(readdir(cacheDir())).rejects.toThrow('ENOENT');
  });

  it('no network: said so, and the next try works', async () => {
    await sandbox.switches({ dropNext: 1, faultServices: ['oidc'] });
    expect(await codeOf(agent.desk.start(quiet))).toBe('NetworkUnavailable');
    expect((await agent.desk.start(quiet)).url).toContain('/authorize?');
  });
});
