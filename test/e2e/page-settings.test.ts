import { expect, test } from 'vitest';
import { BedrockTrayError } from '../../src/contract/errors.ts';
import { settingsCatalog } from '../../src/domain/settings/settings-catalog.ts';
import { resources } from '../../src/locales/index.ts';
import {
  describePages,
  expectAccessible,
  expectNoOverflow,
  MINUTE,
  ready,
  shot,
} from '../support/page/page-harness.ts';

const hash = '#/settings';

describePages('settings', (pages) => {
  test('every setting of the catalogue is there by its name, and saved as soon as it is changed', async () => {
    await pages.withPage(
      ready(),
      async (page, agent) => {
        const now = () => agent.state.settings;
        for (const { path, section } of settingsCatalog) {
          if (section === null) continue;
          const row = page.locator(`[data-setting="${path}"]`);
          expect(await row.count(), path).toBe(1);
          expect(await row.innerText(), path).toContain(resources.en.settings[`name.${path}`]);
        }
        await page.getByRole('switch', { name: /^A session is done/ }).focus();
        await page.keyboard.press('Space');
        await expect.poll(() => now().notifications.done).toBe(true);
        await page.getByText('Saved', { exact: true }).waitFor();
        // Quicker than the agent answers: none is lost, also of the same section.
        await page.evaluate(() => {
          for (const path of ['notifications.done', 'notifications.budget', 'keepAlive'])
            document.querySelector<HTMLElement>(`[data-setting="${path}"] input`)?.click();
        });
        await expect
          .poll(() => [now().notifications.done, now().notifications.budget, now().keepAlive])
          .toEqual([false, false, false]);
        await page.getByRole('switch', { name: /^A sign-in is about to end/ }).focus();
        await page.keyboard.press('Space');
        await expect.poll(() => now().notifications).toMatchObject({ signInNeeded: true, endingSoon: false });
        const key = page.getByRole('button', { name: /^Go to the session that has waited longest/ });
        await key.click();
        await page.keyboard.press('Control+Alt+K');
        await expect.poll(() => now().hotkeys.needsYou).toBe('CommandOrControl+Alt+K');
        await page
          .locator('[data-setting="hotkeys.needsYou"]')
          .getByRole('button', { name: 'Remove' })
          .click();
        await expect.poll(() => now().hotkeys.needsYou).toBeNull();
        expect(now().hotkeys.openClaude).not.toBeNull();
        await page.locator('[data-setting="sessions.terminal"]').getByRole('button').click();
        await page.getByRole('option', { name: 'GNOME Terminal' }).click();
        await expect.poll(() => now().sessions.terminal).toBe('gnome-terminal');
        await page.getByRole('textbox', { name: /Cost cap of new sessions/ }).fill('7.5');
        await page.keyboard.press('Enter');
        await expect.poll(() => now().sessions.cap).toEqual({ usd: 7.5, stop: false });
        await page.getByRole('textbox', { name: 'Price of regional inference profiles' }).fill('4');
        await page.getByText('Type a number from 1 to 3.').waitFor();
        await page.keyboard.press('Escape');
        await page.getByText('Type a number from 1 to 3.').waitFor({ state: 'detached' });
        await page.getByRole('button', { name: /Colours of the terminal/ }).click();
        await page.getByRole('option', { name: 'High contrast' }).click();
        await expect.poll(() => now().terminal.theme).toBe('high-contrast');
        await expectAccessible(page);
        await shot(page, 'settings', { whole: true });
      },
      { hash },
    );
  });

  test('quiet hours: a usual night first, then times as they are typed', async () => {
    await pages.withPage(
      ready(),
      async (page, agent) => {
        const quiet = () => agent.state.settings.notifications.quiet;
        await page.getByRole('switch', { name: /^Quiet hours/ }).focus();
        await page.keyboard.press('Space');
        await expect.poll(quiet).toEqual({ from: 22 * 60, to: 7 * 60 });
        await page.getByRole('textbox', { name: 'To' }).fill('6:30');
        await page.keyboard.press('Enter');
        await expect.poll(quiet).toEqual({ from: 22 * 60, to: 6 * 60 + 30 });
        await page.getByRole('textbox', { name: 'From' }).fill('25:00');
        await page.getByText('Type a time such as 22:00.').waitFor();
        await page.getByRole('textbox', { name: 'From' }).fill('6:30');
        await page.getByText('Beginning and end are the same time.').waitFor();
        expect(quiet()).toEqual({ from: 22 * 60, to: 6 * 60 + 30 });
      },
      { hash },
    );
  });

  test('start at login and the command: what is on the disk, and why something cannot be had', async () => {
    await pages.withPage(
      ready(),
      async (page, agent) => {
        const start = page.getByRole('switch', { name: /^Start at login/ });
        await start.focus();
        await page.keyboard.press('Space');
        await expect.poll(() => agent.inputs('desktop.set')).toEqual([{ startAtLogin: true }]);
        const file = '/home/ada/.local/bin/bedrock-tray';
        agent.refuse.set('desktop.set', new BedrockTrayError('FileForeign', { file }));
        await page.getByRole('switch', { name: /^Command bedrock-tray/ }).focus();
        await page.keyboard.press('Space');
        await page.getByText(`${file} belongs to another program`, { exact: false }).waitFor();
        await shot(page, 'settings-foreign');
        agent.set({
          desktop: {
            startAtLogin: null,
            command: { state: 'package', path: '/usr/bin/bedrock-tray', onPath: true },
          },
        });
        await page.getByText('Your package installed it for everybody: /usr/bin/bedrock-tray.').waitFor();
        await page.getByText('This system has no start at login', { exact: false }).waitFor();
        expect(await start.isDisabled()).toBe(true);
      },
      { hash },
    );
  });

  test('a setting that the system refuses says why where it stands', async () => {
    await pages.withPage(
      ready(),
      async (page, agent) => {
        agent.refuse.set(
          'settings.set',
          new BedrockTrayError('KeyringUnavailable', { reason: 'no service' }),
        );
        const cache = page.getByRole('switch', { name: 'Keep credentials encrypted on disk' });
        await cache.focus();
        await page.keyboard.press('Space');
        await page.getByText('The system’s keyring cannot be used: no service.', { exact: false }).waitFor();
        expect(agent.state.settings.encryptedCache).toBe(false);
        await page.keyboard.press('Space');
        await expect.poll(() => agent.state.settings.encryptedCache).toBe(true);
      },
      { hash },
    );
  });

  test.each([
    ['en', /Another program has this key/, /Both would be the same key/],
    ['zh-CN', /已被其他程序占用/, /同一个快捷键/],
  ] as const)(
    'a key that cannot be had, and one for two things, say so at their rows: %s',
    async (locale, taken, twice) => {
      await pages.withPage(
        ready({ hotkeysTaken: ['openClaude'] }),
        async (page, agent) => {
          const row = (name: string) => page.locator(`[data-setting="hotkeys.${name}"]`);
          await row('openClaude').getByText(taken).waitFor();
          expect(await row('needsYou').getByText(taken).count()).toBe(0);
          agent.refuse.set(
            'settings.set',
            new BedrockTrayError('HotkeyTwice', { accelerator: 'Ctrl+Alt+J' }),
          );
          await row('openClaude').getByRole('button').first().click();
          await page.keyboard.press('Control+Alt+J');
          await page.getByText(twice).waitFor();
          expect(agent.state.settings.hotkeys.openClaude).toBe('CommandOrControl+Alt+O');
          await expectAccessible(page);
          await row('openClaude').scrollIntoViewIfNeeded();
          await shot(page, `settings-key-taken-${locale}`);
        },
        { hash, locale },
      );
    },
  );

  test('search hides what is not meant, by words in the page’s language and by the path', async () => {
    await pages.withPage(
      ready(),
      async (page) => {
        const search = page.getByRole('searchbox', { name: 'Search settings' });
        await search.fill('clipboard');
        await expect.poll(() => page.locator('[data-setting]').count()).toBe(1);
        await page.getByText('Programs may write to the clipboard').waitFor();
        await shot(page, 'settings-search');
        await search.fill('terminal.fontSize');
        await expect.poll(() => page.locator('[data-setting]').count()).toBe(1);
        // What is no setting is found by its words, too.
        await search.fill('telemetry');
        await expect.poll(() => page.locator('[data-setting]').count()).toBe(0);
        await page.getByText('Bedrock Tray sends no telemetry', { exact: false }).waitFor();
        await search.fill('no such thing');
        await page.getByText('No setting is called that.', { exact: false }).waitFor();
        await page.keyboard.press('Escape');
        await expect.poll(() => page.locator('[data-setting]').count()).toBeGreaterThan(30);
        await page
          .getByRole('navigation', { name: 'Sections' })
          .getByRole('button', { name: 'Privacy' })
          .click();
        await page.getByText('Bedrock Tray sends no telemetry', { exact: false }).waitFor();
        await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('settings-privacy');
      },
      { hash },
    );
  });

  test('updates as the tray tells them, with the act that is next', async () => {
    const update = {
      state: 'available',
      version: '2.0.0',
      progress: null,
      checkedAt: Date.now() - MINUTE,
      wish: null,
      problem: null,
    } as const;
    await pages.withPage(
      ready({ update }),
      async (page, agent) => {
        await page.getByText('Version 2.0.0 is available.').waitFor();
        await page.getByRole('button', { name: 'Download', exact: true }).click();
        await expect.poll(() => agent.inputs('update.wish')).toEqual([{ wish: 'download', now: false }]);
        agent.set({ update: { ...update, state: 'downloading', progress: 0.42 } });
        await page.getByText('Downloading version 2.0.0: 42%').waitFor();
        agent.set({ update: { ...update, state: 'held' } });
        await page.getByRole('button', { name: 'Install now' }).click();
        await expect.poll(() => agent.inputs('update.wish').at(-1)).toEqual({ wish: 'install', now: true });
      },
      { hash },
    );
  });

  test('data: folders are shown, and a bundle is made with account numbers masked unless not wanted', async () => {
    await pages.withPage(
      ready(),
      async (page, agent) => {
        await page
          .getByRole('button', { name: /^Show .* in the file manager$/ })
          .first()
          .click();
        await expect.poll(() => agent.inputs('desktop.show')).toEqual([{ folder: 'data' }]);
        await page.getByRole('button', { name: 'Make a bundle' }).click();
        await page.getByText('Written to ', { exact: false }).waitFor();
        await page.getByRole('checkbox', { name: 'Mask AWS account numbers' }).uncheck();
        await page.getByRole('button', { name: 'Make a bundle' }).click();
        await expect
          .poll(() => agent.inputs('support.bundle'))
          .toEqual([{ maskAccounts: true }, { maskAccounts: false }]);
      },
      { hash },
    );
  });

  test('narrow, dark and in Chinese', async () => {
    await pages.withPage(
      ready(),
      async (page) => {
        await page.getByRole('heading', { name: '设置', exact: true }).waitFor();
        await page.getByRole('switch', { name: /^登录系统时启动/ }).waitFor();
        await expectNoOverflow(page);
        await expectAccessible(page);
        await shot(page, 'settings-narrow-zh', { whole: true });
      },
      { hash, locale: 'zh-CN', colorScheme: 'dark', viewport: { width: 480, height: 800 } },
    );
  });
});
