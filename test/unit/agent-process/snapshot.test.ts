import { expect, test } from 'vitest';
import { holdActiveEnvironment } from '../../../src/agent/active-hold.ts';
import type { Environment } from '../../../src/contract/index.ts';
import { settle } from '../../support/fake-clock.ts';
import { Emitter, environment, startTestApi } from '../api/fake-rooms.ts';

test('the changes of one turn are told once', async () => {
  const api = await startTestApi();
  let told = 0;
  const stop = api.rooms.snapshot.onChange(() => {
    told++;
  });
  for (let n = 0; n < 10; n++) api.emitter.fire();
  expect(told).toBe(0);
  await settle();
  expect(told).toBe(1);
  api.emitter.fire();
  await settle();
  expect(told).toBe(2);
  stop();
  await api.close();
});

test("the active environment's profile is held, the next one before the last is let go", () => {
  const changes = new Emitter();
  let active: Environment | null = null;
  const did: string[] = [];
  const stop = holdActiveEnvironment(
    { active: () => active, onChange: (listener) => changes.onChange(listener) },
    {
      hold: (profile) => {
        did.push(`hold ${profile}`);
        return () => did.push(`let go ${profile}`);
      },
    },
  );
  const use = (next: Environment | null) => {
    active = next;
    changes.fire();
  };
  use({ ...environment, profile: 'a' });
  use({ ...environment, profile: 'a', region: 'eu-west-1' });
  use({ ...environment, profile: 'b' });
  use(null);
  use({ ...environment, profile: 'c' });
  stop();
  expect(did).toEqual(['hold a', 'hold b', 'let go a', 'let go b', 'hold c', 'let go c']);
  expect(changes.listeners).toBe(0);
});
