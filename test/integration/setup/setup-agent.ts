import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RoleBroker } from '../../../src/agent/broker/broker.ts';
import { SystemClock } from '../../../src/agent/clock.ts';
import { AwsConfigWriter } from '../../../src/agent/config-writer/config-writer.ts';
import { FileEnvironmentStore } from '../../../src/agent/environments/file-environment-store.ts';
import { ToolImporter } from '../../../src/agent/import/tool-importer.ts';
import { SsoKeeper } from '../../../src/agent/keeper/keeper.ts';
import { createTokenCache } from '../../../src/agent/keeper/token-cache.ts';
import type { AgentContext } from '../../../src/agent/ports.ts';
import { ConfigProfileCatalog } from '../../../src/agent/profiles/config-profile-catalog.ts';
import { LoginShell } from '../../../src/agent/sessions/login-shell.ts';
import { SetupRoom } from '../../../src/agent/setup/setup-room.ts';
import { SignInRoom } from '../../../src/agent/signin/desk.ts';
import { createRegistrationCache } from '../../../src/agent/signin/registrations.ts';
import { plainNetwork } from '../../../src/aws/network.ts';
import { createOidc } from '../../../src/aws/oidc.ts';
import { createPortal } from '../../../src/aws/portal.ts';
import type { ClaudeView, SetupCheck } from '../../../src/contract/state.ts';
import { createTranslator } from '../../../src/locales/index.ts';
import { onlySso } from '../../support/broker-sources.ts';
import { memorySettings } from '../../support/keep-alive-rooms.ts';
import { pinnedNode, type SandboxProcess } from '../../support/sandbox.ts';

/** The setup room on real parts (files, keeper, desk, broker, SDK clients) against a sandbox, in a HOME of its own. */
export class SetupAgent implements AsyncDisposable {
  readonly home: string;
  readonly catalog: ConfigProfileCatalog;
  readonly environments: FileEnvironmentStore;
  readonly setup: SetupRoom;
  /** What is found of Claude Code. */
  claude: ClaudeView | null = { path: '/opt/claude', version: '2.1.330', support: 'tested' };
  readonly #sandbox: SandboxProcess;
  readonly #keeper: SsoKeeper;
  readonly #desk: SignInRoom;
  readonly #broker: RoleBroker;

  private constructor(sandbox: SandboxProcess, home: string, extra: Readonly<Record<string, string>>) {
    this.#sandbox = sandbox;
    this.home = home;
    const env = sandbox.environment({ HOME: home, SHELL: '/bin/bash', ...extra });
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
      environments,
      profiles: catalog,
      importer: new ToolImporter(context, writer, translator),
      keeper: this.#keeper,
      broker: this.#broker,
      network: () => plainNetwork(env),
      ssoNetwork: () => plainNetwork(env),
      // Tests change start-up files.
      loginEnv: () => shell.environment({ fresh: true }),
      claude: async () => this.claude,
    });
  }

  static async start(
    sandbox: SandboxProcess,
    extra: Readonly<Record<string, string>> = {},
  ): Promise<SetupAgent> {
    const agent = new SetupAgent(sandbox, await mkdtemp(join(tmpdir(), 'setup-')), extra);
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

  /** The check to its end: each link's last word, and how often it told. */
  async check(environment?: string, signal = AbortSignal.timeout(60_000)) {
    let told = 0;
    let last: SetupCheck[] = [];
    for await (const { checks, done } of this.setup.check(environment, signal)) {
      told++;
      last = checks;
      if (done) break;
    }
    return { told, ...Object.fromEntries(last.map((c) => [c.link, c])) } as { told: number } & Record<
      SetupCheck['link'],
      SetupCheck
    >;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#desk.stop();
    await this.#broker.stop();
    await this.#keeper.stop();
    this.environments.stop();
    this.catalog.stop();
    await rm(this.home, { recursive: true, force: true });
  }
}
