import type { BusConnection, BusValue } from './dbus.ts';
import { Changes, waitUntil } from './wait.ts';

const NAME = 'org.freedesktop.Notifications';
const PATH = '/org/freedesktop/Notifications';

/** A notification as the app sent it. */
export type ShownNotification = {
  readonly id: number;
  readonly replaces: number;
  readonly app: string;
  readonly summary: string;
  /** Raw, as a daemon that understands markup would get it. */
  readonly body: string;
  /** Ids and labels in turn. */
  readonly actions: readonly string[];
  readonly hints: Readonly<Record<string, BusValue>>;
};

/** Stands for the notification daemon: records what is shown and lets a test act as the person. */
export class Notifications {
  readonly #bus: BusConnection;
  readonly #changes = new Changes();
  readonly #shown: ShownNotification[] = [];
  readonly #closed = new Set<number>();
  #next = 1;

  private constructor(bus: BusConnection) {
    this.#bus = bus;
  }

  /** `until`: it does not answer before that, whatever it is asked, or only to what it is to show. */
  static async start(
    bus: BusConnection,
    {
      capabilities = ['actions', 'body', 'body-markup'],
      until,
      slow = 'all',
    }: { capabilities?: readonly string[]; until?: Promise<void>; slow?: 'all' | 'shows' } = {},
  ): Promise<Notifications> {
    const double = new Notifications(bus);
    const late = (is: boolean, answer: () => unknown[]) =>
      until === undefined || !is ? answer() : until.then(answer);
    bus.serve({
      path: PATH,
      interface: NAME,
      methods: {
        GetServerInformation: { signature: 'ssss', answer: () => ['double', 'tests', '1', '1.2'] },
        GetCapabilities: { signature: 'as', answer: () => late(slow === 'all', () => [capabilities]) },
        Notify: { signature: 'u', answer: (body) => late(true, () => [double.#notify(body)]) },
        CloseNotification: {
          signature: '',
          answer: ([id]) => {
            double.close(Number(id), 3);
            return [];
          },
        },
      },
    });
    await bus.ownName(NAME);
    return double;
  }

  /** All that were ever shown, oldest first. */
  get shown(): readonly ShownNotification[] {
    return this.#shown;
  }

  /** Those that are still on the screen. */
  get open(): readonly ShownNotification[] {
    return this.#shown.filter(({ id }) => !this.#closed.has(id));
  }

  /** The first notification that pleases `accept`, past or coming. */
  async waitFor(accept: (one: ShownNotification) => boolean, timeoutMs = 20_000): Promise<ShownNotification> {
    const found = await waitUntil(
      this.#changes,
      () => this.#shown.filter(accept),
      (matching) => matching.length > 0,
      `a notification among ${JSON.stringify(this.#shown.map((one) => one.summary))}`,
      timeoutMs,
    );
    return found[0] as ShownNotification;
  }

  /** The person presses it ('default') or one of its actions; as daemons do, it then closes. */
  press(id: number, action = 'default'): void {
    this.#bus.emit(PATH, NAME, 'ActionInvoked', 'us', [id, action]);
    this.close(id, 2);
  }

  /** Reasons: 1 expired, 2 dismissed by the person, 3 closed by the app. */
  close(id: number, reason: 1 | 2 | 3 = 2): void {
    if (this.#closed.has(id)) return;
    this.#closed.add(id);
    this.#bus.emit(PATH, NAME, 'NotificationClosed', 'uu', [id, reason]);
    this.#changes.emit();
  }

  #notify([app, replaces, , summary, body, actions, hints]: BusValue[]): number {
    const id = Number(replaces) || this.#next++;
    this.#closed.delete(id);
    this.#shown.push({
      id,
      replaces: Number(replaces),
      app: String(app),
      summary: String(summary),
      body: String(body),
      actions: actions as string[],
      hints: hints as Record<string, BusValue>,
    });
    this.#changes.emit();
    return id;
  }
}
