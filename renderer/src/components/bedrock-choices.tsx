import { type ReactNode, useState } from 'react';
import { ModelId, Region } from '../../../src/contract/names.ts';
import { useWords } from '../model/app-context.tsx';
import { useAsk } from '../model/ask.ts';
import { plainText } from '../model/plain-text.ts';
import { FreeChoice, type Option } from './fields.tsx';

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

/** A model of Bedrock as this identity sees them, with where the list comes from. */
export function ModelChoice({
  label,
  environment,
  region,
  ask,
  value,
  onCommit,
  opens = 'onFocus',
}: {
  label: string;
  environment: string;
  region: string;
  /** Whether AWS can be asked (signed in). */
  ask: boolean;
  value: string | null;
  onCommit: (model: string | null) => void;
  opens?: 'onFocus' | 'onRequest';
}): ReactNode {
  const words = useWords();
  const models = useAsk('models.list', { environment, region }, ask ? 1 : 0);
  const [wrong, setWrong] = useState<string | null>(null);
  const options: Option[] = [
    { id: DEFAULT, label: words.t('page:modelDefault'), detail: words.t('page:modelDefaultDetail') },
    ...(models.data?.models ?? []).map((m) => ({
      id: m.id,
      label: plainText(m.name),
      detail: plainText(m.id),
    })),
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
