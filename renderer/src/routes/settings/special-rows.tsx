import type { FunctionComponent, ReactNode } from 'react';
import type { Settings } from '../../../../src/contract/settings.ts';
import type { ProgramChoice } from '../../../../src/contract/state.ts';
import { timeOf, timeText } from '../../../../src/domain/settings/setting-text.ts';
import type { SettingPath } from '../../../../src/domain/settings/settings-catalog.ts';
import { Choice, type Option, RadioChoice, Toggle } from '../../components/fields.tsx';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAsk } from '../../model/ask.ts';
import { capOf } from '../../model/meter-words.ts';
import { plainText } from '../../model/plain-text.ts';
import { CommittedText } from './committed-fields.tsx';
import type { Change } from './setting-row.tsx';
import { aboutOf, nameOf } from './setting-words.ts';

/** Settings whose control needs more than the kind of their value: programs that are found here, what is on the disk now. */
export const specialRows: Partial<Record<SettingPath, FunctionComponent<{ change: Change }>>> = {
  'desktop.startAtLogin': StartAtLogin,
  'desktop.command': CommandOnPath,
  'notifications.quiet': QuietHours,
  identityMode: IdentityMode,
  'sessions.terminal': OwnTerminal,
  'sessions.editor': OwnEditor,
  'sessions.cap': CostCap,
  claudePath: ClaudePath,
};

function StartAtLogin({ change }: { change: Change }): ReactNode {
  const words = useWords();
  const { startAtLogin } = useSnapshot().desktop;
  const path = 'desktop.startAtLogin';
  return (
    <Toggle
      label={nameOf(words, path)}
      hint={startAtLogin === null ? words.t('settings:startUnsupported') : aboutOf(words, path)}
      isSelected={startAtLogin === true}
      isDisabled={startAtLogin === null}
      onChange={(on) => change(path, on)}
    />
  );
}

function CommandOnPath({ change }: { change: Change }): ReactNode {
  const words = useWords();
  const { state, path: at, onPath } = useSnapshot().desktop.command;
  const path = 'desktop.command';
  const shown = plainText(at, 200);
  const folder = shown.replace(/[\\/][^\\/]*$/, '');
  const said = {
    absent: aboutOf(words, path),
    foreign: words.t('settings:commandForeign', { path: shown }),
    package: words.t('settings:commandPackaged', { path: shown }),
    ours: onPath
      ? words.t('settings:commandAt', { path: shown })
      : words.t('settings:commandNotOnPath', { folder }),
  };
  return (
    <Toggle
      label={nameOf(words, path)}
      hint={said[state]}
      isSelected={state === 'ours' || state === 'package'}
      isDisabled={state === 'package' || state === 'foreign'}
      onChange={(on) => change(path, on)}
    />
  );
}

/** What a person gets who wants quiet hours and has named none yet. */
const usualNight = { from: 22 * 60, to: 7 * 60 };

function QuietHours({ change }: { change: Change }): ReactNode {
  const words = useWords();
  const { quiet } = useSnapshot().settings.notifications;
  const path = 'notifications.quiet';
  const time = (end: 'from' | 'to'): ReactNode =>
    quiet && (
      <CommittedText
        label={words.t(end === 'from' ? 'settings:quietFrom' : 'settings:quietTo')}
        value={timeText(quiet[end])}
        check={(text) => {
          const minutes = timeOf(text);
          if (minutes === null) return words.t('settings:timeWrong');
          return minutes === quiet[end === 'from' ? 'to' : 'from'] ? words.t('settings:sameTimes') : null;
        }}
        onCommit={(text) => change(path, { ...quiet, [end]: timeOf(text) })}
      />
    );
  return (
    <>
      <Toggle
        label={nameOf(words, path)}
        hint={aboutOf(words, path)}
        isSelected={quiet !== null}
        onChange={(on) => change(path, on ? usualNight : null)}
      />
      {quiet && (
        <div className="setting-more quiet-hours">
          {time('from')}
          {time('to')}
        </div>
      )}
    </>
  );
}

function IdentityMode({ change }: { change: Change }): ReactNode {
  const words = useWords();
  const { identityMode } = useSnapshot().settings;
  const modes = ['bedrock-only', 'whole-session'] as const satisfies readonly Settings['identityMode'][];
  return (
    <RadioChoice
      label={nameOf(words, 'identityMode')}
      value={identityMode}
      options={modes.map((id) => ({
        id,
        label: words.t(`settings:choice.identityMode.${id}`),
        detail: words.t(`settings:detail.identityMode.${id}`),
      }))}
      onChange={(mode) => change('identityMode', mode)}
    />
  );
}

/** Stands for "no choice of one's own". */
const OWN = '';

/** Programs that were found, and the chosen one also where it is not found any more. */
function choices(found: readonly ProgramChoice[] | undefined, chosen: string | null, own: string): Option[] {
  const all: Option[] = [
    { id: OWN, label: own },
    ...(found ?? []).map((p) => ({ id: p.id, label: plainText(p.name, 80) })),
  ];
  return chosen === null || all.some((o) => o.id === chosen)
    ? all
    : [...all, { id: chosen, label: plainText(chosen, 80) }];
}

function OwnTerminal({ change }: { change: Change }): ReactNode {
  const words = useWords();
  const { terminal } = useSnapshot().settings.sessions;
  const found = useAsk('terminals.list', {}).data?.terminals;
  const path = 'sessions.terminal';
  return (
    <Choice
      label={nameOf(words, path)}
      hint={found?.length === 0 ? words.t('settings:terminalsNone') : aboutOf(words, path)}
      value={terminal ?? OWN}
      options={choices(found, terminal, words.t('settings:terminalOwn'))}
      onChange={(id) => change(path, id === OWN ? null : id)}
    />
  );
}

function OwnEditor({ change }: { change: Change }): ReactNode {
  const words = useWords();
  const { editor } = useSnapshot().settings.sessions;
  const found = useAsk('editors.list', {}).data?.editors;
  const path = 'sessions.editor';
  return (
    <Choice
      label={nameOf(words, path)}
      hint={aboutOf(words, path)}
      value={editor ?? OWN}
      options={choices(found, editor, words.t('settings:editorFirst'))}
      onChange={(id) => change(path, id === OWN ? null : id)}
    />
  );
}

function CostCap({ change }: { change: Change }): ReactNode {
  const words = useWords();
  const { cap } = useSnapshot().settings.sessions;
  const path = 'sessions.cap';
  return (
    <>
      <CommittedText
        label={nameOf(words, path)}
        hint={aboutOf(words, path)}
        value={cap ? String(cap.usd) : ''}
        check={(text) => (text === '' || capOf(text) !== null ? null : words.t('sessions:capWrong'))}
        onCommit={(text) => {
          const usd = capOf(text);
          change(path, usd === null ? null : { usd, stop: cap?.stop ?? false });
        }}
      />
      {cap && (
        <div className="setting-more">
          <Toggle
            label={words.t('settings:capStop')}
            hint={words.t('settings:capStopHint')}
            isSelected={cap.stop}
            onChange={(stop) => change(path, { ...cap, stop })}
          />
        </div>
      )}
    </>
  );
}

/** Shown, never set here: a page may not say which program is run. */
function ClaudePath(): ReactNode {
  const words = useWords();
  const { claude } = useSnapshot().agent;
  return (
    <div className="field">
      <span className="label">{nameOf(words, 'claudePath')}</span>
      <span className="mono setting-value">
        {claude
          ? words.t('settings:claudeFound', {
              path: plainText(claude.path),
              version: plainText(claude.version ?? '?', 40),
            })
          : words.t('settings:claudeNotFound')}
      </span>
      <span className="field-hint">{words.t('settings:claudePathHint')}</span>
    </div>
  );
}
