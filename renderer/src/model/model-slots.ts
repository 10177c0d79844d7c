import type { ResolvedModel } from '../../../src/contract/bedrock.ts';
import type { Environment } from '../../../src/contract/state.ts';
import type { Family } from '../../../src/domain/bedrock/claude-models.ts';

/** What an environment can choose a model for. Claude Code has one name for the small model and the haiku alias. */
export const slots = ['model', 'smallFastModel', 'opus', 'sonnet', 'fable'] as const;
export type Slot = (typeof slots)[number];

/** The part of an environment that chooses models. */
export type Chosen = Pick<Environment, 'model' | 'smallFastModel' | 'pins'>;

export function chosenFor(chosen: Chosen, slot: Slot): string | null {
  return slot === 'model' || slot === 'smallFastModel' ? chosen[slot] : chosen.pins[slot];
}

/** The same with an id for one use; null leaves it to Claude Code. */
export function choose<C extends Chosen>(chosen: C, slot: Slot, id: string | null): C {
  return slot === 'model' || slot === 'smallFastModel'
    ? { ...chosen, [slot]: id }
    : { ...chosen, pins: { ...chosen.pins, [slot]: id } };
}

/** What decides a use of Claude Code's. */
export const slotOf: Readonly<Record<ResolvedModel['use'], Slot>> = {
  primary: 'model',
  background: 'smallFastModel',
  haiku: 'smallFastModel',
  opus: 'opus',
  sonnet: 'sonnet',
  fable: 'fable',
};

/** What a model of a family can sensibly be chosen for; what tells no family for everything. */
export function slotsFor(family: Family | null): readonly Slot[] {
  if (family === null) return slots;
  return family === 'haiku' ? ['model', 'smallFastModel'] : ['model', 'smallFastModel', family];
}
