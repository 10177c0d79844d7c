import type { ReactNode } from 'react';
import type { IconState } from '../../../../src/domain/menu/menu-icon.ts';
import type { Overview } from '../../../../src/domain/overview.ts';
import { Button } from '../../components/button.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { SignInButton } from '../../components/sign-in-panel.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct } from '../../model/ask.ts';
import { folderName, plainText } from '../../model/plain-text.ts';
import { routeHref } from '../../model/route.ts';
import { isWebAddress } from '../../model/web-address.ts';
import { showInWindow } from './show-in-window.ts';

/** The next thing to do: one button, and what belongs to it. What needs more room is done in the window. */
export function PopoverAction({ view, icon }: { view: Overview; icon: IconState }): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { run, pending, error } = useAct();
  const { action } = view;
  const inWindow = (label: string, href: string): ReactNode => (
    <div className="tray-act">
      <Button look={['primary']} onPress={() => showInWindow(href)}>
        {label}
      </Button>
    </div>
  );
  switch (action.kind) {
    case 'signIn':
      return (
        <div className="tray-act">
          <SignInButton ssoSession={action.ssoSession} look={['primary']} />
        </div>
      );
    case 'cancelSignIn': {
      const { id, url, userCode } = action.signIn;
      return (
        <div className="tray-act">
          {userCode !== null && (
            <p className="tray-code">
              <span className="quiet small">{words.t('page:userCode')}</span>
              <span className="mono">{plainText(userCode, 20)}</span>
            </p>
          )}
          {isWebAddress(url) && (
            <a className="button primary" href={url} target="_blank" rel="noopener noreferrer">
              {words.t('tray:openSignInPage')}
            </a>
          )}
          <Button isPending={pending} onPress={() => void run(() => agent.call('signIn.cancel', { id }))}>
            {words.t('tray:cancelSignIn')}
          </Button>
          <ErrorNotice error={error} />
        </div>
      );
    }
    case 'addSsoSession':
      return inWindow(words.t('tray:addSsoSession'), routeHref('overview'));
    case 'chooseRole':
      return inWindow(words.t('tray:chooseRole'), routeHref('access', 'roles'));
    case 'answerMfa':
      return inWindow(
        words.t('tray:enterMfaCode', { profile: plainText(action.mfa.profile, 60) }),
        routeHref('overview'),
      );
    case 'retry':
      return (
        <div className="tray-act">
          <Button
            look={['primary']}
            isPending={pending}
            onPress={() =>
              void run<unknown>(() =>
                agent.call(view.state === 'configProblem' ? 'profiles.list' : 'models.list', {}),
              )
            }
          >
            {words.t('tray:retry')}
          </Button>
          <ErrorNotice error={error} />
        </div>
      );
    case 'openClaude':
      return (
        <>
          {icon === 'ending' && inWindow(words.t('tray:renewSignIn'), routeHref('overview'))}
          <OpenClaude calm={icon === 'ending' || icon === 'needs-you'} />
        </>
      );
    case 'wait':
      return null;
  }
}

/** Opens Claude Code where it was opened last. `calm`: something else is the next thing to do. */
function OpenClaude({ calm }: { calm: boolean }): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { recentFolders, settings } = useSnapshot();
  const { run, pending, error } = useAct();
  const last = recentFolders[0];
  const choose = (): void => showInWindow(routeHref('sessions', 'new'));
  const open = (cwd: string): void =>
    void run(async () => {
      const { id } = await agent.call('sessions.open', { cwd });
      if (settings.sessions.showIn === 'terminal') await agent.call('sessions.showInTerminal', { id });
      else showInWindow(routeHref('sessions', id));
    });
  return (
    <div className="tray-act">
      <Button
        look={calm ? [] : ['primary']}
        isPending={pending}
        onPress={() => (last === undefined ? choose() : open(last))}
      >
        {last === undefined
          ? words.t('tray:openClaude')
          : words.t('tray:openClaudeIn', { folder: folderName(last) })}
      </Button>
      {last !== undefined && (
        <Button look={['plain']} icon="folder" onPress={choose}>
          {words.t('page:otherFolder')}
        </Button>
      )}
      <ErrorNotice error={error} />
    </div>
  );
}
