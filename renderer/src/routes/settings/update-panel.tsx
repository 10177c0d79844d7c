import type { ReactNode } from 'react';
import type { UpdateView } from '../../../../src/contract/state.ts';
import { Button } from '../../components/button.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useAgent, useSnapshot, useWords, type Words } from '../../model/app-context.tsx';
import { useAct } from '../../model/ask.ts';
import { plainText } from '../../model/plain-text.ts';

function stateSaid(words: Words, update: UpdateView, installed: string): string {
  const version = plainText(update.version ?? '', 40);
  switch (update.state) {
    case 'none':
      return words.t('settings:updateNone', { version: installed });
    case 'checking':
      return words.t('settings:updateChecking');
    case 'available':
      return words.t('settings:updateAvailable', { version });
    case 'downloading': {
      const percent = new Intl.NumberFormat(words.language, { style: 'percent' });
      return words.t('settings:updateDownloading', {
        version,
        percent: percent.format(update.progress ?? 0),
      });
    }
    case 'ready':
      return words.t('settings:updateReady', { version });
    case 'held':
      return words.t('settings:updateHeld', { version });
    case 'failed':
      return words.t('settings:updateFailed');
  }
}

/** How the update stands, and the one act that is next. */
export function UpdatePanel(): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { update, agent: info } = useSnapshot();
  const { run, pending, error } = useAct();
  const wish = (what: 'check' | 'download' | 'install', now = false): void =>
    void run(() => agent.call('update.wish', { wish: what, now }));
  const act = {
    none: ['settings:updateCheck', () => wish('check')],
    failed: ['settings:updateCheck', () => wish('check')],
    checking: null,
    available: ['settings:updateDownload', () => wish('download')],
    downloading: null,
    ready: ['settings:updateInstall', () => wish('install')],
    held: ['settings:updateInstallNow', () => wish('install', true)],
  } as const satisfies Record<UpdateView['state'], readonly [string, () => void] | null>;
  // A copy that does not replace itself: its problem says where a new version is, and it can look where it has a feed.
  const elsewhere = update.problem?.code === 'UpdatesUnavailable';
  const looks = update.version !== null && update.state !== 'checking';
  const next = elsewhere ? (looks ? act.none : null) : act[update.state];
  return (
    <div className="setting">
      <div className="setting-line">
        <div>
          <p role="status">{stateSaid(words, update, plainText(info.version, 40))}</p>
          {update.checkedAt !== null && (
            <p className="field-hint">
              {words.t('settings:updateChecked', { when: words.time(update.checkedAt) })}
            </p>
          )}
        </div>
        {update.wish !== null ? (
          <span className="quiet small">{words.t('settings:updateWished')}</span>
        ) : (
          next && (
            <Button isPending={pending} onPress={next[1]}>
              {words.t(next[0])}
            </Button>
          )
        )}
      </div>
      <ErrorNotice error={error ?? update.problem} tone="attention" />
    </div>
  );
}
