import { app, dialog } from 'electron';
import { sessionIsOpen } from '../contract/state.ts';
import type { AgentLink } from './agent-link.ts';
import type { WindowLoader } from './window-loader.ts';
import type { Words } from './words.ts';

/**
 * Quitting. Agent and pty-host are processes of their own and go on: the agent ends itself when nobody needs it and
 * keep-alive is not wanted. Only the person ends sessions, here. An end from outside (the desktop's session ends,
 * a signal) asks nothing and leaves them running.
 */
export class Quit {
  readonly #link: AgentLink;
  readonly #words: Words;
  readonly #window: WindowLoader;
  #asking = false;

  constructor(link: AgentLink, words: Words, window: WindowLoader) {
    this.#link = link;
    this.#words = words;
    this.#window = window;
  }

  /** Asks what becomes of open sessions when there are any, then quits. */
  async ask(): Promise<void> {
    const count = this.#link.snapshot?.sessions.filter(sessionIsOpen).length ?? 0;
    if (count === 0) return this.#quit();
    if (this.#asking) return;
    this.#asking = true;
    try {
      const { t } = this.#words.translator;
      const { response } = await dialog.showMessageBox({
        type: 'question',
        title: t('tray:quitTitle'),
        message: t('tray:quitMessage', { count }),
        detail: t('tray:quitDetail'),
        buttons: [t('tray:quitKeep'), t('tray:quitEnd'), t('tray:cancel')],
        defaultId: 0,
        cancelId: 2,
        noLink: true,
      });
      if (response === 2) return;
      if (response === 1) await this.#link.call('agent.stop', { sessions: 'end' });
      this.#quit();
    } finally {
      this.#asking = false;
    }
  }

  #quit(): void {
    this.#window.close();
    // The panel waits for the answer to the click that asked for this.
    setTimeout(() => app.quit(), 50);
  }
}
