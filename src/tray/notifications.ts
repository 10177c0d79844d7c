import { Notification } from 'electron';
import { type Notice, noticeOf } from '../domain/notice.ts';
import type { AgentLink } from './agent-link.ts';
import type { MenuActions } from './menu-actions.ts';
import type { Words } from './words.ts';

/** Linux daemons read the body as markup. */
export function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * Tells what domain/notice finds, once for each cause; what is no longer so is taken back. A press does what it is
 * about (starts the sign-in, say): whoever presses does not want to look for another button. When it has been done
 * meanwhile, a press does nothing.
 */
export class Notifications {
  readonly #link: AgentLink;
  readonly #words: Words;
  readonly #actions: MenuActions;
  #shown: Notification | null = null;
  #said: string | null = null;

  constructor(link: AgentLink, words: Words, actions: MenuActions) {
    this.#link = link;
    this.#words = words;
    this.#actions = actions;
  }

  update(): void {
    // While the agent is away nothing is known: what was said stays said.
    if (this.#link.snapshot === null) return;
    const notice = this.#notice();
    if (notice === null) {
      this.#said = null;
      this.close();
      return;
    }
    if (notice.key === this.#said) return;
    this.#said = notice.key;
    this.close();
    if (Notification.isSupported()) this.#show(notice);
  }

  close(): void {
    this.#shown?.close();
    this.#shown = null;
  }

  #notice(): Notice | null {
    const { snapshot } = this.#link;
    return snapshot === null ? null : noticeOf(snapshot, this.#link.now());
  }

  #show(notice: Notice): void {
    const body = this.#words.say(notice.body);
    const notification = new Notification({
      title: this.#words.say(notice.title),
      body: process.platform === 'linux' ? escapeMarkup(body) : body,
    });
    notification.on('click', () => {
      if (this.#notice()?.key === notice.key) void this.#actions.perform(notice.action);
    });
    // Without a daemon nothing can be shown; the icon says it all the same.
    notification.on('failed', () => {});
    this.#shown = notification;
    notification.show();
  }
}
