import { type ErrorView, isBedrockTrayError } from '../../../../src/contract/errors.ts';
import type { Environment, ProfileView, SetupFindings, Snapshot } from '../../../../src/contract/state.ts';
import { proposedBedrockRegion } from '../../../../src/domain/bedrock/bedrock-proposals.ts';
import type { NamedRole } from '../../../../src/domain/profiles/profile-name-template.ts';
import { defaultTemplate } from '../../../../src/domain/profiles/profile-name-template.ts';
import { plainStartUrl } from '../../../../src/domain/profiles/sso-session-name.ts';
import type { PageAgent } from '../../model/agent.ts';
import { errorView } from '../../model/ask.ts';
import { suggestProfileName, suggestSsoSessionName } from '../../model/names.ts';
import { decide, type Plan } from './plan.ts';
import { isSignedIn } from './steps.ts';

/** Acts of the first run: each writes what was chosen, then remembers that it was. */

export interface PortalWish {
  startUrl: string;
  /** Null: AWS is asked for it. */
  region: string | null;
}

/** `regionUntold`: the person has to say it. `begun`: a sign-in is under way, or `problem` says why there is none. */
export type PortalOutcome =
  | { kind: 'regionUntold'; startUrl: string }
  | { kind: 'begun'; problem: ErrorView | null };

/** What is wrong with a start URL shows only when it is used: then the section that was written goes again. */
const isAboutPortal = (error: unknown): boolean =>
  isBedrockTrayError(error) &&
  (error.code === 'StartUrlInvalid' || error.code === 'StartUrlUnknown' || error.code === 'RegionInvalid');

const anew: Partial<Plan> = { environments: [], made: [], confirmed: false, checked: false };

/** Adds an access portal, its region asked of AWS, and starts the sign-in. Errors: those about the portal itself, and where nothing was written. */
export async function beginPortal(
  agent: Pick<PageAgent, 'call'>,
  ssoSessions: Snapshot['ssoSessions'],
  wish: PortalWish,
): Promise<PortalOutcome> {
  const { startUrl } = wish;
  const known = ssoSessions.find(
    (s) => s.kind === 'sso-session' && plainStartUrl(s.startUrl) === plainStartUrl(startUrl),
  );
  if (known) return { kind: 'begun', problem: await beginSsoSession(agent, known.id, isSignedIn(known)) };
  const told = wish.region === null ? await agent.call('setup.region', { startUrl }) : null;
  // A company's own address leads to its portal: that is what every AWS tool is to be told.
  const portal = told?.startUrl ?? startUrl;
  const region = wish.region ?? told?.region ?? null;
  if (region === null) return { kind: 'regionUntold', startUrl: portal };
  const name = suggestSsoSessionName(
    portal,
    ssoSessions.map((s) => s.id),
  );
  const { change } = await agent.call('ssoSessions.create', { name, startUrl: portal, region });
  let problem: ErrorView | null = null;
  try {
    await agent.call('signIn.start', { ssoSession: name, openBrowser: true });
  } catch (error) {
    if (isAboutPortal(error)) {
      if (change !== null) await agent.call('config.undo', { change }).catch(() => undefined);
      throw error;
    }
    problem = errorView(error);
  }
  decide({ ...anew, ssoSession: name });
  return { kind: 'begun', problem };
}

/** Goes on with an SSO session that is there; where it is signed out, its sign-in starts. Answers why it did not. */
export async function beginSsoSession(
  agent: Pick<PageAgent, 'call'>,
  id: string,
  signedIn: boolean,
): Promise<ErrorView | null> {
  let problem: ErrorView | null = null;
  if (!signedIn)
    await agent.call('signIn.start', { ssoSession: id, openBrowser: true }).catch((error) => {
      problem = errorView(error);
    });
  decide({ ...anew, ssoSession: id });
  return problem;
}

/** Bedrock's region to propose. */
async function proposedRegion(
  agent: Pick<PageAgent, 'call'>,
  wishes: readonly (string | null | undefined)[],
): Promise<string> {
  const { regions } = await agent.call('regions.list', {});
  return proposedBedrockRegion(wishes, regions);
}

interface Given {
  agent: Pick<PageAgent, 'call'>;
  snapshot: Pick<Snapshot, 'environments' | 'settings' | 'ssoSessions'>;
  plan: Plan;
}

/** Goes on with a profile that is there: it becomes an environment. False where it has gone meanwhile. */
export async function beginProfile(
  given: Given,
  name: string,
  claudeSettings: SetupFindings['claudeSettings'],
): Promise<boolean> {
  const { agent } = given;
  const { profiles } = await agent.call('profiles.list', {});
  const profile = profiles.find((p) => p.name === name);
  if (!profile) return false;
  const own = claudeSettings?.profile === name ? claudeSettings.region : null;
  await takeProfiles(given, [profile], [own, profile.region], profile.ssoSession);
  return true;
}

/** Goes on with roles of the portal: those without a profile get one, in one write; Claude Code begins with the first. */
export async function beginRoles(
  given: Given,
  ssoSession: { id: string; region: string },
  roles: readonly NamedRole[],
): Promise<void> {
  const { agent } = given;
  const { profiles } = await agent.call('profiles.list', {});
  const there = ({ accountId, roleName }: NamedRole): ProfileView | undefined =>
    profiles.find(
      (p) =>
        p.problem === null &&
        p.ssoSession === ssoSession.id &&
        p.kind.startsWith('sso') &&
        p.accountId === accountId &&
        p.roleName === roleName,
    );
  const missing = roles.filter((role) => !there(role));
  const region = await proposedRegion(agent, [ssoSession.region]);
  const made =
    missing.length === 0
      ? []
      : (
          await agent.call('profiles.createMany', {
            ssoSession: ssoSession.id,
            template: defaultTemplate,
            region,
            roles: missing.map(({ accountId, accountName, roleName }) => ({
              accountId,
              roleName,
              ...(accountName ? { accountName: accountName.slice(0, 200) } : {}),
            })),
          })
        ).profiles;
  const wanted = roles.flatMap((role) => there(role) ?? made[missing.indexOf(role)] ?? []);
  await takeProfiles(given, wanted, [wanted[0]?.region, region], ssoSession.id);
}

/** So many of the chosen roles become environments, to be switched between in tray and window; the others are profiles. */
const MOST_ENVIRONMENTS = 8;

async function takeProfiles(
  { agent, snapshot, plan }: Given,
  profiles: readonly ProfileView[],
  regions: readonly (string | null | undefined)[],
  ssoSession: string | null,
): Promise<void> {
  const sso = snapshot.ssoSessions.find((s) => s.id === ssoSession);
  const region = await proposedRegion(agent, [...regions, sso?.region]);
  const known = snapshot.environments;
  const chosen: string[] = [];
  const made: string[] = [];
  for (const profile of profiles.slice(0, MOST_ENVIRONMENTS)) {
    const there = known.find((e) => e.profile === profile.name);
    if (there) {
      chosen.push(there.name);
      if (plan.made.includes(there.name)) made.push(there.name);
      continue;
    }
    const name = await makeEnvironment(agent, known, {
      profile: profile.name,
      region,
      model: null,
      smallFastModel: null,
      identityMode: snapshot.settings.identityMode,
      endpointUrl: null,
      pins: { opus: null, sonnet: null, fable: null },
      geography: null,
      budget: null,
    });
    chosen.push(name);
    made.push(name);
  }
  const [first] = chosen;
  if (first !== undefined) await agent.call('environments.use', { name: first });
  decide({ ssoSession, environments: chosen, made, confirmed: false, checked: false });
  // What was chosen here before and is not any more.
  for (const name of plan.made)
    if (!chosen.includes(name)) await agent.call('environments.delete', { name }).catch(() => undefined);
}

/** Makes an environment under the profile's own name, else under a free one. The agent makes the first one by itself: then that is it. */
async function makeEnvironment(
  agent: Pick<PageAgent, 'call'>,
  known: readonly Environment[],
  wish: Omit<Environment, 'name'>,
): Promise<string> {
  const { profile } = wish;
  try {
    return (await agent.call('environments.create', { ...wish, name: profile })).name;
  } catch (error) {
    if (!isBedrockTrayError(error) || error.code !== 'EnvironmentExists') throw error;
  }
  const { environments } = await agent.call('state.get', {});
  const own = environments.find((e) => e.name === profile && e.profile === profile);
  if (own && !known.some((e) => e.name === profile)) return own.name;
  const taken = environments.map((e) => e.name);
  return (await agent.call('environments.create', { ...wish, name: suggestProfileName(profile, '', taken) }))
    .name;
}
