import { type ReactNode, useState } from 'react';
import type { Geography, ModelView } from '../../../src/contract/bedrock.ts';
import { ModelId, Region } from '../../../src/contract/names.ts';
import { type Family, familyOf } from '../../../src/domain/bedrock/claude-models.ts';
import { staysIn } from '../../../src/domain/bedrock/geography.ts';
import { useWords, type Words } from '../model/app-context.tsx';
import { useAsk } from '../model/ask.ts';
import { refusalWord } from '../model/model-words.ts';
import { plainText } from '../model/plain-text.ts';
import { FreeChoice, type Option } from './fields.tsx';
import { IndicatorSign } from './indicator.tsx';

/** A region of Bedrock or of an SSO session; any well-formed name may be typed. */
export function RegionChoice({
  label,
  value,
  onCommit,
  onInput,
  hint,
  error = null,
  opens = 'onFocus',
  autoFocus = false,
}: {
  label: string;
  value: string;
  onCommit: (region: string) => void;
  onInput?: (text: string) => void;
  hint?: ReactNode;
  error?: string | null;
  opens?: 'onFocus' | 'onRequest';
  autoFocus?: boolean;
}): ReactNode {
  const words = useWords();
  const regions = useAsk('regions.list', {});
  const [wrong, setWrong] = useState<string | null>(null);
  const options: Option[] = (regions.data?.regions ?? []).map((id) => ({ id, label: id }));
  return (
    <FreeChoice
      label={label}
      options={options}
      value={value}
      onCommit={(typed) => {
        const region = typed.trim().toLowerCase();
        if (Region.safeParse(region).success) {
          setWrong(null);
          onCommit(region);
        } else setWrong(words.t('page:regionWrong', { region: plainText(typed, 40) }));
      }}
      {...(onInput ? { onInput } : {})}
      hint={hint}
      error={error ?? wrong}
      opens={opens}
      autoFocus={autoFocus}
    />
  );
}

/** The id that stands for "no model given": Claude Code then uses its own default. */
const DEFAULT = '';

/** A model of Bedrock as this identity sees them, with where the list comes from; only what can be used. */
export function ModelChoice({
  label,
  environment,
  region,
  ask,
  value,
  onCommit,
  geography = null,
  family = null,
  opens = 'onFocus',
}: {
  label: string;
  environment: string;
  region: string;
  /** Whether AWS can be asked (signed in). */
  ask: boolean;
  value: string | null;
  onCommit: (model: string | null) => void;
  /** Keeps to what stays there. */
  geography?: Geography | null;
  /** Lists those of it first. */
  family?: Family | null;
  opens?: 'onFocus' | 'onRequest';
}): ReactNode {
  const words = useWords();
  const models = useAsk('models.list', { environment, region }, `${ask} ${geography}`);
  const [wrong, setWrong] = useState<string | null>(null);
  const views = models.data?.models ?? [];
  const usable = views.filter(
    (m) => m.refusal === null && (geography === null || staysIn(geography, m, region) === true),
  );
  const place = (m: ModelView): number =>
    (family === null || familyOf(m.model ?? m.id) === family ? 0 : 2) + (m.proposed ? 0 : 1);
  const options: Option[] = [
    { id: DEFAULT, label: words.t('page:modelDefault'), detail: words.t('page:modelDefaultDetail') },
    ...usable
      .sort((a, b) => place(a) - place(b))
      .map((m) => ({ id: m.id, label: plainText(m.name), detail: plainText(m.id) })),
  ];
  const note = models.error
    ? words.error(models.error)
    : models.data === null
      ? words.t('page:modelsLoading')
      : models.data.source === 'live'
        ? words.t('page:modelsLive', { region: models.data.region })
        : words.t('page:modelsShipped', { region: models.data.region });
  return (
    <FreeChoice
      label={label}
      options={options}
      value={value ?? DEFAULT}
      note={note}
      hint={
        models.data?.source === 'live' ? unusable(value, models.data.models, usable, region, words) : null
      }
      error={wrong}
      opens={opens}
      onCommit={(typed) => {
        const model = typed.trim();
        if (model !== DEFAULT && !ModelId.safeParse(model).success) {
          setWrong(words.t('page:modelWrong'));
          return;
        }
        setWrong(null);
        onCommit(model === DEFAULT ? null : model);
      }}
    />
  );
}

/** What stands against an id that is chosen; null: nothing that is known. */
function unusable(
  value: string | null,
  all: readonly ModelView[],
  usable: readonly ModelView[],
  region: string,
  words: Words,
): ReactNode {
  const id = value?.replace(/\[1m\]$/i, '');
  // Aliases and ARNs of others are Claude Code's and AWS's own to know.
  if (id === undefined || !id.includes('anthropic.') || usable.some((m) => m.id === id)) return null;
  const refusal = all.find((m) => m.id === id)?.refusal ?? null;
  return (
    <span className="state-sign tone-attention">
      <IndicatorSign of="attention" size={14} />
      {refusalWord(refusal, words) ?? words.t('models:page.notOfferedIn', { region })}
    </span>
  );
}
