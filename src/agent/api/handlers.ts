import {
  BedrockTrayError,
  type ProcedureArguments,
  type SessionView,
  type Snapshot,
  sessionIsOpen,
} from '../../contract/index.ts';
import { ssoSessionOf } from '../../domain/credentials/credential-source.ts';
import { sameHotkey } from '../../domain/desktop/hotkeys.ts';
import { harmlessArguments, harmlessPermissionMode } from '../../domain/sessions/claude-arguments.ts';
import type { BrowsersRoom } from '../browsers/browsers-room.ts';
import type { NetworkRoom } from '../network/network-room.ts';
import type {
  Broker,
  ClaudeSessions,
  Clock,
  ConfigWriter,
  ConversationHistory,
  Desktop,
  EnvironmentStore,
  HandOut,
  HotkeyReports,
  Importer,
  Integration,
  Keeper,
  MfaDesk,
  Observable,
  Openers,
  ProfileCatalog,
  SessionActivity,
  SettingsStore,
  Setup,
  SignInDesk,
  Support,
  Traces,
  Updates,
} from '../ports.ts';
import type { PresenceRoom } from '../presence/presence-room.ts';
import type { Vault } from '../vault/vault.ts';
import { type BedrockRooms, bedrockHandlers } from './bedrock-handlers.ts';
import { changes } from './change-stream.ts';
import type { Connection } from './connection.ts';
import type { Handlers } from './dispatch.ts';

/** The rooms behind the contract. */
export interface Rooms extends BedrockRooms {
  clock: Clock;
  keeper: Keeper;
  desk: SignInDesk;
  presence: Pick<PresenceRoom, 'report'>;
  browsers: Pick<BrowsersRoom, 'list'>;
  network: Pick<NetworkRoom, 'report'>;
  vault: Pick<Vault, 'demand'>;
  broker: Broker;
  mfa: Pick<MfaDesk, 'answer' | 'cancel' | 'view' | 'onChange'>;
  profiles: ProfileCatalog;
  configWriter: ConfigWriter;
  importer: Importer;
  settings: SettingsStore;
  environments: EnvironmentStore;
  sessions: ClaudeSessions;
  activity: Pick<SessionActivity, 'look' | 'answer'>;
  history: Pick<ConversationHistory, 'list' | 'find' | 'read' | 'folder'>;
  openers: Openers;
  integration: Integration;
  setup: Setup;
  desktop: Pick<Desktop, 'set' | 'show'>;
  updates: Pick<Updates, 'report' | 'gone' | 'wish'>;
  hotkeys: Pick<HotkeyReports, 'report' | 'gone'>;
  support: Support;
  traces: Traces;
  handOut: Pick<HandOut, 'open'>;
  snapshot: Observable & { now(): Snapshot };
  /** Opens the browser page's server if needed; a URL with a one-time ticket. */
  openPage(): Promise<string>;
  /** Ends the agent soon after this call has been answered. */
  stopAgent(sessions: 'keep' | 'end'): void;
}

/**
 * A page shows hostile bytes: it may leave alone, but not choose, which program a session runs and where Bedrock
 * requests go. Errors: Forbidden.
 */
function trustedOnly(connection: Connection, procedure: string, chosen: boolean): void {
  if (chosen && connection.role === 'page') {
    throw new BedrockTrayError('Forbidden', { procedure, role: connection.role });
  }
}

/** The implementation of each row of the contract: a few lines that name the room which does it. */
export function createHandlers(rooms: Rooms): Handlers {
  const { clock, keeper, desk, broker, profiles, settings, environments, sessions, handOut } = rooms;
  const { configWriter, importer, presence, browsers, mfa } = rooms;

  /** The SSO session that a sign-in is for: named, a profile's, the active environment's, or the only one. */
  const ssoSessionFor = async (input: ProcedureArguments<'signIn.start'>): Promise<string> => {
    if (input.ssoSession !== undefined && input.profile !== undefined) {
      throw new BedrockTrayError('BadInput', {
        field: 'profile',
        reason: 'give ssoSession or profile, not both',
      });
    }
    if (input.ssoSession !== undefined) return input.ssoSession;
    const profile = input.profile ?? environments.active()?.profile;
    if (profile !== undefined) {
      const ssoSession = ssoSessionOf(await withFresh(() => profiles.source(profile)));
      if (ssoSession !== null) return ssoSession;
      if (input.profile !== undefined) {
        throw new BedrockTrayError('ProfileUnsupported', { profile, reason: 'no SSO session' });
      }
    }
    const known = profiles.ssoSessions();
    const only = known.length === 1 ? known[0] : undefined;
    if (!only) throw new BedrockTrayError('EnvironmentMissing', {});
    return only.id;
  };

  /** Connections that have told which sessions they show. */
  const looking = new WeakSet<object>();
  /** Trays that have told how their update stands. */
  const telling = new WeakSet<object>();
  /** Trays that have told which global keys they could not get. */
  const missing = new WeakSet<object>();
  /** Looks a name up; one that is not known may have been written a moment ago. */
  const withFresh = async <T>(look: () => T): Promise<T> => {
    try {
      return look();
    } catch (error) {
      if (!(error instanceof BedrockTrayError) || error.code !== 'ProfileUnknown') throw error;
      await profiles.reload();
      return look();
    }
  };

  /** The name of an SSO session that is configured. Errors: SsoSessionUnknown. */
  const knownSsoSession = async (ssoSession: string): Promise<string> => {
    const known = () => profiles.ssoSessions().some(({ id }) => id === ssoSession);
    if (!known()) await profiles.reload();
    if (!known()) throw new BedrockTrayError('SsoSessionUnknown', { ssoSession });
    return ssoSession;
  };

  const knownSession = (id: string): SessionView => {
    const session = sessions.views().find((s) => s.id === id);
    if (!session) throw new BedrockTrayError('SessionUnknown', { session: id });
    return session;
  };

  return {
    'agent.info': () => rooms.snapshot.now().agent,
    'agent.stop': (input) => {
      rooms.stopAgent(input.sessions);
      return {};
    },

    'state.get': () => rooms.snapshot.now(),
    'state.watch': (_input, _connection, signal) =>
      changes({
        current: () => rooms.snapshot.now(),
        onChange: (listener) => rooms.snapshot.onChange(listener),
        clock,
        signal,
      }),

    'signIn.start': async (input) =>
      desk.start({
        ssoSession: await knownSsoSession(await ssoSessionFor(input)),
        flow: input.flow,
        openBrowser: input.openBrowser,
        renew: input.renew,
      }),
    'signIn.wait': (input) => desk.wait(input.id),
    'signIn.cancel': (input) => {
      desk.cancel(input.id);
      return {};
    },
    'mfa.ask': async (input) => {
      await broker.credentials(input.profile).catch((error: unknown) => {
        const asked = error instanceof BedrockTrayError && /^Mfa/.test(error.code);
        if (!asked) throw error;
      });
      return {};
    },
    'mfa.answer': async (input) => {
      await mfa.answer(input.id, input.code);
      return {};
    },
    'mfa.cancel': (input) => {
      mfa.cancel(input.id);
      return {};
    },
    signOut: async (input) => {
      const ssoSession = input.ssoSession === undefined ? undefined : await knownSsoSession(input.ssoSession);
      const signedOut = await keeper.signOut(ssoSession);
      for (const id of signedOut) {
        broker.drop(id);
        const underWay = desk.current(id);
        if (underWay) desk.cancel(underWay.id);
      }
      return { signedOut };
    },

    'prompt.snooze': (input) => {
      keeper.snooze(input.minutes);
      return {};
    },
    'network.report': (input, connection) => {
      rooms.network.report(input, connection);
      return {};
    },
    'presence.report': (input, connection) => {
      presence.report(connection.role === 'tray' ? 'desktop' : 'terminal', input);
      return {};
    },
    'browsers.list': async () => ({ browsers: await browsers.list() }),

    'profiles.list': () => ({ profiles: profiles.list() }),
    'profiles.create': async (input) => {
      const created = await configWriter.createProfile(input);
      // The first profile brings the first environment: whoever asks next sees both.
      await environments.settled();
      return created;
    },
    'profiles.createMany': async (input) => {
      const created = await configWriter.createProfiles(input);
      await environments.settled();
      return { profiles: created };
    },
    'ssoSessions.create': (input) => configWriter.createSsoSession(input),
    'config.undo': (input) => configWriter.undo(input.change),
    'import.list': async () => ({ candidates: await importer.list() }),
    'import.apply': async (input) => {
      const imported = await importer.apply(input.ids);
      await environments.settled();
      return { profiles: imported };
    },
    'accounts.list': async (input) => ({
      accounts: await broker.accounts(await knownSsoSession(input.ssoSession)),
    }),
    'roles.list': async (input) => ({
      roles: await broker.roles(await knownSsoSession(input.ssoSession), input.accountId),
    }),

    'environments.create': (input, connection) => {
      trustedOnly(connection, 'environments.create', input.endpointUrl !== null);
      return environments.create(input);
    },
    'environments.update': (input, connection) => {
      const { endpointUrl } = environments.get(input.name);
      trustedOnly(connection, 'environments.update', input.endpointUrl !== endpointUrl);
      return environments.update(input);
    },
    'environments.use': async (input) => {
      await environments.use(input.name);
      return {};
    },
    'environments.delete': async (input) => {
      await environments.remove(input.name);
      return {};
    },

    ...bedrockHandlers(rooms),

    'endpoint.open': async (input, connection) => {
      await withFresh(() => profiles.source(input.profile));
      const { url, token, close } = await handOut.open(input.profile);
      connection.onClosed(close);
      const profile = profiles.list().find(({ name }) => name === input.profile);
      return { url, token, region: profile?.region ?? null };
    },

    'sessions.list': () => ({ sessions: sessions.views() }),
    'sessions.open': (input, connection) => {
      if (connection.role === 'page') harmlessPermissionMode(input.permissionMode);
      return sessions.open({ ...input, args: harmlessArguments(input.args ?? []) });
    },
    'sessions.openWith': (input) => sessions.open(input),
    'sessions.attach': (input) => sessions.attach(input.id),
    'sessions.kill': async (input) => {
      await sessions.kill(input.id);
      return {};
    },
    'sessions.resume': (input) => sessions.resume(input.id, input.cols, input.rows),
    'sessions.remove': async (input) => {
      await sessions.remove(input.id);
      return {};
    },

    'sessions.update': (input) => sessions.update(input),
    'sessions.reorder': (input) => {
      sessions.reorder(input.ids);
      return {};
    },
    'sessions.look': (input, connection) => {
      rooms.activity.look(connection, input.ids);
      if (!looking.has(connection)) connection.onClosed(() => rooms.activity.look(connection, []));
      looking.add(connection);
      return {};
    },
    'sessions.answer': (input) => {
      rooms.activity.answer(input.id, input.request, input.decision);
      return {};
    },
    'sessions.showInTerminal': async (input) => {
      const session = knownSession(input.id);
      if (!sessionIsOpen(session)) throw new BedrockTrayError('SessionEnded', { session: session.id });
      await rooms.openers.attachInTerminal(session.id, input.terminal);
      return {};
    },
    'terminals.list': async () => ({ terminals: await rooms.openers.terminals() }),
    'editors.list': async () => ({ editors: await rooms.openers.editors() }),
    'files.resolve': async (input) => ({
      files: await rooms.openers.resolve(knownSession(input.session).cwd, input.paths),
    }),
    'files.open': async (input) => {
      const { path, line, column } = input;
      await rooms.openers.openFile(knownSession(input.session).cwd, path, line, column);
      return {};
    },
    'folders.pin': (input) => {
      sessions.pinFolder(input.folder, input.pinned);
      return {};
    },
    'layout.set': (input) => {
      sessions.setLayout(input.tabs);
      return {};
    },

    'history.list': (input) => rooms.history.list(input),
    'history.find': (input) => rooms.history.find(input),
    'history.read': (input) => rooms.history.read(input),
    'history.resume': async (input) =>
      sessions.openConversation({ ...input, cwd: await rooms.history.folder(input.conversation) }),

    'integration.preview': (input) => rooms.integration.preview(input.environment),
    'integration.apply': (input) => rooms.integration.apply(input.digest, input.environment),
    'integration.undo': () => rooms.integration.undo(),

    'setup.find': () => rooms.setup.find(),
    'setup.region': (input) => rooms.setup.region(input.startUrl),

    'desktop.set': (input) => rooms.desktop.set(input),
    'desktop.show': async (input) => {
      await rooms.desktop.show(input.folder);
      return {};
    },
    'update.report': (input, connection) => {
      rooms.updates.report(input, connection);
      if (!telling.has(connection)) connection.onClosed(() => rooms.updates.gone(connection));
      telling.add(connection);
      return {};
    },
    'update.wish': (input) => {
      rooms.updates.wish(input);
      return {};
    },
    'hotkeys.report': (input, connection) => {
      rooms.hotkeys.report(input.taken, connection);
      if (!missing.has(connection)) connection.onClosed(() => rooms.hotkeys.gone(connection));
      missing.add(connection);
      return {};
    },
    'support.bundle': (input) => rooms.support.bundle(input.maskAccounts),
    'traces.list': async () => ({ traces: await rooms.traces.list() }),
    'traces.remove': (input) => rooms.traces.remove(input.ids),

    'settings.get': () => settings.get(),
    'settings.set': async (input, connection) => {
      const { claudePath = null } = input;
      trustedOnly(
        connection,
        'settings.set',
        claudePath !== null && claudePath !== settings.get().claudePath,
      );
      const { needsYou = null, openClaude = null } = input.hotkeys ?? {};
      if (needsYou !== null && openClaude !== null && sameHotkey(needsYou, openClaude)) {
        throw new BedrockTrayError('HotkeyTwice', { accelerator: openClaude });
      }
      const before = settings.get();
      const hides = input.privateTokens?.some((id) => !before.privateTokens.includes(id)) ?? false;
      // Refused with the reason rather than kept in memory only.
      if (hides || (input.encryptedCache === true && !before.encryptedCache)) await rooms.vault.demand();
      return settings.set(input);
    },

    'page.open': async () => ({ url: await rooms.openPage() }),
  };
}
