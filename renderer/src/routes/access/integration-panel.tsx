import { type ReactNode, useState } from 'react';
import type { IntegrationFile } from '../../../../src/contract/state.ts';
import { Button } from '../../components/button.tsx';
import { Confirm, Sheet } from '../../components/confirm.tsx';
import { Diff } from '../../components/diff.tsx';
import { Choice } from '../../components/fields.tsx';
import { IndicatorSign } from '../../components/indicator.tsx';
import { ErrorNotice, useErrorText } from '../../components/notice.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct, useAsk } from '../../model/ask.ts';
import { plainText } from '../../model/plain-text.ts';

/**
 * Bedrock for plain `claude`, VS Code, JetBrains and other terminals: what would be written is shown first, nothing is
 * without a person's word, and all of it can be taken back.
 */
export function IntegrationPanel(): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { environments, activeEnvironment } = useSnapshot();
  const [chosen, setChosen] = useState<string | null>(null);
  const environment = chosen ?? activeEnvironment;
  const [round, setRound] = useState(0);
  const preview = useAsk(
    'integration.preview',
    environment === null ? null : { environment },
    `${round} ${JSON.stringify(environments)}`,
  );
  const { run, pending, error } = useAct();
  const [asking, setAsking] = useState<'apply' | 'undo' | null>(null);
  const [done, setDone] = useState<'applied' | 'undone' | null>(null);
  const files = preview.data?.files ?? [];
  if (environment === null || (preview.data !== null && files.length === 0)) return null;
  const digest = preview.data?.digest ?? '';
  const blocked = files.some((f) => f.problem !== null && !isToldOnly(f));
  const isThere = files.some((f) => f.state !== 'absent');
  const isCurrent = files.length > 0 && files.every((f) => f.state === 'present');
  const again = (what: typeof done): void => {
    setAsking(null);
    setDone(what);
    setRound((n) => n + 1);
  };
  return (
    <section className="panel" aria-labelledby="integration">
      <div className="panel-head">
        <h2 id="integration">{words.t('sessions:integration')}</h2>
        {isCurrent && (
          <span className="badge tone-ready">
            <IndicatorSign of="ready" size={13} />
            {words.t('sessions:integrationOn')}
          </span>
        )}
      </div>
      <p className="quiet">{words.t('sessions:integrationExplained')}</p>
      {environments.length > 1 && (
        <div className="form-pair">
          <Choice
            label={words.t('page:environment')}
            value={environment}
            options={environments.map((e) => ({
              id: e.name,
              label: plainText(e.name),
              detail: `${plainText(e.profile)} · ${e.region}`,
            }))}
            onChange={(name) => {
              setChosen(name);
              setDone(null);
            }}
          />
        </div>
      )}
      <ErrorNotice
        error={preview.error}
        action={<Button onPress={preview.again}>{words.t('page:tryAgain')}</Button>}
      />
      {preview.data === null && !preview.error && <Skeleton lines={3} />}
      {files.length > 0 && (
        <ul className="rows">
          {files.map((f) => (
            <FileRow key={f.file} file={f} />
          ))}
        </ul>
      )}
      <ErrorNotice error={error} />
      <div className="form-buttons">
        {!isCurrent && (
          <Button
            look={['primary']}
            isDisabled={files.length === 0 || blocked}
            onPress={() => setAsking('apply')}
          >
            {words.t('sessions:integrationReview')}
          </Button>
        )}
        {isThere && (
          <Button isPending={pending} onPress={() => setAsking('undo')}>
            {words.t('sessions:integrationUndo')}
          </Button>
        )}
        <p className="quiet small" role="status">
          {done === null
            ? ''
            : words.t(done === 'applied' ? 'sessions:integrationApplied' : 'sessions:integrationUndone')}
        </p>
      </div>
      {asking === 'apply' && (
        <Sheet title={words.t('sessions:integrationSheet')} open onClose={() => setAsking(null)}>
          <p>{words.t('sessions:integrationConsent')}</p>
          {files
            .filter((f) => f.diff !== '')
            .map((f) => (
              <div key={f.file}>
                <p className="mono small">{plainText(f.file, 400)}</p>
                <Diff text={f.diff} label={plainText(f.file, 400)} />
              </div>
            ))}
          <ErrorNotice error={error} />
          <div className="dialog-buttons">
            <Button onPress={() => setAsking(null)}>{words.t('page:cancel')}</Button>
            <Button
              look={['primary']}
              isPending={pending}
              onPress={() =>
                void run(() => agent.call('integration.apply', { environment, digest })).then((written) => {
                  if (written) again('applied');
                  else setRound((n) => n + 1);
                })
              }
            >
              {words.t('page:importWrite')}
            </Button>
          </div>
        </Sheet>
      )}
      <Confirm
        title={words.t('sessions:integrationUndoTitle')}
        open={asking === 'undo'}
        onClose={() => setAsking(null)}
        harmless
        confirm={words.t('sessions:integrationUndo')}
        onConfirm={() =>
          void run(() => agent.call('integration.undo', {})).then((undone) => {
            if (undone) again('undone');
          })
        }
      >
        {words.t('sessions:integrationUndoExplained')}
      </Confirm>
    </section>
  );
}

/** What is replaced, or wins elsewhere, is told; only what cannot be written is in the way. */
function isToldOnly({ problem }: IntegrationFile): boolean {
  return problem?.code === 'SettingsRival' || problem?.code === 'SettingsManaged';
}

function FileRow({ file }: { file: IntegrationFile }): ReactNode {
  const words = useWords();
  const errorText = useErrorText();
  const stateWords = {
    absent: 'sessions:integrationAbsent',
    present: 'sessions:integrationPresent',
    outdated: 'sessions:integrationOutdated',
  } as const;
  return (
    <li className="row">
      <div className="row-main">
        <p className="mono">{plainText(file.file, 400)}</p>
        {file.problem && (
          <p className={`note ${isToldOnly(file) ? 'note-warning' : 'note-problem'} small`}>
            <IndicatorSign of={isToldOnly(file) ? 'attention' : 'problem'} size={15} />
            <span>{errorText(file.problem)}</span>
          </p>
        )}
      </div>
      <span className={file.state === 'present' ? 'badge tone-ready' : 'badge'}>
        {words.t(stateWords[file.state])}
      </span>
    </li>
  );
}
