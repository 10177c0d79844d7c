/**
 * Renders assets/icons/*.svg into the PNGs that the tray shows: `STATE-light-SIZE.png` (light drawing, for dark
 * panels), `STATE-dark-SIZE.png` and macOS's `STATE-template-SIZE.png`; app.svg, the application's own icon (window and
 * page), into `app-256.png`. The results are committed; run this after
 * changing a drawing (needs a Chromium: CHROMIUM names it, default /usr/bin/chromium).
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { chromium } from 'playwright';

const folder = join(import.meta.dirname, '..', 'assets', 'icons');
const appIcon = 'app.svg';
const sizes = [16, 22, 32, 44];
/** The thin halo of the opposite tone keeps a drawing visible on a panel whose tone was guessed wrong. */
const variants = {
  light: { color: '#ffffff', halo: 'rgb(0 0 0 / 60%)' },
  dark: { color: '#1d2026', halo: 'rgb(255 255 255 / 65%)' },
  template: { color: '#000000', halo: null },
} as const;

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' });
const page = await browser.newPage({ viewport: { width: 256, height: 256 } });
let count = 0;
for (const file of readdirSync(folder).filter((name) => name.endsWith('.svg') && name !== appIcon)) {
  const svg = readFileSync(join(folder, file), 'utf8');
  for (const [variant, { color, halo }] of Object.entries(variants)) {
    for (const size of sizes) {
      // Three faint shadows make a line of even darkness where one would fade out.
      const shadow = halo === null ? '' : `filter:${`drop-shadow(0 0 ${size / 32}px ${halo}) `.repeat(3)}`;
      await page.setContent(
        `<body style="margin:0"><div style="width:${size}px;height:${size}px;color:${color};${shadow}">${svg.replace('<svg ', `<svg width="${size}" height="${size}" style="display:block" `)}</div>`,
      );
      await page.screenshot({
        path: join(folder, `${basename(file, '.svg')}-${variant}-${size}.png`),
        omitBackground: true,
        clip: { x: 0, y: 0, width: size, height: size },
      });
      count += 1;
    }
  }
}
await page.setContent(
  `<body style="margin:0">${readFileSync(join(folder, appIcon), 'utf8').replace('<svg ', '<svg width="256" height="256" style="display:block" ')}`,
);
await page.screenshot({ path: join(folder, 'app-256.png'), omitBackground: true });
count += 1;
await browser.close();
console.log(`${count} pictures`);
