import { type ReactNode, useMemo } from 'react';
import { durationMessage } from '../../../../src/domain/duration.ts';
import { type Circumstance, circumstances } from '../../../../src/domain/keep-alive/circumstances.ts';
import { Notice } from '../../components/notice.tsx';
import { useSnapshot, useWords, type Words } from '../../model/app-context.tsx';
import { plainText } from '../../model/plain-text.ts';
import { RenewSignIn } from './renew-sign-in.tsx';

/** What a person should know beside the state: an end to come, the network, the clock. */
export function Circumstances({ now }: { now: number }): ReactNode {
  const words = useWords();
  const snapshot = useSnapshot();
  const found = circumstances(snapshot, now);
  // A screen reader is told when something comes, not each time that the minutes in it go on.
  const coming = found.map((c) => (c.kind === 'ending' ? `ending ${c.ending.stage}` : c.kind)).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: as above; the words of that moment are kept.
  const spoken = useMemo(() => found.map((c) => said(c, words)[0]).join(' '), [coming, words]);
  return (
    <>
      <p className="unseen" role="status">
        {spoken}
      </p>
      {found.map((c) => {
        const [sentence, advice] = said(c, words);
        return (
          <Notice
            key={c.kind}
            tone="attention"
            action={
              c.kind === 'ending' && (
                <RenewSignIn ssoSession={c.ending.ssoSession} label={words.t('page:renewNow')} primary />
              )
            }
          >
            <p>
              <strong>{sentence}</strong>
            </p>
            <p>{advice}</p>
          </Notice>
        );
      })}
    </>
  );
}

function said(found: Circumstance, words: Words): [sentence: string, advice: string] {
  const span = (ms: number): string => {
    const message = durationMessage(ms);
    return words.t(`page:${message.key}`, message.params);
  };
  switch (found.kind) {
    case 'ending':
      return [
        words.t('page:endingSoon', {
          ssoSession: plainText(found.ending.ssoSession, 60),
          left: span(found.leftMs),
        }),
        words.t('page:endingSoonAdvice'),
      ];
    case 'offline':
      return [
        words.t('page:networkOffline', { time: words.time(found.sinceAt) }),
        words.t('page:networkOfflineAdvice'),
      ];
    case 'captive':
      return [words.t('page:networkCaptive'), words.t('page:networkCaptiveAdvice')];
    case 'clock':
      return [
        words.t(found.clockIs === 'behind' ? 'page:clockBehind' : 'page:clockAhead', {
          by: span(found.byMs),
        }),
        words.t('page:clockAdvice'),
      ];
  }
}
