import { Notification } from 'electron';

/** A notification in the words of its reader. */
export interface Told {
  title: string;
  body: string;
  /** What a press on it is called. */
  label: string;
  buttons: readonly string[];
}

/** Shows notifications. `pressed` gets a button's place, or null for the notification itself. */
export interface Notifier {
  show(told: Told, pressed: (button: number | null) => void): { close(): void };
}

/**
 * Electron's own, for macOS and Windows. Not for Linux: there it waits for the notification daemon in the main thread,
 * which stands still for a minute where none answers (electron#48753), and it sends no buttons.
 */
export const electronNotifier: Notifier = {
  show({ title, body, buttons }, pressed) {
    if (!Notification.isSupported()) return { close() {} };
    const notification = new Notification({
      title,
      body,
      actions: buttons.map((text) => ({ type: 'button' as const, text })),
    });
    notification.on('click', () => pressed(null));
    notification.on('action', (_event, button) => pressed(button));
    // Switched off in the system's settings, say; the icon says it all the same.
    notification.on('failed', () => {});
    notification.show();
    return { close: () => notification.close() };
  },
};
