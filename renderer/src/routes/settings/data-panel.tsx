import { type ReactNode, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Check } from '../../components/fields.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct } from '../../model/ask.ts';
import { plainText } from '../../model/plain-text.ts';

/** Where the product keeps what, and a bundle of it for a ticket. */
export function DataPanel(): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { agent: info } = useSnapshot();
  const show = useAct();
  const bundle = useAct();
  const [maskAccounts, setMaskAccounts] = useState(true);
  const [made, setMade] = useState<string | null>(null);
  const places = [
    ['settings:dataFolder', info.home, 'data'],
    ['settings:logFile', info.logFile, 'logs'],
  ] as const;
  return (
    <>
      {places.map(([key, path, folder]) => (
        <div className="setting" key={folder}>
          <div className="setting-line">
            <div>
              <p className="setting-name">{words.t(key)}</p>
              <p className="mono field-hint">{plainText(path, 300)}</p>
            </div>
            <Button
              aria-label={words.t('settings:showOf', { path: plainText(path, 300) })}
              onPress={() => void show.run(() => agent.call('desktop.show', { folder }))}
            >
              {words.t('settings:show')}
            </Button>
          </div>
        </div>
      ))}
      <ErrorNotice error={show.error} tone="attention" />
      <div className="setting">
        <div className="setting-line">
          <div>
            <p className="setting-name">{words.t('settings:bundle')}</p>
            <p className="field-hint">{words.t('settings:bundleHint')}</p>
          </div>
          <Button
            isPending={bundle.pending}
            onPress={() =>
              void bundle
                .run(() => agent.call('support.bundle', { maskAccounts }))
                .then((answer) => setMade(answer?.file ?? null))
            }
          >
            {words.t('settings:bundleMake')}
          </Button>
        </div>
        <Check label={words.t('settings:maskAccounts')} isSelected={maskAccounts} onChange={setMaskAccounts}>
          <span>{words.t('settings:maskAccounts')}</span>
        </Check>
        <div role="status">
          {made !== null && (
            <div className="setting-line setting-made">
              <p className="small">{words.t('settings:bundleMade', { file: plainText(made, 300) })}</p>
              <CopyButton text={made} label={words.t('page:copy')} />
            </div>
          )}
        </div>
        <ErrorNotice error={bundle.error} />
      </div>
      <div className="setting">
        <p className="field-hint">
          {words.t('settings:uninstallHint')} <code>bedrock-tray uninstall</code>
        </p>
      </div>
      <div className="setting">
        <p className="field-hint">
          {words.t('settings:agentVersion')} <span className="mono">{plainText(info.version, 40)}</span>
        </p>
      </div>
    </>
  );
}
