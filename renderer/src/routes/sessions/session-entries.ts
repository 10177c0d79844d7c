import { type SessionView, sessionIsOpen } from '../../../../src/contract/state.ts';
import type { Translator } from '../../../../src/locales/index.ts';
import type { MenuEntry } from '../../components/menu.tsx';
import { tabOf } from '../../model/layout.ts';
import { chordOf, isMac } from '../../model/shortcuts.ts';
import type { Desk } from './desk.tsx';

/** What can be done with one session: the same in its list entry, its header and the palette. `at`: where a rename is typed. */
export function sessionEntries(
  session: SessionView,
  desk: Desk,
  { t }: Pick<Translator, 't'>,
  at: 'list' | 'head',
): MenuEntry[] {
  const { id } = session;
  const mac = isMac();
  const open = sessionIsOpen(session);
  const tab = tabOf(desk.tabs, id);
  const current = desk.current?.id;
  const entries: (MenuEntry | false)[] = [
    {
      id: 'rename',
      label: t('sessions:act_rename'),
      chord: at === 'list' ? 'F2' : null,
      run: () => desk.ask({ kind: 'rename', id, at }),
    },
    {
      id: 'pin',
      label: t(session.pinned ? 'sessions:unpin' : 'sessions:pin'),
      run: () => desk.pin(session),
    },
    current !== undefined &&
      current !== id && {
        id: 'beside',
        label: t('sessions:showBeside'),
        run: () => desk.split(id, 'right'),
      },
    current !== undefined &&
      current !== id && {
        id: 'below',
        label: t('sessions:showBelow'),
        run: () => desk.split(id, 'down'),
      },
    current === id && {
      id: 'splitRight',
      label: t('sessions:act_splitRight'),
      chord: chordOf('splitRight', mac),
      run: () => desk.act('splitRight'),
    },
    current === id && {
      id: 'splitDown',
      label: t('sessions:act_splitDown'),
      chord: chordOf('splitDown', mac),
      run: () => desk.act('splitDown'),
    },
    tab !== null &&
      tab.panes.length > 1 && {
        id: 'turn',
        label: t(tab.direction === 'row' ? 'sessions:turnColumn' : 'sessions:turnRow'),
        run: () => desk.turn(id),
      },
    tab !== null &&
      tab.panes.length > 1 && {
        id: 'takeOut',
        label: t('sessions:act_takeOut'),
        chord: current === id ? chordOf('takeOut', mac) : null,
        run: () => desk.takeOut(id),
      },
    session.program === 'claude' && {
      id: 'cap',
      label: t('sessions:costAndCap'),
      run: () => desk.ask({ kind: 'cap', id }),
    },
    open && {
      id: 'terminal',
      label: t('sessions:showInTerminal'),
      run: () => desk.showInTerminal(id),
    },
    session.resumable && {
      id: 'resume',
      label: t(session.hasTranscript ? 'page:resume' : 'sessions:openFresh'),
      run: () => desk.resume([id]),
    },
    !open && { id: 'remove', label: t('page:remove'), run: () => desk.remove([id]) },
    open && {
      id: 'end',
      label: t('sessions:act_endSession'),
      danger: true,
      run: () => desk.ask({ kind: 'end', id }),
    },
  ];
  return entries.filter((e) => e !== false);
}
