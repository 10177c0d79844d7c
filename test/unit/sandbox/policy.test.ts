import { describe, expect, it } from 'vitest';
import type { Policy } from '../../../src/sandbox/policy.ts';
import { arnMatches, judge, policySchema, unknownOperators } from '../../../src/sandbox/policy.ts';

const model = 'arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-5-5';
const profile = 'arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-opus-5-5';
const ask = (action: string, resource = model, context = {}) => ({ action, resource, context });
const policy = (...Statement: object[]): Policy => policySchema.parse({ Version: '2012-10-17', Statement });
const allow = (over: object = {}) => ({
  Sid: 'Invoke',
  Effect: 'Allow',
  Action: ['bedrock:InvokeModel*'],
  Resource: [model],
  ...over,
});

describe('policies', () => {
  it('allows what a statement names, denies the rest, and lets a denial win', () => {
    const p = policy(allow(), { Effect: 'Deny', Action: 'bedrock:*', Resource: `${model}-*` });
    expect(judge([p], ask('bedrock:invokemodelwithresponsestream'))).toEqual({
      effect: 'allowed',
      by: ['Invoke'],
    });
    expect(judge([p], ask('bedrock:ListFoundationModels', '*')).effect).toBe('implicitDeny');
    expect(judge([p], ask('bedrock:InvokeModel', profile)).effect).toBe('implicitDeny');
    expect(judge([p], ask('bedrock:InvokeModel', `${model}-x`))).toEqual({
      effect: 'explicitDeny',
      by: ['2'],
    });
  });

  it('understands NotAction and NotResource', () => {
    const others = policy({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' });
    expect(judge([others], ask('bedrock:InvokeModel')).effect).toBe('allowed');
    expect(judge([others], ask('iam:GetUser', '*')).effect).toBe('implicitDeny');
    const elsewhere = policy(allow({ Resource: undefined, NotResource: model }));
    expect(judge([elsewhere], ask('bedrock:InvokeModel')).effect).toBe('implicitDeny');
    expect(judge([elsewhere], ask('bedrock:InvokeModel', profile)).effect).toBe('allowed');
  });

  it.each([
    ['*', model, true],
    ['arn:aws:bedrock:*::foundation-model/anthropic.claude-*', model, true],
    ['arn:aws:bedrock:*::foundation-model/anthropic.claude-opus-?-5', model, true],
    // A wildcard of one part does not reach into the next.
    ['arn:aws:bedrock:*:foundation-model/*', model, false],
    ['arn:aws:bedrock:*:*:inference-profile/*', profile, true],
    ['arn:aws:bedrock:*:*:inference-profile/*', model, false],
    ['arn:aws:bedrock:*', profile, true],
    ['arn:aws:bedrock:::foundation-model/x', 'arn:aws:bedrock:::foundation-model/x', true],
    ['arn:aws:bedrock:us-east-1:*:inference-profile/us.x-v1:0', profile, false],
  ])('%s for %s: %s', (pattern, arn, expected) => {
    expect(arnMatches(pattern, arn)).toBe(expected);
  });

  const holds = (Condition: object, context = {}) =>
    judge([policy(allow({ Condition }))], ask('bedrock:InvokeModel', model, context)).effect === 'allowed';

  it('judges conditions, with and without the key', () => {
    const key = 'aws:RequestedRegion';
    const us = { 'aws:requestedregion': 'us-east-1' };
    expect(holds({ StringEquals: { [key]: ['us-west-2', 'us-east-1'] } }, us)).toBe(true);
    expect(holds({ StringEquals: { [key]: 'us-east-1' } })).toBe(false);
    expect(holds({ StringEqualsIfExists: { [key]: 'us-east-1' } })).toBe(true);
    expect(holds({ StringNotEquals: { [key]: 'us-east-1' } }, us)).toBe(false);
    expect(holds({ StringNotEquals: { [key]: 'us-east-1' } })).toBe(true);
    expect(holds({ StringLike: { [key]: 'us-*' } }, us)).toBe(true);
    expect(holds({ Null: { [key]: 'true' } })).toBe(true);
    expect(holds({ Null: { [key]: 'true' } }, us)).toBe(false);
    expect(holds({ Null: { [key]: false } }, us)).toBe(true);
    const by = { 'bedrock:InferenceProfileArn': profile };
    expect(
      holds({ ArnLike: { 'bedrock:InferenceProfileArn': 'arn:aws:bedrock:*:*:inference-profile/us.*' } }, by),
    ).toBe(true);
    expect(
      holds({ ArnNotLike: { 'bedrock:InferenceProfileArn': 'arn:aws:bedrock:*:*:inference-profile/*' } }),
    ).toBe(true);
    expect(holds({ Bool: { 'aws:SecureTransport': true } }, { 'aws:SecureTransport': 'true' })).toBe(true);
    // Both operators, and both keys of one, must hold.
    expect(holds({ StringEquals: { [key]: 'us-east-1', 'aws:PrincipalAccount': '1' } }, us)).toBe(false);
  });

  it('judges conditions on sets of values', () => {
    const tags = { 'aws:TagKeys': ['a', 'b'] };
    expect(holds({ 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'b' } }, tags)).toBe(true);
    expect(holds({ 'ForAllValues:StringEquals': { 'aws:TagKeys': 'b' } }, tags)).toBe(false);
    expect(holds({ 'ForAnyValue:StringEquals': { 'aws:TagKeys': 'b' } })).toBe(false);
    expect(holds({ 'ForAllValues:StringEquals': { 'aws:TagKeys': 'b' } })).toBe(true);
  });

  it('fills in variables, and matches nothing where one is missing', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of IAM's
    const own = policy(allow({ Action: 'iam:*', Resource: 'arn:aws:iam::*:user/${aws:username}' }));
    const user = 'arn:aws:iam::111122223333:user/ada';
    expect(judge([own], ask('iam:GetUser', user, { 'aws:username': 'ada' })).effect).toBe('allowed');
    expect(judge([own], ask('iam:GetUser', user, { 'aws:username': 'eve' })).effect).toBe('implicitDeny');
    expect(judge([own], ask('iam:GetUser', user)).effect).toBe('implicitDeny');
  });

  it('says which operators it does not know', () => {
    expect(
      unknownOperators(policy(allow({ Condition: { IpAddress: { 'aws:SourceIp': '1.2.3.4/8' } } }))),
    ).toEqual(['IpAddress']);
    expect(
      unknownOperators(policy(allow({ Condition: { 'ForAnyValue:StringLikeIfExists': { a: 'b' } } }))),
    ).toEqual([]);
  });
});
