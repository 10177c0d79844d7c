/**
 * The person goes away, the machine sleeps, the sign-in ends meanwhile; they come back, are told once, sign in by a
 * press, and the Claude Code session that was open carries on. Real tray, agent, Claude Code and Chromium; logind is
 * python-dbusmock's.
 */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findClaude } from '../support/claude.ts';
import { describeElectron, findElectron } from '../support/desktop/electron-runtime.ts';
import { desktopMissing } from '../support/desktop/needs.ts';
import { terminalShows } from '../support/page/terminal-text.ts';
import { ask, type ClaudeDesktop, openClaude, startClaudeDesktop } from './support/claude-desktop.ts';

const missing = desktopMissing() ?? (findClaude() ? undefined : 'Claude Code is not installed for tests');
const artefacts = join(import.meta.dirname, '..', '..', 'test-artefacts', 'absence');

describe.skipIf(missing !== undefined)(`an absence: ${missing ?? describeElectron(findElectron())}`, () => {
  let place: ClaudeDesktop;
  let page: Page;

  beforeAll(async () => {
    mkdirSync(artefacts, { recursive: true });
    place = await startClaudeDesktop({
      switches: { lifetimes: { accessToken: 20, roleCredentials: 16 } },
      desktop: { power: true },
    });
    page = await place.window();
    page.setDefaultTimeout(60_000);
    await place.cli('env', 'create', 'sandbox', '--profile', 'sandbox', '--region', 'us-east-1', '--use');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await place.allow();
    await page.getByRole('heading', { name: /ready to use Amazon Bedrock/ }).waitFor();
    await openClaude(page, place.project);
    await ask(page, 'before the absence');
    await terminalShows(page, 'Sandbox heard: "before the absence"', 90_000);
  }, 600_000);

  afterAll(() => place?.stop());

  test('the sign-in ends while nobody is there: nothing is shown, no browser is opened', async () => {
    const { desktop, sandbox } = place;
    await desktop.power.lock(true);
    await desktop.power.suspend();
    // Nobody asks what the agent knows of a person: it hears of it over bus, tray and socket in a fraction of this.
    await page.waitForTimeout(3_000);
    await sandbox.switches({ endSsoSessions: true });
    // The menu is read over D-Bus, which is no sign of a person.
    await desktop.tray.waitForMenu((m) => m[0]?.label.startsWith('Sign-in has ended') === true, 120_000);
    expect(desktop.notifications.shown).toEqual([]);
    expect(desktop.opener.opened).toHaveLength(1);
  });

  test('the machine wakes without a person: still nothing', async () => {
    const { desktop } = place;
    await desktop.power.resume();
    // The report of the wake-up goes through tray and agent, and would be back in a fraction of this.
    await page.waitForTimeout(3_000);
    expect(desktop.notifications.shown).toEqual([]);
    expect(desktop.opener.opened).toHaveLength(1);
  });

  test('the person comes back and is told once; a press, Allow, and Claude Code carries on', async () => {
    const { desktop } = place;
    // Whoever has touched nothing for five minutes is not there, and it may have taken that long to come here.
    await desktop.run('xdotool', ['mousemove', '640', '430']);
    await page.waitForTimeout(1_000);
    // Still locked: that is nobody.
    expect(desktop.notifications.shown).toEqual([]);
    await desktop.power.lock(false);
    const told = await desktop.notifications.waitFor((n) => n.summary === 'Sign in to sandbox', 60_000);
    // Somebody who did not look at it asks something: the request waits for the sign-in.
    await ask(page, 'after the return');
    await page.screenshot({ path: join(artefacts, 'waiting.png'), animations: 'disabled' });
    desktop.notifications.press(told.id);
    await place.allow();
    await terminalShows(page, 'Sandbox heard: "after the return"', 90_000);
    await page.screenshot({ path: join(artefacts, 'carries-on.png'), animations: 'disabled' });
    // Asked for once; that it has come is told too, unless they look at our window.
    const titles = desktop.notifications.shown.map((n) => n.summary);
    expect(titles.filter((title) => title !== 'Signed in to sandbox again')).toEqual(['Sign in to sandbox']);
    expect(titles.length).toBeLessThanOrEqual(2);
    expect(desktop.notifications.open.map((n) => n.id)).not.toContain(told.id);
    expect(desktop.opener.opened).toHaveLength(2);
    const menu = await desktop.tray.waitForMenu((m) => m[0]?.label.startsWith('Signed in') === true);
    expect(menu.some((e) => e.label === 'Remind me later')).toBe(false);
  });
});
