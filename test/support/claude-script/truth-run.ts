import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentConnection } from '../../../src/client/rpc-client.ts';
import type { SessionView, Snapshot } from '../../../src/contract/index.ts';
import { prepareClaudeHome, realClaude } from '../claude.ts';
import { type Installation, install } from '../installation.ts';
import { Happenings } from '../pty-host.ts';
import { SeededRandom } from '../simulation/seeded-random.ts';
import { acts } from './acts.ts';
import { hasDialog, type Keys } from './claude-screen.ts';
import { ScriptedSession, type Watched } from './scripted-session.ts';
import { judge, type Verdict } from './verdict.ts';

export type Renderer = 'fullscreen' | 'classic';

/** 10 Hz. */
const SAMPLE_MS = 100;

/** An agent process, a sandbox and sessions of the real Claude Code in it, sampled all the while. */
export class TruthRun implements Watched, AsyncDisposable {
  readonly own: Installation;
  readonly agent: AgentConnection;
  readonly happenings = new Happenings();
  readonly sessions: ScriptedSession[] = [];
  readonly dwellMs: number;
  #snapshot: Snapshot | undefined;
  #sampler: NodeJS.Timeout | undefined;

  private constructor(own: Installation, agent: AgentConnection, dwellMs: number) {
    this.own = own;
    this.agent = agent;
    this.dwellMs = dwellMs;
  }

  /** `names`: sessions whose folders are trusted beforehand. */
  static async start(names: readonly string[], dwellMs: number): Promise<TruthRun> {
    // Nothing else happens while its version is asked for: before the sandbox is there, which drops idle connections.
    const claudePath = realClaude();
    const own = await install();
    try {
      const run = new TruthRun(own, await TruthRun.#signedIn(own), dwellMs);
      await run.agent.call('settings.set', { claudePath });
      await prepareClaudeHome(
        own.sandbox.home,
        names.map((name) => run.#folder(name)),
      );
      run.agent.watch('state.watch', {}, (snapshot) => {
        run.#snapshot = snapshot;
        run.happenings.happened();
      });
      run.#sampler = setInterval(() => run.#sample(), SAMPLE_MS);
      return run;
    } catch (error) {
      await own.stop();
      throw error;
    }
  }

  static async #signedIn(own: Installation): Promise<AgentConnection> {
    const { status, stderr } = await own.login({ args: ['--sso-session', 'sandbox'] });
    if (status !== 0) throw new Error(stderr);
    return own.connect();
  }

  view(id: string): SessionView | undefined {
    return this.#snapshot?.sessions.find((session) => session.id === id);
  }

  get snapshot(): Snapshot | undefined {
    return this.#snapshot;
  }

  /** Opens one; it stands at its first screen then. */
  async session(
    name: string,
    renderer: Renderer,
    more: { env?: Record<string, string>; keys?: Keys } = {},
  ): Promise<ScriptedSession> {
    const session = new ScriptedSession({
      watched: this,
      sandbox: this.own.sandbox,
      name,
      cwd: this.#folder(name),
      dwellMs: this.dwellMs,
      ...(more.keys && { keys: more.keys }),
      args: ['--permission-mode', 'default', '--allowedTools', 'Bash(sh gate.sh:*)'],
      env: {
        ...this.own.env,
        CLAUDE_CODE_MAX_RETRIES: '2',
        ...(renderer === 'classic' && { CLAUDE_CODE_DISABLE_ALTERNATE_SCREEN: '1' }),
        ...more.env,
      },
    });
    this.sessions.push(session);
    await session.open();
    if (!hasDialog(session.screen.text)) session.idle('it has started');
    return session;
  }

  /** A session in a folder that was never trusted: accepted or not. */
  async trust(name: string, renderer: Renderer, accepted: boolean): Promise<void> {
    const session = await this.session(name, renderer);
    await session.shows('trust');
    session.timeline.become('trust', 'it asks whether the folder can be trusted');
    await session.dwell();
    if (accepted) {
      session.press('down');
      await session.screen.shows(/❯ Yes, I trust/);
    }
    session.timeline.between('the trust question is answered');
    session.press('enter');
    if (accepted) {
      await session.isIdle();
      session.idle('the folder is trusted');
    } else {
      await session.exited();
      session.timeline.become('exited', 'the folder is not trusted');
    }
    await session.dwell();
    // Its samples would only make the figures better.
    session.timeline.between('all was seen');
  }

  /**
   * The SSO session ends while all of these work: they wait for the one sign-in and carry on. Answers how often the
   * person was asked.
   */
  async expire(sessions: readonly ScriptedSession[]): Promise<number> {
    const { sandbox } = this.own;
    const markers = await Promise.all(
      sessions.map((session) =>
        session.prompt([
          { hold: true, content: [{ type: 'tool_use', name: 'Bash', input: { command: 'sh gate.sh end' } }] },
          { hold: true, content: [{ type: 'text', text: 'carried on' }] },
        ]),
      ),
    );
    await Promise.all(sessions.map((session) => session.closeGate('end')));
    for (const marker of markers) await sandbox.release(marker);
    const seen = (await sandbox.requests({ service: 'bedrock-runtime' })).at(-1)?.id ?? 0;
    await Promise.all(sessions.map((session) => session.dwell()));
    await sandbox.switches({ endSsoSessions: true, expireAccessTokens: true, expireCredentials: true });
    for (const session of sessions) {
      session.timeline.between('its credentials have ended');
      await session.openGate('end');
    }
    const refused = async () =>
      (await sandbox.requests({ after: seen, service: 'bedrock-runtime' })).filter((r) => r.status === 403);
    for (let tries = 0; (await refused()).length < sessions.length; tries++) {
      if (tries > 200) throw new Error('the sessions did not notice that their credentials ended');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await this.happenings.until(() => this.#snapshot?.prompt != null, 'a prompt to sign in', 30_000);
    for (const session of sessions) session.timeline.become('paused', 'a sign-in is needed');
    await Promise.all(sessions.map((session) => session.dwell(4_000)));
    const count = this.#snapshot?.prompt?.count ?? 0;
    for (const session of sessions) session.timeline.between('the person signs in');
    const { status, stderr } = await this.own.login({ args: ['--sso-session', 'sandbox'] });
    if (status !== 0) throw new Error(stderr);
    await Promise.all(
      sessions.map(async (session, at) => {
        const marker = markers[at] ?? '';
        await session.asked(marker, 2);
        session.timeline.become('working', 'it carries on after the sign-in');
        await session.dwell();
        await session.finish(marker, 'carried on');
        await session.dwell();
      }),
    );
    return count;
  }

  verdict(): Verdict {
    return judge(this.sessions.map(({ timeline }) => timeline));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#sampler);
    await Promise.all(this.sessions.map((session) => session.close()));
    this.agent.close();
    await this.own.stop();
  }

  #folder(name: string): string {
    return join(realpathSync(this.own.home), 'projects', name);
  }

  #sample(): void {
    for (const { id, timeline } of this.sessions) {
      if (id !== '') timeline.sample(this.view(id)?.activity);
    }
  }
}

/** All names of acts in an order of the seed's. */
export function shuffledActs(seed: number, among: readonly string[] = Object.keys(acts)): string[] {
  const random = new SeededRandom(seed);
  const order = [...among];
  for (let at = order.length - 1; at > 0; at--) {
    const other = Math.floor(random.next() * (at + 1));
    [order[at], order[other]] = [order[other] as string, order[at] as string];
  }
  return order;
}

/** Plays acts one after the other; an error names the act. */
export async function play(session: ScriptedSession, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const act = acts[name];
    if (!act) throw new Error(`no such act: ${name}`);
    session.timeline.act = name;
    try {
      await act(session);
    } catch (error) {
      throw new Error(`${session.name}, act "${name}": ${error instanceof Error ? error.message : error}`);
    }
  }
}
