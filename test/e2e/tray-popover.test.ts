/** The popover at the tray icon (macOS, Windows), on the real Electron: asked for by an argument here. */
import { existsSync, readFileSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/contract/index.ts';
import { describeElectron, findElectron } from '../support/desktop/electron-runtime.ts';
import { desktopMissing } from '../support/desktop/needs.ts';
import { watchOutside } from '../support/tray/menu-acts.ts';
import { ASKING, asking, FIRST, menuScenes } from '../support/tray/menu-scenes.ts';
import { session, snapshot } from '../support/tray/snapshots.ts';
import { startTray, type TrayApp } from '../support/tray/tray-app.ts';
import { sandboxProof } from './support/electron-app.ts';

const missing = desktopMissing();
const POPOVER = 'app://bedrock-tray/index.html#/popover';
const artefact = (name: string) => `test-artefacts/popover/${name}.png`;

describe.skipIf(missing !== undefined)(`the popover: ${missing ?? describeElectron(findElectron())}`, () => {
  let tray: TrayApp;
  let page: Page;

  /** Everything that is a window: what it shows, where, and whether it is seen. */
  const windows = () =>
    tray.launched.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((w) => ({
        url: w.webContents.getURL(),
        seen: w.isVisible(),
        focused: w.isFocused(),
        ...w.getBounds(),
      })),
    );
  const popover = async () => (await windows()).find((w) => w.url === POPOVER);
  const isSeen = async () => (await popover())?.seen === true;
  /** It has the keyboard a moment after it is there. */
  const isFocused = async () => (await popover())?.focused === true;
  /** Closed, and the keyboard has left it too: heard later, that would close it again. */
  const gone = () => expect.poll(popover).toMatchObject({ seen: false, focused: false });
  const press = () => tray.desktop.tray.activate();
  const open = async (): Promise<void> => {
    // The press that closed it does not open it again.
    await expect
      .poll(
        async () => {
          if (!(await isSeen())) await press();
          return isSeen();
        },
        { interval: 350 },
      )
      .toBe(true);
  };
  const show = (scene: Snapshot) => tray.agent.show(scene);
  const day = (more: Partial<Snapshot> = {}): Snapshot => {
    const at = Date.now();
    return snapshot(at, { sessions: [asking(at), session(at)], ...more });
  };
  /** As high as what it says, which may still change. */
  const fits = () =>
    expect
      .poll(async () => {
        const height = await page.evaluate(() => document.querySelector('main')?.offsetHeight ?? -1);
        return ((await popover())?.height ?? 0) - height;
      })
      .toBe(0);
  /** The main window is there, once the popover has led there: on the screen, where it takes the keyboard. */
  const mainWindowAt = (place: string) =>
    expect
      .poll(windows)
      .toContainEqual(
        expect.objectContaining({ url: `app://bedrock-tray/index.html#/${place}`, seen: true }),
      );
  interface Outside {
    asked: string[];
    opened: string[];
    response: number;
  }
  const outside = () =>
    tray.launched.app.evaluate(() => (globalThis as unknown as { outside: Outside }).outside);

  beforeAll(async () => {
    tray = await startTray({ app: { args: ['--background', '--popover'] } });
    await watchOutside(tray);
    await tray.desktop.tray.waitForProperties((p) => p.toolTip.includes('Signed in'));
    await tray.desktop.run('xdotool', ['mousemove', '1240', '8']);
  });
  afterAll(() => tray?.desktop.stop());

  test('a press on the icon opens it there, as high as what it says; another press closes it', async () => {
    // However long it took to come here.
    show(snapshot(Date.now()));
    await tray.desktop.tray.waitForProperties((p) => p.toolTip.includes('54 min left'));
    if (page === undefined) {
      const opening = tray.launched.app.waitForEvent('window');
      await press();
      page = await opening;
      page.setDefaultTimeout(20_000);
    } else await open();
    await expect.poll(() => page.url()).toBe(POPOVER);
    await page.getByRole('heading', { name: 'Signed in · 54 min left' }).waitFor();
    await page.getByText('Payments (123456789012) / BedrockDeveloper').waitFor();
    await page.getByText('work · us-west-2 · US Claude Sonnet 4.5').waitFor();
    await fits();
    // In the corner beside the pointer, whole on the screen of 1280 x 800.
    await expect.poll(popover).toMatchObject({ x: 1280 - 6 - 360, width: 360, seen: true });
    const before = (await popover())?.height ?? 0;
    // It stays at the icon, wherever the pointer is when more is said.
    await tray.desktop.run('xdotool', ['mousemove', '200', '500']);
    show(day());
    await page.getByRole('button', { name: /^Allow/ }).waitFor();
    await expect.poll(async () => (await popover())?.height ?? 0).toBeGreaterThan(before + 80);
    await fits();
    expect((await popover())?.x).toBe(1280 - 6 - 360);
    await tray.desktop.run('xdotool', ['mousemove', '1240', '8']);
    await press();
    await gone();
  });

  test('it has the window’s guards: sandbox, preferences, bridge; a link asks first', async () => {
    await open();
    const proof = await sandboxProof(tray.desktop, tray.launched.pid);
    expect(proof.renderers.map((r) => [r.seccomp, r.noNewPrivs])).toEqual([[2, true]]);
    const preferences = await tray.launched.app.evaluate(({ BrowserWindow }) => {
      const { webContents } = BrowserWindow.getAllWindows()[0] as Electron.BrowserWindow;
      return (webContents as unknown as { getLastWebPreferences(): object }).getLastWebPreferences();
    });
    expect(preferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    });
    await tray.launched.app.evaluate(() => {
      (globalThis as unknown as { outside: Outside }).outside.response = 1;
    });
    const before = await outside();
    await page.evaluate(() => {
      window.open('file:///etc/passwd');
    });
    // Judged after it: what becomes of the first is known then.
    await page.evaluate(() => void window.open('https://example.com/'));
    await expect
      .poll(async () => (await outside()).asked.slice(before.asked.length))
      .toEqual(['Open this address in the browser?']);
    expect(page.url()).toBe(POPOVER);
    expect((await outside()).opened).toEqual(before.opened);
    expect(await windows()).toHaveLength(1);
  });

  test('a question is answered in place, once its card has stood still', async () => {
    show(day());
    await open();
    await page.locator('.needs-actions[data-settled]').waitFor();
    const skip = tray.agent.calls.filter((c) => c.name === 'sessions.answer').length;
    await page.getByRole('button', { name: /^Deny/ }).click();
    const { input, role } = await tray.agent.called('sessions.answer', skip);
    expect({ input, role }).toEqual({
      input: { id: ASKING, request: 'r1', decision: 'deny' },
      role: 'page',
    });
  });

  test('Esc closes it, and so does looking elsewhere', async () => {
    await open();
    await expect.poll(isFocused).toBe(true);
    await tray.desktop.run('xdotool', ['key', 'Escape']);
    await gone();
    await open();
    await expect.poll(isFocused).toBe(true);
    await tray.launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.blur());
    await gone();
  });

  test('it opens Claude Code, sessions and settings in the main window, and goes', async () => {
    await open();
    const before = tray.agent.calls.filter((c) => c.name === 'sessions.open').length;
    await page.getByRole('button', { name: 'Open Claude Code in billing-service' }).click();
    expect((await tray.agent.called('sessions.open', before)).input).toMatchObject({
      cwd: '/home/dana/src/billing-service',
    });
    await mainWindowAt(`sessions/${FIRST}`);
    await gone();
    for (const [name, place] of [
      ['Settings…', 'settings'],
      ['Another folder…', 'sessions/new'],
      ['Open window', 'overview'],
    ] as const) {
      await open();
      await page.getByRole('button', { name }).click();
      await mainWindowAt(place);
      await gone();
    }
    await tray.launched.app.evaluate(({ BrowserWindow }, url) => {
      for (const window of BrowserWindow.getAllWindows())
        if (window.webContents.getURL() !== url) window.destroy();
    }, POPOVER);
  });

  test('signing in: begun, its page opened again, cancelled', async () => {
    show(menuScenes['the sign-in has ended']?.(Date.now()) as Snapshot);
    await open();
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    expect((await tray.agent.called('signIn.start')).input).toMatchObject({ ssoSession: 'corp' });
    show(menuScenes['a sign-in is under way']?.(Date.now()) as Snapshot);
    await page.getByText('WDJB-MJHT').waitFor();
    const { opened } = await outside();
    await page.getByRole('link', { name: 'Open the sign-in page again' }).click();
    await expect
      .poll(async () => (await outside()).opened.slice(opened.length))
      .toEqual(['https://oidc.us-east-1.amazonaws.com/authorize?client_id=abc']);
    await open();
    await page.getByRole('button', { name: 'Cancel sign-in' }).click();
    expect((await tray.agent.called('signIn.cancel')).input).toEqual({ id: 'sign-in-1' });
  });

  test('pictures, and nothing that axe finds serious', async () => {
    const looked = ['a-day', 'signing-in'];
    const scenes: Record<string, (at: number) => Partial<Snapshot>> = {
      'a-day': (at) => ({
        sessions: [
          asking(at),
          session(at),
          session(at, { id: '33333333-3333-4333-8333-333333333333', name: 'terraform-modules' }),
        ],
      }),
      offline: (at) => ({ network: { state: 'offline', sinceAt: at } }),
      'ends-soon': (at) => ({
        ending: {
          ssoSession: 'corp',
          startUrl: 'https://corp.awsapps.com/start',
          endsAt: at + 9.5 * 60_000,
          stage: 10,
        },
      }),
      expired: (at) => menuScenes['the sign-in has ended']?.(at) ?? {},
      'signing-in': (at) => menuScenes['a sign-in is under way']?.(at) ?? {},
    };
    await open();
    for (const [language, theme] of [
      ['en', 'light'],
      ['zh-CN', 'dark'],
    ] as const) {
      for (const [name, more] of Object.entries(scenes)) {
        const at = Date.now();
        const { settings } = snapshot(at);
        show(snapshot(at, { ...more(at), settings: { ...settings, language, theme } }));
        await page.locator(`html[lang="${language}"][data-theme="${theme}"]`).waitFor();
        await fits();
        await page.screenshot({ path: artefact(`${name}-${language}`), animations: 'disabled' });
        if (!looked.includes(name)) continue;
        // What react-aria has said aloud stays for a while, named by buttons that have gone.
        const axe = new AxeBuilder({ page }).exclude('[data-live-announcer]');
        axe.setLegacyMode(true).options({ resultTypes: ['violations'] });
        const { violations } = await axe.analyze();
        const serious = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
        expect(serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(' | ')}`)).toEqual([]);
      }
    }
    expect(readFileSync(artefact('a-day-en')).length).toBeGreaterThan(5_000);
    expect(existsSync(artefact('expired-zh-CN'))).toBe(true);
  }, 600_000);

  test('without an agent it says so', async () => {
    show(day());
    await open();
    await tray.agent.close();
    await page.getByRole('button', { name: 'Start the agent again' }).waitFor({ timeout: 60_000 });
    await page.screenshot({ path: artefact('agent-gone-en') });
  });

  // Last: Playwright waits for ever for a navigation that was prevented.
  test('nothing leads it away', async () => {
    await page.evaluate(() => {
      location.href = 'https://example.com/';
    });
    expect(await page.evaluate(() => location.href)).toBe(POPOVER);
  });
});
