import { describe, expect, test } from 'vitest';
import { type Rect, windowPlace, zoomStep, zoomSteps } from '../../../../src/domain/desktop/window-place.ts';

const primary: Rect = { x: 0, y: 27, width: 1920, height: 1053 };
const right: Rect = { x: 1920, y: 0, width: 2560, height: 1440 };
const small: Rect = { x: 0, y: 0, width: 800, height: 560 };

describe('where a window goes', () => {
  test('nothing kept, or nonsense: the usual size, as far as there is room', () => {
    expect(windowPlace(null, [primary])).toEqual({ width: 1080, height: 720 });
    expect(windowPlace(null, [small])).toEqual({ width: 800, height: 560 });
    expect(windowPlace({ x: Number.NaN, y: 0, width: 900, height: 600 }, [primary])).toEqual({
      width: 1080,
      height: 720,
    });
    expect(windowPlace(null, [])).toEqual({ width: 1080, height: 720 });
  });

  test('where it was, on whichever display', () => {
    const kept = { x: 2200, y: 100, width: 1300, height: 900 };
    expect(windowPlace(kept, [primary, right])).toEqual(kept);
    // Half over the edge, as its person left it.
    const half = { x: 1600, y: 300, width: 900, height: 600 };
    expect(windowPlace(half, [primary])).toEqual(half);
  });

  test('its display has gone: the size only', () => {
    expect(windowPlace({ x: 2200, y: 100, width: 1300, height: 900 }, [primary])).toEqual({
      width: 1300,
      height: 900,
    });
    expect(windowPlace({ x: 2200, y: 100, width: 2400, height: 1300 }, [primary])).toEqual({
      width: 1920,
      height: 1053,
    });
  });

  test('too little of the title bar is in sight: it comes back', () => {
    for (const kept of [
      { x: 1880, y: 100, width: 900, height: 600 },
      { x: -870, y: 100, width: 900, height: 600 },
      { x: 100, y: 1060, width: 900, height: 600 },
      { x: 100, y: -200, width: 900, height: 600 },
    ])
      expect(windowPlace(kept, [primary])).toEqual({ width: 900, height: 600 });
  });

  test('the display has become smaller: as large as fits, wholly in sight', () => {
    expect(windowPlace({ x: 300, y: 200, width: 1400, height: 900 }, [small])).toEqual({
      x: 0,
      y: 0,
      width: 800,
      height: 560,
    });
  });

  test('never smaller than what shows everything', () => {
    expect(windowPlace({ x: 50, y: 50, width: 100, height: 20 }, [primary])).toMatchObject({
      width: 480,
      height: 360,
    });
  });
});

test('the zoom goes by the steps of browsers and ends at their ends', () => {
  let factor: number = 1;
  const seen: number[] = [];
  for (let n = 0; n < 10; n++) {
    factor = zoomStep(factor, 1);
    seen.push(factor);
  }
  expect(seen).toEqual([1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3, 3, 3]);
  for (let n = 0; n < 20; n++) factor = zoomStep(factor, -1);
  expect(factor).toBe(zoomSteps[0]);
  expect(zoomStep(2.5, 0)).toBe(1);
  // As Chromium answers it after a logarithm and back.
  expect(zoomStep(1.2500000001, 1)).toBe(1.5);
  expect(zoomStep(1.2499999, -1)).toBe(1.1);
});
