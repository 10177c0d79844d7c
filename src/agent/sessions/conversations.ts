import * as z from 'zod';
import type { HookEvent } from '../../contract/routes.ts';
import type { Log } from '../ports.ts';
import { conversationOf, hasTranscript } from './claude-files.ts';
import type { OpenSession } from './open-session.ts';
import type { SessionList } from './session-list.ts';

/** Something moves in a session's terminal: its conversation is looked up at most this often. */
const LOOK_MS = 2_000;

/** Events that tell which conversation goes on; SessionEnd tells of the one that was left, and may come after the next. */
const telling = ['SessionStart', 'UserPromptSubmit', 'Stop'];

/** The conversation that a hook of Claude Code says its session shows. */
export function conversationTold(event: HookEvent): string | undefined {
  const { session_id: id } = event;
  return telling.includes(event.hook_event_name) && z.uuid().safeParse(id).success
    ? (id as string)
    : undefined;
}

/**
 * Keeps with each session which conversation it shows, and whether that one has a transcript. /clear, /resume and
 * forks inside Claude Code begin another one: its hooks tell, and so does the file that each process of it keeps, for
 * those whose hooks are silent.
 */
export class Conversations {
  readonly #log: Log;
  readonly #list: Pick<SessionList, 'all'>;
  readonly #changed: () => void;
  readonly #looks = new Map<OpenSession, NodeJS.Timeout>();

  constructor(log: Log, list: Pick<SessionList, 'all'>, changed: () => void) {
    this.#log = log;
    this.#list = list;
    this.#changed = changed;
  }

  /** Claude Code said which one it is. */
  is(session: OpenSession, conversation: string): void {
    const { id, record } = session;
    if (record.conversation !== conversation) {
      session.record = { ...record, conversation };
      const other = this.#list.all.find(
        (s) => s !== session && s.open && s.record.conversation === conversation,
      );
      if (other) this.#log.warn({ session: id, other: other.id }, 'two sessions show one conversation');
      this.#changed();
    }
    if (session.written !== conversation) void this.look(session);
  }

  /** Its terminal shows something new. */
  lookSoon(session: OpenSession): void {
    if (this.#looks.has(session)) return;
    const timer = setTimeout(() => {
      this.#looks.delete(session);
      void this.look(session);
    }, LOOK_MS);
    timer.unref();
    this.#looks.set(session, timer);
  }

  /** Looks at what Claude Code keeps on disk. */
  async look(session: OpenSession): Promise<void> {
    const { configFolder } = session.record;
    if (configFolder === null || session.record.program !== 'claude') return;
    const pid = session.open ? session.pty?.pid : undefined;
    const shown = pid === undefined ? undefined : await conversationOf(configFolder, pid);
    if (shown !== undefined && shown !== session.record.conversation && session.pty?.pid === pid) {
      this.is(session, shown);
      return;
    }
    const { conversation, cwd } = session.record;
    if (conversation === null || session.written === conversation) return;
    if (!(await hasTranscript(configFolder, conversation, cwd))) return;
    session.written = conversation;
    this.#changed();
  }

  /** After a start, when nothing is known of any. */
  async lookAtAll(): Promise<void> {
    for (const session of this.#list.all) await this.look(session);
  }

  stop(): void {
    for (const timer of this.#looks.values()) clearTimeout(timer);
    this.#looks.clear();
  }
}
