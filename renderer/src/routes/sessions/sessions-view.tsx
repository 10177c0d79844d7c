import { type ReactNode, useState } from 'react';
import { Tab, TabList, TabPanel, TabPanels, Tabs } from 'react-aria-components';
import { Icon } from '../../components/icons.tsx';
import { IndicatorSign } from '../../components/indicator.tsx';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { plainText } from '../../model/plain-text.ts';
import { navigate } from '../../model/route.ts';
import { sessionIndicator, sessionLabel, sessionStateWords } from '../../model/session-words.ts';
import { NewSession } from './new-session.tsx';
import { SessionPane } from './session-pane.tsx';

const NEW = 'new';
/** Terminals kept as they are while another tab is shown; older ones are rebuilt from the session's own memory. */
const KEPT = 6;

/** Claude Code sessions in tabs. `item` is the session shown, or `new`. */
export function SessionsView({ item, hidden }: { item: string | null; hidden: boolean }): ReactNode {
  const words = useWords();
  const { sessions } = useSnapshot();
  // The route forgets the tab while another view is shown.
  const [last, setLast] = useState<string | null>(null);
  if (!hidden && item !== null && item !== last) setLast(item);
  const wanted = (hidden ? last : item) ?? last;
  const newest = sessions.reduce<(typeof sessions)[number] | null>(
    (a, b) => (a === null || b.startedAt > a.startedAt ? b : a),
    null,
  );
  const known = wanted !== null && (wanted === NEW || sessions.some((s) => s.id === wanted));
  const shown = known ? wanted : (newest?.id ?? NEW);
  const [recent, setRecent] = useState<readonly string[]>([]);
  if (shown !== NEW && recent[0] !== shown)
    setRecent([shown, ...recent.filter((id) => id !== shown)].slice(0, KEPT));

  return (
    <Tabs
      className="sessions"
      style={hidden ? { display: 'none' } : {}}
      selectedKey={shown}
      onSelectionChange={(key) => navigate('sessions', String(key))}
      keyboardActivation="manual"
    >
      <h1 className="unseen">{words.t('page:navSessions')}</h1>
      <TabList className="tabs" aria-label={words.t('page:navSessions')}>
        {sessions.map((s) => (
          <Tab key={s.id} id={s.id} className="tab">
            <IndicatorSign of={sessionIndicator(s)} size={14} />
            <span className="tab-name">{sessionLabel(s)}</span>
            <span className="unseen">{sessionStateWords(s, words)}</span>
            {s.title !== '' && <span className="tab-title quiet">{plainText(s.title, 60)}</span>}
          </Tab>
        ))}
        <Tab id={NEW} className="tab">
          <Icon name="plus" size={14} />
          <span>{words.t('page:newSession')}</span>
        </Tab>
      </TabList>
      <TabPanels className="panels">
        {sessions.map((s) => (
          <TabPanel
            key={s.id}
            id={s.id}
            className="session-panel"
            shouldForceMount={recent.includes(s.id)}
            style={s.id === shown ? {} : { display: 'none' }}
          >
            <SessionPane session={s} visible={s.id === shown && !hidden} />
          </TabPanel>
        ))}
        <TabPanel id={NEW} className="session-panel">
          <NewSession first={sessions.length === 0} />
        </TabPanel>
      </TabPanels>
    </Tabs>
  );
}
