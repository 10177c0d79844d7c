import type { CostCap } from '../../contract/cost-cap.ts';
import type { HookEvent } from '../../contract/routes.ts';
import type { MeterView } from '../../contract/state.ts';
import { capStops } from '../../domain/cost/session-cost.ts';

export interface CostGuardParts {
  meter: {
    standing(id: string): { cap: CostCap | null; meter: MeterView | null };
    fresh(id: string, tool: string | null): Promise<void>;
  };
  /** The session's person is told this, in Claude Code itself. */
  reason(usd: number, cap: number): string;
}

/** What Claude Code understands as: stop here. */
export interface Stop {
  continue: false;
  stopReason: string;
}

/**
 * Answers the hooks that Claude Code waits for before each step (UserPromptSubmit, PreToolUse): stops it where its
 * session's cost has reached a cap that is meant to stop. The answer before that step has been counted; whatever was
 * on its way at the same time (sub-agents) still ends.
 */
export function costGuard({
  meter,
  reason,
}: CostGuardParts): (session: string, event: HookEvent) => Promise<Stop | null> {
  return async (session, event) => {
    if (!meter.standing(session).cap?.stop) return null;
    await meter.fresh(session, typeof event.tool_use_id === 'string' ? event.tool_use_id : null);
    const now = meter.standing(session);
    if (!now.cap || !capStops(now)) return null;
    return { continue: false, stopReason: reason(now.meter?.costUsd ?? 0, now.cap.usd) };
  };
}
