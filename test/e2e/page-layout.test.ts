import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { BedrockTrayError, PermissionMode, type SessionView } from '../../src/contract/index.ts';
import type { FakeAgent } from '../support/page/fake-agent.ts';
import {
  describePages,
  expectAccessible,
  expectNoOverflow,
  goTo,
  ready,
  shot,
  terminalLive,
} from '../support/page/page-harness.ts';
import { activity, busyDay, request } from '../support/page/samples.ts';
import * as given from '../support/tray/snapshots.ts';

const environments = [
  given.environment(),
  given.environment({
    name: 'research',
    profile: 'audit',
    region: 'eu-west-1',
    identityMode: 'whole-session',
  }),
];
const focusedPane = (page: Page) =>
  page.evaluate(() => document.activeElement?.closest('.pane')?.getAttribute('aria-label') ?? null);
const inTerminal = (page: Page) =>
  page.evaluate(() => document.activeElement?.className.includes('xterm-helper-textarea') ?? false);
const panes = (page: Page) =>
  page.locator('.pane:visible').evaluateAll((all) =>
    all
      .map((e) => ({ name: e.getAttribute('aria-label'), at: e.getBoundingClientRect() }))
      .sort((a, b) => a.at.x - b.at.x || a.at.y - b.at.y)
      .map((e) => e.name),
  );
const list = (page: Page) => page.locator('.s-row .s-name').allTextContents();

/** Sessions of a busy day, each with a terminal; answers them in order. */
async function openAll(agent: FakeAgent): Promise<SessionView[]> {
  const opened: SessionView[] = [];
  for (const day of busyDay())
    opened.push(await agent.open(day, `printf '\\033[32m●\\033[0m ${day.name}\\r\\n'; exec cat`));
  return opened;
}

describePages('list, tabs and splits', (pages) => {
  test('each session says what it does, for how long, what it asks and what it costs', async () => {
    await pages.withPage(ready({ environments }), async (page, agent) => {
      const [billing, checkout] = await openAll(agent);
      await goTo(page, `#/sessions/${checkout?.id}`);
      await terminalLive(page);
      const row = page.locator('.s-row', { has: page.locator(`#row-${billing?.id}`) });
      // However long it took to get here: half a minute is left of the two.
      agent.changeSession(billing?.id ?? '', {
        activity: activity('needsYou', { request: request() }, 2),
      });
      await expect
        .poll(() => row.innerText())
        .toMatch(/Needs you · 2 min[\s\S]*npm run migrate[\s\S]*work[\s\S]*\$1\.84[\s\S]*62%/);
      await page.getByText('Bedrock asks to slow down', { exact: false }).first().waitFor();
      // The pinned one first; done and unseen has a mark in words.
      await expect
        .poll(() => list(page))
        .toEqual(['Checkout redesign', 'billing-service', '研发沙箱：发票对账', 'data-pipeline']);
      await expect.poll(() => page.locator('.unseen-mark').allTextContents()).toEqual(['New']);
      // No two states share a sign.
      const signs = await page.locator('.s-row .state svg').evaluateAll((all) => all.map((e) => e.innerHTML));
      expect(new Set(signs).size).toBe(4);
      await expectAccessible(page);
      await shot(page, 'sessions-list');
      // By who needs me, in groups.
      await page.getByRole('button', { name: 'Order and groups' }).click();
      await page.getByRole('menuitemradio', { name: 'Who needs me first' }).click();
      await expect
        .poll(() => list(page))
        .toEqual(['billing-service', 'data-pipeline', '研发沙箱：发票对账', 'Checkout redesign']);
      await page.getByRole('button', { name: 'Order and groups' }).click();
      await page.getByRole('menuitemradio', { name: 'By environment' }).click();
      await page.getByRole('region', { name: 'research' }).getByText('data-pipeline').waitFor();
      await shot(page, 'sessions-groups');
      await page.getByRole('button', { name: 'Order and groups' }).click();
      await page.getByRole('menuitemradio', { name: 'My own order' }).click();
      await page.getByRole('button', { name: 'Order and groups' }).click();
      await page.getByRole('menuitemradio', { name: 'No groups' }).click();
      await expect
        .poll(() => list(page))
        .toEqual(['Checkout redesign', 'billing-service', '研发沙箱：发票对账', 'data-pipeline']);
    });
  });

  test('a question: neither answer is chosen beforehand, a quick press does nothing, the terminal does not move', async () => {
    await pages.withPage(ready(), async (page, agent) => {
      const quiet = await agent.open({ name: 'quiet', order: 0 });
      const asking = await agent.open({ name: 'asking', order: 1 });
      await goTo(page, `#/sessions/${quiet.id}`);
      await terminalLive(page);
      await page.locator(`#row-${asking.id}`).waitFor();
      await expect.poll(() => inTerminal(page)).toBe(true);
      const before = await page.locator('.terminal-host:visible').boundingBox();
      // A press that comes the moment the question stands there.
      await page.evaluate(() => {
        const observer = new MutationObserver(() => {
          const allow = document.querySelector<HTMLElement>('[aria-label="Allow it: asking"]');
          if (!allow) return;
          observer.disconnect();
          allow.click();
          document.body.dataset.pressed = 'yes';
        });
        observer.observe(document.body, { childList: true, subtree: true });
      });
      agent.changeSession(asking.id, { activity: activity('needsYou', { request: request() }) });
      const card = page.getByRole('article', { name: 'asking' });
      await card.getByText('npm run migrate -- --dry-run').waitFor();
      expect(await page.locator('.terminal-host:visible').boundingBox()).toEqual(before);
      expect(await inTerminal(page)).toBe(true);
      // Enter goes to the program in the terminal, not to the question.
      await page.keyboard.press('Enter');
      await card.locator('[data-settled]').waitFor();
      expect(await page.evaluate(() => document.body.dataset.pressed)).toBe('yes');
      expect(agent.inputs('sessions.answer')).toEqual([]);
      await card.getByRole('button', { name: 'Deny it: asking' }).click();
      await expect
        .poll(() => agent.inputs('sessions.answer'))
        .toEqual([{ id: asking.id, request: 'request-1', decision: 'deny' }]);
      await card.waitFor({ state: 'detached' });
      // A plan has to be read: the way leads to the terminal, with the keyboard.
      agent.changeSession(asking.id, {
        activity: activity('needsYou', {
          request: request({
            id: 'r2',
            kind: 'plan',
            tool: null,
            answerable: false,
            text: '1. Rename\n2. Test',
          }),
        }),
      });
      await card.getByText('Has a plan for you to approve:').waitFor();
      expect(await card.getByRole('button').allTextContents()).toEqual(['Answer in the terminal']);
      await expectAccessible(page);
      await page.keyboard.press('Control+Shift+J');
      await expect.poll(() => focusedPane(page)).toBe('asking');
      await expect.poll(() => inTerminal(page)).toBe(true);
      // A refusal is said where it belongs.
      agent.changeSession(asking.id, { activity: activity('needsYou', { request: request({ id: 'r3' }) }) });
      agent.refuse.set('sessions.answer', new BedrockTrayError('RequestUnknown', { session: asking.id }));
      await card.locator('[data-settled]').waitFor();
      await card.getByRole('button', { name: 'Allow it: asking' }).click();
      await card.getByRole('alert').waitFor();
      // Overview has it as well.
      await goTo(page, '#/overview');
      await page.getByRole('article', { name: 'asking' }).waitFor();
    });
  });

  test('split, grow, go round, take out and move tabs by chords alone; terminals keep their screens', async () => {
    await pages.withPage(ready({ environments }), async (page, agent) => {
      const [billing, checkout] = await openAll(agent);
      await goTo(page, `#/sessions/${checkout?.id}`);
      await terminalLive(page);
      await page.keyboard.type('typed before the split');
      await page.locator('.pane:visible').getByText('typed before the split').waitFor();
      const attached = agent.inputs('sessions.attach').length;
      await page.keyboard.press('Control+Shift+E');
      await page.getByRole('combobox', { name: 'Beside Checkout redesign' }).fill('bill');
      await page.locator('.palette-item[data-focused]', { hasText: 'billing-service' }).waitFor();
      await page.keyboard.press('Enter');
      await expect.poll(() => panes(page)).toEqual(['Checkout redesign', 'billing-service']);
      await expect.poll(() => focusedPane(page)).toBe('billing-service');
      await expect.poll(() => inTerminal(page)).toBe(true);
      await expect.poll(() => agent.state.layout[0]?.panes).toEqual([checkout?.id, billing?.id]);
      // The first terminal stayed as it was: only the added one has attached.
      await page.locator('.pane:visible').getByText('typed before the split').waitFor();
      await expect.poll(() => page.locator('.terminal-host[data-state=live]:visible').count()).toBe(2);
      expect(agent.inputs('sessions.attach').length - attached).toBe(1);
      await shot(page, 'split');
      await expectAccessible(page);
      // The keyboard goes over, and what is typed arrives there.
      await page.keyboard.press('Control+Shift+ArrowLeft');
      await expect.poll(() => focusedPane(page)).toBe('Checkout redesign');
      await page.keyboard.press('Alt+Shift+ArrowRight');
      await expect.poll(() => agent.state.layout[0]?.shares[0]).toBeCloseTo(0.55);
      // The divider itself.
      await page.getByRole('separator', { name: 'Divider between two sessions' }).focus();
      await page.keyboard.press('ArrowLeft');
      await expect.poll(() => agent.state.layout[0]?.shares[0]).toBeCloseTo(0.53);
      await page.keyboard.press('Enter');
      await expect.poll(() => agent.state.layout[0]?.shares[0]).toBeCloseTo(0.5);
      // Tabs: by number, to the neighbours, moved.
      await page.keyboard.press('Alt+2');
      await expect.poll(() => focusedPane(page)).toBe('研发沙箱：发票对账');
      await page.keyboard.press('Alt+PageDown');
      await expect.poll(() => focusedPane(page)).toBe('data-pipeline');
      await page.keyboard.press('Alt+Shift+PageUp');
      await expect
        .poll(() => page.getByRole('tab').evaluateAll((all) => all.map((e) => e.textContent)))
        .toEqual([
          expect.stringContaining('Checkout redesign | billing-service'),
          expect.stringContaining('data-pipeline'),
          expect.stringContaining('研发沙箱'),
          'New',
        ]);
      await page.keyboard.press('Alt+1');
      await expect.poll(() => focusedPane(page)).toBe('Checkout redesign');
      await page.keyboard.press('Control+Shift+X');
      await expect.poll(() => panes(page)).toEqual(['Checkout redesign']);
      await expect.poll(() => inTerminal(page)).toBe(true);
      await expect.poll(() => agent.state.layout.map((t) => t.panes.length)).toEqual([1, 1, 1, 1]);
      // The arrangement is the agent's: a page loaded anew shows it.
      await page.reload();
      await page.getByRole('tab', { name: /data-pipeline/ }).waitFor();
      expect(await page.getByRole('tab').count()).toBe(5);
      expect(agent.state.layout.map((t) => t.panes.length)).toEqual([1, 1, 1, 1]);
    });
  });

  test('what another window arranges is shown here; a divider is dragged', async () => {
    await pages.withPage(ready(), async (page, agent) => {
      const [a, b] = await openAll(agent);
      agent.set({
        layout: [{ id: 'pair', panes: [a?.id ?? '', b?.id ?? ''], direction: 'column', shares: [0.7, 0.3] }],
      });
      await goTo(page, `#/sessions/${a?.id}`);
      await expect.poll(() => page.locator('.pane:visible').count()).toBe(2);
      const where = async () => {
        const box = await page.getByRole('separator').boundingBox();
        const whole = await page.locator('.panes').boundingBox();
        if (!box || !whole) throw new Error('nothing there');
        return { box, whole };
      };
      await expect
        .poll(() => where().then(({ box, whole }) => (box.y - whole.y) / whole.height))
        .toBeCloseTo(0.7, 1);
      const { box, whole } = await where();
      await page.mouse.move(box.x + 200, box.y + 3);
      await page.mouse.down();
      await page.mouse.move(box.x + 200, whole.y + whole.height * 0.4, { steps: 4 });
      await page.mouse.up();
      await expect.poll(() => agent.state.layout[0]?.shares[0]).toBeCloseTo(0.4, 1);
      expect(agent.inputs('layout.set').length).toBe(1);
    });
  });

  test('the list: renamed, pinned, moved by keys and by the pointer, and dragged into a split', async () => {
    await pages.withPage(ready(), async (page, agent) => {
      for (const [order, name] of ['one', 'two', 'three'].entries()) await agent.open({ name, order });
      const id = (name: string) => agent.state.sessions.find((s) => s.name === name)?.id ?? '';
      await goTo(page, `#/sessions/${id('one')}`);
      await terminalLive(page);
      await page.keyboard.press('Control+Shift+B');
      await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe(`row-${id('one')}`);
      await page.keyboard.press('F2');
      const name = page.getByRole('textbox', { name: 'Name of one' });
      await name.fill('first');
      await page.keyboard.press('Enter');
      await expect.poll(() => list(page)).toEqual(['first', 'two', 'three']);
      await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe(`row-${id('first')}`);
      await page.keyboard.press('F2');
      await page.keyboard.type('nothing');
      await page.keyboard.press('Escape');
      expect(agent.inputs('sessions.update')).toHaveLength(1);
      await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe(`row-${id('first')}`);
      await page.keyboard.press('Alt+ArrowDown');
      await expect.poll(() => list(page)).toEqual(['two', 'first', 'three']);
      await page.getByText('first is now number 2 of 3.').waitFor({ state: 'attached' });
      await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe(`row-${id('first')}`);
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      await expect.poll(() => focusedPane(page)).toBe('three');
      await page.locator(`#row-${id('three')}`).click({ button: 'right' });
      await page.getByRole('menuitem', { name: 'Pin', exact: true }).click();
      await expect.poll(() => list(page)).toEqual(['three', 'two', 'first']);
      // By the pointer; never above a pinned one.
      await page.locator(`#row-${id('first')}`).dragTo(page.locator(`#row-${id('two')}`), {
        targetPosition: { x: 20, y: 4 },
      });
      await expect.poll(() => list(page)).toEqual(['three', 'first', 'two']);
      // Onto the right edge of the pane that is shown.
      await page.locator(`#row-${id('two')}`).hover();
      await page.mouse.down();
      await page.mouse.move(700, 400, { steps: 4 });
      await page.locator('.drop-zone.right').hover();
      await page.mouse.up();
      await expect
        .poll(() => agent.state.layout.find((t) => t.panes.length === 2)?.panes)
        .toEqual([id('three'), id('two')]);
    });
  });

  test('what a window in front shows is told, and nothing while it is not', async () => {
    await pages.withPage(ready(), async (page, agent) => {
      const one = await agent.open({ name: 'one', activity: activity('done', { seen: false }) });
      const looked = () => agent.inputs('sessions.look').map((i) => i.ids);
      await goTo(page, `#/sessions/${one.id}`);
      await terminalLive(page);
      await expect.poll(() => looked().at(-1)).toEqual([one.id]);
      await expect.poll(() => page.locator('.unseen-mark').count()).toBe(0);
      await page.evaluate(() => {
        document.hasFocus = () => false;
        dispatchEvent(new Event('blur'));
      });
      await expect.poll(() => looked().at(-1)).toEqual([]);
      await page.evaluate(() => {
        document.hasFocus = () => true;
        dispatchEvent(new Event('focus'));
      });
      await expect.poll(() => looked().at(-1)).toEqual([one.id]);
      await goTo(page, '#/settings');
      await expect.poll(() => looked().at(-1)).toEqual([]);
    });
  });

  test('after a restart all are offered again; what is resumed goes on in its place', async () => {
    const lost = { state: 'lost', pid: null, resumable: true, hasTranscript: true } as const;
    await pages.withPage(ready(), async (page, agent) => {
      const ids = [1, 2, 3].map(() => crypto.randomUUID());
      agent.set({
        sessions: ids.map((id, order) =>
          given.session(Date.now(), {
            id,
            order,
            name: `task ${order + 1}`,
            activity: activity('exited'),
            ...lost,
          }),
        ),
      });
      await goTo(page, '#/sessions');
      await page.getByText('3 sessions were interrupted.').waitFor();
      await expectAccessible(page);
      await shot(page, 'interrupted');
      await page.getByRole('button', { name: 'Resume all' }).click();
      await expect.poll(() => agent.inputs('sessions.resume').map((i) => i.id)).toEqual(ids);
      await expect.poll(() => list(page)).toEqual(['task 1', 'task 2', 'task 3']);
      await page.getByText('were interrupted', { exact: false }).waitFor({ state: 'detached' });
    });
  });

  test('the cost, its cap, and what is said near it', async () => {
    await pages.withPage(ready({ environments }), async (page, agent) => {
      const [billing] = await openAll(agent);
      await goTo(page, `#/sessions/${billing?.id}`);
      await terminalLive(page);
      const cost = page.locator('.pane:visible .cost');
      await expect.poll(() => cost.innerText()).toContain('$1.84');
      await expect.poll(() => cost.getAttribute('title')).toBe('More than 80 % of the cap is used.');
      await cost.click();
      const dialog = page.getByRole('dialog', { name: 'Cost of billing-service' });
      await expectAccessible(page);
      await shot(page, 'cost');
      const cap = dialog.getByRole('textbox', { name: 'Cap in US dollars' });
      await cap.fill('a lot');
      await dialog.getByText('Type an amount such as 5 or 2.50.').waitFor();
      await cap.fill('12,5');
      await page.keyboard.press('Enter');
      await expect
        .poll(() => agent.inputs('sessions.update'))
        .toEqual([{ id: billing?.id, cap: { usd: 12.5, stop: true } }]);
      await dialog.waitFor({ state: 'detached' });
    });
  });

  test('several sessions at once, with all they can be given, side by side', async () => {
    await pages.withPage(ready({ environments }), async (page, agent) => {
      await goTo(page, '#/sessions/new');
      await page
        .getByText('Commands that Claude runs see your own AWS environment', { exact: false })
        .waitFor();
      await page.getByRole('button', { name: 'Pin …/src/billing-service' }).click();
      await expect.poll(() => agent.state.pinnedFolders).toEqual(['/home/dana/src/billing-service']);
      await page.getByRole('button', { name: 'Another folder at once' }).click();
      await page.getByRole('combobox', { name: 'Folder 2' }).fill('not absolute');
      await page.getByRole('button', { name: 'Open 2 sessions' }).click();
      await page.getByText('Type the full path', { exact: false }).waitFor();
      await page.getByRole('button', { name: '/srv/data' }).first().click();
      await page.getByRole('button', { name: 'More options' }).click();
      // What the agent refuses a page is not offered on it.
      await page.getByRole('button', { name: 'Permissions' }).click();
      await page.getByRole('option', { name: 'Don’t ask' }).waitFor();
      expect(await page.getByRole('option').count()).toBe(PermissionMode.options.length);
      expect(await page.getByRole('option', { name: /bypass/i }).count()).toBe(0);
      await page.keyboard.press('Escape');
      await page.getByRole('textbox', { name: 'Arguments for claude' }).fill('--effort high "');
      await page.getByText('A quotation mark is not closed.').waitFor();
      await page.getByRole('textbox', { name: 'Arguments for claude' }).fill('--mcp-config x.json');
      await page.getByRole('textbox', { name: 'Cap in US dollars' }).fill('5');
      await expectAccessible(page);
      agent.refuse.set(
        'sessions.open',
        new BedrockTrayError('ArgumentRefused', { argument: '--mcp-config' }),
      );
      await page.getByRole('button', { name: 'Open 2 sessions' }).click();
      await page.getByText('A page may not pass on', { exact: false }).waitFor();
      await page.getByRole('textbox', { name: 'Arguments for claude' }).fill('--effort high');
      await page.getByRole('button', { name: 'Open 2 sessions' }).click();
      await expect.poll(() => panes(page)).toEqual(['billing-service', 'data']);
      expect(agent.inputs('sessions.open').slice(-2)).toMatchObject([
        { cwd: '/home/dana/src/billing-service', args: ['--effort', 'high'], cap: { usd: 5, stop: false } },
        { cwd: '/srv/data', args: ['--effort', 'high'] },
      ]);
      await expect.poll(() => agent.state.layout.filter((t) => t.panes.length === 2).length).toBe(1);
    });
  });

  test('by setting a new session is shown in the person’s own terminal; where there is none, here', async () => {
    const { settings } = ready();
    const own = { ...settings, sessions: { ...settings.sessions, showIn: 'terminal' as const } };
    await pages.withPage(ready({ settings: own }), async (page, agent) => {
      await page.getByRole('button', { name: 'Open Claude Code', exact: true }).click();
      await expect.poll(() => agent.inputs('sessions.showInTerminal').length).toBe(1);
      expect(agent.inputs('sessions.showInTerminal')[0]?.id).toBe(agent.state.sessions[0]?.id);
      await page.getByRole('main', { name: 'Overview' }).waitFor();
      agent.refuse.set('sessions.showInTerminal', new BedrockTrayError('TerminalMissing', {}));
      await page.getByRole('button', { name: 'Open Claude Code', exact: true }).click();
      await terminalLive(page);
      await page.getByText('No terminal was found.', { exact: false }).waitFor();
    });
  });

  test('at 480 px the list is there on request and goes when a session was chosen', async () => {
    await pages.withPage(
      ready({ environments }),
      async (page, agent) => {
        const [billing] = await openAll(agent);
        await goTo(page, `#/sessions/${billing?.id}`);
        await terminalLive(page);
        await page.locator('.sidebar').waitFor({ state: 'hidden' });
        // More tabs than fit scroll in their bar.
        for (const name of ['one', 'two', 'three']) await agent.open({ name });
        await page.getByRole('tab', { name: 'three' }).waitFor();
        await expectNoOverflow(page);
        await shot(page, 'narrow-pane');
        await page.getByRole('button', { name: 'Show or hide the list' }).click();
        await page.locator('.sidebar').waitFor();
        await expectNoOverflow(page);
        await expectAccessible(page);
        await shot(page, 'narrow-list');
        await page.locator('.s-row').getByText('data-pipeline').click();
        await expect.poll(() => focusedPane(page)).toBe('data-pipeline');
        await page.locator('.sidebar').waitFor({ state: 'hidden' });
      },
      { viewport: { width: 480, height: 760 } },
    );
  });

  test.for([
    { name: 'dark', colorScheme: 'dark', locale: 'en-US' },
    { name: 'zh', colorScheme: 'light', locale: 'zh-CN' },
  ] as const)('the same in $name', async ({ name, ...look }) => {
    await pages.withPage(
      ready({ environments }),
      async (page, agent) => {
        const [, checkout] = await openAll(agent);
        await goTo(page, `#/sessions/${checkout?.id}`);
        await terminalLive(page);
        expect(await page.locator('body').innerText()).not.toMatch(/\b(page|sessions|errors):|\{\{/);
        await page.locator('[data-settled]').waitFor();
        await expectAccessible(page, name === 'dark' ? 'contrast' : 'all');
        await shot(page, `sessions-list-${name}`);
      },
      look,
    );
  });
});
