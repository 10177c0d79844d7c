import { CostCap } from '../../contract/cost-cap.ts';
import { AbsolutePath, Accelerator } from '../../contract/names.ts';
import { QuietHours, Settings } from '../../contract/settings.ts';
import type { DesktopView } from '../../contract/state.ts';

/**
 * Every setting, once: its dotted path, where it is arranged, and what kind of value it takes. Page, command line and
 * docs/settings.md show this list; its words are in the locale namespace `settings`, under `name.` and `about.`. Pure.
 */

export const settingSections = [
  'general',
  'signIn',
  'notifications',
  'hotkeys',
  'claude',
  'terminal',
  'updates',
] as const;
export type SettingSection = (typeof settingSections)[number];

/**
 * `desktop.*` is what is on this computer's disk now (desktop.set), all others are kept by the agent (settings.set).
 * `section` null: not on the settings page; it is set where it belongs.
 */
const arranged = [
  ['language', 'general'],
  ['theme', 'general'],
  ['desktop.startAtLogin', 'general'],
  ['desktop.command', 'general'],
  ['keepAlive', 'signIn'],
  ['openBrowserAutomatically', 'signIn'],
  ['encryptedCache', 'signIn'],
  ['notifications.signInNeeded', 'notifications'],
  ['notifications.endingSoon', 'notifications'],
  ['notifications.signedIn', 'notifications'],
  ['notifications.offline', 'notifications'],
  ['notifications.needsYou', 'notifications'],
  ['notifications.done', 'notifications'],
  ['notifications.budget', 'notifications'],
  ['notifications.quiet', 'notifications'],
  ['hotkeys.openClaude', 'hotkeys'],
  ['hotkeys.needsYou', 'hotkeys'],
  ['identityMode', 'claude'],
  ['sessions.showIn', 'claude'],
  ['sessions.terminal', 'claude'],
  ['sessions.editor', 'claude'],
  ['sessions.cap', 'claude'],
  ['sessions.regionalPriceFactor', 'claude'],
  ['claudePath', 'claude'],
  ['terminal.fontFamily', 'terminal'],
  ['terminal.fontSize', 'terminal'],
  ['terminal.scrollback', 'terminal'],
  ['terminal.theme', 'terminal'],
  ['terminal.renderer', 'terminal'],
  ['terminal.clipboardWrite', 'terminal'],
  ['terminal.copyOnSelect', 'terminal'],
  ['terminal.ligatures', 'terminal'],
  ['terminal.screenReader', 'terminal'],
  ['updates.mode', 'updates'],
  ['updates.channel', 'updates'],
  ['signInBrowsers', null],
  ['prices', null],
  ['privateTokens', null],
  ['setupDone', null],
] as const satisfies readonly (readonly [string, SettingSection | null])[];
export type SettingPath = (typeof arranged)[number][0];
export type DesktopSettingPath = Extract<SettingPath, `desktop.${string}`>;

/** What a setting takes. `none`: it may also be nothing at all. */
export type SettingKind = { none: boolean } & (
  | { kind: 'boolean' }
  | { kind: 'choice'; options: readonly string[] }
  | { kind: 'number'; min: number; max: number; whole: boolean }
  | { kind: 'text'; max: number }
  | { kind: 'hotkey' | 'path' | 'hours' | 'cap' | 'names' | 'map' }
);

export interface SettingEntry {
  path: SettingPath;
  section: SettingSection | null;
  takes: SettingKind;
}

/** The parts of a zod schema that are read here. */
interface Schema {
  def: { type: string };
  unwrap?: () => Schema;
  shape?: Record<string, Schema>;
  options?: readonly string[];
  minValue?: number | null;
  maxValue?: number | null;
  maxLength?: number | null;
  format?: string | null;
  safeParse(value: unknown): { success: boolean; data?: unknown };
}

const inner = (schema: Schema): { schema: Schema; none: boolean } => {
  let none = false;
  let at = schema;
  while (at.unwrap && ['default', 'prefault', 'nullable', 'optional'].includes(at.def.type)) {
    none ||= at.def.type === 'nullable';
    at = at.unwrap();
  }
  return { schema: at, none };
};

const root = Settings as unknown as Schema;
const schemaAt = (path: string): Schema => {
  const found = path
    .split('.')
    .reduce<Schema | undefined>((at, name) => at && inner(at).schema.shape?.[name], root);
  if (!found) throw new Error(`no setting ${path}`);
  return found;
};

function takes(path: SettingPath): SettingKind {
  if (isDesktopSetting(path)) return { kind: 'boolean', none: false };
  const { schema, none } = inner(schemaAt(path));
  const known: readonly (readonly [unknown, 'hotkey' | 'path' | 'hours' | 'cap'])[] = [
    [Accelerator, 'hotkey'],
    [AbsolutePath, 'path'],
    [QuietHours, 'hours'],
    [CostCap, 'cap'],
  ];
  const special = known.find(([each]) => each === schema);
  if (special) return { kind: special[1], none };
  switch (schema.def.type) {
    case 'boolean':
      return { kind: 'boolean', none };
    case 'enum':
      return { kind: 'choice', options: schema.options ?? [], none };
    case 'number': {
      const { minValue: min, maxValue: max, format } = schema;
      return {
        kind: 'number',
        min: min ?? 0,
        max: max ?? Number.MAX_SAFE_INTEGER,
        whole: format === 'safeint',
        none,
      };
    }
    case 'array':
      return { kind: 'names', none };
    case 'record':
      return { kind: 'map', none };
    default:
      return { kind: 'text', max: schema.maxLength ?? 1000, none };
  }
}

export const settingsCatalog: readonly SettingEntry[] = arranged.map(([path, section]) => ({
  path,
  section,
  takes: takes(path),
}));

export function isDesktopSetting(path: SettingPath): path is DesktopSettingPath {
  return path.startsWith('desktop.');
}

export const settingEntry = (path: string): SettingEntry | undefined =>
  settingsCatalog.find((entry) => entry.path === path);

/** Every path of the contract's settings, for the test that the list above is whole. */
export function contractPaths(schema: unknown = root, prefix = ''): string[] {
  const { shape, def } = inner(schema as Schema).schema;
  if (def.type !== 'object' || shape === undefined) return [prefix];
  // What is set as one value (a cap, a span of hours) is one setting.
  if (prefix !== '' && inner(schema as Schema).none) return [prefix];
  return Object.entries(shape).flatMap(([name, each]) =>
    contractPaths(each, prefix ? `${prefix}.${name}` : name),
  );
}

/** A setting as it is now. */
export function settingValue(path: SettingPath, now: { settings: Settings; desktop: DesktopView }): unknown {
  if (path === 'desktop.startAtLogin') return now.desktop.startAtLogin;
  // A package that put it there for everybody did what one can ask for.
  if (path === 'desktop.command') return ['ours', 'package'].includes(now.desktop.command.state);
  return path
    .split('.')
    .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], now.settings);
}

const defaults = Settings.parse({});
const emptyDesktop: DesktopView = {
  startAtLogin: false,
  command: { state: 'absent', path: '/', onPath: false },
};
export const settingDefault = (path: SettingPath): unknown =>
  settingValue(path, { settings: defaults, desktop: emptyDesktop });

/** The change that sets one setting: a section of the settings is given whole. */
export function settingPatch(
  path: Exclude<SettingPath, DesktopSettingPath>,
  value: unknown,
  settings: Settings,
): Record<string, unknown> {
  const [section = '', name] = path.split('.');
  if (name === undefined) return { [section]: value };
  return { [section]: { ...(settings[section as keyof Settings] as object), [name]: value } };
}

/** Whether the contract takes this value for the setting; desktop entries are on or off. */
export function settingFits(path: SettingPath, value: unknown): boolean {
  if (isDesktopSetting(path)) return typeof value === 'boolean';
  return schemaAt(path).safeParse(value).success;
}
