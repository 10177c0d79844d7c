import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { BedrockTrayError } from '../../src/contract/index.ts';
import {
  describePages,
  expectAccessible,
  goTo,
  ready,
  shot,
  terminalLive,
} from '../support/page/page-harness.ts';
import * as given from '../support/tray/snapshots.ts';

const environments = [given.environment(), given.environment({ name: 'research', profile: 'audit' })];
const palette = (page: Page) => page.getByRole('combobox', { name: 'Command palette' });
/** What a screen reader says is chosen. */
const chosen = (page: Page) =>
  page.evaluate(() => {
    const id = document.activeElement?.getAttribute('aria-activedescendant');
    return id ? (document.getElementById(id)?.querySelector('.palette-label')?.textContent ?? '?') : null;
  });

describePages('the command palette', (pages) => {
  test('from a terminal and back; a few letters find an act, a session, a folder, an environment', async () => {
    await pages.withPage(ready({ environments }), async (page, agent) => {
      const first = await agent.open({ name: 'Checkout redesign', order: 0 });
      await agent.open({ name: 'billing-service', order: 1 });
      await goTo(page, `#/sessions/${first.id}`);
      await terminalLive(page);
      await page.keyboard.press('Control+Shift+P');
      await palette(page).waitFor();
      // Nothing is chosen by itself: Enter does nothing yet.
      expect(await chosen(page)).toBeNull();
      await expectAccessible(page);
      await shot(page, 'palette');
      // Escape: the keyboard is in the terminal again.
      await page.keyboard.press('Escape');
      await palette(page).waitFor({ state: 'detached' });
      await expect
        .poll(() => page.evaluate(() => document.activeElement?.className))
        .toContain('xterm-helper-textarea');
      // A session by the beginnings of its words.
      await page.keyboard.press('Control+Shift+P');
      await page.keyboard.type('bs');
      await expect.poll(() => chosen(page)).toBe('billing-service');
      await page.keyboard.press('Enter');
      await expect
        .poll(() => page.evaluate(() => document.activeElement?.closest('.pane')?.getAttribute('aria-label')))
        .toBe('billing-service');
      // An act on it, with its chord beside it.
      await page.keyboard.press('Control+Shift+P');
      await page.keyboard.type('rename');
      await expect.poll(() => chosen(page)).toBe('Rename');
      await page.keyboard.press('Enter');
      await page.getByRole('textbox', { name: 'Name of billing-service' }).fill('invoices');
      await page.keyboard.press('Enter');
      await expect.poll(() => agent.inputs('sessions.update').at(-1)).toMatchObject({ name: 'invoices' });
      // Environments and folders.
      await page.keyboard.press('Control+Shift+P');
      await page.keyboard.type('use research');
      await expect.poll(() => chosen(page)).toContain('research');
      await page.keyboard.press('Enter');
      await expect.poll(() => agent.state.activeEnvironment).toBe('research');
      await palette(page).waitFor({ state: 'detached' });
      await page.keyboard.press('Control+Shift+P');
      await page.keyboard.type('open web');
      await expect.poll(() => chosen(page)).toContain('web & shop');
      await shot(page, 'palette-typed');
      await page.keyboard.press('Enter');
      await expect.poll(() => agent.inputs('sessions.open').at(-1)?.cwd).toBe('/home/dana/src/web & shop');
      await expect
        .poll(() => page.evaluate(() => document.activeElement?.closest('.pane')?.getAttribute('aria-label')))
        .toBe('web & shop');
    });
  });

  test('a refusal is said in it; past conversations are searched from it; it works in every view', async () => {
    await pages.withPage(ready(), async (page, agent) => {
      agent.refuse.set('sessions.open', new BedrockTrayError('FolderMissing', { folder: '/srv/data' }));
      await page.keyboard.press('Control+Shift+P');
      await page.keyboard.type('data');
      await expect.poll(() => chosen(page)).toBe('Open Claude Code in data');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText('/srv/data', { exact: false }).waitFor();
      await palette(page).fill('overdue invoices');
      await expect.poll(() => chosen(page)).toContain('Search past conversations for “overdue invoices”');
      await page.keyboard.press('Enter');
      await page.getByRole('main', { name: 'History' }).waitFor();
      await expect
        .poll(() => page.getByRole('searchbox', { name: 'Search in what was said' }).inputValue())
        .toBe('overdue invoices');
      await page.keyboard.press('Control+Shift+P');
      await page.keyboard.type('settings');
      await expect.poll(() => chosen(page)).toMatch(/settings/i);
      await page.keyboard.press('Enter');
      await page.getByRole('main', { name: 'Settings' }).waitFor();
      await page.keyboard.press('Control+Shift+O');
      await page.getByRole('heading', { name: 'Open Claude Code' }).waitFor();
    });
  });

  test('typed in Chinese, in the dark', async () => {
    await pages.withPage(
      ready(),
      async (page, agent) => {
        await agent.open({ name: '发票对账' });
        // The page has heard of it.
        await page.locator('.rail .count').waitFor();
        await page.keyboard.press('Control+Shift+P');
        await page.keyboard.insertText('对账');
        await expect.poll(() => chosen(page)).toBe('发票对账');
        await expectAccessible(page, 'contrast');
        await shot(page, 'palette-zh');
      },
      { locale: 'zh-CN', colorScheme: 'dark' },
    );
  });
});
