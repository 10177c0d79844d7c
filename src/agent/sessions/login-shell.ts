import { spawn } from 'node:child_process';
import { userInfo } from 'node:os';
import type { Log } from '../ports.ts';

const TIMEOUT_MS = 8_000;
/** Start-up files may change; asking costs a second with some of them. */
const KEPT_MS = 5 * 60_000;
const MAX_CHARACTERS = 4 * 1024 * 1024;

/** Left by the shell itself, by npm or by us: no part of the person's environment. */
const noise = /^(_|SHLVL|PWD|OLDPWD|INIT_CWD|npm_.*|BEDROCK_TRAY_RESOLVING_ENVIRONMENT)$/;

/** Keeps the person's NODE_OPTIONS while our Node runs without them. */
const ASIDE = 'BEDROCK_TRAY_NODE_OPTIONS';

export type Environment = Record<string, string>;

/**
 * The environment that the person's login shell makes, which an app started from a desktop lacks (PATH, proxies,
 * version managers). The shell runs interactively, so that rc files count, without a terminal and for a bounded
 * time; start-up files may look for BEDROCK_TRAY_RESOLVING_ENVIRONMENT. Where it fails, `base` itself is answered.
 */
export class LoginShell {
  readonly #base: Environment;
  readonly #node: string;
  readonly #log: Log;
  readonly #now: () => number;
  readonly #timeoutMs: number;
  #kept: { at: number; env: Promise<Environment> } | undefined;

  constructor(parts: {
    base: Readonly<Record<string, string | undefined>>;
    node: string;
    log: Log;
    now: () => number;
    timeoutMs?: number;
  }) {
    this.#base = clean(parts.base);
    this.#node = parts.node;
    this.#log = parts.log;
    this.#now = parts.now;
    this.#timeoutMs = parts.timeoutMs ?? TIMEOUT_MS;
  }

  /** Concurrent askers share one shell; an answer is kept for some minutes, unless a fresh one is wanted. */
  environment({ fresh = false } = {}): Promise<Environment> {
    if (process.platform === 'win32') return Promise.resolve({ ...this.#base });
    if (fresh || !this.#kept || this.#now() - this.#kept.at > KEPT_MS) {
      this.#kept = { at: this.#now(), env: this.#ask() };
    }
    return this.#kept.env;
  }

  /** The person's shell. */
  get shell(): string {
    return this.#base.SHELL || userInfo().shell || '/bin/sh';
  }

  async #ask(): Promise<Environment> {
    const marker = crypto.randomUUID();
    // The person's NODE_OPTIONS are for their own programs: one that cannot be loaded here must not hide all the rest.
    // /bin/sh sets them aside, since the person's shell may have another syntax (csh, fish).
    const print = [
      '/bin/sh',
      '-c',
      `${ASIDE}="\${NODE_OPTIONS-}" NODE_OPTIONS= exec "$0" -p "$1"`,
      this.#node,
      `"${marker}" + JSON.stringify(process.env) + "${marker}"`,
    ]
      .map(quoted)
      .join(' ');
    try {
      const stdout = await this.#run(['-i', '-l', '-c', print]);
      const [, json] = stdout.split(marker);
      if (json === undefined) throw new Error('no answer between the markers');
      const { [ASIDE]: nodeOptions, NODE_OPTIONS: _, ...env } = JSON.parse(json) as Environment;
      return this.#withOwnPath(clean({ ...env, NODE_OPTIONS: nodeOptions || undefined }));
    } catch (error) {
      const reason = error instanceof Error ? error.message.slice(0, 100) : 'unknown';
      this.#log.warn({ shell: this.shell, reason }, 'the login shell does not say its environment');
      return { ...this.#base };
    }
  }

  /**
   * A login shell's start-up files may set PATH anew (Debian's /etc/profile does). What was on the PATH that we were
   * started with, in a terminal or by a version manager, is still found, after the shell's own.
   */
  #withOwnPath(env: Environment): Environment {
    const folders = [env.PATH, this.#base.PATH].flatMap((path) => (path ? path.split(':') : []));
    return folders.length === 0 ? env : { ...env, PATH: [...new Set(folders)].join(':') };
  }

  #run(args: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = spawn(this.shell, args, {
        env: { ...this.#base, BEDROCK_TRAY_RESOLVING_ENVIRONMENT: '1' },
        cwd: this.#base.HOME || '/',
        stdio: ['ignore', 'pipe', 'ignore'],
        // In a session of its own it can neither touch our terminal nor leave children behind unseen.
        detached: true,
      });
      const kill = (reason: string): void => {
        reject(new Error(reason));
        // What a start-up file put into the background may hold the pipe open.
        child.stdout.destroy();
        if (child.pid === undefined) return;
        try {
          process.kill(-child.pid, 'SIGKILL');
        } catch {
          // It has just ended.
        }
      };
      const timer = setTimeout(() => kill('timed out'), this.#timeoutMs);
      let stdout = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
        if (stdout.length > MAX_CHARACTERS) kill('says too much');
      });
      child.once('error', (error) => {
        clearTimeout(timer);
        reject(error);
      });
      child.once('close', (code, signal) => {
        clearTimeout(timer);
        // An rc file may end with an error though all was said.
        if (code !== 0 && stdout === '') reject(new Error(`ended with ${code ?? signal}`));
        else resolve(stdout);
      });
    });
  }
}

/** One word for any shell that knows single quotes. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

function clean(env: Readonly<Record<string, string | undefined>>): Environment {
  const out: Environment = {};
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && !noise.test(name)) out[name] = value;
  }
  return out;
}
