/** Access and MFA in the page on the real agent, real files and the loopback AWS. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium } from '../support/desktop/browser.ts';
import { type Installation, install } from '../support/installation.ts';

const artefacts = join(import.meta.dirname, '..', '..', 'test-artefacts', 'page');

describe.skipIf(!hasChromium())('page on the real agent (needs Debian’s chromium)', () => {
  let product: Installation;
  let browser: Browser;
  let page: Page;
  let config: string;

  beforeAll(async () => {
    mkdirSync(artefacts, { recursive: true });
    product = await install({
      switches: {
        assumableRoles: ['Guarded'],
        roleConditions: { Guarded: { mfa: true } },
        mfaCodes: ['123456'],
      },
    });
    config = join(product.sandbox.home, '.aws', 'config');
    const user = await product.sandbox.createUser();
    writeFileSync(
      config,
      `${readFileSync(config, 'utf8')}
# Kept as it stands: comment, order, spaces.
[profile keys]
aws_access_key_id = ${user.accessKeyId}
aws_secret_access_key = ${user.secretAccessKey}
region = us-east-1
[profile  guarded]
role_arn = arn:aws:iam::222233334444:role/Guarded
source_profile = keys
mfa_serial = ${user.mfaSerial}
`,
    );
    const wish = ['--profile', 'guarded', '--region', 'us-east-1', '--use'];
    await product.run(['env', 'create', 'guarded', ...wish]);
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, locale: 'en-US' });
    context.setDefaultTimeout(45_000);
    page = await context.newPage();
    const { stdout } = await product.run(['open', '--page']);
    await page.goto(stdout.trim().split('\n').at(-1) ?? '');
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
  });

  const shot = (name: string) =>
    page.screenshot({ path: join(artefacts, `${name}.png`), animations: 'disabled' });

  test('a role behind an MFA device: a wrong code is refused with AWS’s reason, the right one makes it ready', async () => {
    await page.getByRole('heading', { name: 'Enter the code from your MFA device.' }).waitFor();
    const code = page.getByRole('textbox', { name: 'MFA code' });
    await code.fill('000000');
    await page.keyboard.press('Enter');
    await page.getByText('AWS did not accept the code', { exact: false }).waitFor();
    await shot('real-mfa-refused');
    await code.fill('123456');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'You are ready to use Amazon Bedrock.' }).waitFor();
    await shot('real-mfa-ready');
  });

  test('roles of an account become profiles in ~/.aws/config and are taken back byte by byte', async () => {
    const before = readFileSync(config);
    await page.getByRole('link', { name: /^Access/ }).click();
    await page.getByText('guarded ← keys').waitFor();
    const signIn = page.getByRole('listitem').filter({ hasText: 'sandbox' }).first();
    await signIn.getByRole('button', { name: 'Sign in', exact: true }).click();
    const url = (await signIn.locator('code.address').textContent()) ?? '';
    await product.sandbox.person.answer(url, 'allow');
    await page
      .getByRole('checkbox', { name: /^Choose all roles in/ })
      .first()
      .locator('xpath=ancestor::label')
      .click();
    await page.getByRole('button', { name: 'Add profiles…' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByRole('textbox', { name: 'Names' }).fill('{role}@{accountId}');
    const names = await sheet.locator('.preview li .mono').allTextContents();
    expect(names.length).toBeGreaterThan(1);
    await shot('real-create');
    await sheet.getByRole('button', { name: /^Add \d+ profiles/ }).click();
    await page.getByText(/profiles were added to/).waitFor();
    const written = readFileSync(config, 'utf8');
    for (const name of names) expect(written).toContain(`[profile ${name}]`);
    await page
      .getByText(names[0] ?? '')
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText(/^Taken back:/).waitFor();
    expect(readFileSync(config).equals(before)).toBe(true);
  });

  test('what the import shows is what it writes', async () => {
    const box = page.getByRole('checkbox', { name: /^Take over .* \(older form\)/ }).first();
    const name = /^Take over (.*) \(/.exec((await box.getAttribute('aria-label')) ?? '')?.[1];
    await box.locator('xpath=ancestor::label').click();
    await page.getByRole('button', { name: 'Look at 1 change…' }).click();
    const sheet = page.getByRole('dialog', { name: 'This is written to ~/.aws/config' });
    const shown = (await sheet.locator('pre').textContent()) ?? '';
    expect(shown).toContain('sso_session');
    await shot('real-import');
    await sheet.getByRole('button', { name: 'Write' }).click();
    await page.getByText('1 profile was taken over.').waitFor();
    const written = readFileSync(config, 'utf8');
    const profile = written.slice(written.indexOf(`[profile ${name}]`)).split(/\n\[/)[0] ?? '';
    const changes = shown.split('\n');
    for (const line of changes.filter((l) => l.startsWith('+ '))) expect(written).toContain(line.slice(2));
    for (const line of changes.filter((l) => l.startsWith('- ')))
      expect(profile).not.toContain(line.slice(2));
    // The window itself never scrolls, whatever has the focus.
    expect(await page.evaluate(() => document.scrollingElement?.scrollTop)).toBe(0);
  });
});
