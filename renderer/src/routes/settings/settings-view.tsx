import { type ReactNode, useRef, useState } from 'react';
import { Input, SearchField } from 'react-aria-components';
import {
  type SettingSection,
  settingSections,
  settingsCatalog,
} from '../../../../src/domain/settings/settings-catalog.ts';
import type { MessageKey } from '../../../../src/locales/index.ts';
import { ErrorNotice } from '../../components/notice.tsx';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { DataPanel } from './data-panel.tsx';
import { SettingRow } from './setting-row.tsx';
import { isWanted, saysAny } from './setting-words.ts';
import { UpdatePanel } from './update-panel.tsx';
import { useChanges } from './use-changes.ts';

const sections = [...settingSections, 'data', 'privacy'] as const;
type Section = (typeof sections)[number];

/** All settings in their sections, each saved as it is changed. What is searched for hides the others. */
export function SettingsView(): ReactNode {
  const words = useWords();
  const { change, failed, saved } = useChanges();
  const [wanted, setWanted] = useState('');
  const content = useRef<HTMLDivElement>(null);
  const searching = wanted.trim() !== '';
  const found = settingsCatalog.filter((entry) => entry.section !== null && isWanted(words, entry, wanted));
  const beside = (section: Section): boolean => !searching || saysAny(words, besides[section] ?? [], wanted);
  const shown = sections.filter(
    (section) => found.some((entry) => entry.section === section) || beside(section),
  );
  const goTo = (section: Section): void => {
    const heading = content.current?.querySelector<HTMLElement>(`#settings-${section}`);
    heading?.focus({ preventScroll: true });
    heading?.closest('section')?.scrollIntoView({ block: 'start' });
  };
  return (
    <div className="main-scroll">
      <div className="page settings">
        <div className="settings-top">
          <div className="page-head">
            <h1>{words.t('page:navSettings')}</h1>
            <p className="quiet small" role="status">
              {saved ? words.t('page:saved') : ''}
            </p>
            <SearchField
              className="settings-search"
              aria-label={words.t('settings:search')}
              value={wanted}
              onChange={setWanted}
            >
              <Input className="input" placeholder={words.t('settings:search')} />
            </SearchField>
          </div>
          <nav aria-label={words.t('settings:sections')} className="settings-nav">
            {sections.map((section) => (
              <button
                key={section}
                type="button"
                disabled={!shown.includes(section)}
                onClick={() => goTo(section)}
              >
                {words.t(`settings:section.${section}`)}
              </button>
            ))}
          </nav>
        </div>
        <p className="unseen" role="status">
          {searching && found.length > 0 ? words.t('settings:found', { count: found.length }) : ''}
        </p>
        <div className="settings-sections" ref={content}>
          {shown.length === 0 && (
            <p className="empty" role="status">
              {words.t('settings:foundNone')}
            </p>
          )}
          {shown.map((section) => (
            <section className="panel" key={section} aria-labelledby={`settings-${section}`}>
              <h2 id={`settings-${section}`} tabIndex={-1}>
                {words.t(`settings:section.${section}`)}
              </h2>
              <div className="setting-list">
                {found
                  .filter((entry) => entry.section === section)
                  .map((entry) => (
                    <div key={entry.path}>
                      <SettingRow entry={entry} change={change} />
                      {failed?.path === entry.path && <ErrorNotice error={failed.error} tone="attention" />}
                    </div>
                  ))}
                {beside(section) && <More section={section} />}
              </div>
            </section>
          ))}
        </div>
      </div>
    </div>
  );
}

/** By which words what a section has beside its settings is found. */
const besides: Partial<Record<Section, readonly MessageKey[]>> = {
  signIn: ['settings:browsersHint'],
  updates: ['settings:section.updates', 'settings:updateCheck'],
  data: [
    'settings:section.data',
    'settings:dataFolder',
    'settings:logFile',
    'settings:bundle',
    'settings:bundleHint',
    'settings:uninstallHint',
  ],
  privacy: [
    'settings:section.privacy',
    'settings:privacyOurs',
    'settings:privacyClaude',
    'settings:privacySessions',
  ],
};

/** What a section has beside its settings: how things stand, and what can be done about them. */
function More({ section }: { section: Section }): ReactNode {
  const words = useWords();
  const { keyringProblem = null } = useSnapshot();
  const of: Partial<Record<Section, ReactNode>> & Partial<Record<SettingSection, ReactNode>> = {
    signIn: (
      <>
        {/* Where the system has no keyring, it says why here. */}
        <ErrorNotice error={keyringProblem} tone="attention" />
        <div className="setting">
          <p className="field-hint">
            {words.t('settings:browsersHint')} <a href="#/access">{words.t('settings:browsersLink')}</a>
          </p>
        </div>
      </>
    ),
    updates: <UpdatePanel />,
    data: <DataPanel />,
    privacy: (
      <div className="setting privacy">
        <p>{words.t('settings:privacyOurs')}</p>
        <p>{words.t('settings:privacyClaude')}</p>
        <p>{words.t('settings:privacySessions')}</p>
      </div>
    ),
  };
  return of[section] ?? null;
}
