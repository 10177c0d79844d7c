import { expect, test } from 'vitest';
import type { Snapshot } from '../../../../src/contract/state.ts';
import { circumstances } from '../../../../src/domain/keep-alive/circumstances.ts';
import * as given from '../../../support/tray/snapshots.ts';

const AT = given.AT;
const MINUTE = 60_000;
const ending = {
  ssoSession: 'corp',
  startUrl: 'https://corp.awsapps.com/start',
  endsAt: AT + 9 * MINUTE,
  stage: 10,
} as const;
const see = (more: Partial<Snapshot>, now = AT) => circumstances(given.snapshot(AT, more), now);

test('nothing is told while all is well', () => {
  expect(see({})).toEqual([]);
});

test('the most urgent comes first', () => {
  const network = { state: 'captive', sinceAt: AT - MINUTE } as const;
  expect(see({ ending, network, clockSkewMs: 5 * MINUTE }).map((c) => c.kind)).toEqual([
    'ending',
    'captive',
    'clock',
  ]);
});

test('an end that has come is no longer to come', () => {
  expect(see({ ending })).toEqual([{ kind: 'ending', ending, leftMs: 9 * MINUTE }]);
  expect(see({ ending }, AT + 9 * MINUTE)).toEqual([]);
});

test.for([
  [123 * MINUTE, 'behind'],
  [-2 * MINUTE, 'ahead'],
  [59_999, null],
  [-59_999, null],
] as const)('a clock that is off by %i ms', ([clockSkewMs, clockIs]) => {
  expect(see({ clockSkewMs })).toEqual(
    clockIs === null ? [] : [{ kind: 'clock', byMs: Math.abs(clockSkewMs), clockIs }],
  );
});
