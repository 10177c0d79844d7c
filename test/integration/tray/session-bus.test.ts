import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { watchBusName } from '../../../src/tray/session-bus.ts';
import { BusConnection, startBus } from '../../support/desktop/dbus.ts';
import { desktopMissing } from '../../support/desktop/needs.ts';
import { ordinaryUser } from '../../support/desktop/ordinary-user.ts';
import { Processes } from '../../support/desktop/processes.ts';
import { giveTo } from '../../support/desktop/session-parts.ts';

const missing = desktopMissing();

describe.skipIf(missing !== undefined)(
  `watching a name on a real message bus${missing ? `: ${missing}` : ''}`,
  () => {
    let folder: string;
    let processes: Processes;
    let bus: BusConnection;
    let address: string;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'bt-bus-'));
      chmodSync(folder, 0o755);
      const user = ordinaryUser();
      giveTo(user, folder);
      processes = new Processes(user, 'session-bus-test');
      const env = { PATH: process.env.PATH, ...processes.mark };
      const at = { socket: join(folder, 'bus'), config: join(folder, 'bus.conf'), env, cwd: '/' };
      address = await startBus(processes, at);
      bus = await BusConnection.open(address);
    });
    afterAll(async () => {
      bus?.close();
      await processes?.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    /** What the watch says, one after the other. */
    function watched(name: string): { next(): Promise<boolean>; stop(): void } {
      const said: boolean[] = [];
      let wake = () => {};
      const stop = watchBusName(
        name,
        (owned) => {
          said.push(owned);
          wake();
        },
        { DBUS_SESSION_BUS_ADDRESS: address },
      );
      return {
        stop,
        next: async () => {
          while (said.length === 0) {
            await new Promise<void>((resolve, reject) => {
              const timer = setTimeout(() => reject(new Error('nothing was said in 5 s')), 5_000);
              wake = () => {
                clearTimeout(timer);
                resolve();
              };
            });
          }
          return said.shift() as boolean;
        },
      };
    }

    test('says at first that there is no owner, then that one comes, goes and comes again', async () => {
      const watch = watched('org.example.Late');
      expect(await watch.next()).toBe(false);
      await bus.ownName('org.example.Other');
      await bus.ownName('org.example.Late');
      expect(await watch.next()).toBe(true);
      await bus.releaseName('org.example.Late');
      expect(await watch.next()).toBe(false);
      await bus.ownName('org.example.Late');
      expect(await watch.next()).toBe(true);
      watch.stop();
    });

    test('says at first that there is an owner', async () => {
      await bus.ownName('org.example.Early');
      const watch = watched('org.example.Early');
      expect(await watch.next()).toBe(true);
      watch.stop();
    });

    test('without a bus it is silent and throws nothing', () => {
      watchBusName('x.y', () => expect.unreachable(), {
        DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere/bus',
      })();
      watchBusName('x.y', () => expect.unreachable(), {})();
    });
  },
);
