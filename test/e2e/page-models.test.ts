import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { BedrockTrayError } from '../../src/contract/index.ts';
import { modelView } from '../support/model-view.ts';
import { bedrockModels } from '../support/page/bedrock.ts';
import type { FakeAgent } from '../support/page/fake-agent.ts';
import { clipboard, describePages, MINUTE, ready } from '../support/page/page-harness.ts';
import * as given from '../support/tray/snapshots.ts';

const sonnet = 'anthropic.claude-sonnet-4-5-20250929-v1:0';
const haiku = 'anthropic.claude-haiku-4-5-20251001-v1:0';
const bedrock = (agent: FakeAgent): void => {
  agent.models = bedrockModels;
};
const models = (page: Page) => page.getByRole('treegrid', { name: /^What Bedrock offers/ });
const resolved = (page: Page) => page.getByRole('grid', { name: 'What Claude Code will use' });
/** The line of a use in the panel of what Claude Code will use, as text. */
const uses = (page: Page, use: string) => resolved(page).getByRole('row', { name: use });

async function chooseFor(page: Page, model: string, slot: string): Promise<void> {
  await page
    .getByRole('button', { name: `Use for… ${model}` })
    .first()
    .click();
  await page.getByRole('menuitemcheckbox', { name: slot }).click();
}

describePages('Models', (pages) => {
  const open = (
    use: (page: Page, agent: FakeAgent) => Promise<void>,
    more: Parameters<typeof ready>[0] = {},
    prepare: (agent: FakeAgent) => void = () => undefined,
  ): Promise<void> =>
    pages.withPage(ready(more), use, {
      hash: '#/models',
      prepare: (agent) => {
        bedrock(agent);
        prepare(agent);
      },
    });

  test('every model has a line with the id to use here; opened by keyboard it says why the others would fail', async () => {
    await open(async (page) => {
      await models(page).waitFor();
      await page.getByText('10 models, 8 usable').waitFor();
      const line = models(page).getByRole('row', { name: /^All ids of Sonnet 4\.5/ });
      expect(await line.innerText()).toMatch(
        /us\.anthropic\.claude-sonnet-4-5[\s\S]*3 regions[\s\S]*200K[\s\S]*\$3\.30/,
      );
      // One stop of the Tab key, then arrows: to the line, open, into its ids.
      await page.getByRole('searchbox').fill('sonnet-4-5');
      await page.getByText('1 model, 1 usable').waitFor();
      await page.getByRole('switch', { name: 'Only usable' }).focus();
      await page.keyboard.press('Tab');
      await page.keyboard.press('ArrowRight');
      await page.locator('.id-row').first().waitFor();
      expect(await line.first().getAttribute('aria-expanded')).toBe('true');
      const ids = await page.locator('.id-row').allInnerTexts();
      expect(ids).toHaveLength(4);
      expect(ids.find((text) => text.includes('Model itself'))).toContain(
        'Would fail: Bedrock serves this model only through an inference profile.',
      );
      expect(ids.find((text) => text.includes('payments-team'))).toContain('us-east-1, us-east-2, us-west-2');
      expect(ids.find((text) => text.includes('Global'))).toContain('Anywhere');
      await page.getByRole('button', { name: `Copy global.${sonnet}` }).click();
      await expect.poll(() => clipboard(page)).toBe(`global.${sonnet}`);
      await page.getByRole('searchbox').fill('nothing like it');
      await page.getByRole('button', { name: 'Show all' }).click();
      await page.locator('label', { hasText: 'Only usable' }).click();
      await page.getByText('8 models, 8 usable').waitFor();
    });
  });

  test('models are chosen for each use, and what Claude Code will use follows', async () => {
    await open(async (page, agent) => {
      await uses(page, 'Background work').getByText(`us.${haiku}`).waitFor();
      await chooseFor(page, 'Opus 5.5', 'Conversation');
      await uses(page, 'Conversation').getByText('us.anthropic.claude-opus-5-5').waitFor();
      await chooseFor(page, 'Haiku 5.5', 'Background work and haiku');
      await uses(page, 'Alias haiku').getByText('us.anthropic.claude-haiku-5-5').waitFor();
      await chooseFor(page, 'Sonnet 4.6', 'Alias sonnet');
      await uses(page, 'Alias sonnet').getByText('This environment').waitFor();
      expect(agent.state.environments[0]).toMatchObject({
        model: 'us.anthropic.claude-opus-5-5',
        smallFastModel: 'us.anthropic.claude-haiku-5-5',
        pins: { opus: null, sonnet: 'us.anthropic.claude-sonnet-4-6', fable: null },
      });
      // Chosen once more, or taken back in the panel: Claude Code's own again.
      await chooseFor(page, 'Sonnet 4.6', 'Alias sonnet');
      await uses(page, 'Alias sonnet').getByText('Claude Code’s own default').waitFor();
      await page.getByRole('button', { name: 'Conversation: leave to Claude Code' }).click();
      await uses(page, 'Conversation').getByText('Claude Code’s own default').waitFor();
      expect(agent.state.environments[0]).toMatchObject({ model: null, pins: { sonnet: null } });
      agent.refuse.set(
        'environments.update',
        new BedrockTrayError('StorageFailed', { file: 'e.json', reason: 'EIO' }),
      );
      await chooseFor(page, 'Opus 5.5', 'Conversation');
      await page.getByRole('alert').waitFor();
    });
  });

  test('profiles that leave the data residency are withdrawn, visibly', async () => {
    await open(async (page, agent) => {
      await models(page).waitFor();
      await page.getByRole('button', { name: /Data residency/ }).click();
      await page.getByRole('option', { name: 'United States' }).click();
      await page.getByText('6 ids are withdrawn: they may be answered outside of United States.').waitFor();
      expect(agent.state.environments[0]?.geography).toBe('us');
      await page.getByRole('button', { name: 'All ids of Opus 5.5' }).click();
      const global = page.locator('.id-row', { hasText: 'global.anthropic.claude-opus-5-5' });
      await global.getByText('Withdrawn').waitFor();
      expect(await global.getByRole('button', { name: /^Use for/ }).count()).toBe(0);
    });
  });

  test('regions are compared side by side; what is chosen goes along to another one', async () => {
    await open(async (page, agent) => {
      await models(page).waitFor();
      agent.surveyStays = 3;
      await page.getByRole('button', { name: 'Ask all regions' }).click();
      await page.getByText('3 of 6 regions').waitFor();
      expect(await page.getByRole('progressbar').getAttribute('aria-valuetext')).toBe('3 of 6 regions');
      await page.getByRole('button', { name: 'Stop' }).click();
      agent.surveyStays = null;
      await page.getByRole('button', { name: 'Ask again' }).click();
      await page.getByText('4 regions offer Sonnet 4.5.').waitFor({ state: 'attached' });
      expect(agent.calls.findLast((c) => `${c.name}` === 'regions.survey')?.input).toEqual({
        environment: 'work',
        model: sonnet,
      });
      const regions = page.getByRole('grid', { name: 'Compare regions' });
      await regions.getByText('Could not be asked').waitFor();
      expect(await regions.getByRole('row', { name: /^us-west-2/ }).innerText()).toContain('In use');
      await page.getByRole('button', { name: 'Switch work to eu-central-1' }).click();
      await uses(page, 'Conversation').getByText(`eu.${sonnet}`).waitFor();
      expect(agent.state.environments[0]).toMatchObject({ region: 'eu-central-1', model: `eu.${sonnet}` });
      // Another region is only looked at: nothing is chosen there.
      await page.getByRole('combobox', { name: 'Region to look at' }).fill('us-east-1');
      await page.keyboard.press('Enter');
      await page.getByText('This is what us-east-1 offers. Environment work uses eu-central-1.').waitFor();
      await uses(page, 'Conversation').getByText('Not offered').waitFor();
      expect(await page.getByRole('button', { name: /^Use for/ }).count()).toBe(0);
      await page.getByRole('button', { name: 'Back to eu-central-1' }).click();
      await page.getByRole('button', { name: 'Use for… Opus 5.5' }).waitFor();
    });
  });

  test('the age of the answer, asking again, and the shipped table with its date, its reason and the way out', async () => {
    await open(
      async (page, agent) => {
        // 12.5 min when the page was asked for.
        await page.getByText(/^Asked Bedrock 1[2-5] minutes ago/).waitFor();
        await page.getByRole('button', { name: 'Refresh' }).click();
        await page.getByText('Just asked Bedrock').waitFor();
        expect(agent.inputs('models.list').some((i) => i.refresh)).toBe(true);
        agent.offer = {
          source: 'shipped',
          askedAt: null,
          tableDate: '2026-11-22',
          problem: { code: 'NetworkUnavailable', params: { host: 'bedrock.example', reason: 'ETIMEDOUT' } },
        };
        agent.set({ ssoSessions: [given.ssoSession(Date.now(), { state: 'expired', expiresAt: null })] });
        await page.getByText(/This list came with Bedrock Tray and is of Nov 22, 2026/).waitFor();
        await page.getByText(/^Why: .*ETIMEDOUT/).waitFor();
        // What AWS did not say is not claimed.
        await models(page).getByText('Not known').first().waitFor();
        await page.getByText('10 models', { exact: true }).waitFor();
        expect(
          await models(page)
            .getByText(/^(Offered|Usable)$/)
            .count(),
        ).toBe(0);
        await page.locator('.notice').getByRole('button', { name: 'Sign in' }).click();
        await expect.poll(() => agent.inputs('signIn.start').length).toBe(1);
        await agent.disappear();
        await page.locator('.link-banner').waitFor();
        expect(await page.getByRole('button', { name: 'Refresh' }).isDisabled()).toBe(true);
        expect(await models(page).isVisible()).toBe(true);
        expect(await page.getByRole('button', { name: /^Use for/ }).count()).toBe(0);
      },
      {},
      (agent) => {
        agent.askedAt = Date.now() - 12.5 * MINUTE;
      },
    );
  });

  test('an id of older documentation is explained, and one press puts its successor in all its places', async () => {
    const old = 'anthropic.claude-3-haiku-20240307-v1:0';
    const environments = [
      given.environment({
        model: null,
        smallFastModel: old,
        pins: { opus: null, sonnet: old, fable: null },
      }),
    ];
    await open(
      async (page, agent) => {
        await page.getByText(`${old} is from older documentation.`).waitFor();
        await page.getByRole('button', { name: 'Use Haiku 4.5' }).click();
        await page.getByText('is from older documentation').waitFor({ state: 'detached' });
        // The button went with its notice: the keyboard goes on in the view.
        await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('MAIN');
        expect(agent.state.environments[0]).toMatchObject({
          smallFastModel: `us.${haiku}`,
          pins: { sonnet: `us.${haiku}` },
        });
        // What AWS calls things is text, however it is written.
        await models(page).getByText('<img src=x onerror=alert(1)>').first().waitFor();
        expect(await page.locator('body').innerText()).not.toContain('\u202e');
      },
      { environments },
      (agent) => {
        agent.models = (region, geography) => [
          ...bedrockModels(region, geography),
          modelView({
            id: 'arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/evil',
            name: '<img src=x onerror=alert(1)>\u202e\nusable',
            kind: 'application-profile',
            model: null,
          }),
        ];
      },
    );
  });

  test('nothing is set up, or nothing answers', async () => {
    await open(async (page) => void (await page.getByRole('link', { name: 'Set up…' }).waitFor()), {
      environments: [],
      activeEnvironment: null,
    });
    const fails = () => new BedrockTrayError('EnvironmentUnknown', { environment: 'work' });
    await open(
      async (page) => {
        await page.getByRole('alert').nth(1).waitFor();
        for (const left of [1, 0]) {
          await page.getByRole('button', { name: 'Try again' }).first().click();
          await expect.poll(() => page.getByRole('alert').count()).toBe(left);
        }
        await models(page).waitFor();
      },
      {},
      (agent) => {
        agent.refuse.set('models.list', fails());
        agent.refuse.set('models.resolve', fails());
      },
    );
  });

  test('the form of an environment shows what its models, pins and residency come to before it is saved', async () => {
    await pages.withPage(
      ready(),
      async (page, agent) => {
        await page.getByRole('button', { name: 'Models and budget of work' }).click();
        const form = page.locator('.environment-form');
        await form.getByRole('combobox', { name: 'Alias opus' }).fill('us.anthropic.claude-opus-5-5');
        await page.keyboard.press('Tab');
        await uses(page, 'Alias opus').getByText('This environment').waitFor();
        await form.getByRole('button', { name: /Data residency/ }).click();
        await page.getByRole('option', { name: 'United States' }).click();
        await form.getByRole('combobox', { name: 'Background work and haiku' }).click();
        await page.keyboard.press('ArrowDown');
        await expect.poll(() => page.getByRole('option').nth(1).innerText()).toContain('Haiku');
        await expect
          .poll(async () =>
            (await page.getByRole('option').allInnerTexts()).filter((t) => t.includes('global.')),
          )
          .toEqual([]);
        await page.keyboard.press('Escape');
        await form.getByRole('textbox', { name: 'Amount in USD' }).fill('much');
        await form.getByRole('button', { name: 'Save' }).click();
        await page.getByText('An amount like 50 or 12.50.').waitFor();
        await form.getByRole('textbox', { name: 'Amount in USD' }).fill('12,50');
        await form.locator('label', { hasText: 'Refuse further sessions' }).click();
        expect(agent.inputs('environments.update')).toEqual([]);
        await form.getByRole('button', { name: 'Save' }).click();
        await form.waitFor({ state: 'detached' });
        expect(agent.inputs('environments.update')).toEqual([
          given.environment({
            pins: { opus: 'us.anthropic.claude-opus-5-5', sonnet: null, fable: null },
            geography: 'us',
            budget: { usd: 12.5, period: 'month', refuse: true },
          }),
        ]);
        await page.getByText('United States · $12.50 a month').waitFor();
      },
      { hash: '#/access', prepare: bedrock },
    );
  });
});
