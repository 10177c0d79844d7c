import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NativeImage, nativeImage, nativeTheme } from 'electron';
import type { IconState } from '../domain/menu-icon.ts';

/** Desktops whose top bar is dark whatever the applications' theme is. */
const darkBars = /GNOME|Unity|Pantheon/i;

/** Which drawing reads well where the icon stands: `light` is a light drawing for a dark panel. */
export function panelVariant(): 'light' | 'dark' {
  if (process.platform === 'linux' && darkBars.test(process.env.XDG_CURRENT_DESKTOP ?? '')) return 'light';
  // Windows lets the taskbar's theme differ from the applications'.
  const dark = nativeTheme.shouldUseDarkColorsForSystemIntegratedUI ?? nativeTheme.shouldUseDarkColors;
  return dark ? 'light' : 'dark';
}

/** The tray image of a state in all the resolutions that the platform asks for. */
export function iconImage(folder: string, state: IconState, variant: 'light' | 'dark'): NativeImage {
  const mac = process.platform === 'darwin';
  // macOS and Windows scale from 22 and 16 points; Linux panels take the pixels of the first representation and scale.
  const sizes = process.platform === 'win32' ? [16, 32] : [22, 44];
  const image = nativeImage.createEmpty();
  sizes.forEach((pixels, i) => {
    const name = `${state}-${mac ? 'template' : variant}-${pixels}.png`;
    image.addRepresentation({
      scaleFactor: i + 1,
      width: pixels,
      height: pixels,
      buffer: readFileSync(join(folder, name)),
    });
  });
  if (mac) image.setTemplateImage(true);
  return image;
}
