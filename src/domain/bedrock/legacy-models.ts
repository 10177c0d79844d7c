import { shippedProfiles } from './bedrock-models.ts';
import { canonicalName, modelOfName } from './claude-models.ts';
import { profilePrefix } from './geography.ts';
import { modelOfId } from './model-views.ts';

/**
 * What is the matter with an id of older documentation: `retired`: Claude Code and Bedrock no longer have it; `legacy`:
 * an account may still have it, but there is a successor; `undated`: Claude Code knows it with its date only;
 * `noPrefix`: it is answered through an inference profile only.
 */
export type LegacyReason = 'retired' | 'legacy' | 'undated' | 'noPrefix';

export interface Translation {
  /** What to use in its place. */
  id: string;
  why: LegacyReason;
}

/** Generations that Claude Code takes for old, and the models that took their place. */
const successors: readonly (readonly [name: RegExp, successor: string, why: LegacyReason])[] = [
  [/^claude-(3-opus\b|2)/, 'anthropic.claude-opus-5-5', 'retired'],
  [/^claude-instant/, 'anthropic.claude-haiku-4-5-20251001-v1:0', 'retired'],
  [
    /^claude-3-sonnet\b|^claude-3-5-sonnet-(20240620|latest)/,
    'anthropic.claude-sonnet-4-5-20250929-v1:0',
    'retired',
  ],
  [/^claude-3-(5|7)-sonnet\b/, 'anthropic.claude-sonnet-4-5-20250929-v1:0', 'legacy'],
  [/^claude-3-(5-)?haiku\b/, 'anthropic.claude-haiku-4-5-20251001-v1:0', 'legacy'],
  [/^claude-opus-4(-0|-1)?(-2025\d{4})?$/, 'anthropic.claude-opus-5-5', 'legacy'],
  [/^claude-sonnet-4(-0)?(-2025\d{4})?$/, 'anthropic.claude-sonnet-4-5-20250929-v1:0', 'legacy'],
];

/** Names without a date of models that have one in theirs. */
const dated: ReadonlyMap<string, string> = new Map([
  ['claude-opus-4-5', 'anthropic.claude-opus-4-5-20251101-v1:0'],
  ['claude-sonnet-4-5', 'anthropic.claude-sonnet-4-5-20250929-v1:0'],
  ['claude-haiku-4-5', 'anthropic.claude-haiku-4-5-20251001-v1:0'],
]);

/** The shipped table's id of a foundation model in a region. */
function idHere(model: string, region: string): string {
  const profile = shippedProfiles(region).find(({ id }) => modelOfId(id) === model);
  return profile?.id ?? `global.${model}`;
}

/**
 * What to use instead of an id that older documentation names, or that Bedrock would not take as it is; null where
 * nothing is the matter with it as far as this table knows: aliases, ARNs, ids of today.
 */
export function translateLegacyModel(given: string, region: string): Translation | null {
  const id = given.trim().replace(/\[1m\]$/i, '');
  if (id.startsWith('arn:')) return null;
  const name = canonicalName(id).toLowerCase();
  if (!name.startsWith('claude-')) return null;
  for (const [pattern, successor, why] of successors) {
    if (pattern.test(name)) return { id: idHere(successor, region), why };
  }
  const withDate = dated.get(name);
  if (withDate !== undefined) return { id: idHere(withDate, region), why: 'undated' };
  const bare = profilePrefix(id) === null && id.startsWith('anthropic.');
  const model = modelOfName(name);
  return bare && model !== undefined ? { id: idHere(model, region), why: 'noPrefix' } : null;
}
