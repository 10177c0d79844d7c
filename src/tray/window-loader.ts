import { app } from 'electron';
import type { AgentLink } from './agent-link.ts';
import { pageRoute } from './page-routes.ts';
import type { WindowController } from './window-controller.ts';
import type { Words } from './words.ts';

/** Loads the window's code when the window is first opened: a tray without window stays small. */
export class WindowLoader {
  readonly #link: AgentLink;
  readonly #words: Words;
  #controller: Promise<WindowController> | undefined;

  constructor(link: AgentLink, words: Words) {
    this.#link = link;
    this.#words = words;
  }

  /** Shows the window, at a place of the page (default: where it is). */
  open(place?: string): void {
    this.#controller ??= import('./window-controller.ts').then(
      ({ WindowController }) => new WindowController(this.#link, this.#words),
    );
    void this.#controller
      .then((controller) => controller.open(place ?? null, pageRoute.overview))
      .catch((error: unknown) => {
        console.error('the window cannot be opened:', error);
        app.focus();
      });
  }

  /** Lets the window close without asking anything of it. */
  close(): void {
    void this.#controller?.then((controller) => controller.close());
  }
}
