import type { ReactNode } from 'react';
import {
  isDesktopSetting,
  type SettingEntry,
  type SettingPath,
  settingValue,
} from '../../../../src/domain/settings/settings-catalog.ts';
import { Choice, Toggle } from '../../components/fields.tsx';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { CommittedDecimal, CommittedNumber, CommittedText } from './committed-fields.tsx';
import { HotkeyField } from './hotkey-field.tsx';
import { aboutOf, choiceOf, nameOf } from './setting-words.ts';
import { specialRows } from './special-rows.tsx';

/** Changes one setting, whichever part of the agent keeps it. */
export type Change = (path: SettingPath, value: unknown) => void;

/** One setting: its name, what it does, and the control for its kind of value. */
export function SettingRow({ entry, change }: { entry: SettingEntry; change: Change }): ReactNode {
  const Special = specialRows[entry.path];
  return (
    <div className="setting" data-setting={entry.path}>
      {Special ? <Special change={change} /> : <PlainRow entry={entry} change={change} />}
    </div>
  );
}

function PlainRow({ entry: { path, takes }, change }: { entry: SettingEntry; change: Change }): ReactNode {
  const words = useWords();
  const { settings, desktop, hotkeysTaken = [] } = useSnapshot();
  const value = settingValue(path, { settings, desktop });
  const common = { label: nameOf(words, path), hint: aboutOf(words, path) };
  const set = (next: unknown): void => change(path, next);
  switch (takes.kind) {
    case 'boolean':
      return isDesktopSetting(path) ? null : (
        <Toggle {...common} isSelected={value === true} onChange={set} />
      );
    case 'choice':
      return (
        <Choice
          {...common}
          value={String(value)}
          options={takes.options.map((id) => ({ id, label: choiceOf(words, path, id) }))}
          onChange={set}
        />
      );
    case 'number': {
      const Field = takes.whole ? CommittedNumber : CommittedDecimal;
      return <Field {...common} value={Number(value)} min={takes.min} max={takes.max} onCommit={set} />;
    }
    case 'hotkey':
      return (
        <HotkeyField
          {...common}
          value={value as string | null}
          taken={hotkeysTaken.some((name) => path === `hotkeys.${name}`)}
          onChange={set}
        />
      );
    default:
      return (
        <CommittedText
          {...common}
          value={String(value ?? '')}
          check={(text) =>
            takes.kind === 'text' && text.length > takes.max ? words.t('page:tooLong') : null
          }
          onCommit={set}
        />
      );
  }
}
