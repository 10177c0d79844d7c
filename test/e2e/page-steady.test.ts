/** Nothing on the screen is pushed away when data arrive, and no terminal is resized by them. */
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { BedrockTrayError } from '../../src/contract/index.ts';
import type { FakeAgent } from '../support/page/fake-agent.ts';
import { comesBack, describePages, drawn, goTo, ready, terminalLive } from '../support/page/page-harness.ts';
import {
  activity,
  busyDay,
  candidates,
  conversations,
  everyKind,
  integration,
  meter,
} from '../support/page/samples.ts';
import { usageFacts } from '../support/page/usage-samples.ts';

interface Shift {
  value: number;
  what: string[];
}

/** Notes every shift of the page's life, with what it moved (Chromium's Layout Instability API). */
async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shifts: Shift[] = [];
    Object.assign(globalThis, { shifts });
    interface Entry extends PerformanceEntry {
      value: number;
      sources: { node: Node | null; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }[];
    }
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as Entry[])
        shifts.push({
          value: entry.value,
          what: entry.sources.map(({ node, previousRect: a, currentRect: b }) => {
            const e = node instanceof Element ? node : node?.parentElement;
            return `${e?.tagName}.${e?.className} ${e?.textContent?.slice(0, 30)} ${a.x},${a.y} -> ${b.x},${b.y}`;
          }),
        });
    }).observe({ type: 'layout-shift', buffered: true });
  });
}
const shifts = async (page: Page): Promise<Shift[]> => {
  await drawn(page);
  // Less is a word that changes within its line.
  return page.evaluate(() =>
    (globalThis as unknown as { shifts: Shift[] }).shifts.filter((s) => s.value >= 0.0001),
  );
};

function full(agent: FakeAgent): void {
  agent.candidates = candidates;
  agent.integration = integration;
  agent.conversations = conversations;
  agent.facts = usageFacts(40);
  agent.setProfiles(everyKind);
}

const views: [hash: string, there: string][] = [
  ['#/overview', 'text=Payments development'],
  ['#/access', 'text=shared-ops'],
  ['#/history', '.conversation'],
  ['#/sessions/new', '.known-folder'],
  ['#/models', '.model-row'],
  ['#/usage', '.chart-buttons'],
  ['#/settings', '.settings'],
];

/** So high that nothing is pushed out of sight. */
const late = [
  ...views.map(([hash, there]) => ({ hash, there, width: 1280, height: 2400 })),
  ...views.slice(0, 2).map(([hash, there]) => ({ hash, there, width: 480, height: 3200 })),
];

describePages('nothing moves', (pages) => {
  test.for(late)(
    'when snapshot and lists of $hash come late, at $width px',
    async ({ hash, there, ...viewport }) => {
      await pages.withPage(
        ready(),
        async (page, agent) => {
          await watchShifts(page);
          full(agent);
          // First the outline without an agent, then the snapshot, then the lists.
          await agent.disappear();
          await page.reload();
          await page.locator('[aria-busy=true]').first().waitFor({ state: 'attached' });
          const release = Promise.withResolvers<void>();
          agent.held = release.promise;
          await comesBack(page, agent);
          await page.locator('.page:not([aria-busy])').waitFor();
          await shifts(page);
          release.resolve();
          await page.locator(there).first().waitFor();
          await page.locator('.skeleton').first().waitFor({ state: 'detached' });
          expect(await shifts(page), hash).toEqual([]);
        },
        { hash, viewport },
      );
    },
  );

  test.for([
    { width: 1280, height: 800 },
    { width: 480, height: 760 },
  ])(
    'a terminal keeps its size and place whatever is told about its session, at $width px',
    async (viewport) => {
      await pages.withPage(
        ready(),
        async (page, agent) => {
          await watchShifts(page);
          await page.reload();
          const ids: string[] = [];
          for (const { meter: _, activity: __, title: ___, ...plain } of busyDay())
            ids.push((await agent.open(plain)).id);
          const [id = '', other = ''] = ids;
          await goTo(page, `#/sessions/${id}`);
          await terminalLive(page);
          // All are there, and the terminal has taken its size.
          await expect.poll(() => page.getByRole('tab').count()).toBe(ids.length + 1);
          const look = async () => ({
            box: await page.locator('.terminal-host:visible').boundingBox(),
            size: await page.locator('.terminal-host:visible .xterm-rows > div').count(),
          });
          let last = '';
          const rests = async (): Promise<boolean> => {
            const before = last;
            last = JSON.stringify(await look());
            return last === before;
          };
          await expect.poll(rests, { interval: 400 }).toBe(true);
          const { box, size } = await look();
          const known = (await shifts(page)).length;
          const step = async (
            what: string,
            change: () => void | Promise<void>,
            seen: string,
          ): Promise<void> => {
            await change();
            await page.locator(seen).first().waitFor();
            expect((await shifts(page)).slice(known), what).toEqual([]);
            expect(await page.locator('.terminal-host:visible').boundingBox(), what).toEqual(box);
            expect(await page.locator('.terminal-host:visible .xterm-rows > div').count()).toBe(size);
          };
          await step(
            'meters',
            () => {
              for (const one of ids) agent.changeSession(one, { meter: meter(1.84, 124_000) });
            },
            '.session-head:visible .cost',
          );
          await step(
            'a title, a cost beyond the cap',
            () =>
              agent.changeSession(id, { title: 'Which invoices are overdue?', meter: meter(2.41, 131_000) }),
            '.session-head:visible .cost.tone-problem',
          );
          await step(
            'it is done',
            () => agent.changeSession(id, { activity: activity('done', { seen: false }) }),
            '.session-head:visible .tone-ready',
          );
          await step(
            'a problem',
            () =>
              agent.changeSession(id, {
                problem: new BedrockTrayError('NetworkUnavailable', {
                  host: 'example.com',
                  reason: 'ETIMEDOUT',
                }).view(),
              }),
            '.session-notice:visible',
          );
          await step(
            'another one is renamed',
            () => agent.changeSession(other, { name: 'a much longer name than before' }),
            '.tab:has-text("a much longer")',
          );
          await step('the agent goes away', () => agent.disappear(), '.link-banner');
          await page.getByRole('button', { name: 'Try now' }).click();
          await step(
            'and comes back',
            async () => {
              await agent.appear();
              const tryNow = async (): Promise<boolean> => {
                await page.evaluate(() =>
                  document.querySelector<HTMLElement>('.link-banner button')?.click(),
                );
                return agent.watched;
              };
              await expect.poll(tryNow).toBe(true);
              await page.locator('.link-banner').waitFor({ state: 'detached' });
            },
            '.session-head:visible',
          );
        },
        { viewport },
      );
    },
  );
});
