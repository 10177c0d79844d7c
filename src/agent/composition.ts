import { awsFiles } from '../aws/config-file.ts';
import { createOidc } from '../aws/oidc.ts';
import { createPortal } from '../aws/portal.ts';
import { ssoCacheDir } from '../aws/sso-cache.ts';
import { PRODUCT_VERSION, PROTOCOL_VERSION, sessionIsOpen } from '../contract/index.ts';
import { usdText } from '../domain/cost/session-cost.ts';
import { serviceUnit } from '../domain/desktop/service-units.ts';
import { createTranslator, shownLanguage, systemLanguage, type Translator } from '../locales/index.ts';
import { holdActiveEnvironment } from './active-hold.ts';
import { ActivityRoom } from './activity/activity-room.ts';
import { tellingActs } from './api/acts.ts';
import { ApiServer } from './api/api-server.ts';
import { createDispatch } from './api/dispatch.ts';
import { createHandlers } from './api/handlers.ts';
import { createOrpcAdapter } from './api/orpc-adapter.ts';
import { Attendance } from './attendance.ts';
import { AwsFilesReader } from './aws-files-reader.ts';
import { BillRoom } from './bill/bill-room.ts';
import { RoleBroker } from './broker/broker.ts';
import { BrowsersRoom } from './browsers/browsers-room.ts';
import { AwsConfigWriter } from './config-writer/config-writer.ts';
import { DesktopRoom } from './desktop/desktop-room.ts';
import { DoctorRoom } from './doctor/doctor-room.ts';
import { FileEnvironmentStore } from './environments/file-environment-store.ts';
import { CredentialHandOut } from './handout/credential-hand-out.ts';
import { HookRelay } from './handout/hook-relay.ts';
import { HistoryRoom } from './history/history-room.ts';
import { TakenHotkeys } from './hotkeys/taken-hotkeys.ts';
import { ToolImporter } from './import/tool-importer.ts';
import { IntegrationRoom } from './integration/integration-room.ts';
import { createKeepAliveStore } from './keeper/keep-alive-memory.ts';
import { SsoKeeper } from './keeper/keeper.ts';
import { createTokenCache } from './keeper/token-cache.ts';
import { Launcher } from './launcher.ts';
import { sweepLeftovers } from './leftovers.ts';
import { costGuard } from './meter/cost-guard.ts';
import { MeterRoom } from './meter/meter-room.ts';
import { MfaRoom } from './mfa/mfa-room.ts';
import { ModelsRoom } from './models/models-room.ts';
import { AwsSettings } from './network/aws-settings.ts';
import { NetworkRoom } from './network/network-room.ts';
import { waitsForNetwork } from './network/waiting.ts';
import { OpenersRoom } from './openers/openers-room.ts';
import { PageDesk } from './page-server/page-desk.ts';
import type { AgentPaths } from './paths.ts';
import { PoliciesRoom } from './policies/policies-room.ts';
import type { AgentContext } from './ports.ts';
import { PresenceRoom } from './presence/presence-room.ts';
import { inferenceProfiles } from './prices/inference-profiles.ts';
import { ModelPrices } from './prices/model-prices.ts';
import { ConfigProfileCatalog } from './profiles/config-profile-catalog.ts';
import type { Programs } from './programs.ts';
import { endWhenUnneeded } from './self-ending.ts';
import { ClaudeSessionsRoom } from './sessions/claude-sessions.ts';
import { conversationTold } from './sessions/conversations.ts';
import { LoginShell } from './sessions/login-shell.ts';
import { FileSettingsStore } from './settings/file-settings-store.ts';
import { SetupRoom } from './setup/setup-room.ts';
import { SignInRoom } from './signin/desk.ts';
import { createRegistrationCache } from './signin/registrations.ts';
import { SnapshotRoom } from './snapshot.ts';
import { createSources } from './sources/sources.ts';
import { SupportRoom } from './support/support-room.ts';
import { TracesRoom } from './traces/traces-room.ts';
import { TrailRoom } from './trail/trail-room.ts';
import { UpdatesRoom } from './updates/updates-room.ts';
import { personZone } from './usage/person-zone.ts';
import { UsageRoom } from './usage/usage-room.ts';
import { KeptRoles } from './vault/kept-roles.ts';
import { processKeyring } from './vault/keyring.ts';
import { PrivateTokens } from './vault/private-tokens.ts';
import { Vault } from './vault/vault.ts';

/** The page's server ends after this long without a page. */
const PAGE_UNUSED_MS = 15 * 60_000;

export interface AgentParts {
  context: AgentContext;
  paths: AgentPaths;
  programs: Programs;
  /** Called once, when somebody asked the agent to end or nobody needs it. */
  onEnd(sessions: 'keep' | 'end'): void;
}

export interface Agent {
  /** Errors: SocketInUse, StorageFailed. */
  start(): Promise<void>;
  /** Clean shutdown; the Claude sessions stay with the pty-host or end with it (ports.ts, ClaudeSessions). */
  stop(sessions: 'keep' | 'end' | 'shutdown'): Promise<void>;
}

/** One of a kind for each region. */
function perRegion<T>(make: (region: string) => T): (region: string) => T {
  const made = new Map<string, T>();
  return (region) => {
    const there = made.get(region);
    if (there !== undefined) return there;
    const created = make(region);
    made.set(region, created);
    return created;
  };
}

/** The only place that names the rooms' classes: makes them and gives each what it needs. */
export function composeAgent({ context, paths, programs, onEnd }: AgentParts): Agent {
  const { clock, log, env, userHome } = context;
  const startedAt = clock.now();
  const attendance = new Attendance();
  const presence = new PresenceRoom(clock);
  const awsFilesReader = new AwsFilesReader(context);
  // Before the catalog: who hears of a profile finds the way to AWS that goes with it.
  const awsSettings = new AwsSettings(context, awsFilesReader);
  const network = new NetworkRoom({ context, settings: awsSettings });
  const oidc = perRegion((region) =>
    createOidc({ region, env, network: network.forSsoRegion(region), now: () => clock.now() }),
  );
  const portal = perRegion((region) => createPortal({ region, env, network: network.forSsoRegion(region) }));

  const settings = new FileSettingsStore(context);
  let translated: Translator | undefined;
  const translator = (): Translator => {
    const language = shownLanguage(settings.get().language, systemLanguage(env));
    if (translated?.language !== language) translated = createTranslator(language);
    return translated;
  };

  const catalog = new ConfigProfileCatalog(context, awsFilesReader);
  const configWriter = new AwsConfigWriter(context, catalog);
  const importer = new ToolImporter(context, configWriter, translator);
  const environments = new FileEnvironmentStore(context, catalog, settings, configWriter);
  const keyring = processKeyring({ command: programs.keyring, account: paths.home, env });
  const vault = new Vault(context, keyring);
  const tokens = new PrivateTokens({
    context,
    vault,
    settings,
    catalog,
    shared: createTokenCache(userHome),
    sharedRegistrations: createRegistrationCache(userHome),
  });
  // Keeper and desk know each other: the one asks for a sign-in, the other brings its token.
  let desk: SignInRoom | undefined;
  let kept: KeptRoles | undefined;
  const keeper = new SsoKeeper({
    context,
    catalog,
    cache: tokens,
    oidc: (region) => ({
      refresh: async (token) => {
        const next = await oidc(region).refresh(token);
        kept?.rotated(token, next);
        return next;
      },
    }),
    portal,
    settings,
    autoSignIn: (ssoSession) => desk?.startByItself(ssoSession),
    presence,
    store: createKeepAliveStore(context),
    skewMs: () => network.clockSkewMs(),
  });
  const browsers = new BrowsersRoom({ context, settings, platform: process.platform });
  const signIn = new SignInRoom({
    context,
    catalog,
    keeper,
    oidc,
    registrations: tokens.registrations,
    openBrowser: (url, ssoSession) => browsers.open(url, ssoSession),
    translator,
  });
  desk = signIn;
  const mfa = new MfaRoom(context);
  const loginShell = new LoginShell({ base: env, node: programs.node, log, now: () => clock.now() });
  const sources = createSources({
    context,
    files: awsFiles(env, userHome),
    mfa,
    commandEnv: () => loginShell.environment(),
    network: (profile) => network.forProfile(profile),
    platform: process.platform,
  });
  const keptRoles = new KeptRoles({ context, vault, settings, keeper, tokens });
  kept = keptRoles;
  const broker = new RoleBroker({
    context,
    catalog,
    keeper,
    portal,
    mfa,
    fetch: sources.fetch,
    kept,
    unlocked: async (ssoSession) => {
      if (!(await tokens.unlocked(ssoSession))) return false;
      // The keeper reads it in the same moment.
      await keeper.untilValid(ssoSession, AbortSignal.timeout(2_000)).catch(() => {});
      return true;
    },
  });
  const hooks = new HookRelay({ identity: (id) => sessions.identity(id) });
  const activity = new ActivityRoom({ context, claude: () => sessions.claude()?.path ?? null });
  hooks.onEvent((session, event) => activity.hook(session, event));
  hooks.onEvent((session, event) => {
    const conversation = conversationTold(event);
    if (conversation !== undefined) sessions.conversationIs(session, conversation);
  });
  hooks.answer('PermissionRequest', (session, event, gone) => activity.permission(session, event, gone));
  const prices = new ModelPrices({
    clock,
    settings,
    modelBehind: inferenceProfiles({
      context,
      broker,
      network: (profile) => network.forProfile(profile),
    }),
  });
  const meter = new MeterRoom({ context, program: programs.meter, prices });
  const guard = costGuard({
    meter,
    reason: (usd, cap) => {
      const { t, language } = translator();
      return t('agent:capReached', { cost: usdText(usd, language), cap: usdText(cap, language) });
    },
  });
  for (const event of ['UserPromptSubmit', 'PreToolUse']) hooks.answer(event, guard);
  const launcher = new Launcher({
    platform: process.platform,
    home: paths.home,
    node: programs.node,
    cli: programs.cli,
    handOut: programs.handOut,
  });
  const openers = new OpenersRoom({
    context,
    settings,
    launcher,
    loginEnv: () => loginShell.environment(),
    platform: process.platform,
  });
  const integration = new IntegrationRoom({
    context,
    environments,
    profiles: catalog,
    launcher,
    loginEnv: () => loginShell.environment(),
    inTurn: (work) => configWriter.inTurn(work),
    platform: process.platform,
  });
  const usage = new UsageRoom({
    context,
    program: programs.usage,
    environments,
    prices,
    sessions: [activity, meter],
    zone: () => personZone(env),
  });
  const sessions = new ClaudeSessionsRoom({
    context,
    activity,
    meter,
    usage,
    broker,
    keeper,
    profiles: catalog,
    environments,
    settings,
    ptyHost: {
      socket: paths.ptyHostSocket,
      node: programs.node,
      program: programs.ptyHost,
      logFile: paths.ptyHostLog,
    },
    agentSocket: paths.socket,
    handOut: programs.handOut,
    hookRelay: programs.hookRelay,
    inGeography: (wish) => models.inGeography(wish),
  });
  const history = new HistoryRoom({
    context,
    program: programs.history,
    sessions: [sessions, activity],
    openConversations: () =>
      new Map(
        sessions.views().flatMap((s) => (sessionIsOpen(s) && s.conversation ? [[s.conversation, s.id]] : [])),
      ),
  });
  const handOut = new CredentialHandOut({
    context,
    broker,
    keeper,
    profiles: catalog,
    settings,
    identity: (id) => sessions.identity(id),
    waiting: (session, waits) => activity.credentialsWait(session, waits),
  });
  const models = new ModelsRoom({
    context,
    environments,
    profiles: catalog,
    broker,
    network: (profile) => network.forProfile(profile),
    loginEnv: () => loginShell.environment(),
    async prices() {
      const { priceOf } = await import('../domain/cost/price-table.ts');
      const { regionalFactor, given } = prices.facts();
      const at = clock.now();
      return (id) => priceOf(id, { regionalFactor, given, at });
    },
  });
  const page = new PageDesk(
    programs.pageServer,
    () => ({
      rendererDir: programs.renderer,
      agentSocket: paths.socket,
      terminalSocket: paths.terminalSocket,
      noTicket: translator().t('agent:pageNoTicket'),
      unusedMs: PAGE_UNUSED_MS,
    }),
    log,
  );

  const setup = new SetupRoom({
    context,
    profiles: catalog,
    importer,
    ssoNetwork: (region) => network.forSsoRegion(region),
    loginEnv: () => loginShell.environment(),
    claude: () => sessions.lookForClaude(),
  });
  const desktop = new DesktopRoom({
    context,
    launcher,
    logs: paths.logs,
    loginEnv: (options) => loginShell.environment(options),
    platform: process.platform,
  });
  const policies = new PoliciesRoom({
    context,
    environments,
    profiles: catalog,
    models,
    broker,
    network: (profile) => network.forProfile(profile),
  });
  const bill = new BillRoom({
    context,
    environments,
    profiles: catalog,
    broker,
    usage,
    network: (profile) => network.forProfile(profile),
  });
  const trail = new TrailRoom({
    context,
    environments,
    broker,
    network: (profile) => network.forProfile(profile),
  });
  const doctor = new DoctorRoom({
    context,
    environments,
    profiles: catalog,
    keeper,
    broker,
    models,
    trail,
    integration,
    network: (profile) => network.forProfile(profile),
    ssoNetwork: (region) => network.forSsoRegion(region),
    claude: () => sessions.lookForClaude(),
    loginEnv: (options) => loginShell.environment(options),
    recentFolders: () => sessions.recentFolders(),
    hookRelay: programs.hookRelay,
    agentSocket: paths.socket,
    inTurn: (work) => configWriter.inTurn(work),
    translator,
    platform: process.platform,
  });
  const updates = new UpdatesRoom();
  const hotkeys = new TakenHotkeys();
  const support = new SupportRoom({
    context,
    logs: paths.logs,
    snapshot: () => snapshot.now(),
    setup,
    checks: () => doctor.last(),
    translator,
    platform: process.platform,
  });
  const traces = new TracesRoom({
    context,
    integration,
    configWriter,
    desktop,
    service: serviceUnit(desktop.places),
    keyring: { remove: () => vault.forget() },
    keeper,
    tokenCache: ssoCacheDir(userHome),
    platform: process.platform,
  });

  const snapshot = new SnapshotRoom({
    clock,
    keeper,
    broker,
    mfa,
    environments,
    sessions,
    history,
    settings,
    profiles: catalog,
    network,
    vault,
    desktop,
    updates,
    hotkeys,
    usage,
    agent: () => ({
      version: PRODUCT_VERSION,
      protocol: PROTOCOL_VERSION,
      pid: process.pid,
      startedAt,
      home: paths.home,
      userHome: context.userHome,
      logFile: paths.logFile,
      socket: paths.socket,
      demo: env.BEDROCK_TRAY_DEMO === '1',
      claude: sessions.claude(),
    }),
  });

  let ending = false;
  const end = (mode: 'keep' | 'end') => {
    if (ending) return;
    ending = true;
    // The asker gets its answer first.
    setImmediate(() => onEnd(mode));
  };

  const handlers = createHandlers({
    clock,
    keeper,
    desk: signIn,
    presence,
    browsers,
    network,
    vault,
    broker,
    mfa,
    profiles: catalog,
    configWriter,
    importer,
    settings,
    environments,
    sessions,
    activity,
    history,
    openers,
    integration,
    setup,
    desktop,
    updates,
    hotkeys,
    support,
    traces,
    handOut,
    models,
    doctor,
    policies,
    usage,
    bill,
    trail,
    snapshot,
    openPage: () => page.open(),
    stopAgent: end,
  });
  const server = new ApiServer({
    socket: paths.socket,
    serveRpc: createOrpcAdapter(
      createDispatch({
        handlers: tellingActs(handlers, presence),
        log,
        words: () => createTranslator(shownLanguage(settings.get().language, systemLanguage(context.env))),
      }),
    ),
    handOut,
    hooks,
    attendance,
    log,
    describe: (view) => translator().error(view),
  });
  const undo: (() => void)[] = [];

  return {
    async start() {
      await sweepLeftovers(context);
      await settings.load();
      await awsSettings.start();
      network.serve(() => waitsForNetwork(keeper, broker), [keeper, broker]);
      undo.push(
        network.onReachable(() => {
          keeper.reachable();
          broker.reachable();
        }),
      );
      await catalog.start();
      await environments.start();
      undo.push(await tokens.start());
      await keeper.start();
      undo.push(keptRoles.start());
      undo.push(holdActiveEnvironment(environments, broker));
      await meter.start();
      await sessions.start();
      meter.forgetOthers();
      await history.start();
      await usage.start();
      await desktop.start();
      await launcher
        .keepCurrent()
        .catch((err) => log.warn({ err }, 'the launcher may be of another version'));
      await server.listen();
      undo.push(
        endWhenUnneeded({
          clock,
          isNeeded: () =>
            settings.get().keepAlive || attendance.count > 0 || sessions.views().some(sessionIsOpen),
          watched: [settings, attendance, sessions],
          end: () => end('keep'),
        }),
      );
    },
    async stop(mode) {
      for (const each of undo.splice(0)) each();
      // Hooks that wait for a person are let go, and with them their connections.
      activity.stop();
      desktop.stop();
      await server.close();
      sources.stop();
      mfa.stop();
      const ended = await Promise.allSettled([
        page.stop(),
        history.stop(),
        usage.stop(),
        meter.stop(),
        prices.stop(),
        signIn.stop(),
        sessions.stop(mode),
        handOut.stop(),
        broker.stop(),
        keeper.stop(),
      ]);
      presence.stop();
      environments.stop();
      catalog.stop();
      network.stop();
      keyring.stop();
      awsSettings.stop();
      for (const result of ended) {
        if (result.status === 'rejected') log.warn({ err: result.reason }, 'a room did not end cleanly');
      }
    },
  };
}
