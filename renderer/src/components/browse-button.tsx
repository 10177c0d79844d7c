import type { ReactNode } from 'react';
import { useAgent, useWords } from '../model/app-context.tsx';
import { Button } from './button.tsx';

/** Lets the person choose a folder in the system's own dialog; nothing in a browser, which has none that tells a path. */
export function BrowseButton({ onChoose }: { onChoose: (folder: string) => void }): ReactNode {
  const words = useWords();
  const choose = useAgent().chooseFolder;
  if (!choose) return null;
  return (
    <Button
      icon="folder"
      onPress={() =>
        void choose().then((folder) => {
          if (folder !== null) onChoose(folder);
        })
      }
    >
      {words.t('page:browse')}
    </Button>
  );
}
