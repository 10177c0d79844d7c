import { expect, it } from 'vitest';
import { costGuard } from '../../../src/agent/meter/cost-guard.ts';
import type { CostCap, MeterView } from '../../../src/contract/index.ts';

const meter = (costUsd: number | null) => ({ costUsd }) as MeterView;

function guardOf(cap: CostCap | null, before: number | null, after = before) {
  const asked: (string | null)[] = [];
  const guard = costGuard({
    meter: {
      standing: () => ({ cap, meter: meter(asked.length === 0 ? before : after) }),
      fresh: async (_, tool) => void asked.push(tool),
    },
    reason: (usd, limit) => `${usd} of ${limit}`,
  });
  return { asked, answer: guard('s', { hook_event_name: 'PreToolUse', tool_use_id: 'toolu_1' }) };
}

it('stops by what is known once the answer before this step was counted', async () => {
  const { asked, answer } = guardOf({ usd: 5, stop: true }, 1, 5.5);
  expect(await answer).toEqual({ continue: false, stopReason: '5.5 of 5' });
  expect(asked).toEqual(['toolu_1']);
});

it('says nothing below the cap, and where no price is known', async () => {
  expect(await guardOf({ usd: 5, stop: true }, 4.99).answer).toBeNull();
  expect(await guardOf({ usd: 5, stop: true }, null).answer).toBeNull();
});

it('keeps nobody waiting whose session is not to be stopped', async () => {
  for (const cap of [null, { usd: 5, stop: false }]) {
    const { asked, answer } = guardOf(cap, 100);
    expect(await answer).toBeNull();
    expect(asked).toEqual([]);
  }
});
