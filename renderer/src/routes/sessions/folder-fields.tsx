import type { ReactNode } from 'react';
import { BrowseButton } from '../../components/browse-button.tsx';
import { Button, IconButton } from '../../components/button.tsx';
import { FreeChoice } from '../../components/fields.tsx';
import { Icon } from '../../components/icons.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct } from '../../model/ask.ts';
import { folderProblem } from '../../model/names.ts';
import { folderLabel, folderName, plainText } from '../../model/plain-text.ts';

/** Most folders that one form opens at once. */
const MOST = 8;

/** One folder, or several at once: typed, chosen from those that are pinned or recent, or with the system's dialog. */
export function FolderFields({
  folders,
  onChange,
  shown,
}: {
  folders: readonly string[];
  onChange: (folders: readonly string[]) => void;
  /** Whether what is wrong is said yet. */
  shown: boolean;
}): ReactNode {
  const words = useWords();
  const { recentFolders, pinnedFolders } = useSnapshot();
  const known = [...new Set([...pinnedFolders, ...recentFolders])];
  const set = (at: number, folder: string): void => onChange(folders.map((f, n) => (n === at ? folder : f)));
  return (
    <div className="form folder-fields">
      {folders.map((folder, n) => {
        const wrong = folderProblem(folder);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a field has no other name.
          <div className="folder-field" key={n}>
            <FreeChoice
              label={n === 0 ? words.t('page:folder') : words.t('sessions:folderNumber', { number: n + 1 })}
              {...(n === 0 ? { hint: words.t('page:folderHint') } : {})}
              placeholder="/home/me/project"
              options={known.map((f) => ({
                id: f,
                label: plainText(f, 300),
                detail: pinnedFolders.includes(f) ? words.t('sessions:pinned') : folderName(f),
              }))}
              value={folder}
              onCommit={(next) => set(n, next)}
              onInput={(next) => set(n, next)}
              opens="onRequest"
              error={shown && wrong ? words.t(`page:${wrong}`) : null}
            />
            <BrowseButton onChoose={(chosen) => set(n, chosen)} />
            {folders.length > 1 && (
              <IconButton
                icon="close"
                label={words.t('sessions:removeFolder', { number: n + 1 })}
                onPress={() => onChange(folders.filter((_, m) => m !== n))}
              />
            )}
          </div>
        );
      })}
      <KnownFolders known={known} chosen={folders} onChoose={(folder) => set(folders.length - 1, folder)} />
      {folders.length < MOST && (
        <div>
          <Button look={['plain']} icon="plus" onPress={() => onChange([...folders, ''])}>
            {words.t('sessions:anotherFolder')}
          </Button>
        </div>
      )}
    </div>
  );
}

/** Pinned folders first, then recent ones; each can be chosen, pinned and unpinned. */
function KnownFolders({
  known,
  chosen,
  onChoose,
}: {
  known: readonly string[];
  chosen: readonly string[];
  onChoose: (folder: string) => void;
}): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { pinnedFolders } = useSnapshot();
  const { run, error } = useAct();
  if (known.length === 0) return null;
  return (
    <>
      <ul className="known-folders" aria-label={words.t('sessions:knownFolders')}>
        {known.slice(0, 8).map((folder) => {
          const pinned = pinnedFolders.includes(folder);
          return (
            <li key={folder} data-chosen={chosen.includes(folder) || undefined}>
              <button
                type="button"
                className="known-folder"
                title={plainText(folder, 400)}
                aria-pressed={chosen.includes(folder)}
                onClick={() => onChoose(folder)}
              >
                <Icon name="folder" size={15} />
                {folderLabel(folder)}
              </button>
              <button
                type="button"
                className="pin-button"
                aria-pressed={pinned}
                aria-label={words.t('sessions:pinFolder', { folder: folderLabel(folder) })}
                onClick={() => void run(() => agent.call('folders.pin', { folder, pinned: !pinned }))}
              >
                <Icon name="pin" size={14} />
              </button>
            </li>
          );
        })}
      </ul>
      <ErrorNotice error={error} />
    </>
  );
}
