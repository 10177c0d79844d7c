/**
 * Renders assets/icons/app.svg into what packages need: `packaging/icons/SIZExSIZE.png` (Linux), `packaging/icon.png`
 * (Windows) and `packaging/icon-mac.png`, with the margin that Apple's icons have. The results are committed; run this
 * after changing the drawing (needs a Chromium: CHROMIUM names it, default /usr/bin/chromium).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'packaging');
const svg = readFileSync(join(root, 'assets', 'icons', 'app.svg'), 'utf8');
/** Of Apple's 1024 px, the drawing takes 824. */
const MAC = { size: 1024, drawing: 920 };

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' });
try {
  const page = await browser.newPage();
  const render = async (file: string, size: number, drawing = size): Promise<void> => {
    await page.setViewportSize({ width: size, height: size });
    const sized = svg.replace('<svg ', `<svg width="${drawing}" height="${drawing}" `);
    const style = 'margin:0;display:grid;place-items:center;height:100vh;background:transparent';
    await page.setContent(`<body style="${style}">${sized}</body>`);
    writeFileSync(join(folder, file), await page.screenshot({ omitBackground: true }));
  };
  for (const size of [16, 32, 48, 64, 128, 256, 512]) await render(`icons/${size}x${size}.png`, size);
  await render('icon.png', 512);
  await render('icon-mac.png', MAC.size, MAC.drawing);
} finally {
  await browser.close();
}
