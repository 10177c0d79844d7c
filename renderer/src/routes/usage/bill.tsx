import { type ReactNode, useState } from 'react';
import type { ErrorView } from '../../../../src/contract/errors.ts';
import type { ProcedureOutput } from '../../../../src/contract/procedures.ts';
import { costRequestUsd } from '../../../../src/contract/usage.ts';
import { Button } from '../../components/button.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { EnvironmentChoice } from '../../components/environment-choice.tsx';
import { ErrorNotice, Notice, useErrorText } from '../../components/notice.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct } from '../../model/ask.ts';
import { plainText } from '../../model/plain-text.ts';
import type { DayRange } from '../../model/usage-range.ts';
import type { UsageWords } from '../../model/usage-words.ts';
import { isDenied } from './denied.ts';

interface Answer {
  environment: string;
  range: DayRange;
  bill: ProcedureOutput<'costs.get'>;
}
/** The answer that was paid for stays for this page's life: going elsewhere and back costs nothing. */
let paid: Answer | null = null;

/** The account's bill by Cost Explorer, asked for and paid one request at a time, beside what the transcripts say. */
export function Bill({ range, say }: { range: DayRange; say: UsageWords }): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { environments, activeEnvironment } = useSnapshot();
  const { run, pending, error } = useAct();
  const [answer, setAnswer] = useState(paid);
  const [asking, setAsking] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const environment = chosen ?? activeEnvironment ?? environments[0]?.name ?? null;
  if (environment === null) return null;
  const shown = say.range(range);
  const ask = (): void =>
    void run(() => agent.call('costs.get', { environment, ...range, agreed: true })).then((bill) => {
      if (!bill) return;
      paid = { environment, range, bill };
      setAnswer(paid);
    });
  return (
    <section className="panel" aria-labelledby="usage-bill">
      <div>
        <h2 id="usage-bill">{words.t('usage:page.bill')}</h2>
        <p className="quiet small">
          {words.t('usage:page.billExplained', { usd: say.money(costRequestUsd) })}
        </p>
      </div>
      <div className="usage-ask">
        {environments.length > 1 && <EnvironmentChoice value={environment} onChange={setChosen} />}
        <Button isPending={pending} onPress={() => setAsking(true)}>
          {words.t('usage:page.billAsk', { range: shown })}
        </Button>
      </div>
      <Confirm
        title={words.t('usage:page.billAskTitle')}
        open={asking}
        onClose={() => setAsking(false)}
        confirm={words.t('usage:page.billAgree')}
        harmless
        onConfirm={ask}
      >
        {words.t('usage:page.billAskText', {
          usd: say.money(costRequestUsd),
          environment: plainText(environment, 60),
          range: shown,
        })}
      </Confirm>
      <BillProblem error={error} />
      <p className="unseen" role="status">
        {pending ? words.t('page:loading') : ''}
      </p>
      {answer && <BillTable answer={answer} say={say} />}
    </section>
  );
}

/** A refusal, and what would have to be allowed. */
function BillProblem({ error }: { error: ErrorView | null }): ReactNode {
  const words = useWords();
  if (!isDenied(error)) return <ErrorNotice error={error} />;
  return (
    <Notice tone="problem" live>
      {words.t('usage:page.billDenied', { action: 'ce:GetCostAndUsage' })}
    </Notice>
  );
}

interface BillDay {
  day: string;
  billed: number | null;
  estimated: boolean;
  transcripts: number | null;
  unpriced: boolean;
}

function daysOf({ days, transcriptsUsd }: Answer['bill']): BillDay[] {
  const all = new Map<string, BillDay>();
  const at = (day: string): BillDay => {
    const known = all.get(day) ?? { day, billed: null, estimated: false, transcripts: null, unpriced: false };
    all.set(day, known);
    return known;
  };
  for (const { day, usd, estimated } of days) {
    const known = at(day);
    known.billed = (known.billed ?? 0) + usd;
    known.estimated ||= estimated;
  }
  for (const { day, usd, unpriced } of transcriptsUsd) {
    const known = at(day);
    known.transcripts = (known.transcripts ?? 0) + usd;
    known.unpriced ||= unpriced;
  }
  return [...all.values()].sort((a, b) => (a.day < b.day ? 1 : -1));
}

const sumOf = (values: readonly (number | null)[]): number =>
  values.reduce<number>((sum, value) => sum + (value ?? 0), 0);

function BillTable({ answer, say }: { answer: Answer; say: UsageWords }): ReactNode {
  const words = useWords();
  const { bill, range, environment } = answer;
  const errorText = useErrorText();
  const days = daysOf(bill);
  const billed = sumOf(days.map((d) => d.billed));
  const hasTranscripts = bill.transcriptsUsd.length > 0;
  const transcripts = hasTranscripts ? sumOf(days.map((d) => d.transcripts)) : null;
  const services = new Map<string, number>();
  for (const { service, usd } of bill.days) services.set(service, (services.get(service) ?? 0) + usd);
  const notes = [
    'usage:page.whyList',
    'usage:page.whyOthers',
    'usage:page.whyHere',
    'usage:page.whyUtc',
    ...(hasTranscripts ? [] : (['usage:page.whyNone'] as const)),
    ...(days.some((d) => d.estimated) ? (['usage:page.whyNotFinal'] as const) : []),
    ...(days.some((d) => d.unpriced) ? (['usage:page.whyUnpriced'] as const) : []),
  ] as const;
  return (
    <>
      <p className="small">
        {words.t('usage:page.billAbout', {
          account: plainText(bill.accountId, 20),
          environment: plainText(environment, 60),
          range: say.range(range),
        })}{' '}
        <span className="quiet">
          {words.t('usage:page.billCharged', { count: bill.requests, usd: say.money(bill.chargedUsd) })}
        </span>
      </p>
      {days.length === 0 ? (
        <p className="quiet">{words.t('usage:page.billNothing')}</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard.
        <section className="table-scroll" aria-label={words.t('usage:page.bill')} tabIndex={0}>
          <table className="figures">
            <thead>
              <tr>
                <th scope="col">{words.t('usage:page.dayUtc')}</th>
                <th scope="col" className="figure">
                  {words.t('usage:page.billed')}
                </th>
                <th scope="col" className="figure">
                  {words.t('usage:page.byTranscripts')}
                </th>
                <th scope="col" className="figure">
                  {words.t('usage:page.difference')}
                </th>
              </tr>
            </thead>
            <tbody>
              {days.map((d) => (
                <tr key={d.day}>
                  <th scope="row">
                    {say.day(d.day)}
                    {d.estimated && <span className="quiet small"> {words.t('usage:page.notFinal')}</span>}
                  </th>
                  <td className="figure number">{d.billed === null ? '–' : say.money(d.billed)}</td>
                  <td className="figure number">
                    {d.transcripts === null ? '–' : say.money(d.transcripts)}
                    {d.unpriced && <span className="quiet"> {words.t('usage:page.andMore')}</span>}
                  </td>
                  <td className="figure number">{difference(d.billed, d.transcripts)}</td>
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row">{words.t('usage:page.sum')}</th>
                <td className="figure number">{say.money(billed)}</td>
                <td className="figure number">{transcripts === null ? '–' : say.money(transcripts)}</td>
                <td className="figure number">{difference(billed, transcripts)}</td>
              </tr>
            </tfoot>
          </table>
        </section>
      )}
      {bill.problem && (
        <Notice tone="problem" live>
          {words.t('usage:costs.brokeOff', { problem: errorText(bill.problem) })}
        </Notice>
      )}
      {bill.cut && <Notice tone="attention">{words.t('usage:costs.cut')}</Notice>}
      {services.size > 0 && (
        <ul className="services small">
          {[...services]
            .sort(([, a], [, b]) => b - a)
            .map(([service, usd]) => (
              <li key={service}>
                <span>{plainText(service, 120)}</span> <span className="number">{say.money(usd)}</span>
              </li>
            ))}
        </ul>
      )}
      <div className="small">
        <h3>{words.t('usage:page.why')}</h3>
        <ul className="bullets quiet">
          {notes.map((note) => (
            <li key={note}>{words.t(note)}</li>
          ))}
        </ul>
      </div>
    </>
  );

  function difference(a: number | null, b: number | null): string {
    if (a === null || b === null) return '–';
    const by = a - b;
    if (Math.abs(by) < 0.005) return say.money(0);
    return `${by > 0 ? '+' : '−'}${say.money(Math.abs(by))}`;
  }
}
