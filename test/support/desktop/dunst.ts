import { chownSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BusConnection } from './dbus.ts';
import { runAs } from './processes.ts';
import type { Place } from './session-parts.ts';

const NAME = 'org.freedesktop.Notifications';

/** Why the real notification daemon cannot run here, for the name of a skipped test. */
export function dunstMissing(): string | undefined {
  return existsSync('/usr/bin/dunst') ? undefined : 'apt-get install dunst';
}

/** Dunst: a real notification daemon, on a display and a bus of their own. */
export class Dunst {
  readonly #place: Place;
  readonly #bus: BusConnection;
  readonly #pid: number;

  private constructor(place: Place, bus: BusConnection, pid: number) {
    this.#place = place;
    this.#bus = bus;
    this.#pid = pid;
  }

  /** `place.env` names display and bus. */
  static async start(place: Place, bus: BusConnection): Promise<Dunst> {
    const { env, home, user, processes } = place;
    const config = join(home, 'dunstrc');
    // The first one lies at the top left, so that a pointer finds it; nothing goes by itself.
    writeFileSync(
      config,
      `[global]
    origin = top-left
    offset = 10x10
    width = 420
    height = 200
    notification_limit = 10
    font = DejaVu Sans 10
    frame_width = 1
    markup = full
    format = "<b>%s</b>\\n%b"
    word_wrap = yes
    ellipsize = end
    show_indicators = no
    history_length = 50
    mouse_left_click = close_current
    mouse_middle_click = do_action, close_current
[urgency_normal]
    timeout = 0
`,
    );
    if (!user.isSelf) chownSync(config, user.uid, user.gid);
    const { pid } = await processes.start('/usr/bin/dunst', ['-conf', config], { env, cwd: home });
    await bus.waitForName(NAME);
    return new Dunst(place, bus, pid);
  }

  /** How many stand on the screen. */
  async displayed(): Promise<number> {
    const [count] = await this.#bus.call(
      {
        destination: NAME,
        path: '/org/freedesktop/Notifications',
        interface: 'org.freedesktop.DBus.Properties',
        member: 'Get',
      },
      'ss',
      ['org.dunstproject.cmd0', 'displayedLength'],
    );
    return Number(count);
  }

  /** What has gone from the screen, the newest first: texts as it shows them, markup and all. */
  async history(): Promise<{ summary: string; body: string }[]> {
    const answer = await this.#bus.call({
      destination: NAME,
      path: '/org/freedesktop/Notifications',
      interface: 'org.dunstproject.cmd0',
      member: 'NotificationListHistory',
    });
    return (answer[0] as Record<string, unknown>[]).map(({ summary, body }) => ({
      summary: String(summary),
      body: String(body),
    }));
  }

  /** Takes all from the screen. */
  async clear(): Promise<void> {
    await this.#bus.call({
      destination: NAME,
      path: '/org/freedesktop/Notifications',
      interface: 'org.dunstproject.cmd0',
      member: 'NotificationCloseAll',
    });
  }

  /** A person presses the topmost one (2: what it is about, 1: away with it). */
  async press(button: 1 | 2): Promise<void> {
    await this.#run('xdotool', ['mousemove', '120', '40', 'click', String(button)]);
  }

  async picture(file: string): Promise<void> {
    await this.#run('import', ['-window', 'root', file]);
  }

  /** It falls over. */
  async die(): Promise<void> {
    process.kill(this.#pid, 'SIGKILL');
    for (const end = Date.now() + 20_000; (await this.#bus.owner(NAME)) !== undefined; ) {
      if (Date.now() > end) throw new Error('dunst did not end');
    }
  }

  #run(command: string, args: readonly string[]): Promise<string> {
    const { user, env, home } = this.#place;
    return runAs(user, command, args, { env, cwd: home });
  }
}
