import type { ReactNode } from 'react';
import type { Settings, SettingsPatch } from '../../../../src/contract/settings.ts';
import type { ProgramChoice } from '../../../../src/contract/state.ts';
import { Choice, type Option, Toggle } from '../../components/fields.tsx';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAsk } from '../../model/ask.ts';
import { capOf } from '../../model/meter-words.ts';
import { plainText } from '../../model/plain-text.ts';
import { CommittedText } from './committed-fields.tsx';
import { HotkeyField } from './hotkey-field.tsx';

/** Stands for "no choice of one's own". */
const OWN = '';

/** What sessions tell their person, where they are shown, and what they may cost. */
export function SessionSettings({ save }: { save: (patch: SettingsPatch) => void }): ReactNode {
  const words = useWords();
  const { settings } = useSnapshot();
  const { notifications, sessions } = settings;
  const terminals = useAsk('terminals.list', {});
  const editors = useAsk('editors.list', {});
  const notify = (patch: Partial<Settings['notifications']>): void =>
    save({ notifications: { ...notifications, ...patch } });
  const change = (patch: Partial<Settings['sessions']>): void =>
    save({ sessions: { ...sessions, ...patch } });
  return (
    <>
      <section className="panel" aria-labelledby="notification-settings">
        <h2 id="notification-settings">{words.t('sessions:settingsNotifications')}</h2>
        <Toggle
          label={words.t('sessions:notifyNeedsYou')}
          hint={words.t('sessions:notifyNeedsYouHint')}
          isSelected={notifications.needsYou}
          onChange={(needsYou) => notify({ needsYou })}
        />
        <Toggle
          label={words.t('sessions:notifyDone')}
          hint={words.t('sessions:notifyDoneHint')}
          isSelected={notifications.done}
          onChange={(done) => notify({ done })}
        />
        <Toggle
          label={words.t('sessions:notifyBudget')}
          isSelected={notifications.budget}
          onChange={(budget) => notify({ budget })}
        />
        <HotkeyField
          label={words.t('sessions:hotkeyNeedsYou')}
          hint={words.t('sessions:hotkeyHint')}
          value={settings.hotkeys.needsYou}
          onChange={(needsYou) => save({ hotkeys: { ...settings.hotkeys, needsYou } })}
        />
      </section>
      <section className="panel" aria-labelledby="session-settings">
        <h2 id="session-settings">{words.t('page:navSessions')}</h2>
        <div className="form-pair">
          <Choice
            label={words.t('sessions:showIn')}
            value={sessions.showIn}
            options={[
              { id: 'window', label: words.t('sessions:showInWindow') },
              { id: 'terminal', label: words.t('sessions:showInOwnTerminal') },
            ]}
            onChange={(showIn) => change({ showIn: showIn as Settings['sessions']['showIn'] })}
          />
          <Choice
            label={words.t('sessions:terminal')}
            hint={terminals.data?.terminals.length === 0 ? words.t('sessions:terminalsNone') : undefined}
            value={sessions.terminal ?? OWN}
            options={choices(terminals.data?.terminals, sessions.terminal, words.t('sessions:terminalOwn'))}
            onChange={(id) => change({ terminal: id === OWN ? null : id })}
          />
          <Choice
            label={words.t('sessions:editor')}
            hint={words.t('sessions:editorHint')}
            value={sessions.editor ?? OWN}
            options={choices(editors.data?.editors, sessions.editor, words.t('sessions:editorFirst'))}
            onChange={(id) => change({ editor: id === OWN ? null : id })}
          />
        </div>
      </section>
      <section className="panel" aria-labelledby="money-settings">
        <h2 id="money-settings">{words.t('sessions:settingsMoney')}</h2>
        <div className="form-pair">
          <CommittedText
            label={words.t('sessions:capDefault')}
            hint={words.t('sessions:capDefaultHint')}
            value={sessions.cap ? String(sessions.cap.usd) : ''}
            check={(text) => (text === '' || capOf(text) !== null ? null : words.t('sessions:capWrong'))}
            onCommit={(text) => {
              const usd = capOf(text);
              change({ cap: usd === null ? null : { usd, stop: sessions.cap?.stop ?? false } });
            }}
          />
          <CommittedText
            label={words.t('sessions:priceFactor')}
            hint={words.t('sessions:priceFactorHint')}
            value={String(sessions.regionalPriceFactor)}
            check={(text) =>
              factorOf(text) === null ? words.t('page:numberWrong', { min: 1, max: 3 }) : null
            }
            onCommit={(text) => {
              const regionalPriceFactor = factorOf(text);
              if (regionalPriceFactor !== null) change({ regionalPriceFactor });
            }}
          />
        </div>
        {sessions.cap && (
          <Toggle
            label={words.t('sessions:capStop')}
            hint={words.t('sessions:capStopHint')}
            isSelected={sessions.cap.stop}
            onChange={(stop) => change({ cap: sessions.cap && { ...sessions.cap, stop } })}
          />
        )}
      </section>
    </>
  );
}

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

function factorOf(text: string): number | null {
  const typed = text.trim().replace(',', '.');
  const factor = Number(typed);
  return /^\d(\.\d{1,3})?$/.test(typed) && factor >= 1 && factor <= 3 ? factor : null;
}
