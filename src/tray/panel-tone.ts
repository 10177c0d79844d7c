import type { DesktopBus } from './desktop-bus.ts';

const XFCONF = 'org.xfce.Xfconf';
const PATH = '/org/xfce/Xfconf';
const PANEL = ['xfce4-panel', '/panels/dark-mode'] as const;

/**
 * Tells whether Xfce's panel is dark, now and at each change; null where it follows the theme. It has a switch of its
 * own (Panel Preferences, "Dark mode"), of which no toolkit knows.
 */
export function watchPanelTone(bus: DesktopBus, onTone: (dark: boolean | null) => void): void {
  const told = (value: unknown): void => onTone(typeof value === 'boolean' ? value : null);
  const to = { destination: XFCONF, path: PATH, interface: XFCONF };
  void bus.watchName(XFCONF, (owned) => {
    if (!owned) return;
    bus.call({ ...to, member: 'GetProperty' }, 'ss', [...PANEL]).then(
      ([value]) => told(value),
      // The switch was never touched.
      () => told(null),
    );
  });
  const match = { interface: XFCONF, path: PATH, sender: XFCONF, arg0: PANEL[0] };
  void bus.onSignal({ ...match, member: 'PropertyChanged' }, ({ body: [, property, value] }) => {
    if (property === PANEL[1]) told(value);
  });
}
