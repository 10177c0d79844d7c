import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { busNotifier } from '../../../src/tray/bus-notifier.ts';
import { openBus } from '../../../src/tray/desktop-bus.ts';
import { LinuxPresence } from '../../../src/tray/linux-presence.ts';
import { BusConnection, startBus } from '../../support/desktop/dbus.ts';
import { desktopMissing } from '../../support/desktop/needs.ts';
import { ordinaryUser } from '../../support/desktop/ordinary-user.ts';
import { Processes } from '../../support/desktop/processes.ts';
import { giveTo, LOGIN_SESSION, startPower } from '../../support/desktop/session-parts.ts';

const missing = desktopMissing();

describe.skipIf(missing !== undefined)(
  `the desktop on a real message bus${missing ? `: ${missing}` : ''}`,
  () => {
    let folder: string;
    let processes: Processes;
    let bus: BusConnection;
    /** What a test starts for itself. */
    let parts: Processes | undefined;
    let address: string;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'bt-bus-'));
      chmodSync(folder, 0o755);
      const user = ordinaryUser();
      giveTo(user, folder);
      processes = new Processes(user, 'desktop-bus-test');
      const env = { PATH: process.env.PATH, ...processes.mark };
      const at = { socket: join(folder, 'bus'), config: join(folder, 'bus.conf'), env, cwd: '/' };
      address = await startBus(processes, at);
    });
    // Whatever a test owns on the bus goes with it.
    beforeEach(async () => {
      bus = await BusConnection.open(address);
    });
    afterEach(async () => {
      bus?.close();
      await parts?.stop();
      parts = undefined;
    });
    afterAll(async () => {
      await processes?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    const open = async () => {
      const opened = await openBus('session', { DBUS_SESSION_BUS_ADDRESS: address });
      if (opened === null) throw new Error('the bus cannot be opened');
      return opened;
    };

    test('a watch says at first that there is no owner, then that one comes, goes and comes again', async () => {
      const desktop = await open();
      const said: boolean[] = [];
      await desktop.watchName('org.example.Late', (owned) => said.push(owned));
      expect(said).toEqual([false]);
      await bus.ownName('org.example.Other');
      await bus.ownName('org.example.Late');
      await expect.poll(() => said).toEqual([false, true]);
      await bus.releaseName('org.example.Late');
      await bus.ownName('org.example.Late');
      await expect.poll(() => said).toEqual([false, true, false, true]);
      desktop.close();
    });

    test('a watch says at first that there is an owner', async () => {
      await bus.ownName('org.example.Early');
      const desktop = await open();
      const said: boolean[] = [];
      await desktop.watchName('org.example.Early', (owned) => said.push(owned));
      expect(said).toEqual([true]);
      desktop.close();
    });

    test('a press on a button is believed of the notification daemon alone', async () => {
      const NAME = 'org.freedesktop.Notifications';
      const path = '/org/freedesktop/Notifications';
      const daemon = await BusConnection.open(address);
      let shown = 0;
      daemon.serve({
        path,
        interface: NAME,
        methods: {
          GetCapabilities: { signature: 'as', answer: () => [['actions']] },
          Notify: { signature: 'u', answer: () => [++shown] },
        },
      });
      await daemon.ownName(NAME);
      const desktop = await open();
      const notifier = await busNotifier(desktop);
      const pressed: (number | null)[] = [];
      notifier.show({ title: 't', body: 'b', label: 'Open', buttons: ['Allow', 'Deny'] }, (button) =>
        pressed.push(button),
      );
      await expect.poll(() => shown).toBe(1);
      bus.emit(path, NAME, 'ActionInvoked', 'us', [1, '0']);
      // The bus keeps the order of what is sent: after an answer to the other, the daemon's comes later.
      await bus.call({
        destination: NAME,
        path,
        interface: NAME,
        member: 'GetCapabilities',
      });
      daemon.emit(path, NAME, 'ActionInvoked', 'us', [1, '1']);
      await expect.poll(() => pressed).toEqual([1]);
      desktop.close();
      daemon.close();
    });

    test('without a bus there is none, and nothing is thrown', async () => {
      expect(await openBus('session', { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere/bus' })).toBeNull();
      expect(await openBus('session', {})).toBeNull();
      expect(await openBus('session', { DBUS_SESSION_BUS_ADDRESS: 'nonsense' })).toBeNull();
    });

    test('who is there, as logind and screen savers tell it', async () => {
      const user = ordinaryUser();
      parts = new Processes(user, 'desktop-bus-parts');
      // One bus plays both parts here.
      const env = { PATH: process.env.PATH, DBUS_SYSTEM_BUS_ADDRESS: address, ...parts.mark };
      const power = await startPower({ env, home: folder, user, processes: parts }, bus);
      const desktop = await open();
      let changes = 0;
      const presence = new LinuxPresence({
        session: desktop,
        system: desktop,
        changed: () => changes++,
        env: { XDG_SESSION_ID: LOGIN_SESSION },
      });
      await presence.start();
      const logind = async () => (await presence.read()).logind;
      await expect.poll(logind).toEqual({ idleHint: false, idleSinceAt: 0, lockedHint: false });
      const before = changes;
      await power.lock(true);
      await expect.poll(() => changes).toBeGreaterThan(before);
      await expect.poll(logind).toMatchObject({ lockedHint: true });
      await power.idle(true, 1_750_000_000_000);
      await expect.poll(logind).toEqual({ idleHint: true, idleSinceAt: 1_750_000_000_000, lockedHint: true });

      expect((await presence.read()).screenSaverActive).toBeNull();
      let active = true;
      const name = 'org.gnome.ScreenSaver';
      bus.serve({
        path: '/org/gnome/ScreenSaver',
        interface: name,
        methods: { GetActive: { signature: 'b', answer: () => [active] } },
      });
      await bus.ownName(name);
      await expect.poll(async () => (await presence.read()).screenSaverActive).toBe(true);
      active = false;
      bus.emit('/org/gnome/ScreenSaver', name, 'ActiveChanged', 'b', [false]);
      await expect.poll(async () => (await presence.read()).screenSaverActive).toBe(false);

      const idle = 'org.gnome.Mutter.IdleMonitor';
      bus.serve({
        path: '/org/gnome/Mutter/IdleMonitor/Core',
        interface: idle,
        methods: { GetIdletime: { signature: 't', answer: () => [4321n] } },
      });
      await bus.ownName(idle);
      await expect.poll(async () => (await presence.read()).idleMs).toBe(4321);
      desktop.close();
    });
  },
);
