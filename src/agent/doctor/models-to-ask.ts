import type { ResolvedModel } from '../../contract/bedrock.ts';
import type { Environment } from '../../contract/state.ts';
import type { DoctorParts } from './doctor-parts.ts';

/**
 * What Claude Code will ask for as the environment has it, and what it would ask for where a person chooses a pinned
 * alias: one of the conversation's own family is else not seen.
 */
export async function modelsToAsk(
  models: Pick<DoctorParts['models'], 'resolve'>,
  { name: environment, pins }: Environment,
): Promise<ResolvedModel[]> {
  const { resolved } = await models.resolve({ environment });
  const all = [...resolved];
  for (const use of ['opus', 'sonnet', 'fable'] as const) {
    const model = pins[use];
    if (model === null) continue;
    const [primary] = (await models.resolve({ environment, model })).resolved;
    if (primary) all.push({ ...primary, use });
  }
  return all;
}
