import { powerMonitor } from 'electron';
import { desktopPresence, type PresenceSources } from '../domain/desktop-presence.ts';
import type { AgentLink } from './agent-link.ts';
import type { LinuxPresence } from './linux-presence.ts';

/** What the agent knows grows old after two minutes: it hears at least this often, ms. */
const HEARTBEAT_MS = 60_000;
/** Signals come in bursts (lock, blank, idle): one report tells all. */
const SETTLE_MS = 100;

/**
 * Tells the agent whether somebody is there, so that it asks for a sign-in only then: at each lock and unlock, at
 * sleep and wake, and once a minute.
 */
export class PresenceReporter {
  readonly #link: AgentLink;
  readonly #linux: LinuxPresence | null;
  readonly #heartbeat: NodeJS.Timeout;
  #locked: boolean | null = null;
  #suspended = false;
  #connected = false;
  #soon: NodeJS.Timeout | undefined;

  /** `linux`: who tells there; null on other platforms, whose own facts Electron knows. */
  constructor(link: AgentLink, linux: LinuxPresence | null) {
    this.#link = link;
    this.#linux = linux;
    this.#heartbeat = setInterval(() => void this.#report(), HEARTBEAT_MS);
    link.onChange(() => {
      const connected = link.snapshot !== null;
      if (connected && !this.#connected) this.soon();
      this.#connected = connected;
    });
    powerMonitor.on('suspend', () => this.#sleeps(true));
    powerMonitor.on('resume', () => this.#sleeps(false));
    if (linux === null) {
      this.#locked = false;
      powerMonitor.on('lock-screen', () => this.#locks(true));
      powerMonitor.on('unlock-screen', () => this.#locks(false));
    }
    this.soon();
  }

  /** Something changed: report it in a moment. */
  soon(): void {
    clearTimeout(this.#soon);
    this.#soon = setTimeout(() => void this.#report(), SETTLE_MS);
  }

  close(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#soon);
  }

  #sleeps(suspended: boolean): void {
    this.#suspended = suspended;
    // At once: the machine sleeps in a moment.
    void this.#report();
  }

  #locks(locked: boolean): void {
    this.#locked = locked;
    this.soon();
  }

  async #report(): Promise<void> {
    if (this.#link.snapshot === null) return;
    const presence = desktopPresence(await this.#sources(), Date.now());
    await this.#link
      .call('presence.report', { ...presence, suspended: this.#suspended })
      // The agent is away: it hears when it is back.
      .catch(() => {});
  }

  async #sources(): Promise<PresenceSources> {
    const idleMs = Math.round(powerMonitor.getSystemIdleTime() * 1000);
    if (this.#linux === null) {
      return { logind: null, screenSaverActive: null, idleMs, locked: this.#locked };
    }
    const said = await this.#linux.read();
    const x11 = process.env.XDG_SESSION_TYPE === 'x11' ? idleMs : null;
    return { ...said, idleMs: said.idleMs ?? x11, locked: null };
  }
}
