import { join } from 'node:path';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { LayoutTab } from '../../contract/state.ts';
import type { AgentContext } from '../ports.ts';
import { StateFile } from '../state-file.ts';
import { OpenSession } from './open-session.ts';
import { kept, readStored, withRecentFolder } from './session-record.ts';

/** Open at the same time: a page that is out of its mind must not fill the machine with processes. */
const MOST_OPEN = 100;
const PINNED_FOLDERS = 20;

/** All sessions, in their order, and the folders and tabs that stand beside them; kept on disk. */
export class SessionList {
  readonly #sessions = new Map<string, OpenSession>();
  /** Those whose credentials are just being asked for. */
  readonly #beginning = new Set<string>();
  readonly #file: StateFile;
  readonly #log: AgentContext['log'];
  #recentFolders: string[] = [];
  #pinnedFolders: string[] = [];
  #layout: LayoutTab[] = [];
  #saving = false;
  #closed = false;

  constructor(context: Pick<AgentContext, 'clock' | 'log' | 'home'>) {
    this.#log = context.log;
    this.#file = new StateFile(join(context.home, 'sessions.json'), 1, context.log, () =>
      context.clock.now(),
    );
  }

  /** `beginWith`: recent folders for somebody who has none yet. */
  async load(beginWith: readonly string[]): Promise<void> {
    const { sessions, recentFolders, pinnedFolders, layout } = readStored(await this.#file.read());
    this.#pinnedFolders = pinnedFolders;
    this.#layout = layout;
    this.#recentFolders = recentFolders.length > 0 ? recentFolders : [...beginWith];
    for (const stored of sessions) this.#sessions.set(stored.id, OpenSession.fromStored(stored));
  }

  get all(): OpenSession[] {
    return [...this.#sessions.values()];
  }

  /** As a person sees them: pinned ones first, then as they arranged them, new ones before old ones. */
  get inOrder(): OpenSession[] {
    return this.all.sort(
      (a, b) =>
        Number(b.record.pinned) - Number(a.record.pinned) ||
        a.record.order - b.record.order ||
        b.record.startedAt - a.record.startedAt,
    );
  }

  get(id: string): OpenSession | undefined {
    return this.#sessions.get(id);
  }

  /** Errors: SessionUnknown. */
  known(id: string): OpenSession {
    const session = this.#sessions.get(id);
    if (!session) throw new BedrockTrayError('SessionUnknown', { session: id });
    return session;
  }

  set(session: OpenSession): void {
    this.#sessions.set(session.id, session);
  }

  delete(id: string): void {
    this.#sessions.delete(id);
  }

  /** Open, or about to be. */
  isOpen(id: string): boolean {
    return this.#beginning.has(id) || (this.#sessions.get(id)?.open ?? false);
  }

  /** The session that has a conversation open, or is about to. */
  holderOf(conversation: string): OpenSession | undefined {
    return this.all.find((s) => s.record.conversation === conversation && this.isOpen(s.id));
  }

  /**
   * Puts a session in its place while `begin` starts it; when that fails, what stood there before stands there again.
   * What must never be twice is decided here, in one step. Errors: TooManySessions, ConversationOpen, and `begin`'s.
   */
  async beginning(session: OpenSession, begin: () => Promise<void>): Promise<void> {
    const { id, record } = session;
    const open = this.all.filter((s) => this.isOpen(s.id)).length;
    if (open >= MOST_OPEN) throw new BedrockTrayError('TooManySessions', { limit: MOST_OPEN });
    const { conversation } = record;
    const holder = conversation === null ? undefined : this.holderOf(conversation);
    if (conversation !== null && holder) {
      throw new BedrockTrayError('ConversationOpen', { conversation, session: holder.id });
    }
    const before = this.#sessions.get(id);
    this.#sessions.set(id, session);
    this.#beginning.add(id);
    try {
      await begin();
    } catch (error) {
      if (before) this.#sessions.set(id, before);
      else this.#sessions.delete(id);
      throw error;
    } finally {
      this.#beginning.delete(id);
    }
  }

  /** The place of a new session: before all others. */
  firstPlace(): number {
    return Math.min(0, ...this.all.map((s) => s.record.order)) - 1;
  }

  /** These first, in this order; the others behind them as they were. */
  reorder(ids: readonly string[]): void {
    const named = new Set(ids);
    const rest = this.inOrder.map((s) => s.id).filter((id) => !named.has(id));
    for (const [order, id] of [...ids, ...rest].entries()) {
      const session = this.#sessions.get(id);
      if (session) session.record = { ...session.record, order };
    }
  }

  /** Old sessions that ended and need not be kept, and those of which only the screen goes. */
  surplus(): { sessions: OpenSession[]; screens: OpenSession[] } {
    const all = this.all.filter((s) => !this.#beginning.has(s.id));
    const { sessions, screens } = kept(all);
    return {
      sessions: all.filter((s) => !sessions.has(s)),
      screens: all.filter((s) => !screens.has(s) && s.pty !== undefined),
    };
  }

  recentFolders(): string[] {
    return [...this.#recentFolders];
  }

  workedIn(folder: string): void {
    this.#recentFolders = withRecentFolder(this.#recentFolders, folder);
  }

  pinnedFolders(): string[] {
    return [...this.#pinnedFolders];
  }

  pinFolder(folder: string, pinned: boolean): void {
    const others = this.#pinnedFolders.filter((f) => f !== folder);
    this.#pinnedFolders = pinned ? [...others, folder].slice(-PINNED_FOLDERS) : others;
  }

  layout(): LayoutTab[] {
    return [...this.#layout];
  }

  setLayout(tabs: readonly LayoutTab[]): void {
    this.#layout = tabs
      .map((tab) => ({ ...tab, panes: tab.panes.filter((id) => this.#sessions.has(id)) }))
      .filter((tab) => tab.panes.length > 0);
  }

  /** Writes it soon: several changes of one moment in one go. */
  save(): void {
    if (this.#saving || this.#closed) return;
    this.#saving = true;
    setImmediate(() => {
      this.#saving = false;
      this.#write().catch((error: unknown) => {
        this.#log.error(
          { reason: error instanceof BedrockTrayError ? JSON.stringify(error.params) : '' },
          'the list of sessions cannot be written',
        );
      });
    });
  }

  /** Writes it for the last time. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#write().catch(() => undefined);
  }

  #write(): Promise<void> {
    return this.#file.write({
      sessions: this.all.map((s) => s.stored()),
      recentFolders: this.#recentFolders,
      pinnedFolders: this.#pinnedFolders,
      layout: this.#layout,
    });
  }
}
