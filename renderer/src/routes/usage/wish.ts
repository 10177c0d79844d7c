import type { ProcedureInput } from '../../../../src/contract/procedures.ts';
import type { UsageDimension } from '../../../../src/contract/usage.ts';
import type { DayRange } from '../../model/usage-range.ts';
import type { Division } from '../../model/usage-series.ts';

/** What usage is narrowed down to; a division without an entry is not. */
export type Filters = { [D in Exclude<Division, 'session'>]?: string | null };

/** The question for a range and filters, divided by `by`. */
export function usageWish(
  { from, to }: DayRange,
  { environment, model, project }: Filters,
  by: readonly UsageDimension[],
  limit?: number,
): ProcedureInput<'usage.query'> {
  return {
    from,
    to,
    by: [...by],
    ...(environment === undefined ? {} : { environment }),
    ...(typeof model === 'string' ? { model } : {}),
    ...(typeof project === 'string' ? { project } : {}),
    ...(limit === undefined ? {} : { limit }),
  };
}
