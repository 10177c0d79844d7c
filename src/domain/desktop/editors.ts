import { type Platform, type ProgramPlaces, places } from './program-places.ts';

/**
 * The editors that a person may have, and how each opens a file at a place: a list of words, no shell in between. Files
 * are absolute, so that none is taken for an option. Editors that need a terminal are not among them.
 *
 * Sources: the programs' own manuals and `--help`.
 */
export interface EditorKind {
  id: string;
  name: string;
  places: ProgramPlaces;
  platforms: readonly Platform[];
  /** `line` and `column` count from 1; null: not known. */
  command(program: string, file: string, line: number | null, column: number | null): string[];
}

const editor = (
  id: string,
  name: string,
  where: Partial<ProgramPlaces>,
  command: EditorKind['command'],
): EditorKind => {
  const all = places(where);
  const platforms: Platform[] = [];
  if (all.commands.length > 0) platforms.push('linux', 'darwin');
  else if (all.apps.length > 0) platforms.push('darwin');
  if (all.programs.length > 0) platforms.push('win32');
  return { id, name, places: all, platforms, command };
};

/** `FILE:LINE:COLUMN`, as many editors take it. */
const withPlace = (file: string, line: number | null, column: number | null) =>
  [file, ...(line === null ? [] : [line, ...(column === null ? [] : [column])])].join(':');

/** VS Code and its kin. */
const code = (id: string, name: string, where: Partial<ProgramPlaces>) =>
  editor(id, name, where, (p, file, line, column) =>
    line === null ? [p, file] : [p, '--goto', withPlace(file, line, column)],
  );

/** The family of IntelliJ; the Toolbox puts its commands on the PATH. */
const jetBrains = (command: string, name: string, app = name) =>
  editor(
    command,
    name,
    { commands: [command, `${command}.sh`], apps: [`${app}.app/Contents/MacOS/${command}`] },
    (p, file, line, column) => [
      p,
      ...(line === null ? [] : ['--line', String(line)]),
      ...(line === null || column === null ? [] : ['--column', String(column)]),
      file,
    ],
  );

const plusPlace = (line: number | null, column: number | null) =>
  line === null ? [] : [`+${line}${column === null ? '' : `:${column}`}`];

/** What the platform opens texts with. It knows no lines, and may do more with a file than show it: see `mayBeRun`. */
export const SYSTEM_EDITOR = 'system';

export const editorKinds: readonly EditorKind[] = [
  code('vscode', 'Visual Studio Code', {
    commands: ['code'],
    apps: ['Visual Studio Code.app/Contents/Resources/app/bin/code'],
    programs: ['Programs\\Microsoft VS Code\\Code.exe', 'Microsoft VS Code\\Code.exe'],
  }),
  code('cursor', 'Cursor', {
    commands: ['cursor'],
    apps: ['Cursor.app/Contents/Resources/app/bin/cursor'],
    programs: ['Programs\\cursor\\Cursor.exe'],
  }),
  code('windsurf', 'Windsurf', {
    commands: ['windsurf'],
    apps: ['Windsurf.app/Contents/Resources/app/bin/windsurf'],
    programs: ['Programs\\Windsurf\\Windsurf.exe'],
  }),
  code('vscodium', 'VSCodium', {
    commands: ['codium'],
    apps: ['VSCodium.app/Contents/Resources/app/bin/codium'],
    programs: ['Programs\\VSCodium\\VSCodium.exe', 'VSCodium\\VSCodium.exe'],
  }),
  editor(
    'zed',
    'Zed',
    {
      commands: ['zed', 'zeditor'],
      apps: ['Zed.app/Contents/MacOS/cli'],
      programs: ['Programs\\Zed\\bin\\zed.exe'],
    },
    (p, file, line, column) => [p, withPlace(file, line, column)],
  ),
  editor(
    'sublime',
    'Sublime Text',
    {
      commands: ['subl'],
      apps: ['Sublime Text.app/Contents/SharedSupport/bin/subl'],
      programs: ['Sublime Text\\subl.exe'],
    },
    (p, file, line, column) => [p, withPlace(file, line, column)],
  ),
  jetBrains('idea', 'IntelliJ IDEA'),
  jetBrains('pycharm', 'PyCharm'),
  jetBrains('webstorm', 'WebStorm'),
  jetBrains('goland', 'GoLand'),
  jetBrains('clion', 'CLion'),
  jetBrains('phpstorm', 'PhpStorm'),
  jetBrains('rider', 'Rider'),
  jetBrains('rubymine', 'RubyMine'),
  jetBrains('rustrover', 'RustRover'),
  editor('textmate', 'TextMate', { apps: ['TextMate.app/Contents/MacOS/mate'] }, (p, file, line, column) => [
    p,
    ...(line === null ? [] : ['--line', `${line}${column === null ? '' : `:${column}`}`]),
    file,
  ]),
  editor(
    'bbedit',
    'BBEdit',
    { apps: ['BBEdit.app/Contents/Helpers/bbedit_tool'] },
    (p, file, line, column) => [p, ...plusPlace(line, column), file],
  ),
  editor('notepad++', 'Notepad++', { programs: ['Notepad++\\notepad++.exe'] }, (p, file, line, column) => [
    p,
    ...(line === null ? [] : [`-n${line}`]),
    ...(line === null || column === null ? [] : [`-c${column}`]),
    file,
  ]),
  editor('kate', 'Kate', { commands: ['kate'] }, (p, file, line, column) => [
    p,
    ...(line === null ? [] : ['-l', String(line)]),
    ...(line === null || column === null ? [] : ['-c', String(column)]),
    file,
  ]),
  editor('gedit', 'gedit', { commands: ['gedit'] }, (p, file, line, column) => [
    p,
    ...plusPlace(line, column),
    file,
  ]),
  editor('gnome-text-editor', 'GNOME Text Editor', { commands: ['gnome-text-editor'] }, (p, file) => [
    p,
    file,
  ]),
  editor(
    'gvim',
    'gVim',
    { commands: ['gvim'], apps: ['MacVim.app/Contents/bin/gvim'], programs: ['Vim\\vim91\\gvim.exe'] },
    (p, file, line, column) => [
      p,
      ...(line === null ? [] : [`+call cursor(${line},${column ?? 1})`]),
      '--',
      file,
    ],
  ),
  // Starts its server where there is none.
  editor('emacs', 'Emacs', { commands: ['emacsclient'] }, (p, file, line, column) => [
    p,
    '--no-wait',
    '--create-frame',
    '--alternate-editor=',
    ...plusPlace(line, column),
    file,
  ]),
];

/** What opens a text on this platform when no editor is known; null where nothing is safe to ask. */
export function systemEditorCommand(file: string, platform: Platform): string[] {
  switch (platform) {
    case 'linux':
      return ['xdg-open', file];
    case 'darwin':
      // As a text, in whatever edits texts: never by its own kind.
      return ['/usr/bin/open', '-t', file];
    case 'win32':
      return ['notepad.exe', file];
  }
}

const runnable =
  /\.(desktop|appimage|run|bin|exe|com|msi|msix|bat|cmd|ps1|vbs|vbe|js|jse|wsf|wsh|hta|scr|pif|cpl|lnk|url|reg|jar|jnlp|app|command|tool|workflow|scpt|applescript|terminal|pkg|dmg|deb|rpm|flatpakref|snap|sh|bash|zsh|fish|py|pl|rb|html?|xhtml|svg|webloc)$/i;

/** Whether a platform's opener might run a file, or show it to something that runs what is in it. */
export function mayBeRun(file: string, mode: number): boolean {
  return (mode & 0o111) !== 0 || runnable.test(file);
}
