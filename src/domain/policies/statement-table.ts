import type { PolicyKind } from '../../contract/policies.ts';
import { allowStatements } from './allow-statements.ts';
import { denyStatements } from './deny-statements.ts';
import type { PolicyPlan } from './policy-plan.ts';
import type { ExplainedStatement } from './statement.ts';

/** A row: what it makes of a plan (nothing where the plan has no use for it), and the documents that it stands in. */
export interface StatementRow {
  name: string;
  kinds: readonly PolicyKind[];
  make(plan: PolicyPlan): readonly ExplainedStatement[];
}

/** The one table that every document is built from, in the order in which the statements stand. */
export const statementTable: readonly StatementRow[] = [...allowStatements, ...denyStatements];

/** The statements of a plan's document. Sids are unique. */
export function statementsOf(plan: PolicyPlan): ExplainedStatement[] {
  return withUniqueSids(
    statementTable.filter(({ kinds }) => kinds.includes(plan.kind)).flatMap((row) => row.make(plan)),
  );
}

/** Sids that were taken twice get a number. */
export function withUniqueSids(statements: readonly ExplainedStatement[]): ExplainedStatement[] {
  const count = new Map<string, number>();
  return statements.map((part) => {
    const n = (count.get(part.statement.Sid) ?? 0) + 1;
    count.set(part.statement.Sid, n);
    return n === 1 ? part : { ...part, statement: { ...part.statement, Sid: `${part.statement.Sid}${n}` } };
  });
}
