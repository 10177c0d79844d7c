import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright';
import { type OrdinaryUser, runnerFor, spawnAs } from './ordinary-user.ts';
import { giveTo } from './session-parts.ts';
import { Changes, waitUntil } from './wait.ts';

const CHROMIUM = '/usr/bin/chromium';

/** Whether Debian's Chromium is here. */
export function hasChromium(): boolean {
  return existsSync(CHROMIUM);
}

/** Whether Chromium's sandbox can work here for this user (its set-uid helper, or user namespaces). */
function canSandbox(user: OrdinaryUser): boolean {
  if (existsSync('/usr/lib/chromium/chrome-sandbox')) return true;
  return spawnSync('unshare', ['-Ur', 'true'], { cwd: '/', ...spawnAs(user) }).status === 0;
}

/**
 * Opens the person's browser: Debian's Chromium as the ordinary user, with a profile that lasts as long as `folder`,
 * so that a second sign-in finds the person's cookies. Close it with `close()`.
 */
export async function openChromium(options: {
  user: OrdinaryUser;
  env: NodeJS.ProcessEnv;
  folder: string;
  headless?: boolean;
  locale?: string;
  colorScheme?: 'light' | 'dark' | null;
}): Promise<BrowserContext> {
  const { user, env, folder } = options;
  if (!hasChromium()) throw new Error('no Chromium here: apt-get install chromium');
  const profile = join(folder, 'chromium-profile');
  if (!existsSync(profile)) {
    mkdirSync(profile, { recursive: true, mode: 0o700 });
    giveTo(user, profile);
  }
  return chromium.launchPersistentContext(profile, {
    executablePath: runnerFor(user, CHROMIUM, folder),
    chromiumSandbox: canSandbox(user),
    env: Object.fromEntries(
      Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
    headless: options.headless ?? true,
    colorScheme: options.colorScheme ?? null,
    ...(options.locale === undefined ? {} : { locale: options.locale }),
    viewport: { width: 1100, height: 760 },
    timeout: 90_000,
  });
}

/** A `BROWSER` that hands the addresses it is asked to open to the test. */
export class Opener {
  /** The command for the environment variable BROWSER. */
  readonly command: string;
  readonly #inbox: string;
  readonly #changes = new Changes();
  readonly #watcher: ReturnType<typeof watch>;
  #taken = 0;

  constructor(user: OrdinaryUser, folder: string) {
    this.#inbox = join(folder, 'opened');
    mkdirSync(this.#inbox, { mode: 0o700 });
    giveTo(user, this.#inbox);
    this.command = join(folder, 'open-in-test');
    // A name made of time and process id keeps the order; the rename makes each address appear whole.
    const name = '"$(date +%s%N)-$$"';
    writeFileSync(
      this.command,
      `#!/bin/sh\ncd '${this.#inbox}' && name=${name} && printf '%s' "$1" > ".$name" && mv ".$name" "$name"\n`,
    );
    chmodSync(this.command, 0o755);
    this.#watcher = watch(this.#inbox, () => this.#changes.emit());
  }

  /** Every address that was opened so far, oldest first. */
  get opened(): readonly string[] {
    return readdirSync(this.#inbox)
      .filter((name) => !name.startsWith('.'))
      .sort()
      .map((name) => readFileSync(join(this.#inbox, name), 'utf8'));
  }

  /** The next address that no earlier call has returned; waits for it. */
  async next(timeoutMs = 60_000): Promise<string> {
    const all = await waitUntil(
      this.#changes,
      () => this.opened,
      (opened) => opened.length > this.#taken,
      'an address to open in the browser',
      timeoutMs,
    );
    return all[this.#taken++] as string;
  }

  close(): void {
    this.#watcher.close();
  }
}
