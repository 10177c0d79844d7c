import * as clack from '@clack/prompts';
import type { AgentConnection } from '../../client/rpc-client.ts';
import {
  BedrockTrayError,
  type ErrorCode,
  isBedrockTrayError,
  type ProfileView,
  type SetupFindings,
} from '../../contract/index.ts';
import { canAsk, Left, leavable } from '../prompting.ts';
import { note, print, printJson, translator } from '../shell.ts';
import { plain } from '../table.ts';
import { chooseBedrockRegion, chooseModel, takeProfile } from './configure-sso-bedrock.ts';
import { finishSetup } from './configure-sso-finish.ts';
import { chooseBeginning } from './configure-sso-found.ts';
import { choosePortal, givenSsoSession, type Wish } from './configure-sso-portal.ts';
import {
  checkOptions,
  choosePlan,
  type Plan,
  type Role,
  type SsoOptions,
  type Step,
} from './configure-sso-questions.ts';
import { signedIn } from './configure-sso-sign-in.ts';
import { type Checks, exitCodeOfChecks } from './doctor-checks.ts';
import { runCheck, sentencesOf } from './setup-check.ts';

/** The profiles in one write. */
async function write(agent: AgentConnection, ssoSession: string, plan: Plan): Promise<ProfileView[]> {
  const { roles, region, names } = plan;
  const first = roles[0] as Role;
  if (!('profile' in names)) {
    const { template } = names;
    return (await agent.call('profiles.createMany', { ssoSession, template, region, roles })).profiles;
  }
  const { accountId, roleName } = first;
  const one = { name: names.profile, ssoSession, accountId, roleName, region };
  return [await agent.call('profiles.create', one)];
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

/** What came out of the first half: profiles that are written, and the one that Claude Code is to use. */
interface Chosen {
  ssoSession: string | null;
  profiles: ProfileView[];
  /** Bedrock's region, and the profile, if any. */
  region: string;
  use: string | null;
}

/** From a portal to profiles. Until the last answer nothing stays written: whoever leaves finds the files as they were. */
async function fromPortal(
  agent: AgentConnection,
  wish: Wish,
  options: SsoOptions,
  settingsRegion: string | null,
  step: Step,
): Promise<Chosen> {
  const change =
    wish.create === null
      ? null
      : (await agent.call('ssoSessions.create', { name: wish.name, ...wish.create })).change;
  let plan: Plan;
  try {
    await signedIn(agent, wish, options, step);
    plan = await choosePlan(agent, wish, options, settingsRegion, step);
  } catch (error) {
    if (change !== null) await takeBack(agent, change, wish.name);
    throw error;
  }
  const profiles = await write(agent, wish.name, plan);
  return { ssoSession: wish.name, profiles, region: plan.region, use: plan.use };
}

/** A profile that is there: signed in where that is needed, and its Bedrock region. */
async function fromProfile(
  agent: AgentConnection,
  name: string,
  options: SsoOptions,
  settings: SetupFindings['claudeSettings'],
  step: Step,
): Promise<Chosen> {
  const { profiles } = await agent.call('profiles.list', {});
  const profile = profiles.find((p) => p.name === name);
  if (!profile) throw new BedrockTrayError('ProfileUnknown', { profile: name });
  const { ssoSession } = profile;
  if (ssoSession !== null) await signedIn(agent, { name: ssoSession, create: null }, options, step);
  const { environments, ssoSessions } = await agent.call('state.get', {});
  const region = await chooseBedrockRegion(agent, options.bedrockRegion, [
    environments.find((e) => e.profile === name)?.region,
    settings?.profile === name ? settings.region : null,
    profile.region,
    ssoSessions.find((s) => s.id === ssoSession)?.region,
  ]);
  return { ssoSession, profiles: [profile], region, use: name };
}

const aboutPortal: ReadonlySet<ErrorCode> = new Set(['StartUrlInvalid', 'StartUrlUnknown', 'RegionInvalid']);

/** The same in front of a person: what is wrong with the portal's address or region shows at the sign-in, and is asked for again. */
async function fromAskedPortal(
  agent: AgentConnection,
  first: Wish,
  options: SsoOptions,
  settingsRegion: string | null,
  step: Step,
): Promise<Chosen> {
  let wish = first;
  for (;;) {
    try {
      return await fromPortal(agent, wish, options, settingsRegion, step);
    } catch (e) {
      if (!isBedrockTrayError(e) || wish.create === null || !aboutPortal.has(e.code)) throw e;
      clack.log.error(plain(translator().error(e.view())));
      const { ssoSessions } = await agent.call('state.get', {});
      const { startUrl: _, region: __, ...rest } = options;
      wish = await choosePortal(agent, rest, ssoSessions, step);
    }
  }
}

/** Whoever leaves `work` hears that what was written before it stays. */
async function keeping<T>(isWritten: boolean, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof Left && isWritten ? new Left(translator().t('setup:left')) : error;
  }
}

/** Says on a terminal what was written. */
function tellWritten({ profiles }: Chosen): void {
  const { t } = translator();
  const [only] = profiles;
  const what =
    profiles.length === 1 && only
      ? t('setup:written', { profile: plain(only.name) })
      : t('cli:configure.doneMany', { count: profiles.length });
  clack.log.success(`${what}\n${t('cli:configure.undoHint')}`);
}

/** Says what is ready, for whoever ran it with options. */
function tell({ profiles, region }: Chosen): void {
  const { t } = translator();
  const [only] = profiles;
  if (profiles.length === 1 && only) {
    const { name: profile, accountId, roleName } = only;
    const role = { accountId: accountId ?? '', roleName: roleName ?? '' };
    print(t('cli:configure.done', { profile, ...role, region }));
    return;
  }
  for (const { name } of profiles) print(name);
  note(t('cli:configure.doneMany', { count: profiles.length }));
  note(t('cli:configure.undoHint'));
}

/** By options alone, as a script calls it: nothing is asked, and the check is made only where it is wanted. */
async function unasked(
  agent: AgentConnection,
  options: SsoOptions,
  chosen: Chosen,
  step: Step,
): Promise<void> {
  const { use, region, ssoSession, profiles } = chosen;
  let checks: Checks | null = null;
  if (use !== null) {
    const environment = await takeProfile(agent, use, region);
    if (options.model !== undefined) await chooseModel(agent, environment, options.model, step);
    await agent.call('settings.set', { setupDone: true });
    if (options.check) checks = await runCheck(agent, environment.name, { lines: !options.json, step });
  }
  if (options.json) printJson({ ssoSession, profiles, environment: use, ...(checks ? { checks } : {}) });
  else tell(chosen);
  if (!checks) return;
  if (!options.json) for (const { text } of sentencesOf(checks)) note(text);
  process.exitCode = exitCodeOfChecks(checks);
}

/**
 * `configure sso`: what is there already or a start URL, sign-in, accounts and roles, Bedrock's region and model, one
 * check of it all; asks only for what is not given.
 */
export async function configureSso(agent: AgentConnection, options: SsoOptions): Promise<void> {
  checkOptions(options);
  await leavable(async (step) => {
    const isAsked = canAsk() && !options.json;
    const isOpen = isAsked && options.startUrl === undefined && options.ssoSession === undefined;
    if (isOpen) {
      const { t } = translator();
      clack.intro(t('firstRun:title'));
      clack.log.step(t('firstRun:looking'));
    }
    const findings = isOpen ? await step(agent.call('setup.find', {})) : null;
    const beginning = findings
      ? await chooseBeginning(agent, options, findings, step)
      : { kind: 'portal' as const, wish: await givenSsoSession(agent, options, step) };
    const settings = findings?.claudeSettings ?? null;
    const chosen =
      beginning.kind === 'profile'
        ? await keeping(beginning.isNew, fromProfile(agent, beginning.profile, options, settings, step))
        : await (isAsked ? fromAskedPortal : fromPortal)(
            agent,
            beginning.wish,
            options,
            settings?.region ?? null,
            step,
          );
    if (!isAsked) return unasked(agent, options, chosen, step);
    if (beginning.kind === 'portal') tellWritten(chosen);
    if (chosen.use === null) return;
    const { use, region } = chosen;
    const subject = { profile: use, region, ssoSession: chosen.ssoSession };
    await keeping(true, finishSetup(agent, subject, options, step));
  });
}
