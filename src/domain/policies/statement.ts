/** An IAM policy in its own words (IAM User Guide, "Grammar of the IAM JSON policy language"). */
export interface Statement {
  Sid: string;
  Effect: 'Allow' | 'Deny';
  Principal?: '*';
  Action: readonly string[];
  Resource?: readonly string[];
  NotResource?: readonly string[];
  Condition?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** Why something stands in a document: a key of the locale namespace `policies`, and what fills it in. */
export interface Note {
  code: string;
  params: Record<string, string | number>;
}

/** A statement with the reason for it and for its parts. */
export interface ExplainedStatement {
  statement: Statement;
  why: Note;
  action: Note;
  resource: Note;
  /** Where there is a condition. */
  condition?: Note;
}

export const policyVersion = '2012-10-17';

/** As IAM takes it: one string instead of a list of one. */
export const oneOrMore = (list: readonly string[]): string | readonly string[] =>
  list.length === 1 ? (list[0] as string) : list;

/** A statement as plain JSON. */
export function plainStatement(s: Statement): Record<string, unknown> {
  const condition = s.Condition && {
    Condition: Object.fromEntries(
      Object.entries(s.Condition).map(([operator, keys]) => [
        operator,
        Object.fromEntries(Object.entries(keys).map(([key, values]) => [key, oneOrMore(values)])),
      ]),
    ),
  };
  return {
    Sid: s.Sid,
    Effect: s.Effect,
    ...(s.Principal ? { Principal: s.Principal } : {}),
    Action: oneOrMore(s.Action),
    ...(s.Resource ? { Resource: oneOrMore(s.Resource) } : {}),
    ...(s.NotResource ? { NotResource: oneOrMore(s.NotResource) } : {}),
    ...condition,
  };
}

/** The policy as plain JSON. */
export function plainPolicy(statements: readonly Statement[]): {
  Version: string;
  Statement: Record<string, unknown>[];
} {
  return { Version: policyVersion, Statement: statements.map(plainStatement) };
}
