import * as z from 'zod';

/** A person's limit for one session: warned at 80 %; at 100 % Claude Code is stopped before its next step where `stop`. */
export const CostCap = z.object({ usd: z.number().positive().max(100_000), stop: z.boolean() });
export type CostCap = z.infer<typeof CostCap>;
