import { modelFamily } from '../bedrock/model-family.ts';

/** A quota as AWS names it: `Cross-Region InvokeModel tokens per minute for Anthropic Claude Opus 5.5`. */
export interface NamedQuota {
  name: string;
  value: number;
}

/** How requests by an id are counted: `global.` apart, other inference profiles across regions, a model's own id in its region. */
function formOf(id: string): RegExp {
  if (id.startsWith('global.')) return /^global cross-region /i;
  return id.startsWith('anthropic.') ? /^on-demand /i : /^cross-region /i;
}

/** `Anthropic Claude 3.5 Sonnet V2`, `Anthropic Claude Opus 5.5`: the words that tell a model, in any order, without V1. */
function wordsOf(name: string): string {
  const words = name
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => !/^(anthropic|claude|v\d+)$/.test(word));
  return words.sort().join(' ');
}

/** The quota of tokens a minute for requests by this model id; null where AWS lists none under a name that is known. */
export function tokensPerMinute(quotas: readonly NamedQuota[], id: string): NamedQuota | null {
  const family = modelFamily(id);
  if (family === null) return null;
  const wanted = wordsOf(family);
  const found = quotas.filter(({ name }) => {
    const [head, model] = name.split(/ tokens per minute for /i);
    return head !== undefined && model !== undefined && formOf(id).test(head) && wordsOf(model) === wanted;
  });
  // AWS renames them now and then, and lists both for a while: the larger one holds.
  return found.toSorted((a, b) => b.value - a.value)[0] ?? null;
}
