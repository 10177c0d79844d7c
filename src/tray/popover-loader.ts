import type { Rectangle } from 'electron';
import type { PopoverController } from './popover-controller.ts';
import type { WindowLoader } from './window-loader.ts';

/**
 * Whether a press on the icon opens the popover: where the platform tells where the icon stands. Linux panels do not,
 * and show the menu; `--popover` asks for it there all the same (tests).
 */
export function hasPopover(platform: NodeJS.Platform, argv: readonly string[]): boolean {
  return platform !== 'linux' || argv.includes('--popover');
}

/** Loads the popover's code when it is first wanted. */
export class PopoverLoader {
  readonly #window: WindowLoader;
  #controller: Promise<PopoverController> | undefined;

  constructor(window: WindowLoader) {
    this.#window = window;
  }

  /** A press on the icon, which stands at `icon`. */
  toggle(icon: Rectangle): void {
    this.#controller ??= Promise.all([import('./popover-controller.ts'), this.#window.host()]).then(
      ([{ PopoverController }, host]) => new PopoverController(host, (place) => this.#window.open(place)),
    );
    void this.#controller
      .then((controller) => controller.toggle(icon))
      .catch((error: unknown) => {
        console.error('the popover cannot be opened:', error);
        this.#window.open();
      });
  }
}
