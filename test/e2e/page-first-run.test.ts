/** The first run in Chromium: each step, each way in which it can go wrong, left and resumed at each step. */
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import {
  BedrockTrayError,
  type ErrorCode,
  type ErrorParams,
  type SetupFindings,
  type Snapshot,
} from '../../src/contract/index.ts';
import { Settings } from '../../src/contract/settings.ts';
import { createTranslator } from '../../src/locales/index.ts';
import type { FakeAgent } from '../support/page/fake-agent.ts';
import {
  clipboard,
  comesBack,
  describePages,
  expectAccessible,
  expectNoOverflow,
  MINUTE,
  type PageOptions,
  ready,
  shot,
} from '../support/page/page-harness.ts';
import { candidates, profile } from '../support/page/samples.ts';
import * as given from '../support/tray/snapshots.ts';

const words = createTranslator('en');
const error = <C extends ErrorCode>(code: C, params: ErrorParams<C>) => new BedrockTrayError(code, params);

/** A new user: nothing is set up. */
const nothing = (more: Partial<Snapshot> = {}): Snapshot =>
  ready({
    settings: Settings.parse({ terminal: { renderer: 'dom' } }),
    ssoSessions: [],
    credentials: [],
    environments: [],
    activeEnvironment: null,
    recentFolders: [],
    ...more,
  });
const signedOut = () =>
  given.ssoSession(Date.now(), { state: 'signedOut', expiresAt: null, nextRefreshAt: null, generation: 0 });
const found = (more: Partial<SetupFindings>): SetupFindings => ({
  ssoSessions: [],
  profiles: [],
  imports: [],
  claude: { path: '/usr/local/bin/claude', version: '2.1.330', support: 'tested' },
  awsCli: null,
  claudeSettings: null,
  environment: [],
  ...more,
});

const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name });
const role = (page: Page, name: string) => page.getByRole('treeitem', { name });
const next = (page: Page) => page.locator('.fr-foot .button.primary');
/** Goes on by the keyboard, as soon as the step has it. */
const enter = async (page: Page): Promise<void> => {
  await page.locator('.fr-step:focus-within').waitFor();
  await page.keyboard.press('Enter');
};

describePages('the first run', (pages) => {
  /** A page in the first run, with nothing remembered of another. */
  const firstRun = (
    state: Snapshot,
    use: (page: Page, agent: FakeAgent) => Promise<void>,
    options: PageOptions & { prepare?: (agent: FakeAgent) => void } = {},
  ): Promise<void> =>
    pages.withPage(
      state,
      async (page, agent) => {
        await page.evaluate(() => localStorage.removeItem('first-run'));
        await page.reload();
        // What is here already has been looked for, and the keyboard is in the step.
        await page.locator('.fr-step:focus-within .fr-body:not(:has(.fr-skeletons))').waitFor();
        await use(page, agent);
      },
      options,
    );
  const toSignIn = async (page: Page): Promise<void> => {
    await page.getByRole('textbox', { name: 'Start URL' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.type('corp.awsapps.com/start');
    await page.keyboard.press('Enter');
    await heading(page, 'Press Allow in your browser').waitFor();
  };
  const toRoles = async (page: Page, agent: FakeAgent): Promise<void> => {
    await toSignIn(page);
    agent.endSignIn();
    await heading(page, 'Which role may use Bedrock?').waitFor();
  };
  const toBedrock = async (page: Page, agent: FakeAgent): Promise<void> => {
    await toRoles(page, agent);
    await role(page, 'BedrockDeveloper, 研发沙箱').click();
    await enter(page);
    await heading(page, 'Where should the models run?').waitFor();
  };
  const toCheck = async (page: Page, agent: FakeAgent): Promise<void> => {
    await toBedrock(page, agent);
    await enter(page);
  };

  test('from a start URL to Claude Code: nothing else is typed, Enter goes on, each step can be read', async () => {
    await firstRun(nothing(), async (page, agent) => {
      await heading(page, 'Where do you sign in to AWS?').waitFor();
      await page.getByRole('textbox', { name: 'Start URL' }).and(page.locator(':focus')).waitFor();
      await expectAccessible(page);
      await shot(page, 'first-run-1-portal');
      await toSignIn(page);
      expect(agent.inputs('setup.region')).toEqual([{ startUrl: 'https://corp.awsapps.com/start' }]);
      expect(agent.inputs('ssoSessions.create')).toEqual([
        { name: 'corp', startUrl: 'https://corp.awsapps.com/start', region: 'eu-central-1' },
      ]);
      expect(agent.inputs('signIn.start')).toMatchObject([{ ssoSession: 'corp', openBrowser: true }]);
      await shot(page, 'first-run-2-sign-in');
      agent.endSignIn();
      await heading(page, 'Which role may use Bedrock?').waitFor();
      // The keyboard is where the step begins; screen readers hear its name.
      await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
      await role(page, 'BedrockDeveloper, Payments development').waitFor();
      await expectAccessible(page);
      await shot(page, 'first-run-3-roles');
      // By the keyboard alone: search, into the list, choose, go on.
      await page.getByRole('searchbox', { name: 'Search accounts and roles' }).fill('研发');
      await role(page, 'BedrockDeveloper, Payments development').waitFor({ state: 'detached' });
      await role(page, 'BedrockDeveloper, 研发沙箱').waitFor();
      await page.keyboard.press('Tab');
      await page.keyboard.press('Space');
      await expect
        .poll(() => role(page, 'BedrockDeveloper, 研发沙箱').getAttribute('aria-selected'))
        .toBe('true');
      await shot(page, 'first-run-3-roles-chosen');
      await enter(page);
      await heading(page, 'Where should the models run?').waitFor();
      const [made] = agent.inputs('profiles.createMany');
      expect(made).toMatchObject({ ssoSession: 'corp', roles: [{ accountId: '456789012345' }] });
      const name = agent.state.activeEnvironment ?? '';
      expect(agent.state.environments).toMatchObject([{ name, region: 'eu-central-1', model: null }]);
      await shot(page, 'first-run-4-bedrock');
      agent.checkStays = 'identity';
      await enter(page);
      await heading(page, 'Checking everything once').waitFor();
      await page.getByText('ASIAEXAMPLEKEY', { exact: false }).waitFor();
      const before = await page.locator('.fr-panel').boundingBox();
      await expectAccessible(page);
      await shot(page, 'first-run-5-checking');
      agent.letCheckGo();
      await heading(page, 'Everything works').waitFor();
      // Nothing moved when the rest came in.
      expect((await page.locator('.fr-panel').boundingBox())?.height).toBe(before?.height);
      await shot(page, 'first-run-5-checked');
      await enter(page);
      await heading(page, 'Open Claude Code').waitFor();
      await shot(page, 'first-run-6-open');
      await enter(page);
      await page.locator('.terminal-host[data-state=live]').waitFor();
      expect(agent.inputs('sessions.open')).toMatchObject([{ cwd: '/home/dana', environment: name }]);
      await expect.poll(() => agent.state.settings.setupDone).toBe(true);
      // It is over: the overview is itself again, and the steps can be asked for.
      await page.getByRole('link', { name: /^Overview/ }).click();
      await page.locator('#state').waitFor();
      await page.getByRole('link', { name: 'Access' }).click();
      await page.getByRole('link', { name: 'Set up…' }).click();
      await page.getByRole('button', { name: 'Close setup' }).click();
      await page.locator('#state').waitFor();
      await page.keyboard.press('Control+Shift+P');
      await page.getByRole('combobox', { name: 'Command palette' }).fill('set up');
      await page.locator('.palette-item[data-focused]').waitFor();
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Close setup' }).waitFor();
    });
  });

  test('a start URL that cannot be right is said where it stands, and nothing is written', async () => {
    await firstRun(nothing(), async (page, agent) => {
      await enter(page);
      await page.getByText('Type the start URL of your access portal.').waitFor();
      const url = page.getByRole('textbox', { name: 'Start URL' });
      await url.fill('http://corp.awsapps.com/start');
      await enter(page);
      await page.getByText('The start URL begins with https://.', { exact: false }).waitFor();
      const unknown = error('StartUrlUnknown', { startUrl: 'https://crop.awsapps.com/start' });
      agent.refuse.set('setup.region', unknown);
      await url.fill('https://crop.awsapps.com/start');
      await enter(page);
      await page.getByText(words.error(unknown.view())).waitFor();
      expect(await url.getAttribute('aria-invalid')).toBe('true');
      await shot(page, 'first-run-wrong-url');
      expect(agent.inputs('ssoSessions.create')).toEqual([]);
      await url.fill('https://corp.awsapps.com/start');
      await enter(page);
      await heading(page, 'Press Allow in your browser').waitFor();
    });
  });

  test('a region that AWS does not tell is asked for; one that is wrong is taken back', async () => {
    await firstRun(nothing(), async (page, agent) => {
      agent.portalRegion = null;
      await page.keyboard.type('https://sso.corp.example/start');
      await enter(page);
      const region = page.getByRole('combobox', { name: 'Region of the access portal' });
      await region.waitFor();
      await expect.poll(() => region.evaluate((e) => e === document.activeElement)).toBe(true);
      await page.keyboard.type('frankfurt');
      await enter(page);
      await page.getByText('“frankfurt” is not a region.', { exact: false }).waitFor();
      await shot(page, 'first-run-region');
      expect(agent.inputs('ssoSessions.create')).toEqual([]);
      const wrong = error('RegionInvalid', { region: 'eu-west-1' });
      agent.refuse.set('signIn.start', wrong);
      await region.fill('eu-west-1');
      await next(page).click();
      await page.getByText(words.error(wrong.view())).waitFor();
      expect(agent.inputs('config.undo')).toEqual([{ change: 'c1' }]);
      await region.fill('eu-central-1');
      await next(page).click();
      await heading(page, 'Press Allow in your browser').waitFor();
      expect(agent.inputs('setup.region')).toHaveLength(1);
    });
  });

  test('a sign-in that is denied, late, cancelled or refused says why, and is begun again; a code serves where no browser opens', async () => {
    await firstRun(nothing(), async (page, agent) => {
      await toSignIn(page);
      for (const code of ['SignInDenied', 'SignInTimedOut'] as const) {
        const refusal = error(code, { ssoSession: 'corp' });
        agent.endSignIn(refusal);
        await heading(page, 'Sign in to corp.awsapps.com').waitFor();
        await page.getByText(words.error(refusal.view())).waitFor();
        await shot(page, `first-run-${code}`);
        await enter(page);
        await heading(page, 'Press Allow in your browser').waitFor();
      }
      await page.getByRole('button', { name: 'Cancel sign-in' }).click();
      await page.getByText('was cancelled', { exact: false }).waitFor();
      await shot(page, 'first-run-cancelled');
      agent.refuse.set(
        'signIn.start',
        error('SignInFailed', { ssoSession: 'corp', reason: 'invalid_scope' }),
      );
      await enter(page);
      await page.getByText('invalid_scope', { exact: false }).waitFor();
      agent.refuse.set('signIn.start', error('NetworkUnavailable', { host: 'oidc', reason: 'ENOTFOUND' }));
      await next(page).click();
      await page.getByText('oidc cannot be reached', { exact: false }).waitFor();
      await page.getByRole('button', { name: 'Sign in with a code' }).click();
      await heading(page, 'Confirm the code in a browser').waitFor();
      await page.getByText('WDJB-MJHT').waitFor();
      await shot(page, 'first-run-code');
      agent.endSignIn();
      await heading(page, 'Which role may use Bedrock?').waitFor();
    });
  });

  test('no accounts, no roles, roles that cannot be asked for: each with its next step', async () => {
    await firstRun(nothing(), async (page, agent) => {
      const all = agent.accounts;
      agent.accounts = [];
      await toSignIn(page);
      agent.endSignIn();
      await heading(page, 'This sign-in has no accounts yet').waitFor();
      await shot(page, 'first-run-no-accounts');
      const [account] = all;
      if (!account) throw new Error('no account');
      agent.accounts = [account];
      agent.roles.set(account.accountId, []);
      await enter(page);
      await page.getByText('have no role in any of these accounts', { exact: false }).waitFor();
      await shot(page, 'first-run-no-roles');
      agent.accounts = all.slice(0, 2);
      agent.roles.clear();
      agent.refuse.set('roles.list', error('Throttled', { service: 'sso' }));
      await page.reload();
      await page.getByText('asks to wait', { exact: false }).first().waitFor();
      await page.getByRole('button', { name: 'Ask again for roles' }).click();
      await role(page, 'ReadOnly, Payments development').waitFor();
      // The only role that names Bedrock is proposed: Enter alone goes on.
      agent.accounts = all.slice(0, 1);
      await page.reload();
      await expect
        .poll(() => role(page, 'BedrockDeveloper, Payments development').getAttribute('aria-selected'))
        .toBe('true');
      await enter(page);
      await heading(page, 'Where should the models run?').waitFor();
    });
  });

  test('a role that AWS denies is exchanged for another, a model that is refused for another', async () => {
    await firstRun(nothing(), async (page, agent) => {
      const denied = error('AccessDenied', {
        accountId: '456789012345',
        roleName: 'BedrockDeveloper',
      }).view();
      agent.checks.set('credentials', { state: 'failed', evidence: null, problem: denied });
      await toCheck(page, agent);
      await heading(page, 'Something is still in the way').waitFor();
      await page.getByText('AWS does not let you use role BedrockDeveloper', { exact: false }).waitFor();
      await expectAccessible(page);
      await shot(page, 'first-run-denied');
      const first = agent.state.activeEnvironment;
      await page.getByRole('button', { name: 'Choose another role' }).click();
      await role(page, 'PowerUserAccess, 研发沙箱').click();
      await next(page).click();
      await heading(page, 'Where should the models run?').waitFor();
      expect(agent.state.activeEnvironment).not.toBe(first);
      // What was chosen before is not left behind.
      await expect.poll(() => agent.state.environments.map((e) => e.name)).not.toContain(first);
      agent.checks.clear();
      const refused = error('ModelRefused', { model: 'x.y', reason: 'AccessDeniedException' }).view();
      agent.checks.set('answer', { state: 'failed', evidence: null, problem: refused });
      await enter(page);
      await page.getByRole('button', { name: 'Choose another model or region' }).click();
      await shot(page, 'first-run-model-refused');
      await page.getByRole('combobox', { name: 'Model', exact: true }).fill('opus');
      await page.keyboard.press('ArrowDown');
      await page.getByRole('option', { name: /Opus/ }).click();
      agent.checks.clear();
      await next(page).click();
      await heading(page, 'Everything works').waitFor();
      expect(agent.state.environments[0]?.model).toContain('opus');
    });
  });

  test('network and check: what is outside is said, and tried again; nobody is held up', async () => {
    await firstRun(nothing(), async (page, agent) => {
      agent.refuse.set('setup.region', error('NotAws', { host: 'corp.awsapps.com' }));
      agent.set({ network: { state: 'captive', sinceAt: Date.now() } });
      await page.keyboard.type('https://corp.awsapps.com/start');
      await enter(page);
      await page
        .getByText('Something other than AWS answers for corp.awsapps.com', { exact: false })
        .waitFor();
      await page
        .locator('.notice')
        .getByText('This network asks for a sign-in of its own.')
        .first()
        .waitFor();
      await shot(page, 'first-run-captive');
      agent.set({ network: { state: 'offline', sinceAt: Date.now() } });
      agent.refuse.set('setup.region', error('NetworkUnavailable', { host: 'corp', reason: 'ENOTFOUND' }));
      await enter(page);
      await page
        .getByText('corp cannot be reached (ENOTFOUND). Check the network or proxy, then press', {
          exact: false,
        })
        .waitFor();
      await page.locator('.notice').getByText('AWS cannot be reached since', { exact: false }).waitFor();
      agent.set({ network: { state: 'online', sinceAt: Date.now() } });
      await enter(page);
      await heading(page, 'Press Allow in your browser').waitFor();
      agent.endSignIn();
      await role(page, 'BedrockDeveloper, Payments development').click();
      await enter(page);
      await heading(page, 'Where should the models run?').waitFor();
      const away = error('NetworkUnavailable', { host: 'bedrock', reason: 'ETIMEDOUT' }).view();
      agent.checks.set('models', { state: 'failed', evidence: null, problem: away });
      await enter(page);
      await page.getByText('bedrock cannot be reached', { exact: false }).waitFor();
      expect(await page.getByRole('button', { name: /^Choose another/ }).count()).toBe(0);
      agent.checks.clear();
      await page.getByRole('button', { name: 'Check again' }).click();
      await heading(page, 'Everything works').waitFor();
      agent.checks.set('answer', { state: 'failed', evidence: null, problem: away });
      await page.getByRole('button', { name: 'Back' }).click();
      await heading(page, 'Where should the models run?').waitFor();
      await enter(page);
      await page.getByRole('button', { name: 'Go on anyway' }).click();
      await heading(page, 'Open Claude Code').waitFor();
    });
  });

  test('a malformed configuration is named with its line, and gone on with once it is mended', async () => {
    const malformed = error('ConfigMalformed', {
      file: '/home/dana/.aws/config',
      line: 7,
      reason: 'a key without a section',
    });
    await firstRun(nothing({ configProblem: malformed.view() }), async (page, agent) => {
      await heading(page, 'Something is still in the way').waitFor();
      await page.getByText('/home/dana/.aws/config cannot be read, line 7', { exact: false }).waitFor();
      await expectAccessible(page);
      await shot(page, 'first-run-malformed');
      agent.set({ configProblem: null });
      await heading(page, 'Where do you sign in to AWS?').waitFor();
    });
  });

  test('Claude Code that is missing or too old: a command to copy, noticed when it is there', async () => {
    await firstRun(nothing(), async (page, agent) => {
      agent.findings = found({ claude: null });
      agent.checks.set('claude', {
        state: 'failed',
        evidence: null,
        problem: error('ClaudeNotInstalled', { searched: 'PATH' }).view(),
      });
      await toCheck(page, agent);
      await heading(page, 'Everything works').waitFor();
      await enter(page);
      await heading(page, 'Install Claude Code').waitFor();
      await expectAccessible(page);
      await shot(page, 'first-run-install');
      await page
        .getByRole('button', { name: 'Copy the command npm install -g @anthropic-ai/claude-code' })
        .click();
      await expect.poll(() => clipboard(page)).toBe('npm install -g @anthropic-ai/claude-code');
      const old = { path: '/usr/bin/claude', version: '1.0.3', support: 'older' } as const;
      agent.findings = found({ claude: old });
      await heading(page, 'Update Claude Code').waitFor();
      await page.getByText('claude update', { exact: true }).waitFor();
      await shot(page, 'first-run-update');
      agent.findings = found({});
      await heading(page, 'Open Claude Code').waitFor();
      await page.getByText('Claude Code 2.1.330 was found.').waitFor();
      const gone = error('FolderMissing', { folder: '/nowhere' });
      agent.refuse.set('sessions.open', gone);
      await page.getByRole('combobox', { name: 'Folder' }).fill('/nowhere');
      await next(page).click();
      await page.getByText(words.error(gone.view())).waitFor();
      expect(agent.state.settings.setupDone).toBe(false);
    });
  });

  test('left and resumed at each step: a new page, an agent that went, nothing is asked twice', async () => {
    await firstRun(nothing(), async (page, agent) => {
      const resumes = async (name: string): Promise<void> => {
        await page.reload();
        await heading(page, name).waitFor();
      };
      await resumes('Where do you sign in to AWS?');
      await toSignIn(page);
      await resumes('Press Allow in your browser');
      await agent.disappear();
      await agent.appear();
      agent.endSignIn(error('SignInDenied', { ssoSession: 'corp' }));
      await resumes('Sign in to corp.awsapps.com');
      await enter(page);
      await heading(page, 'Press Allow in your browser').waitFor();
      agent.endSignIn();
      await resumes('Which role may use Bedrock?');
      await role(page, 'BedrockDeveloper, Payments production').click();
      await enter(page);
      await heading(page, 'Where should the models run?').waitFor();
      await resumes('Where should the models run?');
      agent.checkStays = 'answer';
      await enter(page);
      await heading(page, 'Checking everything once').waitFor();
      await resumes('Checking everything once');
      // A connection that breaks off asks the model no second time by itself.
      const begun = (stream: string) => agent.calls.filter(({ name }) => (name as string) === stream).length;
      const asked = begun('doctor.run');
      await agent.disappear();
      await heading(page, 'Something is still in the way').waitFor();
      await comesBack(page, agent);
      agent.set({ clockSkewMs: 123 * MINUTE });
      await page.locator('.notice').getByText('2 h 03 min').waitFor();
      agent.checkStays = 'answer';
      await page.getByRole('button', { name: 'Check again' }).click();
      await heading(page, 'Checking everything once').waitFor();
      agent.letCheckGo();
      await heading(page, 'Everything works').waitFor();
      expect(begun('doctor.run')).toBe(asked + 1);
      // Elsewhere and back.
      await page.getByRole('link', { name: 'Settings' }).click();
      await page.getByRole('heading', { name: 'Settings' }).waitFor();
      await page.getByRole('link', { name: /^Overview/ }).click();
      await heading(page, 'Everything works').waitFor();
      await enter(page);
      await heading(page, 'Open Claude Code').waitFor();
      await resumes('Open Claude Code');
      expect(agent.inputs('ssoSessions.create')).toHaveLength(1);
      expect(agent.inputs('profiles.createMany')).toHaveLength(1);
      expect(agent.inputs('environments.create')).toHaveLength(1);
      // Back leads to each decision again, and on.
      await page.getByRole('button', { name: 'Back' }).click();
      await heading(page, 'Everything works').waitFor();
      await page.getByRole('button', { name: 'Back' }).click();
      await heading(page, 'Where should the models run?').waitFor();
      await page.getByRole('button', { name: 'Back' }).click();
      await heading(page, 'Which role may use Bedrock?').waitFor();
      await page.getByRole('button', { name: 'Back' }).click();
      await page.getByRole('button', { name: 'Skip setup' }).click();
      await page.locator('#state').waitFor();
      expect(agent.state.settings.setupDone).toBe(true);
      await page.reload();
      await page.locator('#state').waitFor();
    });
  });

  test('what is there already is proposed, the best first, and Enter takes it', async () => {
    const ssoSessions = [
      signedOut(),
      given.ssoSession(Date.now(), { id: 'lab', startUrl: 'https://lab.awsapps.com/start' }),
    ];
    const prepare = (agent: FakeAgent): void => {
      agent.candidates = candidates;
      agent.findings = found({
        ssoSessions: ssoSessions.map(({ id, startUrl, region }) => ({ id, startUrl, region })),
        profiles: ['dev', 'audit', 'ops'].map((name) => ({
          name,
          kind: 'sso',
          accountId: '123456789012',
          roleName: 'BedrockDeveloper',
        })),
        imports: [{ tool: 'granted', count: 1 }],
        claudeSettings: {
          file: '/home/dana/.claude/settings.json',
          names: ['AWS_PROFILE', 'CLAUDE_CODE_USE_BEDROCK'],
          profile: 'dev',
          region: 'eu-central-1',
        },
        environment: ['AWS_PROFILE'],
      });
    };
    await firstRun(
      nothing({ ssoSessions }),
      async (page, agent) => {
        agent.setProfiles([profile('dev', { ssoSession: 'lab' }), profile('audit', { ssoSession: 'lab' })]);
        await heading(page, 'Use what is already here?').waitFor();
        await page.getByText('Also set in your shell: AWS_PROFILE').waitFor();
        await expectAccessible(page);
        await shot(page, 'first-run-found', { whole: true });
        await page.getByRole('radio', { name: /Take over 1 profile of other tools/ }).press('Space');
        await page.getByRole('heading', { name: 'Take over from other tools' }).waitFor();
        await shot(page, 'first-run-import', { whole: true });
        await page.getByRole('radio', { name: /One of 3 profiles/ }).press('Space');
        await page.getByRole('combobox', { name: 'Profile' }).waitFor();
        await shot(page, 'first-run-profiles');
        await page
          .getByRole('radio', { name: /Profile dev, as in your Claude Code settings/ })
          .press('Space');
        await enter(page);
        await heading(page, 'Where should the models run?').waitFor();
        expect(agent.state.environments).toMatchObject([{ profile: 'dev', region: 'eu-central-1' }]);
        expect(agent.inputs('profiles.createMany')).toEqual([]);
        // The choice was another one after all: the portal that is signed out.
        await page.getByRole('button', { name: 'Back' }).click();
        await page.getByRole('button', { name: 'Back' }).click();
        await page.getByRole('radio', { name: /Access portal corp/ }).press('Space');
        await enter(page);
        await heading(page, 'Press Allow in your browser').waitFor();
      },
      { prepare },
    );
  });

  test('several roles at once; thousands of accounts stay quick; narrow, dark and Chinese', async () => {
    await firstRun(
      nothing({ ssoSessions: [signedOut()] }),
      async (page, agent) => {
        await heading(page, '使用现有配置？').waitFor();
        await shot(page, 'first-run-narrow-1', { whole: true });
        await enter(page);
        await heading(page, '请在浏览器中点按“允许”').waitFor();
        await expectNoOverflow(page);
        await expectAccessible(page, 'contrast');
        await shot(page, 'first-run-narrow-2', { whole: true });
        agent.endSignIn();
        await heading(page, '哪个角色可以使用 Bedrock？').waitFor();
        await page.getByText('Team 0 production').waitFor();
        await expectNoOverflow(page);
        await expectAccessible(page, 'contrast');
        await shot(page, 'first-run-narrow-3', { whole: true });
        expect(await page.locator('.fr-row').count()).toBeLessThan(40);
        // Processor time of the page's own thread: what else runs on the machine does not count.
        const cdp = await page.context().newCDPSession(page);
        await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
        const busy = async (): Promise<number> => {
          const { metrics } = await cdp.send('Performance.getMetrics');
          return (metrics.find((m) => m.name === 'TaskDuration')?.value ?? 0) * 1000;
        };
        const tree = page.getByRole('tree', { name: '账户和角色' });
        const costs: number[] = [];
        const cost = async (act: () => Promise<void>): Promise<void> => {
          const from = await busy();
          await act();
          costs.push(Math.round((await busy()) - from));
        };
        await cost(async () => {
          await tree.press('End');
          await page.getByText('Team 4999 development').waitFor();
        });
        await cost(async () => {
          await page.getByRole('searchbox').fill('team 4242');
          await role(page, 'BedrockDeveloper, Team 4242 production').waitFor();
        });
        console.info(`5,000 accounts: processor time to the end ${costs[0]} ms, of a search ${costs[1]} ms`);
        expect(Math.max(...costs)).toBeLessThan(500);
        await tree.focus();
        await page.keyboard.press('Control+a');
        await page.getByText('已选择 3 个角色').waitFor();
        await shot(page, 'first-run-narrow-3-chosen', { whole: true });
        await enter(page);
        await heading(page, '模型在哪里运行？').waitFor();
        expect(agent.inputs('profiles.createMany')[0]?.roles).toHaveLength(3);
        expect(agent.state.environments).toHaveLength(3);
        await expectNoOverflow(page);
        await shot(page, 'first-run-narrow-4', { whole: true });
        agent.checks.set('answer', {
          state: 'failed',
          evidence: null,
          problem: error('ModelRefused', { model: 'x.y', reason: 'AccessDeniedException' }).view(),
        });
        await enter(page);
        await heading(page, '还有问题需要解决').waitFor();
        await expectNoOverflow(page);
        await expectAccessible(page, 'contrast');
        await shot(page, 'first-run-narrow-5', { whole: true });
        agent.findings = found({ claude: null });
        await page.getByRole('button', { name: '仍然继续' }).click();
        await heading(page, '安装 Claude Code').waitFor();
        await expectNoOverflow(page);
        await expectAccessible(page, 'contrast');
        await shot(page, 'first-run-narrow-6', { whole: true });
      },
      {
        viewport: { width: 480, height: 760 },
        locale: 'zh-CN',
        colorScheme: 'dark',
        prepare: (agent) => {
          agent.findings = found({
            ssoSessions: [{ id: 'corp', startUrl: 'https://corp.awsapps.com/start', region: 'us-east-1' }],
          });
          agent.accounts = Array.from({ length: 5000 }, (_, n) => ({
            accountId: String(100_000_000_000 + n),
            name: `Team ${n} ${n % 2 ? 'development' : 'production'}`,
            email: `team${n}@example.com`,
          }));
        },
      },
    );
  });

  test('a setup from the command line or another window makes the steps give way', async () => {
    await firstRun(nothing({ ssoSessions: [signedOut()] }), async (page, agent) => {
      await page.getByRole('button', { name: 'Skip setup' }).waitFor();
      agent.set({ environments: [given.environment()], activeEnvironment: 'work' });
      await page.locator('#state').waitFor();
      expect(agent.state.settings.setupDone).toBe(false);
    });
  });
});
