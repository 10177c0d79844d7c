import type { ReactNode } from 'react';
import type { Settings, SettingsPatch } from '../../../../src/contract/settings.ts';
import { Choice, Toggle } from '../../components/fields.tsx';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { CommittedNumber, CommittedText } from './committed-fields.tsx';

/** Looks and manners of the terminal. */
export function TerminalSettings({ save }: { save: (patch: SettingsPatch) => void }): ReactNode {
  const words = useWords();
  const { settings } = useSnapshot();
  const terminal = (patch: Partial<Settings['terminal']>): void =>
    save({ terminal: { ...settings.terminal, ...patch } });
  return (
    <section className="panel" aria-labelledby="terminal-settings">
      <h2 id="terminal-settings">{words.t('page:settingsTerminal')}</h2>
      <div className="form-pair">
        <CommittedText
          label={words.t('page:fontFamily')}
          hint={words.t('page:fontFamilyHint')}
          value={settings.terminal.fontFamily}
          check={(text) => (text.length > 200 ? words.t('page:tooLong') : null)}
          onCommit={(fontFamily) => terminal({ fontFamily })}
        />
        <CommittedNumber
          label={words.t('page:fontSize')}
          value={settings.terminal.fontSize}
          min={6}
          max={48}
          onCommit={(fontSize) => terminal({ fontSize })}
        />
        <CommittedNumber
          label={words.t('page:scrollback')}
          value={settings.terminal.scrollback}
          min={0}
          max={100_000}
          onCommit={(scrollback) => terminal({ scrollback })}
        />
        <Choice
          label={words.t('page:terminalRenderer')}
          hint={words.t('page:terminalRendererHint')}
          value={settings.terminal.renderer}
          options={[
            { id: 'auto', label: words.t('page:rendererAuto') },
            { id: 'webgl', label: 'WebGL' },
            { id: 'dom', label: 'DOM' },
          ]}
          onChange={(renderer) => terminal({ renderer: renderer as Settings['terminal']['renderer'] })}
        />
      </div>
      <div className="form-pair">
        <Choice
          label={words.t('sessions:terminalTheme')}
          value={settings.terminal.theme}
          options={[
            { id: 'app', label: words.t('sessions:terminalThemeApp') },
            { id: 'light', label: words.t('page:themeLight') },
            { id: 'dark', label: words.t('page:themeDark') },
            { id: 'high-contrast', label: words.t('sessions:terminalThemeContrast') },
          ]}
          onChange={(theme) => terminal({ theme: theme as Settings['terminal']['theme'] })}
        />
        <Choice
          label={words.t('sessions:clipboardWrite')}
          hint={words.t('sessions:clipboardWriteHint')}
          value={settings.terminal.clipboardWrite}
          options={[
            { id: 'ask', label: words.t('sessions:clipboardAsk') },
            { id: 'allow', label: words.t('sessions:clipboardAllow') },
            { id: 'deny', label: words.t('sessions:clipboardDeny') },
          ]}
          onChange={(clipboardWrite) =>
            terminal({ clipboardWrite: clipboardWrite as Settings['terminal']['clipboardWrite'] })
          }
        />
      </div>
      <Toggle
        label={words.t('sessions:copyOnSelect')}
        isSelected={settings.terminal.copyOnSelect}
        onChange={(copyOnSelect) => terminal({ copyOnSelect })}
      />
      <Toggle
        label={words.t('sessions:ligatures')}
        hint={words.t('sessions:ligaturesHint')}
        isSelected={settings.terminal.ligatures}
        onChange={(ligatures) => terminal({ ligatures })}
      />
      <Toggle
        label={words.t('page:screenReader')}
        hint={words.t('page:screenReaderHint')}
        isSelected={settings.terminal.screenReader}
        onChange={(screenReader) => terminal({ screenReader })}
      />
    </section>
  );
}
