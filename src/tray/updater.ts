import { BedrockTrayError, type ErrorView } from '../contract/errors.ts';
import type { Snapshot, UpdateView } from '../contract/state.ts';
import {
  claudeWorks,
  installsAtQuit,
  nextUpdateStep,
  type UpdateFacts,
  type UpdateGoal,
  type UpdatePhase,
} from '../domain/updates/update.ts';

/** A version that was announced, and where a person gets it. */
export interface Found {
  version: string;
  page: string | null;
}

export interface UpdateEngineOptions {
  feed: string;
  keys: readonly string[];
  /** In place of the package's own app-update.yml. */
  configPath?: string;
}

/** What really looks, downloads and installs. Errors: UpdateFailed, UpdateNotAuthentic. */
export interface UpdateEngine {
  /** The newer version that this computer is to have; null: none. */
  look(channel: 'stable' | 'beta'): Promise<Found | null>;
  /** `progress` is called with the share that is done, 0 to 1. */
  download(progress: (share: number) => void): Promise<void>;
  /** Ends the app and puts the new version in its place; `restart`: starts that one. Settles only by failing. */
  install(restart: boolean): Promise<never>;
}

export interface UpdaterRooms {
  link: {
    readonly snapshot: Pick<Snapshot, 'settings' | 'sessions' | 'update'> | null;
    onChange(listener: () => void): () => void;
    call(name: 'update.report', told: Omit<UpdateView, 'wish'>): Promise<unknown>;
  };
  /** Why this copy does not replace itself; null where it does. */
  elsewhere: string | null;
  /** Loads what updates: late, at the first look. */
  load: () => Promise<UpdateEngine>;
  now?: () => number;
  random?: () => number;
}

/** From the tray's start to the first look: people have just logged in. */
const FIRST_MS = 3 * 60_000;
const EVERY_MS = 6 * 60 * 60_000;
const AFTER_FAILURE_MS = 60 * 60_000;
/** Progress is told in steps of this share. */
const STEP = 0.05;

/** Keeps the product up to date as settings and wishes say (src/domain/updates/update.ts decides), and tells the agent. */
export class Updater {
  readonly #rooms: UpdaterRooms;
  readonly #now: () => number;
  readonly #stop: () => void;
  #engine: Promise<UpdateEngine> | undefined;
  #phase: UpdatePhase = 'none';
  #found: Found | null = null;
  #progress: number | null = null;
  #checkedAt: number | null = null;
  #problem: ErrorView | null = null;
  #goal: UpdateGoal | null = null;
  #channel: 'stable' | 'beta' | null = null;
  /** The wish as the last snapshot had it: each is followed once. */
  #heard: UpdateGoal | null = null;
  #told = '';
  #nextAt: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #installing = false;

  constructor(rooms: UpdaterRooms) {
    this.#rooms = rooms;
    this.#now = rooms.now ?? Date.now;
    this.#nextAt = this.#now() + FIRST_MS;
    this.#stop = rooms.link.onChange(() => this.#follow());
    this.#follow();
  }

  /**
   * To be called as the tray ends: installs what is ready, where that is wanted and disturbs nobody. True: it does, and
   * ends the tray; `quit` is called where it could not.
   */
  quitting(quit: () => void): boolean {
    if (this.#installing || !installsAtQuit(this.#facts())) return false;
    void this.#install(false).then(quit);
    return true;
  }

  close(): void {
    this.#stop();
    clearTimeout(this.#timer);
  }

  #facts(): UpdateFacts {
    const { snapshot } = this.#rooms.link;
    return {
      phase: this.#phase,
      mode: snapshot?.settings.updates.mode ?? 'off',
      goal: this.#goal,
      self: this.#rooms.elsewhere === null,
      // Not known is as if it worked.
      working: snapshot === null || claudeWorks(snapshot.sessions),
      due: this.#now() >= this.#nextAt,
    };
  }

  #follow(): void {
    const { snapshot } = this.#rooms.link;
    if (snapshot === null) {
      this.#told = '';
      this.#heard = null;
      return;
    }
    const { wish } = snapshot.update;
    if (wish !== this.#heard) {
      this.#heard = wish;
      if (wish !== null) {
        this.#goal = wish;
        this.#told = '';
      }
    }
    const { channel } = snapshot.settings.updates;
    if (this.#channel !== null && this.#channel !== channel && this.#phase !== 'ready') this.#nextAt = 0;
    this.#channel = channel;
    this.#step();
  }

  #step(): void {
    if (this.#installing) return;
    const facts = this.#facts();
    const next = nextUpdateStep(facts);
    clearTimeout(this.#timer);
    if (next === 'check') void this.#look();
    else if (next === 'download') void this.#download();
    else if (next === 'install') void this.#install(true);
    else if (!facts.due) {
      // In reach of setTimeout, and asked again after a sleep of the computer. What is due and not done (switched off,
      // ready to be installed) waits for news, not for time.
      const wait = Math.max(1_000, Math.min(this.#nextAt - this.#now(), 15 * 60_000));
      this.#timer = setTimeout(() => this.#step(), wait);
      (this.#timer as { unref?: () => void }).unref?.();
    }
    this.#tell(next === 'hold');
  }

  async #look(): Promise<void> {
    const before = this.#phase;
    this.#set('checking');
    try {
      const found = await (await this.#load()).look(this.#channel ?? 'stable');
      const isSame = found !== null && found.version === this.#found?.version && before === 'ready';
      this.#found = found;
      this.#done(found === null ? 'none' : isSame ? 'ready' : 'available', EVERY_MS);
    } catch (error) {
      // What was found before is still there.
      if (before === 'available' || before === 'ready') this.#done(before, AFTER_FAILURE_MS);
      else this.#failed(error);
    }
    if (this.#goal === 'check' || this.#phase === 'none' || this.#rooms.elsewhere !== null) this.#goal = null;
    this.#step();
  }

  async #download(): Promise<void> {
    this.#progress = 0;
    this.#set('downloading');
    try {
      await (await this.#load()).download((share) => {
        if (share - (this.#progress ?? 0) < STEP) return;
        this.#progress = share;
        this.#tell(false);
      });
      this.#progress = null;
      this.#set('ready');
      if (this.#goal === 'download') this.#goal = null;
    } catch (error) {
      this.#progress = null;
      this.#failed(error);
    }
    this.#step();
  }

  /** Ends only where it failed. */
  async #install(restart: boolean): Promise<void> {
    this.#installing = true;
    try {
      await (await this.#load()).install(restart);
    } catch (error) {
      this.#installing = false;
      this.#failed(error);
      this.#step();
    }
  }

  #load(): Promise<UpdateEngine> {
    this.#engine ??= this.#rooms.load().catch((error: unknown) => {
      this.#engine = undefined;
      throw error;
    });
    return this.#engine;
  }

  #set(phase: UpdatePhase): void {
    this.#phase = phase;
    this.#problem = null;
    this.#tell(false);
  }

  #done(phase: UpdatePhase, againIn: number): void {
    this.#checkedAt = this.#now();
    // Spread, so that not all computers look at once.
    this.#nextAt = this.#now() + againIn * (0.9 + 0.2 * (this.#rooms.random ?? Math.random)());
    this.#phase = phase;
    this.#problem = null;
  }

  #failed(error: unknown): void {
    this.#done('failed', AFTER_FAILURE_MS);
    this.#goal = null;
    this.#problem =
      error instanceof BedrockTrayError
        ? error.view()
        : new BedrockTrayError('UpdateFailed', {
            reason: error instanceof Error ? error.name : 'unknown',
          }).view();
  }

  #tell(held: boolean): void {
    if (this.#rooms.link.snapshot === null) return;
    const { elsewhere } = this.#rooms;
    const page = this.#found?.page;
    const reason = page ? `${elsewhere}: ${page}` : (elsewhere ?? '');
    const told: Omit<UpdateView, 'wish'> = {
      state: held ? 'held' : this.#phase,
      version: this.#found?.version ?? null,
      progress: this.#progress,
      checkedAt: this.#checkedAt,
      problem:
        this.#problem ??
        (elsewhere !== null && this.#found !== null
          ? new BedrockTrayError('UpdatesUnavailable', { reason }).view()
          : null),
    };
    const text = JSON.stringify(told);
    if (text === this.#told) return;
    this.#told = text;
    this.#rooms.link.call('update.report', told).catch(() => {
      this.#told = '';
    });
  }
}
