import type { Snapshot } from '../../../../src/contract/state.ts';
import { byAttention } from '../../../../src/domain/sessions/session-attention.ts';
import type { Translator } from '../../../../src/locales/index.ts';
import { type ActivitySignName, activitySign, activityWords } from '../../model/activity-words.ts';
import { type Fit, fuzzyFit } from '../../model/fuzzy.ts';
import { neighbour } from '../../model/layout.ts';
import { folderLabel, folderName, plainText } from '../../model/plain-text.ts';
import { navigate } from '../../model/route.ts';
import { sessionLabel } from '../../model/session-words.ts';
import { chordOf, isMac, type ShortcutAct } from '../../model/shortcuts.ts';
import { type Desk, NEW } from '../sessions/desk.tsx';
import { sessionEntries } from '../sessions/session-entries.ts';

export const sections = ['sessions', 'acts', 'go', 'folders', 'environments', 'history'] as const;
export type Section = (typeof sections)[number];

export interface PaletteItem {
  id: string;
  section: Section;
  label: string;
  detail?: string;
  chord?: string | null;
  sign?: ActivitySignName;
  run: () => void;
}

export interface FoundItem extends PaletteItem {
  fit: Fit;
}

interface Given {
  snapshot: Snapshot;
  desk: Desk;
  words: Translator;
  /** Opens Claude Code in a folder; with a side, beside the session that is worked in. */
  open: (cwd: string) => void;
  useEnvironment: (name: string) => void;
}

/** Everything that the page can do now, in the order in which it is offered. */
export function paletteItems({ snapshot, desk, words, open, useEnvironment }: Given): PaletteItem[] {
  const { t } = words;
  const mac = isMac();
  const { current, tab } = desk;
  const act = (name: ShortcutAct, more: Partial<PaletteItem> = {}): PaletteItem => ({
    id: `act ${name}`,
    section: 'acts',
    label: t(`sessions:act_${name}` as Parameters<Translator['t']>[0]),
    chord: chordOf(name, mac),
    run: () => desk.act(name),
    ...more,
  });
  const sessions: PaletteItem[] = byAttention(snapshot.sessions).map((s) => ({
    id: `session ${s.id}`,
    section: 'sessions',
    label: sessionLabel(s),
    detail: [activityWords(s, words), folderLabel(s.cwd), plainText(s.environment ?? s.profile, 60)].join(
      ' · ',
    ),
    sign: activitySign(s),
    run: () => desk.go(s.id),
  }));
  const own: PaletteItem[] = current
    ? sessionEntries(current, desk, words, 'head').map((e) => ({
        id: `own ${e.id}`,
        section: 'acts',
        label: e.label,
        detail: sessionLabel(current),
        chord: e.chord ?? null,
        run: e.run,
      }))
    : [];
  const several = desk.tabs.length > 1;
  const isSplit = (tab?.panes.length ?? 0) > 1;
  const sides = (['left', 'right', 'up', 'down'] as const).filter(
    (side) => current && tab && neighbour(tab, current.id, side),
  );
  const paneActs = { left: 'paneLeft', right: 'paneRight', up: 'paneUp', down: 'paneDown' } as const;
  const acts: PaletteItem[] = [
    act('newSession'),
    act('goNeedsYou'),
    ...own,
    ...(several
      ? (['tabNext', 'tabPrevious', 'tabMoveLeft', 'tabMoveRight'] as const).map((a) => act(a))
      : []),
    ...sides.map((side) => act(paneActs[side])),
    ...(isSplit
      ? (tab?.direction === 'row'
          ? (['growLeft', 'growRight'] as const)
          : (['growUp', 'growDown'] as const)
        ).map((a) => act(a))
      : []),
    ...(isSplit && current
      ? [
          {
            id: 'even',
            section: 'acts' as const,
            label: t('sessions:act_dividerEven'),
            run: () => desk.evenShares(current.id),
          },
        ]
      : []),
  ];
  const go: PaletteItem[] = [
    ...(snapshot.sessions.length > 0 ? [act('goList', { section: 'go' })] : []),
    ...(
      [
        ['overview', 'page:navOverview'],
        ['history', 'page:navHistory'],
        ['models', 'models:page.title'],
        ['usage', 'usage:page.title'],
        ['doctor', 'doctor:page.title'],
        ['access', 'page:navAccess'],
        ['policies', 'policies:page.title'],
        ['settings', 'page:navSettings'],
        ['setup', 'firstRun:entry'],
      ] as const
    ).map(([route, label]) => ({
      id: `go ${route}`,
      section: 'go' as const,
      label: t(label),
      chord: route === 'history' ? chordOf('goHistory', mac) : null,
      run: () => navigate(route),
    })),
  ];
  const folders: PaletteItem[] = [...new Set([...snapshot.pinnedFolders, ...snapshot.recentFolders])].map(
    (folder) => ({
      id: `folder ${folder}`,
      section: 'folders',
      label: t('sessions:openClaudeIn', { folder: folderName(folder) }),
      detail: plainText(folder, 300),
      run: () => open(folder),
    }),
  );
  const environments: PaletteItem[] = snapshot.environments
    .filter((e) => e.name !== snapshot.activeEnvironment)
    .map((e) => ({
      id: `environment ${e.name}`,
      section: 'environments',
      label: t('page:useEnvironment', { environment: plainText(e.name, 80) }),
      detail: `${plainText(e.profile, 80)} · ${e.region}`,
      run: () => useEnvironment(e.name),
    }));
  return [...sessions, ...acts, ...go, ...folders, ...environments];
}

/** What a split may show: the other sessions, or a new one in the same folder. */
export function splitItems(
  { snapshot, desk, words, open }: Given,
  side: 'left' | 'right' | 'up' | 'down',
): PaletteItem[] {
  const { current, tab } = desk;
  if (!current) return [];
  const others = byAttention(snapshot.sessions).filter(
    (s) => s.id !== current.id && !tab?.panes.includes(s.id),
  );
  return [
    {
      id: 'new here',
      section: 'acts',
      label: words.t('sessions:newHere', { folder: folderName(current.cwd) }),
      detail: plainText(current.cwd, 300),
      run: () => open(current.cwd),
    },
    ...others.map(
      (s): PaletteItem => ({
        id: `session ${s.id}`,
        section: 'sessions',
        label: sessionLabel(s),
        detail: [activityWords(s, words), folderLabel(s.cwd)].join(' · '),
        sign: activitySign(s),
        run: () => desk.split(s.id, side),
      }),
    ),
    { id: NEW, section: 'go', label: words.t('sessions:newElsewhere'), run: () => navigate('sessions', NEW) },
  ];
}

/** Those that fit what was typed, the best first; by sections as long as nothing was. */
export function found(items: readonly PaletteItem[], query: string, limit = 60): FoundItem[] {
  const fits = items.flatMap((item): FoundItem[] => {
    const inLabel = fuzzyFit(query, item.label);
    if (inLabel) return [{ ...item, fit: inLabel }];
    // Found by its details only: behind what is found by name, and nothing of the name is marked.
    const inAll = fuzzyFit(query, `${item.label} ${item.detail ?? ''}`);
    return inAll ? [{ ...item, fit: { score: inAll.score - 80, matches: [] } }] : [];
  });
  const sorted = query.trim() === '' ? fits : fits.sort((a, b) => b.fit.score - a.fit.score);
  return sorted.slice(0, limit);
}

/** The found ones by section, in the order of each section's best. */
export function bySection(items: readonly FoundItem[]): { section: Section; items: FoundItem[] }[] {
  const groups = new Map<Section, FoundItem[]>();
  for (const item of items) groups.set(item.section, [...(groups.get(item.section) ?? []), item]);
  return [...groups].map(([section, inside]) => ({ section, items: inside }));
}
