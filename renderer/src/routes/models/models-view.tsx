import { type ReactNode, useCallback, useMemo, useState } from 'react';
import type { Key } from 'react-aria-components';
import type { ResolvedModel } from '../../../../src/contract/bedrock.ts';
import type { Environment } from '../../../../src/contract/state.ts';
import { modelFamily } from '../../../../src/domain/bedrock/model-family.ts';
import { environmentInRegion } from '../../../../src/domain/menu/environment-region.ts';
import { RegionChoice } from '../../components/bedrock-choices.tsx';
import { Button } from '../../components/button.tsx';
import { EnvironmentChoice } from '../../components/environment-choice.tsx';
import { NoEnvironment } from '../../components/no-environment.tsx';
import { ErrorNotice, Notice } from '../../components/notice.tsx';
import { useAgent, useLink, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct, useAsk } from '../../model/ask.ts';
import { useCoarseNow } from '../../model/coarse-clock.ts';
import { choose, type Slot } from '../../model/model-slots.ts';
import { ageWords } from '../../model/model-words.ts';
import { plainText } from '../../model/plain-text.ts';
import { GeographyChoice } from './geography-choice.tsx';
import { LegacyIds } from './legacy-ids.tsx';
import { modelRows, plainId } from './model-rows.ts';
import { OfferPanel } from './offer-panel.tsx';
import { RegionSurvey } from './region-survey.tsx';
import { ResolvedModels } from './resolved-models.tsx';
import { useOffer } from './use-offer.ts';

/** What Bedrock offers, what Claude Code makes of it, and what is chosen of it. `item` names an environment. */
export function ModelsView({ item }: { item: string | null }): ReactNode {
  const words = useWords();
  const { environments, activeEnvironment } = useSnapshot();
  const [wish, setWish] = useState<string | null>(item);
  const [given, setGiven] = useState(item);
  if (item !== given) {
    setGiven(item);
    setWish(item);
  }
  const found =
    environments.find((e) => e.name === wish) ??
    environments.find((e) => e.name === activeEnvironment) ??
    environments[0];
  // A snapshot that changes nothing in it need not draw the tables again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: by its content.
  const environment = useMemo(() => found, [JSON.stringify(found)]);
  return (
    <div className="main-scroll">
      <div className="page wide models-page">
        {environment ? (
          // Another environment begins anew: its own region, nothing opened.
          <OfEnvironment key={environment.name} environment={environment} onEnvironment={setWish} />
        ) : (
          <>
            <div className="page-head">
              <h1>{words.t('models:page.title')}</h1>
            </div>
            <NoEnvironment />
          </>
        )}
      </div>
    </div>
  );
}

const NOTHING: readonly ResolvedModel[] = [];

/** How old Bedrock's answer is. */
function Age({ askedAt }: { askedAt: number | null }): ReactNode {
  const words = useWords();
  const now = useCoarseNow();
  if (askedAt === null) return null;
  const age = ageWords(now - askedAt, words);
  return (
    <span className="quiet small number">
      {age === null ? words.t('models:page.askedNow') : words.t('models:page.asked', { age })}
    </span>
  );
}

function OfEnvironment({
  environment,
  onEnvironment,
}: {
  environment: Environment;
  onEnvironment: (name: string) => void;
}): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { link } = useLink();
  const [looked, setLooked] = useState<string | null>(null);
  const region = looked ?? environment.region;
  const elsewhere = region !== environment.region;
  const offer = useOffer(environment, region);
  const { model, smallFastModel, pins, geography } = environment;
  const resolved = useAsk(
    'models.resolve',
    { environment: environment.name, region, model, smallFastModel, pins, geography },
    offer.data?.askedAt ?? 0,
  );
  const changing = useAct();
  const [switching, setSwitching] = useState<string | null>(null);
  const [expanded, setExpanded] = useState<Set<Key>>(new Set());
  const models = offer.data?.models;
  const rows = useMemo(() => modelRows(models ?? []), [models]);
  const name = plainText(environment.name, 60);
  const offline = link !== 'online';

  const { run } = changing;
  const update = useCallback(
    (next: Environment): void => void run(() => agent.call('environments.update', next)),
    [agent, run],
  );
  const onChoose = useCallback(
    (slot: Slot, id: string | null): void => update(choose(environment, slot, id)),
    [environment, update],
  );
  /** What is chosen goes along: to the ids of the same models there. */
  const switchTo = (to: string): void => {
    setSwitching(to);
    void changing
      .run(async () => {
        const there = await agent.call('models.list', { environment: environment.name, region: to });
        return agent.call('environments.update', environmentInRegion(environment, to, there.models));
      })
      .then((done) => {
        setSwitching(null);
        if (done) setLooked(null);
      });
  };

  const uses = resolved.data?.resolved ?? NOTHING;
  const primary = uses.find((r) => r.use === 'primary');
  const primaryId = plainId(primary?.id ?? '');
  const primaryRow =
    rows.find((row) => row.ids.some((v) => v.id === primaryId)) ??
    rows.find((row) => row.name === modelFamily(primaryId)) ??
    null;
  return (
    <>
      <div className="page-head">
        <h1>{words.t('models:page.title')}</h1>
        <div className="row-actions asked">
          <Age askedAt={offer.data?.askedAt ?? null} />
          <Button isPending={offer.refreshing.pending} isDisabled={offline} onPress={offer.refresh}>
            {words.t('models:page.refresh')}
          </Button>
        </div>
      </div>
      <ErrorNotice error={offer.refreshing.error ?? changing.error} />
      <LegacyIds
        environment={environment}
        models={elsewhere ? null : (offer.data?.models ?? null)}
        onUpdate={offline ? null : update}
      />
      <section className="panel" aria-label={words.t('models:page.scope')}>
        <div className="form-pair">
          <EnvironmentChoice value={environment.name} onChange={onEnvironment} />
          <RegionChoice
            label={words.t('models:page.region')}
            value={region}
            onCommit={(r) => setLooked(r === environment.region ? null : r)}
          />
          <GeographyChoice
            value={geography}
            onChange={(to) => update({ ...environment, geography: to })}
            isDisabled={offline || changing.pending}
          />
        </div>
        {elsewhere && (
          <Notice
            tone="attention"
            action={
              <div className="row-actions">
                <Button
                  isPending={switching === region}
                  isDisabled={offline}
                  onPress={() => switchTo(region)}
                >
                  {words.t('models:page.switchRegion', { environment: name, region })}
                </Button>
                <Button look={['plain']} onPress={() => setLooked(null)}>
                  {words.t('models:page.backToRegion', { region: environment.region })}
                </Button>
              </div>
            }
          >
            {words.t('models:page.elsewhere', { region, environment: name, own: environment.region })}
          </Notice>
        )}
      </section>
      <section className="panel" aria-labelledby="resolved">
        <div>
          <h2 id="resolved">{words.t('models:page.resolved')}</h2>
          <p className="quiet">{words.t('models:page.resolvedHint', { environment: name, region })}</p>
        </div>
        {resolved.error ? (
          <ErrorNotice
            error={resolved.error}
            action={<Button onPress={resolved.again}>{words.t('page:tryAgain')}</Button>}
          />
        ) : (
          <ResolvedModels
            label={words.t('models:page.resolved')}
            resolved={resolved.data?.resolved ?? null}
            chosen={environment}
            onClear={elsewhere || offline ? null : (slot) => onChoose(slot, null)}
          />
        )}
      </section>
      {offer.error && offer.data === null ? (
        <ErrorNotice
          error={offer.error}
          action={<Button onPress={offer.again}>{words.t('page:tryAgain')}</Button>}
        />
      ) : (
        <OfferPanel
          environment={environment}
          region={region}
          offer={offer}
          rows={rows}
          resolved={uses}
          onChoose={elsewhere || offline ? null : onChoose}
          expanded={expanded}
          onExpanded={setExpanded}
        />
      )}
      <RegionSurvey
        environment={environment}
        rows={rows}
        initial={primaryRow}
        onSwitch={offline ? null : switchTo}
        switching={switching}
      />
    </>
  );
}
