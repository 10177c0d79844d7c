import { expect, it } from 'vitest';
import { isBy, trailEvent, usernameOf } from '../../../src/agent/trail/trail-event.ts';

const event = (record: unknown, over: object = {}) => ({
  id: '6e9b',
  at: 1_700_000_000_000,
  name: 'InvokeModel',
  source: 'bedrock.amazonaws.com',
  username: null,
  accessKeyId: null,
  record: typeof record === 'string' ? record : JSON.stringify(record),
  ...over,
});

it('takes what a record has, and survives one that is none', () => {
  const arn = 'arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Dev_0/dana@example.com';
  const whole = event({
    userIdentity: { arn },
    awsRegion: 'eu-central-1',
    sourceIPAddress: '203.0.113.7',
    userAgent: 'claude-cli/2.1.330',
    errorCode: 'AccessDenied',
    requestParameters: { modelId: 'eu.anthropic.claude-opus-5-5' },
    additionalEventData: { inferenceRegion: 'eu-north-1' },
  });
  expect(trailEvent(whole, 'us-east-1')).toEqual({
    id: '6e9b',
    at: 1_700_000_000_000,
    name: 'InvokeModel',
    region: 'eu-central-1',
    answeredIn: 'eu-north-1',
    who: arn,
    accessKeyId: null,
    model: 'eu.anthropic.claude-opus-5-5',
    sourceIp: '203.0.113.7',
    userAgent: 'claude-cli/2.1.330',
    errorCode: 'AccessDenied',
  });
  expect(isBy(whole, arn)).toBe(true);
  expect(isBy(whole, `${arn}x`)).toBe(false);
  for (const record of [
    '',
    '{',
    'null',
    '[]',
    '7',
    { requestParameters: null, userIdentity: null, awsRegion: 7 },
  ]) {
    const nothing = trailEvent(event(record), 'us-east-1');
    expect([nothing.region, nothing.model, nothing.who]).toEqual(['us-east-1', null, null]);
    expect(isBy(event(record), arn)).toBe(false);
  }
});

it('keeps foreign text to one line without control characters', () => {
  const evil = event({
    userAgent: 'a\nb\u001b]52;c;x\u0007\u202ec',
    requestParameters: { modelId: 'm'.repeat(9000) },
  });
  const { userAgent, model } = trailEvent(evil, 'us-east-1');
  expect(userAgent).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(model).toHaveLength(2048);
});

it.each([
  ['arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Dev_0/dana@example.com', 'dana@example.com'],
  ['arn:aws-us-gov:sts::111122223333:assumed-role/dev/i-0123', 'i-0123'],
  ['arn:aws:iam::111122223333:user/team/ada', 'ada'],
  ['arn:aws:iam::111122223333:user/ada', 'ada'],
  ['arn:aws:iam::111122223333:root', null],
])('%s is found as %s', (arn, name) => {
  expect(usernameOf(arn)).toBe(name);
});
