import type { ReactNode } from 'react';
import { type SessionView, sessionIsOpen } from '../../../../src/contract/state.ts';
import { capState, usdText } from '../../../../src/domain/cost/session-cost.ts';
import { saidNothing } from '../../../../src/domain/sessions/session-state.ts';
import { ActivityBadge } from '../../components/activity-sign.tsx';
import { Button } from '../../components/button.tsx';
import { ContextBar } from '../../components/context-bar.tsx';
import { IndicatorSign } from '../../components/indicator.tsx';
import { MenuButton } from '../../components/menu.tsx';
import { RenameField } from '../../components/rename-field.tsx';
import { useWords } from '../../model/app-context.tsx';
import { modelLabel } from '../../model/model-label.ts';
import { plainText, shortPath } from '../../model/plain-text.ts';
import { sessionLabel } from '../../model/session-words.ts';
import { useDesk } from './desk.tsx';
import { sessionEntries } from './session-entries.ts';

/** One line of a fixed height, whatever it says: what changes in it never moves the terminal. */
export function SessionHead({ session, compact }: { session: SessionView; compact: boolean }): ReactNode {
  const words = useWords();
  const desk = useDesk();
  const { id, meter } = session;
  const over = !sessionIsOpen(session);
  const renaming = desk.dialog?.kind === 'rename' && desk.dialog.id === id && desk.dialog.at === 'head';
  // Until there is a meter its model is among the facts: what comes beside it would push it away.
  const model = meter ? (meter.model ?? session.model) : null;
  const facts = [
    shortPath(session.cwd),
    plainText(session.environment ?? session.profile, 80),
    session.region,
    ...(model === null && session.model ? [modelLabel(session.model)] : []),
  ];
  return (
    <header className="session-head">
      {renaming ? (
        <RenameField
          label={words.t('sessions:nameOf', { session: sessionLabel(session) })}
          value={session.name}
          onDone={(name) => {
            desk.ask(null);
            if (name !== null) desk.rename(id, name);
            desk.go(id);
          }}
        />
      ) : (
        <h2 className="session-name" onDoubleClick={() => desk.ask({ kind: 'rename', id, at: 'head' })}>
          {sessionLabel(session)}
        </h2>
      )}
      <ActivityBadge session={session} />
      <p className="session-facts quiet small" title={facts.join(' · ')}>
        {facts.join(' · ')}
      </p>
      <div className={over ? 'session-meter over small' : 'session-meter small'}>
        <Cost session={session} />
        <ContextBar meter={meter} />
        {model && (
          <span className="session-model" title={plainText(model, 300)}>
            {modelLabel(model)}
          </span>
        )}
      </div>
      <div className="session-acts">
        {over && session.resumable && (
          <Button isPending={desk.pending} onPress={() => desk.resume([id])}>
            {words.t(session.hasTranscript ? 'page:resume' : 'sessions:openFresh')}
          </Button>
        )}
        {over && <Button onPress={() => desk.remove([id])}>{words.t('page:remove')}</Button>}
        {!over && !compact && (
          <Button look={['danger']} onPress={() => desk.ask({ kind: 'end', id })}>
            {words.t('page:endSession')}
          </Button>
        )}
        <MenuButton
          label={words.t('sessions:actsOf', { session: sessionLabel(session) })}
          entries={sessionEntries(session, desk, words, 'head')}
        />
      </div>
    </header>
  );
}

/** What the session has cost, and where it stands with its cap; opens the dialog about both. */
function Cost({ session }: { session: SessionView }): ReactNode {
  const words = useWords();
  const desk = useDesk();
  const { meter, cap } = session;
  if (session.program !== 'claude' || (!meter && !cap)) return null;
  const state = capState(session);
  const noted = state === 'warned' || state === 'reached' || state === 'unpriced';
  // Nothing was asked yet: nothing was spent.
  const cost = meter ? meter.costUsd : saidNothing(session) ? 0 : null;
  const said = cost === null ? words.t('sessions:costUnknownShort') : `≈ ${usdText(cost, words.language)}`;
  const title =
    state === 'reached'
      ? words.t(cap?.stop ? 'sessions:capReachedStop' : 'sessions:capReached')
      : state === 'warned'
        ? words.t('sessions:capNear')
        : state === 'unpriced'
          ? words.t('sessions:capUnpriced')
          : words.t('sessions:costExplained');
  return (
    <button
      type="button"
      className={`cost number${cap ? ' capped' : ''} tone-${state === 'reached' ? 'problem' : noted ? 'attention' : 'off'}`}
      title={title}
      onClick={() => desk.ask({ kind: 'cap', id: session.id })}
    >
      <span className="unseen">{words.t('sessions:cost')} </span>
      {said}
      {cap && (
        <span className="cost-cap">
          <span className="unseen"> {words.t('sessions:ofCap')} </span>
          <span aria-hidden="true"> / </span>
          {usdText(cap.usd, words.language)}
        </span>
      )}
      {noted && <IndicatorSign of={state === 'reached' ? 'problem' : 'attention'} size={13} />}
      {noted && <span className="unseen"> {title}</span>}
    </button>
  );
}
