import { type BusConnection, type BusMessage, type BusValue, variant } from './dbus.ts';
import { pngOfArgb } from './png.ts';
import { Changes, waitUntil } from './wait.ts';

const WATCHER = 'org.kde.StatusNotifierWatcher';
const WATCHER_PATH = '/StatusNotifierWatcher';
const ITEM = 'org.kde.StatusNotifierItem';
const MENU = 'com.canonical.dbusmenu';
const PROPERTIES = 'org.freedesktop.DBus.Properties';

/** One entry of a tray menu as a person sees it. */
export type MenuEntry = {
  /** Without mnemonic underscores; empty for a separator. */
  readonly label: string;
  readonly type: 'normal' | 'separator' | 'checkbox' | 'radio' | 'submenu';
  readonly enabled: boolean;
  /** Only for checkbox and radio. */
  readonly toggleState?: boolean;
  /** Only for a submenu. */
  readonly children?: readonly MenuEntry[];
};

/** What a panel shows of an item. */
export type TrayProperties = {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly toolTip: string;
  readonly menuPath: string;
  /** PNG bytes of the largest pixmap; `undefined` when the item has none. */
  readonly icon: Buffer | undefined;
};

type Identified = {
  readonly id: number;
  readonly entry: MenuEntry;
  readonly children: readonly Identified[];
};

/** Stands for the panel: keeps the list of tray icons, as KDE's or Xfce's watcher does. */
export class StatusNotifierWatcher {
  readonly #bus: BusConnection;
  #items: string[] = [];

  private constructor(bus: BusConnection) {
    this.#bus = bus;
  }

  /** Puts the watcher on the bus. Electron looks for it once at start: begin before the app. */
  static async start(bus: BusConnection): Promise<StatusNotifierWatcher> {
    const watcher = new StatusNotifierWatcher(bus);
    bus.serve({
      path: WATCHER_PATH,
      interface: WATCHER,
      methods: {
        RegisterStatusNotifierItem: {
          signature: '',
          answer: ([service], sender) => {
            watcher.#register(String(service), sender);
            return [];
          },
        },
        RegisterStatusNotifierHost: { signature: '', answer: () => [] },
      },
      properties: () => ({
        RegisteredStatusNotifierItems: variant('as', watcher.#items),
        IsStatusNotifierHostRegistered: variant('b', true),
        ProtocolVersion: variant('i', 0),
      }),
    });
    await bus.onSignal({ interface: 'org.freedesktop.DBus', member: 'NameOwnerChanged' }, ({ body }) => {
      const [name, , owner] = body;
      if (owner === '') watcher.#forget(String(name));
    });
    await watcher.appear();
    return watcher;
  }

  /** The panel comes (back). */
  async appear(): Promise<void> {
    await this.#bus.ownName(WATCHER);
    this.#bus.emit(WATCHER_PATH, WATCHER, 'StatusNotifierHostRegistered', '', []);
  }

  /** The panel goes away (crashed, restarting), with all its items. */
  async vanish(): Promise<void> {
    this.#items = [];
    await this.#bus.releaseName(WATCHER);
  }

  #register(service: string, sender: string): void {
    // Ayatana's items register by path, all others by a bus name.
    const item = service.startsWith('/') ? `${sender}${service}` : `${service}/StatusNotifierItem`;
    this.#items = [...this.#items.filter((known) => known !== item), item];
    this.#bus.emit(WATCHER_PATH, WATCHER, 'StatusNotifierItemRegistered', 's', [item]);
  }

  #forget(name: string): void {
    const gone = this.#items.filter((item) => item.startsWith(`${name}/`));
    this.#items = this.#items.filter((item) => !gone.includes(item));
    for (const item of gone)
      this.#bus.emit(WATCHER_PATH, WATCHER, 'StatusNotifierItemUnregistered', 's', [item]);
  }
}

/** Waits for an event; where the time itself is promised, the test says so. */
const DEFAULT_TIMEOUT = 20_000;
/** What Electron answers to a press on an entry that is no more. */
const GONE = 'error occurred in Event';

/**
 * A panel's view of the tray, with whichever watcher is on the bus (ours or a real panel's).
 * Every read asks the newest item anew: Electron gives menus new ids, and an app may make its icon anew.
 */
export class TrayClient {
  readonly #bus: BusConnection;
  readonly #changes = new Changes();

  private constructor(bus: BusConnection) {
    this.#bus = bus;
  }

  static async open(bus: BusConnection): Promise<TrayClient> {
    const client = new TrayClient(bus);
    const changed = (_: BusMessage) => client.#changes.emit();
    for (const name of [WATCHER, ITEM, MENU]) await bus.onSignal({ interface: name }, changed);
    bus.names.on(() => client.#changes.emit());
    return client;
  }

  /** Items in the order of their registration, as `busname/objectpath`. */
  async items(): Promise<string[]> {
    if ((await this.#bus.owner(WATCHER)) === undefined) return [];
    const to = { destination: WATCHER, path: WATCHER_PATH, interface: PROPERTIES, member: 'Get' };
    return (await this.#bus.call(to, 'ss', [WATCHER, 'RegisteredStatusNotifierItems']))[0] as string[];
  }

  /** Waits for an icon (or, with `count` 0, for all of them to be gone). */
  async waitForItems(count = 1, timeoutMs = DEFAULT_TIMEOUT): Promise<string[]> {
    const enough = (items: string[]) => (count === 0 ? items.length === 0 : items.length >= count);
    return waitUntil(this.#changes, () => this.items(), enough, `${count} tray icons`, timeoutMs);
  }

  async #newest(): Promise<{ destination: string; path: string }> {
    const item = (await this.items()).at(-1);
    if (item === undefined) throw new Error('no tray icon is registered');
    const slash = item.indexOf('/');
    return { destination: item.slice(0, slash), path: item.slice(slash) };
  }

  /** Process id of the app that shows the icon. */
  async pid(): Promise<number> {
    return this.#bus.pidOf((await this.#newest()).destination);
  }

  async properties(): Promise<TrayProperties> {
    const item = await this.#newest();
    const [all] = await this.#bus.call({ ...item, interface: PROPERTIES, member: 'GetAll' }, 's', [ITEM]);
    const of = all as Record<string, BusValue | undefined>;
    // (sa(iiay)ss): icon name, icon, title, text. Electron puts its tool tip into the title.
    const toolTip = (of.ToolTip ?? []) as BusValue[];
    const pixmaps = ((of.IconPixmap ?? []) as [number, number, Buffer][]).filter(([width]) => width > 0);
    const largest = pixmaps.sort((a, b) => b[0] - a[0])[0];
    return {
      id: String(of.Id ?? ''),
      title: String(of.Title ?? ''),
      status: String(of.Status ?? ''),
      toolTip: [toolTip[2], toolTip[3]].filter((part) => part !== undefined && part !== '').join('\n'),
      menuPath: String(of.Menu ?? ''),
      icon: largest && pngOfArgb(largest[0], largest[1], Buffer.from(largest[2])),
    };
  }

  async waitForProperties(
    accept: (properties: TrayProperties) => boolean,
    timeoutMs = DEFAULT_TIMEOUT,
  ): Promise<TrayProperties> {
    return waitUntil(this.#changes, () => this.properties(), accept, 'tray icon properties', timeoutMs);
  }

  async #layout(): Promise<{ menu: { destination: string; path: string }; root: Identified }> {
    const { destination } = await this.#newest();
    const menu = { destination, path: (await this.properties()).menuPath };
    // A panel announces that it is about to show the menu; who does not know the call says so.
    await this.#bus.call({ ...menu, interface: MENU, member: 'AboutToShow' }, 'i', [0]).catch(() => []);
    const to = { ...menu, interface: MENU, member: 'GetLayout' };
    const [, layout] = await this.#bus.call(to, 'iias', [0, -1, []]);
    return { menu, root: readNode(layout as LayoutNode) };
  }

  /** The menu as it is now; entries that are not visible are left out. */
  async menu(): Promise<readonly MenuEntry[]> {
    return (await this.#layout()).root.entry.children ?? [];
  }

  /** The menu, as soon as it pleases `accept`: reads anew at every change that the app signals. */
  async waitForMenu(
    accept: (menu: readonly MenuEntry[]) => boolean,
    timeoutMs = DEFAULT_TIMEOUT,
  ): Promise<readonly MenuEntry[]> {
    return waitUntil(this.#changes, () => this.menu(), accept, 'tray menu', timeoutMs);
  }

  /**
   * Clicks an entry by its labels from the top: `click(['Region', /us-east-1/])`. Disabled entries are refused. A menu
   * that was made anew between the look and the press knows the entry no more: it is looked at again, as panels do.
   */
  async click(labels: readonly (string | RegExp)[]): Promise<void> {
    for (let looks = 1; ; looks++) {
      try {
        return await this.#clickNow(labels);
      } catch (error) {
        if (looks === 5 || (error as Error).message !== GONE) throw error;
      }
    }
  }

  async #clickNow(labels: readonly (string | RegExp)[]): Promise<void> {
    const { menu, root } = await this.#layout();
    let node = root;
    for (const label of labels) {
      const next = node.children.find(({ entry }) =>
        typeof label === 'string' ? entry.label === label : label.test(entry.label),
      );
      if (next === undefined) {
        const there = node.children.map(({ entry }) => entry.label || '---').join(', ');
        throw new Error(`no entry ${String(label)} in the tray menu; there are: ${there}`);
      }
      if (!next.entry.enabled) throw new Error(`the entry "${next.entry.label}" is disabled`);
      node = next;
    }
    const to = { ...menu, interface: MENU, member: 'Event' };
    const now = Math.floor(performance.now());
    await this.#bus.call(to, 'isvu', [node.id, 'clicked', variant('i', 0), now]);
  }

  /** What a panel does on a left click of the icon. */
  async activate(): Promise<void> {
    await this.#bus.call({ ...(await this.#newest()), interface: ITEM, member: 'Activate' }, 'ii', [0, 0]);
  }
}

type LayoutNode = [id: number, properties: Record<string, BusValue | undefined>, children: LayoutNode[]];

function readNode([id, of, below]: LayoutNode): Identified {
  const children = below.map(readNode).filter((_, index) => below[index]?.[1].visible !== false);
  const toggle = of['toggle-type'];
  const kind =
    of.type === 'separator'
      ? 'separator'
      : toggle === 'checkmark'
        ? 'checkbox'
        : toggle === 'radio'
          ? 'radio'
          : of['children-display'] === 'submenu' || below.length > 0
            ? 'submenu'
            : 'normal';
  const entry: MenuEntry = {
    label: kind === 'separator' ? '' : String(of.label ?? '').replace(/_(_?)/g, '$1'),
    type: kind,
    enabled: of.enabled !== false,
    ...(kind === 'checkbox' || kind === 'radio' ? { toggleState: of['toggle-state'] === 1 } : {}),
    ...(kind === 'submenu' ? { children: children.map((child) => child.entry) } : {}),
  };
  return { id, entry, children };
}
