import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Broker } from '../../../src/agent/ports.ts';
import { inferenceProfiles } from '../../../src/agent/prices/inference-profiles.ts';
import { type SandboxProcess, startSandbox } from '../../support/sandbox.ts';

let sandbox: SandboxProcess;
beforeAll(async () => {
  sandbox = await startSandbox({ region: 'us-west-2' });
});
afterAll(() => sandbox.stop());

it('an application inference profile is asked of Bedrock; whatever else it is stays without a price', async () => {
  const issued = await sandbox.issueCredentials();
  const account = issued.arn.split(':')[4] ?? '';
  let asked = 0;
  const modelBehind = inferenceProfiles({
    context: {
      env: sandbox.environment({}),
      log: { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined },
    },
    broker: {
      credentials: async () => {
        asked++;
        return { ...issued, accountId: account, expiresAt: Date.parse(issued.expiration) } as Awaited<
          ReturnType<Broker['credentials']>
        >;
      },
    },
    network: () => undefined,
  });
  const arn = (kind: string, id: string) => `arn:aws:bedrock:us-west-2:${account}:${kind}/${id}`;
  expect(await modelBehind(arn('application-inference-profile', 'sbxteam00001'), 'work')).toBe(
    'anthropic.claude-sonnet-4-5-20250929-v1:0',
  );
  expect(await modelBehind(arn('application-inference-profile', 'gone'), 'work')).toBeNull();
  expect(asked).toBe(2);
  expect(await modelBehind(arn('provisioned-model', 'x'), 'work')).toBeNull();
  expect(
    await modelBehind('arn:aws:bedrock:evil.example/:1:application-inference-profile/x', 'work'),
  ).toBeNull();
  expect(asked).toBe(2);
  const seen = await sandbox.requests({ service: 'bedrock' });
  expect(seen.map((r) => r.operation)).toEqual(['GetInferenceProfile', 'GetInferenceProfile']);
});
