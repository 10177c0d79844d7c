import { type ReactNode, useEffect, useRef, useState } from 'react';
import '@xterm/xterm/css/xterm.css';
import './terminal.css';
import type { ErrorView } from '../../../src/contract/errors.ts';
import { Settings } from '../../../src/contract/settings.ts';
import type { SessionView } from '../../../src/contract/state.ts';
import { Button } from '../components/button.tsx';
import { Confirm } from '../components/confirm.tsx';
import { Icon } from '../components/icons.tsx';
import { ErrorNotice, Notice } from '../components/notice.tsx';
import { useAgent, useAgentState, useShownTheme, useSnapshot, useWords } from '../model/app-context.tsx';
import { errorView } from '../model/ask.ts';
import { sessionLabel } from '../model/session-words.ts';
import { ClipboardNotice, type ClipboardWish } from './clipboard-notice.tsx';
import { FindBar } from './find-bar.tsx';
import { LinkList, linkText } from './link-list.tsx';
import type { Settled } from './settled-rows.ts';
import type { LinkTarget } from './terminal-links.ts';
import { type ScreenState, TerminalScreen } from './terminal-screen.ts';
import { shownTheme } from './theme.ts';

const mac = /^Mac/.test(navigator.platform);
/** A bell is shown to somebody who is there for this long, ms. */
const BELL_SHOWN = 3_000;
const FONT = { least: 6, most: 48, usual: Settings.parse({}).terminal.fontSize };

/**
 * The terminal of a session that has one. It attaches again by itself when the agent or the pty-host come back.
 * `visible`: it is on the screen. `focused`: it has (and takes) the keyboard; of several beside each other one has it.
 */
export function TerminalView({
  session,
  visible,
  focused = true,
  onSettled,
  notice,
}: {
  session: SessionView;
  visible: boolean;
  focused?: boolean;
  /** Told what the lower end of the screen shows when output has settled. */
  onSettled?: (settled: Settled) => void;
  /** What there is to say about what the screen shows; it lies on the screen. */
  notice?: ReactNode;
}): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { connection, link } = useAgentState();
  const { terminal: settings } = useSnapshot().settings;
  const theme = shownTheme(settings.theme, useShownTheme());
  const host = useRef<HTMLDivElement>(null);
  const leaveTo = useRef<HTMLButtonElement>(null);
  const noticeAt = useRef<HTMLDivElement>(null);
  const screen = useRef<TerminalScreen | null>(null);
  const [state, setState] = useState<ScreenState>({ kind: 'replaying' });
  const [open, setOpen] = useState<'find' | 'links' | null>(null);
  const [results, setResults] = useState({ index: -1, count: 0 });
  const [hovered, setHovered] = useState<LinkTarget | null>(null);
  const [asked, setAsked] = useState<string | null>(null);
  const [wish, setWish] = useState<ClipboardWish | null>(null);
  const [scrolledUp, setScrolledUp] = useState(false);
  const [bell, setBell] = useState(false);
  const [problem, setProblem] = useState<ErrorView | 'drop' | null>(null);
  const label = words.t('page:terminalOf', { session: sessionLabel(session) });

  const openWeb = (address: string): void => {
    window.open(address, '_blank', 'noopener,noreferrer');
  };
  const openLink = (target: LinkTarget): void => {
    setProblem(null);
    if (target.kind === 'file') {
      const { path, line, column } = target;
      agent
        .call('files.open', {
          session: session.id,
          path,
          ...(line !== undefined && { line }),
          ...(column !== undefined && { column }),
        })
        .catch((error) => setProblem(errorView(error)));
    } else if (target.hidden && !agent.asksBeforeLinks) setAsked(target.address);
    else openWeb(target.address);
  };
  const set = (change: Partial<Settings['terminal']>): void => {
    agent
      .call('settings.set', { terminal: { ...now.current.settings, ...change } })
      .catch((error) => setProblem(errorView(error)));
  };
  const fontSize = useRef(settings.fontSize);
  fontSize.current = settings.fontSize;
  const zoom = (by: -1 | 0 | 1): void => {
    const size = by === 0 ? FONT.usual : Math.min(FONT.most, Math.max(FONT.least, fontSize.current + by));
    if (size === fontSize.current) return;
    // Several presses may come before the settings do.
    fontSize.current = size;
    set({ fontSize: size });
  };
  /** What the screen's handlers, made once, need of the latest drawing. */
  const now = useRef({ settings, openLink, zoom, onSettled });
  now.current = { settings, openLink, zoom, onSettled };

  // One terminal for the life of this view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: later settings and looks are given by `update`.
  useEffect(() => {
    if (!host.current) return;
    const made = new TerminalScreen(
      { program: session.program, settings, theme, label, mac },
      {
        find: () => setOpen('find'),
        leave: () => (noticeAt.current?.querySelector<HTMLElement>('button, a') ?? leaveTo.current)?.focus(),
        listLinks: () => setOpen('links'),
        zoom: (by) => now.current.zoom(by),
        link: setHovered,
        open: (target) => now.current.openLink(target),
        resolve: async (paths) => (await agent.call('files.resolve', { session: session.id, paths })).files,
        pathOf: agent.pathOf,
        dropRefused: () => setProblem('drop'),
        askClipboard: (text) => setWish((before) => ({ text, n: (before?.n ?? 0) + 1 })),
        bell: () => setBell(true),
        focused: () => setBell(false),
        scrolledUp: setScrolledUp,
        search: setResults,
        settled: (settled) => now.current.onSettled?.(settled),
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

  useEffect(() => screen.current?.update({ settings, theme, label }), [settings, theme, label]);
  useEffect(() => screen.current?.show(visible), [visible]);
  useEffect(() => {
    if (visible && focused) screen.current?.focus();
  }, [visible, focused]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new connection to the agent attaches again.
  useEffect(() => {
    if (link === 'online') screen.current?.attach(agent, session);
  }, [agent, session.id, connection]);

  // Whoever is there has seen it; else it stays until somebody comes.
  useEffect(() => {
    if (!bell || !host.current?.contains(document.activeElement)) return;
    const timer = setTimeout(() => setBell(false), BELL_SHOWN);
    return () => clearTimeout(timer);
  }, [bell]);

  const close = (): void => {
    setOpen(null);
    screen.current?.endFind();
    screen.current?.focus();
  };
  return (
    <div className="terminal" data-theme-of-terminal={theme}>
      {open === 'find' && (
        <FindBar
          results={results}
          conversation={session.hasTranscript ? session.conversation : null}
          fullScreen={screen.current?.fullScreen ?? false}
          onFind={(text, direction) => screen.current?.find(text, direction) ?? false}
          onClose={close}
        />
      )}
      {open === 'links' && (
        <LinkList
          links={() => screen.current?.linksOnScreen() ?? Promise.resolve([])}
          onOpen={(target) => {
            close();
            openLink(target);
          }}
          onClose={close}
        />
      )}
      <div className="terminal-host" ref={host} data-state={state.kind} />
      <div className="terminal-notice" role="status" ref={noticeAt}>
        {notice}
      </div>
      <div className="terminal-float">
        {bell && (
          <span className="terminal-bell" role="status">
            <Icon name="info" size={14} />
            {words.t('terminal:bell')}
          </span>
        )}
        {scrolledUp && (
          <Button
            icon="down"
            onPress={() => {
              screen.current?.scrollToBottom();
              screen.current?.focus();
            }}
          >
            {words.t('terminal:toLatest')}
          </Button>
        )}
      </div>
      {wish && (
        <ClipboardNotice
          key={wish.n}
          session={sessionLabel(session)}
          text={wish.text}
          onAlways={() => set({ clipboardWrite: 'allow' })}
          onDone={() => {
            setWish(null);
            screen.current?.focus();
          }}
        />
      )}
      {problem && (
        <div className="session-notice">
          {problem === 'drop' ? (
            <Notice tone="attention" live action={<Dismiss onPress={() => setProblem(null)} />}>
              {words.t('terminal:dropRefused')}
            </Notice>
          ) : (
            <ErrorNotice error={problem} action={<Dismiss onPress={() => setProblem(null)} />} />
          )}
        </div>
      )}
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
        <button type="button" className="foot-button" ref={leaveTo} onClick={() => setOpen('find')}>
          {words.t('page:find')} <kbd>{mac ? '⌘F' : 'Ctrl+F'}</kbd>
        </button>
        <button type="button" className="foot-button" onClick={() => setOpen('links')}>
          {words.t('terminal:links')} <kbd>{mac ? '⇧⌘G' : 'Ctrl+Shift+G'}</kbd>
        </button>
        <span className={hovered ? 'terminal-hint terminal-address' : 'terminal-hint'} role="status">
          {hovered
            ? words.t(mac ? 'page:followLinkMac' : 'page:followLink', { address: linkText(hovered) })
            : words.t('page:leaveTerminal')}
        </span>
        {!hovered && <kbd>Ctrl+Shift+L</kbd>}
      </div>
      <Confirm
        title={words.t('terminal:linkTitle')}
        open={asked !== null}
        onClose={() => setAsked(null)}
        confirm={words.t('terminal:linkOpen')}
        onConfirm={() => asked !== null && openWeb(asked)}
        harmless
      >
        <span className="mono whole-address">
          {asked === null ? '' : linkText({ kind: 'url', address: asked, hidden: true })}
        </span>
      </Confirm>
    </div>
  );
}

function Dismiss({ onPress }: { onPress: () => void }): ReactNode {
  const words = useWords();
  return <Button onPress={onPress}>{words.t('page:close')}</Button>;
}
