import { type ReactNode, useRef, useState } from 'react';
import type { TrailEvent } from '../../../../src/contract/usage.ts';
import { addDays } from '../../../../src/domain/usage/days.ts';
import { Button } from '../../components/button.tsx';
import { EnvironmentChoice } from '../../components/environment-choice.tsx';
import { IndicatorSign } from '../../components/indicator.tsx';
import { ErrorNotice, Notice } from '../../components/notice.tsx';
import { Segments } from '../../components/segments.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct } from '../../model/ask.ts';
import { plainText } from '../../model/plain-text.ts';
import { type DayRange, localStart } from '../../model/usage-range.ts';
import { modelName, type UsageWords } from '../../model/usage-words.ts';
import { isDenied } from './denied.ts';

const PAGE = 25;

interface Shown {
  events: readonly TrailEvent[];
  more: boolean;
  /** So far back it was looked through; null: there was nothing. */
  lookedTo: number | null;
  region: string;
}

/** What CloudTrail has of Bedrock: asked for on request, the newest first, a page at a time. */
export function Trail({ range, say }: { range: DayRange; say: UsageWords }): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { environments, activeEnvironment } = useSnapshot();
  const { run, pending, error, forget } = useAct();
  const [shown, setShown] = useState<Shown | null>(null);
  const [whose, setWhose] = useState<'own' | 'everyone'>('own');
  const [what, setWhat] = useState<'calls' | 'all'>('calls');
  const [chosen, setChosen] = useState<string | null>(null);
  /** What was asked for last: an answer to something else is not shown. */
  const asked = useRef(0);
  const environment = chosen ?? activeEnvironment ?? environments[0]?.name ?? null;
  if (environment === null) return null;
  const load = (before: Shown | null, wish = { whose, what }): void => {
    const round = ++asked.current;
    // The last one of the page before may share its instant with the next: told twice, it is shown once.
    const to = before?.lookedTo ?? localStart(addDays(range.to, 1)) - 1;
    void run(() =>
      agent.call('trail.list', {
        environment,
        from: localStart(range.from),
        to,
        everyone: wish.whose === 'everyone',
        all: wish.what === 'all',
        limit: PAGE,
      }),
    ).then((answer) => {
      if (!answer || round !== asked.current) return;
      const known = new Set(before?.events.map((e) => e.id));
      const fresh = answer.events.filter((e) => !known.has(e.id));
      setShown({
        events: [...(before?.events ?? []), ...fresh],
        // What goes no further back would be asked for for ever.
        more: answer.more && (fresh.length > 0 || (answer.lookedTo !== null && answer.lookedTo < to)),
        lookedTo: answer.lookedTo,
        region: answer.region,
      });
    });
  };
  const clear = (): void => {
    asked.current++;
    setShown(null);
    forget();
  };
  return (
    <section className="panel" aria-labelledby="usage-trail" aria-busy={pending}>
      <div>
        <h2 id="usage-trail">{words.t('usage:page.trail')}</h2>
        <p className="quiet small">{words.t('usage:page.trailExplained', { range: say.range(range) })}</p>
      </div>
      <div className="usage-ask">
        {environments.length > 1 && (
          <EnvironmentChoice
            value={environment}
            onChange={(name) => {
              clear();
              setChosen(name);
            }}
          />
        )}
        <Segments
          label={words.t('usage:page.trailWhose')}
          showLabel={environments.length > 1}
          value={whose}
          options={[
            { id: 'own', label: words.t('usage:page.trailOwn') },
            { id: 'everyone', label: words.t('usage:page.trailEveryone') },
          ]}
          onChange={(next) => {
            setWhose(next);
            if (shown) {
              clear();
              load(null, { whose: next, what });
            }
          }}
        />
        <Segments
          label={words.t('usage:page.trailWhat')}
          showLabel={environments.length > 1}
          value={what}
          options={[
            { id: 'calls', label: words.t('usage:page.trailCalls') },
            { id: 'all', label: words.t('usage:page.trailAll') },
          ]}
          onChange={(next) => {
            setWhat(next);
            if (shown) {
              clear();
              load(null, { whose, what: next });
            }
          }}
        />
        <Button isPending={pending && shown === null} onPress={() => load(null)}>
          {words.t(shown ? 'usage:page.trailAgain' : 'usage:page.trailShow')}
        </Button>
      </div>
      {isDenied(error) ? (
        <Notice tone="problem" live>
          {words.t('usage:page.trailDenied', { action: 'cloudtrail:LookupEvents' })}
        </Notice>
      ) : (
        <ErrorNotice error={error} />
      )}
      <p className="unseen" role="status">
        {pending
          ? words.t('page:loading')
          : shown
            ? words.t('usage:page.trailCount', { count: shown.events.length })
            : ''}
      </p>
      {shown?.events.length === 0 && (
        <p className="quiet">
          {shown.more && shown.lookedTo !== null
            ? words.t('usage:page.trailNothingYet', { time: words.time(shown.lookedTo) })
            : words.t('usage:page.trailNothing')}
        </p>
      )}
      {shown !== null && shown.events.length > 0 && (
        <ol className="trail">
          {runsOf(shown.events).map(({ event, count }) => (
            <TrailRow key={event.id} event={event} count={count} region={shown.region} />
          ))}
        </ol>
      )}
      {shown?.more && (
        <div>
          <Button isPending={pending} onPress={() => load(shown)}>
            {words.t('usage:page.trailMore')}
          </Button>
        </div>
      )}
    </section>
  );
}

/** Calls that are alike and follow one another are one row: a list of models is some thirty of them. */
function runsOf(events: readonly TrailEvent[]): { event: TrailEvent; count: number }[] {
  const runs: { event: TrailEvent; count: number; like: string }[] = [];
  for (const event of events) {
    const { name, region, answeredIn, who, model, sourceIp, userAgent, errorCode } = event;
    const like = JSON.stringify([name, region, answeredIn, who, model, sourceIp, userAgent, errorCode]);
    const last = runs.at(-1);
    if (last?.like === like) last.count++;
    else runs.push({ event, count: 1, like });
  }
  return runs;
}

/** Who made a call, in short: the session's name of an assumed role, the name of a user. The whole ARN stays in the tooltip. */
const shortWho = (who: string): string => who.split(/[:/]/).filter(Boolean).at(-1) ?? who;

function TrailRow({
  event,
  count,
  region,
}: {
  /** The newest of those that are alike. */
  event: TrailEvent;
  count: number;
  region: string;
}): ReactNode {
  const words = useWords();
  const { at, name, model, who, errorCode, sourceIp, userAgent } = event;
  // Of a user agent its first word says what it was: claude-cli/2.1.330.
  const from = [sourceIp, userAgent?.split(' ')[0] ?? null]
    .filter((part) => part !== null)
    .map((part) => plainText(part, 60));
  return (
    <li className="trail-event">
      <time className="number quiet small" dateTime={new Date(at).toISOString()}>
        {words.time(at)}
      </time>
      <div className="trail-what">
        <p>
          <strong>{plainText(name, 60)}</strong>
          {count > 1 && <span className="number"> × {count}</span>}
          {model !== null && <span title={plainText(model, 300)}> {modelName(plainText(model, 300))}</span>}
          {event.region !== region && <span className="quiet"> {plainText(event.region, 30)}</span>}
          {event.answeredIn !== null && event.answeredIn !== event.region && (
            <span className="quiet"> → {plainText(event.answeredIn, 30)}</span>
          )}
        </p>
        <p className="quiet small">
          {who !== null && <span title={plainText(who, 300)}>{plainText(shortWho(who), 120)}</span>}
          {from.length > 0 && (
            <span title={userAgent === null ? undefined : plainText(userAgent, 300)}>
              {' '}
              · {from.join(' · ')}
            </span>
          )}
        </p>
      </div>
      <span className={`badge tone-${errorCode === null ? 'ready' : 'problem'}`}>
        <IndicatorSign of={errorCode === null ? 'ready' : 'problem'} size={13} />
        {errorCode === null ? words.t('usage:page.trailAllowed') : plainText(errorCode, 60)}
      </span>
    </li>
  );
}
