import { type ReactNode, useState } from 'react';
import type { ImportCandidate, ImportTool } from '../../../src/contract/state.ts';
import { useAgent, useSnapshot, useWords, type Words } from '../model/app-context.tsx';
import { useAct, useAsk } from '../model/ask.ts';
import { plainLines, plainText } from '../model/plain-text.ts';
import { Button } from './button.tsx';
import { Sheet } from './confirm.tsx';
import { Check } from './fields.tsx';
import { IndicatorSign } from './indicator.tsx';
import { ErrorNotice, useErrorText } from './notice.tsx';
import { Hold } from './skeleton.tsx';
import { Undoable } from './undo.tsx';

/** The tools' own names; a legacy profile is nobody's. */
const tools: Record<Exclude<ImportTool, 'legacy'>, string> = {
  leapp: 'Leapp',
  granted: 'Granted',
  'aws-vault': 'aws-vault',
  'aws-sso-cli': 'aws-sso-cli',
};
const toolName = (tool: ImportTool, words: Words): string =>
  tool === 'legacy' ? words.t('page:toolLegacy') : tools[tool];

/** Takes over what other tools left in ~/.aws, after showing the very text that is written. */
export function ImportPanel(): ReactNode {
  const words = useWords();
  const { profilesRevision } = useSnapshot();
  const found = useAsk('import.list', {}, profilesRevision);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [reviewing, setReviewing] = useState(false);
  const [done, setDone] = useState<number | null>(null);
  const candidates = found.data?.candidates ?? [];
  const wanted = candidates.filter((c) => chosen.has(c.id) && c.problem === null);
  if (found.data === null && !found.error) return <Hold />;
  if (candidates.length === 0 && done === null) return null;
  return (
    <section className="panel" aria-labelledby="import">
      <div>
        <h2 id="import">{words.t('page:importTitle')}</h2>
        <p className="quiet">{words.t('page:importExplained')}</p>
      </div>
      {done !== null && (
        <Undoable onClose={() => setDone(null)}>{words.t('page:imported', { count: done })}</Undoable>
      )}
      <ErrorNotice error={found.error} />
      <ul className="rows">
        {candidates.map((c) => (
          <CandidateRow
            key={c.id}
            candidate={c}
            isSelected={chosen.has(c.id)}
            onChange={(on) =>
              setChosen((old) => {
                const next = new Set(old);
                if (on) next.add(c.id);
                else next.delete(c.id);
                return next;
              })
            }
          />
        ))}
      </ul>
      {candidates.length > 0 && (
        <div>
          <Button isDisabled={wanted.length === 0} onPress={() => setReviewing(true)}>
            {wanted.length === 0
              ? words.t('page:importReviewNone')
              : words.t('page:importReview', { count: wanted.length })}
          </Button>
        </div>
      )}
      {reviewing && wanted.length > 0 && (
        <Review
          candidates={wanted}
          onClose={() => setReviewing(false)}
          onDone={(count) => {
            setReviewing(false);
            setChosen(new Set());
            setDone(count);
            found.again();
          }}
        />
      )}
    </section>
  );
}

function CandidateRow({
  candidate,
  isSelected,
  onChange,
}: {
  candidate: ImportCandidate;
  isSelected: boolean;
  onChange: (on: boolean) => void;
}): ReactNode {
  const words = useWords();
  const errorText = useErrorText();
  const tool = toolName(candidate.tool, words);
  const profile = plainText(candidate.profile, 80);
  return (
    <li className="row">
      <div className="row-main">
        <Check
          label={words.t('page:importTake', { profile, tool })}
          isSelected={isSelected && candidate.problem === null}
          isDisabled={candidate.problem !== null}
          onChange={onChange}
        >
          <span>
            <span className="profile-head">
              <strong>{profile}</strong>
              <span className="badge">{tool}</span>
              <span className="quiet small">
                {words.t(candidate.how === 'add' ? 'page:importAdd' : 'page:importConvert')}
              </span>
            </span>
            <span className="quiet small import-summary">{plainText(candidate.summary, 300)}</span>
          </span>
        </Check>
        {candidate.problem && (
          <p className="note note-problem small">
            <IndicatorSign of="problem" size={15} />
            <span>{errorText(candidate.problem)}</span>
          </p>
        )}
      </div>
    </li>
  );
}

interface WrittenLine {
  key: string;
  text: string;
  change: 'added' | 'removed' | null;
}

/** The text of a candidate, line by line; a profile that is changed comes with `+` and `-` in front. */
function writtenLines(candidate: ImportCandidate, after: boolean): WrittenLine[] {
  const lines = plainLines(candidate.writes).trimEnd().split('\n');
  const changeOf = (line: string): WrittenLine['change'] => {
    if (candidate.how === 'add') return null;
    return line.startsWith('+') ? 'added' : line.startsWith('-') ? 'removed' : null;
  };
  return [...(after ? [''] : []), ...lines].map((text, n) => ({
    key: `${candidate.id} ${n}`,
    text,
    change: changeOf(text),
  }));
}

function Review({
  candidates,
  onClose,
  onDone,
}: {
  candidates: readonly ImportCandidate[];
  onClose: () => void;
  onDone: (count: number) => void;
}): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { run, pending, error } = useAct();
  const lines = candidates.flatMap((c, n) => writtenLines(c, n > 0));
  return (
    <Sheet title={words.t('page:importSheet')} open onClose={onClose}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached with the keyboard. */}
      <pre className="preview mono" tabIndex={0}>
        {lines.map(({ key, text, change }) => (
          <span key={key} className={change === null ? 'written' : `written written-${change}`}>
            {`${text}\n`}
          </span>
        ))}
      </pre>
      {error && <p className="quiet small">{words.t('page:createFailed')}</p>}
      <ErrorNotice error={error} />
      <div className="dialog-buttons">
        <Button onPress={onClose}>{words.t('page:cancel')}</Button>
        <Button
          look={['primary']}
          isPending={pending}
          onPress={() =>
            void run(() => agent.call('import.apply', { ids: candidates.map((c) => c.id) })).then(
              (answer) => {
                if (answer) onDone(answer.profiles.length);
              },
            )
          }
        >
          {words.t('page:importWrite')}
        </Button>
      </div>
    </Sheet>
  );
}
