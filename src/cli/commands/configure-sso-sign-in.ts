import type { AgentConnection } from '../../client/rpc-client.ts';
import { BedrockTrayError, type SsoSessionState } from '../../contract/index.ts';
import { Left } from '../prompting.ts';
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

/** Signs in where nobody is. A sign-in that somebody gave up is a wizard that was left. */
export async function signedIn(
  agent: AgentConnection,
  wish: Wish,
  options: SsoOptions,
  step: Step,
): Promise<void> {
  const ssoSession = wish.name;
  if (await step(isSignedIn(agent, wish))) return;
  try {
    await step(
      signIn(agent, {
        ssoSession,
        browser: options.browser,
        ...(options.useDeviceCode ? { useDeviceCode: true } : {}),
      }),
    );
  } catch (error) {
    if (error instanceof BedrockTrayError && error.code === 'SignInCancelled') throw new Left();
    throw error;
  }
}
