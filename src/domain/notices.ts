import type { Snapshot } from '../contract/state.ts';
import type { Notice } from './notice.ts';
import { sessionNotices } from './session-notice.ts';
import { signInNotice } from './sign-in-notice.ts';

/**
 * All that is to be told now, each cause once: the most urgent of what concerns the sign-in, and what Claude Code's
 * sessions have to say. What is switched off in the settings, put off, or seen on a screen already is not told.
 */
export function noticesOf(snapshot: Snapshot, now: number): Notice[] {
  const signIn = signInNotice(snapshot, now);
  return [...(signIn === null ? [] : [signIn]), ...sessionNotices(snapshot)];
}
