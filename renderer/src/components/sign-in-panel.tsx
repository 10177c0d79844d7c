import type { ReactNode } from 'react';
import type { SignInView } from '../../../src/contract/state.ts';
import { useAgent, useWords } from '../model/app-context.tsx';
import { useAct } from '../model/ask.ts';
import { plainText } from '../model/plain-text.ts';
import { isWebAddress } from '../model/web-address.ts';
import { Button } from './button.tsx';
import { CopyButton } from './copy-button.tsx';
import { Icon } from './icons.tsx';
import { ErrorNotice } from './notice.tsx';

/** Starts a sign-in; the agent opens the browser. `withCode` also offers the device code flow. */
export function SignInButton({
  ssoSession,
  look,
  withCode = false,
}: {
  ssoSession: string;
  look: readonly ('primary' | 'large')[];
  withCode?: boolean;
}): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { run, pending, error } = useAct();
  const start = (flow: 'auto' | 'device'): void => {
    void run(() => agent.call('signIn.start', { ssoSession, flow, openBrowser: true }));
  };
  return (
    <>
      <Button look={look} isPending={pending} onPress={() => start('auto')}>
        {words.t('page:signIn')}
      </Button>
      {withCode && (
        <Button look={['plain']} isDisabled={pending} onPress={() => start('device')}>
          {words.t('page:signInWithCode')}
        </Button>
      )}
      <ErrorNotice error={error} />
    </>
  );
}

/** A sign-in under way: what the browser should show, in case it did not open, and a way out. */
export function SignInPanel({ signIn }: { signIn: SignInView }): ReactNode {
  const words = useWords();
  const agent = useAgent();
  const { run, pending, error } = useAct();
  return (
    <div className="sign-in">
      {signIn.userCode && (
        <div className="user-code">
          <p className="quiet small">{words.t('page:userCode')}</p>
          <p className="code mono">{plainText(signIn.userCode, 20)}</p>
        </div>
      )}
      <div className="sign-in-address">
        <p className="quiet small">{words.t('page:browserDidNotOpen')}</p>
        <div className="address-row">
          <code className="address">{plainText(signIn.url, 4000)}</code>
          <CopyButton text={signIn.url} label={words.t('page:copyAddress')} />
          {isWebAddress(signIn.url) && (
            <a className="button" href={signIn.url} target="_blank" rel="noopener noreferrer">
              <Icon name="external" size={16} />
              {words.t('page:openAddress')}
            </a>
          )}
        </div>
      </div>
      <div className="hero-action">
        <Button
          look={['large']}
          isPending={pending}
          onPress={() => void run(() => agent.call('signIn.cancel', { id: signIn.id }))}
        >
          {words.t('page:cancelSignIn')}
        </Button>
        <span className="quiet small">
          {words.t('page:signInUntil', { time: words.time(signIn.expiresAt) })}
        </span>
      </div>
      <ErrorNotice error={error} />
    </div>
  );
}
