import type { SettingEntry, SettingPath } from '../../../../src/domain/settings/settings-catalog.ts';
import type { MessageKey } from '../../../../src/locales/index.ts';
import type { Words } from '../../model/app-context.tsx';

/** Name and one-line description of a setting, and the words of its choices: keys made of its path. */
export const nameOf = (words: Words, path: SettingPath): string => words.t(`settings:name.${path}`);
export const aboutOf = (words: Words, path: SettingPath): string => words.t(`settings:about.${path}`);
export const choiceOf = (words: Words, path: SettingPath, option: string): string =>
  words.t(`settings:choice.${path}.${option}` as MessageKey);

/** Whether a setting is what somebody looks for: by its name, its description, its path or its choices. */
export function isWanted(words: Words, entry: SettingEntry, wanted: string): boolean {
  const needle = wanted.trim().toLowerCase();
  if (needle === '') return true;
  const { path, takes } = entry;
  const options = takes.kind === 'choice' ? takes.options.map((o) => choiceOf(words, path, o)) : [];
  return [nameOf(words, path), aboutOf(words, path), path, ...options].some((text) =>
    text.toLowerCase().includes(needle),
  );
}

/** Whether one of these words has what somebody looks for. */
export function saysAny(words: Words, keys: readonly MessageKey[], wanted: string): boolean {
  const needle = wanted.trim().toLowerCase();
  return keys.some((key) => words.t(key).toLowerCase().includes(needle));
}
