import type {
  CredentialsView,
  Environment,
  PromptView,
  SessionView,
  SignInView,
  Snapshot,
  SsoSessionView,
} from '../../../src/contract/index.ts';
import { Settings } from '../../../src/contract/settings.ts';

/** Any instant; tests that show a countdown pass their own. */
export const AT = Date.UTC(2026, 10, 22, 12, 0, 0);
const MINUTE = 60_000;

export function ssoSession(at: number, more: Partial<SsoSessionView> = {}): SsoSessionView {
  return {
    id: 'corp',
    kind: 'sso-session',
    startUrl: 'https://corp.awsapps.com/start',
    region: 'us-east-1',
    state: 'valid',
    expiresAt: at + 8 * 60 * MINUTE,
    refreshable: true,
    generation: 1,
    nextRefreshAt: at + 7 * 60 * MINUTE,
    problem: null,
    signIn: null,
    endsFrom: null,
    endsTo: null,
    store: 'shared',
    ...more,
  };
}

export function signIn(at: number, more: Partial<SignInView> = {}): SignInView {
  return {
    id: 'sign-in-1',
    ssoSession: 'corp',
    flow: 'pkce',
    url: 'https://oidc.us-east-1.amazonaws.com/authorize?client_id=abc',
    userCode: null,
    startedAt: at,
    expiresAt: at + 10 * MINUTE,
    ...more,
  };
}

export function credentials(at: number, more: Partial<CredentialsView> = {}): CredentialsView {
  return {
    profile: 'dev',
    kind: 'sso',
    ssoSession: 'corp',
    accountId: '123456789012',
    roleName: 'BedrockDeveloper',
    state: 'valid',
    // Half a minute more than a whole number, so that words do not change while a test looks.
    expiresAt: at + 54.5 * MINUTE,
    generation: 1,
    nextRenewalAt: at + 39 * MINUTE,
    problem: null,
    ...more,
  };
}

export function environment(more: Partial<Environment> = {}): Environment {
  return {
    name: 'work',
    profile: 'dev',
    region: 'us-west-2',
    model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    smallFastModel: null,
    identityMode: 'bedrock-only',
    endpointUrl: null,
    pins: { opus: null, sonnet: null, fable: null },
    geography: null,
    budget: null,
    ...more,
  };
}

export function session(at: number, more: Partial<SessionView> = {}): SessionView {
  return {
    id: '11111111-1111-4111-8111-111111111111',
    name: 'billing-service',
    program: 'claude',
    cwd: '/home/dana/src/billing-service',
    environment: 'work',
    profile: 'dev',
    region: 'us-west-2',
    model: null,
    identityMode: 'bedrock-only',
    state: 'running',
    pid: 4711,
    exitCode: null,
    signal: null,
    startedAt: at - 5 * MINUTE,
    exitedAt: null,
    title: '',
    cols: 80,
    rows: 24,
    attached: 0,
    problem: null,
    activity: {
      state: 'working',
      sinceAt: at - 2 * MINUTE,
      request: null,
      seen: true,
      reason: null,
      background: 0,
    },
    watched: false,
    order: 0,
    pinned: false,
    permissionMode: null,
    resumable: false,
    conversation: null,
    hasTranscript: false,
    meter: null,
    cap: null,
    ...more,
  };
}

export function prompt(at: number, more: Partial<PromptView> = {}): PromptView {
  return {
    ssoSession: 'corp',
    startUrl: 'https://corp.awsapps.com/start',
    profile: 'dev',
    accountId: '123456789012',
    roleName: 'BedrockDeveloper',
    reason: 'expired',
    sinceAt: at,
    count: 1,
    snoozedUntil: null,
    ...more,
  };
}

/** A signed-in person with one environment and no session. */
export function snapshot(at: number, more: Partial<Snapshot> = {}): Snapshot {
  return {
    at,
    agent: {
      version: '0.1.0',
      protocol: 1,
      pid: 4242,
      startedAt: at - 60 * MINUTE,
      home: '/home/dana/.local/share/bedrock-tray',
      userHome: '/home/dana',
      logFile: '/home/dana/.local/share/bedrock-tray/logs/agent.log',
      socket: '/home/dana/.local/share/bedrock-tray/agent.sock',
      demo: false,
      claude: null,
    },
    ssoSessions: [ssoSession(at)],
    credentials: [credentials(at)],
    environments: [environment()],
    activeEnvironment: 'work',
    sessions: [],
    recentFolders: ['/home/dana/src/billing-service', '/home/dana/src/web & shop', '/srv/data'],
    pinnedFolders: [],
    layout: [],
    history: { revision: 0, pending: 0 },
    prompt: null,
    mfa: null,
    ending: null,
    network: { state: 'online', sinceAt: at - 60 * MINUTE },
    clockSkewMs: null,
    settings: Settings.parse({ setupDone: true }),
    desktop: {
      startAtLogin: false,
      command: { state: 'absent', path: '/home/dana/.local/bin/bedrock-tray', onPath: true },
    },
    update: { state: 'none', version: null, progress: null, checkedAt: null, wish: null, problem: null },
    usage: { revision: 0, pending: 0, budgets: [] },
    profilesRevision: 1,
    configProblem: null,
    ...more,
  };
}
