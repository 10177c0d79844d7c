/**
 * What Claude Code 2.1.330 knows of Anthropic's models on Bedrock, seen by running it (test/integration/models): ids of
 * foundation models without a prefix.
 */

/** What an alias stands for, and what is taken in its place where Bedrock refuses it, in this order. */
export const families = {
  opus: [
    'anthropic.claude-opus-5-5',
    'anthropic.claude-opus-5',
    'anthropic.claude-opus-4-8',
    'anthropic.claude-opus-4-7',
    'anthropic.claude-opus-4-6-v1',
    'anthropic.claude-opus-4-5-20251101-v1:0',
    'anthropic.claude-opus-4-1-20250805-v1:0',
    'anthropic.claude-opus-4-20250514-v1:0',
  ],
  sonnet: [
    'anthropic.claude-sonnet-4-5-20250929-v1:0',
    'anthropic.claude-sonnet-4-20250514-v1:0',
    'anthropic.claude-3-7-sonnet-20250219-v1:0',
    'anthropic.claude-3-5-sonnet-20241022-v2:0',
  ],
  haiku: ['anthropic.claude-haiku-4-5-20251001-v1:0', 'anthropic.claude-3-5-haiku-20241022-v1:0'],
  fable: ['anthropic.claude-fable-5-2'],
} as const satisfies Record<string, readonly [string, ...string[]]>;

export type Family = keyof typeof families;
export const familyNames = Object.keys(families) as Family[];

/** Those of which Claude Code asks one token at its start, to see whether they may be used. */
export const probedFamilies = ['opus', 'sonnet', 'haiku'] as const satisfies readonly Family[];

/** The rest of what it knows by name. */
const others = [
  'anthropic.claude-sonnet-5-5',
  'anthropic.claude-sonnet-5',
  'anthropic.claude-sonnet-4-6',
  'anthropic.claude-haiku-5-5',
  'anthropic.claude-fable-5-1',
  'anthropic.claude-fable-5',
];

/** Anthropic's own name of a model, by which settings may name it: `claude-sonnet-4-5-20250929`, `claude-opus-4-6`. */
export function canonicalName(model: string): string {
  return model.replace(/^.*anthropic\./, '').replace(/-v\d+(:\d+)?$/, '');
}

const byName: ReadonlyMap<string, string> = new Map(
  [...Object.values(families).flat(), ...others].map((model) => [canonicalName(model), model]),
);

/** The foundation model that Claude Code takes a canonical name for; undefined: it does not know it, and sends it as it is. */
export function modelOfName(name: string): string | undefined {
  return byName.get(name.toLowerCase());
}

/** The family that a name or id speaks of; null where it does not say (an application profile's ARN). */
export function familyOf(text: string): Family | null {
  return familyNames.find((family) => text.toLowerCase().includes(family)) ?? null;
}
