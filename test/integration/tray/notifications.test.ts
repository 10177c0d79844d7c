/** Notifications on a real message bus, by the double and by a real daemon (dunst) on a real display. */
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Snapshot } from '../../../src/contract/state.ts';
import type { BudgetView } from '../../../src/contract/usage.ts';
import type { MenuAction } from '../../../src/domain/menu/menu-entries.ts';
import { OUTAGE_MS } from '../../../src/domain/notices/outage-notice.ts';
import { createTranslator, type ShownLanguage } from '../../../src/locales/index.ts';
import { busNotifier } from '../../../src/tray/bus-notifier.ts';
import { type DesktopBus, openBus } from '../../../src/tray/desktop-bus.ts';
import { Notifications } from '../../../src/tray/notifications.ts';
import { say } from '../../../src/tray/say.ts';
import { BusConnection, startBus } from '../../support/desktop/dbus.ts';
import { Dunst, dunstMissing } from '../../support/desktop/dunst.ts';
import { desktopMissing } from '../../support/desktop/needs.ts';
import { Notifications as Daemon } from '../../support/desktop/notifications.ts';
import { type OrdinaryUser, ordinaryUser } from '../../support/desktop/ordinary-user.ts';
import { Processes } from '../../support/desktop/processes.ts';
import { giveTo, type Place, startDisplay } from '../../support/desktop/session-parts.ts';
import { AT, prompt, session, snapshot, ssoSession } from '../../support/tray/snapshots.ts';

const missing = desktopMissing();
const artefacts = join(import.meta.dirname, '..', '..', '..', 'test-artefacts', 'notifications');

/** The tray's side: what it knows, and what a press made it do. */
class Side {
  readonly bus: DesktopBus;
  readonly notifications: Notifications;
  readonly did: MenuAction[] = [];
  shown: Snapshot | null = snapshot(AT);
  now = AT;

  private constructor(bus: DesktopBus, language: ShownLanguage) {
    this.bus = bus;
    const translator = createTranslator(language);
    this.notifications = new Notifications({
      snapshot: () => this.shown,
      clock: () => ({ now: this.now, awakeMs: this.now - AT, minuteOfDay: 12 * 60 }),
      looking: () => false,
      say: (message) => say(translator, message),
      perform: (action) => this.did.push(action),
    });
  }

  static async start(address: string, language: ShownLanguage = 'en', patienceMs = 5_000): Promise<Side> {
    const bus = await openBus('session', { DBUS_SESSION_BUS_ADDRESS: address }, patienceMs);
    if (bus === null) throw new Error('the bus cannot be opened');
    const side = new Side(bus, language);
    side.notifications.showBy(await busNotifier(bus));
    return side;
  }

  change(more: Partial<Snapshot>): void {
    if (this.shown === null) throw new Error('nothing is known');
    this.shown = { ...this.shown, ...more };
    this.notifications.update();
  }

  close(): void {
    this.notifications.close();
    this.bus.close();
  }
}

const daemonCall = (member: string) => ({
  destination: 'org.freedesktop.Notifications',
  path: '/org/freedesktop/Notifications',
  interface: 'org.freedesktop.Notifications',
  member,
});
const expired = (count = 1, roleName = 'BedrockDeveloper'): Partial<Snapshot> => ({
  prompt: prompt(AT, { count, roleName }),
  ssoSessions: [ssoSession(AT, { state: 'expired', expiresAt: AT - 1 })],
});
const alive: Partial<Snapshot> = { prompt: null, ssoSessions: [ssoSession(AT)] };
const asks = (text: string, id = 'r1') =>
  session(AT, {
    activity: {
      state: 'needsYou',
      sinceAt: AT,
      request: { id, kind: 'permission', tool: 'Bash', text, sinceAt: AT, answerable: true },
      seen: true,
      reason: null,
      background: 0,
    },
  });

describe.skipIf(missing !== undefined)(`notifications over D-Bus${missing ? `: ${missing}` : ''}`, () => {
  let folder: string;
  let user: OrdinaryUser;
  let processes: Processes;
  let address: string;
  let env: NodeJS.ProcessEnv;
  let side: Side;
  const buses: BusConnection[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bt-told-'));
    chmodSync(folder, 0o755);
    user = ordinaryUser();
    giveTo(user, folder);
    processes = new Processes(user, 'notifications-test');
    env = { PATH: '/usr/bin:/bin', HOME: folder, LANG: 'C.UTF-8', ...processes.mark };
    address = await startBus(processes, {
      socket: join(folder, 'bus'),
      config: join(folder, 'bus.conf'),
      env,
      cwd: '/',
    });
  });
  afterAll(async () => {
    await processes?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    side = await Side.start(address);
  });
  afterEach(() => {
    side.close();
    for (const bus of buses.splice(0)) bus.close();
  });

  const open = async (): Promise<BusConnection> => {
    const bus = await BusConnection.open(address);
    buses.push(bus);
    return bus;
  };
  /** A daemon comes; `die` takes it off the bus as a crash does. */
  const daemon = async (options: Parameters<typeof Daemon.start>[1] = {}) => {
    const bus = await open();
    const double = await Daemon.start(bus, options);
    return {
      double,
      bus,
      die: async () => {
        bus.close();
        const watcher = await open();
        await expect.poll(() => watcher.owner('org.freedesktop.Notifications')).toBeUndefined();
      },
    };
  };
  /**
   * The tray has heard all that a daemon sent before this, and has asked the bus who that was: the bus keeps the order
   * of what each connection sends.
   */
  const heard = async (from: BusConnection) => {
    await from.owner('org.freedesktop.Notifications');
    const to = { destination: 'org.freedesktop.DBus', path: '/', interface: 'org.freedesktop.DBus' };
    for (let n = 0; n < 2; n++) await side.bus.call({ ...to, member: 'GetId' });
  };
  const titles = (of: readonly { summary: string }[]) => of.map((n) => n.summary);

  describe('the double', () => {
    test('each is shown with its words and what can be decided; a press does what it is about', async () => {
      const { double } = await daemon();
      side.change(expired());
      const first = await double.waitFor((n) => n.summary === 'Sign in to corp');
      expect(first.app).toBe('Bedrock Tray');
      expect(first.hints).toEqual({ 'desktop-entry': 'bedrock-tray' });
      expect(first.actions).toEqual(['default', 'Sign in', '0', 'Remind me in 15 min']);
      double.press(first.id);
      await expect.poll(() => side.did).toEqual([{ type: 'signIn', ssoSession: 'corp' }]);
      side.change(expired(2));
      const second = await double.waitFor((n) => n.id !== first.id);
      double.press(second.id, '0');
      await expect.poll(() => side.did).toHaveLength(2);
      expect(side.did[1]).toEqual({ type: 'snooze', minutes: 15 });
      // What it never offered does nothing.
      side.change(expired(3));
      const third = await double.waitFor((n) => n.id > second.id);
      double.press(third.id, '7');
      side.change(alive);
      const news = await double.waitFor((n) => n.summary === 'Signed in to corp again');
      expect(side.did).toHaveLength(2);
      double.press(news.id);
      await expect.poll(() => side.did).toHaveLength(3);
      expect(side.did[2]).toEqual({ type: 'openWindow', place: 'overview' });
    });

    test('a press on what was settled a moment before shows it, and does nothing again', async () => {
      const { double, bus } = await daemon();
      const press = async (cause: Partial<Snapshot>, action?: string) => {
        const { length } = double.shown;
        side.change(cause);
        await expect.poll(() => double.shown.length).toBe(length + 1);
        // Known here, and not told to the notifications yet.
        side.shown = snapshot(AT, { sessions: [session(AT)], settings: silent });
        double.press(double.shown[length]?.id ?? 0, action);
        await heard(bus);
      };
      const { settings } = snapshot(AT);
      const silent = { ...settings, notifications: { ...settings.notifications, signedIn: false } };
      await press({ sessions: [asks('npm test')] }, '0');
      await press({ sessions: [asks('npm test', 'r2')] });
      await press(expired());
      expect(side.did).toEqual([
        { type: 'openSession', id: asks('').id },
        { type: 'openWindow', place: 'overview' },
      ]);
    });

    test('markup in names is text: escaped for who reads markup, as it is for who does not', async () => {
      const hostile = 'A<img src=x> & <b>B</b>';
      const reads = await daemon();
      side.change(expired(1, hostile));
      const one = await reads.double.waitFor(() => true);
      expect(one.body).toContain('role A&lt;img src=x&gt; &amp; &lt;b&gt;B&lt;/b&gt;.');
      side.change(alive);
      await reads.die();
      const plain = await daemon({ capabilities: ['body'] });
      side.change(expired(2, hostile));
      const other = await plain.double.waitFor((n) => n.summary === 'Sign in to corp');
      expect(other.body).toContain(`role ${hostile}.`);
      // It shows no buttons: none are sent.
      expect(other.actions).toEqual([]);
    });

    test('missing: nothing is lost, and what still holds is shown once when one comes', async () => {
      side.change({ ...expired(), sessions: [asks('rm -r build')] });
      side.change({ sessions: [] });
      const { double } = await daemon();
      await double.waitFor((n) => n.summary === 'Sign in to corp');
      side.change({ sessions: [asks('ls', 'r2')] });
      await double.waitFor((n) => n.body.endsWith('ls'));
      expect(titles(double.shown)).toEqual(['Sign in to corp', 'Claude Code asks in billing-service']);
    });

    test('restarted: what stood there comes again, what a person closed does not, old numbers press nothing', async () => {
      const first = await daemon();
      side.change({ ...expired(), sessions: [asks('npm test')] });
      await expect.poll(() => first.double.open.length).toBe(2);
      const closed = first.double.open.find((n) => n.summary === 'Sign in to corp');
      first.double.close(closed?.id ?? 0);
      await heard(first.bus);
      await first.die();
      const second = await daemon();
      const again = await second.double.waitFor(() => true);
      expect(again.summary).toBe('Claude Code asks in billing-service');
      // Number 2 was the question's; here it is nobody's.
      second.double.press(2, '0');
      second.double.press(again.id, '1');
      await expect
        .poll(() => side.did)
        .toEqual([{ type: 'answer', id: asks('').id, request: 'r1', decision: 'deny' }]);
      expect(second.double.shown).toHaveLength(1);
      side.change({ sessions: [] });
      await expect.poll(() => second.double.open).toEqual([]);
    });

    test.each(['all', 'shows'] as const)(
      'slow (%s): waited for without asking twice; what is over meanwhile goes once it has a number',
      async (slow) => {
        let answer = () => {};
        const until = new Promise<void>((resolve) => {
          answer = resolve;
        });
        const { double, bus } = await daemon({ until, slow });
        side.close();
        side = await Side.start(address, 'en', 1_500);
        side.change(expired());
        // Answered after what the tray has asked, so that it sends now, and has sent when the bus has answered again.
        if (slow === 'shows') await side.bus.call(daemonCall('GetCapabilities'), '', [], 'patient');
        await heard(bus);
        side.change(expired(2));
        side.change({ ...expired(2), sessions: [asks('npm test')] });
        side.change({ sessions: [] });
        // Anything else is given up by now.
        const impatient = side.bus.call(daemonCall('Notify'), 'susssasa{sv}i', [
          'a test',
          0,
          '',
          'given up',
          '',
          [],
          {},
          -1,
        ]);
        await expect(impatient).rejects.toThrow('does not answer');
        expect(double.shown).toEqual([]);
        answer();
        await double.waitFor((n) => n.summary === 'Sign in to corp');
        await expect.poll(() => titles(double.open).sort()).toEqual(['Sign in to corp', 'given up']);
        // The first had been sent when it was over.
        const shown = titles(double.shown).filter((title) => title === 'Sign in to corp');
        expect(shown).toHaveLength(slow === 'all' ? 1 : 2);
      },
    );

    test('one that falls over on what it is told is not fed for ever', async () => {
      side.change(expired());
      for (let n = 0; n < 5; n++) {
        const bus = await open();
        let asked = 0;
        bus.serve({
          path: '/org/freedesktop/Notifications',
          interface: 'org.freedesktop.Notifications',
          methods: {
            GetCapabilities: { signature: 'as', answer: () => [[]] },
            Notify: {
              signature: 'u',
              answer: () => {
                asked += 1;
                bus.close();
                return new Promise(() => {});
              },
            },
          },
        });
        await bus.ownName('org.freedesktop.Notifications');
        const probe = await open();
        if (n < 2) {
          await expect.poll(() => probe.owner('org.freedesktop.Notifications')).toBeUndefined();
          expect(asked).toBe(1);
        } else {
          // The first try found nobody; two more were made. This one is left in peace.
          await heard(bus);
          expect(asked).toBe(0);
          await bus.releaseName('org.freedesktop.Notifications');
        }
      }
    });

    test('closed with the tray: nothing of it is left on the screen', async () => {
      const { double, bus } = await daemon();
      side.change(expired());
      await expect.poll(() => double.open.length).toBe(1);
      await heard(bus);
      side.close();
      await expect.poll(() => double.open.length).toBe(0);
    });
  });

  const noDunst = dunstMissing();
  describe.skipIf(noDunst !== undefined)(`dunst${noDunst ? `: ${noDunst}` : ''}`, () => {
    let place: Place;
    let bus: BusConnection;

    beforeAll(async () => {
      mkdirSync(artefacts, { recursive: true });
      place = { env, home: folder, user, processes };
      const display = await startDisplay(place, { width: 460, height: 560 });
      place = { ...place, env: { ...env, ...display, DBUS_SESSION_BUS_ADDRESS: address } };
      bus = await BusConnection.open(address);
    });
    afterAll(() => bus?.close());

    test('shows text as text, a press acts, a daemon that fell over is followed by the next', async () => {
      side.change(expired(1, '<b>R</b> & <a href="https://evil.example">x</a>'));
      // It comes after what it is to show.
      let dunst = await Dunst.start(place, bus);
      await expect.poll(() => dunst.displayed()).toBe(1);
      const picture = join(folder, 'hostile.png');
      await dunst.picture(picture);
      copyFileSync(picture, join(artefacts, 'hostile.png'));
      await dunst.die();
      dunst = await Dunst.start(place, bus);
      await expect.poll(() => dunst.displayed()).toBe(1);
      await dunst.press(2);
      await expect.poll(() => side.did).toEqual([{ type: 'signIn', ssoSession: 'corp' }]);
      await expect.poll(() => dunst.displayed()).toBe(0);
      const [gone] = await dunst.history();
      expect(gone?.body).toContain(
        'role &lt;b&gt;R&lt;/b&gt; &amp; &lt;a href="https://evil.example"&gt;x&lt;/a&gt;.',
      );
      // Put away by a person: that is that, until there is another cause.
      side.change(expired(2));
      await expect.poll(() => dunst.displayed()).toBe(1);
      await dunst.press(1);
      await expect.poll(() => dunst.displayed()).toBe(0);
      side.change({ recentFolders: ['/srv'] });
      side.change(alive);
      await expect.poll(() => dunst.displayed()).toBe(1);
      expect(side.did).toHaveLength(1);
      side.close();
      await expect.poll(() => dunst.displayed()).toBe(0);
      expect((await dunst.history())[0]?.summary).toBe('Signed in to corp again');
      await dunst.die();
    });

    test.each(['en', 'zh-CN'] as const)('a picture of every kind, %s', async (language) => {
      const dunst = await Dunst.start(place, bus);
      side.close();
      side = await Side.start(address, language);
      const { settings } = snapshot(AT);
      const other = '22222222-2222-4222-8222-222222222222';
      const meter = { ...emptyMeter, costUsd: 8.4 };
      side.change({
        settings: { ...settings, notifications: { ...settings.notifications, done: true } },
        network: { state: 'offline', sinceAt: AT },
      });
      side.now += OUTAGE_MS;
      side.change({
        ...expired(),
        sessions: [
          asks('npm run build && npm test -- --run <all>'),
          session(AT, {
            id: other,
            name: 'docs',
            cwd: '/home/dana/src/docs',
            cap: { usd: 10, stop: false },
            meter,
          }),
          {
            ...session(AT, {
              id: other.replaceAll('2', '3'),
              name: 'web & shop',
              cwd: '/home/dana/src/web & shop',
            }),
            activity: { state: 'done', sinceAt: AT, request: null, seen: false, reason: null, background: 0 },
          },
        ],
      });
      await expect.poll(() => dunst.displayed()).toBe(5);
      side.change({
        ...alive,
        ending: { ssoSession: 'corp', startUrl: '', endsAt: side.now + 9.5 * 60_000, stage: 10 },
      });
      await expect.poll(() => dunst.displayed()).toBe(6);
      const budget: BudgetView = {
        environment: 'work',
        budget: { usd: 40, period: 'month', refuse: true },
        spentUsd: 41.256,
        unpriced: true,
        from: '2026-11-01',
        to: '2026-11-30',
        stage: 100,
      };
      side.change({ usage: { revision: 1, pending: 0, budgets: [budget] } });
      await expect.poll(() => dunst.displayed()).toBe(7);
      const picture = join(folder, `${language}.png`);
      await dunst.picture(picture);
      copyFileSync(picture, join(artefacts, `${language}.png`));
      await dunst.die();
    });
  });
});

const emptyMeter = {
  costUsd: null,
  model: null,
  contextTokens: null,
  contextSize: null,
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  at: AT,
};
