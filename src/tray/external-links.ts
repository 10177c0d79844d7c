import { dialog, shell } from 'electron';
import type { AgentLink } from './agent-link.ts';
import { judgeLink } from './link-verdict.ts';
import type { Words } from './words.ts';

/** Opens links of the page in the person's browser. One question at a time: a page cannot pile them up. */
export class LinkOpener {
  readonly #link: AgentLink;
  readonly #words: Words;
  #asking = false;

  constructor(link: AgentLink, words: Words) {
    this.#link = link;
    this.#words = words;
  }

  open(address: string): void {
    const judged = judgeLink(address, this.#link.snapshot);
    if (judged.verdict === 'refuse') return;
    if (judged.verdict === 'open') void shell.openExternal(judged.url).catch(() => {});
    else void this.#ask(judged.url).catch(() => {});
  }

  async #ask(url: string): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      const { t } = this.#words.translator;
      const { response } = await dialog.showMessageBox({
        type: 'question',
        title: 'Bedrock Tray',
        message: t('tray:linkTitle'),
        detail: url,
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
