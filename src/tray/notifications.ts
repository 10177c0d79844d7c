import type { Notice } from '../domain/notice.ts';
import { noticesOf } from '../domain/notices.ts';
import type { AgentLink } from './agent-link.ts';
import type { MenuActions } from './menu-actions.ts';
import { electronNotifier, type Notifier } from './notifier.ts';
import type { Words } from './words.ts';

/**
 * Tells what domain/notice finds, once for each cause; what is no longer so is taken back. A press does what it is
 * about (starts the sign-in, opens the session): whoever presses does not want to look for another button. When it
 * has been done meanwhile, a press does nothing.
 */
export class Notifications {
  readonly #link: AgentLink;
  readonly #words: Words;
  readonly #actions: MenuActions;
  /** By cause. */
  readonly #shown = new Map<string, { close(): void }>();
  /** Where Electron's own notifications have no buttons. */
  #withButtons: Notifier | null = null;

  constructor(link: AgentLink, words: Words, actions: MenuActions) {
    this.#link = link;
    this.#words = words;
    this.#actions = actions;
  }

  /** From now on what has buttons is shown by this one. */
  buttonsBy(notifier: Notifier): void {
    this.#withButtons = notifier;
  }

  update(): void {
    // While the agent is away nothing is known: what was said stays said.
    if (this.#link.snapshot === null) return;
    const notices = this.#notices();
    const keys = new Set(notices.map((n) => n.key));
    for (const [key, shown] of this.#shown) {
      if (keys.has(key)) continue;
      this.#shown.delete(key);
      shown.close();
    }
    for (const notice of notices) {
      if (!this.#shown.has(notice.key)) this.#shown.set(notice.key, this.#show(notice));
    }
  }

  close(): void {
    for (const shown of this.#shown.values()) shown.close();
    this.#shown.clear();
  }

  #notices(): Notice[] {
    const { snapshot } = this.#link;
    return snapshot === null ? [] : noticesOf(snapshot, this.#link.now());
  }

  #show({ key, title, body, buttons }: Notice): { close(): void } {
    const notifier = buttons.length > 0 ? (this.#withButtons ?? electronNotifier) : electronNotifier;
    const say = (message: Notice['title']): string => this.#words.say(message);
    return notifier.show(
      { title: say(title), body: say(body), buttons: buttons.map(({ label }) => say(label)) },
      (button) => {
        const now = this.#notices().find((n) => n.key === key);
        const action = button === null ? now?.action : now?.buttons[button]?.action;
        if (action) void this.#actions.perform(action);
      },
    );
  }
}
