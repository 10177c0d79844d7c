import { describe, expect, test } from 'vitest';
import { Settings, SettingsPatch } from '../../../../src/contract/settings.ts';
import { settingOf, settingText, timeOf, timeText } from '../../../../src/domain/settings/setting-text.ts';
import {
  contractPaths,
  isDesktopSetting,
  settingDefault,
  settingEntry,
  settingPatch,
  settingsCatalog,
  settingValue,
} from '../../../../src/domain/settings/settings-catalog.ts';

const defaults = Settings.parse({});
const entry = (path: string) => {
  const found = settingEntry(path);
  if (!found) throw new Error(path);
  return found;
};
/** What a text means; undefined where nothing. */
const read = (path: string, text: string) => {
  const of = settingOf(entry(path), text);
  return of.fits ? of.value : undefined;
};

test('the catalogue has every setting of the contract, each once', () => {
  const paths = settingsCatalog.map((e) => e.path).filter((path) => !isDesktopSetting(path));
  expect([...paths].sort()).toEqual(contractPaths().sort());
  expect(new Set(paths).size).toBe(paths.length);
});

test.each(settingsCatalog)(
  '$path: its default is read again from its own text, and the contract takes its change',
  (e) => {
    const value = settingDefault(e.path);
    expect(settingOf(e, settingText(e, value))).toEqual({ fits: true, value });
    if (isDesktopSetting(e.path)) return;
    expect(SettingsPatch.safeParse(settingPatch(e.path, value, defaults)).success).toBe(true);
  },
);

test('a change of one setting leaves its neighbours as they are', () => {
  const settings = Settings.parse({ notifications: { done: true, quiet: { from: 1, to: 2 } } });
  const patch = settingPatch('notifications.budget', false, settings) as Partial<Settings>;
  expect(patch.notifications).toEqual({ ...settings.notifications, budget: false });
  expect(settingPatch('theme', 'dark', settings)).toEqual({ theme: 'dark' });
});

test('a command that a package installed counts as there', () => {
  const command = { state: 'package' as const, path: '/usr/bin/bedrock-tray', onPath: true };
  const now = { settings: defaults, desktop: { startAtLogin: null, command } };
  expect(settingValue('desktop.command', now)).toBe(true);
  expect(settingValue('desktop.startAtLogin', now)).toBeNull();
});

describe('typed values', () => {
  test('on and off, and what people type for them', () => {
    expect(['on', 'TRUE', 'yes'].map((t) => read('keepAlive', t))).toEqual([true, true, true]);
    expect(['off', 'false', 'No'].map((t) => read('keepAlive', t))).toEqual([false, false, false]);
    expect(['1', 'maybe', 'none', ''].map((t) => read('keepAlive', t))).toEqual(Array(4).fill(undefined));
  });

  test('choices and numbers within their bounds', () => {
    expect(read('theme', 'dark')).toBe('dark');
    expect(read('theme', 'Dark')).toBeUndefined();
    expect(['5', '49', '13.5', 'x'].map((t) => read('terminal.fontSize', t))).toEqual(
      Array(4).fill(undefined),
    );
    expect(read('terminal.fontSize', '14')).toBe(14);
    expect(read('sessions.regionalPriceFactor', '1.25')).toBe(1.25);
  });

  test('quiet hours', () => {
    expect(read('notifications.quiet', '22:00-07:30')).toEqual({ from: 1320, to: 450 });
    expect(read('notifications.quiet', '9:05 – 17:00')).toEqual({ from: 545, to: 1020 });
    expect(read('notifications.quiet', 'none')).toBeNull();
    for (const text of ['22:00', '24:00-07:00', '22:60-07:00', '08:00-08:00', '1:00-2:00-3:00'])
      expect(read('notifications.quiet', text), text).toBeUndefined();
    expect(settingText(entry('notifications.quiet'), { from: 1320, to: 450 })).toBe('22:00-07:30');
    for (let m = 0; m < 1440; m++) expect(timeOf(timeText(m))).toBe(m);
  });

  test('a cost cap, a key, a path, names, a map', () => {
    expect(read('sessions.cap', '7.5')).toEqual({ usd: 7.5, stop: false });
    expect(read('sessions.cap', '5 stop')).toEqual({ usd: 5, stop: true });
    expect(read('sessions.cap', '0')).toBeUndefined();
    expect(read('sessions.cap', '-1')).toBeUndefined();
    expect(read('hotkeys.needsYou', 'Control+Alt+K')).toBe('Control+Alt+K');
    expect(read('hotkeys.needsYou', 'K')).toBeUndefined();
    expect(read('hotkeys.needsYou', 'none')).toBeNull();
    expect(read('claudePath', '/opt/claude')).toBe('/opt/claude');
    expect(read('claudePath', 'claude')).toBeUndefined();
    expect(read('privateTokens', 'corp, other')).toEqual(['corp', 'other']);
    expect(read('signInBrowsers', '{"corp":{"browser":"firefox","profile":null}}')).toEqual({
      corp: { browser: 'firefox', profile: null },
    });
    expect(read('signInBrowsers', '{"corp":1}')).toBeUndefined();
    expect(read('signInBrowsers', 'x')).toBeUndefined();
  });
});
