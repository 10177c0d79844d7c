import { Terminal } from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TerminalModes } from '../../../src/pty-host/terminal-modes.ts';

const write = (t: Terminal, s: string) => new Promise<void>((resolve) => t.write(s, resolve));

/** What a program may have said to its terminal, piece by piece. */
const piece = fc.oneof(
  fc.constantFrom(
    '\x1b[?1049h',
    '\x1b[?1049l',
    '\x1b[?25l',
    '\x1b[?25h',
    '\x1b[?2004h',
    '\x1b[?2004l',
    '\x1b[?1h',
    '\x1b[?1l',
    '\x1b[?1000;1006h',
    '\x1b[?1000l',
    '\x1b[?1003h',
    '\x1b[?1002h',
    '\x1b[?1002l',
    '\x1b[?1004h',
    '\x1b=',
    '\x1b>',
    '\x1b[!p',
    '\x1b[31mred\x1b[0m',
    '\x1b]0;title\x07',
    '\x1b[2J\x1b[H',
  ),
  fc.string({ maxLength: 20 }).map((s) => s.replace(/[\x00-\x1f\x7f-\x9f]/g, '.')),
);

const modesOf = (t: Terminal) => ({ ...t.modes, screen: t.buffer.active.type });

describe('TerminalModes', () => {
  it('restores the modes that a terminal has after the same bytes, wherever they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 40 }),
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 10 }),
        async (pieces, cuts) => {
          const bytes = Buffer.from(pieces.join(''));
          const modes = new TerminalModes();
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const n = cuts[i % cuts.length] as number;
            modes.scan(bytes.subarray(at, at + n));
            at += n;
          }
          const original = new Terminal({ allowProposedApi: true });
          const restored = new Terminal({ allowProposedApi: true });
          await write(original, bytes.toString());
          await write(restored, modes.restore());
          const got = modesOf(restored);
          const want = modesOf(original);
          original.dispose();
          restored.dispose();
          expect(got).toEqual(want);
        },
      ),
      { numRuns: process.env.CI ? 500 : 100 },
    );
  });

  it('keeps the kitty keyboard flags of each screen', () => {
    const modes = new TerminalModes();
    modes.scan(Buffer.from('\x1b[>1u\x1b[?1049h\x1b[>5u\x1b[>7u\x1b[<u'));
    expect(modes.restore()).toBe('\x1b[>1u\x1b[?1049h\x1b[>5u');
    modes.scan(Buffer.from('\x1b[=2;2u'));
    expect(modes.restore()).toBe('\x1b[>1u\x1b[?1049h\x1b[>7u');
    modes.scan(Buffer.from('\x1b[?1049l'));
    expect(modes.restore()).toBe('\x1b[>1u');
  });

  it('forgets all at a full reset (xterm.js itself leaves a hidden cursor hidden)', () => {
    const modes = new TerminalModes();
    modes.scan(Buffer.from('\x1b[?25l\x1b[?1049h\x1b[>5u\x1b=\x1b[4 q\x1bc'));
    expect(modes.restore()).toBe('');
  });

  it('never restores a frame that was begun and not ended', () => {
    const modes = new TerminalModes();
    modes.scan(Buffer.from('\x1b[?2026h'));
    expect(modes.restore()).toBe('');
  });
});
