import { describe, expect, test } from 'vitest';
import { Accelerator } from '../../../../src/contract/names.ts';
import { hotkeyActions, sameHotkey } from '../../../../src/domain/desktop/hotkeys.ts';
import { AT, session, snapshot } from '../../../support/tray/snapshots.ts';

describe('the same key', () => {
  test.each([
    ['Control+Alt+J', 'Ctrl+Alt+J'],
    ['Alt+Control+J', 'Control+Option+J'],
    ['CommandOrControl+Alt+J', 'Control+Alt+J'],
    ['CmdOrCtrl+J', 'Cmd+J'],
    ['Super+Space', 'Meta+Space'],
    ['Ctrl+Control+J', 'Control+J'],
  ])('%s is %s', (a, b) => {
    expect(sameHotkey(a, b)).toBe(true);
    expect(sameHotkey(b, a)).toBe(true);
  });
  test.each([
    ['Control+Alt+J', 'Control+Alt+O'],
    ['Control+J', 'Command+J'],
    ['Control+J', 'Control+Shift+J'],
    ['Alt+J', 'AltGr+J'],
    ['CommandOrControl+J', 'Alt+J'],
  ])('%s is not %s', (a, b) => {
    expect(sameHotkey(a, b)).toBe(false);
  });
});

test('a chord that only types is no global key, whoever sets it', () => {
  for (const key of ['CommandOrControl+Alt+J', 'Alt+Shift+Space', 'Super+1', 'Control+F5', 'AltGr+Control+Q'])
    expect(Accelerator.safeParse(key).success, key).toBe(true);
  for (const key of ['A', 'Shift+A', 'AltGr+Q', 'Shift+AltGr+Space', 'Shift+Control', 'Alt+'])
    expect(Accelerator.safeParse(key).success, key).toBe(false);
});

test('the key for who needs me goes to the longest waiting, else to the list', () => {
  const failed = session(AT, {
    activity: { state: 'failed', sinceAt: AT, request: null, seen: true, reason: null, background: 0 },
  });
  expect(hotkeyActions.needsYou(snapshot(AT, { sessions: [failed] }))).toEqual({
    type: 'openSession',
    id: failed.id,
  });
  expect(hotkeyActions.needsYou(snapshot(AT))).toEqual({ type: 'openWindow', place: 'sessions' });
  expect(hotkeyActions.needsYou(null)).toEqual({ type: 'openWindow', place: 'sessions' });
});

test('the key for Claude Code opens it in the folder used last, asks for one, or shows what is missing', () => {
  expect(hotkeyActions.openClaude(snapshot(AT))).toEqual({
    type: 'openClaude',
    cwd: '/home/dana/src/billing-service',
  });
  expect(hotkeyActions.openClaude(snapshot(AT, { recentFolders: [] }))).toEqual({ type: 'chooseFolder' });
  const overview = { type: 'openWindow', place: 'overview' };
  expect(hotkeyActions.openClaude(snapshot(AT, { activeEnvironment: null }))).toEqual(overview);
  expect(hotkeyActions.openClaude(null)).toEqual(overview);
});
