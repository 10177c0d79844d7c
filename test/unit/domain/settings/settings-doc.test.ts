import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settingText } from '../../../../src/domain/settings/setting-text.ts';
import {
  type SettingEntry,
  settingDefault,
  settingsCatalog,
} from '../../../../src/domain/settings/settings-catalog.ts';
import { resources } from '../../../../src/locales/index.ts';

const words = resources.en.settings;

function values({ takes }: SettingEntry): string {
  const of = {
    boolean: 'on, off',
    text: 'text',
    hotkey: 'key such as `CommandOrControl+Alt+J`',
    path: 'absolute path',
    hours: 'span such as `22:00-07:00`',
    cap: 'US dollars, `5` or `5 stop`',
    names: 'names with commas',
    map: 'JSON object',
  };
  const text =
    takes.kind === 'choice'
      ? takes.options.join(', ')
      : takes.kind === 'number'
        ? `${takes.min} to ${takes.max}`
        : of[takes.kind];
  return takes.none ? `${text}, none` : text;
}

/** The rows of docs/settings.md as the catalogue has them. */
const rows = settingsCatalog.map((entry) => {
  const first = settingText(entry, settingDefault(entry.path)) || '(empty)';
  const { path } = entry;
  return `| \`${path}\` | ${words[`name.${path}`]}. ${words[`about.${path}`]} | ${values(entry)} | ${first} |`;
});

test('docs/settings.md has every setting as it is', () => {
  const doc = readFileSync(join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'settings.md'), 'utf8');
  const there = doc.split('\n').filter((line) => line.startsWith('| `'));
  expect(there).toEqual(rows);
});
