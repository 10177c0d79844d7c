import { type ReactNode, useState } from 'react';
import { PolicyKind } from '../../../../src/contract/policies.ts';
import { RadioChoice } from '../../components/fields.tsx';
import { NoEnvironment } from '../../components/no-environment.tsx';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { routeHref } from '../../model/route.ts';
import { DocumentPanel } from './document-panel.tsx';
import { PolicyChoices } from './policy-choices.tsx';
import { firstChoice, type PolicyChoice, wishOf } from './wish.ts';

/** In the order in which they are offered. */
const kinds = ['policy', 'permission-set', 'scp', 'vpc-endpoint', 'stackset', 'broad'] as const;

/** Documents to hand to an administrator. `item`: the kind or the environment to begin with. */
export function PoliciesView({ item }: { item: string | null }): ReactNode {
  const words = useWords();
  const { environments, activeEnvironment } = useSnapshot();
  const kind = PolicyKind.safeParse(item).data ?? 'policy';
  const named = environments.find((e) => e.name === item)?.name;
  const [choice, setChoice] = useState<PolicyChoice>(() =>
    firstChoice(kind, named ?? activeEnvironment ?? environments[0]?.name ?? null),
  );
  const change = (some: Partial<PolicyChoice>): void => setChoice({ ...choice, ...some });
  return (
    <div className="main-scroll">
      <div className="page wide policies">
        <div className="page-head">
          <div>
            <h1>{words.t('policies:page.title')}</h1>
            <p className="quiet">{words.t('policies:page.about')}</p>
          </div>
          <div className="row-actions">
            <a className="button" href={routeHref('access')}>
              {words.t('page:navAccess')}
            </a>
          </div>
        </div>
        <div className="policy-kinds">
          <RadioChoice
            label={words.t('policies:page.kind')}
            options={kinds.map((id) => ({
              id,
              label: words.t(`policies:kind.${id}`),
              detail: words.t(`policies:about.${id}`),
            }))}
            value={choice.kind}
            onChange={(id) => change({ kind: PolicyKind.parse(id) })}
          />
        </div>
        {environments.length === 0 && choice.kind !== 'broad' ? (
          <NoEnvironment />
        ) : (
          <>
            <PolicyChoices choice={choice} onChange={change} />
            <DocumentPanel wish={wishOf(choice)} environment={choice.environments[0] ?? null} />
          </>
        )}
      </div>
    </div>
  );
}
