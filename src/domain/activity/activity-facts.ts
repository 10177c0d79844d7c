import type { SessionState } from '../../contract/state.ts';
import type { HookFact } from './activity-hook.ts';
import type { RegisterReading } from './activity-register.ts';
import type { Ask } from './activity-request.ts';

/** What Claude Code itself is doing. `gate`: what it asks before it begins (trust in the folder, its onboarding). */
export type Phase = 'starting' | 'gate' | 'working' | 'asking' | 'idle' | 'failed' | 'unknown';

export interface OpenAsk extends Ask {
  id: string;
  sinceAt: number;
  /** A hook of ours waits in Claude Code for the answer. */
  held: boolean;
}

/** All that is known of one session; activity.ts moves it. */
export interface Activity {
  /** Null before anybody told of the session. */
  process: SessionState | null;
  startedAt: number;
  phase: Phase;
  /** When what is shown became that. */
  sinceAt: number;
  /** When a hook last said so by itself: the register may lag behind it. */
  saidAt: number;
  /** The register's last word. Null: there is none to be read. */
  register: RegisterReading | null;
  /** Whether hooks come at all. */
  hooked: boolean;
  turn: string | null;
  asks: readonly OpenAsk[];
  reason: string | null;
  background: number;
  /** A sign-in that the session's credentials wait for. */
  credentialsWait: boolean;
  /** Whether anything stands on its screen; null: not known. */
  shown: boolean | null;
  /** What Claude Code asks before it begins; null: not known. */
  gate: { onboarded: boolean; trusted: boolean } | null;
  title: 'working' | 'idle' | null;
  titleAt: number;
  typedAt: number;
  interruptedAt: number;
  seen: boolean;
  /** The last thing that was seen, other than the register. */
  evidenceAt: number;
  /** When to read the register again, and to say `time`. */
  checkAt: number | null;
}

/** What a hook said. `id`: names what it asks, if it does; `held`: it waits for the answer. */
export interface HookNews {
  fact: HookFact;
  id: string;
  held?: boolean;
}

export const noActivity: Activity = {
  process: null,
  startedAt: 0,
  phase: 'unknown',
  sinceAt: 0,
  saidAt: 0,
  register: null,
  hooked: false,
  turn: null,
  asks: [],
  reason: null,
  background: 0,
  credentialsWait: false,
  shown: null,
  gate: null,
  title: null,
  titleAt: 0,
  typedAt: 0,
  interruptedAt: 0,
  seen: true,
  evidenceAt: 0,
  checkAt: null,
};
