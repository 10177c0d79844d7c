import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import {
  BedrockTrayError,
  type HostedPty,
  isBedrockTrayError,
  type LayoutTab,
  type SessionView,
  terminalSocketOf,
} from '../../contract/index.ts';
import { argumentsForResume, readClaudeArguments } from '../../domain/claude-arguments.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import type {
  AgentContext,
  Broker,
  ClaudeSessions,
  EnvironmentStore,
  Keeper,
  ProfileCatalog,
  SessionActivity,
  SessionIdentity,
  SessionMeter,
  SettingsStore,
} from '../ports.ts';
import { StateFile } from '../state-file.ts';
import { ClaudeProgram } from './claude-program.ts';
import { type Launch, OpenSession } from './open-session.ts';
import { hasTranscript, readGivenSettings } from './person-settings.ts';
import { PtyHostRefusal } from './pty-host-client.ts';
import { PtyHostLink } from './pty-host-link.ts';
import { SessionFiles } from './session-files.ts';
import { kept, readStored, SessionRecord, withRecentFolder } from './session-record.ts';
import { KILL_GRACE_MS, SessionStarter } from './session-starter.ts';
import { sessionTarget } from './session-target.ts';
import type { PtyHostPlace } from './start-pty-host.ts';

export interface ClaudeSessionsParts {
  context: Pick<AgentContext, 'clock' | 'log' | 'env' | 'userHome' | 'home'>;
  broker: Pick<Broker, 'temporary' | 'untilUsable' | 'hold'>;
  keeper: Pick<Keeper, 'need' | 'untilValid'>;
  profiles: Pick<ProfileCatalog, 'source' | 'list' | 'reload'>;
  environments: Pick<EnvironmentStore, 'get' | 'active'>;
  settings: Pick<SettingsStore, 'get'>;
  ptyHost: PtyHostPlace;
  activity: Pick<SessionActivity, 'session' | 'typed' | 'forget' | 'view' | 'watched' | 'onChange'>;
  meter: Pick<SessionMeter, 'session' | 'forget' | 'view' | 'onChange'>;
  /** The agent's own socket, for the credential export of the sessions. */
  agentSocket: string;
  /** Command of the hand-out client without its flags (programs.ts). */
  handOut: readonly string[];
  /** Command of the relay for Claude Code's hooks, without socket and session (programs.ts). */
  hookRelay: readonly string[];
  /** Folder of an administrator's settings for Claude Code; default: the platform's. */
  managedSettings?: string;
}

const PINNED_FOLDERS = 20;

type Wish = Parameters<ClaudeSessions['open']>[0];

/**
 * Claude Code sessions: opens them in the pty-host with the Bedrock environment set, adopts those that run when the
 * agent starts, and remembers those that ended.
 */
export class ClaudeSessionsRoom implements ClaudeSessions {
  readonly #parts: ClaudeSessionsParts;
  readonly #changes = new ChangeEmitter();
  readonly #sessions = new Map<string, OpenSession>();
  /** Those whose credentials are just being asked for. */
  readonly #beginning = new Set<string>();
  readonly #link: PtyHostLink;
  readonly #files: SessionFiles;
  readonly #state: StateFile;
  readonly #program: ClaudeProgram;
  readonly #starter: SessionStarter;
  #recentFolders: string[] = [];
  #pinnedFolders: string[] = [];
  #layout: LayoutTab[] = [];
  #saving = false;
  #stopping = false;

  constructor(parts: ClaudeSessionsParts) {
    this.#parts = parts;
    const { context } = parts;
    this.#files = new SessionFiles(context.home);
    this.#state = new StateFile(join(context.home, 'sessions.json'), 1, context.log, () =>
      context.clock.now(),
    );
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
    this.#starter = new SessionStarter(parts, this.#link, this.#files, {
      changed: () => this.#changed(),
      ended: (session) => this.#ended(session),
    });
  }

  onChange(listener: () => void): () => void {
    return this.#changes.onChange(listener);
  }

  async start(): Promise<void> {
    const { sessions, recentFolders, pinnedFolders, layout } = readStored(await this.#state.read());
    this.#pinnedFolders = pinnedFolders;
    this.#layout = layout;
    const { env, userHome } = this.#parts.context;
    // A demo begins with a folder to open.
    const begin = env.BEDROCK_TRAY_DEMO === '1' ? [join(userHome, 'project')] : [];
    this.#recentFolders = recentFolders.length > 0 ? recentFolders : begin;
    for (const stored of sessions) this.#sessions.set(stored.id, OpenSession.fromStored(stored));
    const host = await this.#link.existing().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : '';
      this.#parts.context.log.warn({ reason }, 'the pty-host cannot be used');
      return null;
    });
    if (!host) this.#hostGone();
    await this.#files.keepOnly(new Set([...this.#sessions.values()].filter((s) => s.open).map((s) => s.id)));
    this.#changed();
    void this.#program.look();
  }

  views(): SessionView[] {
    return [...this.#sessions.values()]
      .map((s) => this.#view(s))
      .sort((a, b) => Number(b.pinned) - Number(a.pinned) || a.order - b.order || b.startedAt - a.startedAt);
  }

  #view(session: OpenSession): SessionView {
    const { activity, meter } = this.#parts;
    const { id } = session;
    return {
      ...session.view(),
      activity: activity.view(id),
      watched: activity.watched(id),
      meter: meter.view(id),
    };
  }

  update(change: Parameters<ClaudeSessions['update']>[0]): SessionView {
    const session = this.#known(change.id);
    const { name, pinned, cap } = change;
    session.record = {
      ...session.record,
      ...(name !== undefined && { name }),
      ...(pinned !== undefined && { pinned }),
      ...(cap !== undefined && { cap }),
    };
    this.#tell(session);
    this.#changed();
    return this.#view(session);
  }

  reorder(ids: readonly string[]): void {
    const place = new Map(ids.map((id, at) => [id, at]));
    const rest = this.views().filter((s) => !place.has(s.id));
    for (const [at, { id }] of rest.entries()) place.set(id, ids.length + at);
    for (const session of this.#sessions.values()) {
      session.record = { ...session.record, order: place.get(session.id) ?? 0 };
    }
    this.#changed();
  }

  pinnedFolders(): string[] {
    return [...this.#pinnedFolders];
  }

  pinFolder(folder: string, pinned: boolean): void {
    const others = this.#pinnedFolders.filter((f) => f !== folder);
    this.#pinnedFolders = pinned ? [...others, folder].slice(-PINNED_FOLDERS) : others;
    this.#changed();
  }

  layout(): LayoutTab[] {
    return [...this.#layout];
  }

  setLayout(tabs: readonly LayoutTab[]): void {
    this.#layout = tabs
      .map((tab) => ({ ...tab, panes: tab.panes.filter((id) => this.#sessions.has(id)) }))
      .filter((tab) => tab.panes.length > 0);
    this.#changed();
  }

  openConversation(wish: Parameters<ClaudeSessions['openConversation']>[0]): Promise<SessionView> {
    const { conversation, ...rest } = wish;
    if (this.#isOpen(conversation)) {
      return Promise.reject(
        new BedrockTrayError('ConversationOpen', { conversation, session: conversation }),
      );
    }
    if (this.#sessions.has(conversation)) return this.resume(conversation, wish.cols, wish.rows);
    return this.open({ ...rest, args: ['--resume', conversation] });
  }

  /** Tells those who watch sessions what has become of one. */
  #tell(session: OpenSession): void {
    this.#parts.activity.session(session.view());
    this.#parts.meter.session(session.id, session.record.cap);
  }

  recentFolders(): string[] {
    return [...this.#recentFolders];
  }

  claude(): ReturnType<ClaudeSessions['claude']> {
    const found = this.#program.found;
    return found && { ...found, support: null };
  }

  identity(id: string): SessionIdentity | undefined {
    const session = this.#sessions.get(id);
    return session?.open ? { id, profile: session.record.profile } : undefined;
  }

  /** The socket that terminals (and relays of terminals) connect to. */
  get terminalSocket(): string {
    return terminalSocketOf(this.#parts.ptyHost.socket);
  }

  async open(wish: Wish): Promise<SessionView> {
    const { context } = this.#parts;
    await requireFolder(wish.cwd);
    const target = await sessionTarget(this.#parts, wish);
    const env = wish.env ? { ...wish.env } : await this.#program.environment();
    const given = readClaudeArguments(wish.args ?? []);
    const personSettings = given.settings === null ? null : await readGivenSettings(given.settings, wish.cwd);
    const { program, path } = await this.#program.find(env);
    const id = given.sessionId ?? randomUUID();
    if (!z.uuid().safeParse(id).success) {
      throw new BedrockTrayError('BadInput', { field: '--session-id', reason: 'UUID' });
    }
    if (this.#isOpen(id)) {
      throw new BedrockTrayError('BadInput', { field: '--session-id', reason: id });
    }
    const record: SessionRecord = {
      id,
      name: wish.name ?? (basename(wish.cwd) || wish.cwd),
      program,
      cwd: wish.cwd,
      ...target,
      // What the person says to claude itself goes before the environment's choice.
      model: given.model ?? target.model,
      endpointUrl:
        target.endpointUrl ??
        (env.ANTHROPIC_BEDROCK_BASE_URL || context.env.ANTHROPIC_BEDROCK_BASE_URL || null),
      startedAt: context.clock.now(),
      permissionMode: wish.permissionMode ?? null,
      addDirs: [...(wish.addDirs ?? [])],
      pinned: false,
      order: -1,
      cap: wish.cap === undefined ? this.#parts.settings.get().sessions.cap : wish.cap,
    };
    if (!SessionRecord.shape.model.safeParse(record.model).success) {
      throw new BedrockTrayError('BadInput', { field: '--model', reason: String(record.model) });
    }
    const args = given.ownConversation && given.sessionId ? ['--session-id', id, ...given.args] : given.args;
    const session = new OpenSession(record, 'exited');
    session.launch = {
      env,
      args,
      personSettings,
      conversation: given.ownConversation ? 'own' : 'new',
      program: path,
      cols: wish.cols,
      rows: wish.rows,
    };
    this.#recentFolders = withRecentFolder(this.#recentFolders, wish.cwd);
    return this.#begin(session, session.launch);
  }

  async resume(id: string, cols: number, rows: number): Promise<SessionView> {
    const old = this.#known(id);
    const { record } = old;
    const refuse = (reason: string) => new BedrockTrayError('SessionNotResumable', { session: id, reason });
    if (this.#isOpen(id)) throw refuse('it is running');
    if (record.program === 'shell') throw refuse('it was a shell');
    await requireFolder(record.cwd);
    const env = old.launch?.env ?? (await this.#program.environment());
    if (!(await hasTranscript(this.#starter.configFolder(env), id))) throw refuse('nothing was said in it');
    const path = await this.#program.claude(env);
    // Somebody else may have resumed it, or forgotten it, meanwhile.
    if (this.#sessions.get(id) !== old) throw refuse('it is running');
    const session = new OpenSession({ ...record, startedAt: this.#parts.context.clock.now() }, 'exited');
    session.launch = {
      env,
      args: argumentsForResume(old.launch?.args ?? []),
      personSettings: old.launch?.personSettings ?? null,
      conversation: 'resume',
      program: path,
      cols,
      rows,
    };
    return this.#begin(session, session.launch);
  }

  /** Lists a session and starts it; when that fails, what stood under its id stands there again. */
  async #begin(session: OpenSession, launch: Launch): Promise<SessionView> {
    const { id } = session;
    const before = this.#sessions.get(id);
    this.#sessions.set(id, session);
    this.#beginning.add(id);
    try {
      await this.#starter.begin(session, launch);
    } catch (error) {
      if (before) this.#sessions.set(id, before);
      else this.#sessions.delete(id);
      this.#changed();
      throw error;
    } finally {
      this.#beginning.delete(id);
    }
    return this.#view(session);
  }

  /** Open, or about to be. */
  #isOpen(id: string): boolean {
    return this.#beginning.has(id) || (this.#sessions.get(id)?.open ?? false);
  }

  /** Errors: SessionUnknown; SignInNeeded or MfaNeeded while it waits for that; SessionEnded when nothing is left to show. */
  async attach(id: string): Promise<{ ticket: string; socket: string }> {
    const session = this.#known(id);
    if (session.state === 'starting') await session.started;
    if (session.state === 'waiting' && session.waitsFor) throw session.waitsFor;
    if (session.problem) {
      throw new BedrockTrayError(session.problem.code, session.problem.params as never);
    }
    const host = session.hosted ? await this.#link.existing() : null;
    const answer = await host?.request({ type: 'ticket', id }).catch((error: unknown) => {
      if (error instanceof PtyHostRefusal) return undefined;
      throw error;
    });
    if (!answer?.ticket) throw new BedrockTrayError('SessionEnded', { session: id });
    return { ticket: answer.ticket, socket: this.terminalSocket };
  }

  async kill(id: string): Promise<void> {
    const session = this.#known(id);
    session.abort.abort();
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
    const session = this.#known(id);
    if (this.#isOpen(id)) throw new BedrockTrayError('BadInput', { field: 'id', reason: session.state });
    if (session.hosted) await this.#forget(id);
    this.#drop(id);
    this.#changed();
  }

  #drop(id: string): void {
    this.#sessions.delete(id);
    this.#parts.activity.forget(id);
    this.#parts.meter.forget(id);
  }

  async stop(sessions: 'keep' | 'end'): Promise<void> {
    this.#stopping = true;
    for (const session of this.#sessions.values()) {
      if (session.state === 'waiting' || sessions === 'end') session.abort.abort();
    }
    if (sessions === 'end') {
      const host = await this.#link.existing().catch(() => null);
      await host?.request({ type: 'shutdown' }).catch(() => undefined);
      const now = this.#parts.context.clock.now();
      for (const session of this.#sessions.values()) {
        if (!session.open) continue;
        session.endedAt(now);
        this.#ended(session);
      }
    }
    this.#link.close();
    for (const session of this.#sessions.values()) session.release?.();
    await this.#state.write(this.#stored()).catch(() => undefined);
  }

  // --- news from the pty-host ---

  #adopt(ptys: readonly HostedPty[]): void {
    const there = new Set(ptys.map((p) => p.id));
    for (const session of this.#sessions.values()) {
      if (
        session.open &&
        session.state !== 'waiting' &&
        session.state !== 'starting' &&
        !there.has(session.id)
      ) {
        this.#lost(session);
      }
    }
    for (const pty of ptys) this.#onPty(pty);
  }

  #onPty(pty: HostedPty): void {
    let session = this.#sessions.get(pty.id);
    if (!session) {
      const record = SessionRecord.safeParse(parsedMeta(pty.meta));
      if (!record.success) return;
      session = new OpenSession(record.data, 'lost');
      this.#sessions.set(pty.id, session);
    }
    const wasOpen = session.open;
    const title = session.view().title;
    session.hostedAs(pty);
    if (pty.exitedAt !== null) {
      if (wasOpen || session.state === 'lost') this.#ended(session);
      return;
    }
    session.happened('spawned');
    session.release ??= this.#parts.broker.hold(session.record.profile);
    if (!wasOpen) this.#changed();
    else {
      this.#tell(session);
      if (title !== pty.title || session.view().attached !== undefined) this.#changes.emit();
    }
  }

  #hostGone(): void {
    for (const session of this.#sessions.values()) {
      session.hostedAs(undefined);
      // One that waits for a sign-in needs no host yet; one of an agent before this has nobody to start it.
      if (session.open && !(session.state === 'waiting' && session.launch)) this.#lost(session);
    }
    this.#changed();
  }

  #lost(session: OpenSession): void {
    session.happened('hostGone');
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
    this.#prune();
    this.#changed();
  }

  /** Old sessions that ended are let go of, here and in the pty-host: both run for weeks. */
  #prune(): void {
    const all = [...this.#sessions.values()].filter((s) => !this.#beginning.has(s.id));
    const { sessions, screens } = kept(all);
    for (const session of all) {
      if (!screens.has(session) && session.hosted) {
        session.hostedAs(undefined);
        void this.#forget(session.id);
      }
      if (!sessions.has(session)) this.#drop(session.id);
    }
  }

  /** The pty-host lets go of the last screen of a session that ended. */
  async #forget(id: string): Promise<void> {
    const host = await this.#link.existing().catch(() => null);
    await host?.request({ type: 'forget', id }).catch(() => undefined);
  }

  #known(id: string): OpenSession {
    const session = this.#sessions.get(id);
    if (!session) throw new BedrockTrayError('SessionUnknown', { session: id });
    return session;
  }

  /** Something that is kept on disk has changed. */
  #changed(): void {
    for (const session of this.#sessions.values()) this.#tell(session);
    this.#changes.emit();
    if (this.#saving || this.#stopping) return;
    this.#saving = true;
    setImmediate(() => {
      this.#saving = false;
      this.#state.write(this.#stored()).catch((error: unknown) => {
        this.#parts.context.log.error(
          { reason: isBedrockTrayError(error) ? JSON.stringify(error.params) : '' },
          'the list of sessions cannot be written',
        );
      });
    });
  }

  #stored(): Record<string, unknown> {
    return {
      sessions: [...this.#sessions.values()].map((s) => s.stored()),
      recentFolders: this.#recentFolders,
      pinnedFolders: this.#pinnedFolders,
      layout: this.#layout,
    };
  }
}

async function requireFolder(folder: string): Promise<void> {
  const there = await stat(folder).then(
    (s) => s.isDirectory(),
    () => false,
  );
  if (!there) throw new BedrockTrayError('FolderMissing', { folder });
}

function parsedMeta(meta: string): unknown {
  try {
    return JSON.parse(meta);
  } catch {
    return undefined;
  }
}
