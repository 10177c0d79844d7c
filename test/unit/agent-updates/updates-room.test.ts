import { describe, expect, test } from 'vitest';
import { UpdatesRoom } from '../../../src/agent/updates/updates-room.ts';
import type { ProcedureArguments } from '../../../src/contract/procedures.ts';

type Told = ProcedureArguments<'update.report'>;
const told = (more: Partial<Told> = {}): Told => ({
  state: 'none',
  version: null,
  progress: null,
  checkedAt: 1,
  problem: null,
  ...more,
});
const unavailable = (reason: string) => ({ code: 'UpdatesUnavailable' as const, params: { reason } });

describe('what the agent knows of the update', () => {
  test('it is what the tray told last; each thing told is a change, and answers the wish', () => {
    const room = new UpdatesRoom();
    const tray = {};
    let changes = 0;
    room.onChange(() => changes++);
    room.report(told(), tray);
    room.wish({ wish: 'check', now: false });
    expect(room.view().wish).toBe('check');
    room.report(told({ state: 'available', version: '0.2.0' }), tray);
    expect(room.view()).toEqual({
      ...told({ state: 'available', version: '0.2.0' }),
      wish: null,
    });
    expect(changes).toBe(3);
  });

  test('an installation that may not wait is told apart', () => {
    const room = new UpdatesRoom();
    room.report(told({ state: 'held', version: '0.2.0' }), {});
    room.wish({ wish: 'install', now: false });
    expect(room.view().wish).toBe('install');
    room.wish({ wish: 'install', now: true });
    expect(room.view().wish).toBe('installNow');
    room.wish({ wish: 'download', now: true });
    expect(room.view().wish).toBe('download');
  });

  test('without a tray nothing can be asked for; another tray that goes takes nothing with it', () => {
    const room = new UpdatesRoom();
    const ask = () => room.wish({ wish: 'check', now: false });
    expect(ask).toThrow(
      expect.objectContaining({ code: 'UpdatesUnavailable', params: { reason: 'no tray' } }),
    );
    const [tray, other] = [{}, {}];
    room.report(told({ state: 'ready', version: '0.2.0' }), tray);
    room.gone(other);
    expect(room.view().state).toBe('ready');
    ask();
    room.gone(tray);
    expect(room.view()).toMatchObject({ state: 'none', version: null, wish: null });
    expect(ask).toThrow();
  });

  test('a copy that cannot replace itself may look again, and says where the new version is', () => {
    const room = new UpdatesRoom();
    const reason = 'deb: https://updates.example/releases';
    room.report(told({ state: 'available', version: '0.2.0', problem: unavailable(reason) }), {});
    for (const wish of ['download', 'install'] as const)
      expect(() => room.wish({ wish, now: false })).toThrow(
        expect.objectContaining({ code: 'UpdatesUnavailable', params: { reason } }),
      );
    room.wish({ wish: 'check', now: false });
    expect(room.view().wish).toBe('check');
    room.report(told({ problem: unavailable('source') }), {});
    expect(() => room.wish({ wish: 'check', now: false })).toThrow();
  });
});
