import { type ReactNode, useState } from 'react';
import type { Settings, SettingsPatch } from '../../../../src/contract/settings.ts';
import { Choice, RadioChoice, TextInput, Toggle } from '../../components/fields.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct } from '../../model/ask.ts';
import { plainText } from '../../model/plain-text.ts';

/** Settings, each saved as it is changed. */
export function SettingsView(): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { settings, agent: info, keyringProblem = null } = useSnapshot();
  const { run, error } = useAct();
  const cache = useAct();
  const [saved, setSaved] = useState(0);
  const save = (patch: SettingsPatch): void => {
    void run(() => agent.call('settings.set', patch)).then((answer) => {
      if (answer) setSaved((n) => n + 1);
    });
  };
  const terminal = (patch: Partial<Settings['terminal']>): void =>
    save({ terminal: { ...settings.terminal, ...patch } });
  return (
    <div className="main-scroll">
      <div className="page settings">
        <div className="page-head">
          <h1>{words.t('page:navSettings')}</h1>
          <p className="quiet small" role="status">
            {saved > 0 && !error && !cache.error ? words.t('page:saved') : ''}
          </p>
        </div>
        <ErrorNotice error={error} />
        <section className="panel" aria-labelledby="looks">
          <h2 id="looks">{words.t('page:settingsLooks')}</h2>
          <div className="form-pair">
            <Choice
              label={words.t('page:language')}
              value={settings.language}
              options={[
                { id: 'system', label: words.t('page:asSystem') },
                { id: 'en', label: 'English' },
                { id: 'zh-CN', label: '简体中文' },
              ]}
              onChange={(language) => save({ language: language as Settings['language'] })}
            />
            <Choice
              label={words.t('page:theme')}
              value={settings.theme}
              options={[
                { id: 'system', label: words.t('page:asSystem') },
                { id: 'light', label: words.t('page:themeLight') },
                { id: 'dark', label: words.t('page:themeDark') },
              ]}
              onChange={(theme) => save({ theme: theme as Settings['theme'] })}
            />
          </div>
        </section>
        <section className="panel" aria-labelledby="sign-in-settings">
          <h2 id="sign-in-settings">{words.t('page:settingsSignIn')}</h2>
          <Toggle
            label={words.t('page:keepAlive')}
            hint={words.t('page:keepAliveHint')}
            isSelected={settings.keepAlive}
            onChange={(keepAlive) => save({ keepAlive })}
          />
          <Toggle
            label={words.t('page:notifySignIn')}
            hint={words.t('page:notifySignInHint')}
            isSelected={settings.notifications.signInNeeded}
            onChange={(signInNeeded) => save({ notifications: { ...settings.notifications, signInNeeded } })}
          />
          <Toggle
            label={words.t('page:notifyEnding')}
            hint={words.t('page:notifyEndingHint')}
            isSelected={settings.notifications.endingSoon}
            onChange={(endingSoon) => save({ notifications: { ...settings.notifications, endingSoon } })}
          />
          <Toggle
            label={words.t('page:openBrowser')}
            hint={words.t('page:openBrowserHint')}
            isSelected={settings.openBrowserAutomatically}
            onChange={(openBrowserAutomatically) => save({ openBrowserAutomatically })}
          />
          <Toggle
            label={words.t('page:encryptedCache')}
            hint={words.t('page:encryptedCacheHint')}
            isSelected={settings.encryptedCache}
            onChange={(encryptedCache) =>
              void cache
                .run(() => agent.call('settings.set', { encryptedCache }))
                .then((answer) => {
                  if (answer) setSaved((n) => n + 1);
                })
            }
          />
          {/* Where the system has no keyring, it says why here. */}
          <ErrorNotice error={cache.error ?? keyringProblem} tone="attention" />
        </section>
        <section className="panel" aria-labelledby="claude-settings">
          <h2 id="claude-settings">Claude Code</h2>
          <RadioChoice
            label={words.t('page:identityMode')}
            value={settings.identityMode}
            options={[
              {
                id: 'bedrock-only',
                label: words.t('page:identityBedrockOnly'),
                detail: words.t('page:identityBedrockOnlyDetail'),
              },
              {
                id: 'whole-session',
                label: words.t('page:identityWholeSession'),
                detail: words.t('page:identityWholeSessionDetail'),
              },
            ]}
            onChange={(mode) => save({ identityMode: mode as Settings['identityMode'] })}
          />
          <dl className="facts">
            <div className="fact">
              <dt>{words.t('page:claudePath')}</dt>
              <dd className="mono">
                {info.claude
                  ? words.t('page:claudeFound', {
                      path: plainText(info.claude.path),
                      version: plainText(info.claude.version ?? '?', 40),
                    })
                  : words.t('page:claudeNotFound')}
              </dd>
            </div>
          </dl>
          <p className="quiet small">{words.t('page:claudePathHint')}</p>
        </section>
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
          <Toggle
            label={words.t('page:screenReader')}
            hint={words.t('page:screenReaderHint')}
            isSelected={settings.terminal.screenReader}
            onChange={(screenReader) => terminal({ screenReader })}
          />
        </section>
        <section className="panel" aria-labelledby="about">
          <h2 id="about">{words.t('page:about')}</h2>
          <dl className="facts">
            {(
              [
                ['page:agentVersion', info.version],
                ['page:stateFolder', info.home],
                ['page:logFile', info.logFile],
              ] as const
            ).map(([key, value]) => (
              <div className="fact" key={key}>
                <dt>{words.t(key)}</dt>
                <dd className="mono">{plainText(value, 300)}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </div>
  );
}

/** A text that is saved when the person presses Enter or leaves the field. */
function CommittedText({
  label,
  hint,
  value,
  check,
  onCommit,
}: {
  label: string;
  hint?: string;
  value: string;
  check: (text: string) => string | null;
  onCommit: (text: string) => void;
}): ReactNode {
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? value;
  const error = check(text.trim());
  const commit = (): void => {
    if (typed === null || error) return;
    setTyped(null);
    if (typed.trim() !== value) onCommit(typed.trim());
  };
  return (
    <TextInput
      label={label}
      hint={hint}
      value={text}
      onChange={setTyped}
      error={error}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) commit();
      }}
    />
  );
}

function CommittedNumber({
  label,
  value,
  min,
  max,
  onCommit,
}: {
  label: string;
  value: number;
  min: number;
  max: number;
  onCommit: (n: number) => void;
}): ReactNode {
  const words = useWords();
  return (
    <CommittedText
      label={label}
      value={String(value)}
      check={(text) =>
        /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max
          ? null
          : words.t('page:numberWrong', { min, max })
      }
      onCommit={(text) => onCommit(Number(text))}
    />
  );
}
