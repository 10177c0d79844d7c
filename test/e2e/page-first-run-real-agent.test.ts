/**
 * The first run in the browser page on the real agent, real files and the loopback AWS: what goes wrong on the way is
 * said in AWS's own terms and mended from where it is said.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findClaude } from '../support/claude.ts';
import { hasChromium } from '../support/desktop/browser.ts';
import { type Installation, install } from '../support/installation.ts';

const claude = findClaude();
const missing = !hasChromium()
  ? 'Chromium is not installed'
  : !claude
    ? 'Claude Code is not installed for tests'
    : ['/usr/local/bin/claude', '/opt/homebrew/bin/claude', '/usr/bin/claude'].some((p) => existsSync(p))
      ? 'Claude Code is installed for everybody here'
      : undefined;
const artefacts = join(import.meta.dirname, '..', '..', 'test-artefacts', 'first-run');

describe.skipIf(missing !== undefined)(
  `a first run on the real agent${missing ? `: ${missing}` : ''}`,
  () => {
    let product: Installation;
    let browser: Browser;
    let page: Page;
    let config: string;

    /** A page of a browser that knows nothing of the one before. */
    const newBrowser = async (): Promise<Page> => {
      const context = await browser.newContext({ viewport: { width: 1100, height: 760 }, locale: 'en-US' });
      context.setDefaultTimeout(45_000);
      const opened = await context.newPage();
      const { stdout } = await product.run(['open', '--page']);
      await opened.goto(stdout.trim().split('\n').at(-1) ?? '');
      return opened;
    };
    const at = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
    const next = () => page.locator('.fr-foot .button.primary');
    const role = (name: string) => page.getByRole('treeitem', { name });
    const shot = (name: string) =>
      page.screenshot({ path: join(artefacts, `real-${name}.png`), animations: 'disabled' });
    const answer = async (decision: 'allow' | 'deny'): Promise<void> => {
      const url = (await page.locator('code.address').textContent()) ?? '';
      await product.sandbox.person.answer(url, decision);
    };

    beforeAll(async () => {
      mkdirSync(artefacts, { recursive: true });
      product = await install({
        switches: { alwaysAsk: true },
        env: { PATH: '/usr/bin:/bin', SHELL: '/bin/sh' },
      });
      config = join(product.sandbox.home, '.aws', 'config');
      rmSync(join(product.sandbox.home, '.aws'), { recursive: true });
      browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
      page = await newBrowser();
    }, 300_000);
    afterEach(async ({ task }) => {
      if (task.result?.state === 'fail') await shot('failed').catch(() => undefined);
    });
    afterAll(async () => {
      await browser?.close();
      await product?.stop();
    });

    test('an address without a portal writes nothing; a refusal in the browser is told; the sign-in holds in another browser', async () => {
      await at('Where do you sign in to AWS?');
      const { startUrl } = product.sandbox;
      const url = page.getByRole('textbox', { name: 'Start URL' });
      await url.fill(startUrl.replace(/[^/]*$/, 'nowhere'));
      await page.keyboard.press('Enter');
      await page.getByText('AWS knows no access portal at', { exact: false }).waitFor();
      expect(existsSync(config)).toBe(false);
      await shot('unknown');
      await url.fill(startUrl);
      await page.keyboard.press('Enter');
      await at('Press Allow in your browser');
      await answer('deny');
      await page.getByText('was denied in the browser', { exact: false }).waitFor();
      await shot('denied');
      await next().click();
      await at('Press Allow in your browser');
      await answer('allow');
      await at('Which role may use Bedrock?');
      // The agent dies, and another browser knows nothing of what was decided in this one: nothing is typed again.
      const { pid } = JSON.parse((await product.run(['agent', 'status', '--json'])).stdout) as {
        pid: number;
      };
      process.kill(pid, 'SIGKILL');
      await page.context().close();
      page = await newBrowser();
      await at('Use what is already here?');
      await page.getByText('Signed in', { exact: false }).first().waitFor();
      await next().click();
      await at('Which role may use Bedrock?');
    });

    test('a role that is denied and a model that is refused are exchanged where the check says so', async () => {
      await role('AdministratorAccess, Sandbox Development').click();
      // Taken away after it was listed: the portal lists only what it gives.
      await product.sandbox.switches({ deniedRoles: ['111122223333/AdministratorAccess'] });
      await next().click();
      await at('Where should the models run?');
      await next().click();
      await at('Something is still in the way');
      await page
        .getByText('AWS does not let you use role AdministratorAccess', { exact: false })
        .first()
        .waitFor();
      await shot('role-denied');
      await page.getByRole('button', { name: 'Choose another role' }).first().click();
      await role('BedrockDeveloper, Sandbox Development').click();
      await next().click();
      await at('Where should the models run?');
      // What was chosen before is not left behind.
      const environments = async (): Promise<string[]> => {
        const { stdout } = await product.run(['status', '--json']);
        return (JSON.parse(stdout) as { environments: { name: string }[] }).environments.map((e) => e.name);
      };
      await expect.poll(environments, { timeout: 30_000 }).toEqual(['Sandbox-Development-BedrockDeveloper']);
      const models = await product.run(['models', '--json']);
      const denied = [
        ...new Set([...models.stdout.matchAll(/"id": ?"(?:\w+\.)?(anthropic\.[^"]+)"/g)].map((m) => m[1])),
      ];
      expect(denied.length).toBeGreaterThan(2);
      await product.sandbox.switches({ deniedModels: denied as string[] });
      await next().click();
      await page.getByRole('button', { name: 'Choose another model or region' }).waitFor();
      await shot('model-refused');
      await product.sandbox.switches({ deniedModels: [] });
      await page.getByRole('button', { name: 'Check again' }).click();
      await at('Everything works');
      await shot('checked');
    });

    test('Claude Code that is installed meanwhile is noticed', async () => {
      await next().click();
      await at('Install Claude Code');
      await shot('install');
      const bin = join(product.sandbox.home, '.local', 'bin');
      mkdirSync(bin, { recursive: true });
      symlinkSync(claude as string, join(bin, 'claude'));
      await at('Open Claude Code');
      await page.getByText(/^Claude Code 2\.\d+\.\d+ was found\.$/).waitFor();
      await next().click();
      await page.locator('.terminal-host[data-state=live]').waitFor();
      expect(readFileSync(config, 'utf8')).toContain('sso_role_name = BedrockDeveloper');
      const { settings, sessions } = JSON.parse((await product.run(['status', '--json'])).stdout) as {
        settings: { setupDone: boolean };
        sessions: { cwd: string }[];
      };
      expect([settings.setupDone, sessions.map((s) => s.cwd)]).toEqual([true, [product.sandbox.home]]);
    });
  },
);
