import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { ApiServer } from '../../../src/agent/api/api-server.ts';
import { createDispatch } from '../../../src/agent/api/dispatch.ts';
import { createHandlers, type Rooms } from '../../../src/agent/api/handlers.ts';
import { createOrpcAdapter } from '../../../src/agent/api/orpc-adapter.ts';
import { Attendance } from '../../../src/agent/attendance.ts';
import { TakenHotkeys } from '../../../src/agent/hotkeys/taken-hotkeys.ts';
import type { Clock, HandOut, Log, Observable } from '../../../src/agent/ports.ts';
import { SnapshotRoom } from '../../../src/agent/snapshot.ts';
import { openRpcClient } from '../../../src/client/rpc-client.ts';
import {
  BedrockTrayError,
  type DesktopView,
  type Environment,
  PROTOCOL_VERSION,
  type ProcedureName,
  type ProfileView,
  type Role,
  type SessionView,
  Settings,
  type SignInView,
} from '../../../src/contract/index.ts';

/** A source of changes that a test fires by hand. */
export class Emitter implements Observable {
  readonly #listeners = new Set<() => void>();
  get listeners(): number {
    return this.#listeners.size;
  }
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  fire(): void {
    for (const listener of this.#listeners) listener();
  }
}

export const systemClock: Clock = {
  now: () => Date.now(),
  wakeAt(at, fire) {
    const timer = setTimeout(fire, Math.max(0, at - Date.now()));
    return () => clearTimeout(timer);
  },
};

export const sessionId = '7f0c3f0e-58a5-4a58-9f0a-0d3e5c1a2b3c';
export const signIn: SignInView = {
  id: 's1',
  ssoSession: 'corp',
  flow: 'pkce',
  url: 'http://127.0.0.1:1/authorize',
  userCode: null,
  startedAt: 1,
  expiresAt: 2,
};
export const environment: Environment = {
  name: 'work',
  profile: 'dev',
  region: 'us-east-1',
  model: null,
  smallFastModel: null,
  identityMode: 'bedrock-only',
  endpointUrl: null,
  pins: { opus: null, sonnet: null, fable: null },
  geography: null,
  budget: null,
};
export const profile: ProfileView = {
  name: 'dev',
  kind: 'sso',
  ssoSession: 'corp',
  accountId: '123456789012',
  roleName: 'Dev',
  region: 'eu-west-1',
  roleArn: null,
  chain: [],
  mfaSerial: null,
  partition: 'aws',
  notes: [],
  problem: null,
};
export const session: SessionView = {
  id: sessionId,
  name: 'x',
  program: 'claude',
  cwd: '/tmp',
  environment: 'work',
  profile: 'dev',
  region: 'us-east-1',
  model: null,
  identityMode: 'bedrock-only',
  state: 'running',
  pid: 1,
  exitCode: null,
  signal: null,
  startedAt: 1,
  exitedAt: null,
  title: '',
  cols: 80,
  rows: 24,
  attached: 0,
  problem: null,
  activity: { state: 'working', sinceAt: 1, request: null, seen: true, reason: null, background: 0 },
  watched: false,
  order: 0,
  pinned: false,
  permissionMode: null,
  resumable: false,
  conversation: null,
  hasTranscript: false,
  meter: null,
  cap: null,
};

const desktop: DesktopView = {
  startAtLogin: false,
  command: { state: 'absent', path: '/h/.local/bin/bedrock-tray', onPath: true },
};

const noUsage = {
  answers: 0,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWrite5mTokens: 0,
  cacheWrite1hTokens: 0,
  costUsd: null,
  unpricedTokens: 0,
};

/** A valid input for each row of the contract. */
export const validInput: { [N in ProcedureName]: Record<string, unknown> } = {
  'agent.info': {},
  'agent.stop': { sessions: 'keep' },
  'state.get': {},
  'state.watch': {},
  'signIn.start': { ssoSession: 'corp' },
  'signIn.wait': { id: 's1' },
  'signIn.cancel': { id: 's1' },
  'mfa.ask': { profile: 'dev' },
  'mfa.answer': { id: 'm1', code: '123456' },
  'mfa.cancel': { id: 'm1' },
  'prompt.snooze': { minutes: 15 },
  'presence.report': { idleMs: 0, locked: false },
  'network.report': { online: true, proxyRules: 'DIRECT' },
  'browsers.list': {},
  signOut: {},
  'profiles.list': {},
  'profiles.create': { name: 'p', ssoSession: 'corp', accountId: '123456789012', roleName: 'Dev' },
  'profiles.createMany': {
    ssoSession: 'corp',
    template: '{account}-{role}',
    roles: [{ accountId: '123456789012', roleName: 'Dev' }],
  },
  'config.undo': {},
  'import.list': {},
  'import.apply': { ids: ['x'] },
  'ssoSessions.create': { name: 'n', startUrl: 'https://x.awsapps.com/start', region: 'us-east-1' },
  'accounts.list': { ssoSession: 'corp' },
  'roles.list': { ssoSession: 'corp', accountId: '123456789012' },
  'environments.create': { ...environment },
  'environments.update': { ...environment },
  'environments.use': { name: 'work' },
  'environments.delete': { name: 'work' },
  'models.list': {},
  'models.resolve': {},
  'regions.list': {},
  'regions.survey': {},
  'doctor.run': {},
  'doctor.preview': {},
  'doctor.fix': { digest: 'd' },
  'doctor.undo': {},
  'doctor.report': {},
  'policies.build': { kind: 'policy' },
  'policies.validate': { kind: 'policy' },
  'policies.compare': { kind: 'policy' },
  'usage.query': {},
  'costs.get': { from: '2026-11-01', to: '2026-11-02', agreed: true },
  'trail.list': {},
  'endpoint.open': { profile: 'dev' },
  'sessions.list': {},
  'sessions.open': { cwd: '/tmp' },
  'sessions.openWith': { cwd: '/tmp', args: [], env: { A: 'b' } },
  'sessions.attach': { id: sessionId },
  'sessions.kill': { id: sessionId },
  'sessions.resume': { id: sessionId },
  'sessions.remove': { id: sessionId },
  'sessions.update': { id: sessionId, name: 'y' },
  'sessions.reorder': { ids: [sessionId] },
  'sessions.look': { ids: [sessionId] },
  'sessions.answer': { id: sessionId, request: 'r1', decision: 'deny' },
  'sessions.showInTerminal': { id: sessionId },
  'terminals.list': {},
  'editors.list': {},
  'files.resolve': { session: sessionId, paths: ['a.ts'] },
  'files.open': { session: sessionId, path: 'a.ts', line: 1 },
  'folders.pin': { folder: '/tmp', pinned: true },
  'layout.set': { tabs: [] },
  'history.list': {},
  'history.find': { conversation: sessionId, text: 'x' },
  'history.read': { conversation: sessionId },
  'history.resume': { conversation: sessionId },
  'integration.preview': {},
  'integration.apply': { digest: 'd' },
  'integration.undo': {},
  'setup.find': {},
  'setup.region': { startUrl: 'https://x.awsapps.com/start' },
  'desktop.set': { startAtLogin: true },
  'desktop.show': { folder: 'logs' },
  'update.report': { state: 'none', version: null, progress: null, checkedAt: null, problem: null },
  'hotkeys.report': { taken: ['openClaude'] },
  'update.wish': { wish: 'check' },
  'support.bundle': {},
  'traces.list': {},
  'traces.remove': { ids: ['command'] },
  'settings.get': {},
  'settings.set': { theme: 'dark' },
  'page.open': {},
};

export interface TestApi {
  socket: string;
  attendance: Attendance;
  /** Fires a change of the settings room. */
  emitter: Emitter;
  endpointsClosed: string[];
  logged: { fields: Record<string, unknown>; message: string }[];
  stopped: string[];
  /** Replace one to make it fail. */
  rooms: Rooms;
  settings: Settings;
  open(role: Role): Promise<{ agent: Awaited<ReturnType<typeof openRpcClient>>; webSocket: WebSocket }>;
  /** A WebSocket to any path and query, as the agent answers it. */
  raw(pathAndQuery: string): WebSocket;
  close(): Promise<void>;
}

/** The real API server on a real socket with small fakes of the rooms behind it. */
export async function startTestApi(
  options: { handleCredentials?: HandOut['handleCredentials']; checkOutput?: boolean } = {},
): Promise<TestApi> {
  const folder = await mkdtemp(join(tmpdir(), 'bt-api-'));
  const socket = join(folder, 'agent.sock');
  const logged: TestApi['logged'] = [];
  const record = (fields: Record<string, unknown>, message: string) => void logged.push({ fields, message });
  const log: Log = { info: record, warn: record, error: record, debug: record };
  const emitter = new Emitter();
  const quiet = new Emitter();
  const onChange = (listener: () => void) => quiet.onChange(listener);
  const attendance = new Attendance();
  const endpointsClosed: string[] = [];
  const stopped: string[] = [];
  const api = { settings: Settings.parse({}) };

  const keeper: Rooms['keeper'] = {
    onChange,
    start: async () => {},
    stop: async () => {},
    views: () => [],
    prompt: () => null,
    ending: () => null,
    snooze: () => {},
    reachable: () => {},
    accessToken: async () => 'token',
    rejected: async () => {},
    untilValid: async () => {},
    need: () => {},
    adopt: async () => {},
    signOut: async () => ['corp'],
  };
  const hotkeys = new TakenHotkeys();
  const base: Omit<Rooms, 'snapshot'> = {
    clock: systemClock,
    keeper,
    desk: {
      onChange,
      start: async () => signIn,
      wait: async () => ({ ssoSession: 'corp', expiresAt: 5 }),
      cancel: () => {},
      current: () => null,
      stop: async () => {},
    },
    presence: { report: () => {} },
    browsers: { list: async () => [] },
    mfa: { onChange, view: () => null, answer: async () => {}, cancel: () => {} },
    broker: {
      onChange,
      views: () => [],
      credentials: async () => {
        throw new BedrockTrayError('MfaNeeded', { profile: 'dev', mfaSerial: 'x' });
      },
      temporary: async () => {
        throw new BedrockTrayError('ProfileUnknown', { profile: 'x' });
      },
      untilUsable: async () => {},
      hold: () => () => {},
      reachable: () => {},
      drop: () => {},
      accounts: async () => [],
      roles: async () => [],
      stop: async () => {},
    },
    profiles: {
      onChange,
      list: () => [profile],
      ssoSessions: () => [
        { id: 'corp', kind: 'sso-session', startUrl: 'https://x/start', region: 'us-east-1', scopes: [] },
      ],
      source: (name) => {
        if (name !== 'dev') throw new BedrockTrayError('ProfileUnknown', { profile: name });
        return { kind: 'sso', ssoSession: 'corp', accountId: '123456789012', roleName: 'Dev' };
      },
      revision: () => 1,
      problem: () => null,
      reload: async () => {},
    },
    configWriter: {
      createSsoSession: async () => ({ change: 'c1' }),
      createProfile: async () => profile,
      createProfiles: async () => [profile],
      undo: async () => ({ file: '/h/.aws/config' }),
    },
    importer: { list: async () => [], apply: async () => ['dev'] },
    settings: {
      onChange: (listener) => emitter.onChange(listener),
      get: () => api.settings,
      set: async () => api.settings,
    },
    environments: {
      onChange,
      list: () => [environment],
      active: () => environment,
      get: () => environment,
      create: async (e) => e,
      update: async (e) => e,
      use: async () => {},
      remove: async () => {},
      settled: async () => {},
    },
    sessions: {
      onChange,
      start: async () => {},
      views: () => [session],
      recentFolders: () => [],
      open: async () => session,
      attach: async () => ({ ticket: 't', socket: '/s' }),
      kill: async () => {},
      resume: async () => session,
      remove: async () => {},
      conversationIs: () => undefined,
      identity: () => undefined,
      stop: async () => {},
      claude: () => null,
      update: () => session,
      reorder: () => {},
      pinnedFolders: () => [],
      pinFolder: () => {},
      layout: () => [],
      setLayout: () => {},
      openConversation: async () => session,
    },
    activity: { look: () => {}, answer: () => {} },
    history: {
      list: async () => ({ conversations: [], more: false }),
      find: async () => ({ matches: [], more: false }),
      read: async () => ({ messages: [], next: null }),
      folder: async () => '/tmp',
    },
    setup: {
      find: async () => ({
        ssoSessions: [],
        profiles: [],
        imports: [],
        claude: null,
        awsCli: null,
        claudeSettings: null,
        environment: [],
      }),
      region: async () => ({ region: null }),
    },
    desktop: { set: async () => desktop, show: async () => {} },
    updates: { report: () => {}, gone: () => {}, wish: () => {} },
    hotkeys,
    support: { bundle: async () => ({ file: '/h/bundle.zip', bytes: 1 }) },
    traces: { list: async () => [], remove: async () => ({ removed: [], failed: [] }) },
    openers: {
      terminals: async () => [],
      editors: async () => [],
      attachInTerminal: async () => {},
      resolve: async (_cwd, paths) => paths.map(() => null),
      openFile: async () => {},
    },
    integration: {
      preview: async () => ({ digest: 'd', files: [] }),
      apply: async () => ({ files: [] }),
      undo: async () => ({ files: [] }),
    },
    handOut: {
      open: async (name) => ({
        url: 'http://127.0.0.1:1/',
        token: 't',
        close: () => endpointsClosed.push(name),
      }),
    },
    network: { report: () => {} },
    vault: { demand: async () => {} },
    models: {
      list: async () => ({
        region: 'us-east-1',
        source: 'shipped',
        askedAt: null,
        tableDate: '2026-11-22',
        problem: null,
        models: [],
      }),
      resolve: async () => ({ region: 'us-east-1', resolved: [] }),
      regions: () => ['us-east-1'],
      survey: async function* () {
        yield { regions: [], done: true };
      },
    },
    doctor: {
      run: async function* () {
        yield { at: 1, checks: [], done: true };
      },
      preview: async () => ({ digest: 'd', changes: [] }),
      fix: async () => ({ done: [], failed: [] }),
      undo: async () => ({ undone: [] }),
      report: async () => 'well',
      last: () => null,
    },
    policies: {
      build: async () => ({
        kind: 'policy',
        format: 'json',
        text: '{}',
        file: 'policy.json',
        commands: [],
        size: 2,
        limit: 6144,
        notes: [],
        warnings: [],
      }),
      validate: async () => ({ findings: [], problem: null }),
      compare: async () => ({ calls: [], problem: null }),
    },
    usage: {
      query: async () => ({ rows: [], total: noUsage, more: false, first: null, last: null, pending: 0 }),
    },
    bill: {
      get: async () => ({
        accountId: '123456789012',
        days: [],
        transcriptsUsd: [],
        requests: 0,
        chargedUsd: 0,
        cut: false,
        problem: null,
      }),
    },
    trail: { list: async () => ({ events: [], more: false, lookedTo: null, region: 'us-east-1' }) },
    openPage: async () => 'http://127.0.0.1:1/enter?ticket=x',
    stopAgent: (sessions) => stopped.push(sessions),
  };
  const snapshot = new SnapshotRoom({
    ...base,
    vault: { onChange, problem: () => null },
    desktop: { onChange, view: () => desktop },
    hotkeys,
    updates: {
      onChange,
      view: () => ({
        state: 'none',
        version: null,
        progress: null,
        checkedAt: null,
        wish: null,
        problem: null,
      }),
    },
    history: { onChange, status: () => ({ revision: 0, pending: 0 }) },
    usage: { onChange, status: () => ({ revision: 0, pending: 0, budgets: [] }) },
    network: { onChange, view: () => ({ state: 'online', sinceAt: 1 }), clockSkewMs: () => null },
    agent: () => ({
      version: '0.1.0',
      protocol: 1,
      pid: 1,
      startedAt: 1,
      home: '/h',
      userHome: '/h',
      logFile: '/h/l',
      socket,
      demo: false,
      claude: null,
    }),
  });
  const rooms: Rooms = { ...base, snapshot };
  const dispatch = createDispatch({
    handlers: createHandlers(rooms),
    log,
    checkOutput: options.checkOutput ?? true,
  });
  const server = new ApiServer({
    socket,
    serveRpc: createOrpcAdapter(dispatch),
    handOut: {
      handleCredentials:
        options.handleCredentials ?? (async () => ({ status: 200, headers: {}, body: 'ok' })),
    },
    attendance,
    log,
    describe: (view) => `said ${view.code}`,
  });
  await server.listen();
  const raw = (pathAndQuery: string) =>
    new WebSocket(`ws://localhost${pathAndQuery}`, {
      createConnection: () => connect(socket),
      perMessageDeflate: false,
    });
  return {
    socket,
    attendance,
    emitter,
    endpointsClosed,
    logged,
    stopped,
    rooms,
    get settings() {
      return api.settings;
    },
    set settings(value) {
      api.settings = value;
    },
    raw,
    async open(role) {
      const webSocket = raw(`/rpc?role=${role}&protocol=${PROTOCOL_VERSION}`);
      return { agent: await openRpcClient(webSocket), webSocket };
    },
    async close() {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
