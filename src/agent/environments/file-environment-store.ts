import { join } from 'node:path';
import { BedrockTrayError } from '../../contract/errors.ts';
import { Environment } from '../../contract/state.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import type { AgentContext, EnvironmentStore, ProfileCatalog, SettingsStore } from '../ports.ts';
import { type State, StateFile } from '../state-file.ts';

const version = 1;
/** Where neither profile nor SSO session names a region: Claude Code's own fallback. */
const lastRegion = 'us-east-1';

/** What of the profile catalog is used here. */
type Profiles = Pick<ProfileCatalog, 'list' | 'ssoSessions' | 'source' | 'reload' | 'onChange'>;
/** Tells of profiles that a person makes here. */
type Creations = { onCreated(listener: (profile: string) => void): () => void };

/**
 * Environments in `environments.json` of the state folder. The first one is made by itself: of the only SSO profile
 * there is, or of the first profile that a person creates here; never again once one was there.
 */
export class FileEnvironmentStore implements EnvironmentStore {
  readonly #file: StateFile;
  readonly #log: AgentContext['log'];
  readonly #profiles: Profiles;
  readonly #settings: Pick<SettingsStore, 'get'>;
  readonly #creations: Creations | undefined;
  readonly #changes = new ChangeEmitter();
  readonly #unsubscribe: (() => void)[] = [];
  #environments: Environment[] = [];
  #active: string | null = null;
  /** True once an environment was there: one that a person deleted does not come back. */
  #begun = false;
  /** Entries and keys of the file that this version does not understand. */
  #rest: State = {};
  #unknown: unknown[] = [];
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    context: Pick<AgentContext, 'home' | 'log' | 'clock'>,
    profiles: Profiles,
    settings: Pick<SettingsStore, 'get'>,
    creations?: Creations,
  ) {
    const { home, log, clock } = context;
    this.#file = new StateFile(join(home, 'environments.json'), version, log, () => clock.now());
    this.#log = log;
    this.#profiles = profiles;
    this.#settings = settings;
    this.#creations = creations;
  }

  /** Reads the file; from then on the first environment is made as soon as there is something to make it of. */
  async start(): Promise<void> {
    const state = (await this.#file.read()) ?? {};
    const { environments, active, begun, version: _, ...rest } = state;
    this.#rest = rest;
    for (const entry of Array.isArray(environments) ? environments : []) {
      const parsed = Environment.safeParse(entry);
      if (parsed.success && !this.#find(parsed.data.name)) this.#environments.push(parsed.data);
      else this.#unknown.push(entry);
    }
    if (this.#unknown.length > 0) {
      this.#log.warn(
        { count: this.#unknown.length },
        'environments that are not valid are kept but not shown',
      );
    }
    this.#active = typeof active === 'string' && this.#find(active) ? active : null;
    this.#active ??= this.#environments[0]?.name ?? null;
    this.#begun = begun === true || this.#environments.length > 0;
    this.#unsubscribe.push(this.#profiles.onChange(() => this.#begin(null)));
    const created = this.#creations?.onCreated((profile) => this.#begin(profile));
    if (created) this.#unsubscribe.push(created);
    this.#begin(null);
    await this.#turn;
  }

  stop(): void {
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe();
  }

  list(): Environment[] {
    return [...this.#environments];
  }

  active(): Environment | null {
    return this.#active === null ? null : (this.#find(this.#active) ?? null);
  }

  get(name: string): Environment {
    const found = this.#find(name);
    if (!found) throw new BedrockTrayError('EnvironmentUnknown', { environment: name });
    return found;
  }

  create(e: Environment): Promise<Environment> {
    return this.#inTurn(async () => {
      if (this.#find(e.name)) throw new BedrockTrayError('EnvironmentExists', { environment: e.name });
      await this.#checkProfile(e.profile);
      await this.#save([...this.#environments, e], this.#active ?? e.name);
      return e;
    });
  }

  update(e: Environment): Promise<Environment> {
    return this.#inTurn(async () => {
      const old = this.get(e.name);
      if (old.profile !== e.profile) await this.#checkProfile(e.profile);
      await this.#save(
        this.#environments.map((there) => (there.name === e.name ? e : there)),
        this.#active,
      );
      return e;
    });
  }

  use(name: string): Promise<void> {
    return this.#inTurn(async () => {
      this.get(name);
      if (this.#active !== name) await this.#save(this.#environments, name);
    });
  }

  remove(name: string): Promise<void> {
    return this.#inTurn(async () => {
      this.get(name);
      const left = this.#environments.filter((e) => e.name !== name);
      await this.#save(left, this.#active === name ? (left[0]?.name ?? null) : this.#active);
    });
  }

  async settled(): Promise<void> {
    await this.#turn;
  }

  onChange(listener: () => void): () => void {
    return this.#changes.onChange(listener);
  }

  #find(name: string): Environment | undefined {
    return this.#environments.find((e) => e.name === name);
  }

  /** Changes follow one another, so that none is lost. */
  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(change);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #save(environments: Environment[], active: string | null): Promise<void> {
    await this.#file.write({
      ...this.#rest,
      environments: [...environments, ...this.#unknown],
      active,
      begun: true,
    });
    this.#environments = environments;
    this.#active = active;
    this.#begun = true;
    this.#changes.emit();
  }

  /** Errors: ProfileUnknown, ProfileUnsupported, ConfigMalformed. */
  async #checkProfile(profile: string): Promise<void> {
    await this.#profiles.reload();
    this.#profiles.source(profile);
  }

  /** Makes the first environment: of `created`, else of the only usable SSO profile. */
  #begin(created: string | null): void {
    if (this.#begun) return;
    void this.#inTurn(async () => {
      if (this.#begun) return;
      const usable = this.#profiles
        .list()
        .filter((p) => (p.kind === 'sso' || p.kind === 'sso-legacy') && p.problem === null);
      const profile = created
        ? usable.find((p) => p.name === created)
        : usable.length === 1
          ? usable[0]
          : undefined;
      if (!profile) return;
      const session = this.#profiles.ssoSessions().find((s) => s.id === profile.ssoSession);
      const first = Environment.safeParse({
        name: profile.name,
        profile: profile.name,
        region: profile.region ?? session?.region ?? lastRegion,
        model: null,
        smallFastModel: null,
        identityMode: this.#settings.get().identityMode,
        endpointUrl: null,
      });
      if (first.success) await this.#save([first.data], first.data.name);
    }).catch((e) => this.#log.warn({ reason: String(e) }, 'the first environment could not be made'));
  }
}
