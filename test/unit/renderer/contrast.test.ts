import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findColours, terminalThemes } from '../../../renderer/src/terminal/theme.ts';

const css = readFileSync(join(import.meta.dirname, '../../../renderer/src/styles/tokens.css'), 'utf8');
const blocks = css.split(/\n}\n/);
const tokens = (block: string): Map<string, string> =>
  new Map([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/gi)].map((m) => [m[1] ?? '', m[2] ?? '']));
const themes = { light: tokens(blocks[0] ?? ''), dark: tokens(blocks[1] ?? '') };

/** Relative luminance and contrast as WCAG 2 defines them. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((i) => {
    const c = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(a: string, b: string): number {
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

describe.each(['light', 'dark'] as const)('%s theme', (name) => {
  const theme = themes[name];
  const of = (token: string): string => {
    const value = theme.get(token);
    if (!value) throw new Error(`no ${token}`);
    return value;
  };

  test('text is readable on every ground it stands on', () => {
    for (const ground of ['ground', 'surface', 'raised', 'sunken', 'hover'])
      for (const text of ['text', 'text-quiet'])
        expect(contrast(of(text), of(ground)), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    for (const tone of ['ready', 'busy', 'attention', 'problem', 'off']) {
      expect(contrast(of(tone), of(`${tone}-soft`)), `${tone} badge`).toBeGreaterThanOrEqual(4.5);
      expect(contrast(of('text'), of(`${tone}-soft`)), `text in ${tone} notice`).toBeGreaterThanOrEqual(4.5);
    }
    expect(contrast(of('on-accent'), of('accent'))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(of('text-quiet'), of('accent-soft'))).toBeGreaterThanOrEqual(4.5);
  });

  test('edges of controls and focus rings can be seen', () => {
    for (const ground of ['ground', 'surface', 'raised']) {
      expect(contrast(of('line-strong'), of(ground)), `line on ${ground}`).toBeGreaterThanOrEqual(3);
      expect(contrast(of('focus'), of(ground)), `focus on ${ground}`).toBeGreaterThanOrEqual(3);
    }
  });

  test('a chart’s series stand out from its ground', () => {
    for (const series of ['0', '1', '2', '3', '4', '5', 'rest'])
      for (const ground of ['surface', 'raised'])
        expect(
          contrast(of(`chart-${series}`), of(ground)),
          `series ${series} on ${ground}`,
        ).toBeGreaterThanOrEqual(3);
  });

  test('the terminal has the page’s ground and readable colours', () => {
    const terminal = terminalThemes[name];
    expect(terminal.background).toBe(of('terminal-ground'));
    const colours = [
      'foreground',
      'red',
      'green',
      'yellow',
      'blue',
      'magenta',
      'cyan',
      'brightBlack',
    ] as const;
    for (const colour of colours)
      expect(contrast(terminal[colour] ?? '', terminal.background ?? ''), colour).toBeGreaterThanOrEqual(4.5);
  });
});

test('high contrast is 7:1 for every colour that text has, also where something was found', () => {
  const theme = terminalThemes['high-contrast'];
  const { match, active } = findColours['high-contrast'];
  for (const [name, colour] of Object.entries(theme)) {
    if (typeof colour !== 'string' || /ackground|cursorAccent|scrollbar|selection/.test(name)) continue;
    expect(contrast(colour, theme.background ?? ''), name).toBeGreaterThanOrEqual(7);
  }
  expect(contrast(theme.selectionForeground ?? '', theme.selectionBackground ?? '')).toBeGreaterThanOrEqual(
    7,
  );
  expect(contrast(theme.foreground ?? '', match)).toBeGreaterThanOrEqual(7);
  expect(contrast(theme.foreground ?? '', active)).toBeGreaterThanOrEqual(4.5);
});
