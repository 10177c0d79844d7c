import { describe, expect, test } from 'vitest';
import {
  autostartIsOn,
  commandPlaces,
  execWord,
  folderOpener,
  isOnPath,
  isWsl,
  pathScript,
  runKey,
  startAtLoginFile,
} from '../../../../src/domain/desktop/desktop-entries.ts';

const linux = {
  platform: 'linux',
  env: {},
  userHome: '/home/ada',
  launcher: '/home/ada/.local/share/bedrock-tray/bin/bedrock-tray',
} as const;

describe('start at login', () => {
  test('Linux: an autostart entry, by the XDG folders', () => {
    const file = startAtLoginFile(linux);
    expect(file?.path).toBe('/home/ada/.config/autostart/bedrock-tray.desktop');
    expect(file?.text).toContain(
      '\nExec=/home/ada/.local/share/bedrock-tray/bin/bedrock-tray open --background\n',
    );
    expect(file?.text).toContain('\nTryExec=/home/ada/.local/share/bedrock-tray/bin/bedrock-tray\n');
    expect(startAtLoginFile({ ...linux, env: { XDG_CONFIG_HOME: '/x/conf' } })?.path).toBe(
      '/x/conf/autostart/bedrock-tray.desktop',
    );
    // The specification has relative ones ignored.
    expect(startAtLoginFile({ ...linux, env: { XDG_CONFIG_HOME: 'conf' } })?.path).toBe(
      '/home/ada/.config/autostart/bedrock-tray.desktop',
    );
  });

  test('Exec: spaces, quotes, dollars, percents and backslashes reach the program as they are', () => {
    expect(execWord('/a/b-c_d.e')).toBe('/a/b-c_d.e');
    expect(execWord('/a b')).toBe('"/a b"');
    expect(execWord('/50%')).toBe('/50%%');
    expect(execWord('/it\'s "$HOME" `x`')).toBe('"/it\'s \\\\"\\\\$HOME\\\\" \\\\`x\\\\`"');
    expect(execWord('/back\\slash')).toBe('"/back\\\\\\\\slash"');
  });

  test('an entry that the person switched off with the desktop’s own tool is off', () => {
    const { text } = startAtLoginFile(linux) ?? { text: '' };
    expect(autostartIsOn(text)).toBe(true);
    expect(autostartIsOn(text.replace('enabled=true', 'enabled=false'))).toBe(false);
    expect(autostartIsOn(`${text}Hidden=true\n`)).toBe(false);
  });

  test('macOS: an agent of launchd; Windows: the registry’s Run key', () => {
    const mac = startAtLoginFile({
      ...linux,
      platform: 'darwin',
      userHome: '/Users/ada',
      launcher: '/Users/ada/Library/Application Support/a&b/bin/bedrock-tray',
    });
    expect(mac?.path).toBe('/Users/ada/Library/LaunchAgents/io.github.bedrock-tray.tray.plist');
    expect(mac?.text).toContain(
      '<string>/Users/ada/Library/Application Support/a&amp;b/bin/bedrock-tray</string>\n    <string>open</string>\n    <string>--background</string>',
    );
    expect(mac?.text).toContain('<key>RunAtLoad</key><true/>');
    expect(startAtLoginFile({ ...linux, platform: 'win32' })).toBeNull();
    expect(runKey('C:\\Users\\Ada L\\bin\\bedrock-tray.cmd').add).toEqual([
      'add',
      'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Run',
      '/v',
      'Bedrock Tray',
      '/t',
      'REG_SZ',
      '/d',
      'conhost.exe --headless "C:\\Users\\Ada L\\bin\\bedrock-tray.cmd" open --background',
      '/f',
    ]);
  });
});

describe('the command', () => {
  test('in ~/.local/bin; on Windows the launcher’s own folder', () => {
    expect(commandPlaces(linux)).toEqual({
      folder: '/home/ada/.local/bin',
      path: '/home/ada/.local/bin/bedrock-tray',
      packaged: ['/usr/bin/bedrock-tray'],
    });
    expect(commandPlaces({ ...linux, platform: 'darwin' }).packaged).toEqual([]);
    const launcher = 'C:\\Users\\Ada\\AppData\\Local\\bedrock-tray\\Data\\bin\\bedrock-tray.cmd';
    expect(commandPlaces({ ...linux, platform: 'win32', launcher })).toEqual({
      folder: 'C:\\Users\\Ada\\AppData\\Local\\bedrock-tray\\Data\\bin',
      path: launcher,
      packaged: [],
    });
  });

  test('a PATH names a folder with or without its last slash; Windows minds no capitals', () => {
    expect(isOnPath('/usr/bin:/home/ada/.local/bin/', '/home/ada/.local/bin', 'linux')).toBe(true);
    expect(isOnPath('/usr/bin:/home/ada/.local/binx', '/home/ada/.local/bin', 'linux')).toBe(false);
    expect(isOnPath(undefined, '/home/ada/.local/bin', 'linux')).toBe(false);
    expect(isOnPath('C:\\Windows;c:\\users\\ADA\\bin\\', 'C:\\Users\\Ada\\bin', 'win32')).toBe(true);
  });

  test('Windows: the PATH is edited unexpanded, and the folder comes by the environment, not as text of the script', () => {
    const add = pathScript('add');
    expect(add).toContain("GetValue('Path','','DoNotExpandEnvironmentNames')");
    expect(add).toContain("'ExpandString'");
    expect(add).toContain('$f=$env:BEDROCK_TRAY_FOLDER');
    expect(pathScript('has')).not.toContain('SetValue');
    expect(pathScript('remove')).toContain('$_ -ne $f');
  });
});

test('folders are shown by the platform’s own opener; WSL is known by its variables', () => {
  expect(folderOpener('/a b', 'linux')).toEqual(['xdg-open', '/a b']);
  expect(folderOpener('/a b', 'darwin')).toEqual(['open', '/a b']);
  expect(folderOpener('C:\\a', 'win32')).toEqual(['explorer.exe', 'C:\\a']);
  expect(isWsl({ WSL_DISTRO_NAME: 'Ubuntu' })).toBe(true);
  expect(isWsl({})).toBe(false);
});
