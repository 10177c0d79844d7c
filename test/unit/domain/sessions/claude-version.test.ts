import { expect, it } from 'vitest';
import { CLAUDE } from '../../../../scripts/install-test-parts.ts';
import {
  claudeSupport,
  OLDEST_CLAUDE,
  TESTED_CLAUDE,
} from '../../../../src/domain/sessions/claude-version.ts';

it.each([
  ['2.1.205', 'older'],
  ['2.0.999', 'older'],
  ['1.9.0', 'older'],
  [OLDEST_CLAUDE, null],
  ['2.1.329', null],
  ['2.1.330', 'tested'],
  ['2.1.330-beta.1', 'tested'],
  ['2.1.331', 'newer'],
  ['2.2.0', 'newer'],
  ['10.0.0', 'newer'],
  ['what', null],
  [null, null],
])('Claude Code %s is %s', (version, support) => {
  expect(claudeSupport(version)).toBe(support);
});

it('what our tests run with is said to be tested', () => {
  expect(TESTED_CLAUDE).toContain(CLAUDE);
});
