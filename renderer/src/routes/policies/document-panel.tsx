import { type ReactNode, useState } from 'react';
import type { PolicyDocument } from '../../../../src/contract/policies.ts';
import type { ProcedureInput, ProcedureOutput } from '../../../../src/contract/procedures.ts';
import { policyWord } from '../../../../src/locales/policy-words.ts';
import { Button } from '../../components/button.tsx';
import { CommandLine } from '../../components/command-line.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { ErrorNotice, Notice } from '../../components/notice.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useAgent, useWords } from '../../model/app-context.tsx';
import { useAct, useAsk } from '../../model/ask.ts';
import { download } from '../../model/download.ts';
import { plainText } from '../../model/plain-text.ts';
import { useKept } from '../../model/use-kept.ts';
import { Comparison, Validation } from './policy-checks.tsx';
import { PolicyText } from './policy-text.tsx';

type Wish = ProcedureInput<'policies.build'>;

/** The document that was chosen, what goes with it, and what AWS says of it. */
export function DocumentPanel({
  wish,
  environment,
}: {
  wish: Wish | null;
  environment: string | null;
}): ReactNode {
  const words = useWords();
  // While another one is made, the last one stays, so that nothing jumps.
  const asked = useKept(useAsk('policies.build', wish));
  const impossible = asked.error?.code === 'PolicyImpossible' ? asked.error : null;
  const document = asked.error || wish === null ? null : asked.data;
  if (document === null) {
    return (
      <section className="panel" aria-label={words.t('policies:page.document')}>
        {wish === null && <p className="quiet">{words.t('policies:page.nothingChosen')}</p>}
        {impossible ? (
          <Notice tone="attention" live>
            {policyWord(words, { code: `impossible.${impossible.params.reason}`, params: {} })}
          </Notice>
        ) : (
          <ErrorNotice
            error={asked.error}
            action={<Button onPress={asked.again}>{words.t('page:tryAgain')}</Button>}
          />
        )}
        {wish !== null && !asked.error && <Skeleton lines={3} />}
      </section>
    );
  }
  return (
    <Made
      // What AWS said is of that very document.
      key={document.text}
      document={document}
      wish={wish}
      environment={environment}
      isOld={asked.stale}
    />
  );
}

function Made({
  document,
  wish,
  environment,
  isOld,
}: {
  document: PolicyDocument;
  wish: Wish | null;
  environment: string | null;
  isOld: boolean;
}): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const validating = useAct();
  const comparing = useAct();
  const [validation, setValidation] = useState<ProcedureOutput<'policies.validate'> | null>(null);
  const [comparison, setComparison] = useState<ProcedureOutput<'policies.compare'> | null>(null);
  const question = wish && { ...wish, ...(environment === null ? {} : { environment }) };
  const marked = new Set(validation?.findings.flatMap((f) => (f.line === null ? [] : [f.line])));
  return (
    <section
      className="panel policy-document"
      aria-labelledby="policy-document"
      data-old={isOld || undefined}
    >
      <div className="panel-head">
        <h2 id="policy-document">{words.t(`policies:kind.${document.kind}`)}</h2>
        <div className="row-actions">
          <CopyButton text={document.text} label={words.t('policies:page.copy')} />
          <Button
            onPress={() =>
              download(
                document.file,
                document.format === 'json' ? 'application/json' : 'text/plain',
                document.text,
              )
            }
          >
            {words.t('policies:page.save')}
          </Button>
        </div>
      </div>
      <SizeBar document={document} />
      {document.warnings.length > 0 && (
        <ul className="policy-warnings">
          {document.warnings.map((w) => (
            <li key={JSON.stringify(w)}>{plainText(policyWord(words, w), 600)}</li>
          ))}
        </ul>
      )}
      <PolicyText document={document} marked={marked} />
      <div className="policy-ask">
        <div className="row-actions">
          <Button
            isPending={validating.pending}
            isDisabled={question === null}
            onPress={() =>
              void validating.run(async () => {
                if (question) setValidation(await agent.call('policies.validate', question));
              })
            }
          >
            {words.t('policies:page.validate')}
          </Button>
          <Button
            isPending={comparing.pending}
            isDisabled={question === null}
            onPress={() =>
              void comparing.run(async () => {
                if (question) setComparison(await agent.call('policies.compare', question));
              })
            }
          >
            {words.t('policies:page.compare')}
          </Button>
        </div>
        <p className="quiet small">{words.t('policies:page.askHint')}</p>
      </div>
      <ErrorNotice error={validating.error ?? comparing.error} />
      {validation && (
        <div className="policy-result">
          <h3>{words.t('policies:page.validation')}</h3>
          <Validation {...validation} />
        </div>
      )}
      {comparison && (
        <div className="policy-result">
          <h3>{words.t('policies:page.comparison')}</h3>
          <Comparison {...comparison} />
        </div>
      )}
      <div className="policy-result">
        <h3>{words.t('policies:page.handOver')}</h3>
        <p className="quiet small">{words.t('policies:page.handOverHint', { file: document.file })}</p>
        <ol className="policy-commands">
          {document.commands.map((command) => (
            <li key={command}>
              <CommandLine command={command} />
            </li>
          ))}
        </ol>
      </div>
    </section>
  );
}

function SizeBar({ document }: { document: PolicyDocument }): ReactNode {
  const words = useWords();
  const { size, limit } = document;
  const number = new Intl.NumberFormat(words.language);
  const share = Math.min(1, size / limit);
  return (
    <div className="policy-size">
      {/* biome-ignore lint/a11y/useSemanticElements: browsers draw a meter in colours of their own */}
      <div
        className={share > 0.9 ? 'bar policy-bar tone-attention' : 'bar policy-bar'}
        role="meter"
        aria-label={words.t('policies:page.size')}
        aria-valuemin={0}
        aria-valuemax={limit}
        aria-valuenow={size}
      >
        <span style={{ width: `${share * 100}%` }} />
      </div>
      <span className="quiet small number">
        {words.t('policies:iam.size', { size: number.format(size), limit: number.format(limit) })}
      </span>
    </div>
  );
}
