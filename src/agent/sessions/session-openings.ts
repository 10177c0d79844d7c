import { randomUUID } from 'node:crypto';
import { basename, resolve } from 'node:path';
import * as z from 'zod';
import { BedrockTrayError } from '../../contract/errors.ts';
import { ModelId, SessionName } from '../../contract/names.ts';
import {
  argumentsForResume,
  type ClaudeArguments,
  readClaudeArguments,
} from '../../domain/sessions/claude-arguments.ts';
import type { LaunchInput } from '../../domain/sessions/launch-plan.ts';
import type { ClaudeSessions } from '../ports.ts';
import { configFolderOf, hasTranscript, liveConversations, newestConversation } from './claude-files.ts';
import type { ClaudeProgram } from './claude-program.ts';
import type { Environment } from './login-shell.ts';
import { OpenSession } from './open-session.ts';
import { readGivenSettings } from './person-settings.ts';
import type { SessionList } from './session-list.ts';
import type { SessionRecord } from './session-record.ts';
import { requireGeography, sessionTarget } from './session-target.ts';
import type { ClaudeSessionsParts } from './sessions-parts.ts';
import { isFolder, requireFolder } from './working-folder.ts';

type Wish = Parameters<ClaudeSessions['open']>[0];

/** What a Claude Code whose pty-host was killed gets to end by itself: it saves, and runs its hooks. */
const DYING_MS = 3_000;
const LOOK_MS = 100;

/** Turns a person's wish, or a session that ended, into one that can be started: everything is checked here. */
export class SessionOpenings {
  readonly #parts: ClaudeSessionsParts;
  readonly #program: ClaudeProgram;
  readonly #list: Pick<SessionList, 'holderOf' | 'firstPlace'>;

  constructor(
    parts: ClaudeSessionsParts,
    program: ClaudeProgram,
    list: Pick<SessionList, 'holderOf' | 'firstPlace'>,
  ) {
    this.#parts = parts;
    this.#program = program;
    this.#list = list;
  }

  /**
   * A new session. Errors: those of `sessionTarget`, FolderMissing, FolderUnusable, ClaudeNotInstalled, ClaudeTooOld,
   * ArgumentUnsupported, BadInput, ConversationOpen, ConversationOpenElsewhere.
   */
  async forWish(wish: Wish): Promise<OpenSession> {
    const { context, settings } = this.#parts;
    await requireFolder(wish.cwd);
    const given = readClaudeArguments(wish.args ?? []);
    const folders = [...(wish.addDirs ?? []), ...given.addDirs.map((dir) => resolve(wish.cwd, dir))];
    const addDirs = [...new Set(folders)];
    for (const folder of addDirs) await requireFolder(folder);
    const target = await sessionTarget(this.#parts, wish);
    const personSettings = given.settings === null ? null : await readGivenSettings(given.settings, wish.cwd);
    const id = checked('--session-id', z.uuid(), given.sessionId ?? randomUUID());
    const name = given.name === null ? wish.name : checked('--name', SessionName, given.name);
    const env = wish.env ? { ...wish.env } : await this.#program.environment();
    const { program, path } = await this.#program.find(env);
    if (program === 'claude') await this.#program.requireSupported(path, env);
    const configFolder = configFolderOf(env, context);
    const conversation = given.ownConversation
      ? await this.#ownConversation(given, configFolder, wish.cwd)
      : id;
    const record: SessionRecord = {
      id,
      name: name ?? (basename(wish.cwd) || wish.cwd),
      named: name !== undefined,
      program,
      cwd: wish.cwd,
      ...target,
      // What the person says to claude itself goes before the environment's choice.
      model: given.model === null ? target.model : checked('--model', ModelId, given.model),
      endpointUrl:
        target.endpointUrl ??
        (env.ANTHROPIC_BEDROCK_BASE_URL || context.env.ANTHROPIC_BEDROCK_BASE_URL || null),
      startedAt: context.clock.now(),
      permissionMode: given.permissionMode ?? wish.permissionMode ?? null,
      addDirs,
      pinned: false,
      order: this.#list.firstPlace(),
      cap: wish.cap === undefined ? settings.get().sessions.cap : wish.cap,
      conversation,
      configFolder,
    };
    requireGeography(record, given.fallbackModels);
    // A fork may be told which id to have.
    const args = given.ownConversation && given.sessionId ? ['--session-id', id, ...given.args] : given.args;
    const session = new OpenSession(record, 'exited', {
      args,
      settings: given.settings === null ? null : settingsToKeep(given.settings, wish.cwd),
      started: false,
    });
    session.launch = {
      env,
      args,
      addDirs,
      personSettings,
      conversation: given.ownConversation ? { how: 'own' } : { how: 'new', id },
      program: path,
      cols: wish.cols,
      rows: wish.rows,
    };
    return session;
  }

  /**
   * A session that ended, again under its own id: its conversation where it has a transcript, else anew in its folder,
   * with all that it was opened with. Errors: FolderMissing, FolderUnusable, ClaudeNotInstalled, ClaudeTooOld, ModelLeavesGeography,
   * BadInput (the settings that it was given are gone), ConversationOpen, ConversationOpenElsewhere.
   */
  async again(old: OpenSession, cols: number, rows: number): Promise<OpenSession> {
    const { context } = this.#parts;
    const { record, given } = old;
    await requireFolder(record.cwd);
    const env = old.launch?.env ?? (await this.#environmentFor(record));
    const configFolder = configFolderOf(env, context);
    const path = await this.#program.claude(env);
    await this.#program.requireSupported(path, env);
    const personSettings =
      old.launch?.personSettings ??
      (given.settings === null ? null : await readGivenSettings(given.settings, record.cwd));
    const plan = await this.#conversationAgain(old, configFolder);
    if (plan.conversation.how === 'resume') {
      await this.#notOpen(configFolder, plan.conversation.id, DYING_MS);
    }
    const addDirs: string[] = [];
    for (const folder of record.addDirs) if (await isFolder(folder)) addDirs.push(folder);
    const { how } = plan.conversation;
    const geography = this.#geographyNow(record);
    requireGeography({ ...record, geography }, readClaudeArguments(given.args).fallbackModels);
    const session = new OpenSession(
      {
        ...record,
        geography,
        startedAt: context.clock.now(),
        configFolder,
        conversation: plan.conversation.how === 'own' ? record.conversation : plan.conversation.id,
      },
      'exited',
      { ...given, started: given.started || how === 'resume' },
    );
    session.written = how === 'resume' ? session.record.conversation : null;
    session.launch = { env, addDirs, personSettings, ...plan, program: path, cols, rows };
    return session;
  }

  /** Where its environment allows requests to be answered by now; what it was opened with where that is gone. */
  #geographyNow({ environment, geography }: SessionRecord): SessionRecord['geography'] {
    const known = this.#parts.environments.list().find(({ name }) => name === environment);
    return known ? known.geography : geography;
  }

  /** Which conversation comes back, and the arguments that belong to it. */
  async #conversationAgain(
    old: OpenSession,
    configFolder: string,
  ): Promise<{ conversation: LaunchInput['conversation']; args: readonly string[] }> {
    const { record, given } = old;
    const { conversation } = record;
    if (conversation !== null && (await hasTranscript(configFolder, conversation, record.cwd))) {
      return { conversation: { how: 'resume', id: conversation }, args: argumentsForResume(given.args) };
    }
    // One that waited for a sign-in and was never started: nobody has heard its prompt yet.
    if (!given.started && readClaudeArguments(given.args).ownConversation) {
      return { conversation: { how: 'own' }, args: given.args };
    }
    return { conversation: { how: 'new', id: conversation ?? randomUUID() }, args: given.args };
  }

  /** The conversation that the arguments go on with, if they say; it must not be open already. Errors: ConversationOpen, ConversationOpenElsewhere. */
  async #ownConversation(given: ClaudeArguments, configFolder: string, cwd: string): Promise<string | null> {
    const conversation =
      given.resumes ?? (given.continues ? await newestConversation(configFolder, cwd) : undefined);
    if (conversation === undefined) return null;
    await this.#notOpen(configFolder, conversation, 0);
    return conversation;
  }

  /**
   * Refuses a conversation that some Claude Code has open, of ours or of a plain terminal's: Claude Code itself opens
   * one as often as it is asked, and all then write into one transcript.
   */
  async #notOpen(configFolder: string, conversation: string, patienceMs: number): Promise<void> {
    const { clock } = this.#parts.context;
    const until = clock.now() + patienceMs;
    for (;;) {
      const holder = this.#list.holderOf(conversation);
      if (holder) throw new BedrockTrayError('ConversationOpen', { conversation, session: holder.id });
      const live = (await liveConversations(configFolder)).find((l) => l.conversation === conversation);
      if (!live) return;
      if (clock.now() >= until) {
        throw new BedrockTrayError('ConversationOpenElsewhere', { conversation, pid: live.pid });
      }
      await new Promise<void>((wake) => {
        clock.wakeAt(clock.now() + LOOK_MS, wake);
      });
    }
  }

  /** The login shell's environment, with Claude Code's folder as the session had it. */
  async #environmentFor({ configFolder }: SessionRecord): Promise<Environment> {
    const env = await this.#program.environment();
    const same = configFolder === null || configFolderOf(env, this.#parts.context) === configFolder;
    return same ? env : { ...env, CLAUDE_CONFIG_DIR: configFolder };
  }
}

/** A path is kept, not what it leads to; JSON is all there is. */
function settingsToKeep(given: string, cwd: string): string {
  return given.trimStart().startsWith('{') ? given : resolve(cwd, given);
}

function checked<T>(field: string, type: z.ZodType<T>, value: unknown): T {
  const result = type.safeParse(value);
  if (result.success) return result.data;
  const reason = field === '--session-id' ? 'UUID' : String(value).slice(0, 100);
  throw new BedrockTrayError('BadInput', { field, reason });
}
