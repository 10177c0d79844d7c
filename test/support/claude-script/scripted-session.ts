import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentConnection } from '../../../src/client/rpc-client.ts';
import type { SessionView } from '../../../src/contract/index.ts';
import { type Happenings, TestTerminal } from '../pty-host.ts';
import type { SandboxProcess, Script } from '../sandbox.ts';
import { Screen } from '../screen.ts';
import { type Dialog, dialogs, hasDialog, isIdle, type Keys, legacyKeys, typed } from './claude-screen.ts';
import { Timeline } from './timeline.ts';

/** The agent as the driver sees it: calls, and the latest snapshot's sessions. */
export interface Watched {
  readonly agent: AgentConnection;
  readonly happenings: Happenings;
  view(id: string): SessionView | undefined;
}

export interface ScriptedSessionParts {
  readonly watched: Watched;
  readonly sandbox: SandboxProcess;
  /** A short word; markers and folders are named after it. */
  readonly name: string;
  /** Folder of its own; made if it is not there. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly keys?: Keys;
  /** How long each true state is held, ms. */
  readonly dwellMs: number;
}

type Turns = Script['turns'];
const size = { cols: 100, rows: 40 };
/** For Claude Code and whatever else runs on a busy machine. */
const PATIENCE_MS = 45_000;

export const say = (text: string) => ({ type: 'text' as const, text });
export const use = (name: string, input: Record<string, unknown>) => ({
  type: 'tool_use' as const,
  name,
  input,
});
export const bash = (command: string, more: Record<string, unknown> = {}) =>
  use('Bash', { command, description: 'Part of the script', ...more });

/**
 * One session of the real Claude Code, opened through the agent, with a person at its keyboard and a model that does
 * what it is told. Whatever either does goes into the time-line: that is the truth.
 */
export class ScriptedSession {
  readonly timeline: Timeline;
  readonly sandbox: SandboxProcess;
  readonly #parts: ScriptedSessionParts;
  readonly #keys: Keys;
  #id = '';
  #prompts = 0;
  #terminals: TestTerminal[] = [];
  #screens: Screen[] = [];

  constructor(parts: ScriptedSessionParts) {
    this.#parts = parts;
    this.#keys = parts.keys ?? legacyKeys;
    this.sandbox = parts.sandbox;
    this.timeline = new Timeline(parts.name);
  }

  get id(): string {
    return this.#id;
  }

  get name(): string {
    return this.#parts.name;
  }

  get folder(): string {
    return this.#parts.cwd;
  }

  get view(): SessionView | undefined {
    return this.#parts.watched.view(this.#id);
  }

  get agent(): AgentConnection {
    return this.#parts.watched.agent;
  }

  /** The screen in front of the person. */
  get screen(): Screen {
    return this.#screens[0] as Screen;
  }

  /** Opens it and waits for its screen, whatever that asks first. */
  async open(): Promise<void> {
    const { watched, cwd, env, args = [] } = this.#parts;
    await mkdir(cwd, { recursive: true });
    await writeFile(
      join(cwd, 'gate.sh'),
      'touch "$1.there"; until [ -e "$1" ]; do sleep 0.1; done; echo opened\n',
    );
    const opened = await watched.agent.call('sessions.openWith', {
      profile: 'sandbox',
      cwd,
      args: [...args],
      env: { ...env },
      ...size,
    });
    this.#id = opened.id;
    this.timeline.become('starting', 'it is opened');
    await this.#begins();
    await this.screen.until((text) => isIdle(text) || hasDialog(text), 'its first screen', PATIENCE_MS);
  }

  /** Idle at the prompt: nothing is asked of anybody. */
  idle(why: string): void {
    this.timeline.become('done', why);
  }

  /** Another terminal on the same session; the first one is `screen`. */
  async attach(): Promise<Screen> {
    const { ticket, socket } = await this.agent.call('sessions.attach', { id: this.#id });
    const terminal = new TestTerminal(socket, { ticket, ...size });
    const screen = new Screen(terminal, size);
    this.#terminals.push(terminal);
    this.#screens.push(screen);
    await terminal.live();
    return screen;
  }

  /** Closes the terminal that was attached last. */
  detach(): void {
    this.#terminals.pop()?.connection.close();
    this.#screens.pop()?.dispose();
  }

  /** Opens its conversation again after its end. */
  async resume(): Promise<void> {
    while (this.#screens.length > 0) this.detach();
    this.timeline.between('it is opened again');
    await this.agent.call('sessions.resume', { id: this.#id, ...size });
    this.timeline.become('starting', 'it is opened again');
    await this.#begins();
    await this.isIdle();
  }

  async close(): Promise<void> {
    while (this.#screens.length > 0) this.detach();
    await this.agent.call('sessions.kill', { id: this.#id }).catch(() => undefined);
  }

  /** Holds what is true now, so that samples of it can be taken. */
  async dwell(ms = this.#parts.dwellMs): Promise<void> {
    await sleep(ms);
  }

  marker(): string {
    this.#prompts += 1;
    return `job-${this.name}-${String(this.#prompts).padStart(3, '0')}`;
  }

  /** Types a line and waits until it stands there, unsent. */
  async type(text: string, screen = this.screen): Promise<void> {
    // A prompt that was interrupted is put back a moment later.
    if (typed(screen.text)) await this.untype();
    screen.type(text);
    await screen.until((shown) => typed(shown) === text, `what is typed: ${text}`, PATIENCE_MS);
  }

  /** Takes back what is typed in. */
  async untype(): Promise<void> {
    this.screen.type(this.#keys.ctrlU);
    await this.screen.until((text) => typed(text) === '', 'an empty line', PATIENCE_MS);
  }

  press(key: keyof Keys): void {
    this.screen.type(this.#keys[key]);
  }

  /** Sends a prompt that has these turns played; from then on it works. Answers the marker. */
  async prompt(turns: Turns, screen = this.screen): Promise<string> {
    const marker = this.marker();
    await this.sandbox.script(marker, turns);
    await this.type(`do ${marker}`, screen);
    this.timeline.between('a prompt is sent');
    screen.type(this.#keys.enter);
    await this.asked(marker, 1);
    this.timeline.become('working', 'a prompt is sent');
    return marker;
  }

  /** Waits until so many requests have come for the marker. */
  async asked(marker: string, count: number): Promise<void> {
    const played = await this.sandbox.played(marker, { asked: count }, PATIENCE_MS);
    if (played.length >= count) return;
    throw new Error(
      `${marker}: ${played.length} requests of ${count}; the screen:\n${this.#screens[0]?.text}`,
    );
  }

  async ended(marker: string, count: number): Promise<void> {
    const played = await this.sandbox.played(marker, { ended: count }, PATIENCE_MS);
    if (played.filter(({ endedAt }) => endedAt !== null).length >= count) return;
    throw new Error(`${marker}: not ${count} answers: ${JSON.stringify(played)}`);
  }

  /** Lets the held turn go, which ends the work with this text. */
  async finish(marker: string, text: string): Promise<void> {
    this.timeline.between('the last answer comes');
    await this.sandbox.release(marker);
    await this.says(text);
    this.timeline.become('done', 'it has answered');
  }

  /** Waits for words of the model's on an idle screen. */
  async says(text: string): Promise<void> {
    await this.screen.until((shown) => shown.includes(text) && isIdle(shown), `"${text}"`, PATIENCE_MS);
  }

  async isIdle(): Promise<void> {
    await this.screen.until(isIdle, 'the line to type into', PATIENCE_MS);
  }

  /** Lets the held turn go, which makes it ask its person. */
  async asksPerson(marker: string, dialog: Exclude<Dialog, 'trust'>, part = ''): Promise<void> {
    this.timeline.between(`a ${dialog} is about to be shown`);
    await this.sandbox.release(marker);
    await this.shows(dialog, part);
    this.needsPerson(dialog, part);
  }

  /** A dialog stands there. `part`: what it asks about. */
  needsPerson(dialog: Exclude<Dialog, 'trust'>, part: string): void {
    this.timeline.become('needsYou', `a ${dialog} is shown`, { kind: dialog, text: part });
  }

  async shows(dialog: Dialog, part = ''): Promise<void> {
    await this.screen.until(
      (text) => dialogs[dialog].test(text) && text.includes(part),
      `the ${dialog} dialog`,
      PATIENCE_MS,
    );
  }

  /** Answers the dialog by a key: it goes, or shows `next`. A dialog takes no key in its first moments. */
  async answer(key: keyof Keys | '1' | '2' | '3' | '4', next?: string): Promise<void> {
    this.timeline.between(`the dialog is answered with ${key}`);
    const gone = (text: string) => (next === undefined ? !hasDialog(text) : text.includes(next));
    for (let tries = 1; ; tries++) {
      this.screen.type(key in this.#keys ? this.#keys[key as keyof Keys] : key);
      try {
        await this.screen.until(gone, 'the end of the dialog', 3_000);
        return;
      } catch (error) {
        if (tries === 4) throw error;
      }
    }
  }

  /** Interrupts it: Claude Code waits for its person again. */
  async interrupt(key: 'esc' | 'ctrlC', why: string): Promise<void> {
    this.timeline.between(why);
    this.press(key);
    await this.isIdle();
    this.timeline.become('done', why);
  }

  /** `gate.sh NAME` runs until this is called. */
  async openGate(name: string): Promise<void> {
    await writeFile(join(this.folder, name), '');
  }

  async closeGate(name: string): Promise<void> {
    await rm(join(this.folder, name), { force: true });
  }

  /** Waits for the end of the process. */
  async exited(): Promise<void> {
    const terminal = this.#terminals[0] as TestTerminal;
    await terminal.happenings.until(
      () => terminal.end !== undefined || terminal.closed !== undefined,
      'the end of the process',
      PATIENCE_MS,
    );
  }

  /** Waits for the first thing on its screen: how far it has come is not known from then on. */
  async #begins(): Promise<void> {
    const { happenings } = this.#parts.watched;
    await happenings.until(() => this.view?.state === 'running', `${this.name} runs`, PATIENCE_MS);
    await this.attach();
    const terminal = this.#terminals[0] as TestTerminal;
    await terminal.happenings.until(() => terminal.bytes > 0, 'the first byte', PATIENCE_MS);
    this.timeline.between('its screen appears');
  }
}
