import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { doctorLinks } from '../../src/contract/doctor.ts';
import { BedrockTrayError } from '../../src/contract/index.ts';
import { ill, repairs } from '../support/page/doctor-samples.ts';
import type { FakeAgent } from '../support/page/fake-agent.ts';
import {
  clipboard,
  comesBack,
  describePages,
  drawn,
  expectAccessible,
  goTo,
  ready,
  shot,
  terminalLive,
} from '../support/page/page-harness.ts';
import { activity } from '../support/page/samples.ts';
import * as given from '../support/tray/snapshots.ts';

const sick = (agent: FakeAgent): void => {
  agent.doctor = ill;
  agent.repairs = repairs;
};
const runs = (agent: FakeAgent): unknown[] =>
  agent.calls.filter((c) => (c.name as string) === 'doctor.run').map((c) => c.input);
const pane = (page: Page) => page.getByRole('region', { name: 'What to do' });
const link = (page: Page, name: RegExp) => page.getByRole('option', { name });
const ended = (page: Page) =>
  page
    .getByText(/3 links failed/)
    .first()
    .waitFor();
/** What moved by itself since the page was loaded, one line each. */
const shifts = async (page: Page): Promise<string[]> => {
  await drawn(page);
  return page.evaluate(() => {
    const observer = new PerformanceObserver(() => undefined);
    observer.observe({ type: 'layout-shift', buffered: true });
    const entries = observer.takeRecords() as (PerformanceEntry & {
      value: number;
      hadRecentInput: boolean;
      sources: { node: Element | null }[];
    })[];
    observer.disconnect();
    return entries
      .filter((entry) => !entry.hadRecentInput && entry.value > 0.001)
      .map(
        ({ value, sources }) =>
          `${value.toFixed(3)} ${sources.map((s) => s.node?.className ?? s.node?.nodeName)}`,
      );
  });
};

describePages('Doctor', (pages) => {
  test('links are checked one after the other, nothing moves, and what was found has its remedies', async () => {
    await pages.withPage(
      ready(),
      async (page, agent) => {
        agent.checkStays = 'models';
        await goTo(page, '#/doctor');
        await page.locator('.check-line[data-state=running]').waitFor();
        const before = await shifts(page);
        // What is known is read before the end.
        await link(page, /^Sign-in .*failed$/).waitFor();
        await pane(page).getByText('when all links are checked', { exact: false }).waitFor();
        await expect.poll(() => page.getByRole('progressbar').getAttribute('value')).toBe('10');
        agent.letCheckGo();
        await ended(page);
        expect((await shifts(page)).slice(before.length)).toEqual([]);
        await page
          .getByRole('status')
          .getByText('3 links failed. First: Sign-in', { exact: false })
          .waitFor({ state: 'attached' });
        expect(runs(agent)).toEqual([{ environment: 'work', ask: false }]);
        expect(await page.getByRole('option').count()).toBe(doctorLinks.length);
        // Nothing that was seen can pass itself off as something else.
        expect(await page.locator('.doctor-list').innerText()).not.toContain('\u202e');
        await expectAccessible(page);
        await shot(page, 'doctor-found', { whole: true });

        // Each remedy leads somewhere.
        await pane(page).getByRole('button', { name: 'Sign in' }).click();
        await expect.poll(() => agent.inputs('signIn.start').at(-1)).toMatchObject({ ssoSession: 'corp' });
        await pane(page).getByRole('button', { name: 'Install Claude Code' }).click();
        await page
          .getByRole('dialog', { name: 'Install Claude Code' })
          .getByRole('button', { name: 'Close' })
          .click();
        await pane(page).getByRole('button', { name: 'Copy the command bedrock-tray models' }).click();
        await expect.poll(() => clipboard(page)).toBe('bedrock-tray models');
        expect(
          await pane(page)
            .getByRole('link', { name: 'Open us-west-2.console.aws.amazon.com' })
            .getAttribute('href'),
        ).toMatch(/^https:/);
        await pane(page).getByRole('button', { name: 'Show the policy to ask for' }).click();
        await page.waitForURL(/#\/policies\/work/);
        await page.goBack();
        await ended(page);
        // Its result is still there: nothing was checked again.
        const asked = agent.inputs('models.list').length;
        await pane(page).getByRole('button', { name: 'Choose a model' }).first().click();
        await page.waitForURL(/#\/models\/work/);
        await expect.poll(() => agent.inputs('models.list').length).toBeGreaterThan(asked);
        expect(runs(agent)).toHaveLength(1);
      },
      { prepare: sick },
    );
  });

  test('the keyboard goes through the links, checks one again and comes back to everything', async () => {
    await pages.withPage(
      ready(),
      async (page, agent) => {
        await ended(page);
        await link(page, /^AWS configuration/).focus();
        await page.keyboard.press('ArrowDown');
        await pane(page)
          .getByText('Others on this computer may open ~/.aws/credentials', { exact: false })
          .waitFor();
        await page.keyboard.press('ArrowDown');
        await pane(page).getByRole('heading', { name: 'Clock' }).waitFor();
        await expectAccessible(page);
        await pane(page).getByRole('button', { name: 'Check this again' }).click();
        await expect
          .poll(() => runs(agent).at(-1))
          .toEqual({ environment: 'work', ask: false, links: ['clock'] });
        // The others stay as they are known.
        await ended(page);
        await link(page, /^Clock/).focus();
        await page.keyboard.press('Escape');
        await pane(page).getByRole('heading', { name: 'What to do' }).waitFor();
      },
      { hash: '#/doctor', prepare: sick },
    );
  });

  test('what costs money is asked first, and is not asked a second time when the agent goes away', async () => {
    await pages.withPage(
      ready(),
      async (page, agent) => {
        await page.getByText('What was checked works').first().waitFor();
        await link(page, /^A model’s answer .*not checked$/).waitFor();
        agent.checkStays = 'streaming';
        await page.getByRole('button', { name: 'Ask the model for one token…' }).click();
        const question = page.getByRole('alertdialog', { name: 'Ask the model for one token?' });
        await question.getByText('They are charged like any other', { exact: false }).waitFor();
        await question.getByRole('button', { name: 'Cancel' }).click();
        expect(runs(agent)).toHaveLength(1);
        await page.getByRole('button', { name: 'Ask the model for one token…' }).click();
        await question.getByRole('button', { name: 'Ask', exact: true }).click();
        await link(page, /^A model’s answer .*works$/).waitFor();
        expect(runs(agent).at(-1)).toEqual({
          environment: 'work',
          ask: true,
          links: ['answer', 'streaming'],
        });
        await agent.disappear();
        await page.getByRole('alert').first().waitFor();
        agent.letCheckGo();
        await comesBack(page, agent);
        // Pressed when it can be: by then another run would have been begun.
        await page.getByRole('button', { name: 'Check again' }).click();
        await page.getByText('What was checked works').first().waitFor();
        expect(runs(agent).slice(2)).toEqual([{ environment: 'work', ask: false }]);
      },
      { hash: '#/doctor' },
    );
  });

  test('repairs are shown before they are done, and can be taken back', async () => {
    await pages.withPage(
      ready(),
      async (page, agent) => {
        await ended(page);
        await page.getByRole('button', { name: 'Safe repairs…' }).click();
        const sheet = page.getByRole('dialog', { name: 'Safe repairs' });
        await sheet.getByText('-    "AWS_PROFILE": "old",', { exact: false }).waitFor();
        await expectAccessible(page);
        await shot(page, 'doctor-repairs');
        agent.refuse.set(
          'doctor.fix',
          new BedrockTrayError('ConfigChanged', { file: '~/.claude/settings.json' }),
        );
        await sheet.getByRole('button', { name: 'Do all 2' }).click();
        await sheet.getByText('was changed by another program since', { exact: false }).waitFor();
        await sheet.getByRole('button', { name: 'Do all 2' }).click();
        await page.getByText('2 repairs are done.').waitFor();
        expect(agent.inputs('doctor.fix').at(-1)).toEqual({ environment: 'work', digest: 'digest 0' });
        await expect.poll(() => runs(agent).length).toBe(2);
        await expect.poll(() => page.locator('.undoable:focus').count()).toBe(1);
        await page.getByRole('button', { name: 'Undo' }).click();
        await page.getByText('Everything is as it was before.').waitFor();
        await expect.poll(() => runs(agent).length).toBe(3);
        // One finding's own repair alone.
        await ended(page);
        await pane(page).getByRole('button', { name: 'Repair…' }).last().click();
        await expect
          .poll(() => agent.inputs('doctor.preview').at(-1))
          .toEqual({ environment: 'work', fixes: ['claudeSettings'] });
      },
      { hash: '#/doctor', prepare: sick },
    );
  });

  test('the report is read before it is copied or saved, account numbers masked or not', async () => {
    await pages.withPage(
      ready(),
      async (page) => {
        await page.getByText('What was checked works').first().waitFor();
        await page.getByRole('button', { name: 'Report…' }).click();
        const sheet = page.getByRole('dialog', { name: 'Report for a ticket' });
        await sheet.getByText('sts::************:assumed-role', { exact: false }).waitFor();
        await expectAccessible(page);
        await sheet.getByText('Mask account numbers').click();
        await sheet.getByText('sts::456789012345:assumed-role', { exact: false }).waitFor();
        await sheet.getByRole('button', { name: 'Copy the report' }).click();
        await expect.poll(() => clipboard(page)).toContain('456789012345');
        const saved = page.waitForEvent('download');
        await sheet.getByRole('button', { name: 'Save…' }).click();
        expect((await saved).suggestedFilename()).toBe('bedrock-tray-doctor.txt');
      },
      { hash: '#/doctor' },
    );
  });

  test('without an environment it says so, and checks this computer all the same', async () => {
    await pages.withPage(
      ready({ environments: [], activeEnvironment: null }),
      async (page, agent) => {
        await page.getByRole('link', { name: 'Set up Bedrock' }).or(page.locator('.empty a')).waitFor();
        await page.getByRole('button', { name: 'Check this computer anyway' }).click();
        await page.getByText('What was checked works').first().waitFor();
        expect(runs(agent)).toEqual([{ ask: false }]);
      },
      { hash: '#/doctor' },
    );
  });
});

/** Says an error as Claude Code does, then another when a line is typed. */
const failing =
  "printf '> hi\\r\\n  \\342\\216\\277  API Error (us.x): 400 Invocation of model ID anthropic.claude-x-v1:0 with on-demand\\r\\n     throughput isn\\342\\200\\231t supported.\\r\\n'; read line; printf '> more\\r\\n\\r\\n\\342\\227\\217 Three of them.\\r\\n'; exec cat";

describePages('Errors beside the terminal', (pages) => {
  test('what the screen shows is explained, its remedy is pressed, and newer output ends it', async () => {
    await pages.withPage(ready(), async (page, agent) => {
      const { id } = await agent.open({ name: 'billing', environment: 'work' }, failing);
      await goTo(page, `#/sessions/${id}`);
      await terminalLive(page);
      const bar = page.getByRole('region', { name: 'What Claude Code says' });
      await bar.getByText('This model is only reached through an inference profile').waitFor();
      await expectAccessible(page);
      await shot(page, 'trouble');
      // Nothing happens by itself.
      expect(agent.calls.filter((c) => /^(signIn|environments|doctor)\./.test(c.name))).toEqual([]);
      // The terminal kept its size, and the keyboard reaches the bar from inside of it.
      await page.locator('.xterm-helper-textarea:visible').focus();
      await page.keyboard.press('Control+Shift+L');
      await expect.poll(() => page.locator(':focus').textContent()).toBe('Choose a model');
      await page.keyboard.press('Enter');
      await page.waitForURL(/#\/models\/work/);
      await page.goBack();
      await bar.waitFor();
      await page.locator('.xterm-helper-textarea:visible').focus();
      await page.keyboard.type('more\n');
      await bar.waitFor({ state: 'detached' });
    });
  });

  test('it is put away until the next one; a shell has none; the list says it in words', async () => {
    await pages.withPage(ready(), async (page, agent) => {
      const failed = activity('failed', { reason: 'API Error: Connection dropped (ECONNRESET)' });
      const { id } = await agent.open({ name: 'billing', activity: failed }, 'exec cat');
      const shell = await agent.open({ name: 'shell', program: 'shell' }, failing);
      await goTo(page, `#/sessions/${id}`);
      await terminalLive(page);
      const bar = page.getByRole('region', { name: 'What Claude Code says' });
      await bar.getByText('The connection to Bedrock broke off').waitFor();
      await page.locator('.s-detail').getByText('The connection to Bedrock broke off').waitFor();
      await bar.getByRole('button', { name: 'Close this explanation' }).click();
      await bar.waitFor({ state: 'detached' });
      agent.changeSession(id, { activity: { ...failed, sinceAt: failed.sinceAt + 1 } });
      await bar.getByRole('button', { name: 'Run the doctor' }).click();
      await page.waitForURL(/#\/doctor/);
      await goTo(page, `#/sessions/${shell.id}`);
      await terminalLive(page);
      await page.locator('.terminal-host:visible').getByText('throughput').first().waitFor();
      expect(await bar.count()).toBe(0);
    });
  });

  test('hostile text on the screen stays text', async () => {
    const hostile =
      "printf '  \\342\\216\\277  API Error (<img src=x onerror=alert(1)>): 400 The provided model identifier is invalid.\\r\\n'; exec cat";
    await pages.withPage(ready({ ssoSessions: [given.ssoSession(Date.now())] }), async (page, agent) => {
      const { id } = await agent.open({ name: 'billing' }, hostile);
      await goTo(page, `#/sessions/${id}`);
      const bar = page.getByRole('region', { name: 'What Claude Code says' });
      await bar.getByText('Bedrock does not know this model id').waitFor();
      expect(await page.locator('img[src="x"]').count()).toBe(0);
    });
  });
});
