import type { Page } from 'playwright';
import { BedrockTrayError, type Snapshot } from '../../../src/contract/index.ts';
import * as given from '../tray/snapshots.ts';
import { bedrockModels } from './bedrock.ts';
import { ill, repairs } from './doctor-samples.ts';
import type { FakeAgent } from './fake-agent.ts';
import { goTo, MINUTE, ready, terminalLive } from './page-harness.ts';
import {
  activity,
  busyDay,
  candidates,
  conversations,
  everyKind,
  integration,
  meter,
  request,
} from './samples.ts';
import { budgets, usageFacts } from './usage-samples.ts';

/** A view in one of its states, as a person may meet it. Words of `act` are English: the language changes afterwards. */
export interface Scene {
  name: string;
  state?: () => Snapshot;
  /** What the agent has or refuses, before the page is loaded. */
  agent?: (agent: FakeAgent) => unknown;
  hash: string;
  /** Goes to the state from the loaded view; waits until it is there. */
  act?: (page: Page, agent: FakeAgent) => Promise<void>;
}

const environments = [
  given.environment(),
  given.environment({
    name: 'research',
    profile: 'audit',
    region: 'eu-west-1',
    identityMode: 'whole-session',
  }),
];
/** Bedrock with one of everything, and what Claude Code makes of it. */
const bedrock = (agent: FakeAgent): void => {
  agent.models = bedrockModels;
  agent.decided = {
    sonnet: { from: 'settings', where: '~/.claude/settings.json · env.ANTHROPIC_DEFAULT_SONNET_MODEL' },
  };
};
const offered = (page: Page): Promise<void> => page.locator('.table.models').waitFor();
const unreachable = () =>
  new BedrockTrayError('NetworkUnavailable', { host: 'oidc.us-east-1.amazonaws.com', reason: 'ETIMEDOUT' });
const refused = () =>
  new BedrockTrayError('AccessDenied', { accountId: '123456789012', roleName: 'BedrockDeveloper' });
/** As AWS refuses what no policy allows. */
const denied = (service: string) =>
  new BedrockTrayError('ServiceFailed', {
    service,
    reason: 'AccessDenied: … is not authorized to perform this',
  });
const answer =
  "printf '\\033[1;34m> \\033[0mWhich invoices are overdue?\\r\\n\\r\\n\\033[32m●\\033[0m Three of them: \\033[1mINV-17\\033[0m, INV-21 and INV-30.\\r\\n  \\033[31mred\\033[0m \\033[33myellow\\033[0m \\033[35mmagenta\\033[0m \\033[36mcyan\\033[0m \\033[90mgrey\\033[0m 你好，世界\\r\\n  https://example.com/invoices\\r\\n'; exec cat";

async function day(agent: FakeAgent): Promise<void> {
  for (const session of busyDay()) await agent.open(session, answer);
}
const named = (agent: FakeAgent, name: string): string =>
  agent.state.sessions.find((s) => s.name === name)?.id ?? '';

async function toSession(page: Page, agent: FakeAgent, name = 'billing-service'): Promise<void> {
  await goTo(page, `#/sessions/${named(agent, name)}`);
  await page.locator('.session-head:visible').first().waitFor();
}

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true }).first();
const accessed = (agent: FakeAgent): void => {
  agent.candidates = candidates;
  agent.integration = integration;
  agent.setProfiles(everyKind);
};
const sick = (agent: FakeAgent): void => {
  agent.doctor = ill;
  agent.repairs = repairs;
};
const found = (page: Page): Promise<void> => page.locator('.finding').first().waitFor();
const troubled =
  "printf '> Which invoices are overdue?\\r\\n\\r\\n  \\342\\216\\277 AWS authentication failed \\302\\267 if credentials are current, check AWS permissions and model\\r\\n     access \\302\\267 API Error: 403 User: arn:aws:sts::123456789012:assumed-role/Dev/dana is not authorized to\\r\\n     perform: bedrock:InvokeModelWithResponseStream on resource: arn:aws:bedrock:us-west-2::x\\r\\n'; exec cat";
const settled = (page: Page): Promise<void> =>
  page.locator('.skeleton').first().waitFor({ state: 'detached' });

const used = (agent: FakeAgent): void => {
  agent.facts = usageFacts();
};
const drawn = (page: Page): Promise<void> => page.locator('.chart-buttons').waitFor();
const chosen = (page: Page, name: string): Promise<void> =>
  page.getByRole('radio', { name, exact: true }).first().locator('xpath=ancestor::label').click();

const overviews: [string, () => Partial<Snapshot>][] = [
  ['ready', () => ({})],
  [
    'expired',
    () => ({
      ssoSessions: [given.ssoSession(Date.now(), { state: 'expired', expiresAt: Date.now() - MINUTE })],
      prompt: given.prompt(Date.now()),
    }),
  ],
  [
    'signing-in',
    () => ({
      ssoSessions: [
        given.ssoSession(Date.now(), {
          state: 'signingIn',
          expiresAt: null,
          signIn: given.signIn(Date.now()),
        }),
      ],
    }),
  ],
  [
    'device-code',
    () => ({
      ssoSessions: [
        given.ssoSession(Date.now(), {
          state: 'signingIn',
          expiresAt: null,
          signIn: given.signIn(Date.now(), { flow: 'device', userCode: 'WDJB-MJHT' }),
        }),
      ],
    }),
  ],
  [
    'degraded',
    () => ({
      credentials: [given.credentials(Date.now(), { state: 'stale', problem: unreachable().view() })],
      network: { state: 'offline', sinceAt: Date.now() - 12 * MINUTE },
    }),
  ],
  [
    'denied',
    () => ({
      credentials: [
        given.credentials(Date.now(), { state: 'denied', expiresAt: null, problem: refused().view() }),
      ],
    }),
  ],
  [
    'mfa',
    () => ({
      mfa: {
        id: 'mfa-1',
        profile: 'dev',
        roleArn: 'arn:aws:iam::210987654321:role/BedrockAdmin',
        mfaSerial: 'arn:aws:iam::123456789012:mfa/dana',
        sinceAt: Date.now(),
        problem: null,
      },
      credentials: [given.credentials(Date.now(), { kind: 'assume-role', state: 'absent', expiresAt: null })],
    }),
  ],
  [
    'config-unreadable',
    () => ({
      configProblem: new BedrockTrayError('ConfigMalformed', {
        file: '~/.aws/config',
        line: 12,
        reason: 'no section',
      }).view(),
    }),
  ],
  [
    'ending',
    () => ({
      ending: {
        ssoSession: 'corp',
        startUrl: 'https://corp.awsapps.com/start',
        endsAt: Date.now() + 9.5 * MINUTE,
        stage: 10,
      },
      ssoSessions: [
        given.ssoSession(Date.now(), {
          endsFrom: Date.now() + 9.5 * MINUTE,
          endsTo: Date.now() + 25 * MINUTE,
        }),
      ],
    }),
  ],
];

/** Every view, in every state that looks different, with its dialogs and menus. */
export const scenes: readonly Scene[] = [
  ...overviews.map(
    ([name, more]): Scene => ({
      name: `overview-${name}`,
      state: () => ready({ environments, ...more() }),
      hash: '#/overview',
      ...(name === 'ready' ? {} : { act: (page) => page.locator('.hero').waitFor() }),
    }),
  ),
  {
    name: 'overview-needs-you',
    state: () => ready({ environments }),
    hash: '#/overview',
    agent: day,
    act: (page) => page.getByRole('article').first().waitFor(),
  },
  {
    name: 'setup',
    state: () => {
      const none = ready({
        ssoSessions: [],
        credentials: [],
        environments: [],
        activeEnvironment: null,
        recentFolders: [],
      });
      return { ...none, settings: { ...none.settings, setupDone: false } };
    },
    hash: '#/overview',
    act: (page) => page.locator('.first-run').waitFor(),
  },
  { name: 'sessions-none', hash: '#/sessions', act: (page) => page.locator('.new-session').waitFor() },
  {
    name: 'sessions-new-options',
    state: () => ready({ environments }),
    hash: '#/sessions/new',
    act: async (page) => {
      await button(page, 'More options').click();
      await page.locator('.more-fields').waitFor();
    },
  },
  {
    name: 'sessions-live',
    state: () => ready({ environments }),
    hash: '#/sessions',
    agent: day,
    act: async (page, agent) => {
      await toSession(page, agent);
      await terminalLive(page);
    },
  },
  {
    name: 'sessions-menu',
    state: () => ready({ environments }),
    hash: '#/sessions',
    agent: day,
    act: async (page, agent) => {
      await toSession(page, agent);
      await page.locator('.session-acts:visible button').last().click();
      await page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'sessions-order-menu',
    state: () => ready({ environments }),
    hash: '#/sessions',
    agent: day,
    act: async (page, agent) => {
      await toSession(page, agent);
      await page.getByRole('button', { name: 'Order and groups' }).click();
      await page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'sessions-split',
    state: () => ready({ environments }),
    hash: '#/sessions',
    agent: async (agent) => {
      await day(agent);
      const [one, two] = agent.state.sessions.map((s) => s.id);
      agent.set({
        layout: [{ id: one ?? '', panes: [one ?? '', two ?? ''], direction: 'row', shares: [0.5, 0.5] }],
      });
    },
    act: async (page, agent) => {
      await toSession(page, agent);
      await page.locator('.terminal-host[data-state=live]:visible').nth(1).waitFor();
    },
  },
  {
    name: 'sessions-cost',
    hash: '#/sessions',
    agent: day,
    act: async (page, agent) => {
      await toSession(page, agent);
      await page.locator('.cost:visible').click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'sessions-end',
    hash: '#/sessions',
    agent: day,
    act: async (page, agent) => {
      await toSession(page, agent);
      await page.locator('.session-acts:visible .danger').click();
      await page.getByRole('alertdialog').waitFor();
    },
  },
  {
    name: 'sessions-find',
    hash: '#/sessions',
    agent: day,
    act: async (page, agent) => {
      await toSession(page, agent);
      await terminalLive(page);
      await page.locator('.xterm-helper-textarea:visible').focus();
      await page.keyboard.press('Control+f');
      await page.locator('.find-bar').waitFor();
      await page.keyboard.type('INV');
    },
  },
  {
    name: 'sessions-waiting',
    state: () =>
      ready({
        ssoSessions: [given.ssoSession(Date.now(), { state: 'expired', expiresAt: Date.now() - MINUTE })],
        prompt: given.prompt(Date.now()),
        sessions: [given.session(Date.now(), { state: 'waiting', pid: null })],
      }),
    hash: '#/sessions',
    act: (page, agent) => toSession(page, agent),
  },
  {
    name: 'sessions-starting',
    state: () =>
      ready({
        sessions: [
          given.session(Date.now(), { state: 'starting', pid: null, activity: activity('starting') }),
        ],
      }),
    hash: '#/sessions',
    act: (page, agent) => toSession(page, agent),
  },
  {
    name: 'sessions-lost',
    state: () =>
      ready({
        sessions: [
          given.session(Date.now(), {
            state: 'lost',
            pid: null,
            resumable: true,
            hasTranscript: true,
            activity: activity('unknown'),
          }),
        ],
      }),
    hash: '#/sessions',
    act: (page, agent) => toSession(page, agent),
  },
  {
    name: 'sessions-exited',
    hash: '#/sessions',
    agent: async (agent) => {
      const { id } = await agent.open({ name: 'billing-service', meter: meter(0.31, 40_000) }, answer);
      agent.changeSession(id, {
        state: 'exited',
        exitCode: 1,
        exitedAt: Date.now() - MINUTE,
        resumable: true,
        hasTranscript: true,
        activity: activity('exited'),
      });
    },
    act: async (page, agent) => {
      await toSession(page, agent);
      await page.locator('.exit-line').waitFor();
    },
  },
  {
    name: 'sessions-unnamed-question',
    hash: '#/sessions',
    agent: async (agent) => {
      await agent.open({
        name: 'a-service-with-a-very-long-name-that-nobody-shortened',
        cwd: '/home/dana/src/a/very/long/path/that/goes/on/and/on/until/it/ends',
        activity: activity('needsYou', {
          request: request({ kind: 'question', tool: null, text: 'Which of the two?', answerable: false }),
        }),
        meter: meter(123.45, 190_000),
        cap: { usd: 100, stop: false },
      });
    },
    act: async (page, agent) => {
      await toSession(page, agent, 'a-service-with-a-very-long-name-that-nobody-shortened');
      await terminalLive(page);
    },
  },
  {
    name: 'history',
    state: () => ready({ environments }),
    hash: '#/history',
    agent: (agent) => {
      agent.conversations = conversations;
    },
    act: (page) => page.locator('.conversation').first().waitFor(),
  },
  {
    name: 'history-found',
    hash: '#/history',
    agent: (agent) => {
      agent.conversations = conversations;
      agent.found = {
        matches: [
          {
            at: Date.now() - 2 * 3_600_000,
            role: 'user',
            text: 'Which invoices are overdue?',
            matches: [[6, 14]],
          },
          {
            at: Date.now() - 2 * 3_600_000,
            role: 'assistant',
            text: 'Three invoices: INV-17, INV-21 and INV-30.',
            matches: [[6, 14]],
          },
        ],
        more: true,
      };
    },
    act: async (page) => {
      await page.getByRole('searchbox').fill('invoices');
      await page.locator('.conversation mark').first().waitFor();
      await button(page, 'All places').click();
      await page.locator('.matches li').first().waitFor();
    },
  },
  { name: 'history-empty', hash: '#/history', act: (page) => page.locator('.empty').waitFor() },
  {
    name: 'history-error',
    hash: '#/history',
    agent: (agent) => {
      agent.refuse.set(
        'history.list',
        new BedrockTrayError('StorageFailed', { file: 'history.db', reason: 'EIO' }),
      );
    },
    act: (page) => page.getByRole('alert').waitFor(),
  },
  {
    name: 'models',
    state: () => ready({ environments }),
    hash: '#/models',
    agent: (agent) => {
      bedrock(agent);
      agent.askedAt = Date.now() - 4 * MINUTE;
    },
    act: offered,
  },
  {
    name: 'models-opened',
    hash: '#/models',
    agent: bedrock,
    act: async (page) => {
      await button(page, 'All ids of Sonnet 4.5').click();
      await button(page, 'All ids of Opus 4.5').click();
      await page.locator('.id-row').first().waitFor();
    },
  },
  {
    name: 'models-choose',
    hash: '#/models',
    agent: bedrock,
    act: async (page) => {
      await button(page, 'Use for… Haiku 5.5').click();
      await page.getByRole('menu').waitFor();
    },
  },
  {
    name: 'models-geography',
    state: () =>
      ready({ environments: [given.environment({ region: 'eu-central-1', geography: 'eu', model: null })] }),
    hash: '#/models',
    agent: bedrock,
    act: async (page) => {
      await button(page, 'All ids of Opus 5.5').click();
      await page.locator('.id-row').first().waitFor();
    },
  },
  {
    name: 'models-elsewhere',
    hash: '#/models',
    agent: bedrock,
    act: async (page) => {
      await page.getByRole('combobox', { name: 'Region to look at' }).fill('eu-central-1');
      await page.keyboard.press('Enter');
      await page.getByText('This is what eu-central-1 offers.').waitFor();
      await offered(page);
    },
  },
  {
    name: 'models-shipped',
    state: () =>
      ready({
        ssoSessions: [given.ssoSession(Date.now(), { state: 'expired', expiresAt: Date.now() - MINUTE })],
        environments: [given.environment({ model: 'us.anthropic.claude-opus-4-5-20251101-v1:0' })],
      }),
    hash: '#/models',
    agent: (agent) => {
      bedrock(agent);
      agent.offer = {
        source: 'shipped',
        askedAt: null,
        tableDate: '2026-11-22',
        problem: unreachable().view(),
      };
      agent.decided = {
        primary: {
          id: 'us.anthropic.claude-opus-5',
          from: 'managed',
          where: '/etc/claude-code/managed-settings.json · model',
          offered: null,
        },
        opus: { offered: null },
      };
    },
    act: offered,
  },
  {
    name: 'models-legacy',
    state: () =>
      ready({
        environments: [
          given.environment({
            model: 'anthropic.claude-3-opus-20240229-v1:0',
            smallFastModel: 'anthropic.claude-3-haiku-20240307-v1:0',
          }),
        ],
      }),
    hash: '#/models',
    agent: bedrock,
    act: offered,
  },
  {
    name: 'models-regions',
    hash: '#/models',
    agent: bedrock,
    act: async (page) => {
      await button(page, 'Ask all regions').click();
      await page.locator('.regions tbody tr').first().waitFor();
      await page.getByText('6 of 6 regions').waitFor();
    },
  },
  {
    name: 'models-asking',
    hash: '#/models',
    agent: (agent) => {
      bedrock(agent);
      agent.surveyStays = 3;
    },
    act: async (page) => {
      await button(page, 'Ask all regions').click();
      await page.getByText('3 of 6 regions').waitFor();
    },
  },
  {
    name: 'models-nothing',
    hash: '#/models',
    agent: bedrock,
    act: async (page) => {
      await page.getByRole('searchbox', { name: 'Search models' }).fill('titan');
      await page.getByText('No model fits.').waitFor();
    },
  },
  {
    name: 'models-error',
    hash: '#/models',
    agent: (agent) => {
      agent.refuse.set('models.list', unreachable());
      agent.refuse.set('models.resolve', unreachable());
    },
    act: (page) => page.getByRole('alert').first().waitFor(),
  },
  {
    name: 'models-loading',
    hash: '#/models',
    agent: (agent) => {
      agent.held = new Promise(() => undefined);
    },
    act: (page) => page.locator('.models-page .skeleton-line').first().waitFor(),
  },
  {
    name: 'models-empty',
    state: () => ready({ environments: [], activeEnvironment: null }),
    hash: '#/models',
    act: (page) => page.locator('.empty').waitFor(),
  },
  {
    name: 'access',
    state: () => ready({ environments }),
    hash: '#/access',
    agent: accessed,
    act: settled,
  },
  {
    name: 'access-environment',
    state: () =>
      ready({
        environments: [
          given.environment({
            geography: 'us',
            pins: { opus: null, sonnet: 'us.anthropic.claude-sonnet-4-6', fable: null },
            budget: { usd: 250, period: 'month', refuse: true },
          }),
        ],
      }),
    hash: '#/access',
    agent: bedrock,
    act: async (page) => {
      await button(page, 'Models and budget of work').click();
      await page.locator('.environment-form .model-id').first().waitFor();
    },
  },
  {
    name: 'access-roles',
    hash: '#/access',
    agent: accessed,
    act: async (page) => {
      await button(page, /^Payments production/).click();
      await page
        .getByRole('checkbox', { name: 'Choose all roles in Payments production' })
        .locator('xpath=ancestor::label')
        .click();
      await page.locator('.choice-bar').waitFor();
    },
  },
  {
    name: 'access-create-profiles',
    hash: '#/access',
    act: async (page) => {
      await page
        .getByRole('checkbox', { name: 'Choose all roles in Payments production' })
        .locator('xpath=ancestor::label')
        .click();
      await button(page, 'Add profiles…').click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'access-use-role',
    hash: '#/access',
    act: async (page) => {
      await button(page, /^Payments production/).click();
      await button(page, 'Use PowerUserAccess in Payments production').click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'access-error',
    hash: '#/access',
    agent: (agent) => agent.refuse.set('accounts.list', unreachable()),
    act: (page) => page.getByRole('alert').waitFor(),
  },
  {
    name: 'usage',
    state: () =>
      ready({
        environments: [...environments, given.environment({ name: 'sandbox' })],
        usage: { revision: 1, pending: 0, budgets: budgets() },
      }),
    hash: '#/usage',
    agent: used,
    act: drawn,
  },
  {
    name: 'usage-conversations',
    hash: '#/usage',
    agent: used,
    act: async (page) => {
      await drawn(page);
      await chosen(page, '90 days');
      await chosen(page, 'Tokens');
      await chosen(page, 'Conversation');
      await page.locator('.usage-table a').first().waitFor();
      await button(page, 'Show as a table').click();
      await page.locator('.table-scroll').waitFor();
      await page.locator('.chart-buttons button[tabindex="0"]').focus();
      await page.keyboard.press('PageUp');
      await page.keyboard.press('PageUp');
      await page.locator('.chart-tip').waitFor();
    },
  },
  {
    name: 'usage-today',
    state: () =>
      ready({
        usage: { revision: 1, pending: 412_000_000, budgets: [] },
        environments: [given.environment()],
      }),
    hash: '#/usage',
    agent: used,
    act: async (page) => {
      await drawn(page);
      await chosen(page, 'Today');
      await page.locator('.chart').waitFor({ state: 'detached' });
    },
  },
  {
    name: 'usage-price',
    hash: '#/usage',
    agent: used,
    act: async (page) => {
      await drawn(page);
      await button(page, /^Set price… Mythos/).click();
      await page.getByRole('dialog').waitFor();
    },
  },
  {
    name: 'usage-bill-and-trail',
    state: () => ready({ environments }),
    hash: '#/usage',
    agent: used,
    act: async (page) => {
      await drawn(page);
      await button(page, /^Ask for/).click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Agree and ask' }).click();
      await page.locator('.services').waitFor();
      await button(page, 'Show calls').click();
      await page.locator('.trail-event').first().waitFor();
    },
  },
  {
    name: 'usage-denied',
    hash: '#/usage',
    agent: (agent) => {
      used(agent);
      agent.refuse.set('costs.get', denied('AWS Cost Explorer'));
      agent.refuse.set('trail.list', denied('AWS CloudTrail'));
    },
    act: async (page) => {
      await drawn(page);
      await button(page, /^Ask for/).click();
      await page.getByRole('alertdialog').getByRole('button', { name: 'Agree and ask' }).click();
      await page.getByRole('alert').first().waitFor();
      await button(page, 'Show calls').click();
      await page.getByRole('alert').nth(1).waitFor();
    },
  },
  { name: 'usage-empty', hash: '#/usage', act: (page) => page.locator('.usage .empty').waitFor() },
  {
    name: 'doctor-well',
    state: () => ready({ environments }),
    hash: '#/doctor',
    act: (page) => page.locator('.doctor-none').waitFor(),
  },
  { name: 'doctor-found', state: () => ready({ environments }), hash: '#/doctor', agent: sick, act: found },
  {
    name: 'doctor-link',
    hash: '#/doctor',
    agent: sick,
    act: async (page) => {
      await found(page);
      await page.getByRole('option', { name: /^Models in this region/ }).click();
      await page.locator('.doctor-detail-head').waitFor();
    },
  },
  {
    name: 'doctor-running',
    hash: '#/doctor',
    agent: (agent) => {
      sick(agent);
      agent.checkStays = 'models';
    },
    act: (page) => page.locator('.check-line[data-state=running]').waitFor(),
  },
  {
    name: 'doctor-repairs',
    hash: '#/doctor',
    agent: sick,
    act: async (page) => {
      await found(page);
      await button(page, 'Safe repairs…').click();
      await page.locator('.repair').first().waitFor();
    },
  },
  {
    name: 'doctor-report',
    hash: '#/doctor',
    agent: sick,
    act: async (page) => {
      await found(page);
      await button(page, 'Report…').click();
      await page.locator('.doctor-report pre').waitFor();
    },
  },
  {
    name: 'doctor-ask',
    hash: '#/doctor',
    act: async (page) => {
      await page.locator('.doctor-none').waitFor();
      await button(page, 'Ask the model for one token…').click();
      await page.getByRole('alertdialog').waitFor();
    },
  },
  {
    name: 'doctor-empty',
    state: () => ready({ environments: [], activeEnvironment: null }),
    hash: '#/doctor',
    act: (page) => page.locator('.empty').waitFor(),
  },
  {
    name: 'doctor-offline',
    state: () => ready({ network: { state: 'offline', sinceAt: Date.now() - 12 * MINUTE } }),
    hash: '#/doctor',
    act: async (page, agent) => {
      await page.locator('.doctor-none').waitFor();
      await agent.disappear();
      await page.locator('.link-banner').waitFor();
    },
  },
  {
    name: 'sessions-trouble',
    hash: '#/sessions',
    agent: (agent) =>
      agent.open(
        { name: 'billing-service', activity: activity('failed', { reason: 'rate_limit' }) },
        troubled,
      ),
    act: async (page, agent) => {
      await toSession(page, agent);
      await page.locator('.trouble').waitFor();
    },
  },
  {
    name: 'policies',
    state: () => ready({ environments }),
    hash: '#/policies',
    agent: (agent) => {
      agent.validation = {
        findings: [
          { type: 'suggestion', code: 'REDUNDANT_ACTION', text: 'This action is given twice.', line: 8 },
        ],
        problem: null,
      };
      agent.comparison = {
        calls: [
          { action: 'bedrock:ListInferenceProfiles', resource: '*', decision: 'allowed' },
          {
            action: 'bedrock:InvokeModel',
            resource: `arn:aws:bedrock:us-east-1::foundation-model/${'x'.repeat(90)}`,
            decision: 'implicitDeny',
          },
        ],
        problem: null,
      };
    },
    act: async (page) => {
      await button(page, 'Validate').click();
      await button(page, 'Compare with what I have').click();
      await page.locator('.policy-calls').waitFor();
      await page.locator('.policy-findings').waitFor();
    },
  },
  {
    name: 'policies-scp',
    state: () => ready({ environments }),
    hash: '#/policies/scp',
    agent: bedrock,
    act: async (page) => {
      await page.getByRole('radio', { name: 'Chosen here' }).last().locator('xpath=ancestor::label').click();
      await page.locator('.policy-checks.models .check').first().click();
      await page.locator('.policy-text').waitFor();
    },
  },
  {
    name: 'policies-empty',
    state: () => ready({ environments: [], activeEnvironment: null }),
    hash: '#/policies',
    act: (page) => page.locator('.empty').waitFor(),
  },
  { name: 'settings', hash: '#/settings', act: settled },
  {
    name: 'settings-choice',
    hash: '#/settings',
    act: async (page) => {
      await page.locator('.select-button').first().click();
      await page.getByRole('listbox').waitFor();
    },
  },
  {
    name: 'palette',
    state: () => ready({ environments }),
    hash: '#/overview',
    agent: day,
    act: async (page) => {
      await page.keyboard.press('Control+Shift+P');
      await page.locator('.palette-item').first().waitFor();
    },
  },
  {
    name: 'palette-typed',
    state: () => ready({ environments }),
    hash: '#/overview',
    agent: day,
    act: async (page) => {
      await page.keyboard.press('Control+Shift+P');
      await page.locator('.palette-item').first().waitFor();
      await page.keyboard.type('bi');
      await page.locator('.palette-item mark').first().waitFor();
    },
  },
  {
    name: 'agent-gone',
    hash: '#/overview',
    act: async (page, agent) => {
      await agent.disappear();
      await page.locator('.link-banner').waitFor();
    },
  },
  {
    name: 'agent-demo',
    state: () => {
      const state = ready();
      return { ...state, agent: { ...state.agent, demo: true } };
    },
    hash: '#/overview',
  },
];
