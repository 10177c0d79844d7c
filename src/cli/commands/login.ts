import type { Command } from 'commander';
import type { AgentConnection } from '../../client/rpc-client.ts';
import type { SignInView } from '../../contract/index.ts';
import { note, print, printJson, translator, withAgent } from '../shell.ts';
import { clockTime } from '../words.ts';

export interface LoginOptions {
  ssoSession?: string;
  profile?: string;
  useDeviceCode?: boolean;
  /** commander's `--no-browser`. */
  browser: boolean;
  renew?: boolean;
  json?: boolean;
}

/** Tells where to sign in; the browser is opened by the agent, so that it is opened once for everybody. */
export function describeSignIn(signIn: SignInView, browser: boolean): void {
  const { t } = translator();
  note(
    browser
      ? t('cli:login.browserOpened', { name: signIn.ssoSession })
      : t('cli:login.openThis', { name: signIn.ssoSession }),
  );
  note(`  ${signIn.url}`);
  if (signIn.userCode) note(t('cli:login.code', { code: signIn.userCode }));
}

/** Signs in and waits for the result; Ctrl+C gives up the sign-in. */
export async function signIn(
  agent: AgentConnection,
  options: Pick<LoginOptions, 'ssoSession' | 'profile' | 'useDeviceCode' | 'browser' | 'renew'>,
): Promise<{ ssoSession: string; expiresAt: number }> {
  const view = await agent.call('signIn.start', {
    ...(options.ssoSession === undefined ? {} : { ssoSession: options.ssoSession }),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    flow: options.useDeviceCode ? 'device' : 'auto',
    openBrowser: options.browser,
    renew: options.renew ?? false,
  });
  describeSignIn(view, options.browser);
  const giveUp = (): void => void agent.call('signIn.cancel', { id: view.id }).catch(() => {});
  process.once('SIGINT', giveUp);
  try {
    return await agent.call('signIn.wait', { id: view.id });
  } finally {
    process.off('SIGINT', giveUp);
  }
}

export function addLogin(program: Command): void {
  const { t } = translator();
  program
    .command('login')
    .description(t('cli:login.description'))
    .option('--sso-session <name>', t('cli:option.ssoSession'))
    .option('--profile <name>', t('cli:option.profile'))
    .option('--use-device-code', t('cli:login.deviceCode'))
    .option('--no-browser', t('cli:login.noBrowser'))
    .option('--renew', t('cli:login.renew'))
    .option('--json', t('cli:option.json'))
    .action((options: LoginOptions) =>
      withAgent(async (agent) => {
        if (options.renew) note(translator().t('cli:login.renewing'));
        const result = await signIn(agent, options);
        if (options.json) printJson(result);
        else
          print(
            translator().t('cli:login.done', { name: result.ssoSession, time: clockTime(result.expiresAt) }),
          );
      }),
    );
  program
    .command('logout')
    .description(t('cli:logout.description'))
    .option('--sso-session <name>', t('cli:logout.ssoSession'))
    .option('--json', t('cli:option.json'))
    .action((options: { ssoSession?: string; json?: boolean }) =>
      withAgent(async (agent) => {
        const result = await agent.call(
          'signOut',
          options.ssoSession === undefined ? {} : { ssoSession: options.ssoSession },
        );
        if (options.json) return printJson(result);
        const { t: say } = translator();
        print(
          result.signedOut.length > 0
            ? say('cli:logout.done', { names: result.signedOut.join(', ') })
            : say('cli:logout.none'),
        );
      }),
    );
}
