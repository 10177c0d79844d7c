import { EventEmitter } from 'node:events';
import type { Session } from 'electron';
import { expect, test } from 'vitest';
import { isOwnFile } from '../../../src/tray/download-verdict.ts';
import { guardSession } from '../../../src/tray/session-security.ts';

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

test('the person is asked about one file at a time', () => {
  const nothing = () => undefined;
  const session = Object.assign(new EventEmitter(), {
    setPermissionRequestHandler: nothing,
    setPermissionCheckHandler: nothing,
    setDevicePermissionHandler: nothing,
    setSpellCheckerEnabled: nothing,
    webRequest: { onBeforeRequest: nothing },
  });
  guardSession(session as unknown as Session);
  const download = () => {
    const item = Object.assign(new EventEmitter(), {
      getURL: () => blob,
      getFilename: () => 'bedrock-usage.csv',
    });
    let isAsked = true;
    const preventDefault = () => {
      isAsked = false;
    };
    session.emit('will-download', { preventDefault }, item);
    return { isAsked, item };
  };
  const first = download();
  expect([first.isAsked, download().isAsked, download().isAsked]).toEqual([true, false, false]);
  first.item.emit('done');
  expect(download().isAsked).toBe(true);
});
