import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { DoctorFix, DoctorLink } from '../../../../src/contract/doctor.ts';
import type { Indicator } from '../../../../src/domain/overview.ts';
import { Button } from '../../components/button.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { EnvironmentChoice } from '../../components/environment-choice.tsx';
import { IndicatorSign } from '../../components/indicator.tsx';
import { ErrorNotice, Notice } from '../../components/notice.tsx';
import { useLink, useSnapshot, useWords, type Words } from '../../model/app-context.tsx';
import { plainText } from '../../model/plain-text.ts';
import { routeHref } from '../../model/route.ts';
import { type DoctorState, isKnown, useDoctor } from './doctor-runs.ts';
import type { RemedyActs } from './finding-card.tsx';
import { AllFindings, LinkDetail } from './findings-pane.tsx';
import { LinkList } from './link-list.tsx';
import { type Repaired, RepairsDone, RepairsSheet } from './repairs-sheet.tsx';
import { ReportSheet } from './report-sheet.tsx';

/** Every link from this computer to a model's answer. `item` names an environment, which is then checked anew. */
export function DoctorView({ item }: { item: string | null }): ReactNode {
  const { environments, activeEnvironment } = useSnapshot();
  const [wish, setWish] = useState<string | null>(item);
  const [given, setGiven] = useState(item);
  const [anyway, setAnyway] = useState(false);
  if (item !== given) {
    setGiven(item);
    setWish(item);
  }
  const names = environments.map((e) => e.name);
  const environment =
    [wish, activeEnvironment, names[0] ?? null].find((name) => name !== null && names.includes(name)) ?? null;
  return (
    <div className="main-scroll">
      <div className="page wide doctor-page">
        {environment === null && !anyway ? (
          <NoEnvironment onAnyway={() => setAnyway(true)} />
        ) : (
          <Checks
            key={environment}
            environment={environment}
            isWanted={item !== null && item === environment}
            onEnvironment={setWish}
          />
        )}
      </div>
    </div>
  );
}

function NoEnvironment({ onAnyway }: { onAnyway: () => void }): ReactNode {
  const words = useWords();
  return (
    <>
      <Head />
      <section className="panel">
        <div className="empty">
          <p>{words.t('doctor:page.empty')}</p>
          <div className="row-actions">
            <a className="button primary" href={routeHref('setup')}>
              {words.t('firstRun:entry')}
            </a>
            <Button onPress={onAnyway}>{words.t('doctor:page.anyway')}</Button>
          </div>
        </div>
      </section>
    </>
  );
}

function Head({ children }: { children?: ReactNode }): ReactNode {
  const words = useWords();
  return (
    <div className="page-head">
      <div>
        <h1>{words.t('doctor:page.title')}</h1>
        <p className="quiet">{words.t('doctor:page.lead')}</p>
      </div>
      {children}
    </div>
  );
}

function Checks({
  environment,
  isWanted,
  onEnvironment,
}: {
  environment: string | null;
  /** Somebody was led here to have it checked now. */
  isWanted: boolean;
  onEnvironment: (name: string) => void;
}): ReactNode {
  const words = useWords();
  const { environments, network } = useSnapshot();
  const { link } = useLink();
  const isOnline = link === 'online';
  const doctor = useDoctor(environment);
  const { checks, at, running } = doctor;
  const [chosen, setChosen] = useState<DoctorLink | null>(null);
  const [asking, setAsking] = useState(false);
  const [repairing, setRepairing] = useState<{ fix: DoctorFix | null } | null>(null);
  const [repaired, setRepaired] = useState<Repaired | null>(null);
  const [reporting, setReporting] = useState(false);
  const pane = useRef<HTMLElement>(null);

  // The first look is had without a press: it costs nothing. Later ones are the person's own.
  const begun = useRef(false);
  useEffect(() => {
    if (begun.current || !isOnline) return;
    begun.current = true;
    if (at === null || isWanted) doctor.start();
  }, [isOnline, at, isWanted, doctor]);

  const choose = (next: DoctorLink | null): void => {
    setChosen(next);
    // One below the other: what was chosen comes into sight.
    requestAnimationFrame(() => {
      if (next !== null && getComputedStyle(pane.current ?? document.body).position !== 'sticky')
        pane.current?.scrollIntoView({ block: 'start' });
    });
  };
  const acts: RemedyActs = {
    environment,
    ask: () => setAsking(true),
    fix: (fix) => setRepairing({ fix }),
  };
  const canRepair = checks.some((c) => c.findings.some((f) => f.remedies.some((r) => r.kind === 'fix')));
  const own = environments.find((e) => e.name === environment);
  const detail = checks.find((c) => c.link === chosen);
  const idle = running === null;
  return (
    <>
      <Head>
        {environments.length > 1 && environment !== null && (
          <div className="doctor-environment">
            <EnvironmentChoice value={environment} onChange={onEnvironment} />
          </div>
        )}
      </Head>
      <section className="panel doctor-top" aria-label={words.t('doctor:page.progress')}>
        <Verdict doctor={doctor} />
        <div className="row-actions doctor-acts">
          {idle ? (
            <Button
              look={at === null ? ['primary'] : []}
              isDisabled={!isOnline}
              onPress={() => doctor.start()}
            >
              {words.t(at === null ? 'doctor:page.start' : 'doctor:page.again')}
            </Button>
          ) : (
            <Button onPress={doctor.stop}>{words.t('doctor:page.stop')}</Button>
          )}
          <Button isDisabled={!idle || !isOnline} onPress={() => setAsking(true)}>
            {words.t('doctor:page.ask')}
          </Button>
          <Button isDisabled={!idle || !isOnline || !canRepair} onPress={() => setRepairing({ fix: null })}>
            {words.t('doctor:page.repairs')}
          </Button>
          <Button isDisabled={!idle || !isOnline || at === null} onPress={() => setReporting(true)}>
            {words.t('doctor:page.report')}
          </Button>
          {/* One below the other, what to do lies far down. */}
          <div className="doctor-jump">
            <Button
              look={['plain']}
              icon="down"
              onPress={() => {
                setChosen(null);
                pane.current?.scrollIntoView({ block: 'start' });
                pane.current?.focus({ preventScroll: true });
              }}
            >
              {words.t('doctor:page.todo')}
            </Button>
          </div>
        </div>
      </section>
      {repaired && (
        <RepairsDone repaired={repaired} onUndone={() => doctor.start()} onClose={() => setRepaired(null)} />
      )}
      {network.state === 'offline' && (
        <Notice tone="attention">
          {words.t('page:networkOffline', { time: words.time(network.sinceAt) })}
        </Notice>
      )}
      <ErrorNotice error={doctor.problem} />
      <div className="doctor-body">
        <section className="panel doctor-list">
          <LinkList checks={checks} chosen={chosen} onChoose={choose} />
        </section>
        <section
          className="panel doctor-pane"
          aria-label={words.t('doctor:page.todo')}
          ref={pane}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it.
          tabIndex={0}
        >
          {detail ? (
            <LinkDetail
              check={detail}
              isRunning={!idle}
              isOnline={isOnline}
              acts={acts}
              onAgain={() => doctor.start({ links: [detail.link] })}
              onAll={() => setChosen(null)}
            />
          ) : (
            <AllFindings checks={checks} isRunning={!idle} isKnown={at !== null} acts={acts} />
          )}
        </section>
      </div>
      <Confirm
        title={words.t('doctor:page.askTitle')}
        open={asking}
        onClose={() => setAsking(false)}
        confirm={words.t('doctor:page.askNow')}
        harmless
        onConfirm={() => doctor.start({ ask: true, links: ['answer', 'streaming'] })}
      >
        {words.t('doctor:page.askMore', {
          model: plainText(own?.model ?? words.t('doctor:page.askModel'), 200),
          region: own?.region ?? '',
        })}
      </Confirm>
      {repairing && (
        <RepairsSheet
          environment={environment}
          fix={repairing.fix}
          onClose={() => setRepairing(null)}
          onDone={(answer) => {
            setRepairing(null);
            setRepaired(answer);
            doctor.start();
          }}
        />
      )}
      {reporting && at !== null && <ReportSheet at={at} onClose={() => setReporting(false)} />}
    </>
  );
}

/** How it stands, in a sentence, with how far the check is; said aloud at its end and at each failure. */
function Verdict({ doctor }: { doctor: DoctorState }): ReactNode {
  const words = useWords();
  const { checks, running } = doctor;
  const wanted = running === null ? checks : checks.filter((c) => running.has(c.link));
  const done = wanted.filter(isKnown).length;
  const { tone, title, more } = verdict(doctor, words, done, wanted.length);
  const failed = wanted.filter((c) => c.state === 'failed').at(-1);
  const said =
    running === null
      ? `${title}. ${more}`
      : failed
        ? words.t('doctor:page.told', {
            link: words.t(`doctor:link.${failed.link}`),
            state: words.t('doctor:state.failed'),
          })
        : '';
  return (
    <div className="doctor-verdict">
      <IndicatorSign of={tone} size={30} />
      <div className="doctor-verdict-text">
        <p className="doctor-title">{title}</p>
        <p className="quiet small number">{more}</p>
      </div>
      <progress
        className="doctor-progress"
        data-idle={running === null || undefined}
        aria-label={words.t('doctor:page.progress')}
        value={running === null ? 1 : done}
        max={running === null ? 1 : wanted.length}
        aria-hidden={running === null}
      />
      <p className="unseen" role="status">
        {said}
      </p>
    </div>
  );
}

function verdict(
  { checks, at, running, problem }: DoctorState,
  words: Words,
  done: number,
  total: number,
): { tone: Indicator; title: string; more: string } {
  if (running !== null)
    return {
      tone: 'busy',
      title: words.t('doctor:page.running'),
      more: words.t('doctor:page.runningMore', { done, total }),
    };
  if (at === null)
    return { tone: 'off', title: words.t('doctor:page.idle'), more: words.t('doctor:page.idleMore') };
  const time = words.time(at);
  const failed = checks.filter((c) => c.state === 'failed');
  const [first] = failed;
  if (first)
    return {
      tone: 'problem',
      title: words.t('doctor:page.failed', { count: failed.length }),
      more: words.t('doctor:page.failedMore', { link: words.t(`doctor:link.${first.link}`), time }),
    };
  const checked = words.t('doctor:page.wellMore', { time });
  if (problem || checks.some((c) => !isKnown(c)))
    return { tone: 'attention', title: words.t('doctor:page.broken'), more: checked };
  const warned = checks.filter((c) => c.state === 'warning').length;
  if (warned > 0)
    return { tone: 'attention', title: words.t('doctor:page.warned', { count: warned }), more: checked };
  // Links that cost are asked on request only: what nobody asked is not said to work.
  const skipped = checks.filter((c) => c.state === 'skipped').length;
  if (skipped > 0)
    return {
      tone: 'ready',
      title: words.t('doctor:page.checkedWell'),
      more: `${words.t('doctor:page.notAsked', { count: skipped })} ${checked}`,
    };
  return { tone: 'ready', title: words.t('doctor:page.well'), more: checked };
}
