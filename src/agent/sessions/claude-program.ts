import { BedrockTrayError } from '../../contract/errors.ts';
import type { ClaudeView } from '../../contract/state.ts';
import { claudeSupport, OLDEST_CLAUDE } from '../../domain/sessions/claude-version.ts';
import type { AgentContext, SettingsStore } from '../ports.ts';
import { ClaudeFinder, type FoundClaude } from './claude-finder.ts';
import { type Environment, LoginShell } from './login-shell.ts';

export interface ProgramWish {
  program: 'claude' | 'shell';
  path: string;
}

/** Which program a session runs, and in whose environment. */
export class ClaudeProgram {
  readonly #demo: boolean;
  readonly #settings: Pick<SettingsStore, 'get'>;
  readonly #loginShell: LoginShell;
  readonly #finder = new ClaudeFinder();
  readonly #onFound: () => void;
  #found: FoundClaude | null = null;

  constructor(
    context: Pick<AgentContext, 'clock' | 'log' | 'env'>,
    node: string,
    settings: Pick<SettingsStore, 'get'>,
    onFound: () => void,
  ) {
    this.#demo = context.env.BEDROCK_TRAY_DEMO === '1';
    this.#settings = settings;
    this.#onFound = onFound;
    this.#loginShell = new LoginShell({
      base: context.env,
      node,
      log: context.log,
      now: () => context.clock.now(),
    });
  }

  /** Claude Code as it was last found, and what is known of that version. */
  get found(): ClaudeView | null {
    return this.#found && { ...this.#found, support: claudeSupport(this.#found.version) };
  }

  /** Errors: ClaudeTooOld. A version that it does not say is no reason. */
  async requireSupported(path: string, env: Environment): Promise<void> {
    const version = await this.#finder.version(path, env);
    if (version !== null && claudeSupport(version) === 'older') {
      throw new BedrockTrayError('ClaudeTooOld', { path, version, needed: OLDEST_CLAUDE });
    }
  }

  /**
   * The environment of the person's login shell. An answer that was kept and does not lead to Claude Code is asked
   * for again: it may just have been installed.
   */
  async environment(): Promise<Environment> {
    const env = await this.#loginShell.environment();
    const there = await this.claude(env).catch(() => undefined);
    return there === undefined ? this.#loginShell.environment({ fresh: true }) : env;
  }

  /** Claude Code, or in a demo without it the person's shell. Errors: ClaudeNotInstalled. */
  async find(env: Environment): Promise<ProgramWish> {
    try {
      return { program: 'claude', path: await this.claude(env) };
    } catch (error) {
      if (!this.#demo) throw error;
      return { program: 'shell', path: this.#loginShell.shell };
    }
  }

  /** Claude Code's executable. Errors: ClaudeNotInstalled. */
  async claude(env: Environment): Promise<string> {
    const path = await this.#finder.find(this.#settings.get().claudePath, env);
    void this.#remember(path, env);
    return path;
  }

  /** Looks whether Claude Code is there, for those who ask before a session is opened. */
  async look(): Promise<void> {
    // Not there (yet): said when a session is opened.
    await this.claude(await this.#loginShell.environment()).catch(() => undefined);
  }

  /** Looks for it and for its version now; what was found before and is gone is forgotten. */
  async lookAgain(): Promise<ClaudeView | null> {
    const env = await this.environment();
    try {
      await this.#remember(await this.#finder.find(this.#settings.get().claudePath, env), env);
    } catch {
      if (this.#found) {
        this.#found = null;
        this.#onFound();
      }
    }
    return this.found;
  }

  async #remember(path: string, env: Environment): Promise<void> {
    const version = await this.#finder.version(path, env);
    if (this.#found?.path === path && this.#found.version === version) return;
    this.#found = { path, version };
    this.#onFound();
  }
}
