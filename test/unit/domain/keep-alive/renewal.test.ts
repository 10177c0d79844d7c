import { expect, it } from 'vitest';
import type { CredentialsView, SessionView } from '../../../../src/contract/state.ts';
import { openSessionsOn } from '../../../../src/domain/keep-alive/renewal.ts';

const credentials = (profile: string, ssoSession: string | null) =>
  ({ profile, ssoSession }) as CredentialsView;
const session = (name: string, profile: string, state: SessionView['state'] = 'running') =>
  ({ name, profile, state }) as SessionView;

it('names the open sessions of that SSO session only', () => {
  const snapshot = {
    credentials: [
      credentials('dev', 'corp'),
      credentials('chain', 'corp'),
      credentials('lab', 'lab'),
      credentials('keys', null),
    ],
    sessions: [
      session('a', 'dev'),
      session('b', 'chain', 'waiting'),
      session('c', 'lab'),
      session('d', 'dev', 'exited'),
      session('e', 'keys'),
    ],
  };
  expect(openSessionsOn('corp', snapshot).map((s) => s.name)).toEqual(['a', 'b']);
  expect(openSessionsOn('corp', { credentials: [], sessions: snapshot.sessions })).toEqual([]);
});
