import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type IPty, spawn } from 'node-pty';
import { Happenings } from '../pty-host.ts';
import { pinnedNode } from '../sandbox.ts';
import { headless } from './attached-screen.ts';

export interface Size {
  cols: number;
  rows: number;
}
/** What a program wrote to its terminal, with the sizes that the terminal took in between. */
export interface Recording {
  start: Size;
  events: ({ bytes: Buffer } | { size: Size })[];
}
export type Step = { type: string } | { shows: RegExp } | { size: Size } | { settles: number };

/**
 * Drives a program in a pty of the test's own, and writes down its bytes as they come. What is typed and a new size
 * have an answer, which `settles` waits for: a program that has no time yet is quiet, too.
 */
export async function record(
  file: string,
  args: readonly string[],
  options: { env: Record<string, string>; cwd: string; start: Size; steps: readonly Step[] },
): Promise<Recording> {
  const { env, cwd, start, steps } = options;
  const events: Recording['events'] = [];
  const happenings = new Happenings();
  const screen = headless(start);
  const pty: IPty = spawn(file, [...args], { name: 'xterm-256color', ...start, cwd, env, encoding: null });
  let ended = false;
  const exited = new Promise<void>((resolve) =>
    pty.onExit(() => {
      ended = true;
      resolve();
    }),
  );
  screen.onData((data) => {
    if (!ended) pty.write(data);
  });
  pty.onData((data: unknown) => {
    const bytes = Buffer.from(data as Buffer);
    events.push({ bytes });
    screen.write(bytes, () => happenings.happened());
  });
  const text = (): string => {
    const { active } = screen.buffer;
    return Array.from(
      { length: screen.rows },
      (_, row) => active.getLine(active.baseY + row)?.translateToString(true) ?? '',
    ).join('\n');
  };
  const until = (condition: () => boolean, what: string): Promise<void> =>
    happenings.until(condition, what, 60_000).catch((error) => {
      throw new Error(`${error.message}; the screen:\n${text()}`);
    });
  /** Events up to the last thing that was done to it. */
  let done = 0;
  try {
    for (const step of steps) {
      if ('type' in step) {
        done = events.length;
        pty.write(step.type);
      } else if ('size' in step) {
        done = events.push({ size: step.size });
        screen.resize(step.size.cols, step.size.rows);
        pty.resize(step.size.cols, step.size.rows);
      } else if ('settles' in step) {
        await until(() => events.length > done, 'an answer');
        for (let seen = -1; seen !== events.length; ) {
          seen = events.length;
          await new Promise((resolve) => setTimeout(resolve, step.settles));
        }
      } else await until(() => step.shows.test(text()), `${step.shows}`);
    }
  } finally {
    pty.kill('SIGKILL');
    await exited;
    screen.dispose();
  }
  return { start, events };
}

/** The same bytes and sizes on a fresh xterm.js, with nothing in between. */
export async function playDirectly(recording: Recording): Promise<ReturnType<typeof headless>> {
  const terminal = headless(recording.start);
  for (const event of recording.events) {
    if ('size' in event) terminal.resize(event.size.cols, event.size.rows);
    else await new Promise<void>((resolve) => terminal.write(event.bytes, resolve));
  }
  return terminal;
}

/** Parts of a recording between its sizes: [size, bytes that were written in it]. */
export function parts(recording: Recording): { size: Size; bytes: Buffer }[] {
  const found: { size: Size; bytes: Buffer[] }[] = [{ size: recording.start, bytes: [] }];
  for (const event of recording.events) {
    if ('size' in event) found.push({ size: event.size, bytes: [] });
    else found.at(-1)?.bytes.push(event.bytes);
  }
  return found.map(({ size, bytes }) => ({ size, bytes: Buffer.concat(bytes) }));
}

/**
 * A shell command that plays a recording in a terminal: each part as soon as the terminal has its size, and then
 * nothing until it is ended. The terminal's own changes of output are off, so that the bytes arrive as they are.
 */
export function playCommand(recording: Recording, folder: string): string {
  const file = join(folder, `recording-${crypto.randomUUID()}.json`);
  writeFileSync(
    file,
    JSON.stringify(parts(recording).map(({ size, bytes }) => ({ size, bytes: bytes.toString('base64') }))),
  );
  const program = join(import.meta.dirname, 'play-recording.mjs');
  return `stty raw -echo -opost; exec '${pinnedNode}' '${program}' '${file}'`;
}
