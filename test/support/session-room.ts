import { copyFile, mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { ActivityRoom } from '../../src/agent/activity/activity-room.ts';
import type { Usage } from '../../src/agent/bedrock-ports.ts';
import { HookRelay } from '../../src/agent/handout/hook-relay.ts';
import { costGuard } from '../../src/agent/meter/cost-guard.ts';
import { MeterRoom } from '../../src/agent/meter/meter-room.ts';
import type { AgentContext, Broker, RoleCredentials } from '../../src/agent/ports.ts';
import { ModelPrices } from '../../src/agent/prices/model-prices.ts';
import { handOutCommand, hookRelayCommand } from '../../src/agent/programs.ts';
import { ClaudeSessionsRoom } from '../../src/agent/sessions/claude-sessions.ts';
import {
  BedrockTrayError,
  type Environment,
  type ProfileView,
  routes,
  Settings,
  terminalSocketOf,
} from '../../src/contract/index.ts';
import type { GeographyVerdict } from '../../src/domain/bedrock/environment-models.ts';
import { formatCredentials } from '../../src/domain/credentials/credential-formats.ts';
import type { CredentialSource } from '../../src/domain/credentials/credential-source.ts';
import { Happenings, TestTerminal } from './pty-host.ts';
import { pinnedNode } from './sandbox.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

export const testEnvironment: Environment = {
  name: 'work',
  profile: 'work',
  region: 'us-west-2',
  model: null,
  smallFastModel: null,
  identityMode: 'bedrock-only',
  endpointUrl: null,
  pins: { opus: null, sonnet: null, fable: null },
  geography: null,
  budget: null,
};

const silent = () => undefined;

/**
 * The sessions room alone, with a pty-host of its own, and in the place of the agent's other rooms: a socket that
 * hands out `issue`'s credentials to the real hand-out client, and a sign-in that is there or not.
 */
export class SessionRoom implements AsyncDisposable {
  readonly folder: string;
  /** The person's HOME. */
  readonly home: string;
  /** A folder to work in. */
  readonly project: string;
  readonly environment: Environment;
  /** What the launch is told of the environment's geography. */
  verdict: GeographyVerdict = { kept: { model: null, env: {}, modelOverrides: {} } };
  readonly settings = Settings.parse({});
  /** How often the person was asked to sign in. */
  asked = 0;
  /** Requests to the credentials route. */
  readonly exports: { session: string; format: string; ms: number }[] = [];
  held = 0;
  /** Fields of what was logged as a warning. */
  readonly warnings: Record<string, unknown>[] = [];
  signedIn = true;
  /** The sign-in is gone though the broker still had credentials when the session was opened. */
  blocked = false;
  /** Requests for credentials that wait for a sign-in. */
  exportsWaiting = 0;
  readonly happenings = new Happenings();
  room!: ClaudeSessionsRoom;
  activity!: ActivityRoom;
  hooks!: HookRelay;
  meter!: MeterRoom;
  /** Models behind application inference profiles. */
  readonly models: Record<string, string> = {};
  /** Budgets refuse nothing. */
  usage: Pick<Usage, 'opened' | 'refuses'> = { opened: () => undefined, refuses: async () => null };
  #server!: Server;
  #signIns = new Set<() => void>();
  #terminals: TestTerminal[] = [];
  readonly issue: () => Promise<Omit<RoleCredentials, 'accountId'>>;
  #env: Record<string, string>;

  /** Happens whenever a session asks whether credentials are there. */
  beforeCredentials: () => Promise<void> = async () => undefined;

  private constructor(
    folder: string,
    issue: () => Promise<Omit<RoleCredentials, 'accountId'>>,
    environment: Partial<Environment>,
    env: Record<string, string>,
  ) {
    this.folder = folder;
    this.home = join(folder, 'home');
    this.project = join(folder, 'a project');
    this.environment = { ...testEnvironment, ...environment };
    this.issue = issue;
    this.#env = env;
  }

  static async start(options: {
    issue?: () => Promise<Omit<RoleCredentials, 'accountId'>>;
    environment?: Partial<Environment>;
    /** The agent's environment beside PATH and HOME. */
    env?: Record<string, string>;
    signedIn?: boolean;
    claudePath?: string;
  }): Promise<SessionRoom> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'session-room-')));
    const own = new SessionRoom(
      folder,
      options.issue ?? (() => Promise.reject(new Error('no credentials here'))),
      options.environment ?? {},
      options.env ?? {},
    );
    own.signedIn = options.signedIn ?? true;
    if (options.claudePath) own.settings.claudePath = options.claudePath;
    await mkdir(own.home);
    await mkdir(own.project);
    await build({
      absWorkingDir: root,
      entryPoints: ['src/cli/hand-out.ts', 'src/cli/hook-relay.ts'],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      logLevel: 'error',
      outdir: join(folder, "the client's"),
      outExtension: { '.js': '.cjs' },
    });
    for (const script of ['hand-out.sh', 'hook-relay.sh']) {
      await copyFile(join(root, 'src', 'cli', script), join(folder, "the client's", script));
    }
    await own.#serve();
    own.room = own.another();
    await own.room.start();
    return own;
  }

  get ptyHostSocket(): string {
    return join(this.folder, 'pty-host.sock');
  }

  /** Another agent's room on the same state, as after a restart. */
  another(): ClaudeSessionsRoom {
    const clock: AgentContext['clock'] = {
      now: () => Date.now(),
      wakeAt: (at, fire) => {
        const timer = setTimeout(fire, Math.max(0, at - Date.now()));
        return () => clearTimeout(timer);
      },
    };
    const source = (name: string): CredentialSource => {
      if (name !== 'work') throw new BedrockTrayError('ProfileUnknown', { profile: name });
      return { kind: 'sso', ssoSession: 'corp', accountId: '111122223333', roleName: 'Dev' };
    };
    const env = { PATH: process.env.PATH, HOME: this.home, SHELL: '/bin/sh', LANG: 'C.UTF-8', ...this.#env };
    const context = {
      clock,
      log: {
        info: silent,
        warn: (fields: Record<string, unknown>) => void this.warnings.push(fields),
        error: silent,
        debug: silent,
      },
      env,
      userHome: this.home,
      home: join(this.folder, 'state'),
    };
    this.activity?.stop();
    const activity = new ActivityRoom({ context, claude: () => this.settings.claudePath });
    this.activity = activity;
    const hooks = new HookRelay({ identity: (id) => this.room.identity(id) });
    this.hooks = hooks;
    hooks.onEvent((id, event) => activity.hook(id, event));
    hooks.answer('PermissionRequest', (id, event, gone) => activity.permission(id, event, gone));
    void this.meter?.stop();
    const meter = new MeterRoom({
      context,
      program: new URL('../../src/agent/meter/worker.ts', import.meta.url),
      prices: new ModelPrices({
        clock,
        settings: { get: () => this.settings, onChange: () => silent },
        modelBehind: async (arn) => this.models[arn] ?? null,
      }),
    });
    this.meter = meter;
    const guard = costGuard({
      meter,
      reason: (usd, cap) => `the cap of ${cap} is reached: ${usd.toFixed(4)}`,
    });
    for (const event of ['UserPromptSubmit', 'PreToolUse']) hooks.answer(event, guard);
    const room = new ClaudeSessionsRoom({
      activity,
      meter,
      usage: this.usage,
      context,
      broker: {
        untilUsable: async () => undefined,
        temporary: async () => {
          await this.beforeCredentials();
          if (!this.signedIn) {
            throw new BedrockTrayError('SignInNeeded', {
              ssoSession: 'corp',
              startUrl: 'https://corp.example',
            });
          }
          return undefined as unknown as Awaited<ReturnType<Broker['temporary']>>;
        },
        hold: () => {
          this.held++;
          let here = true;
          return () => {
            if (here) this.held--;
            here = false;
          };
        },
      },
      keeper: {
        need: () => {
          this.asked++;
          this.happenings.happened();
        },
        untilValid: (_, signal) => this.#untilSignedIn(signal),
      },
      profiles: {
        source,
        list: () => [{ name: 'work', region: 'eu-west-3' } as ProfileView],
        reload: async () => undefined,
      },
      environments: {
        list: () => [this.environment],
        active: () => this.environment,
        get: (name) => {
          if (name === this.environment.name) return this.environment;
          throw new BedrockTrayError('EnvironmentUnknown', { environment: name });
        },
      },
      inGeography: async () => this.verdict,
      settings: { get: () => this.settings },
      ptyHost: {
        socket: this.ptyHostSocket,
        node: pinnedNode,
        program: join(root, 'src', 'pty-host', 'main.ts'),
        logFile: join(this.folder, 'logs', 'pty-host.log'),
      },
      agentSocket: join(this.folder, 'agent.sock'),
      managedSettings: join(this.folder, 'managed'),
      handOut: handOutCommand(pinnedNode, join(this.folder, "the client's")),
      hookRelay: hookRelayCommand(pinnedNode, join(this.folder, "the client's")),
    });
    room.onChange(() => this.happenings.happened());
    return room;
  }

  signIn(): void {
    this.signedIn = true;
    this.blocked = false;
    this.exportsWaiting = 0;
    for (const resolve of this.#signIns) resolve();
    this.#signIns.clear();
  }

  state(id: string): string | undefined {
    return this.room.views().find((s) => s.id === id)?.state;
  }

  until(id: string, state: string, ms?: number): Promise<void> {
    return this.happenings.until(
      () => this.state(id) === state,
      `session ${state}, not ${this.state(id)}`,
      ms,
    );
  }

  async attach(id: string, size = { cols: 100, rows: 40 }): Promise<TestTerminal> {
    const { ticket, socket } = await this.room.attach(id);
    if (socket !== terminalSocketOf(this.ptyHostSocket))
      throw new Error(`not the socket of terminals: ${socket}`);
    const terminal = new TestTerminal(socket, { ticket, ...size });
    this.#terminals.push(terminal);
    return terminal;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const terminal of this.#terminals) terminal.connection.close();
    await this.room.stop('end');
    await this.meter.stop();
    this.activity.stop();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #untilSignedIn(signal: AbortSignal): Promise<void> {
    if (this.signedIn && !this.blocked) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#signIns.add(resolve);
      signal.addEventListener('abort', () => {
        this.#signIns.delete(resolve);
        reject(signal.reason);
      });
    });
  }

  /** GET /v1/credentials?session=ID&format=F, which waits for the sign-in as the agent's does. */
  async #serve(): Promise<void> {
    this.#server = createServer(async (request, response) => {
      const began = performance.now();
      const url = new URL(request.url ?? '/', 'http://agent');
      const gone = new AbortController();
      response.on('close', () => gone.abort());
      if (url.pathname === routes.hook) {
        const given = await this.hooks.handle(url, request, gone.signal);
        if (given && !gone.signal.aborted) response.writeHead(given.status).end(given.body);
        return;
      }
      const session = url.searchParams.get('session') ?? '';
      const format = (url.searchParams.get('format') ?? 'process') as 'claude' | 'process';
      if (url.pathname !== '/v1/credentials' || !this.room.identity(session)) {
        response.writeHead(404).end('{}');
        return;
      }
      try {
        if (!this.signedIn || this.blocked) {
          this.exportsWaiting++;
          this.activity.credentialsWait(session, true);
        }
        this.happenings.happened();
        await this.#untilSignedIn(gone.signal).finally(() => this.activity.credentialsWait(session, false));
        const credentials = await this.issue();
        response.end(formatCredentials({ ...credentials, accountId: '111122223333' }, format));
        this.exports.push({ session, format, ms: performance.now() - began });
        this.happenings.happened();
      } catch {
        response.destroy();
      }
    });
    await new Promise<void>((resolve) => this.#server.listen(join(this.folder, 'agent.sock'), resolve));
  }
}
