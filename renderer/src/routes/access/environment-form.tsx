import { type FormEvent, type ReactNode, useState } from 'react';
import { Form } from 'react-aria-components';
import type { Environment } from '../../../../src/contract/state.ts';
import { type Budget, Budget as BudgetSchema } from '../../../../src/contract/usage.ts';
import { ModelChoice } from '../../components/bedrock-choices.tsx';
import { Button } from '../../components/button.tsx';
import { Choice, TextInput, Toggle } from '../../components/fields.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useAgent, useWords } from '../../model/app-context.tsx';
import { useAct, useAsk } from '../../model/ask.ts';
import { capOf } from '../../model/meter-words.ts';
import { choose, chosenFor, type Slot, slots } from '../../model/model-slots.ts';
import { slotKeys } from '../../model/model-words.ts';
import { GeographyChoice } from '../models/geography-choice.tsx';
import { ResolvedModels } from '../models/resolved-models.tsx';
import { useSsoSessionOf } from '../models/use-offer.ts';

const periodKeys = {
  day: 'models:page.budgetDay',
  week: 'models:page.budgetWeek',
  month: 'models:page.budgetMonth',
} as const satisfies Record<Budget['period'], string>;

const familyOfSlot = {
  model: null,
  smallFastModel: 'haiku',
  opus: 'opus',
  sonnet: 'sonnet',
  fable: 'fable',
} as const satisfies Record<Slot, unknown>;

/** Models, data residency and budget of an environment; what Claude Code would make of them is shown while one chooses. */
export function EnvironmentModelsForm({
  environment,
  onClose,
}: {
  environment: Environment;
  onClose: () => void;
}): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { run, pending, error } = useAct();
  const [draft, setDraft] = useState(environment);
  const { model, smallFastModel, pins, geography, region, name } = draft;
  const [typed, setTyped] = useState(draft.budget ? String(draft.budget.usd) : '');
  const [period, setPeriod] = useState<Budget['period']>(draft.budget?.period ?? 'month');
  const [refuse, setRefuse] = useState(draft.budget?.refuse ?? false);
  const [wrong, setWrong] = useState<string | null>(null);
  const state = useSsoSessionOf(environment)?.state ?? null;
  const resolved = useAsk('models.resolve', {
    environment: name,
    region,
    model,
    smallFastModel,
    pins,
    geography,
  });
  const save = (event: FormEvent): void => {
    event.preventDefault();
    const usd = typed.trim() === '' ? null : capOf(typed);
    if (typed.trim() !== '' && usd === null) {
      setWrong(words.t('models:page.budgetWrong'));
      return;
    }
    const budget = usd === null ? null : { usd, period, refuse };
    void run(() => agent.call('environments.update', { ...draft, budget })).then((done) => {
      if (done) onClose();
    });
  };
  return (
    <Form className="form environment-form" onSubmit={save}>
      <fieldset>
        <legend>{words.t('models:page.title')}</legend>
        <div className="form-pair">
          {slots.map((slot) => (
            <ModelChoice
              key={slot}
              label={words.t(slotKeys[slot])}
              environment={name}
              region={region}
              ask={state !== null && ['valid', 'refreshing', 'degraded'].includes(state)}
              geography={geography}
              family={familyOfSlot[slot]}
              value={chosenFor(draft, slot)}
              onCommit={(id) => setDraft(choose(draft, slot, id))}
              opens="onRequest"
            />
          ))}
          <GeographyChoice value={geography} onChange={(to) => setDraft({ ...draft, geography: to })} />
        </div>
      </fieldset>
      <div className="environment-preview">
        <h4>{words.t('models:page.resolved')}</h4>
        {resolved.error ? (
          <ErrorNotice error={resolved.error} tone="attention" />
        ) : (
          <ResolvedModels
            label={words.t('models:page.resolved')}
            resolved={resolved.data?.resolved ?? null}
            chosen={draft}
            onClear={null}
          />
        )}
      </div>
      <fieldset>
        <legend>{words.t('models:page.budget')}</legend>
        <div className="form-pair">
          <TextInput
            label={words.t('models:page.budgetUsd')}
            hint={words.t('models:page.budgetHint')}
            error={wrong}
            inputMode="decimal"
            value={typed}
            onChange={(text) => {
              setTyped(text);
              setWrong(null);
            }}
            maxLength={12}
          />
          <Choice
            label={words.t('models:page.budgetPeriod')}
            value={period}
            options={BudgetSchema.shape.period.options.map((id) => ({ id, label: words.t(periodKeys[id]) }))}
            onChange={(id) => setPeriod(BudgetSchema.shape.period.options.find((p) => p === id) ?? 'month')}
            isDisabled={typed.trim() === ''}
          />
        </div>
        <Toggle
          label={words.t('models:page.budgetRefuse')}
          hint={words.t('models:page.budgetRefuseHint')}
          isSelected={refuse}
          onChange={setRefuse}
          isDisabled={typed.trim() === ''}
        />
      </fieldset>
      <ErrorNotice error={error} />
      <div className="form-buttons">
        <Button type="submit" look={['primary']} isPending={pending}>
          {words.t('models:page.save')}
        </Button>
        <Button onPress={onClose}>{words.t('page:cancel')}</Button>
      </div>
    </Form>
  );
}
