import { type Platform, type ProgramPlaces, places } from './program-places.ts';
import { quoteForSh } from './shell-quoting.ts';

/**
 * The terminals that a person may have, and how each runs a program in a new window. A command is a list of words, no
 * shell in between; where a terminal takes only a command line (Terminal, iTerm2, Tilix) the words are quoted for sh
 * and handed over as one argument, never put into a script's text.
 *
 * Sources: the programs' own manuals; Debian policy 11.8.3 (x-terminal-emulator), freedesktop's xdg-terminal-exec,
 * Microsoft's "Command line arguments for Windows Terminal".
 */
export interface TerminalKind {
  id: string;
  name: string;
  places: ProgramPlaces;
  /** Where it is found on these. */
  platforms: readonly Platform[];
  /** The words that run `argv` in a new window. `program`: where it was found. */
  command(program: string, argv: readonly string[]): string[];
  /** It only opens files: `command` is given one word, a script that runs the rest. */
  opensScript?: true;
}

const shLine = (argv: readonly string[]) => argv.map(quoteForSh).join(' ');

/** An AppleScript that gets the command line as an argument. */
const appleScript = (lines: readonly string[], argv: readonly string[]) => [
  '/usr/bin/osascript',
  ...['on run argv', ...lines, 'end run'].flatMap((line) => ['-e', line]),
  shLine(argv),
];

const terminal = (
  id: string,
  name: string,
  where: Partial<ProgramPlaces>,
  command: TerminalKind['command'],
): TerminalKind => {
  const all = places(where);
  const platforms: Platform[] = [];
  if (all.commands.length > 0) platforms.push('linux');
  if (all.apps.length > 0) platforms.push('darwin');
  if (all.programs.length > 0) platforms.push('win32');
  return { id, name, places: all, platforms, command };
};

/** The platform's own first. */
export const terminalKinds: readonly TerminalKind[] = [
  terminal('xdg-terminal-exec', 'xdg-terminal-exec', { commands: ['xdg-terminal-exec'] }, (p, argv) => [
    p,
    ...argv,
  ]),
  terminal('x-terminal-emulator', 'x-terminal-emulator', { commands: ['x-terminal-emulator'] }, (p, argv) => [
    p,
    '-e',
    ...argv,
  ]),
  terminal('terminal', 'Terminal', { apps: ['Terminal.app'] }, (_, argv) =>
    appleScript(['tell application "Terminal"', 'activate', 'do script (item 1 of argv)', 'end tell'], argv),
  ),
  terminal(
    'windows-terminal',
    'Windows Terminal',
    { programs: ['Microsoft\\WindowsApps\\wt.exe'] },
    // It parts its command line at semicolons.
    (p, argv) => [p, '-w', '-1', 'new-tab', '--', ...argv.map((word) => word.replaceAll(';', '\\;'))],
  ),
  terminal('gnome-terminal', 'GNOME Terminal', { commands: ['gnome-terminal'] }, (p, argv) => [
    p,
    '--',
    ...argv,
  ]),
  terminal('ptyxis', 'Ptyxis', { commands: ['ptyxis'] }, (p, argv) => [p, '--new-window', '--', ...argv]),
  terminal('konsole', 'Konsole', { commands: ['konsole'] }, (p, argv) => [p, '-e', ...argv]),
  terminal('xfce4-terminal', 'Xfce Terminal', { commands: ['xfce4-terminal'] }, (p, argv) => [
    p,
    '-x',
    ...argv,
  ]),
  terminal('iterm2', 'iTerm2', { apps: ['iTerm.app'] }, (_, argv) =>
    appleScript(
      [
        'tell application "iTerm"',
        'activate',
        'set w to (create window with default profile)',
        'tell current session of w to write text (item 1 of argv)',
        'end tell',
      ],
      argv,
    ),
  ),
  {
    ...terminal('ghostty', 'Ghostty', { commands: ['ghostty'], apps: ['Ghostty.app'] }, (p, argv) =>
      p.endsWith('.app') ? ['/usr/bin/open', '-na', p, '--args', '-e', ...argv] : [p, '-e', ...argv],
    ),
  },
  terminal('kitty', 'kitty', { commands: ['kitty'], apps: ['kitty.app/Contents/MacOS/kitty'] }, (p, argv) => [
    p,
    ...argv,
  ]),
  terminal(
    'wezterm',
    'WezTerm',
    { commands: ['wezterm'], apps: ['WezTerm.app/Contents/MacOS/wezterm'] },
    (p, argv) => [p, 'start', '--', ...argv],
  ),
  terminal(
    'alacritty',
    'Alacritty',
    {
      commands: ['alacritty'],
      apps: ['Alacritty.app/Contents/MacOS/alacritty'],
      programs: ['Alacritty\\alacritty.exe'],
    },
    (p, argv) => [p, '-e', ...argv],
  ),
  terminal('foot', 'foot', { commands: ['foot'] }, (p, argv) => [p, ...argv]),
  terminal('tilix', 'Tilix', { commands: ['tilix'] }, (p, argv) => [p, '-e', shLine(argv)]),
  terminal('xterm', 'xterm', { commands: ['xterm'] }, (p, argv) => [p, '-e', ...argv]),
  {
    ...terminal('warp', 'Warp', { apps: ['Warp.app'] }, (p, argv) => ['/usr/bin/open', '-a', p, ...argv]),
    opensScript: true,
  },
  terminal('cmd', 'Windows Console', { programs: ['conhost.exe'] }, (p, argv) => [
    p,
    'cmd.exe',
    '/d',
    '/c',
    ...argv,
  ]),
];
