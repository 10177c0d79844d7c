import type { ReactNode } from 'react';
import { overview } from '../../../../src/domain/overview.ts';
import { ErrorNotice, Notice } from '../../components/notice.tsx';
import { SignInButton } from '../../components/sign-in-panel.tsx';
import { useAgentNow, useSnapshot, useWords } from '../../model/app-context.tsx';
import { plainText } from '../../model/plain-text.ts';
import { NeedsYou } from '../sessions/needs-you.tsx';
import { Circumstances } from './circumstances.tsx';
import { Details } from './details.tsx';
import { Folders } from './folders.tsx';
import { Hero } from './hero.tsx';
import { MfaForm } from './mfa-form.tsx';
import { Snooze } from './snooze.tsx';

/** How things stand, the one thing to do now, and where to open Claude Code. */
export function OverviewView(): ReactNode {
  const words = useWords();
  const snapshot = useSnapshot();
  const now = useAgentNow();
  const view = overview(snapshot, now);
  // Another environment's session waits for another SSO session.
  const elsewhere =
    snapshot.prompt && snapshot.prompt.ssoSession !== view.ssoSession?.id ? snapshot.prompt : null;
  const otherMfa = view.action.kind === 'answerMfa' ? null : snapshot.mfa;
  return (
    <div className="main-scroll">
      <div className="page">
        <Hero view={view} now={now} />
        {otherMfa && (
          <section className="panel" aria-labelledby="mfa">
            <div role="status">
              <h2 id="mfa">{words.t('page:mfaFor', { profile: plainText(otherMfa.profile) })}</h2>
            </div>
            <MfaForm mfa={otherMfa} />
          </section>
        )}
        <NeedsYou />
        <Circumstances now={now} />
        {view.problems.map((problem) => (
          <ErrorNotice
            key={problem.code}
            error={problem}
            tone={view.usable && view.state !== 'expired' ? 'attention' : 'problem'}
          />
        ))}
        {elsewhere && (
          <Notice
            tone="attention"
            live
            action={
              <>
                <SignInButton ssoSession={elsewhere.ssoSession} look={[]} />
                <Snooze prompt={elsewhere} />
              </>
            }
          >
            {words.t('page:promptElsewhere', { ssoSession: plainText(elsewhere.ssoSession) })}
          </Notice>
        )}
        {(view.ssoSession || view.credentials) && <Details view={view} />}
        {view.environment && <Folders usable={view.usable} />}
      </div>
    </div>
  );
}
