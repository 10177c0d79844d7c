import {
  findNodeAtLocation,
  type JSONPath,
  type ParseError,
  parse,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { callerOf, notAllowed, restRefusal } from './access.ts';
import type { Call, Reply } from './http.ts';
import { json, jsonBody, page, restError } from './http.ts';
import type { World } from './world.ts';

/** IAM Access Analyzer's ValidatePolicy: a few of its findings, and those true. */

/** Services and what is known of their actions: of the rest nothing is said. */
const knownActions: Readonly<Record<string, RegExp>> = {
  bedrock:
    /^(\*|(Invoke|Converse|Count|Get|List|Call|Apply|Create|Delete|Update|Put|Tag|Untag|Retrieve|Start|Stop|Bulk)[\w*?]*)$/i,
  iam: /^(\*|(Simulate|Get|List|Create|Delete|Update|Put|Attach|Detach|Pass|Tag|Add|Remove|Generate)[\w*?]*)$/i,
  'aws-marketplace': /^(\*|(View|Subscribe|Unsubscribe|List|Get|Describe|Search)[\w*?]*)$/i,
};
/** Actions that are not there, though they sound so. */
const neverWere = ['bedrock:ConverseStream', 'bedrock:Converse', 'bedrock:UseInferenceProfile'];

const quotas: Readonly<Record<string, { limit: number; code: string }>> = {
  IDENTITY_POLICY: { limit: 6144, code: 'POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA' },
  SERVICE_CONTROL_POLICY: { limit: 10_240, code: 'POLICY_SIZE_EXCEEDS_SCP_POLICY_QUOTA' },
  RESOURCE_POLICY: { limit: 20_480, code: 'POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA' },
};

interface Found {
  readonly findingType: 'ERROR' | 'SECURITY_WARNING' | 'SUGGESTION' | 'WARNING';
  readonly issueCode: string;
  readonly findingDetails: string;
  readonly at: JSONPath;
}

const list = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

function actionFindings(key: string, actions: unknown, at: JSONPath): Found[] {
  const place = (index: number): JSONPath => (Array.isArray(actions) ? [...at, key, index] : [...at, key]);
  const texts = list(actions).map(String);
  return texts.flatMap((action, index): Found[] => {
    const [service = '', name] = action.split(':');
    const found: Found[] = [];
    const error = (issueCode: string, findingDetails: string) =>
      found.push({ findingType: 'ERROR', issueCode, findingDetails, at: place(index) });
    if (action !== '*' && name === undefined) {
      error('INVALID_ACTION', `The action ${action} is not valid: use the form service:action.`);
    } else if (
      neverWere.includes(action) ||
      (name !== undefined && knownActions[service]?.test(name) === false)
    ) {
      error('INVALID_ACTION', `The action ${action} does not exist. Did you mean bedrock:InvokeModel?`);
    }
    const wider = texts.find((other, place) => place !== index && covers(other, action, place < index));
    if (wider !== undefined) {
      found.push({
        findingType: 'SUGGESTION',
        issueCode: 'REDUNDANT_ACTION',
        findingDetails: `The ${texts.length} action(s) are redundant because they provide similar permissions: ${action} is in ${wider}.`,
        at: place(index),
      });
    }
    return found;
  });
}

function covers(pattern: string, action: string, earlier: boolean): boolean {
  if (pattern.toLowerCase() === action.toLowerCase()) return earlier;
  if (!pattern.endsWith('*')) return false;
  return action.toLowerCase().startsWith(pattern.slice(0, -1).toLowerCase());
}

function statementFindings(statement: Record<string, unknown>, at: JSONPath, type: string): Found[] {
  const found: Found[] = [];
  const error = (issueCode: string, findingDetails: string, ...path: JSONPath) =>
    found.push({ findingType: 'ERROR', issueCode, findingDetails, at: [...at, ...path] });
  const { Effect, Action, NotAction, Resource, NotResource, Principal } = statement;
  if (Effect === undefined) error('MISSING_EFFECT', 'Add an Effect element to the policy statement.');
  else if (Effect !== 'Allow' && Effect !== 'Deny') {
    error('INVALID_EFFECT', `The effect ${String(Effect)} is not valid. Use Allow or Deny.`, 'Effect');
  }
  if (Action === undefined && NotAction === undefined) {
    error('MISSING_ACTION', 'Add an Action or NotAction element to the policy statement.');
  }
  if (Resource === undefined && NotResource === undefined && type !== 'RESOURCE_POLICY') {
    error('MISSING_RESOURCE', 'Add a Resource or NotResource element to the policy statement.');
  }
  if (Principal !== undefined && type !== 'RESOURCE_POLICY') {
    error(
      'UNSUPPORTED_PRINCIPAL',
      'The Principal element is not supported in this policy type.',
      'Principal',
    );
  }
  if (Array.isArray(Action) && Action.length === 0) {
    found.push({
      findingType: 'SUGGESTION',
      issueCode: 'EMPTY_ARRAY_ACTION',
      findingDetails: 'This statement includes no actions and does not affect the policy.',
      at: [...at, 'Action'],
    });
  }
  for (const [index, resource] of list(Resource).entries()) {
    const place: JSONPath = Array.isArray(Resource) ? ['Resource', index] : ['Resource'];
    if (resource !== '*' && !/^(arn:[^:]*:[^:]*:[^:]*:[^:]*:.+|\*)$/.test(String(resource))) {
      error(
        'INVALID_ARN_RESOURCE',
        `Resource ${String(resource)} does not match the expected ARN format.`,
        ...place,
      );
    }
  }
  for (const sid of list(statement.Sid)) {
    if (!/^[A-Za-z0-9]*$/.test(String(sid)) && type === 'IDENTITY_POLICY') {
      error(
        'INVALID_SID',
        'Update the Sid element to use one of the following character types: [a-z, A-Z, 0-9]',
        'Sid',
      );
    }
  }
  return [...found, ...actionFindings('Action', Action, at), ...actionFindings('NotAction', NotAction, at)];
}

/** What there is to say of a document. Locations are of the text as it came. */
export function findings(text: string, type: string): object[] {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { disallowComments: true });
  const [first] = errors;
  const position = (offset: number) => {
    const before = text.slice(0, offset).split('\n');
    return { line: before.length, column: before.at(-1)?.length ?? 0, offset };
  };
  const documented = (found: Omit<Found, 'at'>, path: JSONPath, start: number, end: number) => ({
    ...found,
    learnMoreLink:
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html',
    locations: [
      {
        path: path.map((part) => (typeof part === 'number' ? { index: part } : { value: part })),
        span: { start: position(start), end: position(end) },
      },
    ],
  });
  if (first !== undefined || typeof value !== 'object' || value === null || Array.isArray(value)) {
    const why = first === undefined ? 'the policy is not an object' : printParseErrorCode(first.error);
    const at = first?.offset ?? 0;
    const findingDetails = `Fix the JSON syntax error at index ${at}: ${why}`;
    return [
      documented(
        { findingType: 'ERROR', issueCode: 'JSON_SYNTAX_ERROR', findingDetails },
        [],
        at,
        at + (first?.length ?? 0),
      ),
    ];
  }
  const tree = parseTree(text);
  const policy = value as Record<string, unknown>;
  const found: Found[] = [];
  const quota = quotas[type];
  // IAM counts without white space.
  const size = type === 'SERVICE_CONTROL_POLICY' ? text.length : text.replace(/\s/g, '').length;
  if (quota !== undefined && size > quota.limit) {
    const findingDetails = `The ${size} characters in the policy exceed the ${quota.limit} character maximum. We recommend that you use multiple granular policies.`;
    found.push({ findingType: 'ERROR', issueCode: quota.code, findingDetails, at: [] });
  }
  if (policy.Version === undefined) {
    const findingDetails =
      'We recommend that you specify the Version element to help you with debugging permission issues.';
    found.push({ findingType: 'WARNING', issueCode: 'MISSING_VERSION', findingDetails, at: [] });
  }
  if (policy.Statement === undefined) {
    found.push({
      findingType: 'ERROR',
      issueCode: 'MISSING_STATEMENT',
      findingDetails: 'Add a Statement element to the policy.',
      at: [],
    });
  }
  const sids = new Set<string>();
  for (const [index, statement] of list(policy.Statement).entries()) {
    const at: JSONPath = Array.isArray(policy.Statement) ? ['Statement', index] : ['Statement'];
    const { Sid } = statement as { Sid?: unknown };
    if (typeof Sid === 'string' && sids.has(Sid)) {
      const findingDetails = `Use unique statement IDs: ${Sid} is used more than once.`;
      found.push({
        findingType: 'ERROR',
        issueCode: 'UNIQUE_SIDS_REQUIRED',
        findingDetails,
        at: [...at, 'Sid'],
      });
    }
    if (typeof Sid === 'string') sids.add(Sid);
    found.push(...statementFindings(statement as Record<string, unknown>, at, type));
  }
  return found.map(({ at, ...rest }) => {
    const node = tree === undefined ? undefined : (findNodeAtLocation(tree, at) ?? tree);
    return documented(rest, at, node?.offset ?? 0, (node?.offset ?? 0) + (node?.length ?? 0));
  });
}

export function validatePolicy(world: World, call: Call): Reply {
  const caller = callerOf(world, call, 'access-analyzer');
  if ('status' in caller) return restRefusal(call, caller);
  const denied = notAllowed(world, call, caller, 'access-analyzer:ValidatePolicy');
  if (denied !== undefined) return restError(call, 403, 'AccessDeniedException', denied);
  const { policyDocument, policyType } = jsonBody(call) ?? {};
  const types = ['IDENTITY_POLICY', 'RESOURCE_POLICY', 'SERVICE_CONTROL_POLICY', 'RESOURCE_CONTROL_POLICY'];
  if (typeof policyDocument !== 'string' || typeof policyType !== 'string' || !types.includes(policyType)) {
    return restError(call, 400, 'ValidationException', 'policyDocument and policyType are required.');
  }
  const size = Number(call.query.get('maxResults') ?? 100);
  const all = findings(policyDocument, policyType);
  const found = size >= 1 ? page(all, call.query.get('nextToken'), size) : undefined;
  if (found === undefined) return restError(call, 400, 'ValidationException', 'Invalid paging parameters.');
  return json(200, { findings: found.items, nextToken: found.nextToken });
}
