import type { ResolvedModel } from '../../contract/bedrock.ts';
import { regionPrefix } from './bedrock-models.ts';
import {
  canonicalName,
  type Family,
  families,
  familyNames,
  familyOf,
  modelOfName,
  probedFamilies,
} from './claude-models.ts';
import { profilePrefix } from './geography.ts';

/**
 * Which model ids Claude Code will ask Bedrock for, as it resolves its settings itself. The rules are those of 2.1.330,
 * found by running it with each choice and proved so in test/integration/models; docs/models.md has them as a table.
 */

/** One place that chooses: a settings file, or the process's variables. */
export interface ChoiceLayer {
  from: ResolvedModel['from'];
  /** The file; null for variables. */
  file: string | null;
  /** Variables; a blank one counts as not set, and hides those of weaker layers. */
  env: Readonly<Record<string, string>>;
  /** The settings key `model`. */
  model?: string | null;
  /** The settings key `modelOverrides`: Anthropic's names and the ids to ask for. */
  modelOverrides?: Readonly<Record<string, string>>;
}

export interface ResolutionInput {
  region: string;
  /** `--model`; null: not given. It beats all layers. */
  flag: string | null;
  /** The strongest first: managed settings, --settings, local, project and user settings, then variables. */
  layers: readonly ChoiceLayer[];
  /** System-defined inference profiles, in the order in which Bedrock lists them; null: they may not be listed. */
  profiles: readonly string[] | null;
  /** Whether Bedrock would answer, as far as that is known: Claude Code asks each model that nobody chose for one token. */
  answers(id: string): boolean;
  /** The foundation model behind an application profile; null: not known. */
  behind(id: string): string | null;
}

/** One id and who decided on it. */
export type Decision = Pick<ResolvedModel, 'id' | 'from' | 'where'>;

export interface Resolution {
  /** The conversation. */
  primary: Decision;
  /** Titles, hooks with prompts, summaries. */
  background: Decision;
  /** What a sub-agent gets that is started with this alias. */
  agents: Readonly<Record<Family, Decision>>;
  /** A sub-agent that names no model. */
  agent: Decision;
  /** Asked for one token each when it starts. */
  probes: readonly string[];
}

interface Value {
  text: string;
  from: ResolvedModel['from'];
  where: string | null;
}

const pinNames: Readonly<Record<Family, string>> = {
  opus: 'ANTHROPIC_DEFAULT_OPUS_MODEL',
  sonnet: 'ANTHROPIC_DEFAULT_SONNET_MODEL',
  haiku: 'ANTHROPIC_DEFAULT_HAIKU_MODEL',
  fable: 'ANTHROPIC_DEFAULT_FABLE_MODEL',
};

/** Names of variables that decide about models, the pins' included. */
export const modelVariables = [
  'ANTHROPIC_MODEL',
  'ANTHROPIC_SMALL_FAST_MODEL',
  'CLAUDE_CODE_SUBAGENT_MODEL',
  ...Object.values(pinNames),
] as const;

const withoutWindow = (text: string): string => text.trim().replace(/\[1m\]$/i, '');

export function resolveModels(input: ResolutionInput): Resolution {
  const { layers } = input;
  const variable = (name: string): Value | null => {
    const layer = layers.find(({ env }) => env[name] !== undefined);
    const text = layer?.env[name]?.trim();
    if (!layer || !text) return null;
    const where = layer.file === null ? name : `${layer.file}: env.${name}`;
    return { text, from: layer.from, where };
  };
  const setting = (): Value | null => {
    const layer = layers.find(({ model }) => typeof model === 'string' && model.trim() !== '');
    const text = layer?.model?.trim();
    return layer && text ? { text, from: layer.from, where: `${layer.file}: model` } : null;
  };
  const override = (model: string): Value | null => {
    const name = canonicalName(model);
    const layer = layers.find(({ modelOverrides }) => modelOverrides?.[name]);
    const text = layer?.modelOverrides?.[name];
    return layer && text ? { text, from: layer.from, where: `${layer.file}: modelOverrides.${name}` } : null;
  };

  const prefix = variable('ANTHROPIC_BEDROCK_REGION_PREFIX')?.text ?? regionPrefix(input.region).slice(0, -1);
  /** The id of a foundation model here: what settings say, the region's own profile, else the first that there is. */
  const idOf = (model: string): Decision => {
    const chosen = override(model);
    if (chosen) return { id: withoutWindow(chosen.text), from: chosen.from, where: chosen.where };
    const own = `${prefix}.${model}`;
    const listed = input.profiles ?? [];
    const id = listed.includes(own) ? own : (listed.find((each) => each.endsWith(`.${model}`)) ?? own);
    return { id, from: 'default', where: null };
  };
  const named = ({ text, from, where }: Value): Decision => {
    const bare = withoutWindow(text);
    const known = modelOfName(bare);
    return { id: known === undefined ? bare : idOf(known).id, from, where };
  };
  const pin = (family: Family): Decision | null => {
    const value = variable(pinNames[family]);
    return value && named(value);
  };
  /** The first of a family that would answer; undefined: none. */
  const answering = (family: Family): Decision | undefined =>
    families[family].map(idOf).find(({ id }) => input.answers(id));
  /** What is taken for a model that was asked for one token and refused it. */
  const standIn = (family: Family): Decision | null => {
    const found = answering(family);
    return found && found.id !== idOf(families[family][0]).id ? found : null;
  };
  const alias = (family: Family): Decision =>
    pin(family) ??
    // Nobody looks whether Fable answers.
    (family === 'fable' ? undefined : answering(family)) ??
    (family === 'opus' ? answering('sonnet') : undefined) ??
    idOf(families[family][0]);
  const byDefault = (): Decision => pin('opus') ?? pin('sonnet') ?? alias('opus');

  const flag: Value | null = input.flag ? { text: input.flag, from: 'environment', where: '--model' } : null;
  const chosen = flag ?? variable('ANTHROPIC_MODEL') ?? setting();
  const aliases = new Map<string, () => Decision>(
    Object.entries({
      default: byDefault,
      best: () => alias('opus'),
      // Opus while it plans.
      opusplan: () => alias('sonnet'),
      ...Object.fromEntries(familyNames.map((family) => [family, () => alias(family)])),
    }),
  );
  const aliasOf = (text: string) => {
    const word = withoutWindow(text).toLowerCase();
    // With [1m] that is a name like any other.
    return word === 'default' && text.trim().toLowerCase() !== word ? undefined : aliases.get(word);
  };
  const resolved = (value: Value): Decision => {
    const known = aliasOf(value.text);
    return known ? { ...known(), from: value.from, where: value.where } : named(value);
  };

  const primary = chosen ? resolved(chosen) : byDefault();
  const small = variable('ANTHROPIC_SMALL_FAST_MODEL');
  const background =
    (small && named(small)) ??
    pin('haiku') ??
    standIn('haiku') ??
    (chosen ? primary : (pin('sonnet') ?? pin('opus') ?? alias('sonnet')));

  const primaryFamily = familyOf(primary.id) ?? familyOf(input.behind(primary.id) ?? '');
  const agentOf = (family: Family): Decision =>
    family === primaryFamily ? primary : withPrefixOf(primary.id, alias(family));
  const agents = {
    opus: agentOf('opus'),
    sonnet: agentOf('sonnet'),
    haiku: agentOf('haiku'),
    fable: agentOf('fable'),
  };
  const subagent = variable('CLAUDE_CODE_SUBAGENT_MODEL');
  const subagentFamily = familyNames.find(
    (family) => family === withoutWindow(subagent?.text ?? '').toLowerCase(),
  );
  const agent = !subagent
    ? primary
    : subagentFamily
      ? { ...agents[subagentFamily], from: subagent.from, where: subagent.where }
      : named(subagent);

  const given = chosen && aliasOf(chosen.text) === undefined ? chosen.text.toLowerCase() : '';
  const probes = probedFamilies.flatMap((family): string[] => {
    const [first, ...rest] = families[family].map((model) => idOf(model).id);
    if (variable(pinNames[family]) || override(families[family][0])) return [];
    if (family === 'haiku' ? small !== null : given.includes(family)) return [];
    return first === undefined || input.answers(first) ? [first ?? ''] : [first, ...rest];
  });
  return { primary, background, agents, agent, probes };
}

/** Sub-agents are answered where the conversation is: an id takes the prefix of its profile. */
function withPrefixOf(primary: string, decision: Decision): Decision {
  const prefix = profilePrefix(primary);
  if (prefix === null) return decision;
  const { id } = decision;
  if (id.startsWith('anthropic.')) return { ...decision, id: `${prefix}.${id}` };
  const own = profilePrefix(id);
  return own === null
    ? decision
    : { ...decision, id: id.replace(`${own}.anthropic.`, `${prefix}.anthropic.`) };
}
