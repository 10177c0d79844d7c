import { type ReactNode, useRef, useState } from 'react';
import type { Environment } from '../../../../src/contract/state.ts';
import type { Budget } from '../../../../src/contract/usage.ts';
import { Button } from '../../components/button.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { IndicatorSign } from '../../components/indicator.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct } from '../../model/ask.ts';
import { geographyKeys, usd } from '../../model/model-words.ts';
import { plainText } from '../../model/plain-text.ts';
import { EnvironmentModelsForm } from './environment-form.tsx';

const budgetKeys = {
  day: 'models:page.budgetEachDay',
  week: 'models:page.budgetEachWeek',
  month: 'models:page.budgetEachMonth',
} as const satisfies Record<Budget['period'], string>;

/** The environments there are and which one is active. */
export function Environments(): ReactNode {
  const words = useWords();
  const snapshot = useSnapshot();
  if (snapshot.environments.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="environments">
      <div>
        <h2 id="environments">{words.t('page:environments')}</h2>
        <p className="quiet">{words.t('page:environmentsExplained')}</p>
      </div>
      <ul className="rows">
        {snapshot.environments.map((e) => (
          <EnvironmentRow key={e.name} environment={e} active={e.name === snapshot.activeEnvironment} />
        ))}
      </ul>
    </section>
  );
}

function EnvironmentRow({ environment, active }: { environment: Environment; active: boolean }): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { run, pending, error } = useAct();
  const [asking, setAsking] = useState(false);
  const [editing, setEditing] = useState(false);
  const row = useRef<HTMLLIElement>(null);
  const { geography, budget } = environment;
  const name = plainText(environment.name);
  return (
    <li ref={row}>
      <div className="row">
        <div className="row-main">
          <p>
            <strong>{name}</strong>{' '}
            {active && (
              <span className="badge tone-ready">
                <IndicatorSign of="ready" size={13} />
                {words.t('page:active')}
              </span>
            )}
          </p>
          <p className="quiet small">
            {[
              environment.profile,
              environment.region,
              environment.model ?? words.t('page:modelDefault'),
              ...(geography === null ? [] : [words.t(geographyKeys[geography])]),
              ...(budget === null
                ? []
                : [words.t(budgetKeys[budget.period], { usd: usd(budget.usd, words) })]),
            ]
              .map((v) => plainText(v))
              .join(' · ')}
          </p>
        </div>
        <div className="row-actions">
          <Button
            look={['plain']}
            aria-label={words.t('models:page.editNamed', { environment: name })}
            aria-expanded={editing}
            onPress={() => setEditing(!editing)}
          >
            {words.t('models:page.edit')}
          </Button>
          {!active && (
            <Button
              isPending={pending}
              aria-label={words.t('page:useEnvironment', { environment: name })}
              onPress={() => void run(() => agent.call('environments.use', { name: environment.name }))}
            >
              {words.t('page:use')}
            </Button>
          )}
          <Button
            look={['plain', 'danger']}
            aria-label={words.t('page:deleteEnvironment', { environment: name })}
            onPress={() => setAsking(true)}
          >
            {words.t('page:delete')}
          </Button>
        </div>
      </div>
      {editing && (
        <EnvironmentModelsForm
          environment={environment}
          onClose={() => {
            setEditing(false);
            // Back to the button that opened it.
            row.current?.querySelector<HTMLElement>('[aria-expanded]')?.focus();
          }}
        />
      )}
      <ErrorNotice error={error} />
      <Confirm
        title={words.t('page:deleteEnvironment', { environment: name })}
        open={asking}
        onClose={() => setAsking(false)}
        confirm={words.t('page:delete')}
        onConfirm={() => void run(() => agent.call('environments.delete', { name: environment.name }))}
      >
        {words.t('page:deleteEnvironmentExplained')}
      </Confirm>
    </li>
  );
}
