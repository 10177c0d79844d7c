import type { Environment, Snapshot } from '../../contract/state.ts';
import { action, joined, type MenuAction, type MenuEntry } from './menu-entries.ts';
import type { MenuInput } from './menu-input.ts';
import { modelName } from './menu-state.ts';
import { type Message, safeText, word } from './menu-words.ts';

/** Entries of a list at most: what is longer is chosen from in the window, where it can be searched. */
const LONGEST = 16;

/** Environment, region and model with what they can be switched to. */
export function environmentEntries(
  snapshot: Snapshot,
  active: Environment,
  { regions, models, modelsFrom = null }: Pick<MenuInput, 'regions' | 'models' | 'modelsFrom'>,
): MenuEntry[] {
  const model = (id: string | null): Choice => ({
    label: modelLabel(id, models, modelsFrom?.source === 'live'),
    checked: id === active.model,
    action: { type: 'setModel', model: id },
  });
  const regionNames = [...new Set([active.region, ...(regions ?? [])])].sort();
  const modelIds = [...(active.model === null ? [] : [active.model]), ...worthListing(models ?? [])];
  return [
    choices(
      'environment',
      snapshot.environments.map(({ name }) => ({
        label: { text: safeText(name) },
        checked: name === active.name,
        action: { type: 'useEnvironment', name },
      })),
      { place: 'access' },
    ),
    choices(
      'region',
      regionNames.map((region) => ({
        label: { text: region },
        checked: region === active.region,
        action: { type: 'setRegion', region },
      })),
      { place: 'models', isLoaded: regions !== null },
    ),
    choices('model', [model(null), ...[...new Set(modelIds)].map(model)], {
      place: 'models',
      isLoaded: models !== null,
      foot:
        modelsFrom === null
          ? []
          : [
              {
                kind: 'label',
                label:
                  modelsFrom.source === 'live'
                    ? { key: 'models:menu.asOf', params: { time: modelsFrom.at } }
                    : { key: 'models:menu.shipped', params: { date: modelsFrom.date } },
              },
              // What is not listed: other ids of a model, and those that would fail with the reason why.
              action(word('moreInWindow'), { type: 'openWindow', place: 'models' }),
            ],
    }),
  ];
}

/** Of each model the id to use here; where nobody proposes any, all that can be used. */
function worthListing(models: NonNullable<MenuInput['models']>): string[] {
  const usable = models.filter((m) => m.refusal === null);
  const proposed = usable.filter((m) => m.proposed);
  return (proposed.length > 0 ? proposed : usable).map((m) => m.id);
}

/** A model's name, with a word where Bedrock does not offer it. */
function modelLabel(id: string | null, models: MenuInput['models'], isLive: boolean): Message {
  const name = modelName(id, models);
  const plain = id?.replace(/\[1m\]$/i, '') ?? '';
  // Aliases and application profiles of others are not in the list and may well work.
  const known = models?.find((m) => m.id === plain);
  const fails = known ? known.refusal !== null : plain.includes('anthropic.');
  return isLive && models !== null && fails
    ? { key: 'models:menu.notOffered', params: { model: name } }
    : name;
}

interface Choice {
  label: Message;
  checked: boolean;
  action: MenuAction;
}

/** A submenu named by what is chosen in it, which is always among what it lists. `place`: where the rest is. */
function choices(
  key: 'environment' | 'region' | 'model',
  all: readonly Choice[],
  {
    place,
    isLoaded = true,
    foot = [],
  }: { place: 'access' | 'models'; isLoaded?: boolean; foot?: readonly MenuEntry[] },
): MenuEntry {
  const chosen = all.find((c) => c.checked);
  const others = all.filter((c) => c !== chosen).slice(0, LONGEST - 1);
  const listed = all.filter((c) => c === chosen || others.includes(c));
  return {
    kind: 'submenu',
    label: word(key, { current: chosen?.label ?? { text: '' } }),
    entries: joined([
      listed.map((c): MenuEntry => ({ kind: 'radio', ...c })),
      isLoaded ? [] : [{ kind: 'label', label: word('listLoading') }],
      foot.length > 0
        ? foot
        : listed.length < all.length
          ? [action(word('moreInWindow'), { type: 'openWindow', place })]
          : [],
    ]),
  };
}
