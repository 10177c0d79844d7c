import type { Geography, ModelPins, ModelView } from '../../contract/bedrock.ts';
import type { Environment } from '../../contract/state.ts';
import { type Family, families, familyNames, familyOf, modelOfName } from './claude-models.ts';
import { prefixStaysIn, profilePrefix, staysIn } from './geography.ts';
import { type ChoiceLayer, type ResolutionInput, resolveModels } from './model-resolution.ts';

/** What an environment says of models. */
export type EnvironmentModels = Pick<Environment, 'model' | 'smallFastModel' | 'pins'>;

const pinned = (pins: ModelPins) =>
  [
    ['ANTHROPIC_DEFAULT_OPUS_MODEL', pins.opus],
    ['ANTHROPIC_DEFAULT_SONNET_MODEL', pins.sonnet],
    ['ANTHROPIC_DEFAULT_FABLE_MODEL', pins.fable],
  ] as const;

/** An environment's models as the variables of Claude Code. */
export function modelVariablesOf({ model, smallFastModel, pins }: EnvironmentModels): Record<string, string> {
  const env: Record<string, string> = {};
  if (model !== null) env.ANTHROPIC_MODEL = model;
  for (const [name, id] of pinned(pins)) if (id !== null) env[name] = id;
  if (smallFastModel !== null) {
    env.ANTHROPIC_DEFAULT_HAIKU_MODEL = smallFastModel;
    // The older name of the same.
    env.ANTHROPIC_SMALL_FAST_MODEL = smallFastModel;
  }
  return env;
}

/** What a launch sets beside the environment's own models so that nothing is asked for outside of a geography. */
export interface KeptInGeography {
  /** `--model`; null: what is chosen already stays there. */
  model: string | null;
  env: Readonly<Record<string, string>>;
  modelOverrides: Readonly<Record<string, string>>;
}

/** `leaves`: an id that leaves the geography, and there is no other to take in its place, or a person has asked for it. */
export type GeographyVerdict = { kept: KeptInGeography } | { leaves: string };

/** The first of the ids that people chose which is known to leave a geography, by the ids alone; null: none. */
export function leavesByName(geography: Geography, ids: readonly (string | null)[]): string | null {
  return ids.find((id) => id !== null && prefixStaysIn(geography, id) === false) ?? null;
}

/**
 * Keeps a session in a geography: what people chose for the environment must stay there, and whatever Claude Code would
 * otherwise take from elsewhere is replaced by what Bedrock offers there. `input.layers` are those of others: without
 * the environment's own. `managed` of them win over ours.
 */
export function keepInGeography(
  geography: Geography,
  chosen: EnvironmentModels,
  input: Omit<ResolutionInput, 'flag' | 'layers'> & { managed: ChoiceLayer; others: readonly ChoiceLayer[] },
  offered: readonly ModelView[],
  /** What else a person has asked for. */
  also: readonly string[] = [],
): GeographyVerdict {
  const byId = new Map(offered.map((view) => [view.id, view]));
  const stays = (id: string): boolean => {
    const view = byId.get(id);
    return (view ? staysIn(geography, view, input.region) : prefixStaysIn(geography, id)) === true;
  };
  const explicit = [chosen.model, chosen.smallFastModel, ...Object.values(chosen.pins), ...also];
  const leaving = explicit.find((id) => id !== null && !isName(id) && !stays(bare(id)));
  if (leaving != null) return { leaves: leaving };

  const candidates = offered.filter((view) => view.proposed && stays(view.id));
  const offeredOf = (models: readonly string[]) =>
    models.map((model) => candidates.find((view) => view.model === model)?.id).find((id) => id !== undefined);
  const instead = (family: Family): string | undefined =>
    offeredOf(families[family]) ?? candidates.find((view) => familyOf(view.model ?? '') === family)?.id;
  const anything = familyNames.map(instead).find((id) => id !== undefined);

  const resolve = (ours: ChoiceLayer, flag: string | null) =>
    resolveModels({ ...input, flag, layers: [input.managed, ours, ...input.others] });
  const own: ChoiceLayer = { from: 'environment', file: null, env: modelVariablesOf(chosen) };
  const first = resolve(own, chosen.model);
  const taken = (family: Family): string | undefined => {
    // Its own alias, not the conversation's model that a sub-agent of that family would share.
    const alias = resolve({ ...own, env: { ...own.env, ANTHROPIC_MODEL: family } }, family).primary.id;
    return stays(alias) ? alias : (instead(family) ?? anything);
  };
  const pins = { opus: taken('opus'), sonnet: taken('sonnet'), haiku: taken('haiku'), fable: taken('fable') };
  const { opus, sonnet, haiku, fable } = pins;
  if (!opus || !sonnet || !haiku || !fable) return { leaves: first.primary.id };

  const modelOverrides: Record<string, string> = {};
  for (const layer of input.others) {
    for (const [name, id] of Object.entries(layer.modelOverrides ?? {})) {
      if (stays(id)) continue;
      modelOverrides[name] = offeredOf([modelOfName(name) ?? '']) ?? pins[familyOf(name) ?? 'opus'] ?? opus;
    }
  }
  const env: Record<string, string> = {
    ANTHROPIC_DEFAULT_OPUS_MODEL: opus,
    ANTHROPIC_DEFAULT_SONNET_MODEL: sonnet,
    ANTHROPIC_DEFAULT_HAIKU_MODEL: haiku,
    ANTHROPIC_DEFAULT_FABLE_MODEL: fable,
    ANTHROPIC_SMALL_FAST_MODEL: stays(first.background.id) ? first.background.id : haiku,
    // Background requests are asked for where all others are.
    ANTHROPIC_SMALL_FAST_MODEL_AWS_REGION: '',
    // For what is named in the conversation.
    ANTHROPIC_BEDROCK_REGION_PREFIX: profilePrefix(opus) ?? geography,
  };
  const second = (flag: string | null) =>
    resolve({ ...own, env: { ...own.env, ...env }, modelOverrides }, flag);
  let model: string | null = null;
  if (!stays(second(chosen.model).primary.id)) {
    if (chosen.model !== null) return { leaves: chosen.model };
    model = stays(first.primary.id) ? first.primary.id : opus;
    env.ANTHROPIC_MODEL = model;
  }
  if (!stays(second(model ?? chosen.model).agent.id)) env.CLAUDE_CODE_SUBAGENT_MODEL = '';
  const last = second(model ?? chosen.model);
  // Managed settings win over all of it.
  const outside = [last.primary, last.background, last.agent, ...Object.values(last.agents)].find(
    ({ id }) => !stays(id),
  );
  return outside ? { leaves: outside.id } : { kept: { model, env, modelOverrides } };
}

const bare = (id: string): string => id.replace(/\[1m\]$/i, '');

/** An alias or a name of Anthropic's: Claude Code makes an id of it. */
function isName(text: string): boolean {
  const name = bare(text).toLowerCase();
  return ['default', 'best', 'opusplan', ...familyNames].includes(name) || modelOfName(name) !== undefined;
}

/**
 * Whether a text does not look like a model by its form: neither a name that Claude Code makes an id of, nor an ARN, nor
 * an id of Bedrock's (`[geography.]provider.model`, or the 12 signs of an application inference profile). Whatever has
 * `claude` in it passes.
 */
export function isNoModel(given: string): boolean {
  const id = bare(given.trim());
  return (
    !isName(id) &&
    !/claude|^arn:/i.test(id) &&
    !/^([a-z-]+\.)?(ai21|[a-z-]+)(\.[\w:-]+)+$/.test(id) &&
    !/^[a-z\d]{12}$/.test(id)
  );
}
