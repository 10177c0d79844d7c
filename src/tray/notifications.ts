import { Notification } from 'electron';
import type { PromptView } from '../contract/state.ts';
import { safeText } from '../domain/menu-words.ts';
import type { AgentLink } from './agent-link.ts';
import type { MenuActions } from './menu-actions.ts';
import type { Words } from './words.ts';

/** Linux daemons read the body as markup. */
export function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * Says once for each number of the prompt that a sign-in is needed. A press starts the sign-in, so that the next
 * thing seen is the browser's own page: whoever presses "sign in" does not want to look for another button. When
 * meanwhile somebody has signed in, it does nothing.
 */
export class SignInNotifications {
  readonly #link: AgentLink;
  readonly #words: Words;
  readonly #actions: MenuActions;
  #shown: Notification | null = null;
  #said = '';

  constructor(link: AgentLink, words: Words, actions: MenuActions) {
    this.#link = link;
    this.#words = words;
    this.#actions = actions;
  }

  update(): void {
    const snapshot = this.#link.snapshot;
    // While the agent is away nothing is known: what was said stays said.
    if (snapshot === null) return;
    const { prompt } = snapshot;
    if (prompt === null) {
      this.close();
      return;
    }
    const number = JSON.stringify([prompt.ssoSession, prompt.sinceAt, prompt.count]);
    if (number === this.#said) return;
    this.#said = number;
    this.close();
    if (snapshot.settings.notifications.signInNeeded && Notification.isSupported()) this.#show(prompt);
  }

  close(): void {
    this.#shown?.close();
    this.#shown = null;
  }

  #show(prompt: PromptView): void {
    const { t } = this.#words.translator;
    const rest = t(prompt.reason === 'expired' ? 'tray:notifySignInExpired' : 'tray:notifySignInRequested');
    const { accountId, roleName } = prompt;
    const body =
      accountId === null || roleName === null
        ? rest
        : t('tray:notifySignInFor', { accountId, roleName: safeText(roleName), rest });
    const notification = new Notification({
      title: t('tray:notifySignInTitle', { ssoSession: safeText(prompt.ssoSession) }),
      body: process.platform === 'linux' ? escapeMarkup(body) : body,
    });
    notification.on('click', () => {
      const { ssoSession } = prompt;
      if (this.#link.snapshot?.prompt?.ssoSession !== ssoSession) return;
      void this.#actions.perform({ type: 'signIn', ssoSession });
    });
    // Without a daemon nothing can be shown; the icon says it all the same.
    notification.on('failed', () => {});
    this.#shown = notification;
    notification.show();
  }
}
