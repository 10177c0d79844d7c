/** The page without a mouse: the main path from sign-in to the end of a session, and every view's way of the Tab key. */
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import type { FakeAgent } from '../support/page/fake-agent.ts';
import {
  describePages,
  expectNoOverflow,
  goTo,
  MINUTE,
  ready,
  terminalLive,
} from '../support/page/page-harness.ts';
import { activity, busyDay, candidates, conversations, everyKind, request } from '../support/page/samples.ts';
import { usageFacts } from '../support/page/usage-samples.ts';
import * as given from '../support/tray/snapshots.ts';

interface Stop {
  /** What a screen reader would call it, roughly. */
  name: string;
  tag: string;
  /** Its focus can be seen: a line or a shadow at itself or at what it stands for. */
  marked: boolean;
  /** In the window, and nothing lies on it. */
  inSight: boolean;
  terminal: boolean;
}

/** Where the keyboard is; null: nowhere. */
const stop = (page: Page): Promise<Stop | null> =>
  page.evaluate(() => {
    const e = document.activeElement;
    if (!(e instanceof HTMLElement) || e === document.body) return null;
    const terminal = e.className.includes('xterm-helper-textarea');
    const shown: Element = terminal ? (e.closest('.terminal') as Element) : (e.closest('label') ?? e);
    const isMarked = (x: Element): boolean => {
      const style = getComputedStyle(x);
      return (
        (style.outlineStyle !== 'none' && Number.parseFloat(style.outlineWidth) >= 2) ||
        style.boxShadow !== 'none'
      );
    };
    const labelled = (e.getAttribute('aria-labelledby') ?? '')
      .split(' ')
      .map((id) => document.getElementById(id)?.textContent ?? '')
      .join(' ');
    const name =
      e.ariaLabel ||
      labelled.trim() ||
      (e as HTMLInputElement).labels?.[0]?.textContent ||
      e.textContent ||
      '';
    const box = shown.getBoundingClientRect();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const top = document.elementFromPoint(x, y);
    return {
      name: name.replace(/\s+/g, ' ').trim(),
      tag: e.tagName,
      marked: [shown, e, e.parentElement, ...shown.querySelectorAll('*')].some(
        (x) => x !== null && isMarked(x),
      ),
      inSight: top !== null && (shown.contains(top) || top.contains(shown)),
      terminal,
    };
  });

/** The same, once it is seen: what has the focus may still be on its way into sight. Given up after a while. */
async function seenStop(page: Page): Promise<Stop | null> {
  for (let n = 0; ; n++) {
    const at = await stop(page);
    if (at === null || (at.marked && at.inSight) || n === 20) return at;
    await page.waitForTimeout(50);
  }
}

/** Presses Tab until the keyboard is on what is called so. */
async function tabTo(page: Page, name: string | RegExp, key = 'Tab'): Promise<void> {
  const seen: string[] = [];
  for (let n = 0; n < 60; n++) {
    const at = await stop(page);
    if (at && (typeof name === 'string' ? at.name === name : name.test(at.name))) {
      expect(await seenStop(page), at.name).toMatchObject({ name: at.name, marked: true, inSight: true });
      return;
    }
    seen.push(at?.name ?? '-');
    await page.keyboard.press(at?.terminal ? 'Control+Shift+L' : key);
  }
  throw new Error(`Tab does not lead to ${name}, only to: ${seen.join(' | ')}`);
}

async function press(page: Page, name: string | RegExp): Promise<void> {
  await page.getByRole('button', { name }).first().waitFor();
  await tabTo(page, name);
  await page.keyboard.press('Enter');
}

/** All stops of one round with the Tab key. */
async function round(page: Page): Promise<Stop[]> {
  // The first of all.
  await page.locator('.skip').focus();
  const first = await seenStop(page);
  const stops: Stop[] = first ? [first] : [];
  for (let n = 0; n < 150; n++) {
    await page.keyboard.press(stops.at(-1)?.terminal ? 'Control+Shift+L' : 'Tab');
    const at = await seenStop(page);
    if (at === null) break;
    stops.push(at);
  }
  return stops;
}

describePages('without a mouse', (pages) => {
  test('sign in, choose a role, open Claude Code, answer it, end it', async () => {
    const at = Date.now();
    const signedOut = ready({
      ssoSessions: [given.ssoSession(at, { state: 'expired', expiresAt: at - MINUTE })],
      credentials: [],
      environments: [],
      activeEnvironment: null,
    });
    await pages.withPage(signedOut, async (page, agent) => {
      await press(page, 'Sign in');
      await page.getByRole('button', { name: 'Cancel sign-in' }).waitFor();
      // The person signs in in the browser.
      agent.set({ ssoSessions: [given.ssoSession(Date.now())] });
      await press(page, 'Choose account and role');
      await page.getByRole('searchbox', { name: /^Search accounts/ }).waitFor();
      await tabTo(page, /^Search accounts/);
      await page.keyboard.type('development');
      await expect.poll(() => page.locator('.account').count()).toBe(1);
      await press(page, 'Use BedrockDeveloper in Payments development');
      await page.getByRole('dialog').waitFor();
      await press(page, 'Use this role');
      await page.waitForURL(/#\/overview/);
      agent.set({ credentials: [given.credentials(Date.now())] });
      agent.script = 'printf "ready\\n"; exec cat';
      await page.getByRole('heading', { name: 'You are ready to use Amazon Bedrock.' }).waitFor();
      await press(page, 'Open Claude Code');
      await terminalLive(page);
      // The keyboard is in the terminal.
      await page.keyboard.type('hello');
      await page.keyboard.press('Enter');
      await expect.poll(() => page.locator('.xterm-rows').innerText()).toMatch(/hello\s+hello/);
      // It asks something; the answer is in the list.
      const id = agent.state.sessions[0]?.id ?? '';
      agent.changeSession(id, { activity: activity('needsYou', { request: request() }) });
      await page.locator('.needs-actions[data-settled]').waitFor();
      await page.keyboard.press('Control+Shift+B');
      await press(page, /^Allow/);
      await expect.poll(() => agent.inputs('sessions.answer')).toMatchObject([{ id, request: 'request-1' }]);
      // To its end, which is asked for first; the safe answer has the keyboard.
      await page.keyboard.press('Control+Shift+P');
      await page.keyboard.type('end this');
      await page.locator('.palette-item[data-focused]', { hasText: 'End this session' }).waitFor();
      await page.keyboard.press('Enter');
      await page.getByRole('alertdialog').waitFor();
      await expect.poll(async () => (await stop(page))?.name).toBe('Cancel');
      await press(page, 'End');
      await page.locator('.exit-line').waitFor();
      await press(page, 'Remove');
      await expect.poll(() => agent.state.sessions).toEqual([]);
    });
  });

  const views: [
    name: string,
    hash: string,
    there: string,
    prepare?: (agent: FakeAgent) => Promise<void> | void,
  ][] = [
    ['overview', '#/overview', '.hero'],
    [
      'sessions',
      '#/sessions',
      '.terminal-host[data-state=live]:visible',
      async (agent) => {
        for (const session of busyDay()) await agent.open(session);
      },
    ],
    ['a new session', '#/sessions/new', '.new-session'],
    [
      'history',
      '#/history',
      '.conversation',
      (agent) => {
        agent.conversations = conversations;
      },
    ],
    [
      'access',
      '#/access',
      'text=shared-ops',
      (agent) => {
        agent.candidates = candidates;
        agent.setProfiles(everyKind);
      },
    ],
    [
      'usage',
      '#/usage',
      '.chart-buttons',
      (agent) => {
        agent.facts = usageFacts(40);
      },
    ],
    ['settings', '#/settings', '.settings'],
  ];
  test.for(views)(
    '%s: Tab comes to everything once, each stop has a name and is seen',
    async ([, hash, there, prepare]) => {
      await pages.withPage(
        ready(),
        async (page) => {
          await page.locator(there).first().waitFor();
          // What comes later would come behind the keyboard.
          await page.locator('[aria-busy=true], .skeleton').first().waitFor({ state: 'detached' });
          const stops = await round(page);
          expect(stops.filter((s) => s.name === '' || !s.marked || !s.inSight)).toEqual([]);
          // All that can be pressed or typed in is among them, but for what arrow keys reach.
          const all = await page.evaluate(
            () =>
              [
                ...document.querySelectorAll<HTMLElement>(
                  'a[href], button, input, select, textarea, [tabindex="0"]',
                ),
              ].filter(
                (e) =>
                  e.tabIndex >= 0 &&
                  !e.matches(':disabled') &&
                  e.checkVisibility() &&
                  !e.closest('[aria-hidden=true]'),
              ).length,
          );
          expect(stops.length).toBeGreaterThanOrEqual(all);
        },
        { hash, prepare },
      );
    },
  );

  // 1280 x 1024 at 400 % (WCAG 1.4.10), and 480 x 360 at 200 %.
  test.for([
    { width: 320, height: 256 },
    { width: 240, height: 180 },
  ])('enlarged to 400 % and in the smallest window at 200 % nothing is lost: $width px', async (viewport) => {
    await pages.withPage(
      ready(),
      async (page, agent) => {
        agent.conversations = conversations;
        agent.facts = usageFacts(40);
        agent.candidates = candidates;
        agent.setProfiles(everyKind);
        for (const session of busyDay().slice(0, 2)) await agent.open(session);
        for (const view of ['overview', 'access', 'history', 'usage', 'settings', 'sessions/new']) {
          await goTo(page, `#/${view}`);
          await page.locator('.page:visible').waitFor();
          await page.locator('.skeleton').first().waitFor({ state: 'detached' });
          await expectNoOverflow(page);
        }
        await goTo(page, `#/sessions/${agent.state.sessions[0]?.id}`);
        await terminalLive(page);
        const host = await page.locator('.terminal-host:visible').boundingBox();
        expect(host?.height).toBeGreaterThan(24);
        await page.keyboard.press('Control+Shift+P');
        await page.locator('.palette-item').first().waitFor();
        await expectNoOverflow(page);
      },
      { viewport },
    );
  });
});
