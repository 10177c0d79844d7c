import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { Snapshot } from '../../../src/contract/index.ts';
import { Settings } from '../../../src/contract/settings.ts';
import { hasChromium } from '../desktop/browser.ts';
import * as given from '../tray/snapshots.ts';
import { FakeAgent } from './fake-agent.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const artefacts = join(root, 'test-artefacts', 'page');
export const MINUTE = 60_000;

/** Pictures for whoever judges the looks are taken on request (PICTURES=1): they cost half of the time. */
export const pictures = !!process.env.PICTURES;

/** Terminals drawn without a graphics processor, which test machines lack. */
const settings = Settings.parse({ setupDone: true, terminal: { renderer: 'dom' } });
/** Signed in, everything chosen, two folders, nothing open. */
export const ready = (more: Partial<Snapshot> = {}): Snapshot =>
  given.snapshot(Date.now(), { settings, ...more });

/** Newest modification time (epoch ms) of what the page is made from. */
function sourcesAt(): number {
  const newest = (path: string): number => {
    const s = statSync(path);
    if (!s.isDirectory()) return s.mtimeMs;
    return Math.max(s.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
  };
  return Math.max(
    ...['renderer', 'src', 'assets', 'vite.config.ts', 'package-lock.json'].map((s) => newest(join(root, s))),
  );
}

/** The built page, made once for all test files that look at the same sources. */
async function builtPage(): Promise<string> {
  const cache = join(root, '.cache', 'page');
  mkdirSync(cache, { recursive: true });
  const wanted = `built-${Math.round(sourcesAt())}`;
  const known = readdirSync(cache);
  if (known.includes(wanted)) return join(cache, wanted);
  // Whoever still uses an older one is long done. Another worker may be taking it away as well.
  for (const name of known) {
    const madeAt = statSync(join(cache, name), { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (madeAt < Date.now() - 60 * MINUTE)
      await rm(join(cache, name), { recursive: true, force: true }).catch(() => undefined);
  }
  const fresh = await mkdtemp(join(cache, 'building-'));
  await build({
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'error',
    build: { outDir: fresh, emptyOutDir: true, reportCompressedSize: false },
  });
  // Another worker may have been quicker with the same.
  await rename(fresh, join(cache, wanted)).catch(() => rm(fresh, { recursive: true, force: true }));
  return join(cache, wanted);
}

export interface PageOptions {
  hash?: string;
  locale?: string;
  colorScheme?: 'light' | 'dark';
  viewport?: { width: number; height: number };
  /** What the agent has before the page is loaded. */
  prepare?: ((agent: FakeAgent) => unknown) | undefined;
}

/** A browser and an agent that the tests of a file share; each test has a page and a state of its own. */
export class PageHarness implements AsyncDisposable {
  readonly #browser: Browser;
  readonly #agent: FakeAgent;
  readonly #windows = new Map<string, Window>();
  /** What a test uses now. */
  #used: Window | null = null;

  private constructor(browser: Browser, agent: FakeAgent) {
    this.#browser = browser;
    this.#agent = agent;
  }

  static async start(): Promise<PageHarness> {
    mkdirSync(artefacts, { recursive: true });
    const [renderer, browser] = await Promise.all([
      builtPage(),
      chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'], timeout: 2 * MINUTE }),
    ]);
    return new PageHarness(browser, await FakeAgent.start(ready(), renderer));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await this.#agent[Symbol.asyncDispose]();
  }

  /** A page on an agent in a given state; complaints of the page's policy and uncaught errors fail the test. */
  async withPage(
    state: Snapshot,
    use: (page: Page, agent: FakeAgent) => Promise<void>,
    options: PageOptions = {},
  ): Promise<void> {
    const { hash = '', prepare, ...look } = options;
    const agent = this.#agent;
    // A test that ran out of time still uses its page while it is tried again.
    if (this.#used) await this.#throwAway(this.#used);
    await agent.reset(state);
    await prepare?.(agent);
    const window = await this.#window(look);
    const { page, complaints } = window;
    this.#used = window;
    complaints.length = 0;
    try {
      // A page of its own: nothing but cookies is left of the one before. It begins with its view.
      await page.goto(agent.url() + hash);
      // The view itself: the outline that stands there before the agent answers has a heading, too.
      await page.locator('main:not(:has(> * > .page[aria-busy])) h1').first().waitFor({ state: 'attached' });
      await use(page, agent);
      expect(complaints).toEqual([]);
      await page.goto('about:blank');
      this.#used = null;
    } catch (error) {
      await page.screenshot({ path: join(artefacts, 'failed.png') }).catch(() => undefined);
      await this.#throwAway(window);
      throw error;
    }
  }

  async #throwAway(window: Window): Promise<void> {
    if (this.#windows.get(window.key) === window) this.#windows.delete(window.key);
    if (this.#used === window) this.#used = null;
    await window.page.context().close();
  }

  /** The window that has this look; one that is there already loads a page in half the time. */
  async #window(look: Omit<PageOptions, 'hash' | 'prepare'>): Promise<Window> {
    const key = JSON.stringify(look);
    const known = this.#windows.get(key);
    if (known) return known;
    const context = await this.#browser.newContext({
      viewport: { width: 1200, height: 800 },
      locale: 'en-US',
      colorScheme: 'light',
      ...look,
    });
    // For pages that are loaded and drawn beside whatever else the machine does.
    context.setDefaultTimeout(60_000);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      const text = message.text();
      const isMeant = /WebSocket|ERR_CONNECTION|favicon|broken on purpose/.test(text);
      if (message.type() === 'error' && !isMeant) complaints.push(text);
    });
    const made = { key, page, complaints };
    this.#windows.set(key, made);
    return made;
  }
}

interface Window {
  key: string;
  page: Page;
  complaints: string[];
}

/** Goes to a view; it is drawn, though what it asks the agent for may not be there yet. */
export async function goTo(page: Page, hash: string): Promise<void> {
  await page.evaluate(
    (h) =>
      new Promise<void>((drawn) => {
        if (location.hash === h) return drawn();
        // The page's own listener is older, and React draws before the next one is called.
        addEventListener('hashchange', () => drawn(), { once: true });
        location.assign(h);
      }),
    hash,
  );
}

/**
 * No serious finding of axe on what is shown. `contrast` looks at colours only: what else axe finds does not change
 * with the theme.
 */
export async function expectAccessible(page: Page, what: 'all' | 'contrast' = 'all'): Promise<void> {
  expect(await findings(page, what)).toEqual([]);
}

/** axe itself, as its Playwright package brings it. */
const axe = createRequire(createRequire(import.meta.url).resolve('@axe-core/playwright'))('axe-core') as {
  source: string;
};
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe finds that is serious or worse, a line each. It is put into a document once. */
export async function findings(page: Page, what: 'all' | 'contrast'): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  return page.evaluate(
    async (runOnly) => {
      interface Axe {
        run(
          options: object,
        ): Promise<{ violations: { id: string; impact: string; nodes: { target: string[] }[] }[] }>;
      }
      const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run({
        runOnly,
        resultTypes: ['violations'],
      });
      return violations
        .filter((v) => v.impact === 'serious' || v.impact === 'critical')
        .map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}`);
    },
    what === 'all' ? { type: 'tag', values: tags } : { type: 'rule', values: ['color-contrast'] },
  );
}

/** Nothing is wider than the window, once menus have found their new places. */
export async function expectNoOverflow(page: Page): Promise<void> {
  const overflow = () =>
    page.evaluate(() =>
      Math.max(
        ...[...document.querySelectorAll('html, .main-scroll, .page, .dialog')].map(
          (e) => e.scrollWidth - e.clientWidth,
        ),
      ),
    );
  await expect.poll(overflow).toBeLessThanOrEqual(0);
}

/** Some frames have been drawn: shifts of the layout are told after the one in which they were. */
export const drawn = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    for (let n = 0; n < 3; n++) await new Promise((done) => requestAnimationFrame(done));
  });

/** A picture for whoever judges the looks. */
export async function shot(page: Page, name: string, options: { whole?: boolean } = {}): Promise<void> {
  if (!pictures) return;
  const path = join(artefacts, `${name}.png`);
  if (!options.whole) {
    await page.screenshot({ path, animations: 'disabled' });
    return;
  }
  // The view scrolls inside of the window: as high as it would like to be.
  const size = page.viewportSize();
  const height = await page.evaluate(
    () =>
      Math.max(...[...document.querySelectorAll('.main-scroll')].map((e) => e.scrollHeight)) +
      (document.documentElement.clientHeight - (document.querySelector('main')?.clientHeight ?? 0)),
  );
  if (size) await page.setViewportSize({ width: size.width, height: Math.max(size.height, height) });
  await page.screenshot({ path, animations: 'disabled' });
  if (size) await page.setViewportSize(size);
}

/** The agent is there again; the page does not wait for the end of its pause, which is long after a long absence. */
export async function comesBack(page: Page, agent: FakeAgent): Promise<void> {
  await agent.appear();
  const connected = async (): Promise<boolean> => {
    await page.evaluate(() => dispatchEvent(new Event('online')));
    return agent.watched;
  };
  await expect.poll(connected).toBe(true);
}

/** What was copied. Copying takes a moment: poll. */
export const clipboard = (page: Page): Promise<string> => page.evaluate(() => navigator.clipboard.readText());

/** Waits for the shown session's terminal. */
export async function terminalLive(page: Page): Promise<void> {
  await page.locator('.terminal-host[data-state=live]:visible').waitFor();
}

/** Tests of the page in Chromium, which share one browser; left out where there is none. */
export function describePages(name: string, tests: (pages: Pick<PageHarness, 'withPage'>) => void): void {
  describe.skipIf(!hasChromium())(`${name} in Chromium (needs Debian’s chromium)`, () => {
    let harness: PageHarness;
    // The page is built first, by several workers at the same time.
    beforeAll(async () => {
      harness = await PageHarness.start();
    }, 5 * MINUTE);
    afterAll(() => harness?.[Symbol.asyncDispose]());
    tests({ withPage: (...given) => harness.withPage(...given) });
  });
}
