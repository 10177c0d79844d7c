import { Terminal } from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK_BYTES, RecentBytes } from '../../../src/pty-host/recent-bytes.ts';

const size = { cols: 80, rows: 24 };
const bytesOf = (recent: RecentBytes) =>
  Buffer.concat(recent.replay().flatMap((p) => (p.kind === 'bytes' ? [p.bytes] : [])));

describe('RecentBytes', () => {
  it('gives back what was put in, and views of just the new bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 3 * BLOCK_BYTES }), { maxLength: 8 }), (lengths) => {
        const recent = new RecentBytes(size, 64 * BLOCK_BYTES);
        const all: Buffer[] = [];
        lengths.forEach((n, i) => {
          const chunk = Buffer.alloc(n, i + 1);
          const views: Buffer[] = [];
          recent.append(chunk, views);
          expect(Buffer.concat(views).equals(chunk)).toBe(true);
          all.push(chunk);
        });
        expect(bytesOf(recent).equals(Buffer.concat(all))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('lengthens a view while the bytes that follow lie behind it', () => {
    const recent = new RecentBytes(size, BLOCK_BYTES);
    const views: Buffer[] = [];
    for (const text of ['one ', 'two ', 'three']) recent.append(Buffer.from(text), views);
    expect(views.map(String)).toEqual(['one two three']);
  });

  it('keeps sizes in their place, and the last one where several come together', () => {
    const recent = new RecentBytes(size, BLOCK_BYTES);
    recent.append(Buffer.from('a'), []);
    recent.resized({ cols: 90, rows: 24 });
    recent.resized({ cols: 100, rows: 30 });
    recent.append(Buffer.from('b'), []);
    expect(recent.replay().map((p) => (p.kind === 'size' ? p.size.cols : String(p.bytes)))).toEqual([
      80,
      'a',
      100,
      'b',
    ]);
  });

  it('holds no more than its capacity, begins at a whole line and in the right modes and size', async () => {
    const recent = new RecentBytes(size, 4 * BLOCK_BYTES);
    recent.append(Buffer.from('\x1b[?2004h\x1b[?1049h'), []);
    recent.resized({ cols: 120, rows: 40 });
    const line = '漢字 and \x1b[1mbold\x1b[0m text in a line of its own\r\n';
    for (let i = 0; i < 20_000; i++) recent.append(Buffer.from(line), []);
    const replay = recent.replay();
    const kept = bytesOf(recent);
    expect(kept.length).toBeLessThanOrEqual(4 * BLOCK_BYTES + 100);
    expect(kept.length).toBeGreaterThan(3 * BLOCK_BYTES);
    expect(replay[0]).toEqual({ kind: 'size', size: { cols: 120, rows: 40 } });
    const modes = String((replay[1] as { bytes: Buffer }).bytes);
    expect(modes).toContain('\x1b[?1049h');
    expect(modes).toContain('\x1b[?2004h');
    const text = kept.toString().slice(modes.length);
    expect(text).not.toContain('\uFFFD');
    expect(line.slice(line.indexOf('\x1b')).startsWith(text.slice(0, 3)) || text.startsWith('漢字')).toBe(
      true,
    );
    const terminal = new Terminal({ cols: 120, rows: 40, allowProposedApi: true });
    await new Promise<void>((resolve) => terminal.write(kept, resolve));
    expect(terminal.buffer.active.type).toBe('alternate');
    expect(terminal.buffer.active.getLine(0)?.translateToString(true)).toBe(
      '漢字 and bold text in a line of its own',
    );
    terminal.dispose();
  });
});
