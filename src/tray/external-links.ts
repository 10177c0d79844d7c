import { dialog, shell } from 'electron';
import type { Snapshot } from '../contract/state.ts';
import type { AgentLink } from './agent-link.ts';
import type { Words } from './words.ts';

/** `ask`: shown whole first. `open`: the agent itself named it. `refuse`: never leaves. */
export type LinkVerdict = { verdict: 'open' | 'ask'; url: string } | { verdict: 'refuse' };

const LONGEST = 2048;

/**
 * What becomes of a link in the page. Terminals show hostile bytes, so a link says nothing about where it came from:
 * only the addresses of a sign-in under way and of the configured access portals open unasked, any other https
 * address after a person has read it, nothing else at all.
 */
export function judgeLink(address: string, snapshot: Pick<Snapshot, 'ssoSessions'> | null): LinkVerdict {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    return { verdict: 'refuse' };
  }
  const own = (snapshot?.ssoSessions ?? []).flatMap((s) => [s.startUrl, ...(s.signIn ? [s.signIn.url] : [])]);
  const isOwn = own.some((known) => {
    try {
      return new URL(known).href === url.href;
    } catch {
      return false;
    }
  });
  if (isOwn && (url.protocol === 'https:' || url.protocol === 'http:'))
    return { verdict: 'open', url: url.href };
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '' || url.href.length > LONGEST) {
    return { verdict: 'refuse' };
  }
  return { verdict: 'ask', url: url.href };
}

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
