/**
 * Renders assets/icons/*.svg into the PNGs that the tray shows: `STATE-light-SIZE.png` (light drawing, for dark
 * panels), `STATE-dark-SIZE.png` and macOS's `STATE-template-SIZE.png`; app.svg, the application's own icon (window and
 * page), into `app-256.png`. The results are committed; run this after changing a drawing (needs a Chromium: CHROMIUM
 * names it, default /usr/bin/chromium; test/e2e/tray-icons.test.ts says when it was forgotten).
 *
 *   node scripts/render-icons.ts [--sheet FILE]    FILE: all of them on one picture, to be looked at
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Browser, chromium } from 'playwright';

const folder = join(import.meta.dirname, '..', 'assets', 'icons');
const appIcon = 'app.svg';
export const iconSizes = [16, 22, 32, 44] as const;
/** The thin halo of the opposite tone keeps a drawing visible on a panel whose tone was guessed wrong. */
const variants = {
  light: { color: '#ffffff', halo: 'rgb(0 0 0 / 60%)' },
  dark: { color: '#1d2026', halo: 'rgb(255 255 255 / 65%)' },
  template: { color: '#000000', halo: null },
} as const;

interface Picture {
  name: string;
  svg: string;
  size: number;
  /** Three faint shadows make a line of even darkness where one would fade out. */
  halo: string | null;
}

/** States that have a drawing, in the order of their names. */
export function drawnStates(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.svg') && name !== appIcon)
    .map((name) => basename(name, '.svg'))
    .sort();
}

function pictures(): Picture[] {
  const source = (name: string): string => readFileSync(join(folder, name), 'utf8');
  // What is too fine for 16 px has the class `large`; what stands there instead, `small`; a badge is larger there, from
  // its corner (lower right, with `top` upper right).
  const larger = (y: number): string =>
    `transform:translate(22px,${y}px) scale(1.22) translate(-22px,${-y}px)`;
  const hinted = (size: number): string =>
    size === 16
      ? `.large{display:none}.badge{${larger(22)}}.badge.top{${larger(0)}}`
      : '.small{display:none}';
  const sized = (svg: string, size: number): string =>
    svg
      .replace('<svg ', `<svg width="${size}" height="${size}" `)
      .replace('</title>', `</title><style>${hinted(size)}</style>`);
  const states = drawnStates().flatMap((state) =>
    Object.entries(variants).flatMap(([variant, { color, halo }]) =>
      iconSizes.map((size) => ({
        name: `${state}-${variant}-${size}.png`,
        svg: sized(source(`${state}.svg`).replaceAll('currentColor', color), size),
        size,
        halo,
      })),
    ),
  );
  return [...states, { name: 'app-256.png', svg: sized(source(appIcon), 256), size: 256, halo: null }];
}

/** Every picture by its file's name, drawn anew. */
export async function renderIcons(browser: Browser): Promise<Map<string, Buffer>> {
  const page = await browser.newPage();
  try {
    const drawn = await page.evaluate(
      (all) =>
        Promise.all(
          all.map(async ({ name, svg, size, halo }) => {
            const image = new Image();
            image.src = `data:image/svg+xml,${encodeURIComponent(svg)}`;
            await image.decode();
            const canvas = document.createElement('canvas');
            canvas.width = size;
            canvas.height = size;
            const context = canvas.getContext('2d') as CanvasRenderingContext2D;
            if (halo !== null) context.filter = `drop-shadow(0 0 ${size / 32}px ${halo}) `.repeat(3);
            context.drawImage(image, 0, 0);
            return [name, canvas.toDataURL('image/png').replace(/^.*,/, '')] as const;
          }),
        ),
      pictures(),
    );
    return new Map(drawn.map(([name, base64]) => [name, Buffer.from(base64, 'base64')]));
  } finally {
    await page.close();
  }
}

/** All states at all sizes on both panels, as they are and four times as large. */
async function contactSheet(browser: Browser, icons: ReadonlyMap<string, Buffer>): Promise<Buffer> {
  const sizes = [16, 22, 32] as const;
  const shown = (state: string, variant: string, size: number, times: number): string =>
    `<img src="data:image/png;base64,${icons.get(`${state}-${variant}-${size}.png`)?.toString('base64')}" width="${size * times}" height="${size * times}">`;
  const cells = (state: string, variant: keyof typeof variants): string =>
    sizes.map((size) => `<td class="${variant}">${shown(state, variant, size, 1)}</td>`).join('') +
    sizes
      .map((size) => `<td class="${variant}">${shown(state, variant, size, size === 32 ? 2 : 3)}</td>`)
      .join('');
  const rows = drawnStates()
    .map((state) => `<tr><th>${state}</th>${cells(state, 'dark')}${cells(state, 'light')}</tr>`)
    .join('');
  const page = await browser.newPage({ viewport: { width: 1000, height: 100 } });
  await page.setContent(`<style>body{margin:8px;font:13px sans-serif;background:#888}table{border-collapse:collapse}
td{padding:5px 8px;text-align:center}th{text-align:left;padding-right:8px}td.dark{background:#f2f2f2}td.light{background:#242424}
img{image-rendering:pixelated;vertical-align:middle}</style><table>${rows}</table>`);
  const picture = await page.screenshot({ fullPage: true });
  await page.close();
  return picture;
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { sheet: { type: 'string' } } });
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    chromiumSandbox: process.getuid?.() !== 0,
  });
  try {
    const icons = await renderIcons(browser);
    for (const name of readdirSync(folder)) {
      if (name.endsWith('.png') && !icons.has(name)) rmSync(join(folder, name));
    }
    for (const [name, png] of icons) writeFileSync(join(folder, name), png);
    if (values.sheet !== undefined) writeFileSync(values.sheet, await contactSheet(browser, icons));
    console.log(`${icons.size} pictures`);
  } finally {
    await browser.close();
  }
}
