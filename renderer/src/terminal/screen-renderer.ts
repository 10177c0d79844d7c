import type { IDisposable, Terminal } from '@xterm/xterm';
import type { Settings } from '../../../src/contract/settings.ts';
import { whenIdle } from '../model/idle.ts';

type Wishes = Pick<Settings['terminal'], 'renderer' | 'ligatures'>;

/** How often a lost graphics context is asked for again. */
const MOST_LOSSES = 3;
/** Runs of signs of which fonts make ligatures. */
const LIGATURES = /[-=<>!|&+*/:.~#%^?_\\]{2,}|www/g;

/** Names of what plays a graphics processor: Chromium gives a context of these without calling it a caveat. */
const IN_SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

let fast: boolean | undefined;

/**
 * Whether a graphics processor stands behind WebGL: where it is played by software the DOM is drawn several times
 * faster (`npm run bench -- --only page`).
 */
function webglIsFast(): boolean {
  if (fast === undefined) {
    const probe = document
      .createElement('canvas')
      .getContext('webgl2', { failIfMajorPerformanceCaveat: true });
    const named = probe?.getExtension('WEBGL_debug_renderer_info')?.UNMASKED_RENDERER_WEBGL;
    const renderer: unknown = named === undefined ? '' : probe?.getParameter(named);
    fast = probe !== null && !IN_SOFTWARE.test(String(renderer));
    probe?.getExtension('WEBGL_lose_context')?.loseContext();
  }
  return fast;
}

/**
 * Draws with WebGL while the terminal is shown and the system has a fast context for it (by wish: any), else by the DOM. Fonts' ligatures
 * appear where cells are drawn together: xterm.js does that for the ranges that are named to it.
 */
export class ScreenRenderer implements IDisposable {
  readonly #terminal: Terminal;
  #wishes: Wishes;
  #host: HTMLElement | null = null;
  #webgl: IDisposable | null = null;
  #joiner: number | null = null;
  #visible = false;
  #losses = 0;
  #disposed = false;
  #callOff = (): void => {};

  constructor(terminal: Terminal, wishes: Wishes) {
    this.#terminal = terminal;
    this.#wishes = wishes;
  }

  open(host: HTMLElement): void {
    this.#host = host;
    this.#say();
    this.#joinLigatures();
    document.fonts.addEventListener('loadingdone', this.refresh);
  }

  /** A context only for what is shown: browsers have few of them. */
  show(visible: boolean): void {
    this.#visible = visible;
    this.#callOff();
    if (!visible) this.#stop();
    // Asking for a graphics context takes longer than drawing the first screen without one.
    else if (this.#wishes.renderer === 'auto') this.#callOff = whenIdle(() => void this.#start(), 1_000);
    else void this.#start();
  }

  update(wishes: Wishes): void {
    const before = this.#wishes;
    this.#wishes = wishes;
    if (wishes.ligatures !== before.ligatures) this.#joinLigatures();
    if (wishes.renderer !== before.renderer) {
      this.#losses = 0;
      this.#stop();
      void this.#start();
    } else this.refresh();
  }

  /** Draws every character anew: after a change of font or theme, and after having been hidden. */
  readonly refresh = (): void => this.#terminal.clearTextureAtlas();

  dispose(): void {
    this.#disposed = true;
    document.fonts.removeEventListener('loadingdone', this.refresh);
    this.#callOff();
    this.#stop();
  }

  #wanted(): boolean {
    const { renderer } = this.#wishes;
    if (!this.#visible || this.#losses >= MOST_LOSSES) return false;
    return renderer === 'webgl' || (renderer === 'auto' && webglIsFast());
  }

  async #start(): Promise<void> {
    if (this.#webgl || !this.#wanted()) return;
    try {
      const { WebglAddon } = await import('@xterm/addon-webgl');
      if (this.#disposed || this.#webgl || !this.#wanted()) return;
      const addon = new WebglAddon();
      addon.onContextLoss(() => {
        // The system took the context: the DOM renderer goes on where it stopped, until it is shown the next time.
        this.#losses++;
        this.#stop();
      });
      this.#terminal.loadAddon(addon);
      this.#webgl = addon;
      this.#say();
    } catch {
      this.#losses = MOST_LOSSES;
    }
  }

  #stop(): void {
    this.#webgl?.dispose();
    this.#webgl = null;
    if (!this.#disposed) this.#say();
  }

  #joinLigatures(): void {
    const { ligatures } = this.#wishes;
    if (this.#host) this.#host.dataset.ligatures = ligatures ? 'on' : 'off';
    if (ligatures === (this.#joiner !== null)) return;
    if (this.#joiner !== null) this.#terminal.deregisterCharacterJoiner(this.#joiner);
    this.#joiner = ligatures
      ? this.#terminal.registerCharacterJoiner((text) =>
          [...text.matchAll(LIGATURES)].map((match) => [match.index, match.index + match[0].length]),
        )
      : null;
  }

  #say(): void {
    if (this.#host) this.#host.dataset.renderer = this.#webgl ? 'webgl' : 'dom';
  }
}
