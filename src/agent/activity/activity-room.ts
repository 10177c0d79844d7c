import { randomUUID } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { BedrockTrayError } from '../../contract/errors.ts';
import type { TypedKey } from '../../contract/pty-protocol.ts';
import type { HookEvent } from '../../contract/routes.ts';
import type { ActivityView } from '../../contract/state.ts';
import { type ActivityEvent, activityView, nextActivity } from '../../domain/activity/activity.ts';
import { type Activity, noActivity } from '../../domain/activity/activity-facts.ts';
import { hookFact } from '../../domain/activity/activity-hook.ts';
import { titleMark } from '../../domain/activity/activity-register.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import { claudeFolder } from '../claude-folder.ts';
import type { AgentContext, Clock, SessionActivity } from '../ports.ts';
import { claudeGate } from './claude-gate.ts';
import { ClaudeRegister, claudeAgents } from './claude-register.ts';

type Told = Parameters<SessionActivity['session']>[0];
type Decision = 'allow' | 'deny';

export interface ActivityParts {
  context: Pick<AgentContext, 'clock' | 'log' | 'env' | 'userHome'>;
  /** Claude Code's executable, once it is known. */
  claude: () => string | null;
}

/** A permission hook is answered within this time, or not at all. The relay waits a little longer (launch-hooks.ts). */
const HOLD_MS = 60 * 60_000;
/** Claude Code stands in its register this long after its start: only then is it asked by its command. */
const REGISTERED_MS = 5_000;

interface Watched {
  told: Told;
  activity: Activity;
  view: ActivityView;
  /** Claude Code's configuration folder. */
  folder: string;
  /** Permission hooks that wait in Claude Code, by the request's id. */
  held: Map<string, (decision: Decision | null) => void>;
  unwake: (() => void) | undefined;
  reading: boolean;
  readAgain: boolean;
}

/**
 * What Claude Code is doing in each session: gathers what its hooks, its register, its terminal and its process say,
 * and lets domain/activity decide. Nothing of it is kept on disk: after a restart of the agent the register is read.
 */
export class ActivityRoom implements SessionActivity {
  readonly #parts: ActivityParts;
  readonly #clock: Clock;
  readonly #register: ClaudeRegister;
  readonly #changes = new ChangeEmitter();
  readonly #sessions = new Map<string, Watched>();
  readonly #looks = new Map<object, ReadonlySet<string>>();
  #stopped = false;

  constructor(parts: ActivityParts) {
    this.#parts = parts;
    this.#clock = parts.context.clock;
    this.#register = new ClaudeRegister({
      clock: this.#clock,
      agents: (folder) => {
        const claude = parts.claude();
        if (!claude) return Promise.reject(new Error('no claude'));
        const { env, userHome } = parts.context;
        return claudeAgents(claude, folder === join(userHome, '.claude') ? null : folder, env);
      },
    });
  }

  onChange(listener: () => void): () => void {
    return this.#changes.onChange(listener);
  }

  stop(): void {
    this.#stopped = true;
    this.#register.close();
    for (const session of this.#sessions.values()) {
      session.unwake?.();
      for (const release of session.held.values()) release(null);
    }
  }

  view(id: string): ActivityView {
    return this.#sessions.get(id)?.view ?? activityView({ ...noActivity, sinceAt: this.#clock.now() });
  }

  session(told: Told, about: Parameters<SessionActivity['session']>[1]): void {
    if (this.#stopped) return;
    const before = this.#sessions.get(told.id);
    const session = before ?? this.#begin(told, about.configFolder);
    const { pid, title } = session.told;
    session.told = { ...told };
    if (told.program === 'shell' && told.state === 'running') {
      // A shell says nothing of what it does.
      session.view = { ...activityView(noActivity), sinceAt: told.startedAt };
      return;
    }
    this.#happened(session, { type: 'process', state: told.state, startedAt: told.startedAt });
    if (told.pid !== null && told.pid !== pid) this.#look(session);
    if (told.state === 'running' && about.shown !== session.activity.shown) {
      this.#happened(session, { type: 'screen', shown: about.shown });
    }
    if (told.title !== title) this.#happened(session, { type: 'title', mark: titleMark(told.title) });
  }

  forget(id: string): void {
    const session = this.#sessions.get(id);
    if (!session) return;
    session.unwake?.();
    for (const release of session.held.values()) release(null);
    this.#sessions.delete(id);
    this.#register.forget(id);
  }

  typed(id: string, key: TypedKey): void {
    const session = this.#sessions.get(id);
    if (session) this.#happened(session, { type: 'key', key });
  }

  credentialsWait(id: string, waiting: boolean): void {
    const session = this.#sessions.get(id);
    if (session) this.#happened(session, { type: 'credentials', waiting });
  }

  /** An event of one of Claude Code's hooks (HookRelay.onEvent). */
  hook(id: string, event: HookEvent): void {
    const session = this.#sessions.get(id);
    if (!session) return;
    // <configuration folder>/projects/<folder>/<conversation>.jsonl
    const transcript = event.transcript_path;
    if (typeof transcript === 'string') {
      const projects = dirname(dirname(transcript));
      if (basename(projects) === 'projects') session.folder = dirname(projects);
    }
    this.#happened(session, { type: 'hook', fact: hookFact(event), id: randomUUID() });
  }

  /**
   * A PermissionRequest that waits (HookRelay.answer): resolves with a person's decision, or with null when there is
   * none to come, which leaves it to the dialog. It is held only where the person can read the whole of it here, and
   * only as long as the register says that a dialog stands open: with `-p` and for sub-agents Claude Code waits for
   * its hooks before it does anything else.
   */
  async permission(id: string, event: HookEvent, gone: AbortSignal): Promise<object | null> {
    const session = this.#sessions.get(id);
    const fact = hookFact(event);
    if (!session || fact.what !== 'ask' || event.agent_id !== undefined) return null;
    const { asks, register } = session.activity;
    const ask = asks.find((each) => each.about === fact.ask.about);
    if (!ask?.complete || ask.kind !== 'permission' || ask.held || register?.status == null) return null;
    const decided = Promise.withResolvers<Decision | null>();
    session.held.set(ask.id, decided.resolve);
    const cancel = this.#clock.wakeAt(this.#clock.now() + HOLD_MS, () => decided.resolve(null));
    const given = () => decided.resolve(null);
    gone.addEventListener('abort', given);
    this.#happened(session, { type: 'hook', fact, id: ask.id, held: true });
    const decision = gone.aborted ? null : await decided.promise;
    cancel();
    gone.removeEventListener('abort', given);
    session.held.delete(ask.id);
    if (this.#sessions.get(id) === session) {
      this.#happened(session, { type: 'released', id: ask.id, answered: decision !== null });
    }
    return (
      decision && {
        hookSpecificOutput: { hookEventName: 'PermissionRequest', decision: { behavior: decision } },
      }
    );
  }

  answer(id: string, request: string, decision: Decision): void {
    const session = this.#sessions.get(id);
    const shown = session?.view.request;
    const held = shown?.id === request && shown.answerable ? session?.held.get(request) : undefined;
    if (!held) throw new BedrockTrayError('RequestUnknown', { session: id });
    session?.held.delete(request);
    held(decision);
  }

  watched(id: string): boolean {
    return [...this.#looks.values()].some((ids) => ids.has(id));
  }

  look(connection: object, ids: readonly string[]): void {
    if (ids.length > 0) this.#looks.set(connection, new Set(ids));
    else if (!this.#looks.delete(connection)) return;
    for (const id of ids) {
      const session = this.#sessions.get(id);
      if (session) this.#happened(session, { type: 'looked' });
    }
    this.#changes.emit();
  }

  #begin(told: Told, configFolder: string | null): Watched {
    const { env, userHome } = this.#parts.context;
    const activity = { ...noActivity, sinceAt: this.#clock.now() };
    const session: Watched = {
      told: { ...told, pid: null, title: '' },
      activity,
      view: activityView(activity),
      folder: configFolder ?? claudeFolder(env, userHome),
      held: new Map(),
      unwake: undefined,
      reading: false,
      readAgain: false,
    };
    this.#sessions.set(told.id, session);
    return session;
  }

  /** Lets the state move on, and does what follows from it. */
  #happened(session: Watched, event: ActivityEvent): void {
    const now = this.#clock.now();
    let next = nextActivity(session.activity, event, now);
    if (this.watched(session.told.id)) next = nextActivity(next, { type: 'looked' }, now);
    if (next === session.activity) return;
    session.activity = next;
    for (const [id, release] of session.held) {
      if (!next.asks.some((ask) => ask.id === id)) release(null);
    }
    this.#wake(session);
    const view = activityView(next);
    if (JSON.stringify(view) === JSON.stringify(session.view)) return;
    session.view = view;
    this.#changes.emit();
  }

  #wake(session: Watched): void {
    session.unwake?.();
    const { checkAt } = session.activity;
    session.unwake = checkAt === null ? undefined : this.#clock.wakeAt(checkAt, () => this.#look(session));
  }

  /** Reads the register, and what Claude Code asks first where it has not begun yet. */
  #look(session: Watched): void {
    if (session.told.state !== 'running' || session.told.pid === null) return;
    if (session.reading) {
      session.readAgain = true;
      return;
    }
    session.reading = true;
    void this.#reading(session)
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : '';
        this.#parts.context.log.warn(
          { session: session.told.id, reason },
          'the state of a session cannot be read',
        );
      })
      .finally(() => {
        session.reading = false;
        if (!session.readAgain) return;
        session.readAgain = false;
        this.#look(session);
      });
  }

  async #reading(session: Watched): Promise<void> {
    const { told, folder, activity } = session;
    const { id, pid, startedAt, cwd } = told;
    if (pid === null) return;
    const { userHome } = this.#parts.context;
    const { phase, register } = activity;
    if (phase === 'starting' || phase === 'gate' || (phase === 'unknown' && register === null)) {
      const gate = await claudeGate({ home: userHome, folder }, cwd);
      if (gate && this.#isNow(session, told)) this.#happened(session, { type: 'gate', ...gate });
    }
    const watched = this.#register.watch(folder, (changed, of) => this.#registerChanged(changed, of));
    const begun = activity.phase !== 'starting' && activity.phase !== 'gate';
    const ask = begun && this.#clock.now() > startedAt + REGISTERED_MS;
    const reading = await this.#register.read({ id, pid, startedAt, folder }, ask);
    if (this.#isNow(session, told)) this.#happened(session, { type: 'register', reading, told: watched });
  }

  /** Whether it still is the same process of the same session. */
  #isNow(session: Watched, told: Told): boolean {
    return this.#sessions.get(told.id) === session && session.told.pid === told.pid;
  }

  /** An entry of no session that is known may be the one of a session that has none yet. */
  #registerChanged(folder: string, pid: number | null): void {
    const here = [...this.#sessions.values()].filter((session) => session.folder === folder);
    const own =
      pid === null
        ? here
        : here.filter(({ told }) => told.pid === pid || this.#register.pidOf(told.id) === pid);
    const concerned = own.length > 0 ? own : here.filter(({ activity }) => activity.register === null);
    for (const session of concerned) this.#look(session);
  }
}
