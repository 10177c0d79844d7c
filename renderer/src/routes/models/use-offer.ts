import type { ModelOffer } from '../../../../src/contract/bedrock.ts';
import type { Environment, SsoSessionView } from '../../../../src/contract/state.ts';
import { useAgent, useSnapshot } from '../../model/app-context.tsx';
import { type Act, type Asked, useAct, useAsk } from '../../model/ask.ts';

/** The SSO session behind an environment's credentials, where there is one. */
export function useSsoSessionOf(environment: Environment): SsoSessionView | null {
  const { credentials, ssoSessions } = useSnapshot();
  const id = credentials.find((c) => c.profile === environment.profile)?.ssoSession;
  return ssoSessions.find((s) => s.id === id) ?? null;
}

export interface Offer extends Asked<ModelOffer> {
  refreshing: Act;
  /** Asks Bedrock itself again. */
  refresh: () => void;
}

/** What Bedrock offers to an environment in a region; asked again when who or where it is asked for changes. */
export function useOffer(environment: Environment, region: string): Offer {
  const agent = useAgent();
  const state = useSsoSessionOf(environment)?.state ?? null;
  const signedIn = state !== null && ['valid', 'refreshing', 'degraded'].includes(state);
  const question = { environment: environment.name, region };
  const asked = useAsk(
    'models.list',
    question,
    `${environment.profile} ${environment.geography} ${signedIn}`,
  );
  const refreshing = useAct();
  return {
    ...asked,
    refreshing,
    refresh: () =>
      void refreshing
        .run(() => agent.call('models.list', { ...question, refresh: true }))
        .then((answer) => {
          if (answer) asked.again();
        }),
  };
}
