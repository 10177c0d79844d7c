import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { HeldKey } from '../../../src/tray/held-key.ts';

let now: number;
let key: HeldKey;
beforeEach(() => {
  vi.useFakeTimers();
  now = 0;
  key = new HeldKey(() => now);
});
afterEach(() => {
  vi.useRealTimers();
});

/** Time goes on; `late`: so long the loop was blocked before the timers were heard. */
function pass(ms: number, late = 0): void {
  now += ms + late;
  vi.advanceTimersByTime(ms);
}

it('a held key is one press, and the next press another', () => {
  expect(key.press()).toBe(true);
  pass(660);
  for (let i = 0; i < 50; i++) {
    expect(key.press()).toBe(false);
    pass(40);
  }
  pass(1_000);
  expect(key.press()).toBe(true);
});

it('what was held while the loop was blocked is still the same press', () => {
  expect(key.press()).toBe(true);
  // The timer is heard first, and the repetitions that waited with it afterwards.
  pass(1_000, 1_500);
  expect(key.press()).toBe(false);
  pass(1_000);
  expect(key.press()).toBe(true);
});

it('where timers are always late, the key is heard again all the same', () => {
  expect(key.press()).toBe(true);
  pass(1_000, 500);
  pass(1_000, 500);
  expect(key.press()).toBe(true);
});
