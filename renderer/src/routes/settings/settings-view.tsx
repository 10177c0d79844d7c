import { type ReactNode, useState } from 'react';
import type { Settings, SettingsPatch } from '../../../../src/contract/settings.ts';
import { Choice, RadioChoice, Toggle } from '../../components/fields.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct } from '../../model/ask.ts';
import { plainText } from '../../model/plain-text.ts';
import { SessionSettings } from './session-settings.tsx';
import { TerminalSettings } from './terminal-settings.tsx';

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
        <SessionSettings save={save} />
        <TerminalSettings save={save} />
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
