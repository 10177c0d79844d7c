import { expect, test } from 'vitest';
import { isOwnFile } from '../../../src/tray/download-verdict.ts';

const blob = 'blob:app://bedrock-tray/0b7c3f0e-58a5-4a58-9f0a-0d3e5c1a2b3c';

test('what the page made itself may be kept', () => {
  expect(isOwnFile(blob, 'bedrock-usage-2026-11-01-2026-11-23.csv')).toBe(true);
  expect(isOwnFile(blob, 'bedrock-usage-2026-11-01-2026-11-23.json')).toBe(true);
});

test.each([
  ['https://evil.example/bedrock-usage.csv', 'bedrock-usage.csv'],
  ['app://bedrock-tray/index.html', 'bedrock-usage.csv'],
  ['data:text/csv,a', 'bedrock-usage.csv'],
  ['blob:https://evil.example/1', 'bedrock-usage.csv'],
  ['blob:app://bedrock-tray.evil.example/1', 'bedrock-usage.csv'],
  [blob, 'bedrock-usage.exe'],
  [blob, 'bedrock-usage.csv.exe'],
  [blob, 'bedrock-usage.desktop'],
  [blob, 'usage.csv'],
  [blob, '../bedrock-usage.csv'],
  [blob, 'bedrock-usage/../x.csv'],
  [blob, 'bedrock-usage.csv\u202efdp.exe'],
  [blob, `bedrock-${'a'.repeat(400)}.csv`],
  [blob, ''],
])('%s as %s is prevented', (url, name) => {
  expect(isOwnFile(url, name)).toBe(false);
});
