import { homedir } from 'node:os';
import { Menu } from 'electron';
import type { IconState } from '../domain/menu/menu-icon.ts';
import type { MenuInput } from '../domain/menu/menu-input.ts';
import { menuModel } from '../domain/menu/menu-model.ts';
import type { AgentLink } from './agent-link.ts';
import type { Catalog } from './catalog.ts';
import type { MenuActions } from './menu-actions.ts';
import { menuTemplate } from './menu-template.ts';
import { modelsFrom } from './models-from.ts';
import type { TrayIconController } from './tray-icon-controller.ts';
import type { Words } from './words.ts';

export interface MenuRooms {
  icon: TrayIconController;
  link: AgentLink;
  words: Words;
  catalog: Catalog;
  actions: MenuActions;
}

const hasCredentials: readonly IconState[] = ['valid', 'refreshing', 'ending', 'needs-you'];

/** setTimeout's longest wait. */
const LONGEST_MS = 2 ** 31 - 1;

/** Draws icon, tooltip and menu from the model: at each change, and when the words for the time left change. */
export class MenuController {
  readonly #rooms: MenuRooms;
  #shown = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(rooms: MenuRooms) {
    this.#rooms = rooms;
  }

  update(): void {
    const { icon, link, words, catalog, actions } = this.#rooms;
    const now = link.now();
    const model = menuModel({
      link: link.state,
      snapshot: link.snapshot,
      now,
      regions: catalog.regions,
      models: catalog.offer?.models ?? null,
      modelsFrom: catalog.offer && modelsFrom(catalog.offer, words.translator.language),
      accounts: catalog.accounts,
      platform: process.platform as MenuInput['platform'],
      userHome: homedir(),
    });
    if (hasCredentials.includes(model.icon)) {
      // The tooltip says how the account is called.
      catalog.wantAccounts();
      // Panels on Linux do not tell that the menu is opened: its lists are fetched once credentials can fetch them.
      if (process.platform === 'linux') catalog.want('shown');
    }
    icon.show(model.icon, words.say(model.tooltip), model.badge);
    clearTimeout(this.#timer);
    if (model.changesAt !== null) {
      this.#timer = setTimeout(() => this.update(), Math.min(LONGEST_MS, Math.max(0, model.changesAt - now)));
    }
    // A menu that is set again closes under the pointer on some panels: only when something in it changed.
    const shown = JSON.stringify([words.translator.language, model.entries]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const menu = Menu.buildFromTemplate(
      menuTemplate(
        model.entries,
        (message) => words.say(message),
        (action) => {
          // A radio item checks itself before the agent has agreed: what is true is drawn again.
          this.#shown = '';
          void actions.perform(action).finally(() => this.update());
        },
      ),
    );
    menu.on('menu-will-show', () => catalog.want('opened'));
    icon.setMenu(menu);
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
