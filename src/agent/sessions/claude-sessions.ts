import { join } from 'node:path';
import {
  BedrockTrayError,
  type HostedPty,
  type LayoutTab,
  type SessionView,
  terminalSocketOf,
} from '../../contract/index.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import type { ClaudeSessions, SessionActivity, SessionIdentity } from '../ports.ts';
import { ClaudeProgram } from './claude-program.ts';
import { Conversations } from './conversations.ts';
import { OpenSession } from './open-session.ts';
import { PtyHostRefusal } from './pty-host-client.ts';
import { PtyHostLink } from './pty-host-link.ts';
import { SessionFiles } from './session-files.ts';
import { SessionList } from './session-list.ts';
import { SessionOpenings } from './session-openings.ts';
import { readNote } from './session-record.ts';
import { KILL_GRACE_MS, SessionStarter } from './session-starter.ts';
import type { ClaudeSessionsParts } from './sessions-parts.ts';

/** What ended in this time before the machine's shutdown, and not by a person, was ended by it. */
const SHUTDOWN_MS = 10_000;

/**
 * Claude Code sessions: opens them in the pty-host with the Bedrock environment set, adopts those that run when the
 * agent starts, and offers those again that ended or were lost (docs/decisions/0023-sessions-are-never-lost.md).
 */
export class ClaudeSessionsRoom implements ClaudeSessions {
  readonly #parts: ClaudeSessionsParts;
  readonly #changes = new ChangeEmitter();
  readonly #list: SessionList;
  readonly #link: PtyHostLink;
  readonly #files: SessionFiles;
  readonly #program: ClaudeProgram;
  readonly #openings: SessionOpenings;
  readonly #starter: SessionStarter;
  readonly #conversations: Conversations;

  constructor(parts: ClaudeSessionsParts) {
    this.#parts = parts;
    const { context } = parts;
    this.#files = new SessionFiles(context.home);
    this.#list = new SessionList(context);
    this.#program = new ClaudeProgram(context, parts.ptyHost.node, parts.settings, () =>
      this.#changes.emit(),
    );
    this.#link = new PtyHostLink(
      parts.ptyHost,
      {
        all: (ptys) => this.#adopt(ptys),
        changed: (pty) => this.#onPty(pty),
        typed: (id, key) => parts.activity.typed(id, key),
        gone: () => this.#hostGone(),
      },
      context.log,
    );
    for (const room of [parts.activity, parts.meter]) room.onChange(() => this.#changes.emit());
    this.#openings = new SessionOpenings(parts, this.#program, this.#list);
    this.#starter = new SessionStarter(parts, this.#link, this.#files, {
      changed: () => this.#changed(),
      ended: (session) => this.#ended(session),
    });
    this.#conversations = new Conversations(context.log, this.#list, () => this.#changed());
  }

  onChange(listener: () => void): () => void {
    return this.#changes.onChange(listener);
  }

  async start(): Promise<void> {
    const { env, userHome } = this.#parts.context;
    // A demo begins with a folder to open.
    await this.#list.load(env.BEDROCK_TRAY_DEMO === '1' ? [join(userHome, 'project')] : []);
    const host = await this.#link.existing().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : '';
      this.#parts.context.log.warn({ reason }, 'the pty-host cannot be used');
      return null;
    });
    if (!host) this.#hostGone();
    await this.#files.keepOnly(new Set(this.#list.all.filter((s) => s.open).map((s) => s.id)));
    await this.#conversations.lookAtAll();
    this.#changed();
    void this.#program.look();
  }

  views(): SessionView[] {
    const { activity, meter } = this.#parts;
    return this.#list.inOrder.map((session, order) => ({
      ...session.view(),
      order,
      activity: activity.view(session.id),
      watched: activity.watched(session.id),
      meter: meter.view(session.id),
    }));
  }

  #view(id: string): SessionView {
    return this.views().find((s) => s.id === id) ?? this.#unknown(id);
  }

  #unknown(id: string): never {
    throw new BedrockTrayError('SessionUnknown', { session: id });
  }

  update(change: Parameters<ClaudeSessions['update']>[0]): SessionView {
    const session = this.#list.known(change.id);
    const { name, pinned, cap } = change;
    session.record = {
      ...session.record,
      ...(name !== undefined && { name, named: true }),
      ...(pinned !== undefined && { pinned }),
      ...(cap !== undefined && { cap }),
    };
    this.#changed();
    return this.#view(session.id);
  }

  reorder(ids: readonly string[]): void {
    this.#list.reorder(ids);
    this.#changed();
  }

  recentFolders(): string[] {
    return this.#list.recentFolders();
  }

  pinnedFolders(): string[] {
    return this.#list.pinnedFolders();
  }

  pinFolder(folder: string, pinned: boolean): void {
    this.#list.pinFolder(folder, pinned);
    this.#changed();
  }

  layout(): LayoutTab[] {
    return this.#list.layout();
  }

  setLayout(tabs: readonly LayoutTab[]): void {
    this.#list.setLayout(tabs);
    this.#changed();
  }

  claude(): ReturnType<ClaudeSessions['claude']> {
    return this.#program.found;
  }

  /** Looks for Claude Code now, for whoever has just installed it. */
  lookForClaude(): Promise<ReturnType<ClaudeSessions['claude']>> {
    return this.#program.lookAgain();
  }

  identity(id: string): SessionIdentity | undefined {
    const session = this.#list.get(id);
    return session?.open ? { id, profile: session.record.profile } : undefined;
  }

  conversationIs(id: string, conversation: string): void {
    const session = this.#list.get(id);
    if (session?.open) this.#conversations.is(session, conversation);
  }

  /** The socket that terminals (and relays of terminals) connect to. */
  get terminalSocket(): string {
    return terminalSocketOf(this.#parts.ptyHost.socket);
  }

  async open(wish: Parameters<ClaudeSessions['open']>[0]): Promise<SessionView> {
    const session = await this.#openings.forWish(wish);
    await this.#requireBudget(session);
    if (this.#list.isOpen(session.id)) {
      throw new BedrockTrayError('BadInput', { field: '--session-id', reason: session.id });
    }
    this.#list.workedIn(wish.cwd);
    return this.#begin(session);
  }

  async openConversation(wish: Parameters<ClaudeSessions['openConversation']>[0]): Promise<SessionView> {
    const { conversation, cols, rows } = wish;
    const holder = this.#list.holderOf(conversation);
    if (holder) throw new BedrockTrayError('ConversationOpen', { conversation, session: holder.id });
    const old = this.#list.all.find((s) => s.record.conversation === conversation);
    if (old) return this.resume(old.id, cols, rows);
    return this.open({ ...wish, args: ['--resume', conversation] });
  }

  async resume(id: string, cols: number, rows: number): Promise<SessionView> {
    const old = this.#list.known(id);
    const refuse = (reason: string) => new BedrockTrayError('SessionNotResumable', { session: id, reason });
    if (this.#list.isOpen(id)) throw refuse('it is running');
    if (old.record.program === 'shell') throw refuse('it was a shell');
    const session = await this.#openings.again(old, cols, rows);
    await this.#requireBudget(session);
    // Somebody else may have resumed it, or forgotten it, meanwhile.
    if (this.#list.get(id) !== old || this.#list.isOpen(id)) throw refuse('it is running');
    // What was changed of it meanwhile holds.
    const { name, named, pinned, order, cap } = old.record;
    session.record = { ...session.record, name, named, pinned, order, cap };
    return this.#begin(session);
  }

  /** Errors: BudgetReached. */
  async #requireBudget({ record }: OpenSession): Promise<void> {
    const refusal = record.environment === null ? null : await this.#parts.usage.refuses(record.environment);
    if (refusal) throw refusal;
  }

  async #begin(session: OpenSession): Promise<SessionView> {
    const { launch } = session;
    if (!launch) throw new TypeError('nothing to start it with');
    try {
      await this.#list.beginning(session, () => this.#starter.begin(session, launch));
    } finally {
      this.#changed();
    }
    return this.#view(session.id);
  }

  /** Errors: SessionUnknown; SignInNeeded or MfaNeeded while it waits for that; SessionEnded when nothing is left to show. */
  async attach(id: string): Promise<{ ticket: string; socket: string }> {
    const session = this.#list.known(id);
    if (session.state === 'starting') await session.started;
    if (session.state === 'waiting' && session.waitsFor) throw session.waitsFor;
    if (session.problem) {
      throw new BedrockTrayError(session.problem.code, session.problem.params as never);
    }
    const host = session.pty ? await this.#link.existing() : null;
    const answer = await host?.request({ type: 'ticket', id }).catch((error: unknown) => {
      if (error instanceof PtyHostRefusal) return undefined;
      throw error;
    });
    if (!answer?.ticket) throw new BedrockTrayError('SessionEnded', { session: id });
    return { ticket: answer.ticket, socket: this.terminalSocket };
  }

  async kill(id: string): Promise<void> {
    const session = this.#list.known(id);
    session.abort.abort();
    session.endedByPerson = true;
    if (session.state === 'waiting') {
      session.endedAt(this.#parts.context.clock.now());
      this.#ended(session);
      return;
    }
    if (session.state === 'starting') await session.started;
    if (session.state !== 'running') return;
    const host = await this.#link.existing();
    await host?.request({ type: 'kill', id, graceMs: KILL_GRACE_MS });
  }

  async remove(id: string): Promise<void> {
    const session = this.#list.known(id);
    if (this.#list.isOpen(id)) throw new BedrockTrayError('BadInput', { field: 'id', reason: session.state });
    if (session.pty) await this.#forget(id);
    this.#drop(id);
    this.#changed();
  }

  async stop(sessions: 'keep' | 'end' | 'shutdown'): Promise<void> {
    const { clock } = this.#parts.context;
    this.#conversations.stop();
    const ends = sessions !== 'keep';
    // A system that goes down may end claude a moment before it tells us.
    const since = clock.now() - SHUTDOWN_MS;
    const open = this.#list.all.filter(
      (s) => s.open || (s.state === 'exited' && s.lastAt > since && !s.endedByPerson),
    );
    for (const session of open) if (session.state === 'waiting' || ends) session.abort.abort();
    if (ends) {
      const host = await this.#link.existing().catch(() => null);
      await host?.request({ type: 'shutdown' }).catch(() => undefined);
      const now = clock.now();
      for (const session of open) {
        if (sessions === 'shutdown') {
          session.happened('shutDown');
          session.lostAt(now);
          this.#letGo(session);
        } else if (session.open) {
          session.endedAt(now);
          this.#ended(session);
        }
      }
    }
    this.#link.close();
    for (const session of this.#list.all) session.release?.();
    await this.#list.close();
  }

  // --- news from the pty-host ---

  #adopt(ptys: readonly HostedPty[]): void {
    const there = new Set(ptys.map((p) => p.id));
    for (const session of this.#list.all) {
      if (session.state === 'running' && !there.has(session.id)) this.#lost(session);
    }
    for (const pty of ptys) this.#onPty(pty);
  }

  #onPty(pty: HostedPty): void {
    let session = this.#list.get(pty.id);
    if (!session) {
      const record = readNote(pty.meta);
      if (!record) return;
      session = new OpenSession(record, 'lost');
      this.#list.set(session);
    }
    // Late news of the process that it had before it was opened again.
    if (pty.exitedAt !== null && session.open && pty.startedAt < session.record.startedAt) return;
    const wasOpen = session.open;
    session.hostedAs(pty);
    if (pty.exitedAt !== null) {
      if (wasOpen || session.state === 'lost') this.#ended(session);
      return;
    }
    session.happened('spawned');
    session.release ??= this.#parts.broker.hold(session.record.profile);
    this.#conversations.lookSoon(session);
    if (wasOpen) {
      // Its title, or the process of one that was adopted.
      this.#parts.activity.session(session.view(), aboutOf(session));
      this.#changes.emit();
    } else this.#changed();
  }

  #hostGone(): void {
    for (const session of this.#list.all) {
      session.hostedAs(undefined);
      // One that waits for a sign-in needs no host yet; one of an agent before this has nobody to start it.
      if (session.open && !(session.state === 'waiting' && session.launch)) this.#lost(session);
    }
    this.#changed();
  }

  #lost(session: OpenSession): void {
    session.happened('hostGone');
    session.lostAt(this.#parts.context.clock.now());
    this.#letGo(session);
  }

  #ended(session: OpenSession): void {
    session.happened('ended');
    this.#letGo(session);
  }

  #letGo(session: OpenSession): void {
    session.release?.();
    session.release = undefined;
    void this.#files.remove(session.id);
    void this.#conversations.look(session);
    // Old ones are let go of, here and in the pty-host: both run for weeks.
    const { sessions, screens } = this.#list.surplus();
    for (const { id } of screens) {
      this.#list.get(id)?.hostedAs(undefined);
      void this.#forget(id);
    }
    for (const { id } of sessions) this.#drop(id);
    this.#changed();
  }

  #drop(id: string): void {
    this.#list.delete(id);
    this.#parts.activity.forget(id);
    this.#parts.meter.forget(id);
  }

  /** The pty-host lets go of the last screen of a session that ended. */
  async #forget(id: string): Promise<void> {
    const host = await this.#link.existing().catch(() => null);
    await host?.request({ type: 'forget', id }).catch(() => undefined);
  }

  /** Something that is kept on disk has changed: those who watch sessions are told, and the pty-host's notes follow. */
  #changed(): void {
    const { activity, meter, usage } = this.#parts;
    for (const session of this.#list.all) {
      const { conversation, environment, startedAt } = session.record;
      if (conversation !== null) usage.opened(conversation, environment, startedAt);
      activity.session(session.view(), aboutOf(session));
      meter.session(session.view(), session.record.configFolder);
      if (session.open && session.pty) this.#link.note(session.pty, JSON.stringify(session.record));
    }
    this.#changes.emit();
    this.#list.save();
  }
}

function aboutOf({ record, pty }: OpenSession): Parameters<SessionActivity['session']>[1] {
  return { configFolder: record.configFolder, shown: pty?.shown ?? null };
}
