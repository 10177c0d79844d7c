import type { ReactNode } from 'react';
import { overview } from '../../../../src/domain/overview.ts';
import { ErrorNotice, Notice } from '../../components/notice.tsx';
import { useAgentNow, useSnapshot, useWords } from '../../model/app-context.tsx';
import { plainText } from '../../model/plain-text.ts';
import { Details } from './details.tsx';
import { Folders } from './folders.tsx';
import { Hero } from './hero.tsx';
import { SignInButton } from './sign-in-panel.tsx';

/** How things stand, the one thing to do now, and where to open Claude Code. */
export function OverviewView(): ReactNode {
  const words = useWords();
  const snapshot = useSnapshot();
  const now = useAgentNow();
  const view = overview(snapshot, now);
  // Another environment's session waits for another SSO session.
  const elsewhere =
    snapshot.prompt && snapshot.prompt.ssoSession !== view.ssoSession?.id ? snapshot.prompt : null;
  return (
    <div className="main-scroll">
      <div className="page">
        <Hero view={view} now={now} />
        {view.problems.map((problem) => (
          <ErrorNotice
            key={problem.code}
            error={problem}
            tone={view.usable && view.state !== 'expired' ? 'attention' : 'problem'}
          />
        ))}
        {elsewhere && (
          <Notice tone="attention" live action={<SignInButton ssoSession={elsewhere.ssoSession} look={[]} />}>
            {words.t('page:promptElsewhere', { ssoSession: plainText(elsewhere.ssoSession) })}
          </Notice>
        )}
        {view.ssoSession && <Details view={view} />}
        {view.environment && <Folders usable={view.usable} />}
      </div>
    </div>
  );
}
