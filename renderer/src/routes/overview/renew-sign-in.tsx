import { type ReactNode, useState } from 'react';
import { openSessionsOn } from '../../../../src/domain/keep-alive/renewal.ts';
import { Button } from '../../components/button.tsx';
import { Confirm } from '../../components/confirm.tsx';
import { ErrorNotice } from '../../components/notice.tsx';
import { useAgent, useSnapshot, useWords } from '../../model/app-context.tsx';
import { useAct } from '../../model/ask.ts';
import { plainText } from '../../model/plain-text.ts';

/** A true renewal of an SSO session: signed out first, so it says what that interrupts and asks. */
export function RenewSignIn({
  ssoSession,
  label,
  primary = false,
}: {
  ssoSession: string;
  label: string;
  primary?: boolean;
}): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { run, pending, error } = useAct();
  const [asking, setAsking] = useState(false);
  const open = openSessionsOn(ssoSession, useSnapshot()).length;
  return (
    <>
      <Button look={primary ? ['primary'] : []} isPending={pending} onPress={() => setAsking(true)}>
        {label}
      </Button>
      <ErrorNotice error={error} />
      <Confirm
        title={words.t('page:renewTitle', { ssoSession: plainText(ssoSession, 60) })}
        open={asking}
        onClose={() => setAsking(false)}
        confirm={words.t('page:renewNow')}
        harmless
        onConfirm={() =>
          void run(() => agent.call('signIn.start', { ssoSession, renew: true, openBrowser: true }))
        }
      >
        {words.t('page:renewExplained')}
        {open > 0 && ` ${words.t('page:renewSessions', { count: open })}`}
      </Confirm>
    </>
  );
}
