import { dialog, shell } from 'electron';
import type { AgentLink } from './agent-link.ts';
import { judgeLink } from './link-verdict.ts';
import type { Words } from './words.ts';

/**
 * The one place that opens anything outside (link-verdict.ts decides): links of the pages, and the menu's sign-in and
 * console entries. One question at a time: a page cannot pile them up.
 */
export class LinkOpener {
  readonly #link: AgentLink;
  readonly #words: Words;
  #asking = false;

  constructor(link: AgentLink, words: Words) {
    this.#link = link;
    this.#words = words;
  }

  /** Errors: the system's, where it has nothing that opens addresses. */
  async open(address: string): Promise<void> {
    const judged = judgeLink(address, this.#link.snapshot);
    if (judged.verdict === 'open') await shell.openExternal(judged.url);
    else if (judged.verdict === 'ask') await this.#ask(judged);
  }

  async #ask({ url, host }: { url: string; host: string }): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      const { t } = this.#words.translator;
      const { response } = await dialog.showMessageBox({
        type: 'question',
        title: 'Bedrock Tray',
        message: t('tray:linkTitle'),
        // The host first: where a long address leads is not to be searched for.
        detail: `${host}\n\n${url}`,
        buttons: [t('tray:linkOpen'), t('tray:cancel')],
        defaultId: 1,
        cancelId: 1,
        noLink: true,
      });
      if (response === 0) await shell.openExternal(url);
    } finally {
      this.#asking = false;
    }
  }
}
