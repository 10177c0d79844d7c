import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { popoverPlace } from '../../../../src/domain/desktop/popover-place.ts';

const size = { width: 360, height: 400 };

describe('the popover stands at its icon', () => {
  test('below a bar at the top, above one at the bottom, beside one at a side', () => {
    const menuBar = { x: 0, y: 25, width: 1440, height: 875 };
    expect(popoverPlace({ x: 1000, y: 0, width: 24, height: 24 }, menuBar, size)).toEqual({
      x: 832,
      y: 31,
      ...size,
    });
    const taskbar = { x: 0, y: 0, width: 1920, height: 1040 };
    expect(popoverPlace({ x: 1700, y: 1048, width: 24, height: 24 }, taskbar, size)).toEqual({
      x: 1532,
      y: 634,
      ...size,
    });
    const atTheLeft = { x: 62, y: 0, width: 1858, height: 1080 };
    expect(popoverPlace({ x: 20, y: 900, width: 24, height: 24 }, atTheLeft, size)).toMatchObject({ x: 68 });
    const atTheRight = { x: 0, y: 0, width: 1858, height: 1080 };
    expect(popoverPlace({ x: 1870, y: 500, width: 24, height: 24 }, atTheRight, size)).toMatchObject({
      x: 1858 - 6 - 360,
      y: 312,
    });
  });

  test('in the corner, on a second display, and with no more than a point: whole within the work area', () => {
    const second = { x: -1280, y: 200, width: 1280, height: 984 };
    expect(popoverPlace({ x: -10, y: 1190, width: 0, height: 0 }, second, size)).toEqual({
      x: -366,
      y: 1184 - 6 - 400,
      ...size,
    });
  });

  test('whatever the icon’s place, nothing of it is out of sight', () => {
    const whole = fc.integer({ min: -3000, max: 3000 });
    const area = fc.record({
      x: whole,
      y: whole,
      width: fc.integer({ min: 320, max: 4000 }),
      height: fc.integer({ min: 240, max: 3000 }),
    });
    const icon = fc.record({ x: whole, y: whole, width: fc.nat(64), height: fc.nat(64) });
    fc.assert(
      fc.property(icon, area, fc.integer({ min: 120, max: 620 }), (at, free, height) => {
        const place = popoverPlace(at, free, { width: 360, height });
        expect(place.x).toBeGreaterThanOrEqual(free.x);
        expect(place.y).toBeGreaterThanOrEqual(free.y);
        expect(place.x + place.width).toBeLessThanOrEqual(free.x + free.width);
        expect(place.y + place.height).toBeLessThanOrEqual(free.y + free.height);
      }),
      { numRuns: process.env.CI ? 2_000 : 200 },
    );
  });
});
