import { countedCharacters, managedPoliciesOfRole, policyLimits } from './limits.ts';
import { type ExplainedStatement, plainPolicy } from './statement.ts';
import { withUniqueSids } from './statement-table.ts';

const size = (parts: readonly ExplainedStatement[]) =>
  countedCharacters(plainPolicy(withUniqueSids(parts).map((p) => p.statement)));

/** A statement's resources in two; the whole where there is but one. */
function halved(part: ExplainedStatement): ExplainedStatement[] {
  const resources = part.statement.Resource ?? [];
  if (resources.length < 2) return [part];
  const middle = Math.ceil(resources.length / 2);
  return [resources.slice(0, middle), resources.slice(middle)].map((Resource) => ({
    ...part,
    statement: { ...part.statement, Resource },
  }));
}

/** Statements as managed policies that each fit, all of which one role takes; null where that cannot be. */
export function splitPolicies(parts: readonly ExplainedStatement[]): ExplainedStatement[][] | null {
  const { limit } = policyLimits.policy;
  const queue = [...parts];
  const policies: ExplainedStatement[][] = [];
  let open: ExplainedStatement[] = [];
  for (let next = queue.shift(); next; next = queue.shift()) {
    if (size([next]) > limit) {
      const halves = halved(next);
      if (halves.length === 1) return null;
      queue.unshift(...halves);
    } else if (size([...open, next]) > limit) {
      policies.push(open);
      open = [next];
    } else open.push(next);
  }
  if (open.length > 0) policies.push(open);
  return policies.length > managedPoliciesOfRole ? null : policies.map(withUniqueSids);
}
