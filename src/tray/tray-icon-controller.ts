import { type Menu, nativeTheme, type Rectangle, Tray } from 'electron';
import type { IconState } from '../domain/menu/menu-icon.ts';
import { iconImage, PanelTone } from './icon-images.ts';

/** A renewal is over in less than this as a rule: the icon does not flicker for it. */
const SETTLE_MS = 1_500;

/** macOS opens a menu that it was given at any press, so that a press alone would never be told: it gets none. */
const ownsClicks = process.platform === 'darwin';

/** The icon in the panel: picture, tooltip, menu, and its coming back. Held for as long as the app runs. */
export class TrayIconController {
  readonly #folder: string;
  readonly #onOpen: () => void;
  readonly #tone = new PanelTone();
  #onClick: (icon: Rectangle) => void;
  #tray: Tray | null = null;
  #state: IconState = 'busy';
  #tooltip = '';
  #badge = 0;
  #menu: Menu | null = null;
  #settling: NodeJS.Timeout | undefined;

  /** `onOpen`: opens the window, which a press does as long as `onClick` says nothing else. */
  constructor(folder: string, onOpen: () => void) {
    this.#folder = folder;
    this.#onOpen = onOpen;
    this.#onClick = onOpen;
    nativeTheme.on('updated', () => this.#draw());
  }

  /** What a press on the icon does from now on; it is told where the icon stands (empty where the platform does not say). */
  onClick(does: (icon: Rectangle) => void): void {
    this.#onClick = does;
  }

  /** Shows a state with its tooltip, and beside the icon (where the platform has text there) how many ask. */
  show(state: IconState, tooltip: string, badge: number): void {
    this.#badge = badge;
    this.#title();
    if (this.#tooltip !== tooltip) {
      this.#tooltip = tooltip;
      this.#tray?.setToolTip(tooltip);
    }
    if (this.#tray === null) {
      this.#state = state;
      this.#make();
      return;
    }
    clearTimeout(this.#settling);
    if (state === this.#state) return;
    if (state === 'refreshing' && this.#state === 'valid') {
      this.#settling = setTimeout(() => this.#become(state), SETTLE_MS);
    } else this.#become(state);
  }

  /** Sets the menu; panels on Linux see a change only when it is set again. */
  setMenu(menu: Menu): void {
    this.#menu = menu;
    if (!ownsClicks) this.#tray?.setContextMenu(menu);
  }

  /** The panel is dark or light; null where it follows the system's theme. */
  panelIs(dark: boolean | null): void {
    this.#tone.tell(dark);
    this.#draw();
  }

  /** Makes the icon anew: for a panel that came after the app, to which nothing registered. */
  recreate(): void {
    this.#tray?.destroy();
    this.#make();
  }

  destroy(): void {
    clearTimeout(this.#settling);
    this.#tray?.destroy();
    this.#tray = null;
  }

  #title(): void {
    // Only macOS has room for text beside the icon.
    if (process.platform === 'darwin') this.#tray?.setTitle(this.#badge > 0 ? String(this.#badge) : '');
  }

  #become(state: IconState): void {
    this.#state = state;
    this.#draw();
  }

  #draw(): void {
    this.#tray?.setImage(iconImage(this.#folder, this.#state, this.#tone.variant()));
  }

  #make(): void {
    const tray = new Tray(iconImage(this.#folder, this.#state, this.#tone.variant()));
    this.#tray = tray;
    tray.setToolTip(this.#tooltip);
    this.#title();
    tray.on('click', (_event, bounds) => this.#onClick(bounds));
    // As Windows' own icons do; on macOS the second press counts like the first.
    if (process.platform === 'win32') tray.on('double-click', this.#onOpen);
    if (process.platform === 'darwin') tray.setIgnoreDoubleClickEvents(true);
    if (ownsClicks) {
      tray.on('right-click', () => {
        if (this.#menu) tray.popUpContextMenu(this.#menu);
      });
    } else if (this.#menu) tray.setContextMenu(this.#menu);
  }
}
