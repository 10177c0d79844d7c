import { type ReactNode, useEffect, useRef, useState } from 'react';
import '@xterm/xterm/css/xterm.css';
import type { SessionView } from '../../../src/contract/state.ts';
import { Button } from '../components/button.tsx';
import { ErrorNotice, Notice } from '../components/notice.tsx';
import { useAgent, useAgentState, useShownTheme, useSnapshot, useWords } from '../model/app-context.tsx';
import { errorView } from '../model/ask.ts';
import { plainText } from '../model/plain-text.ts';
import { sessionLabel } from '../model/session-words.ts';
import { FindBar } from './find-bar.tsx';
import { type ScreenState, TerminalScreen } from './terminal-screen.ts';

const mac = /^Mac/.test(navigator.platform);

/** The terminal of a session that has one. It attaches again by itself when the agent or the pty-host come back. */
export function TerminalView({ session, visible }: { session: SessionView; visible: boolean }): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { connection, link } = useAgentState();
  const { terminal: settings } = useSnapshot().settings;
  const theme = useShownTheme();
  const host = useRef<HTMLDivElement>(null);
  const leaveTo = useRef<HTMLButtonElement>(null);
  const screen = useRef<TerminalScreen | null>(null);
  const [state, setState] = useState<ScreenState>({ kind: 'replaying' });
  const [finding, setFinding] = useState(false);
  const [results, setResults] = useState({ index: -1, count: 0 });
  const [address, setAddress] = useState<string | null>(null);
  const label = words.t('page:terminalOf', { session: sessionLabel(session) });

  // One terminal for the life of this view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: later settings and looks are given by `update`.
  useEffect(() => {
    if (!host.current) return;
    const made = new TerminalScreen(
      { program: session.program, settings, theme, label, mac },
      {
        find: () => setFinding(true),
        leave: () => leaveTo.current?.focus(),
        link: setAddress,
        search: setResults,
        state: setState,
      },
    );
    made.open(host.current);
    screen.current = made;
    return () => {
      screen.current = null;
      made.dispose();
    };
  }, [session.id]);

  useEffect(() => screen.current?.update({ settings, theme }), [settings, theme]);
  useEffect(() => {
    screen.current?.show(visible);
    if (visible) screen.current?.focus();
  }, [visible]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new connection to the agent attaches again.
  useEffect(() => {
    if (link === 'online') screen.current?.attach(agent, session);
  }, [agent, session.id, connection]);

  const endFinding = (): void => {
    setFinding(false);
    screen.current?.endFind();
    screen.current?.focus();
  };
  return (
    <div className="terminal">
      {finding && (
        <FindBar
          results={results}
          onFind={(text, direction) => screen.current?.find(text, direction)}
          onClose={endFinding}
        />
      )}
      <div className="terminal-host" ref={host} data-state={state.kind} />
      {state.kind === 'lost' && (
        <div className="session-notice">
          <Notice
            tone="attention"
            live
            action={
              <Button onPress={() => screen.current?.attach(agent, session)}>
                {words.t('page:attachAgain')}
              </Button>
            }
          >
            {words.t('page:terminalLost')}
          </Notice>
          {errorView(state.error).code !== 'AgentUnavailable' && (
            <ErrorNotice error={errorView(state.error)} />
          )}
        </div>
      )}
      <div className="terminal-foot quiet small">
        <button type="button" className="foot-button" ref={leaveTo} onClick={() => setFinding(true)}>
          {words.t('page:find')} <kbd>{mac ? '⌘F' : 'Ctrl+F'}</kbd>
        </button>
        <span className="terminal-hint" role="status">
          {address === null
            ? words.t('page:leaveTerminal')
            : words.t(mac ? 'page:followLinkMac' : 'page:followLink', { address: plainText(address, 160) })}
        </span>
        {address === null && <kbd>Ctrl+Shift+L</kbd>}
      </div>
    </div>
  );
}
