import type { Rect } from './window-place.ts';

/** Between icon and popover, and to the edges of the display. */
const GAP = 6;

const within = (value: number, least: number, most: number): number => Math.max(least, Math.min(most, value));

/**
 * Where a popover of a size goes that belongs to a tray icon: centred beside the icon, on the side that looks into
 * the work area (below a bar at the top, above one at the bottom, beside one at a side), and always whole within the
 * work area. `icon` may be a point without size (Linux: where the pointer was).
 */
export function popoverPlace(icon: Rect, area: Rect, size: { width: number; height: number }): Rect {
  const width = Math.min(size.width, area.width - 2 * GAP);
  const height = Math.min(size.height, area.height - 2 * GAP);
  const middle = { x: icon.x + icon.width / 2, y: icon.y + icon.height / 2 };
  const bar = sideOfBar(middle, area);
  const x =
    bar === 'left'
      ? Math.max(icon.x + icon.width, area.x) + GAP
      : bar === 'right'
        ? Math.min(icon.x, area.x + area.width) - GAP - width
        : middle.x - width / 2;
  const y =
    bar === 'top'
      ? Math.max(icon.y + icon.height, area.y) + GAP
      : bar === 'bottom'
        ? Math.min(icon.y, area.y + area.height) - GAP - height
        : middle.y - height / 2;
  return {
    x: Math.round(within(x, area.x + GAP, area.x + area.width - GAP - width)),
    y: Math.round(within(y, area.y + GAP, area.y + area.height - GAP - height)),
    width,
    height,
  };
}

/** The side of the work area that an icon stands at: outside of it, or nearest to the edge (a bar that hides itself). */
function sideOfBar(at: { x: number; y: number }, area: Rect): 'top' | 'bottom' | 'left' | 'right' {
  const distance = {
    top: at.y - area.y,
    bottom: area.y + area.height - at.y,
    left: at.x - area.x,
    right: area.x + area.width - at.x,
  };
  // At a corner: bars are at the top or the bottom more often.
  const sides = ['top', 'bottom', 'left', 'right'] as const;
  return sides.reduce((best, side) => (distance[side] < distance[best] ? side : best));
}
