import type { ReactNode } from 'react';
import { type Circumstance, circumstances } from '../../../../src/domain/circumstances.ts';
import { durationMessage } from '../../../../src/domain/duration.ts';
import { Notice } from '../../components/notice.tsx';
import { useSnapshot, useWords, type Words } from '../../model/app-context.tsx';
import { plainText } from '../../model/plain-text.ts';
import { RenewSignIn } from './renew-sign-in.tsx';

/** What a person should know beside the state: an end to come, the network, the clock. */
export function Circumstances({ now }: { now: number }): ReactNode {
  const words = useWords();
  const snapshot = useSnapshot();
  return circumstances(snapshot, now).map((found) => {
    const [sentence, advice] = said(found, words);
    return (
      <Notice
        key={found.kind}
        tone="attention"
        action={
          found.kind === 'ending' && (
            <RenewSignIn ssoSession={found.ending.ssoSession} label={words.t('page:renewNow')} primary />
          )
        }
      >
        {/* Said once; the time in it goes on without being said again each minute. */}
        <p>
          <strong>{sentence}</strong>
        </p>
        <p>{advice}</p>
      </Notice>
    );
  });
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
