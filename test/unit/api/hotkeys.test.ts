import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApi, type TestApi } from './fake-rooms.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

test('keys that a tray could not get are shown to every shell for as long as that tray is there', async () => {
  const { agent: page } = await api.open('page');
  const { agent: tray, webSocket } = await api.open('tray');
  const shown = async () => (await page.call('state.get', {})).hotkeysTaken;
  expect(await shown()).toEqual([]);
  await tray.call('hotkeys.report', { taken: ['openClaude'] });
  expect(await shown()).toEqual(['openClaude']);
  // The next tray tells before the last one has quite gone.
  const { agent: next } = await api.open('tray');
  await next.call('hotkeys.report', { taken: ['needsYou'] });
  webSocket.terminate();
  expect(await shown()).toEqual(['needsYou']);
  await next.call('hotkeys.report', { taken: [] });
  expect(await shown()).toEqual([]);
});

test('a tray that has gone holds no keys up', async () => {
  const { agent: page } = await api.open('page');
  const { agent: tray, webSocket } = await api.open('tray');
  await tray.call('hotkeys.report', { taken: ['needsYou', 'openClaude'] });
  webSocket.terminate();
  await expect.poll(async () => (await page.call('state.get', {})).hotkeysTaken).toEqual([]);
});

test('one key for two things is refused, whatever it is called', async () => {
  const { agent: page } = await api.open('page');
  const set = (needsYou: string | null, openClaude: string | null) =>
    page.call('settings.set', { hotkeys: { needsYou, openClaude } });
  await expect(set('CommandOrControl+Alt+J', 'Alt+Ctrl+J')).rejects.toMatchObject({
    code: 'HotkeyTwice',
    params: { accelerator: 'Alt+Ctrl+J' },
  });
  await set('CommandOrControl+Alt+J', 'CommandOrControl+Alt+O');
  await set(null, null);
});
