import type { ReactNode } from 'react';
import type { DoctorCheck } from '../../../../src/contract/doctor.ts';
import { Button } from '../../components/button.tsx';
import { CheckBadge } from '../../components/check-line.tsx';
import { CommandLine } from '../../components/command-line.tsx';
import { IndicatorSign } from '../../components/indicator.tsx';
import { useWords } from '../../model/app-context.tsx';
import { plainText } from '../../model/plain-text.ts';
import { FindingCard, type RemedyActs } from './finding-card.tsx';

/** Everything that was found, what failed first; it stands still while results arrive. */
export function AllFindings({
  checks,
  isRunning,
  isKnown,
  acts,
}: {
  checks: readonly DoctorCheck[];
  isRunning: boolean;
  /** There was a check at all. */
  isKnown: boolean;
  acts: RemedyActs;
}): ReactNode {
  const words = useWords();
  if (isRunning || !isKnown)
    return (
      <>
        <h2>{words.t('doctor:page.todo')}</h2>
        <p className="quiet">{words.t(isRunning ? 'doctor:page.todoRunning' : 'doctor:page.todoIdle')}</p>
      </>
    );
  const withLevel = (level: string) =>
    checks
      .map((check) => ({ check, findings: check.findings.filter((f) => f.level === level) }))
      .filter(({ findings }) => findings.length > 0);
  const grave = [...withLevel('failed'), ...withLevel('warning')];
  const info = withLevel('info');
  return (
    <>
      <h2>{words.t('doctor:page.todo')}</h2>
      {grave.length === 0 && (
        <div className="doctor-none">
          <IndicatorSign of="ready" size={20} />
          <div>
            <p>{words.t('doctor:page.todoNone')}</p>
            <p className="quiet small">{words.t('doctor:page.todoNoneMore')}</p>
          </div>
        </div>
      )}
      <FindingList of={grave} acts={acts} />
      {info.length > 0 && (
        <>
          <h2 className="doctor-later">{words.t('doctor:page.goodToKnow')}</h2>
          <FindingList of={info} acts={acts} />
        </>
      )}
    </>
  );
}

function FindingList({
  of,
  acts,
}: {
  of: readonly { check: DoctorCheck; findings: DoctorCheck['findings'] }[];
  acts: RemedyActs;
}): ReactNode {
  const words = useWords();
  if (of.length === 0) return null;
  return (
    <ul className="finding-list">
      {of.map(({ check, findings }, place) => (
        <li key={check.link}>
          <h3>{words.t(`doctor:link.${check.link}`)}</h3>
          {findings.map((finding, n) => (
            <FindingCard
              key={JSON.stringify(finding)}
              finding={finding}
              acts={acts}
              isFirst={place === 0 && n === 0}
            />
          ))}
        </li>
      ))}
    </ul>
  );
}

/** One link: what it is about, what was seen, how to see it oneself, and what to do. */
export function LinkDetail({
  check,
  isRunning,
  isOnline,
  acts,
  onAgain,
  onAll,
}: {
  check: DoctorCheck;
  isRunning: boolean;
  isOnline: boolean;
  acts: RemedyActs;
  onAgain: () => void;
  onAll: () => void;
}): ReactNode {
  const words = useWords();
  const { link, evidence, command, findings, ms, state } = check;
  return (
    <>
      <div className="doctor-detail-head">
        <h2>{words.t(`doctor:link.${link}`)}</h2>
        <CheckBadge state={state} />
      </div>
      <p className="quiet">{words.t(`doctor:about.${link}`)}</p>
      {findings.map((finding, n) => (
        <FindingCard key={JSON.stringify(finding)} finding={finding} acts={acts} isFirst={n === 0} />
      ))}
      {state === 'skipped' && findings.length === 0 && <p>{words.t('doctor:page.skippedBefore')}</p>}
      {evidence !== null && evidence !== '' && (
        <div>
          <h3 className="doctor-label">{words.t('doctor:page.evidence')}</h3>
          <p className="mono doctor-evidence">{plainText(evidence, 500)}</p>
          {ms !== null && (
            <p className="quiet small number">
              {words.t('doctor:page.took', {
                time: tookText(ms, words.language),
              })}
            </p>
          )}
        </div>
      )}
      {command !== null && (
        <div>
          <h3 className="doctor-label">{words.t('doctor:page.yourself')}</h3>
          <CommandLine command={command} />
        </div>
      )}
      <div className="row-actions doctor-detail-foot">
        <Button isDisabled={isRunning || !isOnline} onPress={onAgain}>
          {words.t('doctor:page.againOne')}
        </Button>
        <Button look={['plain']} onPress={onAll}>
          {words.t('doctor:page.all')}
        </Button>
      </div>
    </>
  );
}

function tookText(ms: number, language: string): string {
  const unit = ms < 1_000 ? 'millisecond' : 'second';
  const format = new Intl.NumberFormat(language, { style: 'unit', unit, maximumFractionDigits: 1 });
  return format.format(ms < 1_000 ? ms : ms / 1_000);
}
