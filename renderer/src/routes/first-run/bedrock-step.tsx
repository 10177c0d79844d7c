import { type ReactNode, useState } from 'react';
import type { Environment } from '../../../../src/contract/state.ts';
import { ModelChoice, RegionChoice } from '../../components/bedrock-choices.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct } from '../../model/ask.ts';
import { plainText } from '../../model/plain-text.ts';
import { decide, usePlan } from './plan.ts';
import { StepFrame } from './step-frame.tsx';

/** Step 4: Bedrock's region and the models; what is proposed works for most. */
export function BedrockStep({
  environment,
  onBack,
  onDone,
}: {
  environment: Environment;
  onBack: (() => void) | null;
  onDone: () => void;
}): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { environments, credentials } = useSnapshot();
  const plan = usePlan();
  const { run, pending, error } = useAct();
  const [region, setRegion] = useState(environment.region);
  const [model, setModel] = useState(environment.model);
  const [small, setSmall] = useState(environment.smallFastModel);
  const held = credentials.find((c) => c.profile === environment.profile);
  const subject =
    held?.roleName && held.accountId
      ? words.t('firstRun:bedrockFor', {
          role: plainText(held.roleName, 64),
          account: plainText(held.accountId, 20),
        })
      : words.t('firstRun:bedrockForProfile', { profile: plainText(environment.profile, 80) });
  const next = (): void => {
    void run(async () => {
      // All that were chosen together: they differ in account and role only.
      for (const name of plan.environments) {
        const e = environments.find((known) => known.name === name);
        if (!e || (e.name !== environment.name && !plan.made.includes(e.name))) continue;
        if (e.region === region && e.model === model && e.smallFastModel === small) continue;
        await agent.call('environments.update', { ...e, region, model, smallFastModel: small });
      }
      decide({ confirmed: true, checked: false });
      return true;
    }).then((done) => done && onDone());
  };
  const models = { environment: environment.name, region, ask: true, opens: 'onRequest' } as const;
  return (
    <StepFrame
      title={words.t('firstRun:bedrockTitle')}
      lead={words.t('firstRun:bedrockLead')}
      onNext={next}
      nextPending={pending}
      onBack={onBack}
    >
      <p className="fr-subject">{subject}</p>
      <RegionChoice
        label={words.t('page:bedrockRegion')}
        hint={words.t('page:bedrockRegionHint')}
        value={region}
        onCommit={setRegion}
        opens="onRequest"
      />
      <div className="form-pair">
        <ModelChoice {...models} label={words.t('firstRun:bedrockModel')} value={model} onCommit={setModel} />
        <ModelChoice {...models} label={words.t('firstRun:bedrockSmall')} value={small} onCommit={setSmall} />
      </div>
      <ErrorNotice error={error} />
    </StepFrame>
  );
}
