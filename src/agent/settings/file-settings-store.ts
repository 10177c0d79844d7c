import { join } from 'node:path';
import { Settings, type SettingsPatch } from '../../contract/settings.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import type { AgentContext, SettingsStore } from '../ports.ts';
import { type State, StateFile } from '../state-file.ts';

const version = 1;

/** Each value by itself: one that is not valid gives way to its default, the others stand. */
function validated(raw: State, complain: (key: string) => void): Settings {
  const values: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(Settings.shape)) {
    if (raw[key] === undefined) continue;
    const parsed = schema.safeParse(raw[key]);
    if (parsed.success) values[key] = parsed.data;
    else complain(key);
  }
  return Settings.parse(values);
}

const isObject = (v: unknown): v is Record<string, unknown> =>
  typeof v === 'object' && v !== null && !Array.isArray(v);

/** Settings in `settings.json` of the state folder. Keys that this version does not know stay in the file. */
export class FileSettingsStore implements SettingsStore {
  readonly #file: StateFile;
  readonly #log: AgentContext['log'];
  readonly #changes = new ChangeEmitter();
  #raw: State = {};
  #settings: Settings = Settings.parse({});
  #turn: Promise<unknown> = Promise.resolve();

  constructor(context: Pick<AgentContext, 'home' | 'log' | 'clock'>) {
    const { home, log, clock } = context;
    this.#file = new StateFile(join(home, 'settings.json'), version, log, () => clock.now());
    this.#log = log;
  }

  /** Reads the file; defaults until then. */
  async load(): Promise<void> {
    this.#raw = (await this.#file.read()) ?? {};
    this.#settings = validated(this.#raw, (key) =>
      this.#log.warn({ key }, 'a setting is not valid; its default is used'),
    );
  }

  get(): Settings {
    return this.#settings;
  }

  /** Changes follow one another, so that none is lost. */
  set(patch: SettingsPatch): Promise<Settings> {
    const turn = this.#turn.then(() => this.#apply(patch));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  onChange(listener: () => void): () => void {
    return this.#changes.onChange(listener);
  }

  async #apply(patch: SettingsPatch): Promise<Settings> {
    const raw: State = { ...this.#raw };
    for (const [key, value] of Object.entries(patch)) {
      if (value === undefined) continue;
      const old = raw[key];
      raw[key] = isObject(value) && isObject(old) ? { ...old, ...value } : value;
    }
    await this.#file.write(raw);
    this.#raw = raw;
    this.#settings = validated(raw, () => undefined);
    this.#changes.emit();
    return this.#settings;
  }
}
