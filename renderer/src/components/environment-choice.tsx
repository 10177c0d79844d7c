import type { ReactNode } from 'react';
import { useSnapshot, useWords } from '../model/app-context.tsx';
import { plainText } from '../model/plain-text.ts';
import { Choice } from './fields.tsx';

/** One of the environments, for what a view is about. */
export function EnvironmentChoice({
  value,
  onChange,
}: {
  value: string;
  onChange: (name: string) => void;
}): ReactNode {
  const words = useWords();
  const { environments } = useSnapshot();
  return (
    <Choice
      label={words.t('page:environment')}
      value={value}
      options={environments.map((e) => ({
        id: e.name,
        label: plainText(e.name, 60),
        detail: `${plainText(e.profile, 60)} · ${plainText(e.region, 40)}`,
      }))}
      onChange={onChange}
    />
  );
}
