import type { AgentConnection } from '../../client/rpc-client.ts';
import { BedrockTrayError, type ProfileView, type SsoSessionState } from '../../contract/index.ts';
import { Left, leavable } from '../prompting.ts';
import { note, print, printJson, translator } from '../shell.ts';
import {
  checkOptions,
  choosePlan,
  chooseSsoSession,
  type Plan,
  type Role,
  type SsoOptions,
  type Step,
  type Wish,
} from './configure-sso-questions.ts';
import { signIn } from './login.ts';

/** The profiles in one write, and the environment that is to be used. */
async function write(agent: AgentConnection, ssoSession: string, plan: Plan): Promise<ProfileView[]> {
  const { roles, region, names, use } = plan;
  const first = roles[0] as Role;
  const profiles =
    'profile' in names
      ? [
          await agent.call('profiles.create', {
            name: names.profile,
            ssoSession,
            accountId: first.accountId,
            roleName: first.roleName,
            region,
          }),
        ]
      : (await agent.call('profiles.createMany', { ssoSession, template: names.template, region, roles }))
          .profiles;
  const after = await agent.call('state.get', {});
  if (use === null) return profiles;
  if (!after.environments.some((e) => e.name === use))
    await agent.call('environments.create', {
      name: use,
      profile: use,
      region,
      model: null,
      smallFastModel: null,
      identityMode: after.settings.identityMode,
      endpointUrl: null,
    });
  await agent.call('environments.use', { name: use });
  return profiles;
}

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
async function signedIn(agent: AgentConnection, wish: Wish, options: SsoOptions, step: Step): Promise<void> {
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

/** Takes the new `[sso-session]` back; where somebody else changed the file since, it says what stays. */
async function takeBack(agent: AgentConnection, change: string, ssoSession: string): Promise<void> {
  try {
    await agent.call('config.undo', { change });
  } catch (error) {
    if (!(error instanceof BedrockTrayError)) throw error;
    note(translator().t('cli:configure.stays', { name: ssoSession }));
  }
}

/**
 * `configure sso`: SSO session, sign-in, accounts and roles, profiles and environment; asks only for what is not
 * given. Until the last answer nothing stays written: whoever leaves finds the files as they were.
 */
export async function configureSso(agent: AgentConnection, options: SsoOptions): Promise<void> {
  const { t } = translator();
  checkOptions(options);
  await leavable(async (step) => {
    const wish = await chooseSsoSession(agent, options);
    const change =
      wish.create === null
        ? null
        : (await agent.call('ssoSessions.create', { name: wish.name, ...wish.create })).change;
    let plan: Plan;
    try {
      await signedIn(agent, wish, options, step);
      plan = await choosePlan(agent, wish, options, step);
    } catch (error) {
      if (change !== null) await takeBack(agent, change, wish.name);
      throw error;
    }
    const profiles = await write(agent, wish.name, plan);
    if (options.json) return printJson({ ssoSession: wish.name, profiles, environment: plan.use });
    const [only] = profiles;
    if (profiles.length === 1 && only) {
      const { name: profile, accountId, roleName } = only;
      return print(
        t('cli:configure.done', {
          profile,
          accountId: accountId ?? '',
          roleName: roleName ?? '',
          region: plan.region,
        }),
      );
    }
    for (const { name } of profiles) print(name);
    note(t('cli:configure.doneMany', { count: profiles.length }));
    note(t('cli:configure.undoHint'));
  });
}
