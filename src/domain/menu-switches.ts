import type { Environment, Snapshot } from '../contract/state.ts';
import type { MenuAction, MenuEntry } from './menu-entries.ts';
import type { MenuInput } from './menu-input.ts';
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

/** Environment, region and model with what they can be switched to. */
export function environmentEntries(
  snapshot: Snapshot,
  active: Environment,
  regions: MenuInput['regions'],
  models: MenuInput['models'],
): MenuEntry[] {
  const radio = (label: Message, checked: boolean, action: MenuAction): MenuEntry => ({
    kind: 'radio',
    label,
    checked,
    action,
  });
  const menu = (
    key: 'environment' | 'region' | 'model',
    current: Message,
    entries: readonly MenuEntry[],
    loaded: boolean,
  ): MenuEntry => ({
    kind: 'submenu',
    label: word(key, { current }),
    entries: loaded ? entries : [...entries, { kind: 'label', label: word('listLoading') }],
  });
  const environments = snapshot.environments.map((e) =>
    radio({ text: safeText(e.name) }, e.name === active.name, { type: 'useEnvironment', name: e.name }),
  );
  const regionNames = [...new Set([active.region, ...(regions ?? [])])].sort();
  const modelName = (id: string): Message => ({
    text: safeText(models?.find((m) => m.id === id)?.name ?? id),
  });
  const modelIds = [
    ...new Set([...(active.model === null ? [] : [active.model]), ...(models ?? []).map((m) => m.id)]),
  ];
  const currentModel = active.model === null ? word('modelDefault') : modelName(active.model);
  return [
    menu('environment', { text: safeText(active.name) }, environments, true),
    menu(
      'region',
      { text: active.region },
      regionNames.map((region) =>
        radio({ text: region }, region === active.region, { type: 'setRegion', region }),
      ),
      regions !== null,
    ),
    menu(
      'model',
      currentModel,
      [
        radio(word('modelDefault'), active.model === null, { type: 'setModel', model: null }),
        ...modelIds.map((model) =>
          radio(modelName(model), model === active.model, { type: 'setModel', model }),
        ),
      ],
      models !== null,
    ),
  ];
}
