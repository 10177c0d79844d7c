import type { ReactNode } from 'react';
import { claudeInstall as commands } from '../../../../src/domain/sessions/claude-install.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { useWords } from '../../model/app-context.tsx';

/** The commands that install or update Claude Code, each to be copied. */
export function InstallClaude({ update }: { update: boolean }): ReactNode {
  const words = useWords();
  const own = /^Win/.test(navigator.platform) ? commands.windows : commands.unix;
  return (
    <>
      <ul className="fr-commands">
        {update ? (
          <Command name={words.t('firstRun:installUpdate')} command={commands.update} />
        ) : (
          <>
            <Command name={words.t('firstRun:installRecommended')} command={own} />
            <Command name={words.t('firstRun:installNpm')} command={commands.npm} />
          </>
        )}
      </ul>
      <p className="quiet small">{words.t('firstRun:installElsewhere')}</p>
    </>
  );
}

function Command({ name, command }: { name: string; command: string }): ReactNode {
  const words = useWords();
  return (
    <li className="fr-command">
      <span className="quiet small">{name}</span>
      <div className="address-row">
        <code className="address">{command}</code>
        <CopyButton text={command} label={words.t('firstRun:installCopy', { command })} />
      </div>
    </li>
  );
}
