import type { Snapshot } from '../../contract/state.ts';
import { overview } from '../overview.ts';
import { needsPerson } from '../sessions/session-attention.ts';
import { budgetEntries } from './menu-budget.ts';
import { claudeEntries, questionEntries } from './menu-claude.ts';
import { consoleEntries, copyEntries } from './menu-copy.ts';
import { action, joined, type MenuEntry } from './menu-entries.ts';
import { type IconState, iconOf } from './menu-icon.ts';
import type { MenuInput } from './menu-input.ts';
import { circumstanceEntries, personEntries, ssoSessionEntries } from './menu-sign-in.ts';
import { changesAt, stateEntries, stateLine, tooltipOf } from './menu-state.ts';
import { environmentEntries } from './menu-switches.ts';
import { type Message, safeText, word } from './menu-words.ts';

export interface MenuModel {
  readonly icon: IconState;
  /** May have several lines. */
  readonly tooltip: Message;
  /** How many sessions ask their person something. */
  readonly badge: number;
  readonly entries: readonly MenuEntry[];
  /** When `now` reaches this the words or the icon change although nothing happened (epoch ms). */
  readonly changesAt: number | null;
}

/**
 * The tray's icon, tooltip and menu for what is known. The menu is read from above: who waits for the person, how
 * things stand and what to do about it, Claude Code, what it is opened with, the identity in other places, the
 * product itself.
 */
export function menuModel(input: MenuInput): MenuModel {
  const { snapshot } = input;
  if (input.link !== 'connected' || snapshot === null) return withoutAgent(input.link === 'gone');
  const now = overview(snapshot, input.now);
  const icon = iconOf(snapshot, now, input.now);
  const state = stateLine(snapshot, now, icon, input.now);
  const asking = snapshot.sessions.filter(needsPerson).length;
  return {
    icon,
    tooltip: tooltipOf(now, state, asking, input),
    badge: asking,
    entries: joined([
      questionEntries(snapshot, input.now),
      [
        ...stateEntries(now, state, input.accounts),
        // The first line says it already.
        ...circumstanceEntries(snapshot, input.now, icon === 'offline'),
        ...budgetEntries(snapshot),
      ],
      personEntries(snapshot, now, input.now),
      claudeEntries(snapshot, input.userHome),
      now.environment ? environmentEntries(snapshot, now.environment, input) : [],
      [...consoleEntries(now), ...copyEntries(now, input.platform), ...ssoSessionEntries(snapshot, now)],
      [...updateEntries(snapshot), ...ownEntries()],
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

/** An update that waits for the person; while it is fetched there is nothing to press. */
function updateEntries({ update: { state, version, wish, problem } }: Snapshot): MenuEntry[] {
  if (version === null || (wish !== null && wish !== 'check')) return [];
  const params = { version: safeText(version, 20) };
  // This copy does not replace itself: the settings say where the new one is.
  if (problem?.code === 'UpdatesUnavailable') {
    return [action(word('updateElsewhere', params), { type: 'openWindow', place: 'settings' })];
  }
  if (state === 'available') {
    return [action(word('updateDownload', params), { type: 'update', wish: 'download' })];
  }
  // Held: asked for already, while Claude works; the second press means it.
  const install = { ready: 'updateInstall', held: 'updateInstallNow' } as const;
  if (state !== 'ready' && state !== 'held') return [];
  return [action(word(install[state], params), { type: 'update', wish: 'install' })];
}

function ownEntries(): MenuEntry[] {
  return [
    action(word('openWindow'), { type: 'openWindow', place: 'overview' }),
    action(word('settings'), { type: 'openWindow', place: 'settings' }),
    action(word('quit'), { type: 'quit' }),
  ];
}
