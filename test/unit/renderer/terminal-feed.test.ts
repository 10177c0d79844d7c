import { Terminal } from '@xterm/headless';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TerminalFeed } from '../../../renderer/src/terminal/terminal-feed.ts';

type Step = { text: string } | { cols: number; rows: number };

const screenOf = (terminal: Terminal): string[] => {
  const { active } = terminal.buffer;
  return Array.from({ length: active.length }, (_, y) => active.getLine(y)?.translateToString(true) ?? '');
};

/** Each step is waited for before the next: the slow way that is surely in order. */
async function oneByOne(steps: readonly Step[]): Promise<Terminal> {
  const terminal = new Terminal({ allowProposedApi: true, cols: 80, rows: 24 });
  for (const step of steps) {
    if ('text' in step) await new Promise<void>((done) => terminal.write(step.text, done));
    else terminal.resize(step.cols, step.rows);
  }
  return terminal;
}

/** All steps at once, as a replay brings them. */
async function atOnce(steps: readonly Step[]): Promise<Terminal> {
  const terminal = new Terminal({ allowProposedApi: true, cols: 80, rows: 24 });
  const feed = new TerminalFeed(terminal);
  for (const step of steps) {
    if ('text' in step) feed.output(new TextEncoder().encode(step.text), () => {});
    else feed.resize(step.cols, step.rows);
  }
  await new Promise<void>((done) => feed.act(done));
  return terminal;
}

test('a replay with changes of size ends on the same screen as one that is shown step by step', async () => {
  const size = fc.record({ cols: fc.integer({ min: 2, max: 120 }), rows: fc.integer({ min: 2, max: 50 }) });
  const text = fc
    .array(fc.constantFrom('word ', 'line\r\n', '\x1b[3A', '\x1b[2J', '\x1b[H', '\r', '宽'), {
      maxLength: 40,
    })
    .map((parts) => ({ text: parts.join('') }));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.oneof(text, size), { maxLength: 12 }), async (steps) => {
      const [slow, fast] = [await oneByOne(steps), await atOnce(steps)];
      expect([fast.cols, fast.rows]).toEqual([slow.cols, slow.rows]);
      expect(screenOf(fast)).toEqual(screenOf(slow));
      slow.dispose();
      fast.dispose();
    }),
    { numRuns: process.env.CI === 'true' ? 300 : 60 },
  );
});

test('an ended feed shows nothing more', async () => {
  const terminal = new Terminal({ allowProposedApi: true, cols: 80, rows: 24 });
  const feed = new TerminalFeed(terminal);
  feed.resize(100, 30);
  feed.output(new TextEncoder().encode('late'), () => {});
  feed.end();
  await new Promise((done) => setTimeout(done, 50));
  expect(terminal.cols).toBe(80);
  expect(screenOf(terminal).join('')).toBe('');
});
