/** A rectangle on the desktop, in pixels that do not depend on a display's scale. */
export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Smallest window that shows everything (renderer/src/styles). */
export const LEAST_WINDOW = { width: 480, height: 360 };
const USUAL = { width: 1080, height: 720 };
/** So much of the title bar has to be in sight to take hold of the window. */
const HOLD = { width: 80, height: 40 };

const overlap = (a: Rect, b: Rect): number =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y));

const within = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, value));

/**
 * Where a window goes that was at `kept`: there, if its title bar can still be reached; without a place (the system
 * chooses one) where that display has gone. Never larger than the display. `areas`: what the displays leave to windows, the primary
 * one first.
 */
export function windowPlace(
  kept: Rect | null,
  areas: readonly Rect[],
): Partial<Rect> & Pick<Rect, 'width' | 'height'> {
  const sized = (size: { width: number; height: number }, area: Rect | undefined) => ({
    width: Math.round(within(size.width, LEAST_WINDOW.width, area?.width ?? size.width)),
    height: Math.round(within(size.height, LEAST_WINDOW.height, area?.height ?? size.height)),
  });
  if (!kept || ![kept.x, kept.y, kept.width, kept.height].every(Number.isFinite))
    return sized(USUAL, areas[0]);
  const area = [...areas].sort((a, b) => overlap(kept, b) - overlap(kept, a))[0];
  const isHeld =
    area !== undefined &&
    kept.x < area.x + area.width - HOLD.width &&
    kept.x + kept.width > area.x + HOLD.width &&
    // Windows' frames are a little wider than what is drawn.
    kept.y >= area.y - 8 &&
    kept.y < area.y + area.height - HOLD.height;
  if (!isHeld) return sized(kept, areas[0]);
  const size = sized(kept, area);
  const isWhole = size.width === kept.width && size.height === kept.height;
  if (isWhole) return { x: kept.x, y: kept.y, ...size };
  return {
    x: within(kept.x, area.x, area.x + area.width - size.width),
    y: within(kept.y, area.y, area.y + area.height - size.height),
    ...size,
  };
}

/** Steps of the zoom, as browsers have them. */
export const zoomSteps = [0.5, 0.67, 0.75, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3] as const;

/** The next step from a zoom factor in a direction; 0: back to the usual size. */
export function zoomStep(factor: number, by: -1 | 0 | 1): number {
  if (by === 0) return 1;
  // What is kept as a float need not be a step exactly.
  const next =
    by > 0 ? zoomSteps.find((s) => s > factor + 0.01) : zoomSteps.findLast((s) => s < factor - 0.01);
  return next ?? (by > 0 ? 3 : 0.5);
}
