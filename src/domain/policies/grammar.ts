import type { PolicyKind } from '../../contract/policies.ts';
import { countedCharacters, policyLimits } from './limits.ts';

/**
 * IAM's grammar for policies (IAM User Guide, "Grammar of the IAM JSON policy language"), with what identity policies,
 * service control policies and endpoint policies each leave out, as far as the documents of this room use it. No library
 * for it has a licence that goes with ours.
 */
export interface GrammarProblem {
  /** `Statement[2].Action[0]`. */
  path: string;
  problem: string;
}

const topKeys = ['Version', 'Id', 'Statement'];
const statementKeys = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
];
const operators =
  /^(?:For(?:Any|All)Values?:)?(?:(?:String(?:Not)?(?:Equals(?:IgnoreCase)?|Like))|(?:Arn(?:Not)?(?:Equals|Like))|(?:Numeric(?:Not)?(?:Equals|(?:Less|Greater)Than(?:Equals)?))|(?:Date(?:Not)?(?:Equals|(?:Less|Greater)Than(?:Equals)?))|Bool|BinaryEquals|(?:Not)?IpAddress)(?:IfExists)?$|^Null$/;
const action = /^(?:\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$/;
const conditionKey = /^[a-z0-9-]+:[A-Za-z][A-Za-z0-9/_.-]*$/;
/** partition, service, region, account, resource; CloudFormation's variables may stand for the account. */
const arn = /^arn:(?:\*|aws[a-z-]*):[a-z0-9-]+:(?:\*|[a-z0-9-]*):(?:\*|\d{12}|\$\{AWS::AccountId\}|):[^\s]+$/;

/** What is wrong with a policy of this kind; nothing, where IAM would take it. */
export function policyProblems(policy: unknown, kind: PolicyKind): GrammarProblem[] {
  const problems: GrammarProblem[] = [];
  const wrong = (path: string, problem: string) => problems.push({ path, problem });
  const strings = (path: string, value: unknown): string[] => {
    const list = Array.isArray(value) ? value : [value];
    if (list.length === 0) wrong(path, 'empty');
    if (list.some((v) => typeof v !== 'string' || v === '')) wrong(path, 'not strings');
    if (new Set(list).size !== list.length) wrong(path, 'twice');
    return list.filter((v): v is string => typeof v === 'string');
  };
  const isMap = (v: unknown): v is Record<string, unknown> =>
    typeof v === 'object' && v !== null && !Array.isArray(v);

  if (!isMap(policy)) return [{ path: '', problem: 'no object' }];
  for (const key of Object.keys(policy)) if (!topKeys.includes(key)) wrong(key, 'unknown');
  if (policy.Version !== '2012-10-17') wrong('Version', 'not the current one');
  const statements = Array.isArray(policy.Statement) ? policy.Statement : [];
  if (statements.length === 0) wrong('Statement', 'none');
  const sids = statements.map((s) => (isMap(s) ? s.Sid : undefined)).filter((sid) => sid !== undefined);
  if (new Set(sids).size !== sids.length) wrong('Statement', 'a Sid twice');

  for (const [i, s] of statements.entries()) {
    const at = `Statement[${i}]`;
    if (!isMap(s)) {
      wrong(at, 'no object');
      continue;
    }
    for (const key of Object.keys(s)) if (!statementKeys.includes(key)) wrong(`${at}.${key}`, 'unknown');
    if (s.Sid !== undefined && !(typeof s.Sid === 'string' && /^[A-Za-z0-9]{1,100}$/.test(s.Sid)))
      wrong(`${at}.Sid`, 'letters and digits only');
    if (s.Effect !== 'Allow' && s.Effect !== 'Deny') wrong(`${at}.Effect`, 'Allow or Deny');
    const principal = s.Principal !== undefined || s.NotPrincipal !== undefined;
    if (principal !== (kind === 'vpc-endpoint'))
      wrong(`${at}.Principal`, principal ? 'not in this kind' : 'missing');
    for (const [one, other] of [
      ['Action', 'NotAction'],
      ['Resource', 'NotResource'],
    ] as const) {
      if ((s[one] === undefined) === (s[other] === undefined))
        wrong(`${at}.${one}`, `or ${other}: one of them`);
    }
    for (const key of ['Action', 'NotAction'] as const) {
      if (s[key] === undefined) continue;
      for (const name of strings(`${at}.${key}`, s[key]))
        if (!action.test(name)) wrong(`${at}.${key}`, `no action: ${name}`);
    }
    for (const key of ['Resource', 'NotResource'] as const) {
      if (s[key] === undefined) continue;
      for (const name of strings(`${at}.${key}`, s[key]))
        if (name !== '*' && !arn.test(name)) wrong(`${at}.${key}`, `no ARN: ${name}`);
    }
    if (s.Condition === undefined) continue;
    if (!isMap(s.Condition) || Object.keys(s.Condition).length === 0) {
      wrong(`${at}.Condition`, 'empty');
      continue;
    }
    for (const [operator, keys] of Object.entries(s.Condition)) {
      const where = `${at}.Condition.${operator}`;
      if (!operators.test(operator)) wrong(where, 'no operator');
      if (!isMap(keys) || Object.keys(keys).length === 0) {
        wrong(where, 'empty');
        continue;
      }
      for (const [key, values] of Object.entries(keys)) {
        if (!conditionKey.test(key)) wrong(`${where}.${key}`, 'no condition key');
        for (const value of strings(`${where}.${key}`, values)) {
          if (/^(Null|Bool)/.test(operator) && value !== 'true' && value !== 'false')
            wrong(`${where}.${key}`, 'true or false');
          if (/^Arn/.test(operator) && !arn.test(value)) wrong(`${where}.${key}`, `no ARN: ${value}`);
        }
      }
    }
  }
  const { limit, counts } = policyLimits[kind === 'stackset' ? 'policy' : kind];
  const size = counts === 'policy' ? countedCharacters(policy) : JSON.stringify(policy).length;
  if (size > limit) wrong('', `${size} characters of ${limit}`);
  return problems;
}
