import type { HostedPty, TypedKey } from '../../contract/pty-protocol.ts';
import type { Log } from '../ports.ts';
import type { PtyHostClient } from './pty-host-client.ts';
import { connectPtyHost, findOrStartPtyHost, type PtyHostPlace } from './start-pty-host.ts';

export interface PtyHostNews {
  /** All ptys of a host that was just connected to. */
  all(ptys: readonly HostedPty[]): void;
  changed(pty: HostedPty): void;
  typed(id: string, key: TypedKey): void;
  /** The host ended, with all that it held. */
  gone(): void;
}

/** The agent's connection to the pty-host: made when needed, and again when only the connection was lost. */
export class PtyHostLink {
  readonly #place: PtyHostPlace;
  readonly #news: PtyHostNews;
  readonly #log: Log;
  #client: PtyHostClient | undefined;
  #connecting: Promise<PtyHostClient | null> | undefined;
  #closed = false;
  readonly #notes = new Map<string, string>();

  constructor(place: PtyHostPlace, news: PtyHostNews, log: Log) {
    this.#place = place;
    this.#news = news;
    this.#log = log;
  }

  /** The host, if one runs. */
  existing(): Promise<PtyHostClient | null> {
    return this.#connected(() => connectPtyHost(this.#place.socket, this.#events));
  }

  /** The host, started if need be. */
  async host(): Promise<PtyHostClient> {
    for (;;) {
      const client = await this.#connected(() => findOrStartPtyHost(this.#place, this.#events));
      // An attempt that was under way may have been one that starts none.
      if (client) return client;
    }
  }

  /** What the host is to keep with a pty for the agent after this one; said only where it is new. */
  note(pty: HostedPty, meta: string): void {
    if ((this.#notes.get(pty.id) ?? pty.meta) === meta || !this.#client?.connected) return;
    this.#notes.set(pty.id, meta);
    this.#client.request({ type: 'meta', id: pty.id, meta }).catch(() => this.#notes.delete(pty.id));
  }

  close(): void {
    this.#closed = true;
    this.#client?.close();
  }

  async #connected(connect: () => Promise<PtyHostClient | null>): Promise<PtyHostClient | null> {
    if (this.#client?.connected) return this.#client;
    this.#connecting ??= connect()
      .then((client) => {
        this.#client = client ?? undefined;
        if (client) this.#news.all(client.ptys);
        return client;
      })
      .finally(() => {
        this.#connecting = undefined;
      });
    return this.#connecting;
  }

  readonly #events = {
    changed: (pty: HostedPty) => this.#news.changed(pty),
    forgotten: (id: string) => void this.#notes.delete(id),
    typed: (id: string, key: TypedKey) => this.#news.typed(id, key),
    closed: () => {
      this.#client = undefined;
      this.#notes.clear();
      if (this.#closed) return;
      this.existing().then(
        (client) => {
          if (!client) this.#news.gone();
        },
        (error: unknown) => {
          this.#log.warn(
            { reason: error instanceof Error ? error.message : '' },
            'the pty-host does not answer',
          );
          this.#news.gone();
        },
      );
    },
  };
}
