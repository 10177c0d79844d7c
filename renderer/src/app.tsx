import { type ReactNode, useEffect, useRef, useState } from 'react';
import { overview } from '../../src/domain/overview.ts';
import { needsPerson } from '../../src/domain/sessions/session-attention.ts';
import { Button } from './components/button.tsx';
import { FailureBoundary } from './components/failure.tsx';
import { Icon, Mark } from './components/icons.tsx';
import { IndicatorSign } from './components/indicator.tsx';
import { useErrorText } from './components/notice.tsx';
import { useAgent, useAgentState, useWords } from './model/app-context.tsx';
import { plainText } from './model/plain-text.ts';
import { type Route, type RouteName, railNames, routeHref, useRoute } from './model/route.ts';
import { useFocusKept } from './model/use-focus-kept.ts';
import { useShortcuts } from './model/use-shortcuts.ts';
import { useNarrow, useTight } from './model/window-width.ts';
import { AccessView } from './routes/access/access-view.tsx';
import { DoctorView } from './routes/doctor/doctor-view.tsx';
import { FirstRunView } from './routes/first-run/first-run-view.tsx';
import { usePlan } from './routes/first-run/plan.ts';
import { firstRunWanted } from './routes/first-run/steps.ts';
import { HistoryView } from './routes/history/history-view.tsx';
import { ModelsView } from './routes/models/models-view.tsx';
import { OverviewView } from './routes/overview/overview-view.tsx';
import { Palette } from './routes/palette/palette.tsx';
import { PoliciesView } from './routes/policies/policies-view.tsx';
import { DeskProvider, useDesk } from './routes/sessions/desk.tsx';
import { SessionsView } from './routes/sessions/sessions-view.tsx';
import { SettingsView } from './routes/settings/settings-view.tsx';
import { PageSkeleton } from './routes/skeleton.tsx';
import { UsageView } from './routes/usage/usage-view.tsx';

const titles = {
  overview: 'page:navOverview',
  sessions: 'page:navSessions',
  history: 'page:navHistory',
  models: 'models:page.title',
  usage: 'usage:page.title',
  doctor: 'doctor:page.title',
  access: 'page:navAccess',
  settings: 'page:navSettings',
  policies: 'policies:page.title',
  setup: 'firstRun:title',
} as const;

/** The rail's view that another one belongs to. */
const railOf = (name: RouteName): RouteName =>
  name === 'setup' ? 'overview' : name === 'policies' ? 'access' : name;

export function App(): ReactNode {
  const route = useRoute();
  return (
    <DeskProvider route={route}>
      <Frame route={route} />
    </DeskProvider>
  );
}

function Frame({ route }: { route: Route }): ReactNode {
  const words = useWords();
  const desk = useDesk();
  const { snapshot } = useAgentState();
  const main = useRef<HTMLElement>(null);
  const plan = usePlan();
  const settingUp =
    route.name === 'setup' ||
    (route.name === 'overview' && snapshot !== null && firstRunWanted(snapshot, plan));
  const title = titles[settingUp ? 'setup' : route.name];
  useShortcuts(desk.act);
  useFocusKept(main);
  const narrow = useNarrow();
  const tight = useTight();
  const signsOnly = narrow || (tight && route.name === 'sessions');
  // Terminals stay as they are while another view is shown.
  const [sessionsVisited, setSessionsVisited] = useState(route.name === 'sessions');
  if (route.name === 'sessions' && !sessionsVisited) setSessionsVisited(true);

  useEffect(() => {
    document.title = `${words.t(title)} · Bedrock Tray`;
  }, [title, words]);

  // After going elsewhere, the keyboard goes on in the view; the first view takes no focus.
  const shown = useRef(route.name);
  useEffect(() => {
    if (shown.current === route.name) return;
    shown.current = route.name;
    // A view may have taken the focus itself (a terminal does).
    if (!main.current?.contains(document.activeElement)) main.current?.focus();
  }, [route.name]);

  return (
    <div className="shell" data-rail={signsOnly ? 'narrow' : undefined}>
      <button type="button" className="skip" onClick={() => main.current?.focus()}>
        {words.t('page:skipToMain')}
      </button>
      <Rail current={railOf(route.name)} signsOnly={signsOnly} />
      <main className="main" id="main" tabIndex={-1} ref={main} aria-label={words.t(title)}>
        <LinkBanner />
        {route.name !== 'overview' && <MfaBanner />}
        {snapshot === null ? (
          <PageSkeleton />
        ) : (
          <>
            <FailureBoundary of={route.name}>
              {settingUp && <FirstRunView />}
              {route.name === 'overview' && !settingUp && <OverviewView />}
              {route.name === 'history' && <HistoryView query={route.item ?? ''} />}
              {route.name === 'models' && <ModelsView item={route.item} />}
              {route.name === 'usage' && <UsageView />}
              {route.name === 'doctor' && <DoctorView item={route.item} />}
              {route.name === 'access' && <AccessView begin={route.item} />}
              {route.name === 'policies' && <PoliciesView key={route.item} item={route.item} />}
              {route.name === 'settings' && <SettingsView />}
            </FailureBoundary>
            <FailureBoundary of={route.item ?? ''} hidden={route.name !== 'sessions'}>
              {sessionsVisited && <SessionsView item={route.item} hidden={route.name !== 'sessions'} />}
            </FailureBoundary>
            <FailureBoundary hidden>
              <Palette />
            </FailureBoundary>
          </>
        )}
      </main>
    </div>
  );
}

function Rail({ current, signsOnly }: { current: RouteName; signsOnly: boolean }): ReactNode {
  const words = useWords();
  const { snapshot, clockOffset } = useAgentState();
  const open =
    snapshot?.sessions.filter((s) => ['waiting', 'starting', 'running'].includes(s.state)).length ?? 0;
  const waiting = snapshot?.sessions.filter(needsPerson).length ?? 0;
  const indicator = snapshot ? overview(snapshot, Date.now() + clockOffset).indicator : null;
  return (
    <nav className="rail" aria-label={words.t('page:navLabel')}>
      <div className="brand">
        <Mark />
        <span>Bedrock Tray</span>
      </div>
      <ul>
        {railNames.map((name) => (
          <li key={name}>
            <a
              href={routeHref(name)}
              aria-current={name === current ? 'page' : undefined}
              title={signsOnly ? words.t(titles[name]) : undefined}
            >
              <Icon name={name} />
              <span>{words.t(titles[name])}</span>
              {name === 'sessions' && waiting > 0 && (
                <span className="count number wants">
                  {waiting}
                  <span className="unseen"> {words.t('sessions:needYou', { count: waiting })}</span>
                </span>
              )}
              {name === 'sessions' && waiting === 0 && open > 0 && (
                <span className="count number">
                  {open}
                  <span className="unseen"> {words.t('page:sessionsOpen', { count: open })}</span>
                </span>
              )}
              {name === 'overview' && indicator !== null && indicator !== 'ready' && (
                <span className="rail-sign">
                  <IndicatorSign of={indicator} size={14} />
                </span>
              )}
            </a>
          </li>
        ))}
      </ul>
      <div className="rail-foot">
        {snapshot && (
          <>
            {snapshot.agent.demo && <p className="badge tone-attention">{words.t('page:demo')}</p>}
            <p className="number">{words.t('page:version', { version: snapshot.agent.version })}</p>
          </>
        )}
      </div>
    </nav>
  );
}

/** A code is asked for while another view is shown: the way to it. */
function MfaBanner(): ReactNode {
  const words = useWords();
  const { snapshot } = useAgentState();
  const mfa = snapshot?.mfa;
  if (!mfa) return null;
  return (
    <div className="link-banner" role="status">
      <IndicatorSign of="attention" size={18} />
      <span>{words.t('page:mfaFor', { profile: plainText(mfa.profile, 80) })}</span>
      <a className="button" href={routeHref('overview')}>
        {words.t('page:mfaEnter')}
      </a>
    </div>
  );
}

/**
 * Says calmly that the agent is away; the page stays as it was and connects again by itself where it can. The agent of
 * a demo mostly ended with the demo and does not come back.
 */
function LinkBanner(): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const errorText = useErrorText();
  const { link, problem, snapshot } = useAgentState();
  const [late, setLate] = useState(false);
  // A reconnection of a moment is nobody's concern.
  useEffect(() => {
    setLate(false);
    if (link === 'online') return;
    const timer = setTimeout(() => setLate(true), 700);
    return () => clearTimeout(timer);
  }, [link]);
  if (link === 'online' || !late) return <div role="status" />;
  if (snapshot?.agent.demo)
    return (
      <div className="link-banner" role="status">
        <IndicatorSign of="off" size={18} />
        <span>{words.t('page:demoEnded')}</span>
      </div>
    );
  // A browser's page is served by the agent itself: the next one serves another.
  const gone = agent.chooseFolder ? 'page:agentGone' : 'page:agentGoneForPage';
  const sentence =
    problem?.code === 'ProtocolMismatch'
      ? errorText(problem)
      : words.t(snapshot ? gone : 'page:agentConnecting');
  return (
    <div className="link-banner" role="status">
      <IndicatorSign of="busy" size={18} />
      <span>{sentence}</span>
      <Button onPress={() => agent.retryNow()}>{words.t('page:tryNow')}</Button>
    </div>
  );
}
