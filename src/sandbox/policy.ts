import * as z from 'zod';

/** IAM's evaluation of policy documents, as far as the sandbox enforces them: pure functions. */

const oneOrMore = z.union([z.string(), z.array(z.string())]);
const conditionValue = z.union([
  z.string(),
  z.boolean(),
  z.number(),
  z.array(z.union([z.string(), z.boolean(), z.number()])),
]);
const statementSchema = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.enum(['Allow', 'Deny']),
  /** Of endpoint policies; whoever it names is taken to be the caller. */
  Principal: z.unknown().optional(),
  Action: oneOrMore.optional(),
  NotAction: oneOrMore.optional(),
  Resource: oneOrMore.optional(),
  NotResource: oneOrMore.optional(),
  Condition: z.record(z.string(), z.record(z.string(), conditionValue)).optional(),
});
export const policySchema = z.strictObject({
  Version: z.enum(['2012-10-17', '2008-10-17']).optional(),
  Id: z.string().optional(),
  Statement: z.union([statementSchema, z.array(statementSchema)]),
});
export type Policy = z.infer<typeof policySchema>;
type Statement = z.infer<typeof statementSchema>;

/** Condition keys with their values; names are compared without regard to case. */
export type Context = Readonly<Record<string, string | readonly string[]>>;

export interface Ask {
  readonly action: string;
  /** An ARN, or `*` for actions without resources. */
  readonly resource: string;
  readonly context: Context;
}

export type Effect = 'allowed' | 'explicitDeny' | 'implicitDeny';

const list = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly T[]) : [value as T];

/** `*` any characters, `?` exactly one. */
function glob(pattern: string, text: string, flags = ''): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, `s${flags}`).test(text);
}

/** Parts of an ARN; the resource, which may hold colons, is the sixth. */
function arnParts(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), ...(parts.length > 5 ? [parts.slice(5).join(':')] : [])];
}

/** A wildcard stands for characters of one part; one at the end of a pattern that has fewer parts, for all that follow. */
export function arnMatches(pattern: string, arn: string): boolean {
  if (pattern === '*') return true;
  const wanted = arnParts(pattern);
  const given = arnParts(arn);
  if (wanted.length > given.length) return false;
  if (wanted.length < given.length) {
    const at = wanted.length - 1;
    if (!wanted[at]?.endsWith('*')) return false;
    given.splice(at, given.length - at, given.slice(at).join(':'));
  }
  return wanted.every((part, at) => glob(part, given[at] ?? ''));
}

function lookUp(context: Context, key: string): readonly string[] | undefined {
  const name = Object.keys(context).find((candidate) => candidate.toLowerCase() === key.toLowerCase());
  return name === undefined ? undefined : list(context[name]);
}

/** With `${aws:username}` and its like replaced; undefined: a key that the request does not have. */
function filled(text: string, context: Context): string | undefined {
  let missing = false;
  const whole = text.replace(/\$\{([^}]+)\}/g, (_, key: string) => {
    if (key === '*' || key === '?' || key === '$') return key;
    const value = lookUp(context, key)?.[0];
    if (value === undefined) missing = true;
    return value ?? '';
  });
  return missing ? undefined : whole;
}

type Test = (wanted: string, given: string) => boolean;
const same: Test = (wanted, given) => wanted === given;
const sameFolded: Test = (wanted, given) => wanted.toLowerCase() === given.toLowerCase();
const like: Test = (wanted, given) => glob(wanted, given);
const number = (compare: (given: number, wanted: number) => boolean): Test => {
  return (wanted, given) => compare(Number(given), Number(wanted));
};
const date = (compare: (given: number, wanted: number) => boolean): Test => {
  const ms = (text: string) => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));
  return (wanted, given) => compare(ms(given), ms(wanted));
};
const below = (a: number, b: number) => a < b;
const above = (a: number, b: number) => a > b;
const equal = (a: number, b: number) => a === b;

/** Operators; `negated` ones hold where none of the wanted values matches, and where the key is missing. */
const operators: Readonly<Record<string, { test: Test; negated?: true }>> = {
  StringEquals: { test: same },
  StringNotEquals: { test: same, negated: true },
  StringEqualsIgnoreCase: { test: sameFolded },
  StringNotEqualsIgnoreCase: { test: sameFolded, negated: true },
  StringLike: { test: like },
  StringNotLike: { test: like, negated: true },
  ArnEquals: { test: arnMatches },
  ArnLike: { test: arnMatches },
  ArnNotEquals: { test: arnMatches, negated: true },
  ArnNotLike: { test: arnMatches, negated: true },
  Bool: { test: sameFolded },
  NumericEquals: { test: number(equal) },
  NumericNotEquals: { test: number(equal), negated: true },
  NumericLessThan: { test: number(below) },
  NumericLessThanEquals: { test: number((a, b) => a <= b) },
  NumericGreaterThan: { test: number(above) },
  NumericGreaterThanEquals: { test: number((a, b) => a >= b) },
  DateEquals: { test: date(equal) },
  DateLessThan: { test: date(below) },
  DateGreaterThan: { test: date(above) },
};

/** Operators that the sandbox does not know hold for nothing: what was not understood must not allow. */
export function unknownOperators(policy: Policy): string[] {
  const names = list(policy.Statement).flatMap(({ Condition }) => Object.keys(Condition ?? {}));
  return names.filter((name) => {
    const { plain } = operatorOf(name);
    return plain !== 'Null' && operators[plain] === undefined;
  });
}

function operatorOf(name: string) {
  const [, set, plain = '', ifExists] =
    /^(?:(ForAnyValue|ForAllValues):)?(\w+?)(IfExists)?$/.exec(name) ?? [];
  return { set, plain, ifExists: ifExists !== undefined };
}

function conditionHolds(name: string, key: string, wantedValues: readonly string[], context: Context) {
  const { set, plain, ifExists } = operatorOf(name);
  const given = lookUp(context, key);
  if (plain === 'Null') return wantedValues.some((value) => (value === 'true') === (given === undefined));
  const operator = operators[plain];
  if (operator === undefined) return false;
  if (given === undefined) {
    return ifExists || set === 'ForAllValues' || (operator.negated === true && set !== 'ForAnyValue');
  }
  const wanted = wantedValues.flatMap((value) => filled(value, context) ?? []);
  const holds = (value: string) =>
    wanted.some((candidate) => operator.test(candidate, value)) !== (operator.negated === true);
  return set === 'ForAllValues' ? given.every(holds) : given.some(holds);
}

function applies(statement: Statement, { action, resource, context }: Ask): boolean {
  const named = (patterns: string | string[] | undefined) =>
    list(patterns).some((pattern) => glob(pattern, action, 'i'));
  const held = (patterns: string | string[] | undefined) =>
    list(patterns).some((pattern) => {
      const whole = filled(pattern, context);
      return whole !== undefined && arnMatches(whole, resource);
    });
  if (statement.Action !== undefined ? !named(statement.Action) : named(statement.NotAction)) return false;
  if (statement.Resource !== undefined ? !held(statement.Resource) : held(statement.NotResource))
    return false;
  return Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) =>
      conditionHolds(operator, key, list(values).map(String), context),
    ),
  );
}

/** What these documents of one kind say together, and the statements that say it (`Sid`, or their place from 1). */
export function judge(policies: readonly Policy[], ask: Ask): { effect: Effect; by: readonly string[] } {
  const hits = policies.flatMap(({ Statement }) =>
    list(Statement).flatMap((statement, at) =>
      applies(statement, ask) ? [{ effect: statement.Effect, by: statement.Sid || String(at + 1) }] : [],
    ),
  );
  const of = (effect: 'Allow' | 'Deny') => hits.filter((hit) => hit.effect === effect).map(({ by }) => by);
  const denies = of('Deny');
  if (denies.length > 0) return { effect: 'explicitDeny', by: denies };
  const allows = of('Allow');
  return allows.length > 0 ? { effect: 'allowed', by: allows } : { effect: 'implicitDeny', by: [] };
}
