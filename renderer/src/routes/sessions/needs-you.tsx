import { type ReactNode, useEffect, useState } from 'react';
import type { SessionRequest, SessionView } from '../../../../src/contract/state.ts';
import { byAttention, needsPerson } from '../../../../src/domain/sessions/session-attention.ts';
import { ActivitySign, Age } from '../../components/activity-sign.tsx';
import { Button } from '../../components/button.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { activitySign, activityWords } from '../../model/activity-words.ts';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct } from '../../model/ask.ts';
import { folderLabel, plainLines, plainText } from '../../model/plain-text.ts';
import { sessionLabel } from '../../model/session-words.ts';
import { useDesk } from './desk.tsx';

/** A question that has just come up, or moved under the pointer, is not answered by a press meant for something else. */
const SETTLES = 700;

/** The sessions that wait for their person, those that wait longest first. `except`: what is in sight anyway. */
export function NeedsYou({ except = [] }: { except?: readonly string[] }): ReactNode {
  const desk = useDesk();
  return <Questions except={except} show={(id) => desk.go(id)} />;
}

/** The same; `show` takes the person to a session. */
export function Questions({
  except = [],
  show,
}: {
  except?: readonly string[];
  show: (id: string) => void;
}): ReactNode {
  const words = useWords();
  const { sessions } = useSnapshot();
  const waiting = byAttention(sessions).filter((s) => needsPerson(s) && !except.includes(s.id));
  if (waiting.length === 0) return null;
  return (
    <section className="needs" aria-labelledby="needs-you">
      <h2 id="needs-you" className="s-heading">
        {words.t('sessions:needYou', { count: waiting.length })}
      </h2>
      <ul className="needs-list">
        {waiting.map((s, n) => (
          <li key={s.id}>
            <Question session={s} place={n} show={() => show(s.id)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Question({
  session,
  place,
  show,
}: {
  session: SessionView;
  place: number;
  show: () => void;
}): ReactNode {
  const words = useWords();
  const { request } = session.activity;
  const label = sessionLabel(session);
  return (
    <article className="needs-card" aria-label={label}>
      <p className="needs-head">
        <ActivitySign of={activitySign(session)} size={15} />
        <strong>{label}</strong>
        <span className="quiet small needs-age">
          <Age session={session} />
        </span>
      </p>
      <p className="quiet small">{folderLabel(session.cwd)}</p>
      {request ? (
        <>
          <p className="needs-what small">{requestWords(request, words)}</p>
          {request.text !== '' && <pre className="needs-text">{plainLines(request.text)}</pre>}
        </>
      ) : (
        <p className="needs-what small">{activityWords(session, words)}</p>
      )}
      {request?.answerable && request.kind === 'permission' ? (
        <Answer key={request.id} session={session} request={request} place={place} show={show} />
      ) : (
        <div className="row-actions">
          <Button aria-label={words.t('sessions:answerInTerminalOf', { session: label })} onPress={show}>
            {words.t('sessions:answerInTerminal')}
          </Button>
        </div>
      )}
    </article>
  );
}

function requestWords(request: SessionRequest, words: ReturnType<typeof useWords>): string {
  if (request.kind === 'plan') return words.t('sessions:asksPlan');
  if (request.kind === 'question') return words.t('sessions:asksQuestion');
  return request.tool
    ? words.t('sessions:asksTool', { tool: plainText(request.tool, 60) })
    : words.t('sessions:asksPermission');
}

/** Allow and Deny for a question whose whole text stands above. Neither is chosen beforehand. */
function Answer({
  session,
  request,
  place,
  show,
}: {
  session: SessionView;
  request: SessionRequest;
  place: number;
  show: () => void;
}): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { run, pending, error } = useAct();
  const [settled, setSettled] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another place is another thing under the pointer.
  useEffect(() => {
    setSettled(false);
    const timer = setTimeout(() => setSettled(true), SETTLES);
    return () => clearTimeout(timer);
  }, [place]);
  const label = sessionLabel(session);
  const answer = (decision: 'allow' | 'deny'): void => {
    if (!settled) return;
    void run(() => agent.call('sessions.answer', { id: session.id, request: request.id, decision }));
  };
  return (
    <>
      <div className="row-actions needs-actions" data-settled={settled || undefined}>
        <Button
          isDisabled={pending}
          aria-label={words.t('sessions:denyOf', { session: label })}
          onPress={() => answer('deny')}
        >
          {words.t('sessions:deny')}
        </Button>
        <Button
          isDisabled={pending}
          aria-label={words.t('sessions:allowOf', { session: label })}
          onPress={() => answer('allow')}
        >
          {words.t('sessions:allow')}
        </Button>
        <Button look={['plain']} onPress={show}>
          {words.t('sessions:show')}
        </Button>
      </div>
      <ErrorNotice error={error} />
    </>
  );
}
