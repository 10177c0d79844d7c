import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import {
  BedrockTrayError,
  type HostedPty,
  isBedrockTrayError,
  type SessionView,
  terminalSocketOf,
} from '../../contract/index.ts';
import { argumentsForResume, readClaudeArguments } from '../../domain/claude-arguments.ts';
import { type LaunchInput, launchPlan, shellEnvironment } from '../../domain/launch-plan.ts';
import { createTranslator, shownLanguage, systemLanguage } from '../../locales/index.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import type {
  AgentContext,
  Broker,
  ClaudeSessions,
  EnvironmentStore,
  Keeper,
  ProfileCatalog,
  SessionIdentity,
  SettingsStore,
} from '../ports.ts';
import { StateFile } from '../settings/state-file.ts';
import { ClaudeFinder, type FoundClaude } from './claude-finder.ts';
import { LoginShell } from './login-shell.ts';
import { type Launch, OpenSession } from './open-session.ts';
import { PtyHostRefusal } from './pty-host-client.ts';
import { PtyHostLink } from './pty-host-link.ts';
import { hasTranscript, personSettingsEnv, readGivenSettings, SessionFiles } from './session-files.ts';
import { readStored, SessionRecord, storable, withRecentFolder } from './session-record.ts';
import { sessionTarget } from './session-target.ts';
import type { PtyHostPlace } from './start-pty-host.ts';

/** What Claude Code gets to end by itself, to save and to run its hooks, before it is killed. */
const KILL_GRACE_MS = 5_000;
/** Tries after a sign-in that still brought no credentials, and the pause between them. */
const TRIES = 5;
const RETRY_MS = 2_000;

export interface ClaudeSessionsParts {
  context: Pick<AgentContext, 'clock' | 'log' | 'env' | 'userHome' | 'home'>;
  broker: Pick<Broker, 'credentials' | 'hold'>;
  keeper: Pick<Keeper, 'need' | 'untilValid'>;
  profiles: Pick<ProfileCatalog, 'ssoProfile' | 'ssoSessions' | 'reload'>;
  environments: Pick<EnvironmentStore, 'get' | 'active'>;
  settings: Pick<SettingsStore, 'get'>;
  ptyHost: PtyHostPlace;
  /** The agent's own socket, for the credential export of the sessions. */
  agentSocket: string;
  /** Command of the hand-out client: the product's Node and `out/cli/hand-out.cjs`. */
  handOut: readonly string[];
}

type Wish = Parameters<ClaudeSessions['open']>[0];

/**
 * Claude Code sessions: opens them in the pty-host with the Bedrock environment set, adopts those that run when the
 * agent starts, and remembers those that ended.
 */
export class ClaudeSessionsRoom implements ClaudeSessions {
  readonly #parts: ClaudeSessionsParts;
  readonly #changes = new ChangeEmitter();
  readonly #sessions = new Map<string, OpenSession>();
  readonly #link: PtyHostLink;
  readonly #files: SessionFiles;
  readonly #state: StateFile;
  readonly #loginShell: LoginShell;
  readonly #finder = new ClaudeFinder();
  #recentFolders: string[] = [];
  #claude: FoundClaude | null = null;
  #saving = false;
  #stopping = false;

  constructor(parts: ClaudeSessionsParts) {
    this.#parts = parts;
    const { context } = parts;
    this.#files = new SessionFiles(context.home);
    const now = () => context.clock.now();
    this.#state = new StateFile(join(context.home, 'sessions.json'), 1, context.log, now);
    this.#loginShell = new LoginShell({ base: context.env, node: parts.ptyHost.node, log: context.log, now });
    this.#link = new PtyHostLink(
      parts.ptyHost,
      {
        all: (ptys) => this.#adopt(ptys),
        changed: (pty) => this.#onPty(pty),
        gone: () => this.#hostGone(),
      },
      context.log,
    );
  }

  onChange(listener: () => void): () => void {
    return this.#changes.onChange(listener);
  }

  async start(): Promise<void> {
    const { sessions, recentFolders } = readStored(await this.#state.read());
    this.#recentFolders = recentFolders;
    for (const stored of sessions) this.#sessions.set(stored.id, OpenSession.fromStored(stored));
    const host = await this.#link.existing().catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : '';
      this.#parts.context.log.warn({ reason }, 'the pty-host cannot be used');
      return null;
    });
    if (!host) this.#hostGone();
    await this.#files.keepOnly(new Set([...this.#sessions.values()].filter((s) => s.open).map((s) => s.id)));
    this.#changed();
    void this.#lookForClaude();
  }

  views(): SessionView[] {
    return [...this.#sessions.values()].map((s) => s.view()).sort((a, b) => b.startedAt - a.startedAt);
  }

  recentFolders(): string[] {
    return [...this.#recentFolders];
  }

  claude(): FoundClaude | null {
    return this.#claude;
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
    const { settings, context } = this.#parts;
    await requireFolder(wish.cwd);
    const target = await sessionTarget(this.#parts, wish);
    const env = wish.env ? { ...wish.env } : await this.#loginShell.environment();
    const given = readClaudeArguments(wish.args ?? []);
    const personSettings = given.settings === null ? null : await readGivenSettings(given.settings, wish.cwd);
    const { program, path } = await this.#program(settings.get().claudePath, env);
    const id = given.sessionId ?? randomUUID();
    if (!z.uuid().safeParse(id).success) {
      throw new BedrockTrayError('BadInput', { field: '--session-id', reason: 'UUID' });
    }
    if (this.#sessions.get(id)?.open) {
      throw new BedrockTrayError('BadInput', { field: '--session-id', reason: id });
    }
    const record: SessionRecord = {
      id,
      name: basename(wish.cwd) || wish.cwd,
      program,
      cwd: wish.cwd,
      ...target,
      // What the person says to claude itself goes before the environment's choice.
      model: given.model ?? target.model,
      endpointUrl:
        target.endpointUrl ??
        (env.ANTHROPIC_BEDROCK_BASE_URL || context.env.ANTHROPIC_BEDROCK_BASE_URL || null),
      startedAt: context.clock.now(),
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
    const before = this.#sessions.get(id);
    this.#sessions.set(id, session);
    this.#recentFolders = withRecentFolder(this.#recentFolders, wish.cwd);
    try {
      await this.#begin(session, session.launch);
    } catch (error) {
      if (before) this.#sessions.set(id, before);
      else this.#sessions.delete(id);
      this.#changed();
      throw error;
    }
    return session.view();
  }

  async resume(id: string, cols: number, rows: number): Promise<SessionView> {
    const old = this.#known(id);
    const { record } = old;
    const refuse = (reason: string) => new BedrockTrayError('SessionNotResumable', { session: id, reason });
    if (old.open) throw refuse('it is running');
    if (record.program === 'shell') throw refuse('it was a shell');
    await requireFolder(record.cwd);
    const env = old.launch?.env ?? (await this.#loginShell.environment());
    if (!(await hasTranscript(this.#configFolder(env), id))) throw refuse('nothing was said in it');
    const { path } = await this.#program(this.#parts.settings.get().claudePath, env, 'claude');
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
    this.#sessions.set(id, session);
    try {
      await this.#begin(session, session.launch);
    } catch (error) {
      this.#sessions.set(id, old);
      this.#changed();
      throw error;
    }
    return session.view();
  }

  /** Errors: SessionUnknown; SignInNeeded while it waits for one; SessionEnded when nothing is left to show. */
  async attach(id: string): Promise<{ ticket: string; socket: string }> {
    const session = this.#known(id);
    if (session.state === 'starting') await session.started;
    if (session.state === 'waiting') {
      const { ssoSession, startUrl } = this.#ssoSessionOf(session);
      throw new BedrockTrayError('SignInNeeded', { ssoSession, startUrl });
    }
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
    if (session.open) throw new BedrockTrayError('BadInput', { field: 'id', reason: session.state });
    if (session.hosted) {
      const host = await this.#link.existing().catch(() => null);
      await host?.request({ type: 'forget', id }).catch(() => undefined);
    }
    this.#sessions.delete(id);
    this.#changed();
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

  // --- starting ---

  /** Starts it if credentials are there, else lets it wait for the sign-in. */
  async #begin(session: OpenSession, launch: Launch): Promise<void> {
    const { broker } = this.#parts;
    session.release = broker.hold(session.record.profile);
    try {
      await broker.credentials(session.record.profile);
    } catch (error) {
      if (isBedrockTrayError(error) && error.code === 'SignInNeeded') {
        session.happened('signInNeeded');
        session.started = this.#whenSignedIn(session, launch);
        this.#changed();
        return;
      }
      session.release();
      throw error;
    }
    session.happened('ready');
    this.#changed();
    const spawned = this.#spawn(session, launch);
    session.started = spawned.catch(() => undefined);
    try {
      await spawned;
    } catch (error) {
      session.release();
      await this.#files.remove(session.id);
      throw error;
    }
  }

  async #whenSignedIn(session: OpenSession, launch: Launch): Promise<void> {
    const { broker, keeper, context } = this.#parts;
    const { profile } = session.record;
    const { signal } = session.abort;
    try {
      for (let tries = 1; ; tries++) {
        const { ssoSession, accountId, roleName } = this.#ssoSessionOf(session);
        keeper.need(ssoSession, { profile, accountId, roleName });
        await keeper.untilValid(ssoSession, signal);
        try {
          await broker.credentials(profile);
          break;
        } catch (error) {
          if (tries >= TRIES || signal.aborted || !mayPass(error)) throw error;
          await pause(context.clock, RETRY_MS);
        }
      }
      if (signal.aborted) return;
      session.happened('ready');
      this.#changed();
      await this.#spawn(session, launch);
    } catch (error) {
      if (signal.aborted) return;
      session.problem = isBedrockTrayError(error)
        ? error.view()
        : { code: 'Internal', params: { reference: session.id.slice(0, 8) } };
      session.endedAt(context.clock.now());
      this.#ended(session);
    }
  }

  /** Writes the session's files and starts its process. Errors: StorageFailed, FolderMissing, Internal. */
  async #spawn(session: OpenSession, launch: Launch): Promise<void> {
    const { record } = session;
    const input = await this.#launchInput(session, launch);
    let wish: { args: string[]; env: Record<string, string> };
    if (record.program === 'shell') {
      const { env, awsConfig } = shellEnvironment(input);
      await this.#files.write(session.id, { settings: null, restore: null, awsConfig });
      const script = `printf '%s\\n\\n' "$1"; exec "$2" -i -l`;
      wish = { args: ['-c', script, 'sh', this.#howToInstall(), launch.program], env };
    } else {
      const plan = launchPlan(input);
      await this.#files.write(session.id, plan);
      wish = plan;
    }
    const host = await this.#link.host();
    try {
      await host.request({
        type: 'spawn',
        id: session.id,
        file: record.program === 'shell' ? '/bin/sh' : launch.program,
        cwd: record.cwd,
        cols: launch.cols,
        rows: launch.rows,
        meta: JSON.stringify(record),
        ...wish,
      });
    } catch (error) {
      if (error instanceof PtyHostRefusal && error.reason === 'cwd') {
        throw new BedrockTrayError('FolderMissing', { folder: record.cwd }, { cause: error });
      }
      if (error instanceof PtyHostRefusal && error.reason === 'file') {
        throw new BedrockTrayError('ClaudeNotInstalled', { searched: launch.program }, { cause: error });
      }
      throw error;
    }
    session.happened('spawned');
    this.#changed();
    if (session.abort.signal.aborted) {
      await host.request({ type: 'kill', id: session.id, graceMs: KILL_GRACE_MS });
    }
  }

  async #launchInput(session: OpenSession, launch: Launch): Promise<LaunchInput> {
    const { record } = session;
    const { agentSocket, handOut } = this.#parts;
    const settingsEnv = await personSettingsEnv(this.#configFolder(launch.env), record.cwd);
    const folded = launch.personSettings?.env;
    return {
      platform: process.platform,
      id: session.id,
      region: record.region,
      // Said to claude itself, it stands in the arguments already.
      model: readClaudeArguments(launch.args).model === null ? record.model : null,
      smallFastModel: record.smallFastModel,
      identityMode: record.identityMode,
      endpointUrl: record.endpointUrl,
      personEnv: launch.env,
      personSettingsEnv: { ...settingsEnv, ...(typeof folded === 'object' ? folded : {}) },
      args: launch.args,
      personSettings: launch.personSettings,
      conversation: launch.conversation,
      exportCommand: [...handOut, '--socket', agentSocket, '--session', session.id],
      files: this.#files.paths(session.id),
    };
  }

  /** Claude Code, or in a demo without it the person's shell. */
  async #program(
    claudePath: string | null,
    env: Record<string, string>,
    only?: 'claude',
  ): Promise<{ program: 'claude' | 'shell'; path: string }> {
    try {
      const path = await this.#finder.find(claudePath, env);
      void this.#remember(path, env);
      return { program: 'claude', path };
    } catch (error) {
      if (only || this.#parts.context.env.BEDROCK_TRAY_DEMO !== '1') throw error;
      return { program: 'shell', path: this.#loginShell.shell };
    }
  }

  async #lookForClaude(): Promise<void> {
    try {
      const env = await this.#loginShell.environment();
      await this.#remember(await this.#finder.find(this.#parts.settings.get().claudePath, env), env);
    } catch (error) {
      if (!isBedrockTrayError(error)) throw error;
      // Not installed (yet): said when a session is opened.
    }
  }

  async #remember(path: string, env: Record<string, string>): Promise<void> {
    const version = await this.#finder.version(path, env);
    if (this.#claude?.path === path && this.#claude.version === version) return;
    this.#claude = { path, version };
    this.#changes.emit();
  }

  #howToInstall(): string {
    const { context, settings } = this.#parts;
    const language = shownLanguage(settings.get().language, systemLanguage(context.env));
    return createTranslator(language).error({ code: 'ClaudeNotInstalled', params: { searched: 'PATH' } });
  }

  #configFolder(env: Readonly<Record<string, string>>): string {
    return env.CLAUDE_CONFIG_DIR || join(env.HOME || this.#parts.context.userHome, '.claude');
  }

  #ssoSessionOf(session: OpenSession): {
    ssoSession: string;
    startUrl: string;
    accountId: string;
    roleName: string;
  } {
    const { ssoSession, accountId, roleName } = this.#parts.profiles.ssoProfile(session.record.profile);
    const startUrl = this.#parts.profiles.ssoSessions().find((s) => s.id === ssoSession)?.startUrl ?? '';
    return { ssoSession, startUrl, accountId, roleName };
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
    else if (title !== pty.title || session.view().attached !== undefined) this.#changes.emit();
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
    this.#changed();
  }

  #known(id: string): OpenSession {
    const session = this.#sessions.get(id);
    if (!session) throw new BedrockTrayError('SessionUnknown', { session: id });
    return session;
  }

  /** Something that is kept on disk has changed. */
  #changed(): void {
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
      sessions: storable([...this.#sessions.values()].map((s) => s.stored())),
      recentFolders: this.#recentFolders,
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

/** Whether an error of the broker may go away by itself. */
function mayPass(error: unknown): boolean {
  return (
    isBedrockTrayError(error) &&
    ['SignInNeeded', 'NetworkUnavailable', 'Throttled', 'ServiceFailed', 'StorageFailed'].includes(error.code)
  );
}

function pause(clock: AgentContext['clock'], ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.wakeAt(clock.now() + ms, resolve);
  });
}

function parsedMeta(meta: string): unknown {
  try {
    return JSON.parse(meta);
  } catch {
    return undefined;
  }
}
