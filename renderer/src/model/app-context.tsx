import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from 'react';
import type { Settings } from '../../../src/contract/settings.ts';
import type { Snapshot } from '../../../src/contract/state.ts';
import { createTranslator, shownLanguage, type Translator } from '../../../src/locales/index.ts';
import type { PageAgent } from './agent.ts';
import type { AgentModel, AgentState } from './agent-model.ts';
import { recall, remember } from './first-paint.ts';

interface App {
  agent: PageAgent;
  model: AgentModel;
}

const AppContext = createContext<App | null>(null);
const WordsContext = createContext<Words | null>(null);

/** The translator, with times as the person writes them. */
export interface Words extends Translator {
  /** "14:32", with the date where it is not today, and the year where that could be another. */
  time(at: number): string;
}

function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('outside of AppProvider');
  return app;
}

export const useAgent = (): PageAgent => useApp().agent;

export function useAgentState(): AgentState {
  const { model } = useApp();
  return useSyncExternalStore(model.subscribe, model.getState);
}

/** Whether the agent is there, for what need not be drawn again with each snapshot. */
export function useLink(): Pick<AgentState, 'link' | 'connection'> {
  const { model } = useApp();
  return {
    link: useSyncExternalStore(model.subscribe, () => model.getState().link),
    connection: useSyncExternalStore(model.subscribe, () => model.getState().connection),
  };
}

/** The snapshot, in places that are drawn only once there is one. */
export function useSnapshot(): Snapshot {
  const { snapshot } = useAgentState();
  if (!snapshot) throw new Error('drawn before the first snapshot');
  return snapshot;
}

export function useWords(): Words {
  const words = useContext(WordsContext);
  if (!words) throw new Error('outside of WordsProvider');
  return words;
}

function makeWords(language: Settings['language']): Words {
  const shown = shownLanguage(language, navigator.language);
  const sameDay = new Intl.DateTimeFormat(shown, { hour: 'numeric', minute: '2-digit' });
  const otherDay = new Intl.DateTimeFormat(shown, {
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
  });
  const otherYear = new Intl.DateTimeFormat(shown, { dateStyle: 'medium', timeStyle: 'short' });
  return {
    ...createTranslator(shown),
    time: (at) => {
      const [then, now] = [new Date(at), new Date()];
      if (then.toDateString() === now.toDateString()) return sameDay.format(at);
      // Eleven months at most: December and January are told apart without the year.
      const isNear = Math.abs(at - now.getTime()) < 330 * 24 * 3_600_000;
      return (isNear ? otherDay : otherYear).format(at);
    },
  };
}

/** Gives agent, snapshots, words and theme to everything below. */
export function AppProvider({ agent, model, children }: App & { children: ReactNode }): ReactNode {
  const app = useMemo(() => ({ agent, model }), [agent, model]);
  const settings = useSyncExternalStore(model.subscribe, () => model.getState().snapshot?.settings);
  const theme = settings?.theme ?? recall().theme;
  const language = settings?.language ?? recall().language;
  const words = useMemo(() => makeWords(language), [language]);
  useEffect(() => {
    if (settings) remember({ theme, language });
    document.documentElement.lang = words.language;
  }, [settings, theme, language, words]);
  useTheme(theme);
  return (
    <AppContext.Provider value={app}>
      <WordsContext.Provider value={words}>{children}</WordsContext.Provider>
    </AppContext.Provider>
  );
}

/** Puts the theme on the document and follows the system while the setting says so. */
function useTheme(theme: Settings['theme']): void {
  useEffect(() => {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const apply = (): void => {
      const shown = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
      document.documentElement.dataset.theme = shown;
    };
    apply();
    dark.addEventListener('change', apply);
    return () => dark.removeEventListener('change', apply);
  }, [theme]);
}

/** The theme on show, for what is not drawn by CSS (the terminal). */
export function useShownTheme(): 'light' | 'dark' {
  return useSyncExternalStore(
    (listener) => {
      const observer = new MutationObserver(listener);
      observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
      return () => observer.disconnect();
    },
    () => (document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light'),
  );
}

/**
 * The agent's time (epoch ms), once a second while the page is visible. It is anchored at the last snapshot, so a
 * countdown cannot drift.
 */
export function useAgentNow(): number {
  const { clockOffset } = useAgentState();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tick = (): void => {
      clearTimeout(timer);
      if (document.hidden) return;
      setNow(Date.now());
      // On the agent's full seconds, so that the display never skips one.
      timer = setTimeout(tick, 1000 - ((Date.now() + clockOffset) % 1000) + 5);
    };
    tick();
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }, [clockOffset]);
  return now + clockOffset;
}
