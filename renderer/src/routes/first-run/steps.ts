import type { Environment, Snapshot, SsoSessionView } from '../../../../src/contract/state.ts';
import type { Plan } from './plan.ts';

/** The steps of a first run, in their order. */
export const steps = ['portal', 'signIn', 'roles', 'bedrock', 'check', 'open'] as const;
export type Step = (typeof steps)[number];

export const isSignedIn = ({ state }: Pick<SsoSessionView, 'state'>): boolean =>
  state === 'valid' || state === 'refreshing' || state === 'degraded';

/** Whether the steps are shown without being asked for: nothing is set up yet, or they were begun and not finished. */
export function firstRunWanted(
  { settings, environments, agent }: Pick<Snapshot, 'settings' | 'environments' | 'agent'>,
  plan: Pick<Plan, 'begun'>,
): boolean {
  return !settings.setupDone && !agent.demo && (environments.length === 0 || plan.begun);
}

/** The sign-in that is set up: the one that was decided on, else one that is under way. */
export function chosenSsoSession(
  { ssoSessions }: Pick<Snapshot, 'ssoSessions'>,
  plan: Pick<Plan, 'ssoSession' | 'environments'>,
): SsoSessionView | null {
  if (plan.ssoSession !== null) return ssoSessions.find((s) => s.id === plan.ssoSession) ?? null;
  if (plan.environments.length > 0) return null;
  return ssoSessions.find((s) => s.signIn !== null) ?? null;
}

/** The environment that is set up: the one that Claude Code will begin with. */
export function chosenEnvironment(
  { environments }: Pick<Snapshot, 'environments'>,
  plan: Pick<Plan, 'environments'>,
): Environment | null {
  const [first] = plan.environments;
  return environments.find((e) => e.name === first) ?? null;
}

/** The first step that is not done yet. Only from the state and from what was decided, so that leaving loses nothing. */
export function nextStep(
  snapshot: Pick<Snapshot, 'ssoSessions' | 'environments' | 'configProblem'>,
  plan: Plan,
): Step {
  const ssoSession = chosenSsoSession(snapshot, plan);
  const environment = chosenEnvironment(snapshot, plan);
  if (snapshot.configProblem !== null) return 'portal';
  if (ssoSession === null && environment === null) return 'portal';
  if (ssoSession !== null && !isSignedIn(ssoSession)) return 'signIn';
  if (environment === null) return 'roles';
  if (!plan.confirmed) return 'bedrock';
  return plan.checked ? 'open' : 'check';
}

/** The step before one that a person can go back to; null at the first. What is signed in needs no sign-in again. */
export function stepBefore(step: Step, plan: Pick<Plan, 'ssoSession'>): Step | null {
  switch (step) {
    case 'portal':
      return null;
    case 'signIn':
    case 'roles':
      return 'portal';
    case 'bedrock':
      return plan.ssoSession !== null ? 'roles' : 'portal';
    case 'check':
      return 'bedrock';
    case 'open':
      return 'check';
  }
}
