/**
 * The tray in Xfce's real panel: one that comes late, crashes and comes back; every entry of the native menu chosen
 * with the keyboard; pictures of icon and menu on light and dark.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/contract/index.ts';
import type { MenuAction } from '../../src/domain/menu/menu-entries.ts';
import { type IconState, iconStates } from '../../src/domain/menu/menu-icon.ts';
import { describeElectron, findElectron } from '../support/desktop/electron-runtime.ts';
import { desktopMissing } from '../support/desktop/needs.ts';
import type { MenuEntry } from '../support/desktop/status-notifier.ts';
import { pressEverything, watchOutside } from '../support/tray/menu-acts.ts';
import { asking, menuScenes } from '../support/tray/menu-scenes.ts';
import { credentials, snapshot, ssoSession } from '../support/tray/snapshots.ts';
import { startTray, type TrayApp } from '../support/tray/tray-app.ts';
import type { Desktop } from './support/desktop.ts';
import { appCommand } from './support/electron-app.ts';

const missing = desktopMissing();
const artefact = (name: string) => `test-artefacts/tray-panel/${name}.png`;
const none = (at: number) => [credentials(at, { state: 'absent', expiresAt: null, nextRenewalAt: null })];

/** A moment for each picture of the icon that an agent can cause. */
const moments: Record<Exclude<IconState, 'agent-gone'>, (at: number) => Partial<Snapshot>> = {
  'signed-out': (at) => ({
    credentials: none(at),
    ssoSessions: [ssoSession(at, { state: 'signedOut', expiresAt: null })],
  }),
  'signing-in': (at) => ({ credentials: none(at), ssoSessions: [ssoSession(at, { state: 'signingIn' })] }),
  busy: () => ({ credentials: [] }),
  valid: () => ({}),
  refreshing: (at) => ({ credentials: [credentials(at, { state: 'renewing' })] }),
  ending: (at) => ({
    ssoSessions: [ssoSession(at, { refreshable: false, expiresAt: at + 9.5 * 60_000 })],
  }),
  degraded: (at) => ({ credentials: [credentials(at, { state: 'stale' })] }),
  offline: (at) => ({ network: { state: 'offline', sinceAt: at } }),
  'needs-you': (at) => ({ sessions: [asking(at)] }),
  expired: (at) => ({
    credentials: none(at),
    ssoSessions: [ssoSession(at, { state: 'expired', expiresAt: at - 1 })],
  }),
};

/** Opens the native menu. The panel shows a short one of its own for an icon whose menu it has not read yet. */
async function openMenu(desktop: Desktop): Promise<void> {
  await expect
    .poll(
      async () => {
        await desktop.openTrayMenu();
        return (await desktop.trayMenuHeights())[0];
      },
      { timeout: 60_000, interval: 200 },
    )
    .toBeGreaterThan(250);
}

/** The keys that lead from an open menu to an entry: GTK steps over what cannot be chosen. */
function keysTo(menu: readonly MenuEntry[], [label, ...below]: readonly string[], first = true): string[] {
  const choosable = menu.filter((e) => e.type !== 'separator' && e.enabled);
  const at = choosable.findIndex((e) => e.label === label);
  if (at < 0) throw new Error(`no entry ${label}`);
  // A submenu that a key opened has its first entry chosen already.
  const down = Array.from({ length: first ? at + 1 : at }, () => 'Down');
  if (below.length === 0) return [...down, 'Return'];
  return [...down, 'Right', ...keysTo(choosable[at]?.children ?? [], below, false)];
}

describe.skipIf(missing !== undefined)(
  `in Xfce's panel: ${missing ?? describeElectron(findElectron())}`,
  () => {
    let tray: TrayApp;
    /** Kept, so that a second attempt goes on where the first one stopped. */
    const pressed = new Map<string, MenuAction['type']>();
    beforeAll(async () => {
      tray = await startTray({ panel: 'none' });
      await watchOutside(tray);
    });
    afterAll(() => tray?.desktop.stop());

    test('without any panel a second launch opens the window', async () => {
      const { desktop, launched } = tray;
      expect(await desktop.tray.items()).toEqual([]);
      const command = await appCommand(desktop);
      const again = spawn(command.executablePath, command.args, {
        cwd: desktop.home,
        env: command.env,
        stdio: 'ignore',
      });
      expect((await once(again, 'exit'))[0]).toBe(0);
      const page = await tray.page();
      await page.waitForSelector('h1');
      // Where it does not hide the panel that is to come: there is no window manager.
      await launched.app.evaluate(({ BrowserWindow }) =>
        BrowserWindow.getAllWindows()[0]?.setBounds({ x: 560, y: 60, width: 700, height: 500 }),
      );
    });

    test('a panel that comes late gets the icon', async () => {
      const { desktop } = tray;
      await desktop.panel();
      await desktop.tray.waitForItems(1);
      await desktop.tray.waitForMenu((m) => m.some((e) => e.label === 'Open window'));
    });

    test('every entry of the native menu, chosen with the keyboard', async () => {
      const { desktop } = tray;
      await desktop.tray.waitForMenu((m) => m.some((e) => e.label.includes('US Claude Sonnet 4.5')));
      // The panel has read it.
      await openMenu(desktop);
      const press = async (path: readonly string[]): Promise<void> => {
        await desktop.raiseTrayMenu();
        await desktop.run('xdotool', ['key', '--delay', '12', ...keysTo(await desktop.tray.menu(), path)]);
      };
      await pressEverything(tray, menuScenes['a day at work'] as never, press, pressed, 3);
      expect(pressed.size).toBeGreaterThan(25);
    }, 600_000);

    test('a press on the icon shows the window', async () => {
      const { desktop, launched } = tray;
      // A press beside a menu that is up closes it and does nothing else.
      await desktop.closeTrayMenus();
      const visible = () =>
        launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible());
      await launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
      await expect.poll(visible).toBe(false);
      await desktop.pointer(17, 16);
      await expect.poll(visible).toBe(true);
    });

    test('the panel crashes and comes back, with icon and menu', async () => {
      const { desktop, agent } = tray;
      const panel = await desktop.panel();
      await panel.kill();
      await panel.restart();
      await desktop.tray.waitForItems(1);
      agent.show(snapshot(Date.now(), { recentFolders: ['/srv/after-the-crash'] }));
      await desktop.tray.waitForMenu((m) => m.some((e) => e.label.endsWith('/srv/after-the-crash')));
      await openMenu(desktop);
      await desktop.closeTrayMenus();
    });

    test.each(['light', 'dark'] as const)(
      'pictures on a %s panel',
      async (tone) => {
        const { desktop, agent, launched } = tray;
        await launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
        await (await desktop.panel()).dark(tone === 'dark');
        const drawn: Buffer[] = [];
        for (const state of iconStates) {
          if (state === 'agent-gone') continue;
          agent.show(snapshot(Date.now(), moments[state](Date.now())));
          // Drawn when it is new and the next look finds it unchanged.
          let last: Buffer = Buffer.alloc(0);
          const file = artefact(`${tone}-${state}`);
          await expect
            .poll(
              async () => {
                const before = last;
                await desktop.screenshot(file, { x: 0, y: 0, width: 34, height: 34 });
                last = readFileSync(file);
                return last.equals(before) && !drawn.some((known) => known.equals(last));
              },
              { timeout: 30_000, interval: 150 },
            )
            .toBe(true);
          drawn.push(last);
        }
        const language = tone === 'light' ? 'en' : 'zh-CN';
        for (const name of ['a day at work', 'a sign-in is under way'] as const) {
          const scene = menuScenes[name]?.(Date.now()) as Snapshot;
          agent.show({ ...scene, settings: { ...scene.settings, language } });
          const quit = language === 'en' ? 'Quit…' : '退出…';
          await desktop.tray.waitForMenu((m) => m.at(-1)?.label === quit && m.length > 8);
          await openMenu(desktop);
          const part = { x: 0, y: 0, width: 560, height: 640 };
          await desktop.screenshot(artefact(`${tone}-menu-${name.replaceAll(' ', '-')}-${language}`), part);
          await desktop.closeTrayMenus();
        }
      },
      300_000,
    );
  },
);
