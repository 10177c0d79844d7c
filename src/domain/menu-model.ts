import type { Snapshot, SsoSessionView } from '../contract/state.ts';
import { claudeEntries, questionEntries, questionsChangeAt } from './menu-claude.ts';
import { copyEntries } from './menu-copy.ts';
import { action, joined, type MenuEntry } from './menu-entries.ts';
import type { MenuInput } from './menu-input.ts';
import { circumstanceEntries, personEntries, signOutEntries } from './menu-sign-in.ts';
import { environmentEntries } from './menu-switches.ts';
import { type Message, safeText, timeLeftChangesIn, timeLeftWords, word } from './menu-words.ts';
import { type Overview, type OverviewState, overview } from './overview.ts';
import { needsPerson } from './session-attention.ts';

/** Pictures of the tray icon, told apart by shape. */
export type IconState =
  | 'busy'
  | 'signed-out'
  | 'signing-in'
  | 'valid'
  /** A renewal is under way, or the sign-in runs out soon and cannot be renewed without a person. */
  | 'ending'
  | 'degraded'
  | 'expired'
  /** Signed in or not, Claude Code asks something. */
  | 'needs-you'
  | 'agent-gone';

export interface MenuModel {
  readonly icon: IconState;
  readonly tooltip: Message;
  /** How many sessions ask their person something. */
  readonly badge: number;
  readonly entries: readonly MenuEntry[];
  /** When `now` reaches this the words or the icon change although nothing happened (epoch ms). */
  readonly changesAt: number | null;
}

/** A sign-in that nothing can renew is called ending when less than this is left. */
const ENDING_BELOW = 15 * 60_000;

/** The tray's icon, tooltip and menu for what is known. */
export function menuModel(input: MenuInput): MenuModel {
  const { snapshot } = input;
  if (input.link !== 'connected' || snapshot === null) return withoutAgent(input.link === 'gone');
  const now = overview(snapshot, input.now);
  const state = stateLine(now, input.now);
  const icon = iconOf(snapshot, now, input.now);
  const asking = snapshot.sessions.filter(needsPerson).length;
  return {
    icon,
    tooltip: word('tooltip', {
      state: asking === 0 ? state : word('stateAndQuestions', { state, count: asking }),
    }),
    badge: asking,
    entries: joined([
      questionEntries(snapshot, input.now),
      [...stateEntries(now, state), ...circumstanceEntries(snapshot, input.now)],
      personEntries(snapshot, now, input.now),
      claudeEntries(snapshot, input.userHome),
      now.environment ? environmentEntries(snapshot, now.environment, input.regions, input.models) : [],
      [...copyEntries(now, input.platform), ...signOutEntries(snapshot, now)],
      ownEntries(),
    ]),
    changesAt: changesAt(snapshot, now, input.now),
  };
}

function withoutAgent(gone: boolean): MenuModel {
  const state = word(gone ? 'stateAgentGone' : 'stateStarting');
  return {
    icon: gone ? 'agent-gone' : 'busy',
    tooltip: word('tooltip', { state }),
    badge: 0,
    entries: joined([
      [{ kind: 'label', label: state }],
      gone ? [action(word('startAgent'), { type: 'startAgent' })] : [],
      ownEntries(),
    ]),
    changesAt: null,
  };
}

const icons: Record<OverviewState, IconState> = {
  configProblem: 'degraded',
  setup: 'signed-out',
  signedOut: 'signed-out',
  expired: 'expired',
  signingIn: 'signing-in',
  chooseRole: 'degraded',
  profileProblem: 'degraded',
  mfaNeeded: 'expired',
  preparing: 'busy',
  ready: 'valid',
  renewing: 'ending',
  degraded: 'degraded',
  denied: 'degraded',
  failed: 'degraded',
};

function iconOf(snapshot: Snapshot, view: Overview, now: number): IconState {
  const icon = icons[view.state];
  // A sign-in that is needed stops everything, questions included.
  if (icon !== 'expired' && icon !== 'signing-in' && snapshot.sessions.some(needsPerson)) return 'needs-you';
  if (icon !== 'valid') return icon;
  const endsAt = endingFrom(view.ssoSession);
  const ending = snapshot.ending !== null || (endsAt !== null && now >= endsAt);
  return ending ? 'ending' : snapshot.mfa !== null ? 'degraded' : icon;
}

/** From when on a sign-in that cannot be renewed counts as ending (epoch ms). */
function endingFrom(session: SsoSessionView | null): number | null {
  if (session === null || session.refreshable || session.expiresAt === null) return null;
  return session.expiresAt - ENDING_BELOW;
}

function stateLine(view: Overview, now: number): Message {
  const state = word(
    `state${view.state[0]?.toUpperCase()}${view.state.slice(1)}` as `state${Capitalize<OverviewState>}`,
  );
  if (view.endless) return word('stateWithoutEnd', { state });
  if (view.timeLeft === null || view.state === 'signingIn') return state;
  return word('stateWithTimeLeft', { state, left: timeLeftWords(view.timeLeft.until - now) });
}

function changesAt(snapshot: Snapshot, view: Overview, now: number): number | null {
  const wordsChangeAt = (until: number | null | undefined): number | null => {
    const change = until === null || until === undefined ? null : timeLeftChangesIn(until - now);
    return change === null ? null : now + change;
  };
  const instants = [
    wordsChangeAt(view.timeLeft?.until),
    wordsChangeAt(snapshot.ending?.endsAt),
    wordsChangeAt(snapshot.prompt?.snoozedUntil),
    // What has run out changes the state itself.
    view.timeLeft?.until ?? null,
    endingFrom(view.ssoSession),
    questionsChangeAt(snapshot, now),
  ].filter((at): at is number => at !== null && at > now);
  return instants.length === 0 ? null : Math.min(...instants);
}

/** Who one is, and what is wrong. */
function stateEntries(view: Overview, state: Message): MenuEntry[] {
  const entries: MenuEntry[] = [{ kind: 'label', label: state }];
  const { accountId = null, roleName = null } = view.credentials ?? {};
  if (accountId !== null && roleName !== null) {
    entries.push({ kind: 'label', label: word('identity', { accountId, roleName: safeText(roleName) }) });
  }
  if (view.problems.length > 0) {
    entries.push(action(word('showProblem'), { type: 'openWindow', place: 'overview' }));
  }
  return entries;
}

function ownEntries(): MenuEntry[] {
  return [
    action(word('openWindow'), { type: 'openWindow', place: 'overview' }),
    action(word('settings'), { type: 'openWindow', place: 'settings' }),
    action(word('quit'), { type: 'quit' }),
  ];
}
