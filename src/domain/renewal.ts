import { type Snapshot, sessionIsOpen } from '../contract/state.ts';

/** What stands between a portal logout and the sign-in after it. */
export interface RenewalEffects {
  /** Open Claude sessions that run on this SSO session: they go on with the credentials they have. */
  sessions: Snapshot['sessions'];
  /** When the first of those credentials ends; a sign-in before it is not noticed. Null: there are none. */
  credentialsUntil: number | null;
}

/** What renewing an SSO session interrupts, to be said before it is done. */
export function renewalEffects(
  { sessions, credentials }: Pick<Snapshot, 'sessions' | 'credentials'>,
  ssoSession: string,
): RenewalEffects {
  const own = credentials.filter((c) => c.ssoSession === ssoSession);
  const profiles = new Set(own.map((c) => c.profile));
  const ends = own.flatMap((c) => (c.expiresAt === null ? [] : [c.expiresAt]));
  return {
    sessions: sessions.filter((s) => sessionIsOpen(s) && profiles.has(s.profile)),
    credentialsUntil: ends.length === 0 ? null : Math.min(...ends),
  };
}
