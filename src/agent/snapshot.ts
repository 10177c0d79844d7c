import type { AgentView, Snapshot } from '../contract/index.ts';
import type { Usage } from './bedrock-ports.ts';
import type { NetworkRoom } from './network/network-room.ts';
import type {
  Broker,
  ClaudeSessions,
  Clock,
  ConversationHistory,
  Desktop,
  EnvironmentStore,
  HotkeyReports,
  Keeper,
  MfaDesk,
  Observable,
  ProfileCatalog,
  SettingsStore,
  Updates,
} from './ports.ts';
import type { Vault } from './vault/vault.ts';

export interface SnapshotRooms {
  clock: Clock;
  keeper: Pick<Keeper, 'views' | 'prompt' | 'ending' | 'onChange'>;
  broker: Pick<Broker, 'views' | 'onChange'>;
  mfa: Pick<MfaDesk, 'view' | 'onChange'>;
  environments: Pick<EnvironmentStore, 'list' | 'active' | 'onChange'>;
  sessions: Pick<ClaudeSessions, 'views' | 'recentFolders' | 'pinnedFolders' | 'layout' | 'onChange'>;
  history: Pick<ConversationHistory, 'status' | 'onChange'>;
  settings: Pick<SettingsStore, 'get' | 'onChange'>;
  profiles: Pick<ProfileCatalog, 'revision' | 'problem' | 'onChange'>;
  network: Pick<NetworkRoom, 'view' | 'clockSkewMs' | 'onChange'>;
  vault: Pick<Vault, 'problem' | 'onChange'>;
  desktop: Pick<Desktop, 'view' | 'onChange'>;
  updates: Pick<Updates, 'view' | 'onChange'>;
  hotkeys: Pick<HotkeyReports, 'taken' | 'onChange'>;
  usage: Pick<Usage, 'status' | 'onChange'>;
  /** The agent's own part, as it is now. */
  agent(): AgentView;
}

/** Gathers what every shell shows from the rooms, and says when any of it has changed. */
export class SnapshotRoom implements Observable {
  readonly #rooms: SnapshotRooms;
  readonly #listeners = new Set<() => void>();
  #announced = false;

  constructor(rooms: SnapshotRooms) {
    this.#rooms = rooms;
    const { keeper, broker, mfa, network, vault, environments, sessions, history, settings, profiles } =
      rooms;
    const { desktop, updates, hotkeys, usage } = rooms;
    for (const room of [
      keeper,
      broker,
      mfa,
      network,
      vault,
      environments,
      sessions,
      history,
      settings,
      profiles,
      desktop,
      updates,
      hotkeys,
      usage,
    ]) {
      room.onChange(() => this.#changed());
    }
  }

  now(): Snapshot {
    const {
      clock,
      keeper,
      broker,
      environments,
      sessions,
      settings,
      profiles,
      network,
      vault,
      desktop,
      updates,
      agent,
    } = this.#rooms;
    return {
      at: clock.now(),
      agent: agent(),
      ssoSessions: keeper.views(),
      credentials: broker.views(),
      environments: environments.list(),
      activeEnvironment: environments.active()?.name ?? null,
      sessions: sessions.views(),
      recentFolders: sessions.recentFolders(),
      pinnedFolders: sessions.pinnedFolders(),
      layout: sessions.layout(),
      history: this.#rooms.history.status(),
      prompt: keeper.prompt(),
      mfa: this.#rooms.mfa.view(),
      ending: keeper.ending(),
      network: network.view(),
      clockSkewMs: network.clockSkewMs(),
      settings: settings.get(),
      desktop: desktop.view(),
      update: updates.view(),
      usage: this.#rooms.usage.status(),
      hotkeysTaken: [...this.#rooms.hotkeys.taken()],
      profilesRevision: profiles.revision(),
      configProblem: profiles.problem(),
      keyringProblem: vault.problem()?.view() ?? null,
    };
  }

  /** Changes of one turn of the event loop are told once. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(): void {
    if (this.#announced) return;
    this.#announced = true;
    setImmediate(() => {
      this.#announced = false;
      for (const listener of [...this.#listeners]) listener();
    });
  }
}
