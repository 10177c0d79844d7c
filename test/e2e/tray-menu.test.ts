/** Every entry of the tray's menu is pressed and does what it says: on the double of a panel, on a real one. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MenuAction } from '../../src/domain/menu/menu-entries.ts';
import { describeElectron, findElectron } from '../support/desktop/electron-runtime.ts';
import { desktopMissing } from '../support/desktop/needs.ts';
import { acts, pressEverything, watchOutside } from '../support/tray/menu-acts.ts';
import { menuScenes } from '../support/tray/menu-scenes.ts';
import { snapshot } from '../support/tray/snapshots.ts';
import { startTray, type TrayApp } from '../support/tray/tray-app.ts';

const missing = desktopMissing();

describe.skipIf(missing !== undefined)(
  `every menu entry, pressed over D-Bus: ${missing ?? describeElectron(findElectron())}`,
  () => {
    let tray: TrayApp;
    const pressed = new Map<string, MenuAction['type']>();
    beforeAll(async () => {
      tray = await startTray({ power: true });
      await tray.desktop.tray.waitForMenu((m) => m.some((e) => e.label.includes('US Claude Sonnet 4.5')));
      await watchOutside(tray);
    });
    afterAll(() => tray?.desktop.stop());

    test.each(Object.entries(menuScenes))(
      '%s',
      async (_name, scene) => {
        const press = (path: readonly string[]) => tray.desktop.tray.click(path);
        await pressEverything(tray, scene, press, pressed);
      },
      600_000,
    );

    // Starting the agent needs one that is gone: tray.test.ts.
    test('no kind of entry was left out', () => {
      expect([...new Set(pressed.values())].sort()).toEqual(Object.keys(acts).sort());
    });

    test('after standby the words are those of now, at once', async () => {
      const { desktop, agent, launched } = tray;
      // By each snapshot the tray sets its clock: none may be on its way.
      agent.show(snapshot(Date.now(), { recentFolders: ['/srv/standby'] }));
      await desktop.tray.waitForMenu((m) => m.some((e) => e.label.endsWith('/srv/standby')));
      await desktop.tray.waitForProperties((p) => p.toolTip.includes('54 min left'));
      // Half an hour later by the clock; no timer has run meanwhile, the next is due in half a minute.
      await launched.app.evaluate(() => {
        const { now } = Date;
        Date.now = () => now() + 30 * 60_000;
      });
      await desktop.power.suspend();
      await desktop.power.resume();
      await desktop.tray.waitForProperties((p) => /2[34] min left/.test(p.toolTip), 8_000);
      await desktop.tray.waitForMenu((m) => /^Signed in · 2[34] min left$/.test(m[0]?.label ?? ''));
    });
  },
);
