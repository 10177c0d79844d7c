import { expect, test } from 'vitest';
import { deletedAt, keptDays } from '../../../../src/domain/conversations/conversation-deletion.ts';

test.each([
  ['nothing is set', [null, null], 30],
  ['the person set it', [null, '{"cleanupPeriodDays": 9}'], 9],
  ['an administrator wins', ['{"cleanupPeriodDays": 90}', '{"cleanupPeriodDays": 9}'], 90],
  ['an administrator says nothing of it', ['{"env":{}}', '{"cleanupPeriodDays": 9}'], 9],
  ['for ever', [null, '{"cleanupPeriodDays": 99999}'], null],
  // Seen with 2.1.330: it refuses such a file and deletes nothing while it stands.
  ['a value that Claude Code refuses', [null, '{"cleanupPeriodDays": 0}'], null],
  ['a text', [null, '{"cleanupPeriodDays": "9"}'], null],
  ['a broken file that mentions it', [null, '{"cleanupPeriodDays": 9'], null],
  ['a broken file that does not', [null, '{'], 30],
  ['no object', [null, 'null'], 30],
] as const)('%s', (_, sources, days) => {
  expect(keptDays(sources)).toBe(days);
});

test('the day that many days after it was last written', () => {
  expect(deletedAt(1_000.6, 30)).toBe(1_001 + 30 * 86_400_000);
  expect(deletedAt(1_000, null)).toBeNull();
});
