import { describe, expect, it } from 'vitest';
import { type ProcessEntry, parseStat, treeOf } from '../../../src/pty-host/process-tree.ts';

const entry = (pid: number, ppid: number, session: number): ProcessEntry => ({
  pid,
  ppid,
  session,
  started: '1',
});

describe('process tree', () => {
  it('reads /proc/PID/stat whatever the name holds, and leaves zombies out', () => {
    const rest = '34816 42 4194304 0 0 0 0 0 0 0 0 20 0 1 0 98765 1 1';
    expect(parseStat(`42 (a) b (c)) S 7 42 41 ${rest}`)).toEqual({
      pid: 42,
      ppid: 7,
      session: 41,
      started: '98765',
    });
    expect(parseStat(`42 (x) Z 7 42 41 ${rest}`)).toBeUndefined();
    expect(parseStat('')).toBeUndefined();
  });

  it('takes the session and all descendants, those in sessions of their own too, and nobody else', () => {
    const all = [
      entry(1, 0, 1),
      entry(10, 1, 10),
      entry(11, 10, 10),
      entry(12, 11, 12),
      entry(13, 12, 12),
      entry(14, 1, 10),
      entry(15, 14, 15),
      entry(20, 1, 20),
      entry(21, 20, 20),
    ];
    expect(
      treeOf(10, all)
        .map((e) => e.pid)
        .sort((a, b) => a - b),
    ).toEqual([10, 11, 12, 13, 14, 15]);
  });
});
