import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import type { Language } from '../../src/contract/settings.ts';
import type { FakeAgent } from '../support/page/fake-agent.ts';
import { describePages, expectNoOverflow, findings, ready, shot } from '../support/page/page-harness.ts';
import { type Scene, scenes } from '../support/page/scenes.ts';

const widths = [1280, 900, 480] as const;
/** Nearly five hundred: on request only. */
const pictures = !!process.env.PICTURES;
/** Widths change with the language, colours with the theme: two of the four show everything once. */
const combinations: readonly { language: Language; colorScheme: 'light' | 'dark' }[] = pictures
  ? (['en', 'zh-CN'] as const).flatMap((language) =>
      (['light', 'dark'] as const).map((colorScheme) => ({ language, colorScheme })),
    )
  : [
      { language: 'en', colorScheme: 'light' },
      { language: 'zh-CN', colorScheme: 'dark' },
    ];
/** A part of the names (LOOKS=history): for whoever works on one view. */
const chosen = scenes.filter((s) => new RegExp(process.env.LOOKS ?? '').test(s.name));
const views = [...new Set(chosen.map((s) => s.name.replace(/-.*/, '')))];

async function speak(page: Page, agent: FakeAgent, language: Language): Promise<void> {
  if (language !== agent.state.settings.language)
    agent.set({ settings: { ...agent.state.settings, language } });
  // Without an agent the page keeps its words.
  if (await page.locator('.link-banner').count()) return;
  await page.locator(`html[lang=${language}]`).waitFor({ state: 'attached' });
}

/** What is wrong with a scene in any theme and language. */
async function look(page: Page, agent: FakeAgent, { name, act }: Scene): Promise<string[]> {
  const found: string[] = [];
  await act?.(page, agent);
  for (const { language, colorScheme } of combinations) {
    await speak(page, agent, language);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.locator(`html[data-theme=${colorScheme}]`).waitFor({ state: 'attached' });
    const text = await page.locator('body').innerText();
    if (/\b(page|errors|notes|sessions):\w|\{\{/.test(text))
      found.push(`${name} ${language}: a word is missing`);
    // A bar that stays in sight lies on what is scrolled past it; at its own place it lies on nothing.
    await page.evaluate(() =>
      document.querySelector('.choice-bar')?.parentElement?.scrollIntoView({ block: 'end' }),
    );
    const shown = `${name}-${colorScheme}-${language}`;
    // Structure does not change with the language, and every word of both is held by test/unit/locales.
    const what = language === 'en' && colorScheme === 'light' ? 'all' : 'contrast';
    found.push(...(await findings(page, what)).map((f) => `${shown}: ${f}`));
    for (const width of pictures ? widths : []) {
      await page.setViewportSize({ width, height: 800 });
      await shot(page, `look-${shown}-${width}`, { whole: width === 1280 });
    }
    await page.setViewportSize({ width: 480, height: 800 });
    await expectNoOverflow(page).catch(() => found.push(`${name} ${language}: wider than 480 px`));
    await page.setViewportSize({ width: 1280, height: 800 });
  }
  return found;
}

/** Pictures take their time. */
const timeout = pictures ? 1_200_000 : 300_000;

describePages('how every view looks', (pages) => {
  test.for(views)(
    '%s: axe finds nothing serious in any state, theme and language',
    { timeout },
    async (view) => {
      const found: string[] = [];
      for (const scene of chosen.filter((s) => s.name.replace(/-.*/, '') === view))
        await pages
          .withPage(
            scene.state?.() ?? ready(),
            async (page, agent) => void found.push(...(await look(page, agent, scene))),
            { hash: scene.hash, viewport: { width: 1280, height: 800 }, prepare: scene.agent },
          )
          .catch((error: unknown) => found.push(`${scene.name}: ${error}`));
      expect(found).toEqual([]);
    },
  );
});
