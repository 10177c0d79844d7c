import type { Environment, Snapshot } from '../../contract/state.ts';

/** Addresses of a person's own network say more than a ticket needs. */
const endpointKnown = ({ endpointUrl }: Environment): string | null => (endpointUrl === null ? null : 'set');

const ticketEnvironment = (environment: Environment) => ({
  ...environment,
  endpointUrl: endpointKnown(environment),
});

/**
 * The state for a ticket: how things stand, without any text that a person, a model or a program wrote (titles, names
 * and folders of sessions, questions, reasons). Pure.
 */
export function ticketSnapshot(snapshot: Snapshot) {
  const { settings: _, recentFolders, pinnedFolders, layout, sessions, ssoSessions, ...rest } = snapshot;
  return {
    ...rest,
    environments: snapshot.environments.map(ticketEnvironment),
    recentFolders: recentFolders.length,
    pinnedFolders: pinnedFolders.length,
    tabs: layout.length,
    ssoSessions: ssoSessions.map(({ signIn, ...session }) => ({
      ...session,
      // Address and code of a sign-in under way are its person's alone.
      signIn: signIn && { flow: signIn.flow, startedAt: signIn.startedAt, expiresAt: signIn.expiresAt },
    })),
    sessions: sessions.map(({ name: _name, title: _title, cwd: _cwd, activity, ...session }) => ({
      ...session,
      activity: {
        state: activity.state,
        sinceAt: activity.sinceAt,
        seen: activity.seen,
        background: activity.background,
        asks: activity.request && { kind: activity.request.kind, answerable: activity.request.answerable },
      },
    })),
  };
}
