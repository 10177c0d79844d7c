import { net, powerMonitor, session } from 'electron';
import type { AgentLink } from './agent-link.ts';
import type { DesktopBus } from './desktop-bus.ts';

/** Looked at again this often: nothing tells the main process that the network or the proxy changed, ms. */
const AGAIN_MS = 60_000;
const NETWORK_MANAGER = 'org.freedesktop.NetworkManager';

/**
 * Tells the agent what only the desktop knows: whether there is any network at all, and which proxy the system's
 * settings name for AWS. At the start, when it changes, and at once when the network comes back.
 */
export class NetworkReporter {
  readonly #link: AgentLink;
  readonly #timer: NodeJS.Timeout;
  #told = '';

  /** `system`: the system's message bus on Linux, where NetworkManager tells of changes. */
  constructor(link: AgentLink, system: DesktopBus | null) {
    this.#link = link;
    this.#timer = setInterval(() => void this.#report(), AGAIN_MS);
    link.onChange(() => {
      if (link.snapshot === null) this.#told = '';
      else if (this.#told === '') void this.#report();
    });
    powerMonitor.on('resume', () => void this.#report(true));
    void system?.onSignal(
      { interface: NETWORK_MANAGER, member: 'StateChanged' },
      () => void this.#report(true),
    );
    void this.#report();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** `anyhow`: something changed, even if it looks the same from here. */
  async #report(anyhow = false): Promise<void> {
    const { snapshot } = this.#link;
    if (snapshot === null) return;
    const region = snapshot.ssoSessions[0]?.region ?? 'us-east-1';
    const report = {
      online: net.isOnline(),
      proxyRules: await session.defaultSession
        .resolveProxy(`https://oidc.${region}.amazonaws.com/`)
        .catch(() => null),
    };
    const told = JSON.stringify(report);
    if (told === this.#told && !anyhow) return;
    this.#told = told;
    await this.#link.call('network.report', report).catch(() => {
      this.#told = '';
    });
  }
}
