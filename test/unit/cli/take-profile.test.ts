import { expect, test } from 'vitest';
import { takeProfile } from '../../../src/cli/commands/configure-sso-bedrock.ts';
import type { AgentConnection } from '../../../src/client/rpc-client.ts';

/** What is asked of an agent that has these environments, `[name, profile]`. */
async function askedFor(there: [string, string][], profile: string): Promise<[string, unknown][]> {
  const asked: [string, unknown][] = [];
  const agent = {
    async call(name: string, input: unknown) {
      if (name !== 'state.get') asked.push([name, input]);
      const environments = there.map(([of, by]) => ({ name: of, profile: by, region: 'eu-west-1' }));
      return { environments, settings: { identityMode: 'bedrock-only' } };
    },
  } as unknown as AgentConnection;
  await takeProfile(agent, profile, 'eu-central-1');
  return asked;
}

test.each<[string, [string, string][], string, string]>([
  ['none is there', [], 'environments.create', 'dev'],
  ['the profile’s own', [['dev', 'dev']], 'environments.update', 'dev'],
  ['under another name', [['work', 'dev']], 'environments.update', 'work'],
  [
    'two of the profile',
    [
      ['work', 'dev'],
      ['dev', 'dev'],
    ],
    'environments.update',
    'dev',
  ],
  ['its name is another profile’s', [['dev', 'other']], 'environments.create', 'dev-2'],
])('Claude Code uses the chosen profile and no other: %s', async (_case, there, act, name) => {
  expect(await askedFor(there, 'dev')).toEqual([
    [act, expect.objectContaining({ name, profile: 'dev', region: 'eu-central-1' })],
    ['environments.use', { name }],
  ]);
});
