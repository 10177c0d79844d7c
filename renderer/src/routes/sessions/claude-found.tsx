import type { ReactNode } from 'react';
import { Notice } from '../../components/notice.tsx';
import { useSnapshot, useWords } from '../../model/app-context.tsx';
import { plainText } from '../../model/plain-text.ts';

/** Which Claude Code was found, where that deserves a word: too old, newer than what was tested, or what it is. */
export function ClaudeFound(): ReactNode {
  const words = useWords();
  const { claude, demo } = useSnapshot().agent;
  if (claude === null) return demo ? null : <p className="quiet small">{words.t('sessions:claudeAsked')}</p>;
  const version = plainText(claude.version ?? '?', 40);
  const path = plainText(claude.path, 300);
  if (claude.support === 'older')
    return <Notice tone="attention">{words.t('sessions:claudeOlder', { version, path })}</Notice>;
  return (
    <p className="quiet small" title={path}>
      {words.t(
        claude.support === 'newer'
          ? 'sessions:claudeNewer'
          : claude.support === 'tested'
            ? 'sessions:claudeTested'
            : 'sessions:claudeVersion',
        { version },
      )}
    </p>
  );
}
