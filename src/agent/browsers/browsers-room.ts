import type { ProcedureOutput } from '../../contract/index.ts';
import { browserCommand } from '../../domain/desktop/browsers.ts';
import type { AgentContext, SettingsStore } from '../ports.ts';
import { type BrowserPlaces, findBrowsers } from './browser-finder.ts';
import { isWebAddress, runOpener } from './open-browser.ts';

export interface BrowsersParts {
  context: Pick<AgentContext, 'env' | 'userHome' | 'log' | 'openBrowser'>;
  settings: Pick<SettingsStore, 'get'>;
  platform: NodeJS.Platform;
}

/** The browsers of this machine, and the one that each SSO session's sign-in is opened with. */
export class BrowsersRoom {
  readonly #parts: BrowsersParts;
  readonly #places: BrowserPlaces;

  constructor(parts: BrowsersParts) {
    this.#parts = parts;
    const { env, userHome } = parts.context;
    const platform = parts.platform === 'darwin' || parts.platform === 'win32' ? parts.platform : 'linux';
    this.#places = { platform, env, userHome };
  }

  async list(): Promise<ProcedureOutput<'browsers.list'>['browsers']> {
    const found = await findBrowsers(this.#places);
    return found.map(({ kind, profiles }) => ({ id: kind.id, name: kind.name, profiles }));
  }

  /**
   * Opens a sign-in's address: in the browser and profile that were chosen for that SSO session (a choice of its own
   * says more than $BROWSER, which is for everything), else as any other address. False when there is no browser.
   */
  async open(url: string, ssoSession: string): Promise<boolean> {
    const { context, settings } = this.#parts;
    const choice = settings.get().signInBrowsers[ssoSession];
    if (choice !== undefined && isWebAddress(url) && this.#hasDisplay()) {
      const found = (await findBrowsers(this.#places)).find(({ kind }) => kind.id === choice.browser);
      // A profile that is not there would be made anew, without anybody's sign-in.
      const profile = found?.profiles.find(({ id }) => id === choice.profile)?.id ?? null;
      if (found !== undefined && (choice.profile === null || profile !== null)) {
        const command = browserCommand(found.kind, found.program, profile, url, this.#places.platform);
        if (await runOpener(command, context.env)) return true;
      }
      context.log.warn({ ssoSession, browser: choice.browser }, 'the chosen browser could not be opened');
    }
    return context.openBrowser(url);
  }

  #hasDisplay(): boolean {
    const { env, platform } = this.#places;
    return platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
  }
}
