import type { AgentLink } from './agent-link.ts';
import { busNotifier } from './bus-notifier.ts';
import { type DesktopBus, openBus } from './desktop-bus.ts';
import { LinuxPresence } from './linux-presence.ts';
import { NetworkReporter } from './network-reporter.ts';
import type { Notifications } from './notifications.ts';
import { watchPanelTone } from './panel-tone.ts';
import { PresenceReporter } from './presence-reporter.ts';
import { watchTrayHost } from './tray-host-watch.ts';
import type { TrayIconController } from './tray-icon-controller.ts';

/** Follows the desktop: who is there, the network, a panel that comes late. On Linux over its message buses. */
export function followDesktop(
  link: AgentLink,
  icon: TrayIconController,
  notifications: Notifications,
): { close(): void } {
  const closers: (() => void)[] = [];
  let closed = false;
  const follow = (system: DesktopBus | null, linux: LinuxPresence | null): PresenceReporter => {
    const presence = new PresenceReporter(link, linux);
    const network = new NetworkReporter(link, system);
    closers.push(
      () => presence.close(),
      () => network.close(),
    );
    return presence;
  };
  const onLinux = async (): Promise<void> => {
    const [session, system] = await Promise.all([openBus('session'), openBus('system')]);
    for (const bus of [session, system]) if (bus !== null) closers.push(() => bus.close());
    if (closed) return close();
    if (session !== null) {
      closers.push(watchTrayHost(session, () => icon.recreate()));
      watchPanelTone(session, (dark) => icon.panelIs(dark));
    }
    if (session !== null) void busNotifier(session).then((notifier) => notifications.showBy(notifier));
    let reporter: PresenceReporter | null = null;
    const linux = new LinuxPresence({ session, system, changed: () => reporter?.soon() });
    await linux.start();
    if (closed) return close();
    reporter = follow(system, linux);
  };
  function close(): void {
    closed = true;
    for (const each of closers.splice(0)) each();
  }
  if (process.platform === 'linux') void onLinux();
  else {
    follow(null, null);
    void import('./notifier.ts').then(({ electronNotifier }) => notifications.showBy(electronNotifier));
  }
  return { close };
}
