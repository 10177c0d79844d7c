import type { ReactNode } from 'react';
import type { ErrorView } from '../../../../src/contract/errors.ts';
import type { SimulatedCall } from '../../../../src/contract/policies.ts';
import type { ProcedureOutput } from '../../../../src/contract/procedures.ts';
import { comparePermission, validatePermission } from '../../../../src/locales/policy-words.ts';
import { IndicatorSign } from '../../components/indicator.tsx';
import { Notice, useErrorText } from '../../components/notice.tsx';
import { useWords } from '../../model/app-context.tsx';
import { plainText } from '../../model/plain-text.ts';

const tones = { error: 'problem', security: 'attention', warning: 'attention', suggestion: 'off' } as const;

function Refused({
  text,
  permission,
  problem,
}: {
  text: 'policies:validateRefused' | 'policies:compareRefused';
  permission: string;
  problem: ErrorView;
}): ReactNode {
  const words = useWords();
  const errorText = useErrorText();
  return (
    <Notice tone="attention" live>
      {words.t(text, { permission, reason: errorText(problem) })}
    </Notice>
  );
}

/** What IAM Access Analyzer says of the document. */
export function Validation({ findings, problem }: ProcedureOutput<'policies.validate'>): ReactNode {
  const words = useWords();
  if (problem)
    return <Refused text="policies:validateRefused" permission={validatePermission} problem={problem} />;
  if (findings.length === 0)
    return (
      <Notice tone="ready" live>
        {words.t('policies:validated')}
      </Notice>
    );
  return (
    <ul className="rows policy-findings">
      {findings.map((f) => (
        <li key={JSON.stringify(f)} className="row">
          <span className={`state-sign tone-${tones[f.type]}`}>
            <IndicatorSign of={tones[f.type]} size={15} />
            {words.t(`policies:type.${f.type}`)}
          </span>
          <div className="row-main">
            <p>{plainText(f.text, 1000)}</p>
            <p className="quiet small">
              {plainText(f.code, 100)}
              {f.line !== null && ` · ${words.t('policies:page.lineOf', { line: f.line })}`}
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}

const decisions = { allowed: 'ready', implicitDeny: 'problem', explicitDeny: 'problem' } as const;

/** Calls of one resource stand together. */
function byResource(calls: readonly SimulatedCall[]): [string, SimulatedCall[]][] {
  const groups = new Map<string, SimulatedCall[]>();
  for (const call of calls) groups.set(call.resource, [...(groups.get(call.resource) ?? []), call]);
  const missing = (group: readonly SimulatedCall[]) => group.some((c) => c.decision !== 'allowed');
  return [...groups].sort(([, a], [, b]) => Number(missing(b)) - Number(missing(a)));
}

/** Which of the calls the identity may make now. */
export function Comparison({ calls, problem }: ProcedureOutput<'policies.compare'>): ReactNode {
  const words = useWords();
  if (problem)
    return <Refused text="policies:compareRefused" permission={comparePermission} problem={problem} />;
  const missing = calls.filter((c) => c.decision !== 'allowed').length;
  return (
    <>
      <Notice tone={missing === 0 ? 'ready' : 'problem'} live>
        {missing === 0
          ? words.t('policies:compared', { count: calls.length })
          : words.t('policies:comparedMissing', { missing, count: calls.length })}
      </Notice>
      <ul className="rows policy-calls">
        {byResource(calls).map(([resource, group]) => (
          <li key={resource} className="row">
            <div className="row-main">
              <code className="small">{plainText(resource, 300)}</code>
              <ul>
                {group.map((call) => (
                  <li key={call.action} className="policy-call">
                    <span className={`state-sign tone-${decisions[call.decision]}`}>
                      <IndicatorSign of={decisions[call.decision]} size={15} />
                      {words.t(`policies:decision.${call.decision}`)}
                    </span>
                    <code className="small">{plainText(call.action, 100)}</code>
                  </li>
                ))}
              </ul>
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
