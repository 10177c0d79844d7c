import { app } from 'electron';
import type { AgentLink } from './agent-link.ts';
import type { PageHost } from './page-host.ts';
import { pageRoute } from './page-routes.ts';
import type { WindowController } from './window-controller.ts';
import type { Words } from './words.ts';

/** Loads the window's code when the window is first opened: a tray without window stays small. */
export class WindowLoader {
  readonly #link: AgentLink;
  readonly #words: Words;
  readonly #quit: () => void;
  #host: Promise<PageHost> | undefined;
  #controller: Promise<WindowController> | undefined;

  /** `quit`: what Ctrl+Q asks for. */
  constructor(link: AgentLink, words: Words, quit: () => void) {
    this.#link = link;
    this.#words = words;
    this.#quit = quit;
  }

  /** Shows the window, at a place of the page (default: where it is). */
  open(place?: string): void {
    void this.#load()
      .then((controller) => controller.open(place ?? null, pageRoute.overview))
      .catch((error: unknown) => {
        console.error('the window cannot be opened:', error);
        app.focus();
      });
  }

  /** The words have changed: the menu's too. macOS has one without a window. */
  follow(): void {
    if (process.platform === 'darwin') void this.#load().then((controller) => controller.setMenu());
  }

  #load(): Promise<WindowController> {
    this.#controller ??= Promise.all([import('./window-controller.ts'), this.host()]).then(
      ([{ WindowController }, host]) => new WindowController(host, this.#link, this.#words, this.#quit),
    );
    return this.#controller;
  }

  /** What makes windows with our page. */
  host(): Promise<PageHost> {
    this.#host ??= import('./page-host.ts').then(({ PageHost }) => new PageHost(this.#link, this.#words));
    return this.#host;
  }

  /** Lets the window close without asking anything of it. */
  close(): void {
    void this.#controller?.then((controller) => controller.close());
  }
}
