/** The tray's pictures are what scripts/render-icons.ts makes of their drawings. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { describe, expect, test } from 'vitest';
import { renderIcons } from '../../scripts/render-icons.ts';
import { hasChromium } from '../support/desktop/browser.ts';
import { pixelsOf } from '../support/desktop/png.ts';

const folder = join(import.meta.dirname, '../../assets/icons');
/** Another Chromium smooths edges a little differently. */
const TOLERANCE = 32;

describe.skipIf(!hasChromium())('the icons, drawn anew in Chromium (needs Debian’s chromium)', () => {
  test('are those that are kept; otherwise run node scripts/render-icons.ts', async () => {
    const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    try {
      const drawn = await renderIcons(browser);
      expect(readdirSync(folder).filter((name) => name.endsWith('.png'))).toEqual([...drawn.keys()].sort());
      const stale = [...drawn].filter(([name, png]) => {
        const [now, kept] = [pixelsOf(png), pixelsOf(readFileSync(join(folder, name)))];
        // What is not seen has no colour.
        const seen = (rgba: Buffer, at: number): number =>
          at % 4 === 3 ? (rgba[at] ?? 0) : ((rgba[at] ?? 0) * (rgba[at | 3] ?? 0)) / 255;
        return (
          now.width !== kept.width ||
          now.rgba.some((_, at) => Math.abs(seen(now.rgba, at) - seen(kept.rgba, at)) > TOLERANCE)
        );
      });
      expect(stale.map(([name]) => name)).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
