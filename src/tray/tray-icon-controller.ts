import { type Menu, nativeTheme, Tray } from 'electron';
import type { IconState } from '../domain/menu-icon.ts';
import { iconImage, panelVariant } from './icon-images.ts';

/** A renewal is over in less than this as a rule: the icon does not flicker for it. */
const SETTLE_MS = 1_500;

/** The icon in the panel: picture, tooltip, menu, and its coming back. Held for as long as the app runs. */
export class TrayIconController {
  readonly #folder: string;
  readonly #onOpen: () => void;
  #tray: Tray | null = null;
  #state: IconState = 'busy';
  #tooltip = '';
  #badge = 0;
  #menu: Menu | null = null;
  #settling: NodeJS.Timeout | undefined;

  constructor(folder: string, onOpen: () => void) {
    this.#folder = folder;
    this.#onOpen = onOpen;
    nativeTheme.on('updated', () => this.#draw());
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
    this.#tray?.setContextMenu(menu);
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
    this.#tray?.setImage(iconImage(this.#folder, this.#state, panelVariant()));
  }

  #make(): void {
    const tray = new Tray(iconImage(this.#folder, this.#state, panelVariant()));
    this.#tray = tray;
    tray.setToolTip(this.#tooltip);
    this.#title();
    // On macOS a click opens the menu.
    if (process.platform !== 'darwin') tray.on('click', this.#onOpen);
    if (this.#menu) tray.setContextMenu(this.#menu);
  }
}
