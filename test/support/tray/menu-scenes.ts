import type { SessionView, Snapshot } from '../../../src/contract/index.ts';
import { credentials, environment, prompt, session, signIn, snapshot, ssoSession } from './snapshots.ts';

const MINUTE = 60_000;
export const FIRST = '11111111-1111-4111-8111-111111111111';
export const ASKING = '22222222-2222-4222-8222-222222222222';

/** A session that asks for leave to use a tool, for three minutes now. */
export function asking(at: number, more: Partial<SessionView> = {}): SessionView {
  const sinceAt = at - 3.5 * MINUTE;
  return session(at, {
    id: ASKING,
    name: 'web-shop',
    cwd: '/home/dana/src/web & shop',
    activity: {
      state: 'needsYou',
      sinceAt,
      request: { id: 'r1', kind: 'permission', tool: 'Bash', text: 'npm test', sinceAt, answerable: true },
      seen: true,
      reason: null,
      background: 0,
    },
    ...more,
  });
}

const none = (at: number) => [credentials(at, { state: 'absent', expiresAt: null, nextRenewalAt: null })];

/**
 * Moments whose menus, together, have every kind of entry. `at`: now, epoch ms; times in them lie half a minute off a
 * whole one, so that no word changes while a test looks.
 */
export const menuScenes: Readonly<Record<string, (at: number) => Snapshot>> = {
  'a day at work': (at) =>
    snapshot(at, {
      sessions: [session(at), asking(at)],
      environments: [environment(), environment({ name: 'sandbox', region: 'eu-central-1' })],
      ssoSessions: [ssoSession(at), ssoSession(at, { id: 'lab', state: 'signedOut', expiresAt: null })],
      update: {
        state: 'ready',
        version: '1.4.0',
        progress: null,
        checkedAt: at,
        wish: null,
        problem: null,
      },
    }),
  'the sign-in has ended': (at) =>
    snapshot(at, {
      sessions: [session(at, { state: 'waiting' })],
      credentials: none(at),
      ssoSessions: [ssoSession(at, { state: 'expired', expiresAt: at - 1 })],
      prompt: prompt(at),
      update: {
        state: 'available',
        version: '1.4.0',
        progress: null,
        checkedAt: at,
        wish: null,
        problem: null,
      },
    }),
  'a sign-in is under way': (at) =>
    snapshot(at, {
      sessions: [session(at, { state: 'waiting' })],
      credentials: none(at),
      ssoSessions: [
        ssoSession(at, {
          state: 'signingIn',
          signIn: signIn(at, { flow: 'device', userCode: 'WDJB-MJHT' }),
        }),
      ],
      update: {
        state: 'held',
        version: '1.4.0',
        progress: null,
        checkedAt: at,
        wish: null,
        problem: null,
      },
    }),
  'the configuration cannot be read': (at) =>
    snapshot(at, {
      sessions: [session(at)],
      configProblem: { code: 'ConfigMalformed', params: { file: 'config', line: 3, reason: 'x' } },
    }),
};
