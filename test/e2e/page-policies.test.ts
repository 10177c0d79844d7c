import { expect, test } from 'vitest';
import {
  clipboard,
  describePages,
  expectAccessible,
  expectNoOverflow,
  ready,
  shot,
} from '../support/page/page-harness.ts';
import { environment } from '../support/tray/snapshots.ts';

const two = () =>
  ready({
    environments: [
      environment({ name: 'development' }),
      environment({ name: 'frankfurt', region: 'eu-central-1' }),
    ],
    activeEnvironment: 'development',
  });

describePages('IAM documents', (pages) => {
  test('a policy for the environment’s models, explained, saved, validated and compared', async () => {
    await pages.withPage(
      two(),
      async (page, agent) => {
        const text = page.getByRole('group', { name: 'The document, explained' });
        await text.waitFor();
        await expect.poll(() => text.locator('code').allInnerTexts()).toContain('  "Version": "2012-10-17",');
        await expectAccessible(page);
        await expectNoOverflow(page);
        await shot(page, 'policies', { whole: true });
        // Pointing at a part lights its lines, and a line its part; the keyboard does the same.
        const why = text.getByRole('button', { name: 'inference profile', exact: false }).first();
        await why.focus();
        await expect.poll(() => text.locator('li[data-lit]').count()).toBeGreaterThan(3);
        await page.keyboard.press('Enter');
        await expect.poll(() => why.getAttribute('aria-pressed')).toBe('true');
        await text.locator('li').first().hover();
        await text.locator('.policy-note[data-lit]').waitFor();
        const saved = page.waitForEvent('download');
        await page.getByRole('button', { name: 'Save…' }).click();
        expect((await saved).suggestedFilename()).toBe('claude-code-bedrock-policy.json');

        agent.validation = {
          findings: [
            { type: 'suggestion', code: 'REDUNDANT_ACTION', text: 'This action is given twice.', line: 8 },
          ],
          problem: null,
        };
        await page.getByRole('button', { name: 'Validate' }).click();
        await page.getByText('This action is given twice.').waitFor();
        agent.comparison = {
          calls: [
            { action: 'bedrock:ListInferenceProfiles', resource: '*', decision: 'allowed' },
            {
              action: 'bedrock:InvokeModel',
              resource: 'arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-5-5',
              decision: 'implicitDeny',
            },
          ],
          problem: null,
        };
        await page.getByRole('button', { name: 'Compare with what I have' }).click();
        await page.getByText('The identity may not make 1 of 2 calls now.').waitFor();
        await expectAccessible(page);
        await shot(page, 'policies-asked', { whole: true });
        await page.getByRole('button', { name: 'Copy the document' }).click();
        await expect.poll(() => clipboard(page)).toContain('"Version": "2012-10-17"');
        expect(JSON.parse(await clipboard(page))).toMatchObject({ Version: '2012-10-17' });
        expect(agent.inputs('policies.compare')[0]).toMatchObject({
          kind: 'policy',
          environments: ['development'],
          environment: 'development',
        });
      },
      { hash: '#/policies' },
    );
  });

  test('other regions and models, an organization’s denials, and what AWS may not be asked', async () => {
    await pages.withPage(
      two(),
      async (page, agent) => {
        await page.getByRole('radio', { name: 'Service control policy' }).waitFor();
        await page.getByText('It holds for everybody in the accounts', { exact: false }).waitFor();
        await page.getByText('Deny long-lived keys').click();
        await page.getByText('"Sid": "DenyAccessKeysOfUsers"', { exact: false }).waitFor();
        const models = page.getByRole('radiogroup', { name: 'Models' });
        await models.getByText('Chosen here').click();
        await page.getByText('Choose environments, regions and models', { exact: false }).waitFor();
        const first = page.locator('.policy-checks.models .check').first();
        await first.click();
        await page.getByText('"Sid": "DenyOtherModels"', { exact: false }).waitFor();
        await shot(page, 'policies-scp', { whole: true });
        expect(agent.inputs('policies.build').at(-1)).toMatchObject({ kind: 'scp', denyLongLivedKeys: true });
        expect(agent.inputs('policies.build').at(-1)?.models).toHaveLength(1);
        agent.validation = {
          findings: [],
          problem: {
            code: 'ServiceFailed',
            params: { service: 'IAM Access Analyzer', reason: 'AccessDenied' },
          },
        };
        await page.getByRole('button', { name: 'Validate' }).click();
        await page
          .getByText('takes the permission access-analyzer:ValidatePolicy', { exact: false })
          .waitFor();
        await page.locator('.policy-kinds').getByText('StackSet', { exact: true }).click();
        await page.getByText('AWS::CloudFormation::StackSet').waitFor();
        await expectNoOverflow(page);
        await shot(page, 'policies-stackset', { whole: true });
      },
      { hash: '#/policies/scp' },
    );
  });

  test('dark, in Chinese, in a narrow window', async () => {
    await pages.withPage(
      two(),
      async (page) => {
        await page.getByText('各自限于标明的区域', { exact: false }).first().waitFor();
        await expectAccessible(page, 'contrast');
        await expectNoOverflow(page);
        await shot(page, 'policies-dark-zh', { whole: true });
        await page.setViewportSize({ width: 640, height: 800 });
        await expectNoOverflow(page);
        await shot(page, 'policies-narrow-zh', { whole: true });
      },
      {
        hash: '#/policies/frankfurt',
        locale: 'zh-CN',
        colorScheme: 'dark',
        viewport: { width: 1200, height: 801 },
      },
    );
  });
});
