import type { Platform } from './program-places.ts';

/**
 * What the product puts into a person's desktop, as text and commands for each platform: the entry that starts the
 * tray at login, and the command on the PATH. Pure; the agent's desktop room writes them.
 */

/** In every file that we put outside of our own folder: how we know it again. */
export const ENTRY_MARK = 'Written by Bedrock Tray';

/** Reverse domain name of what launchd runs for us. */
export const LAUNCHD_LABEL = 'io.github.bedrock-tray';

export interface EntryPlaces {
  platform: Platform;
  env: Readonly<Record<string, string | undefined>>;
  userHome: string;
  /** The launcher in the state folder: its path outlives updates. */
  launcher: string;
}

/** A file that starts the tray at login. */
export interface EntryFile {
  path: string;
  text: string;
  /** Stands in every entry that starts this launcher, whatever else a person changed in it. */
  starts: string;
}

/** What is run at login: the tray without its window. */
const startWords = ['open', '--background'] as const;

/** The folder that holds a person's own configuration (XDG base directory specification). */
export const configFolder = ({ env, userHome }: Pick<EntryPlaces, 'env' | 'userHome'>): string =>
  env.XDG_CONFIG_HOME?.startsWith('/') ? env.XDG_CONFIG_HOME : `${userHome}/.config`;

/** The file of start at login; null on Windows, whose registry has it (`runKey`). */
export function startAtLoginFile(places: EntryPlaces): EntryFile | null {
  const { platform, userHome, launcher } = places;
  if (platform === 'linux') {
    return {
      path: `${configFolder(places)}/autostart/bedrock-tray.desktop`,
      text: autostartText(launcher),
      starts: `Exec=${execWord(launcher)} `,
    };
  }
  if (platform === 'darwin') {
    const label = `${LAUNCHD_LABEL}.tray`;
    return {
      path: `${userHome}/Library/LaunchAgents/${label}.plist`,
      text: launchAgentText(label, [launcher, ...startWords], {
        RunAtLoad: true,
        ProcessType: 'Interactive',
        LimitLoadToSessionType: 'Aqua',
      }),
      starts: launchAgentWord(launcher),
    };
  }
  return null;
}

/** A desktop entry of the autostart specification. */
function autostartText(launcher: string): string {
  return [
    '[Desktop Entry]',
    `# ${ENTRY_MARK}, which keeps it current. Taken back in its settings.`,
    'Type=Application',
    'Name=Bedrock Tray',
    'Comment=Keeps your AWS sign-in alive for Claude Code on Amazon Bedrock',
    'Comment[zh_CN]=为 Amazon Bedrock 上的 Claude Code 保持 AWS 登录',
    `Exec=${[launcher, ...startWords].map(execWord).join(' ')}`,
    // Where the launcher is gone, the desktop leaves the entry out without a word.
    `TryExec=${entryString(launcher)}`,
    'Icon=bedrock-tray',
    'Terminal=false',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/** A value of type string in a desktop entry. */
const entryString = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');

/**
 * One word of Exec: quoted where it has a reserved character, `%` doubled, and then escaped as any string (so that a
 * backslash within quotes is written four times).
 */
export function execWord(word: string): string {
  const percent = word.replaceAll('%', '%%');
  const quoted = /^[A-Za-z0-9_@%+:,./-]+$/.test(percent)
    ? percent
    : `"${percent.replace(/["`$\\]/g, (c) => `\\${c}`)}"`;
  return entryString(quoted);
}

/** Whether the desktop would run this autostart entry: a person may have switched it off with the desktop's own tool. */
export function autostartIsOn(text: string): boolean {
  return !/^\s*(Hidden\s*=\s*true|X-GNOME-Autostart-enabled\s*=\s*false)\s*$/im.test(text);
}

const xml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A word of what launchd runs, as its property list has it. */
export const launchAgentWord = (word: string): string => `<string>${xml(word)}</string>`;

/** A property list for launchd. */
export function launchAgentText(
  label: string,
  argv: readonly string[],
  options: Readonly<Record<string, boolean | string | Readonly<Record<string, boolean>>>>,
): string {
  const value = (v: (typeof options)[string]): string => {
    if (typeof v === 'boolean') return `<${v}/>`;
    if (typeof v === 'string') return `<string>${xml(v)}</string>`;
    return `<dict>${Object.entries(v)
      .map(([key, each]) => `<key>${xml(key)}</key><${each}/>`)
      .join('')}</dict>`;
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    `<!-- ${ENTRY_MARK}. -->`,
    '<plist version="1.0">',
    '<dict>',
    `  <key>Label</key><string>${xml(label)}</string>`,
    '  <key>ProgramArguments</key>',
    '  <array>',
    ...argv.map((word) => `    ${launchAgentWord(word)}`),
    '  </array>',
    ...Object.entries(options).map(([key, v]) => `  <key>${xml(key)}</key>${value(v)}`),
    '</dict>',
    '</plist>',
    '',
  ].join('\n');
}

/** Where Windows keeps what starts at login. */
export const RUN_KEY = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run';
const RUN_NAME = 'Bedrock Tray';

/** Start at login on Windows: reg.exe's arguments. Its exit code answers `query`. */
export function runKey(launcher: string): { query: string[]; add: string[]; remove: string[] } {
  // The launcher is a batch file: without a headless console a black window would stand there as long as the tray runs.
  const command = `conhost.exe --headless "${launcher}" ${startWords.join(' ')}`;
  return {
    query: ['query', RUN_KEY, '/v', RUN_NAME],
    add: ['add', RUN_KEY, '/v', RUN_NAME, '/t', 'REG_SZ', '/d', command, '/f'],
    remove: ['delete', RUN_KEY, '/v', RUN_NAME, '/f'],
  };
}

/** Where the command is put, and where a package for everybody would have put it. */
export function commandPlaces({ platform, userHome, launcher }: EntryPlaces): {
  /** The folder that has to be on the PATH. */
  folder: string;
  /** The command itself: a symbolic link to the launcher; on Windows the launcher, in its own folder. */
  path: string;
  packaged: readonly string[];
} {
  if (platform === 'win32') {
    return { folder: launcher.replace(/[\\/][^\\/]*$/, ''), path: launcher, packaged: [] };
  }
  const folder = `${userHome}/.local/bin`;
  return {
    folder,
    path: `${folder}/bedrock-tray`,
    packaged: platform === 'linux' ? ['/usr/bin/bedrock-tray'] : [],
  };
}

/** Whether a PATH names the folder. */
export function isOnPath(path: string | undefined, folder: string, platform: Platform): boolean {
  const plain = (name: string) => {
    const trimmed = name.replace(/(?<=.)[\\/]+$/, '');
    return platform === 'win32' ? trimmed.toLowerCase() : trimmed;
  };
  return (path ?? '')
    .split(platform === 'win32' ? ';' : ':')
    .some((each) => each !== '' && plain(each) === plain(folder));
}

/**
 * A PowerShell script that tells whether the person's own PATH on Windows has the folder in BEDROCK_TRAY_FOLDER (exit
 * code 0: it has; 3: it has not), puts it there or takes it away. The unexpanded value is kept (`%USERPROFILE%` stays
 * what it is), and setting a variable that is not there tells running programs that the environment has changed.
 * setx would cut a long PATH off, and what reg.exe prints is no faithful copy of other scripts' letters.
 */
export function pathScript(act: 'has' | 'add' | 'remove'): string {
  const read = [
    "$ErrorActionPreference='Stop'",
    '$f=$env:BEDROCK_TRAY_FOLDER',
    "$k=[Microsoft.Win32.Registry]::CurrentUser.OpenSubKey('Environment',$true)",
    "$p=@($k.GetValue('Path','','DoNotExpandEnvironmentNames') -split ';' | Where-Object {$_ -ne ''})",
    '$has=$p -contains $f',
  ];
  const write = (value: string) => [
    `$k.SetValue('Path',(${value} -join ';'),'ExpandString')`,
    "[Environment]::SetEnvironmentVariable('BEDROCK_TRAY_CHANGED',$null,'User')",
  ];
  const acts = {
    has: ['if($has){exit 0}else{exit 3}'],
    add: [`if(-not $has){${write('@($p)+$f').join(';')}}`],
    remove: [`if($has){${write('@($p | Where-Object {$_ -ne $f})').join(';')}}`],
  };
  return [...read, ...acts[act]].join(';');
}

/** What shows a folder in the person's file manager. */
export function folderOpener(folder: string, platform: Platform): string[] {
  if (platform === 'darwin') return ['open', folder];
  if (platform === 'win32') return ['explorer.exe', folder];
  return ['xdg-open', folder];
}

/** Whether this is Linux inside of Windows, whose logins are not ours to see. */
export const isWsl = (env: Readonly<Record<string, string | undefined>>): boolean =>
  Boolean(env.WSL_DISTRO_NAME || env.WSL_INTEROP);
