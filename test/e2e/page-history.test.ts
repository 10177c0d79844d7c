import { expect, test } from 'vitest';
import { BedrockTrayError, type ConversationView } from '../../src/contract/index.ts';
import {
  describePages,
  expectAccessible,
  expectNoOverflow,
  goTo,
  ready,
  shot,
  terminalLive,
} from '../support/page/page-harness.ts';
import { conversations, integration } from '../support/page/samples.ts';

const many: ConversationView[] = Array.from({ length: 120 }, (_, n) => ({
  ...(conversations[0] as ConversationView),
  id: crypto.randomUUID(),
  title: `Conversation ${n + 1}`,
  lastAt: Date.now() - n * 60_000,
}));

describePages('history and integration', (pages) => {
  test('conversations are searched, marked, narrowed down and opened again; what they say stays text', async () => {
    await pages.withPage(ready(), async (page, agent) => {
      await goTo(page, '#/history');
      await page.getByText('Conversations that you have with Claude Code', { exact: false }).waitFor();
      agent.conversations = conversations;
      agent.set({ history: { revision: 1, pending: 0 } });
      await page.getByRole('heading', { name: 'Which invoices are overdue?' }).waitFor();
      await page.getByText('<img src=x onerror=alert(1)> and the pipeline').waitFor();
      await page.getByText('Deleted in 2 days').waitFor();
      const search = page.getByRole('searchbox', { name: 'Search in what was said' });
      await search.fill('invoices');
      await expect
        .poll(() => page.locator('.snippet mark').allTextContents())
        .toEqual(['invoices', '发票', 'invoices', 'invoices']);
      await expectAccessible(page);
      await shot(page, 'history');
      // Letters that came quickly are asked about once.
      expect(agent.inputs('history.list').map((i) => i.query ?? '')).toEqual(['', '', 'invoices']);
      agent.found = {
        matches: [
          { role: 'user', at: Date.now(), text: 'Which invoices are overdue?', matches: [[6, 14]] },
          { role: 'tool', at: Date.now(), text: 'invoices.csv\u202Egnp', matches: [[0, 8]] },
        ],
        more: true,
      };
      await page.getByRole('button', { name: 'All places' }).first().click();
      await page.getByText('There are more places.').waitFor();
      await page.getByText('.csv\uFFFDgnp').waitFor();
      await page.getByRole('switch', { name: /Only those that are deleted soon/ }).focus();
      await page.keyboard.press('Space');
      await expect.poll(() => page.locator('.conversation').count()).toBe(1);
      await page.keyboard.press('Space');
      await expect.poll(() => page.locator('.conversation').count()).toBe(3);
      await search.fill('nothing like it');
      await page.getByText('No conversation fits.').waitFor();
      await search.fill('发票');
      await page.getByRole('button', { name: 'Resume “发票对账为什么少了三张？”' }).click();
      await terminalLive(page);
      expect(agent.inputs('history.resume')).toMatchObject([{ conversation: conversations[1]?.id }]);
    });
  });

  test('a page at a time; a refusal can be tried again; one that is open leads to its session', async () => {
    await pages.withPage(ready(), async (page, agent) => {
      const opened = await agent.open({ name: 'open one' });
      agent.conversations = [{ ...(many[0] as ConversationView), session: opened.id }, ...many.slice(1)];
      agent.refuse.set('history.list', new BedrockTrayError('Internal', { reference: 'r1' }));
      await goTo(page, '#/history');
      await page.getByRole('button', { name: 'Try again' }).click();
      await expect.poll(() => page.locator('.conversation').count()).toBe(50);
      await page.getByRole('button', { name: 'Show older ones' }).click();
      await expect.poll(() => page.locator('.conversation').count()).toBe(100);
      // What changes meanwhile does not throw a reader back.
      agent.set({ history: { revision: 7, pending: 4_096 } });
      await page.getByText('Conversations are still being read…').waitFor();
      await page.getByRole('button', { name: 'Show older ones' }).click();
      await expect.poll(() => page.locator('.conversation').count()).toBe(120);
      await page.getByRole('button', { name: 'Go to “Conversation 1”' }).click();
      await page.waitForURL(new RegExp(opened.id));
    });
  });

  test('plain claude and editors: the very changes first, then consent, and back', async () => {
    await pages.withPage(ready(), async (page, agent) => {
      const file = integration[0]?.file ?? '';
      const withProblem = (problem: BedrockTrayError) =>
        integration.map((f, n) => (n === 0 ? { ...f, problem: problem.view() } : f));
      const look = page.getByRole('button', { name: 'Look at the changes…', exact: true }).last();
      agent.integration = withProblem(new BedrockTrayError('SettingsMalformed', { file, reason: 'line 1' }));
      await goTo(page, '#/access');
      await page.getByText('line 1', { exact: false }).waitFor();
      expect(await look.isDisabled()).toBe(true);
      // What is replaced is told, and in nobody's way.
      agent.integration = withProblem(new BedrockTrayError('SettingsRival', { file, names: 'AWS_REGION' }));
      await goTo(page, '#/');
      await goTo(page, '#/access');
      await page.getByText('AWS_REGION', { exact: false }).first().waitFor();
      await look.click();
      const dialog = page.getByRole('dialog', { name: 'These files are changed' });
      await dialog.getByText('"awsCredentialExport"', { exact: false }).waitFor();
      await expectAccessible(page);
      await shot(page, 'integration');
      await page.keyboard.press('Escape');
      expect(agent.inputs('integration.apply')).toEqual([]);
      await page.getByRole('button', { name: 'Look at the changes…', exact: true }).last().click();
      await dialog.getByRole('button', { name: 'Write' }).click();
      await page.getByText('Written. New sessions anywhere use it.').waitFor();
      expect(agent.inputs('integration.apply')).toEqual([{ environment: 'work', digest: 'digest false' }]);
      await page.getByRole('button', { name: 'Take it back' }).click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Take it back' }).click();
      await page.getByText('Taken back.').waitFor();
      expect(agent.integrated).toBe(false);
    });
  });

  test('narrow and in Chinese', async () => {
    await pages.withPage(
      ready(),
      async (page, agent) => {
        agent.conversations = conversations;
        await goTo(page, '#/history/invoices');
        await page.locator('.snippet mark').first().waitFor();
        await expectNoOverflow(page);
        expect(await page.locator('body').innerText()).not.toMatch(/\b(page|sessions|errors):|\{\{/);
        await shot(page, 'history-narrow-zh');
      },
      { locale: 'zh-CN', colorScheme: 'dark', viewport: { width: 480, height: 760 } },
    );
  });
});
