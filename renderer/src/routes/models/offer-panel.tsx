import { type ReactNode, useMemo, useState } from 'react';
import type { Key } from 'react-aria-components';
import type { ResolvedModel } from '../../../../src/contract/bedrock.ts';
import type { Environment } from '../../../../src/contract/state.ts';
import { Button } from '../../components/button.tsx';
import { Choice, TextInput, Toggle } from '../../components/fields.tsx';
import { useLimit } from '../../components/limited-list.tsx';
import { Notice, useErrorText } from '../../components/notice.tsx';
import { SignInButton } from '../../components/sign-in-panel.tsx';
import { Skeleton } from '../../components/skeleton.tsx';
import { useWords } from '../../model/app-context.tsx';
import type { Slot } from '../../model/model-slots.ts';
import { dayWords, geographyKeys } from '../../model/model-words.ts';
import { families, filtered, type ModelRow } from './model-rows.ts';
import { ModelTable } from './model-table.tsx';
import { type Offer, useSsoSessionOf } from './use-offer.ts';

const ALL = '';
/** Models that are drawn at once. */
const PAGE = 50;
const familyNames = { fable: 'Fable', opus: 'Opus', sonnet: 'Sonnet', haiku: 'Haiku' } as const;

/** The table of models with its search and filters, and what is to be said of where it comes from. */
export function OfferPanel({
  environment,
  region,
  offer,
  rows,
  resolved,
  onChoose,
  expanded,
  onExpanded,
}: {
  environment: Environment;
  region: string;
  offer: Offer;
  rows: readonly ModelRow[];
  resolved: readonly ResolvedModel[];
  onChoose: ((slot: Slot, id: string | null) => void) | null;
  expanded: ReadonlySet<Key>;
  onExpanded: (keys: Set<Key>) => void;
}): ReactNode {
  const words = useWords();
  const [text, setText] = useState('');
  const [family, setFamily] = useState(ALL);
  const [onlyUsable, setOnlyUsable] = useState(false);
  const found = useMemo(
    () => filtered(rows, { text, family: families.find((f) => f === family) ?? null, onlyUsable }),
    [rows, text, family, onlyUsable],
  );
  const { drawn, more } = useLimit(found, PAGE);
  const usable = found.filter((r) => r.usable).length;
  const { geography } = environment;
  const withdrawn = (offer.data?.models ?? []).filter((m) => m.refusal === 'geography').length;
  const title = words.t('models:page.offer', { region });
  const count = found.length;
  // How many of them can be used is known only where AWS was asked.
  const counted =
    offer.data?.source === 'shipped'
      ? words.t('models:page.countOnly', { count })
      : words.t('models:page.count', { count, usable });
  const showAll = (): void => {
    setText('');
    setFamily(ALL);
    setOnlyUsable(false);
  };
  return (
    <section className="panel" aria-labelledby="offer">
      <div className="panel-head">
        <h2 id="offer">{title}</h2>
        <p className="quiet small number" role="status">
          {offer.data ? counted : '\u00a0'}
        </p>
      </div>
      <div className="offer-filters">
        <TextInput
          label={words.t('models:page.search')}
          type="search"
          value={text}
          onChange={setText}
          placeholder={words.t('models:page.searchHint')}
          maxLength={200}
        />
        <Choice
          label={words.t('models:page.family')}
          value={family}
          options={[
            { id: ALL, label: words.t('models:page.familyAll') },
            ...families.map((id) => ({ id, label: familyNames[id] })),
          ]}
          onChange={setFamily}
        />
        <Toggle label={words.t('models:page.onlyUsable')} isSelected={onlyUsable} onChange={setOnlyUsable} />
      </div>
      {offer.data === null && <Skeleton lines={9} />}
      <FromTable environment={environment} offer={offer} />
      {withdrawn > 0 && geography !== null && (
        <p className="quiet small">
          {words.t('models:page.withdrawn', {
            count: withdrawn,
            geography: words.t(geographyKeys[geography]),
          })}
        </p>
      )}
      {found.length > 0 ? (
        <>
          <ModelTable
            label={title}
            rows={drawn}
            region={region}
            geography={geography}
            source={offer.data?.source ?? 'shipped'}
            resolved={resolved}
            chosen={environment}
            onChoose={onChoose}
            expanded={expanded}
            onExpanded={onExpanded}
          />
          {more}
        </>
      ) : (
        <div className="empty">
          <p>{words.t(rows.length === 0 ? 'models:page.none' : 'models:page.nothing')}</p>
          {rows.length > 0 && <Button onPress={showAll}>{words.t('models:page.showAll')}</Button>}
        </div>
      )}
    </section>
  );
}

/** Bedrock could not be asked: what is shown instead, of when, why, and the way out. */
function FromTable({ environment, offer }: { environment: Environment; offer: Offer }): ReactNode {
  const words = useWords();
  const errorText = useErrorText();
  const ssoSession = useSsoSessionOf(environment);
  if (offer.data?.source !== 'shipped') return null;
  const { tableDate, problem } = offer.data;
  const signedOut = ssoSession !== null && ['signedOut', 'expired'].includes(ssoSession.state);
  return (
    <Notice
      tone="attention"
      action={
        signedOut ? (
          <SignInButton ssoSession={ssoSession.id} look={[]} />
        ) : (
          <Button isPending={offer.refreshing.pending} onPress={offer.refresh}>
            {words.t('page:tryAgain')}
          </Button>
        )
      }
    >
      <p>{words.t('models:page.shipped', { date: dayWords(tableDate ?? '', words) })}</p>
      {problem && (
        <p className="quiet small">{words.t('models:page.shippedWhy', { reason: errorText(problem) })}</p>
      )}
    </Notice>
  );
}
