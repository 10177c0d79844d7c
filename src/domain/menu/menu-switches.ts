import type { Environment, Snapshot } from '../../contract/state.ts';
import { action, joined, type MenuAction, type MenuEntry } from './menu-entries.ts';
import type { MenuInput } from './menu-input.ts';
import { modelName } from './menu-state.ts';
import { type Message, safeText, word } from './menu-words.ts';

/** Prefixes of cross-region inference profiles and the regions whose requests they serve. */
const geographies: Readonly<Record<string, RegExp>> = {
  us: /^(us|ca)-(?!gov-)/,
  'us-gov': /^us-gov-/,
  eu: /^eu-/,
  apac: /^ap-/,
  jp: /^ap-northeast-/,
  au: /^ap-southeast-/,
};

/** The model to keep when the region changes: an inference profile of another geography is not offered there. */
export function modelForRegion(model: string | null, region: string): string | null {
  const prefix = /^([a-z-]+)\./.exec(model ?? '')?.[1];
  const served = prefix === undefined ? undefined : geographies[prefix];
  return served === undefined || served.test(region) ? model : null;
}

/** Entries of a list at most: what is longer is chosen from in the window, where it can be searched. */
const LONGEST = 16;

/** Environment, region and model with what they can be switched to. */
export function environmentEntries(
  snapshot: Snapshot,
  active: Environment,
  { regions, models }: Pick<MenuInput, 'regions' | 'models'>,
): MenuEntry[] {
  const model = (id: string | null): Choice => ({
    label: modelName(id, models),
    checked: id === active.model,
    action: { type: 'setModel', model: id },
  });
  const regionNames = [...new Set([active.region, ...(regions ?? [])])].sort();
  const modelIds = [...(active.model === null ? [] : [active.model]), ...(models ?? []).map((m) => m.id)];
  return [
    choices(
      'environment',
      snapshot.environments.map(({ name }) => ({
        label: { text: safeText(name) },
        checked: name === active.name,
        action: { type: 'useEnvironment', name },
      })),
    ),
    choices(
      'region',
      regionNames.map((region) => ({
        label: { text: region },
        checked: region === active.region,
        action: { type: 'setRegion', region },
      })),
      regions !== null,
    ),
    choices('model', [model(null), ...[...new Set(modelIds)].map(model)], models !== null),
  ];
}

interface Choice {
  label: Message;
  checked: boolean;
  action: MenuAction;
}

/** A submenu named by what is chosen in it, which is always among what it lists. */
function choices(key: 'environment' | 'region' | 'model', all: readonly Choice[], loaded = true): MenuEntry {
  const chosen = all.find((c) => c.checked);
  const others = all.filter((c) => c !== chosen).slice(0, LONGEST - 1);
  const listed = all.filter((c) => c === chosen || others.includes(c));
  return {
    kind: 'submenu',
    label: word(key, { current: chosen?.label ?? { text: '' } }),
    entries: joined([
      listed.map((c): MenuEntry => ({ kind: 'radio', ...c })),
      loaded ? [] : [{ kind: 'label', label: word('listLoading') }],
      listed.length < all.length
        ? [action(word('moreInWindow'), { type: 'openWindow', place: 'access' })]
        : [],
    ]),
  };
}
