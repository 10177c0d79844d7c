import type { BusTarget, DesktopBus } from './desktop-bus.ts';
import { escapeMarkup } from './escape-markup.ts';
import type { Notifier, Told } from './notifier.ts';

const NAME = 'org.freedesktop.Notifications';
const daemon = (member: string): BusTarget => ({
  destination: NAME,
  path: '/org/freedesktop/Notifications',
  interface: NAME,
  member,
});
/** Of a press on the notification itself (Desktop Notifications Specification 1.2). */
const DEFAULT = 'default';
/** A daemon that falls over whatever we send is not fed for ever. */
const MOST_TRIES = 3;

interface Open {
  readonly told: Told;
  readonly pressed: (button: number | null) => void;
  tries: number;
  /** The daemon that has it, or is being asked to show it; null: none. */
  owner: string | null;
  /** Its number there; null until that daemon has answered. */
  id: number | null;
}

/**
 * Notifications over D-Bus, as Linux desktops have them. Nothing here waits for the daemon: what it has not shown yet
 * is shown when it comes, what stood on the screen when it fell over is shown by the next one, and what a person has
 * closed is not shown again. A daemon that answers late is waited for, however long, since asking again would show
 * the same thing twice.
 */
export async function busNotifier(bus: DesktopBus): Promise<Notifier> {
  const open = new Set<Open>();
  let owner: string | null = null;
  let capabilities: Promise<readonly unknown[]> | null = null;
  const withId = (id: unknown): Open | undefined => [...open].find((one) => one.id !== null && one.id === id);
  const asked = (): Promise<readonly unknown[]> => {
    capabilities ??= bus.call(daemon('GetCapabilities'), '', [], 'patient').then(([all]) => {
      return Array.isArray(all) ? all : [];
    });
    return capabilities;
  };

  const send = async (one: Open): Promise<void> => {
    if (one.tries >= MOST_TRIES) return;
    one.tries += 1;
    // Without an owner the call may start a daemon; the bus tells of it before the daemon answers.
    one.owner = owner ?? '';
    try {
      const can = await asked();
      if (!open.has(one)) return;
      const { title, body, label, buttons } = one.told;
      const actions = [DEFAULT, label, ...buttons.flatMap((text, i) => [String(i), text])];
      const [id] = await bus.call(
        daemon('Notify'),
        'susssasa{sv}i',
        [
          'Bedrock Tray',
          0,
          '',
          title,
          can.includes('body-markup') ? escapeMarkup(body) : body,
          can.includes('actions') ? actions : [],
          { 'desktop-entry': bus.variant('s', 'bedrock-tray') },
          -1,
        ],
        'patient',
      );
      one.owner = owner;
      one.id = Number(id);
      if (!open.has(one)) close(one.id);
    } catch {
      // There is no daemon, or it fell over meanwhile: the next one shows it. The icon says it all the same.
      capabilities = null;
      const another = owner !== null && owner !== one.owner;
      one.owner = null;
      if (another && open.has(one)) void send(one);
    }
  };
  const close = (id: number): void => void bus.call(daemon('CloseNotification'), 'u', [id]).catch(() => {});

  // A press may allow something: it is the daemon's to tell.
  const ofDaemon = { interface: NAME, sender: NAME };
  await bus.onSignal({ ...ofDaemon, member: 'ActionInvoked' }, ({ body: [id, action] }) => {
    const one = withId(id);
    if (!one) return;
    if (action === DEFAULT) return one.pressed(null);
    const button = Number(action);
    if (one.told.buttons[button] !== undefined) one.pressed(button);
  });
  await bus.onSignal({ ...ofDaemon, member: 'NotificationClosed' }, ({ body: [id] }) => {
    const one = withId(id);
    if (one) open.delete(one);
  });
  await bus.watchName(NAME, (_owned, now) => {
    if (now === owner) return;
    owner = now;
    capabilities = null;
    for (const one of open) {
      // The next daemon counts anew. What is on its way to somebody is answered by them, or fails.
      if (one.id !== null) one.owner = null;
      one.id = null;
      if (now !== null && one.owner === null) void send(one);
    }
  });

  return {
    show(told, pressed) {
      const one: Open = { told, pressed, tries: 0, owner: null, id: null };
      open.add(one);
      void send(one);
      return {
        close() {
          if (open.delete(one) && one.id !== null) close(one.id);
        },
      };
    },
  };
}
