import type { ReactNode } from 'react';
import { Geography } from '../../../../src/contract/bedrock.ts';
import { Choice } from '../../components/fields.tsx';
import { useWords } from '../../model/app-context.tsx';
import { geographyKeys } from '../../model/model-words.ts';

const ANYWHERE = '';

/** Where requests of an environment must be answered. */
export function GeographyChoice({
  value,
  onChange,
  isDisabled = false,
}: {
  value: Geography | null;
  onChange: (geography: Geography | null) => void;
  isDisabled?: boolean;
}): ReactNode {
  const words = useWords();
  return (
    <Choice
      label={words.t('models:page.geography')}
      hint={words.t('models:page.geographyHint')}
      value={value ?? ANYWHERE}
      options={[
        {
          id: ANYWHERE,
          label: words.t('models:page.geographyAnywhere'),
          detail: words.t('models:page.geographyAnywhereDetail'),
        },
        ...Geography.options.map((id) => ({ id, label: words.t(geographyKeys[id]) })),
      ]}
      onChange={(id) => onChange(Geography.options.find((g) => g === id) ?? null)}
      isDisabled={isDisabled}
    />
  );
}
