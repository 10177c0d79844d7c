import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiServer } from '../../../src/agent/api/api-server.ts';
import { changes } from '../../../src/agent/api/change-stream.ts';
import { createDispatch, type Handlers } from '../../../src/agent/api/dispatch.ts';
import { createOrpcAdapter } from '../../../src/agent/api/orpc-adapter.ts';
import { Attendance } from '../../../src/agent/attendance.ts';
import { SystemClock } from '../../../src/agent/clock.ts';
import { type PageServer, startPageServer } from '../../../src/agent/page-server/page-server.ts';
import {
  BedrockTrayError,
  type CallName,
  type ConversationView,
  type DoctorCheck,
  type DoctorLink,
  doctorLinks,
  type Environment,
  type ErrorView,
  type FixPreview,
  type Geography,
  type ImportCandidate,
  type IntegrationFile,
  type ModelOffer,
  type ModelView,
  type ProcedureArguments,
  type ProcedureOutput,
  type ProfileView,
  type RegionOffer,
  type ResolvedModel,
  type SessionView,
  type SetupFindings,
  type Snapshot,
} from '../../../src/contract/index.ts';
import { terminalSocketOf } from '../../../src/contract/pty-protocol.ts';
import { profileNames } from '../../../src/domain/profiles/profile-name-template.ts';
import { modelView } from '../model-view.ts';
import { TestPtyHost } from '../pty-host.ts';
import { session, signIn, ssoSession } from '../tray/snapshots.ts';
import { regionOffers, resolvedModels } from './bedrock.ts';
import { report as doctorReport, notAsked, well } from './doctor-samples.ts';
import { builtPolicy } from './policies.ts';
import { activity, profile } from './samples.ts';
import { billOf, queryFacts, trailOf, type UsageFact } from './usage-samples.ts';

/** A call that the page made. */
export interface Call {
  name: CallName;
  input: unknown;
}

const quiet = { info() {}, warn() {}, error() {}, debug() {} };

const accounts = [
  { accountId: '123456789012', name: 'Payments development', email: 'aws+payments-dev@example.com' },
  { accountId: '210987654321', name: 'Payments production', email: 'aws+payments@example.com' },
  { accountId: '345678901234', name: 'Data platform', email: 'aws+data@example.com' },
  { accountId: '456789012345', name: '研发沙箱', email: 'aws+sandbox@example.com' },
  { accountId: '567890123456', name: 'Security audit', email: 'aws+audit@example.com' },
  { accountId: '678901234567', name: 'Shared services', email: 'aws+shared@example.com' },
];

const twoProfiles = [profile('dev'), profile('audit', { accountId: '210987654321', roleName: 'ReadOnly' })];
/** Nothing is set up yet; Claude Code is installed. */
const nothingFound: SetupFindings = {
  ssoSessions: [],
  profiles: [],
  imports: [],
  claude: { path: '/usr/local/bin/claude', version: '2.1.330', support: 'tested' },
  awsCli: null,
  claudeSettings: null,
  environment: [],
};
/** How a link ends. */
interface CheckEnd {
  state: DoctorCheck['state'];
  evidence: string | null;
  problem: ErrorView | null;
}
const evidence: Readonly<Partial<Record<DoctorLink, string>>> = {
  config: '/home/dana/.aws/config',
  signIn: 'https://corp.awsapps.com/start',
  credentials: 'ASIAEXAMPLEKEY, until 18:40',
  identity: 'arn:aws:sts::456789012345:assumed-role/AWSReservedSSO_BedrockDeveloper_1a2b3c/dana@example.com',
  models: '14 models in eu-central-1',
  answer: 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0 · 8 + 1',
  streaming: '12 · 640 ms',
  claude: '/usr/local/bin/claude 2.1.330',
};
const threeRoles = ['BedrockDeveloper', 'PowerUserAccess', 'ReadOnly'];
const fewModels = (): ModelView[] =>
  [
    { id: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', name: 'US Claude Sonnet 4.5' },
    { id: 'us.anthropic.claude-opus-4-8-v1:0', name: 'US Claude Opus 4.8' },
    { id: 'global.anthropic.claude-haiku-4-5-v1:0', name: 'Global Claude Haiku 4.5' },
  ].map(modelView);
const bedrockRegions = ['us-east-1', 'us-east-2', 'us-west-2', 'eu-central-1', 'eu-west-1', 'ap-northeast-1'];
const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
const SCRIPT = 'printf "ready\\n"; exec cat';

/**
 * An agent whose state a test writes down: the real socket, page server and contract, a real pty-host for the
 * terminals, and answers of its own where AWS would be asked.
 */
export class FakeAgent implements AsyncDisposable {
  readonly calls: Call[] = [];
  readonly host: TestPtyHost;
  readonly #folder: string;
  readonly #clock = new SystemClock();
  readonly #listeners = new Set<() => void>();
  /** Checks that stay at a link. */
  readonly #staying = new Set<() => void>();
  #state: Snapshot;
  #api: ApiServer | null = null;
  #page: PageServer | null = null;
  /** While set, every call except for the state's waits for it. */
  held: Promise<void> | null = null;
  /** Refuses the next call of a name. */
  readonly refuse = new Map<CallName, BedrockTrayError>();
  /** Paths that name files, as a terminal shows them. */
  readonly files = new Set<string>();
  /** What `history.find` answers with. */
  found: ProcedureOutput<'history.find'> = { matches: [], more: false };
  /** What `setup.find` answers with. */
  findings = nothingFound;
  /** What AWS tells of a portal's region. */
  portalRegion: string | null = 'eu-central-1';
  /** How the check of a link ends, where it is not well. */
  readonly checks = new Map<DoctorLink, Partial<CheckEnd>>();
  /** What else the doctor finds, by link. */
  doctor: Partial<Record<DoctorLink, Partial<DoctorCheck>>> = {};
  repairs: readonly FixPreview[] = [];
  /** How often something was repaired. */
  repaired = 0;
  #checked: readonly DoctorCheck[] | null = null;
  /** The link at which a check stays until it is let go. */
  checkStays: DoctorLink | null = null;
  /** Roles of an account, where they are not the usual three. */
  readonly roles = new Map<string, readonly string[]>();
  readonly #waits = new Map<string, (error: BedrockTrayError | null) => void>();
  /** How sign-ins ended, for a wait that comes after the end. */
  readonly #ended = new Map<string, BedrockTrayError | null>();
  /** What a session opened from the page runs. */
  script = SCRIPT;

  /** What ~/.aws/config has. */
  profiles: readonly ProfileView[] = twoProfiles;
  candidates: readonly ImportCandidate[] = [];
  #before: readonly ProfileView[] | null = null;

  private constructor(folder: string, host: TestPtyHost, state: Snapshot) {
    this.#folder = folder;
    this.host = host;
    this.#state = state;
  }

  static async start(state: Snapshot, rendererDir: string): Promise<FakeAgent> {
    const folder = await mkdtemp(join(tmpdir(), 'page-agent-'));
    const agent = new FakeAgent(folder, await TestPtyHost.start(), state);
    await agent.appear();
    agent.#page = await startPageServer({
      rendererDir,
      agentSocket: agent.#socket,
      terminalSocket: terminalSocketOf(agent.host.socket),
      noTicket: 'no ticket',
      unusedMs: 3_600_000,
      onUnused: () => undefined,
    });
    return agent;
  }

  get #socket(): string {
    return join(this.#folder, 'agent.sock');
  }

  /** An address that lets a browser in once. */
  url(): string {
    if (!this.#page) throw new Error('not started');
    return this.#page.url();
  }

  /** As if newly started: another state, nothing called, nothing refused. */
  async reset(state: Snapshot): Promise<void> {
    if (!this.#api) await this.appear();
    await this.#left();
    // Fifty terminals of earlier pages would slow each later one.
    for (const { id } of this.#state.sessions)
      await this.host.client.request({ type: 'kill', id, graceMs: 0 }).catch(() => undefined);
    this.calls.length = 0;
    this.held = null;
    this.refuse.clear();
    this.files.clear();
    this.found = { matches: [], more: false };
    this.script = SCRIPT;
    this.profiles = twoProfiles;
    this.candidates = [];
    this.findings = nothingFound;
    this.portalRegion = 'eu-central-1';
    this.checks.clear();
    this.checkStays = null;
    this.doctor = {};
    this.repairs = [];
    this.repaired = 0;
    this.#checked = null;
    this.roles.clear();
    this.#waits.clear();
    this.#ended.clear();
    this.models = fewModels;
    this.askedAt = Date.now();
    this.offer = {};
    this.decided = {};
    this.surveyStays = null;
    this.validation = { findings: [], problem: null };
    this.comparison = { calls: [], problem: null };
    this.facts = [];
    this.accounts = [...accounts];
    this.conversations = [];
    this.integration = [];
    this.integrated = false;
    this.#before = null;
    this.set(state);
  }

  /** No page is connected any more, and all that it still sent has come: every page watches the state until it goes. */
  async #left(): Promise<void> {
    for (const end = Date.now() + 60_000; this.#listeners.size > 0; await delay(10))
      if (Date.now() > end) throw new Error('a page is still connected');
  }

  get state(): Snapshot {
    return this.#state;
  }

  /** Replaces parts of what the page shows. */
  set(patch: Partial<Snapshot>): void {
    this.#state = { ...this.#state, ...patch };
    for (const listener of [...this.#listeners]) listener();
  }

  /** Inputs of the calls of one name, oldest first. */
  inputs<N extends CallName>(name: N): ProcedureArguments<N>[] {
    return this.calls.filter((c) => c.name === name).map((c) => c.input as ProcedureArguments<N>);
  }

  /** The agent goes away: its socket closes; the pty-host and the page's server stay. */
  async disappear(): Promise<void> {
    await this.#api?.close();
    this.#api = null;
    await this.#left();
  }

  /** Whether a page is connected. */
  get watched(): boolean {
    return this.#listeners.size > 0;
  }

  async appear(): Promise<void> {
    const recorded: Handlers = new Proxy(this.#handlers(), {
      get: (handlers, name: CallName) => {
        const handler = handlers[name] as ((...args: unknown[]) => unknown) | undefined;
        return (input: unknown, ...rest: unknown[]) => {
          this.calls.push({ name, input });
          const refusal = this.refuse.get(name);
          if (refusal) {
            this.refuse.delete(name);
            throw refusal;
          }
          if (this.held && !name.startsWith('state.')) return this.held.then(() => handler?.(input, ...rest));
          return handler?.(input, ...rest);
        };
      },
    });
    this.#api = new ApiServer({
      socket: this.#socket,
      serveRpc: createOrpcAdapter(createDispatch({ handlers: recorded, log: quiet, checkOutput: true })),
      handOut: { handleCredentials: () => Promise.reject(new Error('not here')) },
      attendance: new Attendance(),
      log: quiet,
      describe: (view) => view.code,
    });
    await this.#api.listen();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#page?.close();
    await this.disappear();
    await this.host[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** Runs a program in the pty-host and shows it as a session. */
  async open(more: Partial<SessionView>, script = this.script): Promise<SessionView> {
    const id = more.id ?? crypto.randomUUID();
    await this.host.run('/bin/sh', ['-c', script], { id });
    const view = session(Date.now(), { ...more, id });
    this.set({ sessions: [...this.#state.sessions.filter((s) => s.id !== id), view] });
    return view;
  }

  setProfiles(profiles: readonly ProfileView[]): void {
    this.profiles = profiles;
    this.set({ profilesRevision: this.#state.profilesRevision + 1 });
  }

  changeSession(id: string, patch: Partial<SessionView>): void {
    this.set({ sessions: this.#state.sessions.map((s) => (s.id === id ? { ...s, ...patch } : s)) });
  }

  #handlers(): Handlers {
    const now = (): Snapshot => ({ ...this.#state, at: Date.now() });
    const known: Partial<Handlers> = {
      'state.get': () => now(),
      'state.watch': (_input, _connection, signal) =>
        changes({
          current: now,
          onChange: (listener) => {
            this.#listeners.add(listener);
            return () => this.#listeners.delete(listener);
          },
          clock: this.#clock,
          signal,
        }),
      'signIn.start': ({ ssoSession: id = 'corp', flow }) => {
        const view = signIn(Date.now(), {
          ssoSession: id,
          flow: flow === 'device' ? 'device' : 'pkce',
          userCode: flow === 'device' ? 'WDJB-MJHT' : null,
        });
        this.#ended.delete(view.id);
        this.#sso(id, { state: 'signingIn', signIn: view });
        return view;
      },
      'signIn.wait': ({ id }) =>
        new Promise((resolve, reject) => {
          const end = (error: BedrockTrayError | null): void =>
            error ? reject(error) : resolve({ ssoSession: 'corp', expiresAt: Date.now() + 3_600_000 });
          const ended = this.#ended.get(id);
          if (ended === undefined) this.#waits.set(id, end);
          else end(ended);
        }),
      'signIn.cancel': ({ id }) => {
        const found = this.#state.ssoSessions.find((s) => s.signIn?.id === id);
        if (found) this.#sso(found.id, { state: 'signedOut', signIn: null });
        this.#end(id, new BedrockTrayError('SignInCancelled', { ssoSession: found?.id ?? '' }));
        return {};
      },
      signOut: ({ ssoSession: id = 'corp' }) => {
        this.#sso(id, { state: 'signedOut', expiresAt: null, nextRefreshAt: null });
        return { signedOut: [id] };
      },
      'mfa.answer': () => {
        this.set({ mfa: null });
        return {};
      },
      'mfa.cancel': () => {
        this.set({ mfa: null });
        return {};
      },
      'prompt.snooze': ({ minutes }) => {
        const { prompt } = this.#state;
        this.set({ prompt: prompt && { ...prompt, snoozedUntil: Date.now() + minutes * 60_000 } });
        return {};
      },
      'browsers.list': () => ({
        browsers: [
          { id: 'firefox', name: 'Firefox', profiles: [] },
          {
            id: 'chrome',
            name: 'Chrome',
            profiles: [
              { id: 'Default', name: 'Dana' },
              { id: 'Profile 1', name: 'Example Corp' },
            ],
          },
        ],
      }),
      'profiles.list': () => ({ profiles: [...this.profiles] }),
      'profiles.create': ({ name, region, ...p }) => {
        const made = profile(name, { ...p, region: region ?? null });
        this.setProfiles([...this.profiles, made]);
        return made;
      },
      'profiles.createMany': ({ ssoSession: session, template, region, roles }) => {
        const names = profileNames(template, roles, (name) =>
          this.profiles.some((p) => p.name === name) ? 'other' : 'free',
        );
        const made = roles.map(({ accountId, roleName }, n) =>
          profile(names[n] ?? '', { ssoSession: session, accountId, roleName, region: region ?? null }),
        );
        this.#before = this.profiles;
        this.setProfiles([...this.profiles, ...made]);
        return { profiles: made };
      },
      'config.undo': () => {
        if (this.#before) this.setProfiles(this.#before);
        return { file: '/home/dana/.aws/config' };
      },
      'import.list': () => ({ candidates: [...this.candidates] }),
      'import.apply': ({ ids }) => {
        const taken = this.candidates.filter((c) => ids.includes(c.id));
        this.candidates = this.candidates.filter((c) => !ids.includes(c.id));
        return { profiles: taken.map((c) => c.profile) };
      },
      'ssoSessions.create': ({ name, startUrl, region }) => {
        const added = ssoSession(Date.now(), {
          id: name,
          startUrl,
          region,
          state: 'signedOut',
          expiresAt: null,
          generation: 0,
          nextRefreshAt: null,
        });
        this.set({ ssoSessions: [...this.#state.ssoSessions, added] });
        return { change: 'c1' };
      },
      'accounts.list': () => ({ accounts: this.accounts }),
      'roles.list': ({ accountId }) => ({
        roles: (this.roles.get(accountId) ?? threeRoles).map((roleName) => ({
          accountId,
          roleName,
        })),
      }),
      'environments.create': (e) => {
        this.set({ environments: [...this.#state.environments, e] });
        return e;
      },
      'environments.update': (e) => {
        this.set({ environments: this.#state.environments.map((old) => (old.name === e.name ? e : old)) });
        return e;
      },
      'environments.use': ({ name }) => {
        this.set({ activeEnvironment: name });
        return {};
      },
      'environments.delete': ({ name }) => {
        this.set({ environments: this.#state.environments.filter((e) => e.name !== name) });
        return {};
      },
      'models.list': ({ environment, region = 'us-west-2', refresh }) => {
        if (refresh) this.askedAt = Date.now();
        return {
          region,
          source: 'live',
          askedAt: this.askedAt,
          tableDate: null,
          problem: null,
          models: this.models(region, this.#environment(environment)?.geography ?? null),
          ...this.offer,
        };
      },
      'models.resolve': (wish) => {
        const { region = 'us-west-2', geography = null } = wish;
        const answer = resolvedModels({ ...wish, region }, this.models(region, geography));
        return { ...answer, resolved: answer.resolved.map((r) => ({ ...r, ...this.decided[r.use] })) };
      },
      'policies.build': (wish) =>
        builtPolicy(wish, this.#state, (region, { geography }) => this.models(region, geography)),
      'policies.validate': () => this.validation,
      'policies.compare': () => this.comparison,
      'regions.list': () => ({ regions: [...bedrockRegions] }),
      'regions.survey': ({ model = '' }, _connection, signal) => this.#survey(model, signal),
      'sessions.list': () => ({ sessions: this.#state.sessions }),
      'sessions.open': ({ cwd, region = 'us-west-2', model = null, name, environment, cap }) =>
        this.open({
          cwd,
          region,
          model,
          name: name ?? cwd.split('/').pop() ?? '',
          environment: environment ?? this.#state.activeEnvironment,
          cap: cap ?? null,
        }),
      'sessions.attach': async ({ id }) => {
        const { ticket } = await this.host.client.request({ type: 'ticket', id }).catch(() => {
          throw new BedrockTrayError('SessionEnded', { session: id });
        });
        return { ticket: ticket ?? '', socket: terminalSocketOf(this.host.socket) };
      },
      'sessions.kill': async ({ id }) => {
        await this.host.client.request({ type: 'kill', id, graceMs: 500 });
        this.changeSession(id, {
          state: 'exited',
          exitCode: null,
          signal: 'SIGHUP',
          exitedAt: Date.now(),
          resumable: true,
          hasTranscript: true,
        });
        return {};
      },
      'sessions.resume': async ({ id }) => {
        const old = this.#state.sessions.find((s) => s.id === id);
        return this.open({
          ...(old ?? {}),
          id,
          state: 'running',
          exitedAt: null,
          signal: null,
          resumable: false,
          startedAt: Date.now(),
          activity: activity('done'),
        });
      },
      'sessions.remove': ({ id }) => {
        this.set({ sessions: this.#state.sessions.filter((s) => s.id !== id) });
        return {};
      },
      'files.resolve': ({ paths }) => ({
        files: paths.map((p) => (this.files.has(p) ? `/home/dana/src/billing-service/${p}` : null)),
      }),
      'files.open': () => ({}),
      'history.find': () => this.found,
      'sessions.update': ({ id, ...patch }) => {
        const given = Object.fromEntries(Object.entries(patch).filter(([, v]) => v !== undefined));
        this.changeSession(id, given);
        const found = this.#state.sessions.find((s) => s.id === id);
        if (!found) throw new BedrockTrayError('SessionUnknown', { session: id });
        return found;
      },
      'sessions.reorder': ({ ids }) => {
        const place = (id: string) => (ids.includes(id) ? ids.indexOf(id) : ids.length);
        this.set({ sessions: this.#state.sessions.map((s) => ({ ...s, order: place(s.id) })) });
        return {};
      },
      'sessions.look': ({ ids }) => {
        this.set({
          sessions: this.#state.sessions.map((s) =>
            ids.includes(s.id)
              ? { ...s, watched: true, activity: { ...s.activity, seen: true } }
              : { ...s, watched: false },
          ),
        });
        return {};
      },
      'sessions.answer': ({ id, request }) => {
        const found = this.#state.sessions.find((s) => s.id === id);
        if (found?.activity.request?.id !== request)
          throw new BedrockTrayError('RequestUnknown', { session: id });
        this.changeSession(id, { activity: activity('working') });
        return {};
      },
      'sessions.showInTerminal': () => ({}),
      'terminals.list': () => ({ terminals: [{ id: 'gnome-terminal', name: 'GNOME Terminal' }] }),
      'editors.list': () => ({ editors: [{ id: 'code', name: 'Visual Studio Code' }] }),
      'folders.pin': ({ folder, pinned }) => {
        const others = this.#state.pinnedFolders.filter((f) => f !== folder);
        this.set({ pinnedFolders: pinned ? [...others, folder] : others });
        return {};
      },
      'layout.set': ({ tabs }) => {
        this.set({ layout: tabs });
        return {};
      },
      'usage.query': (wish) => ({
        ...queryFacts(this.facts, wish),
        pending: this.#state.usage.pending,
      }),
      'costs.get': (wish) => {
        if (!wish.agreed) throw new BedrockTrayError('ChargeNotAgreed', { usd: 0.01 });
        return billOf(wish);
      },
      'trail.list': (wish) => trailOf(wish),
      'history.list': ({ query = '', cwd, endingSoon, before = Number.POSITIVE_INFINITY, limit = 50 }) => {
        const found = this.conversations
          .filter((c) => c.lastAt < before && (cwd === undefined || c.cwd === cwd))
          .filter((c) => !endingSoon || (c.deletedAt !== null && c.deletedAt < Date.now() + 7 * 86_400_000))
          .filter((c) => `${c.title} ${c.snippet?.text ?? ''}`.includes(query))
          .map((c) => (query === '' ? { ...c, snippet: null } : c));
        return { conversations: found.slice(0, limit), more: found.length > limit };
      },
      'history.resume': ({ conversation }) => {
        const found = this.conversations.find((c) => c.id === conversation);
        return this.open({ cwd: found?.cwd ?? '/tmp', name: found?.title ?? '' });
      },
      'integration.preview': () => ({
        digest: `digest ${this.integrated}`,
        files: this.integration.map((f) => ({
          ...f,
          ...(this.integrated ? ({ state: 'present', diff: '' } as const) : {}),
        })),
      }),
      'integration.apply': () => {
        this.integrated = true;
        return { files: this.integration.map((f) => f.file) };
      },
      'integration.undo': () => {
        this.integrated = false;
        return { files: this.integration.map((f) => f.file) };
      },
      'setup.find': () => this.findings,
      'setup.region': () => ({ region: this.portalRegion }),
      'doctor.run': ({ links = doctorLinks, ask }, _connection, signal) =>
        this.#check(links, ask ?? false, signal),
      'doctor.preview': ({ fixes }) => ({
        digest: `digest ${this.repaired}`,
        changes: this.repairs.filter((r) => fixes === undefined || fixes.includes(r.fix)),
      }),
      'doctor.fix': ({ fixes }) => {
        const done = this.repairs.map((r) => r.fix).filter((f) => fixes === undefined || fixes.includes(f));
        this.repaired++;
        return { done, failed: [] };
      },
      'doctor.undo': () => ({ undone: this.repairs.map((r) => r.fix) }),
      'doctor.report': ({ maskAccounts }) => {
        if (!this.#checked) throw new BedrockTrayError('NothingChecked', {});
        return { text: doctorReport(this.#checked, maskAccounts ?? true) };
      },
      'settings.get': () => this.#state.settings,
      'desktop.set': (wish) => {
        const { desktop } = this.#state;
        const { startAtLogin = desktop.startAtLogin, command } = wish;
        const state = command === undefined ? desktop.command.state : command ? 'ours' : 'absent';
        this.set({ desktop: { startAtLogin, command: { ...desktop.command, state } } });
        return this.#state.desktop;
      },
      'desktop.show': () => ({}),
      'update.wish': () => ({}),
      'support.bundle': () => ({ file: '/home/dana/Downloads/bedrock-tray-support.zip', bytes: 4321 }),
      'settings.set': (patch) => {
        const given = Object.fromEntries(Object.entries(patch).filter(([, v]) => v !== undefined));
        this.set({ settings: { ...this.#state.settings, ...given } });
        return this.#state.settings;
      },
    };
    return known as Handlers;
  }

  /** The sign-in under way ends: well, or with what it was refused with. */
  endSignIn(error: BedrockTrayError | null = null): void {
    const found = this.#state.ssoSessions.find((s) => s.signIn !== null);
    const id = found?.signIn?.id;
    if (!found || id === undefined) throw new Error('no sign-in is under way');
    const at = Date.now();
    this.#sso(
      found.id,
      error
        ? { state: 'signedOut', signIn: null }
        : { ...ssoSession(at), id: found.id, startUrl: found.startUrl, region: found.region },
    );
    this.#end(id, error);
  }

  #end(signIn: string, error: BedrockTrayError | null): void {
    this.#ended.set(signIn, error);
    this.#waits.get(signIn)?.(error);
  }

  /** A check goes on where it was held. */
  letCheckGo(): void {
    this.checkStays = null;
    for (const go of this.#staying) go();
    this.#staying.clear();
  }

  #environment(name = this.#state.activeEnvironment ?? ''): Environment | undefined {
    return this.#state.environments.find((e) => e.name === name);
  }

  async *#survey(model: string, signal: AbortSignal): AsyncIterable<ProcedureOutput<'regions.survey'>> {
    const answers = regionOffers(bedrockRegions, model);
    for (let known = 0; known <= answers.length; known++) {
      const regions = answers.map((answer, n): RegionOffer => {
        if (n < known) return answer;
        return {
          ...answer,
          state: n < known + 2 ? 'asking' : 'waiting',
          models: null,
          id: null,
          askedAt: null,
          problem: null,
        };
      });
      yield { regions, done: known === answers.length };
      if (known === this.surveyStays) await aborted(signal);
    }
  }

  async *#check(
    links: readonly DoctorLink[],
    ask: boolean,
    signal: AbortSignal,
  ): AsyncIterable<ProcedureOutput<'doctor.run'>> {
    const at = Date.now();
    const checks: DoctorCheck[] = links.map((link) => ({
      link,
      state: 'waiting',
      evidence: null,
      command: null,
      findings: [],
      ms: null,
    }));
    let broken = false;
    for (const check of checks) {
      check.state = broken && check.link !== 'claude' ? 'skipped' : 'running';
      yield { at, checks: structuredClone(checks), done: false };
      while (this.checkStays === check.link && !signal.aborted)
        await new Promise<void>((resolve) => {
          this.#staying.add(resolve);
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
      if (check.state === 'skipped') continue;
      const {
        state = 'ok',
        problem = null,
        evidence: said = evidence[check.link] ?? null,
      } = this.checks.get(check.link) ?? {};
      const level = state === 'failed' ? ('failed' as const) : ('warning' as const);
      const findings = problem ? [{ level, ...problem, remedies: [] }] : [];
      const known = well(check.link);
      Object.assign(check, known, { state, evidence: said ?? known.evidence, findings });
      const isCharged = check.link === 'answer' || check.link === 'streaming';
      Object.assign(check, isCharged && !ask ? notAsked : this.doctor[check.link]);
      broken ||= state === 'failed';
    }
    this.#checked = checks;
    yield { at, checks, done: true };
  }

  /** What AWS says of a policy. */
  validation: ProcedureOutput<'policies.validate'> = { findings: [], problem: null };
  comparison: ProcedureOutput<'policies.compare'> = { calls: [], problem: null };
  /** What usage.query adds up. */
  facts: readonly UsageFact[] = [];
  /** Past conversations, newest first. */
  conversations: readonly ConversationView[] = [];
  /** What an integration would change. */
  integration: readonly IntegrationFile[] = [];
  integrated = false;
  accounts = [...accounts];
  /** What Bedrock offers in a region to an environment that keeps to a geography. */
  models: (region: string, geography: Geography | null) => ModelView[] = fewModels;
  askedAt = Date.now();
  /** What is otherwise about that answer. */
  offer: Partial<ModelOffer> = {};
  /** Who else decides what Claude Code uses. */
  decided: Partial<Record<ResolvedModel['use'], Partial<ResolvedModel>>> = {};
  /** The number of answers after which a survey stays. */
  surveyStays: number | null = null;

  #sso(id: string, patch: Partial<Snapshot['ssoSessions'][number]>): void {
    this.set({ ssoSessions: this.#state.ssoSessions.map((s) => (s.id === id ? { ...s, ...patch } : s)) });
  }
}
