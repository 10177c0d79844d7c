import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { editorKinds, mayBeRun, systemEditorCommand } from '../../../../src/domain/desktop/editors.ts';
import { launcherText } from '../../../../src/domain/desktop/launcher-text.ts';
import { places, programPaths } from '../../../../src/domain/desktop/program-places.ts';
import { terminalKinds } from '../../../../src/domain/desktop/terminals.ts';
import { maskSecrets } from '../../../../src/domain/support/masked-secrets.ts';

const argv = ["/home/o'neil/a b/bedrock-tray", 'sessions', 'attach', 'id'];
const line = `'/home/o'\\''neil/a b/bedrock-tray' sessions attach id`;
const terminal = (id: string, program = `/bin/${id}`) =>
  terminalKinds.find((k) => k.id === id)?.command(program, argv);
const editor = (id: string, at: [number | null, number | null], program = `/bin/${id}`) =>
  editorKinds.find((k) => k.id === id)?.command(program, '/a b/c:d.ts', ...at);

describe('terminals', () => {
  test('each runs the words as they are', () => {
    expect(Object.fromEntries(terminalKinds.map(({ id }) => [id, terminal(id)]))).toEqual({
      'xdg-terminal-exec': ['/bin/xdg-terminal-exec', ...argv],
      'x-terminal-emulator': ['/bin/x-terminal-emulator', '-e', ...argv],
      terminal: [
        '/usr/bin/osascript',
        ...['-e', 'on run argv', '-e', 'tell application "Terminal"', '-e', 'activate'],
        ...['-e', 'do script (item 1 of argv)', '-e', 'end tell', '-e', 'end run'],
        line,
      ],
      'windows-terminal': ['/bin/windows-terminal', '-w', '-1', 'new-tab', '--', ...argv],
      'gnome-terminal': ['/bin/gnome-terminal', '--', ...argv],
      ptyxis: ['/bin/ptyxis', '--new-window', '--', ...argv],
      konsole: ['/bin/konsole', '-e', ...argv],
      'xfce4-terminal': ['/bin/xfce4-terminal', '-x', ...argv],
      iterm2: [
        '/usr/bin/osascript',
        ...['-e', 'on run argv', '-e', 'tell application "iTerm"', '-e', 'activate'],
        ...['-e', 'set w to (create window with default profile)'],
        ...['-e', 'tell current session of w to write text (item 1 of argv)'],
        ...['-e', 'end tell', '-e', 'end run'],
        line,
      ],
      ghostty: ['/bin/ghostty', '-e', ...argv],
      kitty: ['/bin/kitty', ...argv],
      wezterm: ['/bin/wezterm', 'start', '--', ...argv],
      alacritty: ['/bin/alacritty', '-e', ...argv],
      foot: ['/bin/foot', ...argv],
      tilix: ['/bin/tilix', '-e', line],
      xterm: ['/bin/xterm', '-e', ...argv],
      warp: ['/usr/bin/open', '-a', '/bin/warp', ...argv],
      cmd: ['/bin/cmd', 'cmd.exe', '/d', '/c', ...argv],
    });
    expect(terminal('ghostty', '/Applications/Ghostty.app')?.slice(0, 5)).toEqual([
      '/usr/bin/open',
      '-na',
      '/Applications/Ghostty.app',
      '--args',
      '-e',
    ]);
  });

  test('a semicolon parts nothing in Windows Terminal', () => {
    const kind = terminalKinds.find((k) => k.id === 'windows-terminal');
    expect(kind?.command('wt', ['C:\\a;b\\x.cmd'])).toEqual([
      'wt',
      '-w',
      '-1',
      'new-tab',
      '--',
      'C:\\a\\;b\\x.cmd',
    ]);
  });

  test('each platform has its own first, and every id is there once', () => {
    const on = (platform: 'linux' | 'darwin' | 'win32') =>
      terminalKinds.filter((k) => k.platforms.includes(platform)).map((k) => k.id);
    expect(on('linux').slice(0, 2)).toEqual(['xdg-terminal-exec', 'x-terminal-emulator']);
    expect(on('darwin')).toEqual(['terminal', 'iterm2', 'ghostty', 'kitty', 'wezterm', 'alacritty', 'warp']);
    expect(on('win32')).toEqual(['windows-terminal', 'alacritty', 'cmd']);
    for (const kinds of [terminalKinds, editorKinds])
      expect(new Set(kinds.map((k) => k.id)).size).toBe(kinds.length);
  });
});

describe('editors', () => {
  test('each goes to the place that it is told', () => {
    const f = '/a b/c:d.ts';
    const at: Record<string, string[]> = {
      vscode: ['--goto', `${f}:7:3`],
      cursor: ['--goto', `${f}:7:3`],
      windsurf: ['--goto', `${f}:7:3`],
      vscodium: ['--goto', `${f}:7:3`],
      zed: [`${f}:7:3`],
      sublime: [`${f}:7:3`],
      textmate: ['--line', '7:3', f],
      bbedit: ['+7:3', f],
      'notepad++': ['-n7', '-c3', f],
      kate: ['-l', '7', '-c', '3', f],
      gedit: ['+7:3', f],
      'gnome-text-editor': [f],
      gvim: ['+call cursor(7,3)', '--', f],
      emacs: ['--no-wait', '--create-frame', '--alternate-editor=', '+7:3', f],
    };
    for (const { id } of editorKinds) {
      const words = at[id] ?? ['--line', '7', '--column', '3', f];
      expect(editor(id, [7, 3]), id).toEqual([`/bin/${id}`, ...words]);
    }
    expect(editorKinds.length - Object.keys(at).length).toBe(9);
    expect(editor('idea', [7, null])).toEqual(['/bin/idea', '--line', '7', f]);
    expect(editor('vscode', [7, null])).toEqual(['/bin/vscode', '--goto', `${f}:7`]);
    expect(editor('gvim', [7, null])).toEqual(['/bin/gvim', '+call cursor(7,1)', '--', f]);
  });

  test('without a place the file is the last word', () => {
    for (const { id } of editorKinds) expect(editor(id, [null, null])?.at(-1), id).toBe('/a b/c:d.ts');
  });

  test('the platform’s own shows texts, and is not asked to run anything', () => {
    expect(systemEditorCommand('/f', 'darwin')).toEqual(['/usr/bin/open', '-t', '/f']);
    expect(systemEditorCommand('C:\\f', 'win32')).toEqual(['notepad.exe', 'C:\\f']);
    for (const name of ['x.desktop', 'x.AppImage', 'x.EXE', 'x.app', 'x.jar', 'x.sh', 'x.html', 'x.command'])
      expect(mayBeRun(name, 0o644), name).toBe(true);
    expect(mayBeRun('/x/README', 0o755)).toBe(true);
    expect(mayBeRun('/x/README', 0o654)).toBe(true);
    expect(mayBeRun('/x/a.ts', 0o644)).toBe(false);
  });
});

describe('where programs are looked for', () => {
  const code = places({ commands: ['code'], apps: ['Code.app/bin/code'], programs: ['Code\\Code.exe'] });
  test('on the PATH, without what is relative', () => {
    expect(programPaths(code, 'linux', { PATH: '/a:.:b::/c/' }, '/home/me')).toEqual(['/a/code', '/c/code']);
  });
  test('in the bundles, then on the PATH', () => {
    expect(programPaths(code, 'darwin', { PATH: '/a' }, '/Users/me')).toEqual([
      '/Applications/Code.app/bin/code',
      '/Users/me/Applications/Code.app/bin/code',
      '/System/Applications/Utilities/Code.app/bin/code',
      '/a/code',
    ]);
  });
  test('where Windows has them', () => {
    const env = { ProgramFiles: 'C:\\P', LOCALAPPDATA: 'C:\\L\\', SystemRoot: 'C:\\W' };
    expect(programPaths(code, 'win32', env, 'C:\\me')).toEqual([
      'C:\\P\\Code\\Code.exe',
      'C:\\L\\Code\\Code.exe',
      'C:\\W\\System32\\Code\\Code.exe',
    ]);
  });
});

describe('the launcher', () => {
  test('hands every word on, whatever it holds, from any place', () => {
    const text = launcherText({
      platform: 'linux',
      home: "/it's $(a) `state`",
      node: '/bin/sh',
      cli: '/nowhere/main',
      handOut: ['/bin/sh', '/nowhere/x.sh', '/n', '/c'],
    }).replace('exec /bin/sh /nowhere/main', 'exec printf %s-%s-%s- "$BEDROCK_TRAY_HOME"');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (word) => {
        fc.pre(!word.includes('\0'));
        const said = execFileSync('/bin/sh', ['-c', text, 'bedrock-tray', 'a', word], { encoding: 'utf8' });
        expect(said).toBe(`/it's $(a) \`state\`-a-${word}-`);
      }),
      { numRuns: 25 },
    );
  });

  test('Windows: percent signs are no variables', () => {
    const text = launcherText({
      platform: 'win32',
      home: 'C:\\100%\\s',
      node: 'C:\\n ode.exe',
      cli: 'C:\\cli.mjs',
      handOut: ['C:\\n ode.exe', 'C:\\h.cjs'],
    });
    expect(text).toContain('set "BEDROCK_TRAY_HOME=C:\\100%%\\s"\r\n');
    expect(text).toContain(
      'if "%~1"=="export-credentials" ("C:\\n ode.exe" "C:\\h.cjs" %*) else ("C:\\n ode.exe" "C:\\cli.mjs" %*)\r\n',
    );
  });
});

describe('what is shown of a file before it is changed', () => {
  test.each([
    ['  "ANTHROPIC_API_KEY": "sk-1",', '  "ANTHROPIC_API_KEY": "••••••",'],
    ['{"a":"b","X_TOKEN":"t\\"1","c":"d"}', '{"a":"b","X_TOKEN":"••••••","c":"d"}'],
    ['  "AWS_BEARER_TOKEN_BEDROCK": ""', '  "AWS_BEARER_TOKEN_BEDROCK": ""'],
    ['aws_secret_access_key = abc def', 'aws_secret_access_key = ••••••'],
    ['aws_access_key_id = AKIDEXAMPLE', 'aws_access_key_id = ••••••'],
    ['credential_process = /bin/x --profile p', 'credential_process = /bin/x --profile p'],
    ['region = us-east-1', 'region = us-east-1'],
    [
      '"awsCredentialExport": "echo {\\"SecretAccessKey\\":\\"abcdefghij\\"}"',
      '"awsCredentialExport": "echo {\\"SecretAccessKey\\":\\"••••••\\"}"',
    ],
  ])('%s', (text, shown) => {
    expect(maskSecrets(text)).toBe(shown);
  });
});
