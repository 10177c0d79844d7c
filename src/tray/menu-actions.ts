import { clipboard, dialog } from 'electron';
import { BedrockTrayError } from '../contract/errors.ts';
import type { Environment } from '../contract/state.ts';
import { environmentInRegion } from '../domain/menu/environment-region.ts';
import type { MenuAction } from '../domain/menu/menu-entries.ts';
import { safeText } from '../domain/menu/menu-words.ts';
import type { AgentLink } from './agent-link.ts';
import { chooseFolder } from './choose-folder.ts';
import { LinkOpener } from './external-links.ts';
import { pageRoute } from './page-routes.ts';
import type { Quit } from './quit.ts';
import type { WindowLoader } from './window-loader.ts';
import type { Words } from './words.ts';

/** Performs what menu entries and notifications ask for. Failures are told in a dialog. */
export class MenuActions {
  readonly #link: AgentLink;
  readonly #words: Words;
  readonly #window: WindowLoader;
  readonly #quit: Quit;
  readonly #links: LinkOpener;

  constructor(link: AgentLink, words: Words, window: WindowLoader, quit: Quit) {
    this.#link = link;
    this.#words = words;
    this.#window = window;
    this.#quit = quit;
    this.#links = new LinkOpener(link, words);
  }

  async perform(action: MenuAction): Promise<void> {
    try {
      await this.#do(action);
    } catch (error) {
      await this.#tell(error);
    }
  }

  async #do(action: MenuAction): Promise<void> {
    const link = this.#link;
    switch (action.type) {
      case 'startAgent':
        return link.retryNow();
      case 'signIn': {
        const signIn = await link.call('signIn.start', { ssoSession: action.ssoSession });
        // A device code is there to be compared: the window shows it.
        if (signIn.flow === 'device') this.#window.open(pageRoute.overview);
        return;
      }
      case 'cancelSignIn':
        await link.call('signIn.cancel', { id: action.id });
        return;
      case 'openSignInPage':
      case 'openConsole':
        return this.#links.open(action.url);
      case 'signOut':
        await link.call('signOut', { ssoSession: action.ssoSession });
        return;
      case 'renewSignIn':
        return this.#renew(action.ssoSession);
      case 'snooze':
        await link.call('prompt.snooze', { minutes: action.minutes });
        return;
      case 'retry':
        await link.call(link.snapshot?.configProblem ? 'profiles.list' : 'models.list', {});
        return;
      case 'openClaude':
        return this.#openClaude(action.cwd);
      case 'chooseFolder': {
        const folder = await chooseFolder(this.#words, null, link.snapshot?.recentFolders[0]);
        if (folder !== null) await this.#openClaude(folder);
        return;
      }
      case 'openSession':
        return this.#window.open(pageRoute.session(action.id));
      case 'answer': {
        const { id, request, decision } = action;
        await link.call('sessions.answer', { id, request, decision });
        return;
      }
      case 'useEnvironment':
        await link.call('environments.use', { name: action.name });
        return;
      case 'setRegion': {
        const { region } = action;
        return this.#change((e) => environmentInRegion(e, region, null));
      }
      case 'setModel':
        return this.#change((e) => ({ ...e, model: action.model }));
      case 'copy':
        return clipboard.writeText(action.text);
      case 'openWindow':
        return this.#window.open(pageRoute[action.place]);
      case 'update':
        // While Claude works it is held first; pressed once more it is meant now.
        await link.call('update.wish', {
          wish: action.wish,
          now: action.wish === 'install' && link.snapshot?.update.state === 'held',
        });
        return;
      case 'quit':
        return this.#quit.ask();
    }
  }

  /** Says what a renewal interrupts before anything is. */
  async #renew(ssoSession: string): Promise<void> {
    const { t } = this.#words.translator;
    const shown = { ssoSession: safeText(ssoSession) };
    const { response } = await dialog.showMessageBox({
      type: 'question',
      title: t('tray:renewTitle'),
      message: t('tray:renewMessage', shown),
      detail: t('tray:renewDetail', shown),
      buttons: [t('tray:renewNow'), t('tray:cancel')],
      defaultId: 0,
      cancelId: 1,
      noLink: true,
    });
    if (response === 0) await this.#link.call('signIn.start', { ssoSession, renew: true });
  }

  async #openClaude(cwd: string): Promise<void> {
    const session = await this.#link.call('sessions.open', { cwd });
    if (this.#link.snapshot?.settings.sessions.showIn === 'terminal') {
      return void (await this.#link.call('sessions.showInTerminal', { id: session.id }));
    }
    this.#window.open(pageRoute.session(session.id));
  }

  async #change(change: (environment: Environment) => Environment): Promise<void> {
    const snapshot = this.#link.snapshot;
    const active = snapshot?.environments.find((e) => e.name === snapshot.activeEnvironment);
    if (active) await this.#link.call('environments.update', change(active));
  }

  async #tell(error: unknown): Promise<void> {
    const { translator } = this.#words;
    const view =
      error instanceof BedrockTrayError
        ? error.view()
        : {
            code: 'Internal' as const,
            params: { reference: error instanceof Error ? error.name : 'unknown' },
          };
    await dialog.showMessageBox({
      type: 'error',
      title: 'Bedrock Tray',
      message: translator.t('tray:failedTitle'),
      detail: translator.error(view),
    });
  }
}
