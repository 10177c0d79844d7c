import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { BedrockTrayError } from '../../../src/contract/errors.ts';
import { type UpdateEngine, Updater, type UpdaterRooms } from '../../../src/tray/updater.ts';

const HOUR = 60 * 60_000;

let updater: Updater;
let snapshot: { settings: object; sessions: object[]; update: { wish: string | null } };
let told: { state: string; problem: unknown }[];

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
});
afterEach(() => {
  updater.close();
  vi.useRealTimers();
});

function start(mode: string, engine: Partial<UpdateEngine>, load?: UpdaterRooms['load']): void {
  snapshot = { settings: { updates: { mode, channel: 'stable' } }, sessions: [], update: { wish: null } };
  const whole: UpdateEngine = {
    look: async () => ({ version: '0.2.0', page: null }),
    download: async () => {},
    install: () => new Promise<never>(() => {}),
    ...engine,
  };
  updater = new Updater({
    link: {
      snapshot: snapshot as never,
      onChange: () => () => {},
      async call(_name, more) {
        told.push(more);
      },
    },
    elsewhere: null,
    load: load ?? (async () => whole),
    random: () => 0.5,
  });
}

test('nothing wakes the tray for updates that are switched off', async () => {
  start('off', {});
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(vi.getTimerCount()).toBe(0);
});

test('nothing wakes it while a version lies ready, and that is installed once, as the tray ends', async () => {
  const install = vi.fn(() => new Promise<never>(() => {}));
  start('automatic', { install });
  await vi.advanceTimersByTimeAsync(24 * HOUR);
  expect(told.at(-1)?.state).toBe('ready');
  expect(vi.getTimerCount()).toBe(0);
  const quit = vi.fn();
  expect(updater.quitting(quit)).toBe(true);
  await vi.advanceTimersByTimeAsync(0);
  // The end that the installation itself asks for.
  expect(updater.quitting(quit)).toBe(false);
  expect(install).toHaveBeenCalledExactlyOnceWith(false);
  expect(quit).not.toHaveBeenCalled();
});

test('an installation that fails says so, and whoever wanted to quit quits', async () => {
  const install = () => Promise.reject(new BedrockTrayError('UpdateFailed', { reason: 'EACCES' }));
  start('automatic', { install });
  await vi.advanceTimersByTimeAsync(HOUR);
  const quit = vi.fn(() => expect(updater.quitting(quit)).toBe(false));
  expect(updater.quitting(quit)).toBe(true);
  await vi.advanceTimersByTimeAsync(0);
  expect(quit).toHaveBeenCalledOnce();
  expect(told.at(-1)).toMatchObject({
    state: 'failed',
    problem: { code: 'UpdateFailed', params: { reason: 'EACCES' } },
  });
});

test('what could not be loaded is loaded anew at the next look', async () => {
  const look = vi.fn(async () => null);
  const load = vi.fn<UpdaterRooms['load']>(async () => ({ look }) as unknown as UpdateEngine);
  load.mockRejectedValueOnce(new Error('gone'));
  start('ask', {}, load);
  await vi.advanceTimersByTimeAsync(2 * HOUR);
  expect(look).toHaveBeenCalledOnce();
  expect(told.at(-1)).toMatchObject({ state: 'none', problem: null });
});
