import * as clack from '@clack/prompts';
import type { AgentConnection } from '../../client/rpc-client.ts';
import {
  type BedrockTrayError,
  type ErrorCode,
  isBedrockTrayError,
  type SsoSessionState,
} from '../../contract/index.ts';
import { answered, canAsk, Left } from '../prompting.ts';
import { translator } from '../shell.ts';
import { plain } from '../table.ts';
import type { Wish } from './configure-sso-portal.ts';
import type { SsoOptions, Step } from './configure-sso-questions.ts';
import { signIn } from './login.ts';

const isIn = (state: SsoSessionState | undefined): boolean =>
  state === 'valid' || state === 'refreshing' || state === 'degraded';

/** The agent reads the token of an SSO session that it has just heard of: one of an earlier sign-in may be there. */
const READ_WITHIN_MS = 500;

/** Whether nobody has to sign in; for a new SSO session that shows within a moment. */
function isSignedIn(agent: AgentConnection, wish: Wish): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const done = (result: boolean): void => {
      clearTimeout(late);
      stop();
      resolve(result);
    };
    const late = setTimeout(() => done(false), READ_WITHIN_MS);
    const stop = agent.watch(
      'state.watch',
      {},
      ({ ssoSessions }) => {
        const state = ssoSessions.find((s) => s.id === wish.name)?.state;
        if (isIn(state)) done(true);
        else if (wish.create === null) done(false);
      },
      reject,
    );
  });
}

/** After these the same sign-in may go well. */
const again: ReadonlySet<ErrorCode> = new Set([
  'SignInDenied',
  'SignInTimedOut',
  'SignInFailed',
  'SignInBusy',
  'NetworkUnavailable',
  'NotAws',
  'Throttled',
]);

/** Says why it did not go well, and asks whether it is to be tried again; whoever does not want to leaves. */
async function triesAgain(problem: BedrockTrayError): Promise<void> {
  const { t, error } = translator();
  clack.log.error(plain(error(problem.view())));
  const next = answered(
    await clack.select({
      message: t('setup:next'),
      options: [
        { value: 'again', label: t('firstRun:remedySignIn') },
        { value: 'leave', label: t('setup:stop') },
      ],
    }),
  );
  if (next === 'leave') throw new Left();
}

/** Signs in where nobody is. A sign-in that somebody gave up is a wizard that was left. */
export async function signedIn(
  agent: AgentConnection,
  wish: Wish,
  options: SsoOptions,
  step: Step,
): Promise<void> {
  const ssoSession = wish.name;
  if (await step(isSignedIn(agent, wish))) return;
  const { browser, useDeviceCode = false } = options;
  for (;;) {
    try {
      await step(signIn(agent, { ssoSession, browser, useDeviceCode }));
      return;
    } catch (error) {
      if (!isBedrockTrayError(error)) throw error;
      if (error.code === 'SignInCancelled') throw new Left();
      if (options.json || !canAsk() || !again.has(error.code)) throw error;
      await triesAgain(error);
    }
  }
}
