import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ApiServer } from '../../../src/agent/api/api-server.ts';
import { changes } from '../../../src/agent/api/change-stream.ts';
import { createDispatch, type Handlers } from '../../../src/agent/api/dispatch.ts';
import { createOrpcAdapter } from '../../../src/agent/api/orpc-adapter.ts';
import type { Clock, Log } from '../../../src/agent/ports.ts';
import { BedrockTrayError, type ProcedureName, type Snapshot } from '../../../src/contract/index.ts';
import { socketPlace } from '../../../src/contract/socket-path.ts';
import { Changes, waitUntil } from '../desktop/wait.ts';
import { modelView } from '../model-view.ts';
import { type environment, session, signIn } from './snapshots.ts';

export interface Call {
  name: ProcedureName;
  role: string;
  input: unknown;
}

const quiet = (): void => {};
const log: Log = { info: quiet, warn: quiet, error: quiet, debug: quiet };
const clock: Clock = {
  now: () => Date.now(),
  wakeAt: (at, fire) => {
    const timer = setTimeout(fire, at - Date.now());
    return () => clearTimeout(timer);
  },
};

/**
 * An agent that shows what a test puts into its snapshot: the agent's real socket, wire, role checks and input
 * validation, with nothing behind them. For states that AWS cannot be made to produce on demand.
 */
export class ScriptedAgent {
  readonly #server: ApiServer;
  readonly #changes = new Changes();
  readonly #called = new Changes();
  #snapshot: Snapshot;
  /** Every request that was let in, oldest first. */
  readonly calls: Call[] = [];

  private constructor(home: string, first: Snapshot) {
    this.#snapshot = first;
    const place = socketPlace('agent', { platform: 'linux', uid: 0, home, sha256: () => '0'.repeat(64) });
    const attendance = { enter: () => quiet };
    this.#server = new ApiServer({
      socket: place.path,
      serveRpc: createOrpcAdapter(createDispatch({ handlers: this.#handlers(), log, checkOutput: true })),
      handOut: { handleCredentials: () => Promise.reject(new BedrockTrayError('EnvironmentMissing', {})) },
      attendance: attendance as never,
      log,
      describe: ({ code }) => code,
    });
  }

  /** Listens in the state folder `home`, which is made the user's own. */
  static async start(
    home: string,
    user: { uid: number; gid: number },
    first: Snapshot,
  ): Promise<ScriptedAgent> {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const agent = new ScriptedAgent(home, first);
    await agent.#server.listen();
    chmodSync(home, 0o700);
    for (const path of [home, join(home, 'agent.sock')]) chownSync(path, user.uid, user.gid);
    return agent;
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** Shows something else. */
  show(snapshot: Snapshot): void {
    this.#snapshot = { ...snapshot, at: Date.now() };
    this.#changes.emit();
  }

  change(more: Partial<Snapshot>): void {
    this.show({ ...this.#snapshot, ...more });
  }

  /** The first call of a procedure after the `skip` that came before. */
  async called(name: ProcedureName, skip = 0): Promise<Call> {
    const calls = await waitUntil(
      this.#called,
      () => this.calls.filter((c) => c.name === name),
      (found) => found.length > skip,
      `a call of ${name} among ${this.calls.map((c) => c.name).join(', ')}`,
      20_000,
    );
    return calls[skip] as Call;
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  /** What a procedure without input answers. */
  answer(name: ProcedureName): unknown {
    return this.#answers[name]?.({} as never);
  }

  readonly #askedAt = Date.now();
  readonly #answers: Partial<Record<ProcedureName, (input: never) => unknown>> = {
    'agent.info': () => this.#snapshot.agent,
    'state.get': () => this.#snapshot,
    'signIn.start': (input: { ssoSession?: string }) => {
      const started = signIn(Date.now(), { ssoSession: input.ssoSession ?? 'corp' });
      this.change({
        prompt: null,
        ssoSessions: this.#snapshot.ssoSessions.map((s) =>
          s.id === started.ssoSession ? { ...s, state: 'signingIn', signIn: started } : s,
        ),
      });
      return started;
    },
    signOut: () => ({ signedOut: ['corp'] }),
    'profiles.list': () => ({ profiles: [] }),
    'accounts.list': () => ({
      accounts: [{ accountId: '123456789012', name: 'Payments', email: 'payments@example.com' }],
    }),
    'regions.list': () => ({ regions: ['us-east-1', 'us-west-2', 'eu-central-1'] }),
    'models.list': () => ({
      region: 'us-west-2',
      source: 'live',
      askedAt: this.#askedAt,
      tableDate: null,
      problem: null,
      models: [
        modelView({ id: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', name: 'US Claude Sonnet 4.5' }),
        modelView({ id: 'global.anthropic.claude-opus-4-8-v1:0', name: 'Global Claude Opus 4.8' }),
      ],
    }),
    'environments.update': (input: ReturnType<typeof environment>) => {
      this.change({
        environments: this.#snapshot.environments.map((e) => (e.name === input.name ? input : e)),
      });
      return input;
    },
    'environments.use': (input: { name: string }) => {
      this.change({ activeEnvironment: input.name });
      return {};
    },
    'sessions.open': (input: { cwd: string }) => {
      const opened = session(Date.now(), { cwd: input.cwd });
      this.change({ sessions: [...this.#snapshot.sessions, opened] });
      return opened;
    },
    'settings.get': () => this.#snapshot.settings,
  };

  #handlers(): Handlers {
    const call = (name: ProcedureName) => (input: unknown, connection: { role: string }) => {
      this.calls.push({ name, role: connection.role, input });
      this.#called.emit();
      return this.#answers[name]?.(input as never) ?? {};
    };
    return new Proxy({} as Handlers, {
      get: (_, name: ProcedureName) =>
        name === 'state.watch'
          ? (_input: unknown, _connection: unknown, signal: AbortSignal) =>
              changes({
                current: () => this.#snapshot,
                onChange: (listener) => this.#changes.on(listener),
                clock,
                signal,
              })
          : call(name),
    });
  }
}
