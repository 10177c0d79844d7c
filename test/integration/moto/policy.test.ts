import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BOTOCORE_FOLDER } from '../../../scripts/install-test-parts.ts';
import type { Policy } from '../../../src/sandbox/policy.ts';
import { judge } from '../../../src/sandbox/policy.ts';
import { hasMoto, moto } from '../../support/moto.ts';
import { runCommand } from '../../support/run-command.ts';
import { SeededRandom } from '../../support/simulation/seeded-random.ts';

/**
 * The sandbox's judgement of policies beside moto's. Left out is what moto does not do as IAM does: `?`, NotResource,
 * actions in another case, wildcards that end in a part of an ARN; and of conditions moto takes an unmet one for a
 * denial (the sandbox's own unit tests have those).
 */

const program = `
import json, sys
from moto.iam.access_control import IAMPolicy
words = {"PERMITTED": "allowed", "DENIED": "explicitDeny", "NEUTRAL": "implicitDeny"}
print(json.dumps([
    words[IAMPolicy(json.dumps(case["policy"])).is_action_permitted(case["action"], case["resource"]).name]
    for case in json.load(sys.stdin)
]))
`;

const actions = [
  'bedrock:InvokeModel',
  'bedrock:InvokeModelWithResponseStream',
  'bedrock:ListInferenceProfiles',
  'iam:GetRole',
];
const patterns = [...actions, 'bedrock:*', 'bedrock:Invoke*', 'bedrock:*Profiles', 'iam:*', '*'];
const resources = [
  'arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-5-5',
  'arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-opus-5-5',
  'arn:aws:bedrock:::foundation-model/anthropic.claude-haiku-5-5',
  'arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.anthropic.claude-opus-5-5',
];
const arns = [
  ...resources,
  '*',
  'arn:aws:bedrock:*::foundation-model/*',
  'arn:aws:bedrock:*::foundation-model/anthropic.claude-opus-*',
  'arn:aws:bedrock:us-east-1:*:inference-profile/us.*',
];

describe.skipIf(!hasMoto())(`policies, ${moto}`, () => {
  it('judges 600 policies as moto does', async () => {
    const random = new SeededRandom(7);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random.next() * from.length)] as T;
    const some = <T>(from: readonly T[]): T[] =>
      Array.from({ length: 1 + Math.floor(random.next() * 2) }, () => pick(from));
    const cases = Array.from({ length: 600 }, () => ({
      action: pick(actions),
      resource: pick(resources),
      policy: {
        Version: '2012-10-17',
        Statement: Array.from({ length: 1 + Math.floor(random.next() * 3) }, () => ({
          Effect: random.next() < 0.7 ? 'Allow' : 'Deny',
          [random.next() < 0.8 ? 'Action' : 'NotAction']: some(patterns),
          Resource: some(arns),
        })),
      } as Policy,
    }));
    const { stdout, stderr } = await runCommand(join(BOTOCORE_FOLDER, 'bin', 'python'), ['-c', program], {
      env: { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8' },
      input: JSON.stringify(cases),
      timeoutMs: 150_000,
    });
    expect(stderr).toBe('');
    const ours = cases.map(
      ({ policy, action, resource }) => judge([policy], { action, resource, context: {} }).effect,
    );
    expect(ours).toEqual(JSON.parse(stdout));
    expect(new Set(ours).size).toBe(3);
  });
});
