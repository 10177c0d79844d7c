import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RoleBroker } from '../../../src/agent/broker/broker.ts';
import { SystemClock } from '../../../src/agent/clock.ts';
import { AwsConfigWriter } from '../../../src/agent/config-writer/config-writer.ts';
import { DoctorRoom } from '../../../src/agent/doctor/doctor-room.ts';
import { FileEnvironmentStore } from '../../../src/agent/environments/file-environment-store.ts';
import { ToolImporter } from '../../../src/agent/import/tool-importer.ts';
import { IntegrationRoom } from '../../../src/agent/integration/integration-room.ts';
import { SsoKeeper } from '../../../src/agent/keeper/keeper.ts';
import { createTokenCache } from '../../../src/agent/keeper/token-cache.ts';
import { Launcher } from '../../../src/agent/launcher.ts';
import { ModelsRoom } from '../../../src/agent/models/models-room.ts';
import { AwsSettings } from '../../../src/agent/network/aws-settings.ts';
import type { AgentContext } from '../../../src/agent/ports.ts';
import { ConfigProfileCatalog } from '../../../src/agent/profiles/config-profile-catalog.ts';
import { hookRelayCommand } from '../../../src/agent/programs.ts';
import { LoginShell } from '../../../src/agent/sessions/login-shell.ts';
import { SetupRoom } from '../../../src/agent/setup/setup-room.ts';
import { SignInRoom } from '../../../src/agent/signin/desk.ts';
import { createRegistrationCache } from '../../../src/agent/signin/registrations.ts';
import { TrailRoom } from '../../../src/agent/trail/trail-room.ts';
import { type AwsNetwork, plainNetwork } from '../../../src/aws/network.ts';
import { createOidc } from '../../../src/aws/oidc.ts';
import { createPortal } from '../../../src/aws/portal.ts';
import type { DoctorCheck, DoctorLink } from '../../../src/contract/doctor.ts';
import type { ProcedureArguments } from '../../../src/contract/procedures.ts';
import type { ClaudeView, ProfileView } from '../../../src/contract/state.ts';
import { priceOf } from '../../../src/domain/cost/price-table.ts';
import { createTranslator } from '../../../src/locales/index.ts';
import { onlySso } from '../../support/broker-sources.ts';
import { memorySettings } from '../../support/keep-alive-rooms.ts';
import { pinnedNode, type SandboxProcess } from '../../support/sandbox.ts';

const cliFolder = fileURLToPath(new URL('../../../src/cli', import.meta.url));

/** The rooms of setup and doctor on real parts (files, keeper, desk, broker, SDK clients) against a sandbox, in a HOME of its own. */
export class SetupAgent implements AsyncDisposable {
  readonly home: string;
  readonly catalog: ConfigProfileCatalog;
  readonly environments: FileEnvironmentStore;
  readonly setup: SetupRoom;
  /** What is found of Claude Code. */
  claude: ClaudeView | null = { path: '/opt/claude', version: '2.1.330', support: 'tested' };
  readonly doctor: DoctorRoom;
  readonly integration: IntegrationRoom;
  /** The environment of the agent: a test may change it. */
  readonly env: Record<string, string>;
  /** An administrator's settings of Claude Code, the folders of sessions, the relay of hooks, room on the disk, the system's proxy. */
  readonly managed: string;
  readonly folders: string[] = [];
  hookRelay = hookRelayCommand(pinnedNode, cliFolder);
  freeBytes: number | null = null;
  proxyRules: string | null = null;
  /** What profiles are said to be, whatever their credentials are. */
  claims: Partial<ProfileView> = {};
  readonly #sandbox: SandboxProcess;
  readonly #keeper: SsoKeeper;
  readonly #desk: SignInRoom;
  readonly #broker: RoleBroker;
  readonly #settings: AwsSettings;

  private constructor(sandbox: SandboxProcess, home: string, extra: Readonly<Record<string, string>>) {
    this.#sandbox = sandbox;
    this.home = home;
    this.env = sandbox.environment({ HOME: home, SHELL: '/bin/bash', ...extra });
    this.managed = join(home, 'managed');
    const { env } = this;
    const quiet = () => {};
    const context: AgentContext = {
      clock: new SystemClock(),
      log: { info: quiet, warn: quiet, error: quiet, debug: quiet },
      env,
      userHome: home,
      home: join(home, 'state'),
      random: (bytes) => randomBytes(bytes),
      openBrowser: async (url) => {
        void sandbox.approve(url);
        return true;
      },
    };
    const translator = () => createTranslator('en');
    const oidc = (region: string) => createOidc({ region, env });
    const portal = (region: string) => createPortal({ region, env });
    const settings = memorySettings();
    this.catalog = new ConfigProfileCatalog(context);
    const writer = new AwsConfigWriter(context, this.catalog);
    this.environments = new FileEnvironmentStore(context, this.catalog, settings, writer);
    const { catalog, environments } = this;
    this.#keeper = new SsoKeeper({ context, catalog, cache: createTokenCache(home), oidc, portal, settings });
    this.#desk = new SignInRoom({
      context,
      catalog,
      keeper: this.#keeper,
      oidc,
      registrations: createRegistrationCache(home),
      translator,
    });
    this.#broker = new RoleBroker({ context, catalog, keeper: this.#keeper, portal, ...onlySso(context) });
    const shell = new LoginShell({ base: env, node: pinnedNode, log: context.log, now: Date.now });
    this.setup = new SetupRoom({
      context,
      profiles: catalog,
      importer: new ToolImporter(context, writer, translator),
      ssoNetwork: () => plainNetwork(env),
      // Tests change start-up files.
      loginEnv: () => shell.environment({ fresh: true }),
      claude: async () => this.claude,
    });
    this.#settings = new AwsSettings(context);
    const network = (over: () => Readonly<Record<string, string | undefined>>): AwsNetwork => ({
      ...plainNetwork(env),
      env: over,
      proxyRules: () => this.proxyRules,
    });
    const common = {
      context,
      environments,
      profiles: catalog,
      broker: this.#broker,
      network: (profile: string) => network(() => this.#settings.ofProfile(profile)),
      loginEnv: () => shell.environment({ fresh: true }),
      managedSettings: this.managed,
    };
    const rooms = this;
    const inTurn = <T>(work: () => Promise<T>): Promise<T> => writer.inTurn(work);
    this.integration = new IntegrationRoom({
      ...common,
      launcher: new Launcher({
        platform: process.platform,
        home: context.home,
        node: pinnedNode,
        cli: '/opt/bedrock-tray.cjs',
        handOut: ['hand-out'],
      }),
      inTurn,
      platform: process.platform,
    });
    this.doctor = new DoctorRoom({
      ...common,
      profiles: {
        list: () => catalog.list().map((profile) => ({ ...profile, ...this.claims })),
        source: (name) => catalog.source(name),
        reload: () => catalog.reload(),
        problem: () => catalog.problem(),
        ssoSessions: () => catalog.ssoSessions(),
      },
      keeper: this.#keeper,
      models: new ModelsRoom({
        ...common,
        prices: async () => (id) => priceOf(id, { regionalFactor: 1, given: {}, at: Date.now() }),
      }),
      trail: new TrailRoom(common),
      integration: this.integration,
      ssoNetwork: (region) => network(() => this.#settings.ofSsoRegion(region)),
      claude: async () => this.claude,
      recentFolders: () => this.folders,
      get hookRelay() {
        return rooms.hookRelay;
      },
      agentSocket: join(home, 'no.sock'),
      inTurn,
      translator,
      platform: process.platform,
      freeBytes: async (folder) => {
        if (this.freeBytes !== null) return this.freeBytes;
        const { bavail, bsize } = await statfs(folder);
        return bavail * bsize;
      },
    });
  }

  static async start(
    sandbox: SandboxProcess,
    extra: Readonly<Record<string, string>> = {},
  ): Promise<SetupAgent> {
    const home = await mkdtemp(join(tmpdir(), 'setup-'));
    await mkdir(join(home, 'state'), { mode: 0o700 });
    const agent = new SetupAgent(sandbox, home, extra);
    await agent.#settings.start();
    await agent.catalog.start();
    await agent.environments.start();
    await agent.#keeper.start();
    return agent;
  }

  /** A person signs in, in the browser. */
  async signIn(ssoSession: string): Promise<void> {
    const { id } = await this.#desk.start({ ssoSession, flow: 'pkce', openBrowser: true });
    await this.#desk.wait(id);
  }

  /** Portal logout. */
  async signOut(): Promise<void> {
    await this.#keeper.signOut();
    this.#broker.drop('my-sso');
    this.#sandbox.person.forgetCookies();
  }

  /** Links to their end: each one's last word, and how often it told. */
  async check(input: Partial<ProcedureArguments<'doctor.run'>> = {}, signal = AbortSignal.timeout(60_000)) {
    await this.#settings.reload();
    let told = 0;
    let last: DoctorCheck[] = [];
    for await (const { checks, done } of this.doctor.run({ ask: false, ...input }, signal)) {
      told++;
      last = checks;
      if (done) break;
    }
    return { told, ...Object.fromEntries(last.map((c) => [c.link, c])) } as { told: number } & Record<
      DoctorLink,
      DoctorCheck
    >;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#desk.stop();
    await this.#broker.stop();
    await this.#keeper.stop();
    this.environments.stop();
    this.#settings.stop();
    this.catalog.stop();
    await rm(this.home, { recursive: true, force: true });
  }
}
