/** The window on a real Electron: its keys, its zoom and its place, and what axe says of it enlarged and in high contrast. */
import type { Page } from 'playwright';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeElectron, findElectron } from '../support/desktop/electron-runtime.ts';
import { desktopMissing } from '../support/desktop/needs.ts';
import { expectAccessible, expectNoOverflow, goTo } from '../support/page/page-harness.ts';
import { startTray, type TrayApp } from '../support/tray/tray-app.ts';
import { type LaunchedApp, launchApp } from './support/electron-app.ts';

const missing = desktopMissing();

describe.skipIf(missing !== undefined)(`the window: ${missing ?? describeElectron(findElectron())}`, () => {
  let tray: TrayApp;
  let launched: LaunchedApp;

  // Each a tray of its own: what an attempt has left, window, place and zoom, is kept for the next start.
  beforeEach(async () => {
    tray = await startTray({ size: { width: 1500, height: 1000 } });
    launched = tray.launched;
  });
  afterEach(() => tray?.desktop.stop());

  /** Opens the window as its person does; it has the keyboard then. */
  async function open(): Promise<Page> {
    const { desktop } = tray;
    await desktop.tray.waitForMenu((m) => m.length > 6);
    const opened = launched.app.waitForEvent('window', { timeout: 30_000 });
    await desktop.tray.click(['Open window']);
    const page = await opened;
    page.setDefaultTimeout(60_000);
    await page.locator('.page').first().waitFor();
    await focus();
    return page;
  }
  const focus = (): Promise<string> =>
    tray.desktop.run('xdotool', [
      'search',
      '--sync',
      '--onlyvisible',
      '--name',
      'Bedrock Tray',
      'windowfocus',
      '--sync',
    ]);
  /** A real key press. */
  const key = (...keys: string[]): Promise<string> =>
    tray.desktop.run('xdotool', ['key', '--delay', '80', ...keys]);
  const facts = () =>
    launched.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((w) => ({
        bounds: w.getBounds(),
        zoom: Math.round(w.webContents.getZoomFactor() * 100) / 100,
        menu: w.isMenuBarVisible(),
        title: w.getTitle(),
        least: w.getMinimumSize(),
        background: w.getBackgroundColor(),
      })),
    );
  const place = { x: 120, y: 80, width: 960, height: 720 };
  /** Puts the window there, and waits until the X server has done so. */
  async function move(bounds: typeof place): Promise<void> {
    await launched.app.evaluate(
      ({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0]?.setBounds(to),
      bounds,
    );
    await expect.poll(async () => (await facts())[0]?.bounds).toEqual(bounds);
  }
  /** What the page has of it: a zoom is told to the page, it does not wait for it. */
  async function expectWidth(page: Page, width: number): Promise<void> {
    await expect.poll(() => page.evaluate(() => innerWidth)).toBe(width);
  }

  test('it has a title, no menu bar and the ground of the page; at 200 % nothing is lost', async () => {
    const page = await open();
    await expect.poll(facts).toEqual([
      {
        bounds: expect.objectContaining({ width: 1080, height: 720 }),
        zoom: 1,
        menu: false,
        title: 'Overview · Bedrock Tray',
        least: [480, 360],
        background: '#F4F3F0',
      },
    ]);
    await move(place);
    await key(...Array<string>(4).fill('ctrl+equal'), 'ctrl+plus');
    await expect.poll(async () => (await facts())[0]?.zoom).toBe(2);
    await expectWidth(page, place.width / 2);
    // As somebody has set the system who needs more contrast, on Linux and macOS, then on Windows.
    for (const [view, name] of [
      ['overview', 'Overview'],
      ['access', 'Access'],
      ['history', 'History'],
      ['sessions/new', 'Sessions'],
      ['settings', 'Settings'],
    ] as const) {
      await goTo(page, `#/${view}`);
      await page.getByRole('main', { name, exact: true }).locator('.page:visible').waitFor();
      await page.locator('.skeleton').first().waitFor({ state: 'detached' });
      await expectNoOverflow(page);
      await page.emulateMedia({ contrast: 'more', forcedColors: 'none' });
      await expect
        .poll(() => page.evaluate(() => getComputedStyle(document.body).backgroundColor))
        .toBe('rgb(255, 255, 255)');
      await expectAccessible(page);
      await page.emulateMedia({ forcedColors: 'active' });
      await expectAccessible(page, 'contrast');
    }
  });

  test('closed by its key and opened again it is as it was; so is the next start', async () => {
    await open();
    await move(place);
    await key(...Array<string>(5).fill('ctrl+equal'));
    await expect.poll(async () => (await facts())[0]?.zoom).toBe(2);
    await key('ctrl+w');
    await expect.poll(facts).toEqual([]);
    const page = await open();
    await expect.poll(async () => (await facts())[0]).toMatchObject({ bounds: place, zoom: 2 });
    // Before anything was pressed.
    await expectWidth(page, place.width / 2);
    await key('ctrl+comma');
    await page.waitForURL(/#\/settings/);
    await key('ctrl+minus');
    await expect.poll(async () => (await facts())[0]?.zoom).toBe(1.75);
    // Nothing is open: quitting asks nothing. The window goes unasked, and its place is kept.
    const moved = { ...place, x: 200, width: 900 };
    await move(moved);
    const ended = new Promise<void>((done) => launched.app.process().once('exit', () => done()));
    await key('ctrl+q');
    await ended;
    launched = await launchApp(tray.desktop, { args: ['--background'] });
    await tray.desktop.tray.waitForItems();
    await open();
    await expect.poll(async () => (await facts())[0]).toMatchObject({ bounds: moved, zoom: 1.75 });
    await key('ctrl+0');
    await expect.poll(async () => (await facts())[0]?.zoom).toBe(1);
  });
});
