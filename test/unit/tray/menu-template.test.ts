import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { MenuAction } from '../../../src/domain/menu/menu-entries.ts';
import { iconStates } from '../../../src/domain/menu/menu-icon.ts';
import { word } from '../../../src/domain/menu/menu-words.ts';
import { createTranslator } from '../../../src/locales/index.ts';
import { menuTemplate } from '../../../src/tray/menu-template.ts';
import { say } from '../../../src/tray/say.ts';
import { pixelsOf } from '../../support/desktop/png.ts';

const en = createTranslator('en');
const folder = join(import.meta.dirname, '../../../assets/icons');

describe("the model in Electron's terms", () => {
  test('labels are escaped, and each click performs its action', () => {
    const done: MenuAction[] = [];
    const template = menuTemplate(
      [
        { kind: 'label', label: { text: 'R&D' } },
        { kind: 'separator' },
        {
          kind: 'submenu',
          label: word('region', { current: { text: 'x' } }),
          entries: [
            {
              kind: 'radio',
              label: { text: 'us-east-1' },
              checked: true,
              action: { type: 'setRegion', region: 'us-east-1' },
            },
          ],
        },
        { kind: 'action', label: word('quit'), enabled: false, action: { type: 'quit' } },
      ],
      (message) => say(en, message),
      (action) => done.push(action),
    );
    expect(template).toEqual([
      { label: 'R&&D', enabled: false },
      { type: 'separator' },
      {
        label: 'Region: x',
        submenu: [{ type: 'radio', label: 'us-east-1', checked: true, click: expect.any(Function) }],
      },
      { label: 'Quit…', enabled: false, click: expect.any(Function) },
    ]);
    const region = template[2] as { submenu: { click(): void }[] };
    region.submenu[0]?.click();
    expect(done).toEqual([{ type: 'setRegion', region: 'us-east-1' }]);
  });
});

describe('pictures', () => {
  test('each state has a source and all that is rendered from it, and no two look alike', () => {
    const seen = new Map<string, string>();
    for (const state of iconStates) {
      expect(existsSync(join(folder, `${state}.svg`))).toBe(true);
      for (const variant of ['light', 'dark', 'template']) {
        for (const size of [16, 22, 32, 44]) {
          const name = `${state}-${variant}-${size}.png`;
          const png = readFileSync(join(folder, name));
          expect([png.readUInt32BE(16), png.readUInt32BE(20)], name).toEqual([size, size]);
          const same = seen.get(png.toString('base64'));
          expect(same, `${name} looks like ${same}`).toBeUndefined();
          seen.set(png.toString('base64'), name);
        }
      }
    }
    const known = iconStates.length;
    expect(readdirSync(folder).filter((f) => f.endsWith('.svg') && f !== 'app.svg')).toHaveLength(known);
    expect(readdirSync(folder).filter((f) => f.endsWith('.png') && f !== 'app-256.png')).toHaveLength(
      known * 12,
    );
  });
});

/** Pixels in which one picture is there and the other is not. */
function unlike(a: string, b: string): number {
  const [one, other] = [a, b].map((name) => pixelsOf(readFileSync(join(folder, name))).rgba);
  let count = 0;
  for (let at = 3; at < (one?.length ?? 0); at += 4) {
    if (Math.abs((one?.[at] ?? 0) - (other?.[at] ?? 0)) > 96) count += 1;
  }
  return count;
}

/** Least share of a picture in which two states differ: at 16 px 28 pixels. */
const TOLD_APART = { 16: 0.11, 22: 0.07, 32: 0.06 } as const;

test.each([16, 22, 32] as const)('any two states differ in shape, without colour, at %i px', (size) => {
  for (const variant of ['light', 'dark', 'template']) {
    for (const [i, state] of iconStates.entries()) {
      for (const other of iconStates.slice(0, i)) {
        const differ = unlike(`${state}-${variant}-${size}.png`, `${other}-${variant}-${size}.png`);
        expect(differ / (size * size), `${state} and ${other}, ${variant}`).toBeGreaterThan(TOLD_APART[size]);
      }
    }
  }
});

test('what macOS colours itself is black alone', () => {
  for (const state of iconStates) {
    const { rgba } = pixelsOf(readFileSync(join(folder, `${state}-template-22.png`)));
    for (let at = 0; at < rgba.length; at += 4)
      expect([rgba[at], rgba[at + 1], rgba[at + 2]]).toEqual([0, 0, 0]);
  }
});

test('the application has an icon of its own, for window and page', () => {
  const png = readFileSync(join(folder, 'app-256.png'));
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([256, 256]);
  expect(readFileSync(join(folder, 'app.svg'), 'utf8')).toContain('<svg');
});
