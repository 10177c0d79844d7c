import type { AgentView, Snapshot } from '../contract/index.ts';
import type {
  Broker,
  ClaudeSessions,
  Clock,
  EnvironmentStore,
  Keeper,
  Observable,
  ProfileCatalog,
  SettingsStore,
} from './ports.ts';

export interface SnapshotRooms {
  clock: Clock;
  keeper: Pick<Keeper, 'views' | 'prompt' | 'onChange'>;
  broker: Pick<Broker, 'views' | 'onChange'>;
  environments: Pick<EnvironmentStore, 'list' | 'active' | 'onChange'>;
  sessions: Pick<ClaudeSessions, 'views' | 'recentFolders' | 'onChange'>;
  settings: Pick<SettingsStore, 'get' | 'onChange'>;
  profiles: Pick<ProfileCatalog, 'revision' | 'problem' | 'onChange'>;
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
    const { keeper, broker, environments, sessions, settings, profiles } = rooms;
    for (const room of [keeper, broker, environments, sessions, settings, profiles]) {
      room.onChange(() => this.#changed());
    }
  }

  now(): Snapshot {
    const { clock, keeper, broker, environments, sessions, settings, profiles, agent } = this.#rooms;
    return {
      at: clock.now(),
      agent: agent(),
      ssoSessions: keeper.views(),
      credentials: broker.views(),
      environments: environments.list(),
      activeEnvironment: environments.active()?.name ?? null,
      sessions: sessions.views(),
      recentFolders: sessions.recentFolders(),
      prompt: keeper.prompt(),
      mfa: null,
      ending: null,
      network: { state: 'online', sinceAt: this.#rooms.agent().startedAt },
      clockSkewMs: null,
      settings: settings.get(),
      profilesRevision: profiles.revision(),
      configProblem: profiles.problem(),
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
