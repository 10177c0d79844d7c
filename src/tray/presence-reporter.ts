import { powerMonitor } from 'electron';
import { desktopPresence, type PresenceSources } from '../domain/keep-alive/desktop-presence.ts';
import type { AgentLink } from './agent-link.ts';
import type { LinuxPresence } from './linux-presence.ts';

/** What the agent knows grows old after two minutes: it hears at least this often, ms. */
const HEARTBEAT_MS = 60_000;
/** While nobody touches anything, this process looks this often whether they are back; the agent hears only of that. */
const LOOK_MS = 10_000;
/** Signals come in bursts (lock, blank, idle): one report tells all. */
const SETTLE_MS = 100;

/**
 * Tells the agent whether somebody is there, so that it asks for a sign-in only then: at each lock and unlock, at
 * sleep and wake, and once a minute.
 */
export class PresenceReporter {
  readonly #link: AgentLink;
  readonly #linux: LinuxPresence | null;
  #heartbeat: NodeJS.Timeout | undefined;
  /** What was told last, and when. */
  #told: { at: number; idleMs: number | null } = { at: 0, idleMs: null };
  #locked: boolean | null = null;
  #suspended = false;
  #connected = false;
  #closed = false;
  #soon: NodeJS.Timeout | undefined;

  /** `linux`: who tells there; null on other platforms, whose own facts Electron knows. */
  constructor(link: AgentLink, linux: LinuxPresence | null) {
    this.#link = link;
    this.#linux = linux;
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
    this.#closed = true;
    clearTimeout(this.#heartbeat);
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
    const presence = desktopPresence(await this.#sources(), Date.now());
    if (this.#closed) return;
    this.#lookAgain(presence.idleMs);
    if (this.#link.snapshot === null) return;
    this.#told = { at: Date.now(), idleMs: presence.idleMs };
    await this.#link
      .call('presence.report', { ...presence, suspended: this.#suspended })
      // The agent is away: it hears when it is back.
      .catch(() => {});
  }

  #lookAgain(idleMs: number | null): void {
    clearTimeout(this.#heartbeat);
    const nobodyTouches = idleMs !== null && idleMs >= HEARTBEAT_MS;
    this.#heartbeat = setTimeout(() => void this.#look(), nobodyTouches ? LOOK_MS : HEARTBEAT_MS);
  }

  /** Reports when it is time to, or when somebody has come back. */
  async #look(): Promise<void> {
    const { idleMs } = desktopPresence(await this.#sources(), Date.now());
    if (this.#closed) return;
    const { at, idleMs: before } = this.#told;
    const back = before !== null && idleMs !== null && idleMs < before;
    if (back || Math.abs(Date.now() - at) >= HEARTBEAT_MS - LOOK_MS) await this.#report();
    else this.#lookAgain(idleMs);
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
