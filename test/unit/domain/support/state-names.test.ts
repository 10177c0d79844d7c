import { expect, test } from 'vitest';
import { isStateName } from '../../../../src/domain/support/state-names.ts';

test.each([
  'usage.db',
  'usage.db-wal',
  'usage.db.damaged',
  'usage.db.damaged-shm',
  'doctor-undo.json',
  'doctor-undo.json.unreadable-2026',
])('an uninstall removes %s', (name) => {
  expect(isStateName(name)).toBe(true);
});

test.each(['usage.db.txt', 'my-usage.db', 'doctor.json'])('%s is not ours', (name) => {
  expect(isStateName(name)).toBe(false);
});
