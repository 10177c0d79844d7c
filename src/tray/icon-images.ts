import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NativeImage, nativeImage, nativeTheme } from 'electron';
import type { IconState } from '../domain/menu/menu-icon.ts';

/** Desktops whose top bar is dark whatever the applications' theme is. */
const darkBars = /GNOME|Unity|Pantheon/i;

/** What tells whether the panel is dark. */
export class PanelTone {
  #told: boolean | null = null;
  /** The system's own, also while the person wants another theme in our window. */
  #system = nativeTheme.shouldUseDarkColors;

  /** The panel's own word; null where it follows the system's theme. */
  tell(dark: boolean | null): void {
    this.#told = dark;
  }

  /** Which drawing reads well there: `light` is a light drawing for a dark panel. */
  variant(): 'light' | 'dark' {
    if (nativeTheme.themeSource === 'system') this.#system = nativeTheme.shouldUseDarkColors;
    return this.#isDark() ? 'light' : 'dark';
  }

  #isDark(): boolean {
    // Windows lets the taskbar's theme differ from the applications'.
    if (process.platform === 'win32')
      return nativeTheme.shouldUseDarkColorsForSystemIntegratedUI ?? nativeTheme.shouldUseDarkColors;
    return this.#told ?? (darkBars.test(process.env.XDG_CURRENT_DESKTOP ?? '') || this.#system);
  }
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
