import { Notification } from 'electron';
import { escapeMarkup } from './escape-markup.ts';

/** A notification in the words of its reader. */
export interface Told {
  title: string;
  body: string;
  buttons: readonly string[];
}

/** Shows notifications. `pressed` gets a button's place, or null for the notification itself. */
export interface Notifier {
  show(told: Told, pressed: (button: number | null) => void): { close(): void };
}

/** Electron's own. Its buttons show on macOS alone. */
export const electronNotifier: Notifier = {
  show({ title, body, buttons }, pressed) {
    if (!Notification.isSupported()) return { close() {} };
    const notification = new Notification({
      title,
      body: process.platform === 'linux' ? escapeMarkup(body) : body,
      ...(process.platform === 'darwin' && {
        actions: buttons.map((text) => ({ type: 'button' as const, text })),
      }),
    });
    notification.on('click', () => pressed(null));
    notification.on('action', (_event, button) => pressed(button));
    // Without a daemon nothing can be shown; the icon says it all the same.
    notification.on('failed', () => {});
    notification.show();
    return { close: () => notification.close() };
  },
};
