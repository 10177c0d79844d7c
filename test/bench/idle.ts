import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Row } from './statistics.ts';

/** User and system time of a process so far, ms (Linux: 100 ticks a second). */
export function cpuTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Proportional set size of a process, MB. */
export function pss(pid: number): number {
  const kb = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
  return Number(kb) / 1024;
}

/** The agent's CPU time and memory while nothing happens but what its deadlines ask for. */
export async function benchIdle(pid: number, seconds: number): Promise<Row[]> {
  // What start and sign-in still have to do is no idleness.
  await sleep(3000);
  const from = cpuTime(pid);
  await sleep(seconds * 1000);
  const used = cpuTime(pid) - from;
  return [
    {
      what: `agent idle for ${seconds} s`,
      figure: `${used} ms CPU (${(used / (seconds * 10)).toFixed(2)} %), ${pss(pid).toFixed(0)} MB PSS`,
      against: '-',
    },
  ];
}
