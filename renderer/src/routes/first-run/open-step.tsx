import { type ReactNode, useState } from 'react';
import type { Environment } from '../../../../src/contract/state.ts';
import { BrowseButton } from '../../components/browse-button.tsx';
import { Button } from '../../components/button.tsx';
import { FreeChoice } from '../../components/fields.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct } from '../../model/ask.ts';
import { folderProblem } from '../../model/names.ts';
import { folderName, plainText } from '../../model/plain-text.ts';
import { navigate } from '../../model/route.ts';
import { useDesk } from '../sessions/desk.tsx';
import { InstallClaude } from './install-claude.tsx';
import { forgetPlan } from './plan.ts';
import { StepFrame } from './step-frame.tsx';
import { useClaude } from './use-claude.ts';

/** Step 6: Claude Code, in a folder; where it is not installed, how it is. */
export function OpenStep({
  environment,
  onBack,
}: {
  environment: Environment;
  onBack: (() => void) | null;
}): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const desk = useDesk();
  const { agent: info, recentFolders, pinnedFolders } = useSnapshot();
  const { run, pending, error } = useAct();
  const ending = useAct();
  const claude = useClaude();
  const known = [...new Set([...pinnedFolders, ...recentFolders, info.userHome])];
  const [folder, setFolder] = useState(known[0] ?? info.userHome);
  const [shown, setShown] = useState(false);
  const wrong = folderProblem(folder);

  const finish = async (): Promise<void> => {
    await agent.call('settings.set', { setupDone: true });
    forgetPlan();
  };
  const open = (): void => {
    setShown(true);
    if (wrong) return;
    void run(async () => {
      const session = await agent.call('sessions.open', {
        cwd: folder.trim(),
        environment: environment.name,
      });
      await finish();
      desk.opened([session.id]);
      return true;
    });
  };
  if (claude.state === 'missing' || claude.state === 'older')
    return (
      <StepFrame
        key="install"
        title={words.t(claude.state === 'older' ? 'firstRun:installOldTitle' : 'firstRun:installTitle')}
        lead={
          claude.state === 'older'
            ? words.t('firstRun:installOldLead', { version: plainText(claude.version ?? '', 40) })
            : words.t('firstRun:installLead')
        }
        onNext={null}
        onBack={onBack}
        status={words.t('firstRun:installWaiting')}
        more={
          <Button
            look={['plain']}
            isPending={ending.pending}
            onPress={() =>
              void ending.run(async () => {
                await finish();
                navigate('overview');
              })
            }
          >
            {words.t('firstRun:finishWithout')}
          </Button>
        }
      >
        <InstallClaude update={claude.state === 'older'} />
        <ErrorNotice error={ending.error} />
      </StepFrame>
    );
  return (
    <StepFrame
      key="open"
      title={words.t('firstRun:openTitle')}
      lead={words.t('firstRun:openLead')}
      onNext={open}
      next={words.t('firstRun:openButton')}
      nextPending={pending}
      onBack={onBack}
      status={
        claude.state === 'there' && claude.version !== null
          ? words.t('firstRun:installFound', { version: plainText(claude.version, 40) })
          : ''
      }
    >
      <div className="folder-field">
        <FreeChoice
          label={words.t('firstRun:openFolder')}
          hint={words.t('firstRun:openFolderHint')}
          options={known.map((f) => ({ id: f, label: plainText(f, 300), detail: folderName(f) }))}
          value={folder}
          onCommit={setFolder}
          onInput={setFolder}
          opens="onRequest"
          error={shown && wrong ? words.t(`page:${wrong}`) : null}
        />
        <BrowseButton onChoose={setFolder} />
      </div>
      <ErrorNotice error={error} />
    </StepFrame>
  );
}
