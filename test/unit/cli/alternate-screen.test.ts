import { expect, it } from 'vitest';
import { AlternateScreen } from '../../../src/cli/attach-terminal.ts';

const talk = 'before\x1b[?25l\x1b[?1049h in it \x1b[2J';

it('knows the alternate screen, wherever the output is cut', () => {
  const untouched = new AlternateScreen();
  untouched.see(Buffer.from('plain \x1b[?25l\x1b[?2004h words'));
  expect(untouched.active).toBe(false);
  for (let cut = 0; cut <= talk.length; cut++) {
    const screen = new AlternateScreen();
    screen.see(Buffer.from(talk.slice(0, cut)));
    screen.see(Buffer.from(talk.slice(cut)));
    expect(screen.active).toBe(true);
    screen.see(Buffer.from('\x1b[?25;1049'));
    screen.see(Buffer.from('l after'));
    expect(screen.active).toBe(false);
  }
});
