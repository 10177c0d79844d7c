import { type SessionView, type Snapshot, sessionIsOpen } from '../../contract/state.ts';

/**
 * Open Claude sessions that live on an SSO session, to be named before it is renewed: they go on with the credentials
 * that they have.
 */
export function openSessionsOn(
  ssoSession: string,
  { sessions, credentials }: Pick<Snapshot, 'sessions' | 'credentials'>,
): SessionView[] {
  const profiles = new Set(credentials.flatMap((c) => (c.ssoSession === ssoSession ? [c.profile] : [])));
  return sessions.filter((s) => sessionIsOpen(s) && profiles.has(s.profile));
}
