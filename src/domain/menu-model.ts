import type { SessionState, SessionView, Snapshot, SsoSessionView } from '../contract/state.ts';
import { sessionIsOpen } from '../contract/state.ts';
import { copyEntries } from './menu-copy.ts';
import { action, type MenuEntry, separator } from './menu-entries.ts';
import { circumstanceEntries, personEntries, signOutEntries } from './menu-sign-in.ts';
import { environmentEntries } from './menu-switches.ts';
import { type Message, safeText, shortFolder, timeLeftChangesIn, timeLeftWords, word } from './menu-words.ts';
import { type Overview, type OverviewState, overview } from './overview.ts';

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
  | 'agent-gone';

export interface MenuInput {
  /** `gone`: there was an agent, or none could be started. */
  readonly link: 'starting' | 'connected' | 'gone';
  readonly snapshot: Snapshot | null;
  /** The agent's time, epoch ms. */
  readonly now: number;
  /** What Bedrock offers here; null while it is not known. Asked for when the menu is opened. */
  readonly regions: readonly string[] | null;
  readonly models: readonly { readonly id: string; readonly name: string }[] | null;
  readonly platform: 'linux' | 'darwin' | 'win32';
  readonly userHome: string;
}

export interface MenuModel {
  readonly icon: IconState;
  readonly tooltip: Message;
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
  return {
    icon,
    tooltip: word('tooltip', { state }),
    entries: joined([
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
    entries: joined([
      [{ kind: 'label', label: state }],
      gone ? [action(word('startAgent'), { type: 'startAgent' })] : [],
      ownEntries(),
    ]),
    changesAt: null,
  };
}

/** Groups with a separator between each two that are not empty. */
function joined(groups: readonly (readonly MenuEntry[])[]): MenuEntry[] {
  return groups.filter((g) => g.length > 0).flatMap((g, i) => (i === 0 ? [...g] : [separator, ...g]));
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

/** Recent folders shown at most. */
const RECENT = 10;

/** Claude Code: open it, and the sessions there are. It may be opened before the sign-in: the session then waits. */
function claudeEntries(snapshot: Snapshot, userHome: string): MenuEntry[] {
  const enabled = snapshot.activeEnvironment !== null;
  const [last, ...others] = snapshot.recentFolders.slice(0, RECENT);
  const choose = (label: 'openClaude' | 'chooseFolder'): MenuEntry =>
    action(word(label), { type: 'chooseFolder' }, enabled);
  const open = (cwd: string, label: Message): MenuEntry =>
    action(label, { type: 'openClaude', cwd }, enabled);
  const entries: MenuEntry[] = [];
  if (last === undefined) entries.push(choose('openClaude'));
  else {
    entries.push(open(last, word('openClaudeIn', { folder: shortFolder(last, userHome) })), {
      kind: 'submenu',
      label: word('openClaudeElsewhere'),
      entries: joined([
        others.map((cwd) => open(cwd, { text: shortFolder(cwd, userHome) })),
        [choose('chooseFolder')],
      ]),
    });
  }
  const sessions = [...snapshot.sessions].sort(
    (a, b) => Number(sessionIsOpen(b)) - Number(sessionIsOpen(a)) || b.startedAt - a.startedAt,
  );
  if (sessions.length > 0) {
    entries.push({
      kind: 'submenu',
      label: word('sessions', { count: sessions.filter(sessionIsOpen).length }),
      entries: sessions
        .slice(0, 20)
        .map((s) => action(sessionLabel(s, userHome), { type: 'openSession', id: s.id })),
    });
  }
  return entries;
}

const sessionWords = {
  waiting: 'sessionWaiting',
  starting: 'sessionStarting',
  running: 'session',
  exited: 'sessionExited',
  lost: 'sessionLost',
} as const satisfies Record<SessionState, string>;

function sessionLabel(session: SessionView, userHome: string): Message {
  return word(sessionWords[session.state], {
    name: safeText(session.name, 40),
    folder: shortFolder(session.cwd, userHome),
  });
}

function ownEntries(): MenuEntry[] {
  return [
    action(word('openWindow'), { type: 'openWindow', place: 'overview' }),
    action(word('settings'), { type: 'openWindow', place: 'settings' }),
    action(word('quit'), { type: 'quit' }),
  ];
}
