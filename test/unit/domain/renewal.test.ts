import { expect, it } from 'vitest';
import type { CredentialsView, SessionView } from '../../../src/contract/state.ts';
import { renewalEffects } from '../../../src/domain/renewal.ts';

const credentials = (profile: string, ssoSession: string | null, expiresAt: number | null) =>
  ({ profile, ssoSession, expiresAt }) as CredentialsView;
const session = (name: string, profile: string, state: SessionView['state'] = 'running') =>
  ({ name, profile, state }) as SessionView;

it('names the open sessions of that SSO session, and until when they go on', () => {
  const { sessions, credentialsUntil } = renewalEffects(
    {
      credentials: [
        credentials('dev', 'corp', 3_000),
        credentials('chain', 'corp', 2_000),
        credentials('lab', 'lab', 1_000),
        credentials('keys', null, null),
      ],
      sessions: [
        session('a', 'dev'),
        session('b', 'chain', 'waiting'),
        session('c', 'lab'),
        session('d', 'dev', 'exited'),
      ],
    },
    'corp',
  );
  expect(sessions.map((s) => s.name)).toEqual(['a', 'b']);
  expect(credentialsUntil).toBe(2_000);
  expect(renewalEffects({ credentials: [], sessions: [] }, 'corp')).toEqual({
    sessions: [],
    credentialsUntil: null,
  });
});
