import { type ReactNode, useEffect, useState } from 'react';
import { Cell, Column, ProgressBar, Row, Table, TableBody, TableHeader } from 'react-aria-components';
import type { RegionOffer } from '../../../../src/contract/bedrock.ts';
import type { Environment } from '../../../../src/contract/state.ts';
import type { Indicator } from '../../../../src/domain/overview.ts';
import { Button } from '../../components/button.tsx';
import { Choice } from '../../components/fields.tsx';
import { IndicatorSign } from '../../components/indicator.tsx';
import { useErrorText } from '../../components/notice.tsx';
import { useAgent, useWords, type Words } from '../../model/app-context.tsx';
import { geographyKeys } from '../../model/model-words.ts';
import { plainText } from '../../model/plain-text.ts';
import { CopyId } from './copy-id.tsx';
import type { ModelRow } from './model-rows.ts';

interface Question {
  environment: string;
  model: string;
  name: string;
}

/** Which regions offer a model and by which id, asked side by side on request; the region can be switched from here. */
export function RegionSurvey({
  environment,
  rows,
  initial,
  onSwitch,
  switching,
}: {
  environment: Environment;
  rows: readonly ModelRow[];
  /** The model that Claude Code uses for the conversation. */
  initial: ModelRow | null;
  onSwitch: ((region: string) => void) | null;
  /** The region that is being switched to. */
  switching: string | null;
}): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const [wish, setWish] = useState<string | null>(null);
  const [question, setQuestion] = useState<(Question & { round: number }) | null>(null);
  const [answer, setAnswer] = useState<{ regions: readonly RegionOffer[]; done: boolean } | null>(null);
  const [stopped, setStopped] = useState(false);
  useEffect(() => {
    if (question === null || stopped) return;
    return agent.watch(
      'regions.survey',
      { environment: question.environment, model: question.model },
      setAnswer,
    );
  }, [agent, question, stopped]);
  const row = rows.find((r) => r.key === wish) ?? initial ?? rows[0];
  const answered = (r: RegionOffer): boolean => r.state === 'live' || r.state === 'failed';
  // What was not asked before it was stopped is not shown.
  const regions = (answer?.regions ?? []).filter((r) => !stopped || answered(r)).sort(byUse(environment));
  const asked = regions.filter(answered).length;
  const running = question !== null && !stopped && answer?.done !== true;
  const offering = regions.filter((r) => r.id !== null).length;
  return (
    <section className="panel" aria-labelledby="regions">
      <div>
        <h2 id="regions">{words.t('models:page.compare')}</h2>
        <p className="quiet">{words.t('models:page.compareHint')}</p>
      </div>
      <div className="compare-form">
        <Choice
          label={words.t('models:page.compareModel')}
          value={row?.key ?? null}
          options={rows.map((r) => ({ id: r.key, label: r.name }))}
          onChange={setWish}
          isDisabled={rows.length === 0}
        />
        {running ? (
          <Button onPress={() => setStopped(true)}>{words.t('models:page.compareStop')}</Button>
        ) : (
          <Button
            isDisabled={row === undefined}
            onPress={() => {
              if (!row) return;
              setAnswer(null);
              setStopped(false);
              setQuestion({
                environment: environment.name,
                model: row.best.model ?? row.best.id,
                name: row.name,
                round: (question?.round ?? 0) + 1,
              });
            }}
          >
            {words.t(question === null ? 'models:page.compareStart' : 'models:page.compareAgain')}
          </Button>
        )}
        {question !== null && (
          <ProgressBar
            className="progress"
            aria-label={words.t('models:page.compare')}
            value={asked}
            maxValue={Math.max(1, regions.length)}
            valueLabel={words.t('models:page.compareProgress', { done: asked, total: regions.length })}
          >
            {({ percentage, valueText }) => (
              <>
                <span className="bar" aria-hidden="true">
                  <span style={{ inlineSize: `${percentage ?? 0}%` }} />
                </span>
                <span className="quiet small number">{valueText}</span>
              </>
            )}
          </ProgressBar>
        )}
      </div>
      <p className="unseen" role="status">
        {answer?.done && question
          ? words.t('models:page.compareDone', { count: offering, model: question.name })
          : ''}
      </p>
      {question !== null && regions.length > 0 && (
        <Table aria-label={words.t('models:page.compare')} className="table regions">
          <TableHeader>
            <Column isRowHeader>{words.t('models:page.regionColumn')}</Column>
            <Column>{question.name}</Column>
            <Column className="cell-number">{words.t('models:page.modelsThere')}</Column>
            <Column>
              <span className="unseen">{words.t('models:page.actions')}</span>
            </Column>
          </TableHeader>
          <TableBody>
            {regions.map((r) => (
              <Row key={r.region} id={r.region} textValue={r.region}>
                <Cell className="cell-region">
                  <span>{plainText(r.region, 40)}</span>
                  {r.geography && <span className="quiet small">{words.t(geographyKeys[r.geography])}</span>}
                </Cell>
                <Cell className="cell-model">
                  <There offer={r} />
                </Cell>
                <Cell className="cell-number cell-count number">{r.models ?? '–'}</Cell>
                <Cell className="cell-act">
                  {r.region === environment.region ? (
                    <span className="badge tone-ready">
                      <IndicatorSign of="ready" size={13} />
                      {words.t('models:page.regionCurrent')}
                    </span>
                  ) : (
                    r.id !== null &&
                    onSwitch && (
                      <Button
                        isPending={switching === r.region}
                        aria-label={words.t('models:page.useRegionNamed', {
                          environment: plainText(environment.name, 60),
                          region: r.region,
                        })}
                        onPress={() => onSwitch(r.region)}
                      >
                        {words.t('models:page.useRegion')}
                      </Button>
                    )
                  )}
                </Cell>
              </Row>
            ))}
          </TableBody>
        </Table>
      )}
    </section>
  );
}

/** The region in use first; else as the agent names them, so that no line moves while answers come. */
const byUse =
  ({ region }: Environment) =>
  (a: RegionOffer, b: RegionOffer): number =>
    Number(b.region === region) - Number(a.region === region);

function There({ offer }: { offer: RegionOffer }): ReactNode {
  const words = useWords();
  const errorText = useErrorText();
  if (offer.id !== null)
    return (
      <div className="model-words">
        <CopyId id={offer.id} />
      </div>
    );
  const [tone, word] = stateOf(offer, words);
  return (
    <div className="model-words">
      <span className="state-sign quiet">
        <IndicatorSign of={tone} size={15} />
        {word}
      </span>
      {offer.problem && <span className="quiet small">{errorText(offer.problem)}</span>}
    </div>
  );
}

function stateOf({ state }: RegionOffer, { t }: Words): [Indicator, string] {
  switch (state) {
    case 'waiting':
      return ['off', t('models:page.regionWaiting')];
    case 'asking':
      return ['busy', t('models:page.regionAsking')];
    case 'failed':
      return ['attention', t('models:page.regionFailed')];
    case 'live':
      return ['off', t('models:page.regionNotOffered')];
  }
}
