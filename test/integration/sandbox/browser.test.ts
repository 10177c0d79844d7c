import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  RegisterClientCommand,
  SSOOIDCClient,
  StartDeviceAuthorizationCommand,
} from '@aws-sdk/client-sso-oidc';
import AxeBuilder from '@axe-core/playwright';
import type { BrowserContext, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasChromium, openChromium } from '../../support/desktop/browser.ts';
import { type OrdinaryUser, ordinaryUser } from '../../support/desktop/ordinary-user.ts';
import { giveTo } from '../../support/desktop/session-parts.ts';
import { type SandboxProcess, startSandbox } from '../../support/sandbox.ts';

/** The pages in a real browser: what a scripted person cannot show is that a browser's own rules let them work. */

function whyNot(): string {
  if (!hasChromium()) return ' (not installed: scripts/install-test-parts.ts --only apt)';
  try {
    ordinaryUser();
    return '';
  } catch (error) {
    return ` (${(error as Error).message})`;
  }
}
const missing = whyNot();

describe.skipIf(missing !== '')(`sign-in pages in Chromium${missing}`, () => {
  let sandbox: SandboxProcess;
  let listener: Server;
  let folder: string;
  let user: OrdinaryUser;
  let browser: BrowserContext;
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    sandbox = await startSandbox();
    listener = createServer((_, response) => {
      response.setHeader('content-type', 'text/html').end('<title>landed</title>');
    });
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    user = ordinaryUser();
    folder = mkdtempSync(join(tmpdir(), 'sandbox-browser-'));
    chmodSync(folder, 0o755);
    giveTo(user, folder);
    const env = { PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8' };
    browser = await openChromium({ user, env, folder });
    page = await browser.newPage();
    page.on('console', (message) => complaints.push(message.text()));
  });
  beforeEach(async () => {
    await sandbox.reset();
    await browser.clearCookies();
    await page.setExtraHTTPHeaders({ 'accept-language': 'en' });
    complaints.length = 0;
  });
  afterAll(async () => {
    await browser?.close();
    listener?.closeAllConnections();
    listener?.close();
    await sandbox?.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const client = () => new SSOOIDCClient({ region: sandbox.region, endpoint: sandbox.baseUrl });
  const register = () =>
    client().send(
      new RegisterClientCommand({
        clientName: 'Referee',
        clientType: 'public',
        scopes: ['sso:account:access'],
        redirectUris: ['http://127.0.0.1/oauth/callback'],
        grantTypes: ['authorization_code', 'refresh_token'],
      }),
    );

  async function authorizeUrl(): Promise<string> {
    const { clientId } = await register();
    const parameters = new URLSearchParams({
      response_type: 'code',
      client_id: clientId ?? '',
      redirect_uri: `http://127.0.0.1:${(listener.address() as AddressInfo).port}/oauth/callback`,
      state: 'the-state',
      code_challenge_method: 'S256',
      code_challenge: 'x'.repeat(43),
      scopes: 'sso:account:access',
    });
    return `${sandbox.baseUrl}/authorize?${parameters}`;
  }

  it('Allow leads to the listener with a code, and the warm browser is not asked again', async () => {
    await page.goto(await authorizeUrl());
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(/\/oauth\/callback\?code=.+&state=the-state/);
    expect(await page.title()).toBe('landed');
    await page.goto(await authorizeUrl());
    expect(page.url()).toContain('/oauth/callback?code=');
    expect(complaints).toEqual([]);
  });

  it('Deny leads to the listener with access_denied', async () => {
    await page.goto(await authorizeUrl());
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.waitForURL(/\/oauth\/callback\?error=access_denied/);
    expect(complaints).toEqual([]);
  });

  it('a device code is typed, checked and allowed by keyboard alone', async () => {
    const { clientId, clientSecret } = await register();
    const device = await client().send(
      new StartDeviceAuthorizationCommand({ clientId, clientSecret, startUrl: sandbox.startUrl }),
    );
    await page.goto(device.verificationUri ?? '');
    await page.getByLabel('Code').focus();
    await page.keyboard.type(device.userCode ?? '');
    await page.keyboard.press('Enter');
    await page.getByText(device.userCode ?? '').waitFor();
    await page.getByRole('button', { name: 'Allow' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Request approved' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it.each([
    ['en', 'light', 'Allow'],
    ['zh-CN', 'dark', '允许'],
  ] as const)('has no accessibility fault in %s, %s', async (language, colorScheme, allow) => {
    await page.setExtraHTTPHeaders({ 'accept-language': language });
    await page.emulateMedia({ colorScheme });
    await page.goto(await authorizeUrl());
    await page.getByRole('button', { name: allow }).waitFor();
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, help }) => `${id}: ${help}`)).toEqual([]);
  });
});
