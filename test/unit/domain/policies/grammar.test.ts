import { describe, expect, it } from 'vitest';
import { policyProblems } from '../../../../src/domain/policies/grammar.ts';

const statement = {
  Sid: 'One',
  Effect: 'Allow',
  Action: 'bedrock:InvokeModel',
  Resource: 'arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-5-5',
};
const policy = (change: Record<string, unknown>, top: Record<string, unknown> = {}) => ({
  Version: '2012-10-17',
  Statement: [{ ...statement, ...change }],
  ...top,
});
const paths = (document: unknown, kind: Parameters<typeof policyProblems>[1] = 'policy') =>
  policyProblems(document, kind).map((p) => p.path);

describe("IAM's grammar", () => {
  it('takes what IAM takes', () => {
    expect(paths(policy({}))).toEqual([]);
    expect(
      paths(
        policy({
          Condition: {
            Null: { 'aws:TokenIssueTime': 'true' },
            BoolIfExists: { 'aws:ViaAWSService': 'false' },
          },
        }),
      ),
    ).toEqual([]);
    expect(paths(policy({ Principal: '*' }), 'vpc-endpoint')).toEqual([]);
  });

  it.each([
    ['a version of its own', policy({}, { Version: '2012-10-18' }), 'Version'],
    ['no statement', policy({}, { Statement: [] }), 'Statement'],
    ['two of one Sid', policy({}, { Statement: [statement, statement] }), 'Statement'],
    ['an element that IAM does not know', policy({ Comment: 'x' }), 'Statement[0].Comment'],
    ['a Sid with a hyphen', policy({ Sid: 'a-b' }), 'Statement[0].Sid'],
    ['an effect in lower case', policy({ Effect: 'allow' }), 'Statement[0].Effect'],
    ['a principal', policy({ Principal: '*' }), 'Statement[0].Principal'],
    ['Action and NotAction', policy({ NotAction: 'bedrock:x' }), 'Statement[0].Action'],
    ['neither Resource nor NotResource', policy({ Resource: undefined }), 'Statement[0].Resource'],
    ['an action without a service', policy({ Action: 'InvokeModel' }), 'Statement[0].Action'],
    ['one action twice', policy({ Action: ['a:b', 'a:b'] }), 'Statement[0].Action'],
    ['a resource that is no ARN', policy({ Resource: 'us.anthropic.claude' }), 'Statement[0].Resource'],
    [
      'an account of eleven digits',
      policy({ Resource: 'arn:aws:bedrock:us-east-1:11112222333:a/b' }),
      'Statement[0].Resource',
    ],
    [
      'an operator that does not exist',
      policy({ Condition: { StringIs: { 'a:b': 'c' } } }),
      'Statement[0].Condition.StringIs',
    ],
    ['an empty condition', policy({ Condition: {} }), 'Statement[0].Condition'],
    [
      'no values',
      policy({ Condition: { StringLike: { 'a:b': [] } } }),
      'Statement[0].Condition.StringLike.a:b',
    ],
    [
      'a key without a service',
      policy({ Condition: { StringLike: { region: 'x' } } }),
      'Statement[0].Condition.StringLike.region',
    ],
    [
      'Null that is neither',
      policy({ Condition: { Null: { 'a:b': 'yes' } } }),
      'Statement[0].Condition.Null.a:b',
    ],
    [
      'an ARN operator with none',
      policy({ Condition: { ArnLike: { 'a:b': 'x' } } }),
      'Statement[0].Condition.ArnLike.a:b',
    ],
    [
      'too much',
      policy({ Resource: Array.from({ length: 100 }, (_, i) => `${statement.Resource}${i}`) }),
      '',
    ],
  ])('refuses %s', (_, document, path) => {
    expect(paths(document)).toContain(path);
  });

  it('an endpoint policy names whom it is for', () => {
    expect(paths(policy({}), 'vpc-endpoint')).toEqual(['Statement[0].Principal']);
  });
});
