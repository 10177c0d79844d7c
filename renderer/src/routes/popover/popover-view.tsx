import { type ReactNode, useLayoutEffect, useRef } from 'react';
import { sessionIsOpen } from '../../../../src/contract/state.ts';
import { iconOf } from '../../../../src/domain/menu/menu-icon.ts';
import { circumstanceWords } from '../../../../src/domain/menu/menu-sign-in.ts';
import { identityOf, modelName, stateLine } from '../../../../src/domain/menu/menu-state.ts';
import { inWords, type Message } from '../../../../src/domain/menu/menu-words.ts';
import { type Overview, overview } from '../../../../src/domain/overview.ts';
import { byAttention, needsPerson } from '../../../../src/domain/sessions/session-attention.ts';
import { ActivityBadge } from '../../components/activity-sign.tsx';
import { Button } from '../../components/button.tsx';
import { IndicatorSign } from '../../components/indicator.tsx';
import { useAgent, useAgentNow, useAgentState, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAsk } from '../../model/ask.ts';
import { plainText } from '../../model/plain-text.ts';
import { routeHref } from '../../model/route.ts';
import { sessionLabel } from '../../model/session-words.ts';
import { Questions } from '../sessions/needs-you.tsx';
import { PopoverAction } from './popover-action.tsx';
import { showInWindow } from './show-in-window.ts';
import './popover.css';

/** Open sessions listed at most, beside those that ask. */
const SESSIONS = 4;

/** The small window at the tray icon: how things stand, who waits, and the next thing to do. */
export function PopoverView(): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { snapshot, link } = useAgentState();
  const main = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    document.documentElement.classList.add('is-popover');
    const asHighAsSaid = (): void => window.resizeTo(outerWidth, main.current?.offsetHeight ?? 0);
    const observer = new ResizeObserver(asHighAsSaid);
    if (main.current) observer.observe(main.current);
    return () => observer.disconnect();
  }, []);
  return (
    <main className="tray-popover" aria-label="Bedrock Tray" ref={main}>
      {snapshot !== null && link === 'online' ? (
        <Facts />
      ) : (
        <>
          <header className="tray-head">
            <IndicatorSign of={link === 'offline' ? 'off' : 'busy'} size={28} />
            <h1>{words.t(link === 'offline' ? 'tray:stateAgentGone' : 'tray:stateStarting')}</h1>
          </header>
          {link === 'offline' && (
            <div className="tray-act">
              <Button look={['primary']} onPress={() => agent.retryNow()}>
                {words.t('tray:startAgent')}
              </Button>
            </div>
          )}
        </>
      )}
      <footer className="tray-foot">
        <Button look={['plain']} onPress={() => showInWindow(routeHref('overview'))}>
          {words.t('tray:openWindow')}
        </Button>
        <Button look={['plain']} icon="settings" onPress={() => showInWindow(routeHref('settings'))}>
          {words.t('tray:settings')}
        </Button>
      </footer>
    </main>
  );
}

function Facts(): ReactNode {
  const words = useWords();
  const snapshot = useSnapshot();
  const now = useAgentNow();
  const view = overview(snapshot, now);
  const icon = iconOf(snapshot, view, now);
  const accounts = useAccounts(view);
  const models = useAsk('models.list', view.usable && view.environment?.model ? {} : null);
  const said = (message: Message): string => inWords(message, words.t);
  const identity = identityOf(view.credentials, accounts);
  const { environment } = view;
  const others = byAttention(snapshot.sessions.filter((s) => sessionIsOpen(s) && !needsPerson(s)));
  return (
    <>
      <header className="tray-head">
        <IndicatorSign
          of={icon === 'offline' || icon === 'ending' ? 'attention' : view.indicator}
          size={28}
        />
        <div className="tray-facts">
          <div role="status">
            <h1>{said(stateLine(snapshot, view, icon, now))}</h1>
          </div>
          {identity && <p>{said(identity)}</p>}
          {environment && (
            <p className="quiet small">
              {[
                plainText(environment.name, 40),
                environment.region,
                said(modelName(environment.model, models.data?.models ?? null)),
              ].join(' · ')}
            </p>
          )}
        </div>
      </header>
      {circumstanceWords(snapshot, now, icon === 'offline').map((line) => (
        <p key={said(line)} className="tray-line small">
          {said(line)}
        </p>
      ))}
      <Questions show={(id) => showInWindow(routeHref('sessions', id))} />
      <PopoverAction view={view} icon={icon} />
      {others.length > 0 && (
        <section aria-labelledby="tray-sessions">
          <h2 id="tray-sessions" className="unseen">
            {words.t('page:openSessions')}
          </h2>
          <ul className="tray-sessions">
            {others.slice(0, SESSIONS).map((s) => (
              <li key={s.id}>
                <Button look={['plain']} onPress={() => showInWindow(routeHref('sessions', s.id))}>
                  <span className="tray-session">{sessionLabel(s)}</span>
                  <ActivityBadge session={s} plain />
                </Button>
              </li>
            ))}
          </ul>
          {others.length > SESSIONS && (
            <Button look={['plain']} onPress={() => showInWindow(routeHref('sessions'))}>
              {words.t('tray:allSessions')}
            </Button>
          )}
        </section>
      )}
    </>
  );
}

/** How the accounts of the SSO session in use are called; null until AWS has told it. */
function useAccounts({ ssoSession, usable }: Overview): { accountId: string; name: string }[] | null {
  const asks = usable && ssoSession?.kind === 'sso-session';
  return useAsk('accounts.list', asks ? { ssoSession: ssoSession.id } : null).data?.accounts ?? null;
}
