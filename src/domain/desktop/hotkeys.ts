import type { Snapshot } from '../../contract/state.ts';
import type { MenuAction } from '../menu/menu-entries.ts';
import { mostUrgent } from '../sessions/session-attention.ts';

const modifiers: Readonly<Record<string, string>> = {
  Cmd: 'Command',
  Super: 'Command',
  Meta: 'Command',
  Ctrl: 'Control',
  CmdOrCtrl: 'CommandOrControl',
  Option: 'Alt',
};

/**
 * Whether two accelerators (Electron's form) are one key. CommandOrControl is both of its readings, so that no
 * platform has to be known; a Super key is what Command is on a Mac.
 */
export function sameHotkey(a: string, b: string): boolean {
  const readings = (accelerator: string): string[] => {
    const words = accelerator.split('+').map((word) => modifiers[word] ?? word);
    const key = words.pop() ?? '';
    const as = (either: string): string =>
      [...new Set(words.map((w) => (w === 'CommandOrControl' ? either : w)))].sort().concat(key).join('+');
    return [as('Command'), as('Control')];
  };
  const others = readings(b);
  return readings(a).some((one) => others.includes(one));
}

/** What each global key does, as things stand. */
export const hotkeyActions = {
  /** To the session that has been waiting longest. */
  needsYou(snapshot: Snapshot | null): MenuAction {
    const urgent = mostUrgent(snapshot?.sessions ?? []);
    return urgent === null
      ? { type: 'openWindow', place: 'sessions' }
      : { type: 'openSession', id: urgent.id };
  },
  /** Claude Code in the folder used last; where there is none yet, the person chooses one. What is missing is shown in the window. */
  openClaude(snapshot: Snapshot | null): MenuAction {
    if (snapshot === null || snapshot.activeEnvironment === null) {
      return { type: 'openWindow', place: 'overview' };
    }
    const [last] = snapshot.recentFolders;
    return last === undefined ? { type: 'chooseFolder' } : { type: 'openClaude', cwd: last };
  },
} as const satisfies Record<string, (snapshot: Snapshot | null) => MenuAction>;
