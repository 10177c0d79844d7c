/** The tray on a real Electron: icon, menu, notifications and quitting, over D-Bus as a panel does it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Settings } from '../../src/contract/settings.ts';
import type { SessionRequest, SessionView } from '../../src/contract/state.ts';
import { describeElectron, findElectron } from '../support/desktop/electron-runtime.ts';
import { desktopMissing } from '../support/desktop/needs.ts';
import type { ShownNotification } from '../support/desktop/notifications.ts';
import type { MenuEntry } from '../support/desktop/status-notifier.ts';
import { asking } from '../support/tray/menu-scenes.ts';
import { ScriptedAgent } from '../support/tray/scripted-agent.ts';
import { environment, prompt, session, snapshot, ssoSession } from '../support/tray/snapshots.ts';
import { startBareTray, startTray, stateHome, type TrayApp } from '../support/tray/tray-app.ts';
import { appCommand } from './support/electron-app.ts';

const missing = desktopMissing();
const title = `the tray: ${missing ?? describeElectron(findElectron())}`;

describe.skipIf(missing !== undefined)(title, () => {
  let tray: TrayApp;

  beforeAll(async () => {
    tray = await startTray({ first: { settings } });
  });
  afterAll(() => tray?.desktop.stop());

  // That a sign-in has come again is told in told.test.ts.
  const settings = Settings.parse({ setupDone: true, notifications: { signedIn: false } });
  // However long it took to come here, and whatever an attempt before has left: a person who has just signed in.
  let begun = 0;
  beforeEach(async () => {
    await tray.running();
    const { agent, desktop } = tray;
    const folder = `/srv/begun-${++begun}`;
    const { recentFolders, ...others } = snapshot(Date.now(), { settings });
    agent.show({ ...others, recentFolders: [...recentFolders, folder] });
    await desktop.tray.waitForMenu((m) =>
      m.some((e) => e.children?.some(({ label }) => label.endsWith(folder))),
    );
    await expect.poll(() => desktop.notifications.open.length).toBe(0);
  });

  const count = (name: string) => tray.agent.calls.filter((c) => c.name === name).length;
  /** Of those that were shown after the first `skip`. */
  const told = (skip: number, accept: (n: ShownNotification) => boolean) =>
    tray.desktop.notifications.waitFor(
      (n) => tray.desktop.notifications.shown.indexOf(n) >= skip && accept(n),
    );

  test('shows icon, tooltip and menu', async () => {
    const { desktop, launched } = tray;
    await desktop.tray.waitForItems();
    expect(await desktop.tray.pid()).toBe(launched.pid);
    const shown = await desktop.tray.waitForProperties((p) => p.toolTip.includes('Signed in'));
    expect(shown.toolTip.split('\n').slice(0, 2)).toEqual([
      'Bedrock Tray: Signed in · 54 min left',
      expect.stringContaining('123456789012'),
    ]);
    // The account's name is asked for once there are credentials.
    const menu = await desktop.tray.waitForMenu((m) => m[1]?.label.startsWith('Payments') === true);
    expect(menu.map((e) => e.label)).toEqual([
      'Signed in · 54 min left',
      'Payments (123456789012) / BedrockDeveloper',
      '',
      'Open Claude Code in /home/dana/src/billing-service',
      'Open Claude Code in another folder',
      '',
      'Environment: work',
      'Region: us-west-2',
      expect.stringMatching(/^Model: /),
      '',
      'Open AWS console as this role',
      'Copy',
      'SSO session: corp',
      '',
      'Open window',
      'Settings…',
      'Quit…',
    ]);
    // An ampersand in a folder's name is shown, not taken for a mnemonic.
    expect(menu[4]?.children?.[0]?.label).toBe('/home/dana/src/web & shop');
  });

  test('no window is there, and nothing of one', async () => {
    expect(tray.launched.app.windows()).toEqual([]);
    const renderers = tray.desktop.running().filter(({ argv }) => argv.includes('--type=renderer'));
    expect(renderers).toEqual([]);
  });

  test('lists are asked for once, and switching goes to the agent', async () => {
    const { desktop, agent } = tray;
    const listed = (start: string) => (m: readonly MenuEntry[]) =>
      m.some((e) => e.label.startsWith(start) && (e.children?.length ?? 0) > 1);
    const menu = await desktop.tray.waitForMenu(
      (m) => listed('Region: us-west-2')(m) && listed('Model: US Claude Sonnet 4.5')(m),
    );
    const before = count('environments.update');
    const regions = menu.find((e) => e.label.startsWith('Region'));
    expect(regions?.children).toEqual([
      { label: 'eu-central-1', type: 'radio', enabled: true, toggleState: false },
      { label: 'us-east-1', type: 'radio', enabled: true, toggleState: false },
      { label: 'us-west-2', type: 'radio', enabled: true, toggleState: true },
    ]);
    // An attempt before may have been in the other region.
    expect(count('models.list')).toBe(before === 0 ? 1 : 2);
    await desktop.tray.click([/^Region/, 'eu-central-1']);
    const { input, role } = await agent.called('environments.update', before);
    expect(role).toBe('tray');
    // The model was a profile of the United States.
    expect(input).toEqual(environment({ region: 'eu-central-1', model: null }));
    await desktop.tray.waitForMenu((m) => m.some((e) => e.label === 'Region: eu-central-1'));
    await desktop.tray.click([/^Model/, 'Global Claude Opus 4.8']);
    expect((await agent.called('environments.update', before + 1)).input).toMatchObject({
      model: 'global.anthropic.claude-opus-4-8-v1:0',
    });
  });

  test('a sign-in that is needed is said once for each number, escaped; a press starts the sign-in', async () => {
    const { desktop, agent } = tray;
    const at = Date.now();
    const before = desktop.notifications.shown.length;
    const [signIns, cancels] = [count('signIn.start'), count('signIn.cancel')];
    const asked = prompt(at, { roleName: 'R<b>&d' });
    agent.change({ prompt: asked, ssoSessions: [ssoSession(at, { state: 'expired', expiresAt: at - 1 })] });
    const first = await told(before, (n) => n.summary === 'Sign in to corp');
    expect(first.body).toBe(
      'Account 123456789012, role R&lt;b&gt;&amp;d. Your sign-in has ended. Click to sign in again in the browser.',
    );
    // The same number again, with something else changed: nothing new is shown.
    agent.change({ recentFolders: ['/srv/one'] });
    await desktop.tray.waitForMenu((m) => m.some((e) => e.label.endsWith('/srv/one')));
    agent.change({ prompt: { ...asked, count: 2 } });
    const second = await told(before, (n) => n.id !== first.id);
    expect(desktop.notifications.shown).toHaveLength(before + 2);
    await expect.poll(() => desktop.notifications.open.map((n) => n.id)).toEqual([second.id]);
    desktop.notifications.press(second.id);
    expect((await agent.called('signIn.start', signIns)).input).toMatchObject({
      ssoSession: 'corp',
      openBrowser: true,
    });
    const menu = await desktop.tray.waitForMenu((m) => m.some((e) => e.label === 'Cancel sign-in'));
    expect(menu[0]?.label).toBe('Waiting for you in the browser…');
    await desktop.tray.click(['Cancel sign-in']);
    expect((await agent.called('signIn.cancel', cancels)).input).toEqual({ id: 'sign-in-1' });
    // All of that came after whatever a change in between might have been told by.
    expect(desktop.notifications.shown).toHaveLength(before + 2);
  });

  test('put off: the notification goes, and the agent hears for how long', async () => {
    const { desktop, agent } = tray;
    const at = Date.now();
    const before = count('prompt.snooze');
    const asked = prompt(at, { count: 5 });
    agent.change({ prompt: asked, ssoSessions: [ssoSession(at, { state: 'expired', expiresAt: at - 1 })] });
    await desktop.tray.waitForMenu((m) => m.some((e) => e.label === 'Remind me later'));
    await expect.poll(() => desktop.notifications.open.length).toBe(1);
    await desktop.tray.click(['Remind me later', 'In 15 min']);
    expect((await agent.called('prompt.snooze', before)).input).toEqual({ minutes: 15 });
    agent.change({ prompt: { ...asked, snoozedUntil: at + 15 * 60_000 } });
    await expect.poll(() => desktop.notifications.open.length).toBe(0);
  });

  test('an end to come is said once for each stage', async () => {
    const { desktop, agent } = tray;
    const before = desktop.notifications.shown.length;
    const ending = {
      ssoSession: 'corp',
      startUrl: 'https://corp.awsapps.com/start',
      endsAt: Date.now() + 9.5 * 60_000,
      stage: 10,
    } as const;
    agent.change({ ending });
    const said = await told(before, (n) => n.summary === 'Sign-in to corp ends soon');
    expect(said.body).toContain('ends it in 9 min');
    agent.change({ ending: { ...ending, endsAt: ending.endsAt + 10 }, recentFolders: ['/srv/ending'] });
    await desktop.tray.waitForMenu((m) => m.some((e) => e.label.endsWith('/srv/ending')));
    agent.change({ ending: { ...ending, stage: 1 } });
    await expect.poll(() => desktop.notifications.shown.length).toBe(before + 2);
    agent.change({ ending: null });
    await expect.poll(() => desktop.notifications.open.length).toBe(0);
    expect(desktop.notifications.shown).toHaveLength(before + 2);
  });

  test('a question of Claude Code: icon, menu, one notification; a button decides, a press opens it', async () => {
    const { desktop, agent } = tray;
    const at = Date.now();
    const asks = (more: Partial<SessionRequest> = {}, watched = false): SessionView =>
      session(at, {
        watched,
        activity: {
          state: 'needsYou',
          sinceAt: at - 3 * 60_000 - 1_000,
          request: {
            id: 'r1',
            kind: 'permission',
            tool: 'Bash',
            text: 'npm test -- --run <all>',
            sinceAt: at,
            answerable: true,
            ...more,
          },
          seen: true,
          reason: null,
          background: 0,
        },
      });
    const before = desktop.notifications.shown.length;
    const answers = count('sessions.answer');
    const calm = (await desktop.tray.properties()).icon as Buffer;
    agent.change({ sessions: [asks()] });
    const shown = await desktop.tray.waitForProperties((p) => p.icon !== undefined && !p.icon.equals(calm));
    expect(shown.toolTip).toContain('Claude Code asks you');
    mkdirSync('test-artefacts/tray-icons', { recursive: true });
    writeFileSync('test-artefacts/tray-icons/needs-you.png', shown.icon as Buffer);
    const first = await told(before, (n) => n.summary === 'Claude Code asks in billing-service');
    expect(first.body).toBe('/home/dana/src/billing-service: npm test -- --run &lt;all&gt;');
    expect(first.actions).toEqual(['default', 'Open the session', '0', 'Allow', '1', 'Deny']);
    // The same question with something else changed: said once.
    agent.change({ sessions: [asks()], recentFolders: ['/srv/asks'] });
    const menu = await desktop.tray.waitForMenu((m) => m.some((e) => e.label.endsWith('/srv/asks')));
    expect(menu[0]?.label).toBe('billing-service asks, 3 min ago: npm test -- --run <all>');
    expect(menu[0]?.children?.map((e) => e.label)).toEqual([
      'Claude Code wants to use Bash:',
      'npm test -- --run <all>',
      '',
      'Allow',
      'Deny',
      '',
      'Open the session',
    ]);
    expect(count('sessions.answer')).toBe(answers);
    desktop.notifications.press(first.id, '1');
    expect((await agent.called('sessions.answer', answers)).input).toEqual({
      id: asks().id,
      request: 'r1',
      decision: 'deny',
    });
    await desktop.tray.click([/^billing-service asks/, 'Allow']);
    expect((await agent.called('sessions.answer', answers + 1)).input).toMatchObject({ decision: 'allow' });
    // What has to be read has no buttons; what is before the eyes is not told, and taken back.
    agent.change({ sessions: [asks({ id: 'r2', kind: 'question', tool: null, text: 'Which one?' })] });
    const second = await told(before, (n) => n.body.endsWith('Which one?'));
    expect(desktop.notifications.shown).toHaveLength(before + 2);
    expect(second.actions.filter((_, i) => i % 2 === 0)).toEqual(['default']);
    agent.change({ sessions: [asks({ id: 'r2', kind: 'question' }, true)] });
    await expect.poll(() => desktop.notifications.open.length).toBe(0);
    agent.change({ sessions: [] });
    await desktop.tray.waitForProperties((p) => p.icon?.equals(calm) === true);
  });

  test('tells the agent whether somebody is there, and what the desktop knows of the network', async () => {
    const { agent } = tray;
    const { input, role } = await agent.called('presence.report');
    expect(role).toBe('tray');
    // X11 counts the time since the last input; nothing here tells of a lock.
    expect(input).toEqual({ idleMs: expect.any(Number), locked: null, suspended: false });
    expect((await agent.called('network.report')).input).toEqual({
      online: expect.any(Boolean),
      proxyRules: 'DIRECT',
    });
  });

  test('the setting keeps notifications away', async () => {
    const { desktop, agent } = tray;
    const before = desktop.notifications.shown.length;
    agent.change({
      settings: { ...settings, notifications: { ...settings.notifications, signInNeeded: false } },
      prompt: prompt(Date.now(), { count: 9 }),
      recentFolders: ['/srv/two'],
    });
    await desktop.tray.waitForMenu((m) => m.some((e) => e.label.endsWith('/srv/two')));
    // What it would have told comes before what is told next.
    agent.change({ sessions: [asking(Date.now())] });
    await told(before, (n) => n.summary === 'Claude Code asks in web-shop');
    expect(desktop.notifications.shown).toHaveLength(before + 1);
  });

  test('the language follows the setting', async () => {
    const { desktop, agent } = tray;
    agent.change({ settings: { ...settings, language: 'zh-CN' } });
    await desktop.tray.waitForMenu((m) => m.some((e) => e.label === '打开窗口'));
    agent.change({ settings });
    await desktop.tray.waitForMenu((m) => m.some((e) => e.label === 'Open window'));
  });

  test('a panel that goes away and comes back has the icon again', async () => {
    const { desktop, agent } = tray;
    await desktop.watcher?.vanish();
    await desktop.tray.waitForItems(0);
    await desktop.watcher?.appear();
    await desktop.tray.waitForItems(1);
    agent.change({ recentFolders: ['/srv/three'] });
    await desktop.tray.waitForMenu((m) => m.some((e) => e.label.endsWith('/srv/three')));
  });

  test('a second launch opens the window of the first and ends; from autostart it opens none', async () => {
    const { desktop, launched } = tray;
    // Nothing is open, and the launches that reach the first one are counted.
    await launched.app.evaluate(({ app, BrowserWindow }) => {
      for (const window of BrowserWindow.getAllWindows()) window.destroy();
      const counted = globalThis as { launches?: number };
      counted.launches = 0;
      app.on('second-instance', () => {
        counted.launches = (counted.launches ?? 0) + 1;
      });
    });
    const again = async (args: string[]) => {
      const command = await appCommand(desktop, { args });
      const child = spawn(command.executablePath, command.args, {
        cwd: desktop.home,
        env: command.env,
        stdio: 'ignore',
      });
      return (await once(child, 'exit'))[0];
    };
    expect(await again(['--background'])).toBe(0);
    await expect
      .poll(() => launched.app.evaluate(() => (globalThis as { launches?: number }).launches))
      .toBeGreaterThan(0);
    // Time for a window that must not come.
    const opened = await launched.app.evaluate(async ({ BrowserWindow }) => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      return BrowserWindow.getAllWindows().length;
    });
    expect(opened).toBe(0);
    expect(await again([])).toBe(0);
    const page = await tray.page();
    await expect.poll(() => page.url()).toBe('app://bedrock-tray/index.html#/overview');
  });

  test('closing the window keeps the tray, and it opens again where it was', async () => {
    const { desktop, launched, agent } = tray;
    // One that an attempt before has closed.
    if (launched.app.windows().length === 0) await desktop.tray.click(['Open window']);
    const page = await tray.page();
    const bounds = { x: 120, y: 90, width: 900, height: 600 };
    const shownAt = () =>
      launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());
    await launched.app.evaluate(
      ({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0]?.setBounds(to),
      bounds,
    );
    await expect.poll(shownAt).toEqual(bounds);
    const closed = page.waitForEvent('close');
    await launched.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    await closed;
    expect(await desktop.tray.items()).toHaveLength(1);
    agent.change({ sessions: [session(Date.now())] });
    await desktop.tray.waitForMenu((m) => m.some((e) => e.label === 'Sessions (1 open)'));
    const opening = launched.app.waitForEvent('window');
    await desktop.tray.click(['Sessions (1 open)', /^billing-service/]);
    const opened = await opening;
    await expect
      .poll(() => opened.url())
      .toBe('app://bedrock-tray/index.html#/sessions/11111111-1111-4111-8111-111111111111');
    await expect.poll(shownAt).toEqual(bounds);
    // A place in an open page is another fragment of the same document.
    await opened.evaluate(() => Object.assign(window, { same: true }));
    await desktop.tray.click(['Settings…']);
    await expect.poll(() => opened.url()).toBe('app://bedrock-tray/index.html#/settings');
    expect(await opened.evaluate(() => 'same' in window)).toBe(true);
  });

  test('the global key opens the session that has been waiting longest', async () => {
    const { desktop, agent } = tray;
    const at = Date.now();
    const waiting = (id: string, minutes: number): SessionView => ({
      ...session(at, { id }),
      activity: {
        state: 'needsYou',
        sinceAt: at - minutes * 60_000,
        request: null,
        seen: true,
        reason: null,
        background: 0,
      },
    });
    const older = '33333333-3333-4333-8333-333333333333';
    agent.change({ sessions: [waiting('22222222-2222-4222-8222-222222222222', 1), waiting(older, 9)] });
    await desktop.tray.waitForMenu((m) => m.filter((e) => / asks, /.test(e.label)).length === 2);
    await desktop.run('xdotool', ['key', 'ctrl+alt+j']);
    const page = await tray.page();
    await expect.poll(() => page.url()).toBe(`app://bedrock-tray/index.html#/sessions/${older}`);
  });

  test('quitting asks what becomes of open sessions: cancel, end them', async () => {
    const { desktop, launched, agent } = tray;
    const answer = (response: number) =>
      launched.app.evaluate(({ dialog }, chosen) => {
        const asked: string[][] = [];
        Object.assign(globalThis, { asked });
        dialog.showMessageBox = (async (options: Electron.MessageBoxOptions) => {
          asked.push([options.message, ...(options.buttons ?? [])]);
          return { response: chosen, checkboxChecked: false };
        }) as never;
      }, response);
    const asked = () => launched.app.evaluate(() => (globalThis as { asked?: string[][] }).asked);
    agent.change({ sessions: [session(Date.now())] });
    await desktop.tray.waitForMenu((m) => m.some((e) => e.label === 'Sessions (1 open)'));
    await answer(2);
    await desktop.tray.click(['Quit…']);
    await expect
      .poll(asked)
      .toEqual([['One Claude Code session is open.', 'Keep them running', 'End them', 'Cancel']]);
    expect(await desktop.tray.items()).toHaveLength(1);
    await answer(1);
    const stops = count('agent.stop');
    const ended = once(launched.app.process(), 'exit');
    await desktop.tray.click(['Quit…']);
    expect((await agent.called('agent.stop', stops)).input).toEqual({ sessions: 'end' });
    expect(await ended).toEqual([0, null]);
    await desktop.tray.waitForItems(0);
  });
});

describe.skipIf(missing !== undefined)('the tray and its agent', () => {
  test('says that no agent can be started, tries again when asked, and follows one that comes', async () => {
    // A Node that only writes down that it was started.
    const folder = mkdtempSync(join(tmpdir(), 'bt-node-'));
    const [node, log] = [join(folder, 'node'), join(folder, 'started')];
    writeFileSync(node, `#!/bin/sh\necho started >> ${log}\nexit 1\n`, { mode: 0o755 });
    writeFileSync(log, '');
    chmodSync(folder, 0o755);
    chmodSync(log, 0o666);
    const starts = () => readFileSync(log, 'utf8').split('\n').length - 1;
    const { desktop } = await startBareTray({
      app: { args: ['--background'], env: { BEDROCK_TRAY_NODE: node } },
    });
    try {
      const gone = await desktop.tray.waitForMenu(
        (m) => m.some((e) => e.label === 'Start the agent again'),
        60_000,
      );
      expect(gone[0]).toMatchObject({ label: 'The agent is not running', enabled: false });
      mkdirSync('test-artefacts/tray-icons', { recursive: true });
      const { icon } = await desktop.tray.properties();
      writeFileSync('test-artefacts/tray-icons/agent-gone.png', icon as Buffer);
      const agent = await ScriptedAgent.start(stateHome(desktop), desktop.user, snapshot(Date.now()));
      desktop.onStop(() => agent.close());
      // Unless it has found the agent by itself just before.
      await desktop.tray.click(['Start the agent again']).catch(() => {});
      await desktop.tray.waitForMenu((m) => m[0]?.label.startsWith('Signed in') === true);
      await agent.close();
      await desktop.tray.waitForMenu((m) => m.some((e) => e.label === 'Start the agent again'), 60_000);
      // It ended in good order: nothing but a person's press starts one.
      const before = starts();
      await desktop.tray.click(['Start the agent again']);
      await expect.poll(starts).toBeGreaterThan(before);
    } finally {
      await desktop.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 300_000);

  test('starts the real agent, which outlives it', async () => {
    const { desktop, launched, page } = await startBareTray({ app: { args: [] } });
    try {
      await desktop.tray.waitForMenu((m) => m[0]?.label === 'Not set up yet', 60_000);
      const window = await page();
      await window.waitForSelector('h1');
      const agents = () => desktop.running().filter(({ argv }) => argv[1]?.endsWith('agent/main.mjs'));
      // A child of it that has not become another program yet goes by its name.
      await expect.poll(() => agents().length).toBe(1);
      const ended = once(launched.app.process(), 'exit');
      await desktop.tray.click(['Quit…']);
      expect(await ended).toEqual([0, null]);
      await expect.poll(() => agents().length).toBe(1);
    } finally {
      await desktop.stop();
    }
  }, 300_000);
});
