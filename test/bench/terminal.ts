import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { TestPtyHost } from '../support/pty-host.ts';
import { pinnedNode } from '../support/sandbox.ts';
import { median } from './statistics.ts';

/** The terminal's figures: throughput against bare node-pty, the tail of short runs, echo beside a flood. */

const client = fileURLToPath(new URL('./terminal-client.ts', import.meta.url));
const bare = fileURLToPath(new URL('./terminal-bare.ts', import.meta.url));

/** Writes so many bytes of 80-character lines, as fast as the terminal takes them. */
export const flood = (bytes: number): string => `yes ${'x'.repeat(78)} | head -c ${bytes}`;

async function child<T>(program: string, message: unknown): Promise<T> {
  const process = fork(program, { execPath: pinnedNode, execArgv: [] });
  try {
    process.send(message as object);
    const [answer] = await once(process, 'message', { signal: AbortSignal.timeout(120_000) });
    return answer as T;
  } finally {
    process.kill();
  }
}

export interface Throughput {
  /** Bytes per second that an attached client in another process received. */
  attached: number;
  /** Bytes per second that node-pty's own onData delivered, in a process of its own. */
  bare: number;
  ratio: number;
}

/** Medians of interleaved rounds, 80-character lines. */
export async function terminalThroughput(bytes = 50_000_000, rounds = 5): Promise<Throughput> {
  await using host = await TestPtyHost.start();
  const attached: number[] = [];
  const alone: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const script = `read go; ${flood(bytes)}`;
    alone.push((await child<{ rate: number }>(bare, { script })).rate);
    const id = await host.shell(script);
    const { ticket = '' } = await host.client.request({ type: 'ticket', id });
    attached.push((await child<{ rate: number }>(client, { socket: host.terminals, ticket })).rate);
    await host.client.request({ type: 'forget', id });
  }
  return { attached: median(attached), bare: median(alone), ratio: median(attached) / median(alone) };
}

/** Of `runs` short programs, how many lost their last line on its way to an attached client. */
export async function lostTails(runs = 1000, width = 8): Promise<{ runs: number; lost: number }> {
  await using host = await TestPtyHost.start();
  let lost = 0;
  for (let at = 0; at < runs; at += width) {
    await Promise.all(
      Array.from({ length: Math.min(width, runs - at) }, async (_, k) => {
        const id = await host.shell(`${flood(((at + k) % 5) * 100_000)}; printf 'the last line'`);
        const terminal = await host.attach(id);
        await terminal.ended(60_000);
        if (!terminal.text.endsWith('the last line')) lost++;
        await host.client.request({ type: 'forget', id });
      }),
    );
  }
  return { runs, lost };
}

export interface Echo {
  p50: number;
  p99: number;
  keys: number;
}

/**
 * Time from a key to its echo, ms, at an attached client, while other sessions flood other clients. `during` is
 * called when the floods run, so that something else can be measured in the same moment.
 */
export async function echoBesideFlood(keys = 300, floods = 1, during?: () => Promise<void>): Promise<Echo> {
  await using host = await TestPtyHost.start();
  const drains: ChildProcess[] = [];
  try {
    for (let i = 0; i < floods; i++) {
      const flooding = await host.shell('yes 0123456789012345678901234567890123456789');
      const { ticket = '' } = await host.client.request({ type: 'ticket', id: flooding });
      const drain = fork(client, { execPath: pinnedNode, execArgv: [] });
      drain.send({ socket: host.terminals, ticket, forever: true });
      drains.push(drain);
    }
    const typed = await host.attach(await host.run('/bin/cat'));
    await typed.live();
    await typed.happenings.until(() => true, 'start');
    const times: number[] = [];
    const beside = during?.();
    for (let key = 0; key < keys; key++) {
      const before = typed.bytes;
      const began = performance.now();
      typed.connection.input('k');
      await typed.happenings.until(() => typed.bytes > before, 'the echo', 10_000);
      times.push(performance.now() - began);
      // As a fast typist: not in step with anything in the host.
      await new Promise((resolve) => setTimeout(resolve, 5 + (key % 7)));
    }
    await beside;
    times.sort((a, b) => a - b);
    const at = (p: number) => times[Math.min(times.length - 1, Math.floor(times.length * p))] as number;
    return { p50: at(0.5), p99: at(0.99), keys };
  } finally {
    for (const drain of drains) drain.kill();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const mb = (rate: number) => `${(rate / 1e6).toFixed(1)} MB/s`;
  const t = await terminalThroughput();
  console.log(
    `pty to attached client ${mb(t.attached)}, bare node-pty ${mb(t.bare)}: ratio ${t.ratio.toFixed(2)} (goal >= 0.6)`,
  );
  const l = await lostTails(Number(process.argv[2] ?? 1000));
  console.log(`last line before the exit: ${l.lost} of ${l.runs} lost`);
  const e = await echoBesideFlood();
  console.log(
    `echo beside a flood: p50 ${e.p50.toFixed(2)} ms, p99 ${e.p99.toFixed(2)} ms, ${e.keys} keys (goal p99 < 50)`,
  );
}
