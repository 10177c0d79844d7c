import type { BusTarget, DesktopBus } from './desktop-bus.ts';
import { escapeMarkup } from './escape-markup.ts';
import type { Notifier } from './notifier.ts';

const NAME = 'org.freedesktop.Notifications';
const daemon = (member: string): BusTarget => ({
  destination: NAME,
  path: '/org/freedesktop/Notifications',
  interface: NAME,
  member,
});
/** Of a press on the notification itself (Desktop Notifications Specification 1.2). */
const DEFAULT = 'default';

interface Open {
  /** Null until the daemon has answered with its number. */
  id: number | null;
  closed: boolean;
  pressed: (button: number | null) => void;
}

/**
 * Notifications with buttons over D-Bus, since Electron sends none on Linux. Null where the daemon (or there is none)
 * shows no buttons.
 */
export async function busNotifier(bus: DesktopBus, words: { open(): string }): Promise<Notifier | null> {
  const [capabilities] = await bus.call(daemon('GetCapabilities')).catch(() => []);
  if (!Array.isArray(capabilities) || !capabilities.includes('actions')) return null;
  const open = new Set<Open>();
  const withId = (id: unknown): Open | undefined => [...open].find((one) => one.id === id);
  // A press may allow something: it is the daemon's to tell.
  const ofDaemon = { interface: NAME, sender: NAME };
  await bus.onSignal({ ...ofDaemon, member: 'ActionInvoked' }, ({ body: [id, action] }) => {
    const one = withId(id);
    if (one) one.pressed(action === DEFAULT ? null : Number(action));
  });
  await bus.onSignal({ ...ofDaemon, member: 'NotificationClosed' }, ({ body: [id] }) => {
    const one = withId(id);
    if (one) open.delete(one);
  });
  const close = (id: number): void => void bus.call(daemon('CloseNotification'), 'u', [id]).catch(() => {});

  return {
    show({ title, body, buttons }, pressed) {
      const one: Open = { id: null, closed: false, pressed };
      const actions = [DEFAULT, words.open(), ...buttons.flatMap((label, i) => [String(i), label])];
      const hints = { 'desktop-entry': bus.variant('s', 'bedrock-tray') };
      bus
        .call(daemon('Notify'), 'susssasa{sv}i', [
          'Bedrock Tray',
          0,
          '',
          title,
          escapeMarkup(body),
          actions,
          hints,
          -1,
        ])
        .then(([id]) => {
          one.id = Number(id);
          if (one.closed) close(one.id);
          else open.add(one);
        })
        // Without a daemon nothing can be shown; the icon says it all the same.
        .catch(() => {});
      return {
        close() {
          one.closed = true;
          open.delete(one);
          if (one.id !== null) close(one.id);
        },
      };
    },
  };
}
