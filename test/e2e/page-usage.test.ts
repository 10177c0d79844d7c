/** The page Usage: figures that hold, the keyboard, files, budgets, the bill that is paid for, the trail. */
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { BedrockTrayError } from '../../src/contract/index.ts';
import type { FakeAgent } from '../support/page/fake-agent.ts';
import {
  describePages,
  drawn,
  expectAccessible,
  expectNoOverflow,
  goTo,
  ready,
  shot,
} from '../support/page/page-harness.ts';
import { budgets, dayAgo, queryFacts, trailEvents, usageFacts } from '../support/page/usage-samples.ts';
import * as given from '../support/tray/snapshots.ts';

const facts = usageFacts();
const used = (agent: FakeAgent): void => {
  agent.facts = facts;
};
const money = (usd: number | null): string =>
  new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' }).format(usd ?? 0);
const sums = (more: Partial<Parameters<typeof queryFacts>[1]>) =>
  queryFacts(facts, { by: [], limit: 100_000, ...more });
const days = (count: number) => ({ from: dayAgo(count - 1), to: dayAgo(0) });
const choose = (page: Page, name: string): Promise<void> =>
  page.getByRole('radio', { name, exact: true }).first().locator('xpath=ancestor::label').click();
const total = (page: Page) => page.locator('.usage-sum');
const rowsOf = (page: Page) => page.locator('.usage-table tbody tr');

describePages('usage', (pages) => {
  test('ranges, divisions and filters: the figures are those of the transcripts, to the cent', async () => {
    await pages.withPage(
      ready(),
      async (page, agent) => {
        await goTo(page, '#/usage');
        await choose(page, '7 days');
        const week = sums(days(7));
        await expect.poll(() => total(page).innerText()).toBe(money(week.total.costUsd));
        await page.getByText('estimate by list prices').waitFor();
        // Seven bars, each with its values; days without anything too.
        const buttons = page.locator('.chart-buttons button');
        await expect.poll(() => buttons.count()).toBe(7);
        const daily = sums({ ...days(7), by: ['day'] }).rows;
        for (const { day = '', costUsd } of daily) {
          const named = new Intl.DateTimeFormat('en', {
            weekday: 'short',
            month: 'short',
            day: 'numeric',
            timeZone: 'UTC',
          }).format(Date.parse(day));
          if (costUsd !== null)
            await page
              .locator('.chart-buttons')
              .getByRole('button', { name: `${named}: ${money(costUsd)}` })
              .waitFor({ state: 'attached' });
        }
        // What has no known price is never 0: neither in the table nor above it.
        const unknown = rowsOf(page).filter({ hasText: 'Mythos' });
        expect(await unknown.innerText()).toContain('no known price');
        expect(await unknown.innerText()).not.toContain('$0');
        await page.getByText(/tokens are not in this sum/).waitFor();
        // Each division's rows come to the same total.
        for (const [label, by] of [
          ['Environment', 'environment'],
          ['Conversation', 'session'],
          ['Project', 'project'],
        ] as const) {
          await page
            .locator('#usage-breakdown')
            .locator('xpath=..')
            .getByText(label, { exact: true })
            .click();
          const { rows } = sums({ ...days(7), by: [by] });
          await expect.poll(() => rowsOf(page).count()).toBe(rows.length);
          const dearest = [...rows].sort((a, b) => (b.costUsd ?? 0) - (a.costUsd ?? 0))[0];
          await expect
            .poll(() => rowsOf(page).first().innerText())
            .toContain(money(dearest?.costUsd ?? null));
        }
        // A row narrows everything down to it.
        await page.getByRole('button', { name: 'Only /srv/data' }).click();
        const narrowed = sums({ ...days(7), project: '/srv/data' });
        await expect.poll(() => total(page).innerText()).toBe(money(narrowed.total.costUsd));
        expect(agent.inputs('usage.query').at(-1)).toMatchObject({ project: '/srv/data' });
        await page
          .getByRole('button', { name: /^\/srv\/data Project|Project/ })
          .first()
          .click();
        await page.getByRole('option', { name: 'All' }).click();
        await expect.poll(() => total(page).innerText()).toBe(money(week.total.costUsd));
        // Nobody's environment is one of them.
        await page
          .getByRole('button', { name: /Environment/ })
          .first()
          .click();
        await page.getByRole('option', { name: 'Opened elsewhere' }).click();
        await expect
          .poll(() => total(page).innerText())
          .toBe(money(sums({ ...days(7), environment: null }).total.costUsd));
      },
      { prepare: used },
    );
  });

  test('the chart by keyboard, its table, sorting, links; axe finds nothing', async () => {
    await pages.withPage(
      ready(),
      async (page, agent) => {
        await goTo(page, '#/usage');
        await choose(page, '90 days');
        const bars = page.locator('.chart-buttons button');
        await expect.poll(() => bars.count()).toBe(90);
        // One stop of the Tab key; arrows, Home and End go on from there, and the tip says what the button's name says.
        expect(await page.locator('.chart-buttons button[tabindex="0"]').count()).toBe(1);
        await bars.last().focus();
        await page.keyboard.press('Home');
        await expect.poll(() => bars.first().evaluate((b) => b === document.activeElement)).toBe(true);
        await page.keyboard.press('ArrowRight');
        await page.keyboard.press('End');
        await page.keyboard.press('PageUp');
        const at = page.locator('.chart-buttons button:focus');
        const name = (await at.getAttribute('aria-label')) ?? '';
        const tip = page.locator('.chart-tip');
        await expect
          .poll(async () => name.startsWith(await tip.locator('strong').innerText()), { message: name })
          .toBe(true);
        for (const part of await tip.locator('li .number').allInnerTexts()) expect(name).toContain(part);
        await page.keyboard.press('Escape');
        await tip.waitFor({ state: 'detached' });
        await page.getByRole('button', { name: 'Show as a table' }).click();
        await expect.poll(() => page.locator('.table-scroll tbody tr').count()).toBe(90);
        await expectAccessible(page);
        // Largest first, then smallest; what has no price stays last.
        const tokens = page.getByRole('columnheader', { name: 'Tokens' });
        await tokens.getByRole('button').click();
        await expect.poll(() => tokens.getAttribute('aria-sort')).toBe('descending');
        await page.getByRole('columnheader', { name: 'Cost' }).getByRole('button').click();
        await page.getByRole('columnheader', { name: 'Cost' }).getByRole('button').click();
        await expect
          .poll(() => page.getByRole('columnheader', { name: 'Cost' }).getAttribute('aria-sort'))
          .toBe('ascending');
        await expect.poll(() => rowsOf(page).last().innerText()).toContain('no known price');
        // A bar looks at its days alone.
        await at.or(bars.last()).first().focus();
        await page.keyboard.press('Enter');
        await page.locator('.one-bar, .chart-nothing').waitFor();
        expect(agent.inputs('usage.query').some((i) => i.from === i.to)).toBe(true);
        // Conversations lead to where they can be read.
        await choose(page, '90 days');
        await choose(page, 'Conversation');
        const link = page.getByRole('link', { name: 'Look for “Which invoices are overdue?” in History' });
        await link.click();
        await page.getByRole('searchbox').waitFor();
        await expect
          .poll(() => page.getByRole('searchbox').inputValue())
          .toBe('dddddddd-0000-4000-8000-000000000000');
        await expect
          .poll(() => agent.inputs('history.list').at(-1))
          .toMatchObject({ query: 'dddddddd-0000-4000-8000-000000000000' });
      },
      { prepare: used },
    );
  });

  test('files: all rows, and what others wrote is no formula', async () => {
    await pages.withPage(
      ready(),
      async (page) => {
        await goTo(page, '#/usage');
        await choose(page, '7 days');
        const save = async (what: RegExp) => {
          await page.getByRole('button', { name: 'Download' }).click();
          const saved = page.waitForEvent('download');
          await page.getByRole('menuitem', { name: what }).click();
          const file = await saved;
          return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') };
        };
        const { rows, total: all } = sums({
          ...days(7),
          by: ['day', 'environment', 'project', 'model', 'session'],
        });
        const csv = await save(/CSV/);
        expect(csv.name).toBe(`bedrock-usage-${dayAgo(6)}-${dayAgo(0)}.csv`);
        expect(csv.text.charCodeAt(0)).toBe(0xfeff);
        const lines = csv.text.slice(1).trimEnd().split('\r\n');
        expect(lines).toHaveLength(rows.length + 1);
        expect(csv.text).toContain(`"'=HYPERLINK(""https://evil.example"") and the pipeline"`);
        expect(csv.text).not.toMatch(/[,\n]"?=/);
        // Nothing is lost, and what has no price is empty.
        const cost = lines.slice(1).map((line) => line.split(',').at(-2) ?? '');
        expect(cost.filter((c) => c === '')).toHaveLength(rows.filter((r) => r.costUsd === null).length);
        expect(cost.reduce((sum, c) => sum + Number(c), 0)).toBeCloseTo(all.costUsd ?? 0, 2);
        const json = await save(/JSON/);
        const document = JSON.parse(json.text);
        expect(document).toMatchObject({ currency: 'USD', prices: 'list', from: dayAgo(6), to: dayAgo(0) });
        expect(document.rows).toHaveLength(rows.length);
      },
      { prepare: used },
    );
  });

  test('new figures come without a flicker or a shift; what is still to be read is told', async () => {
    const usage = { revision: 1, pending: 412_000_000, budgets: [] };
    await pages.withPage(
      ready({ usage }),
      async (page, agent) => {
        await goTo(page, '#/usage');
        await total(page).waitFor();
        await page.getByText('412 MB still to read; figures grow until then').waitFor();
        expect(await page.getByRole('progressbar').count()).toBe(1);
        await page.locator('.usage .skeleton').first().waitFor({ state: 'detached' });
        await drawn(page);
        await page.evaluate(() => {
          const seen: string[] = [];
          Object.assign(globalThis, { seen });
          new MutationObserver(() => {
            if (document.querySelector('.usage .skeleton')) seen.push('skeleton');
            if (!document.querySelector('.usage-sum')) seen.push('no sum');
          }).observe(document.body, { childList: true, subtree: true });
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[])
              if (entry.value >= 0.0001) seen.push(`shift ${entry.value}`);
          }).observe({ type: 'layout-shift' });
        });
        const before = await total(page).innerText();
        const one = facts.find((f) => f.day === dayAgo(0) && f.costUsd !== null) ?? facts[0];
        agent.facts = [...facts, { ...(one as (typeof facts)[number]), day: dayAgo(0), costUsd: 123.45 }];
        agent.set({ usage: { ...usage, revision: 2, pending: 1_000_000 } });
        await expect.poll(() => total(page).innerText()).not.toBe(before);
        agent.set({ usage: { ...usage, revision: 3, pending: 0 } });
        await page.getByRole('progressbar').waitFor({ state: 'detached' });
        await drawn(page);
        expect(await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)).toEqual([]);
      },
      { prepare: used },
    );
  });

  test('a price of one’s own: asked for by kind, kept by model, taken away again', async () => {
    await pages.withPage(
      ready(),
      async (page, agent) => {
        await goTo(page, '#/usage');
        await choose(page, '90 days');
        await page.getByRole('button', { name: /^Set price… Mythos/ }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByRole('button', { name: 'Save price' }).click();
        await dialog.getByText('A number such as 3 or 0.30').first().waitFor();
        expect(agent.inputs('settings.set')).toEqual([]);
        await dialog.getByRole('textbox', { name: 'Input' }).fill('3');
        await dialog.getByRole('textbox', { name: 'Output' }).fill('15,5');
        await dialog.getByRole('textbox', { name: 'Cache reads' }).fill('0.2');
        await expectAccessible(page);
        await page.keyboard.press('Enter');
        await dialog.waitFor({ state: 'detached' });
        expect(agent.inputs('settings.set')).toEqual([
          {
            prices: {
              'claude-mythos-6': {
                input: 3,
                output: 15.5,
                cacheRead: 0.2,
                cacheWrite5m: 3.75,
                cacheWrite1h: 6,
              },
            },
          },
        ]);
        await page.getByRole('button', { name: /^Your price… Mythos/ }).click();
        await page.getByRole('button', { name: 'Remove my price' }).click();
        await expect.poll(() => agent.state.settings.prices).toEqual({});
      },
      { prepare: used },
    );
  });

  test('budgets say how they stand and what follows; the bill is asked for once a yes; the trail page by page', async () => {
    const environments = [given.environment(), given.environment({ name: 'research', profile: 'audit' })];
    await pages.withPage(
      ready({ environments, usage: { revision: 1, pending: 0, budgets: budgets() } }),
      async (page, agent) => {
        await goTo(page, '#/usage');
        await choose(page, '7 days');
        const meters = page.getByRole('meter');
        expect(await meters.first().getAttribute('aria-valuetext')).toBe('$99.42 of $120.00 · 83%');
        await page.getByText('No further session is opened', { exact: false }).waitFor();
        // The bill: a question first, nothing without a yes, and once paid it stays.
        await page.getByRole('button', { name: /^Ask for/ }).click();
        const ask = page.getByRole('alertdialog', { name: 'Ask Cost Explorer?' });
        await ask.getByText('AWS charges $0.01 for each request', { exact: false }).waitFor();
        await ask.getByRole('button', { name: 'Cancel' }).click();
        expect(agent.inputs('costs.get')).toEqual([]);
        agent.refuse.set(
          'costs.get',
          new BedrockTrayError('ServiceFailed', {
            service: 'AWS Cost Explorer',
            reason: 'AccessDenied: User: arn:aws:sts::… is not authorized to perform this',
          }),
        );
        const agree = async () => {
          await page.getByRole('button', { name: /^Ask for/ }).click();
          await ask.getByRole('button', { name: 'Agree and ask' }).click();
        };
        await agree();
        await page.getByText('ce:GetCostAndUsage', { exact: false }).waitFor();
        await agree();
        await page.getByText('1 request, $0.01 charged.').waitFor();
        expect(agent.inputs('costs.get').at(-1)).toEqual({
          environment: 'work',
          ...days(7),
          agreed: true,
        });
        await page.getByText('The bill’s days are UTC', { exact: false }).waitFor();
        await goTo(page, '#/overview');
        await goTo(page, '#/usage');
        await page.getByText('1 request, $0.01 charged.').waitFor();
        expect(agent.inputs('costs.get')).toHaveLength(2);
        // The trail.
        await choose(page, '7 days');
        await page.getByRole('button', { name: 'Show calls' }).click();
        const count = page.locator('section:has(#usage-trail) [role=status]');
        await expect.poll(() => count.innerText()).toBe('25 calls');
        const own = trailEvents().filter((e) => e.who?.endsWith('dana@example.com')).length;
        const more = page.getByRole('button', { name: 'Show older calls' });
        while (await more.count()) {
          const before = await count.innerText();
          await more.click();
          await expect
            .poll(async () => /calls/.test(await count.innerText()) && (await count.innerText()) !== before)
            .toBe(true);
        }
        expect(await count.innerText()).toBe(`${own} calls`);
        await choose(page, 'Everyone');
        await page.getByText('li.wei@example.com').first().waitFor();
        expect(agent.inputs('trail.list').at(-1)).toMatchObject({ everyone: true, environment: 'work' });
        await page.getByText('ThrottlingException').first().waitFor();
        expect(await page.getByText('GetFoundationModelAvailability').count()).toBe(0);
        await choose(page, 'Every event');
        await page.getByText('GetFoundationModelAvailability').first().waitFor();
        expect(agent.inputs('trail.list').at(-1)).toMatchObject({ everyone: true, all: true });
      },
      { prepare: used },
    );
  });

  test('nothing yet, nothing in these days, narrow and in Chinese', async () => {
    await pages.withPage(
      ready(),
      async (page, agent) => {
        await goTo(page, '#/usage');
        await page.locator('.usage .empty').waitFor();
        agent.facts = facts.filter((f) => f.day < dayAgo(40));
        agent.set({ usage: { revision: 2, pending: 0, budgets: [] } });
        await page.getByText('这段时间没有用量。').waitFor();
        await page
          .getByRole('button', { name: /^显示 20/ })
          .or(page.getByRole('button', { name: /^显示 \d/ }))
          .first()
          .click();
        await page.locator('.chart-buttons').waitFor();
        await expectNoOverflow(page);
        expect(await page.locator('body').innerText()).not.toMatch(/\b(page|sessions|errors|usage):|\{\{/);
        await shot(page, 'usage-narrow-zh');
      },
      { locale: 'zh-CN', colorScheme: 'dark', viewport: { width: 480, height: 760 } },
    );
  });
});
