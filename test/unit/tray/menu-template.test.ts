import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { MenuAction } from '../../../src/domain/menu-entries.ts';
import type { IconState } from '../../../src/domain/menu-model.ts';
import { word } from '../../../src/domain/menu-words.ts';
import { createTranslator } from '../../../src/locales/index.ts';
import { menuTemplate } from '../../../src/tray/menu-template.ts';
import { say } from '../../../src/tray/say.ts';

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
  const states: Record<IconState, true> = {
    busy: true,
    'signed-out': true,
    'signing-in': true,
    valid: true,
    ending: true,
    degraded: true,
    expired: true,
    'needs-you': true,
    'agent-gone': true,
  };

  test('each state has a source and all that is rendered from it, and no two look alike', () => {
    const seen = new Map<string, string>();
    for (const state of Object.keys(states)) {
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
    const known = Object.keys(states).length;
    expect(readdirSync(folder).filter((f) => f.endsWith('.svg') && f !== 'app.svg')).toHaveLength(known);
    expect(readdirSync(folder).filter((f) => f.endsWith('.png') && f !== 'app-256.png')).toHaveLength(
      known * 12,
    );
  });
});

test('the application has an icon of its own, for window and page', () => {
  const png = readFileSync(join(folder, 'app-256.png'));
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([256, 256]);
  expect(readFileSync(join(folder, 'app.svg'), 'utf8')).toContain('<svg');
});
