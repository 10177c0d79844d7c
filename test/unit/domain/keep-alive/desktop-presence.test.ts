import { expect, test } from 'vitest';
import { desktopPresence, type PresenceSources } from '../../../../src/domain/keep-alive/desktop-presence.ts';

const silent: PresenceSources = { logind: null, screenSaverActive: null, idleMs: null, locked: null };
const now = 1_750_000_000_000;
const hint = (idleHint: boolean, idleSinceAt: number, lockedHint = false) => ({
  logind: { idleHint, idleSinceAt, lockedHint },
});

test.each<[string, Partial<PresenceSources>, { idleMs: number | null; locked: boolean | null }]>([
  ['nobody tells', {}, { idleMs: null, locked: null }],
  ['an own idle time', { idleMs: 7_000 }, { idleMs: 7_000, locked: null }],
  ['a hint that no desktop ever set', hint(false, 0), { idleMs: null, locked: false }],
  ['a hint that somebody came back', hint(false, now - 5_000), { idleMs: 0, locked: false }],
  ['a hint that nobody is there', hint(true, now - 90_000), { idleMs: 90_000, locked: false }],
  ['a hint from a clock that went back since', hint(true, now + 5_000), { idleMs: 0, locked: false }],
  [
    'an own idle time beats the hint',
    { ...hint(true, now - 90_000), idleMs: 3 },
    { idleMs: 3, locked: false },
  ],
  ['logind says locked', hint(false, 0, true), { idleMs: null, locked: true }],
  [
    'the screen saver says locked, logind does not know',
    { ...hint(false, 0), screenSaverActive: true },
    { idleMs: null, locked: true },
  ],
  ['the screen saver says it is not', { screenSaverActive: false }, { idleMs: null, locked: false }],
  ['the platform tells', { idleMs: 0, locked: true }, { idleMs: 0, locked: true }],
])('%s', (_, sources, expected) => {
  expect(desktopPresence({ ...silent, ...sources }, now)).toEqual(expected);
});
