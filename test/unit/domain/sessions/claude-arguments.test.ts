import { describe, expect, it } from 'vitest';
import {
  argumentsForResume,
  harmlessArguments,
  harmlessPermissionMode,
  readClaudeArguments,
} from '../../../../src/domain/sessions/claude-arguments.ts';

describe('readClaudeArguments', () => {
  it('takes out what must be said once, and sees what it must know', () => {
    expect(
      readClaudeArguments([
        '--settings',
        'a.json',
        '-p',
        'hi',
        '--session-id=x',
        '--model',
        'opus',
        '--settings=b',
        '--add-dir',
        '/a',
        'b',
        '--permission-mode',
        'plan',
        '-n',
        'a name',
        '--add-dir=/c',
        '--fallback-model=sonnet, haiku',
      ]),
    ).toEqual({
      args: ['-p', 'hi', '--fallback-model=sonnet, haiku'],
      settings: 'b',
      sessionId: 'x',
      model: 'opus',
      fallbackModels: ['sonnet', 'haiku'],
      name: 'a name',
      permissionMode: 'plan',
      addDirs: ['/a', 'b', '/c'],
      ownConversation: false,
      resumes: null,
      continues: false,
    });
  });

  it.each([['--resume'], ['-r'], ['--resume=abc'], ['--continue'], ['-c'], ['--from-pr', '7']])(
    'knows a conversation of its own: %s',
    (...args) => {
      expect(readClaudeArguments(args)).toMatchObject({ ownConversation: true, args, resumes: null });
    },
  );

  it('knows which conversation goes on, and that a fork is another', () => {
    const id = '0f0e0d0c-0b0a-4000-8000-000000000001';
    for (const args of [['--resume', id], ['-r', id, 'and then'], [`--resume=${id}`]]) {
      expect(readClaudeArguments(args)).toMatchObject({ resumes: id, continues: false });
    }
    expect(readClaudeArguments(['-c'])).toMatchObject({ resumes: null, continues: true });
    expect(readClaudeArguments(['--resume', '--verbose', id])).toMatchObject({ resumes: null });
    for (const how of [['--resume', id], ['--continue']]) {
      expect(readClaudeArguments([...how, '--fork-session'])).toMatchObject({
        ownConversation: true,
        resumes: null,
        continues: false,
      });
    }
  });

  it('leaves everything after -- alone', () => {
    expect(readClaudeArguments(['--', '--settings', '-c', '--bg'])).toMatchObject({
      args: ['--', '--settings', '-c', '--bg'],
      settings: null,
      ownConversation: false,
    });
  });

  it('knows every permission mode by all its names, and no other', () => {
    expect(readClaudeArguments(['--permission-mode=manual']).permissionMode).toBe('default');
    expect(readClaudeArguments(['--dangerously-skip-permissions'])).toMatchObject({
      permissionMode: 'bypassPermissions',
      args: [],
    });
    expect(() => readClaudeArguments(['--permission-mode', 'yolo'])).toThrow(
      expect.objectContaining({ code: 'BadInput' }),
    );
  });

  it.each([['--bg'], ['--background'], ['--tmux'], ['--tmux=classic'], ['--cloud', 'x'], ['--desktop']])(
    'refuses what goes on outside of the session: %s',
    (...args) => {
      expect(() => readClaudeArguments(['--verbose', ...args])).toThrow(
        expect.objectContaining({
          code: 'ArgumentUnsupported',
          params: { argument: args[0]?.split('=')[0] },
        }),
      );
    },
  );
});

describe('what a page may pass on', () => {
  it('is what names no program, no settings and no way round permissions', () => {
    const args = ['--append-system-prompt', '--be-brief', '--continue', '--disallowedTools', 'Bash', 'Edit'];
    expect(harmlessArguments(args)).toEqual(args);
    expect(harmlessArguments(['--effort=high', '--verbose'])).toEqual(['--effort=high', '--verbose']);
  });

  it.each([
    ['--dangerously-skip-permissions'],
    ['--allow-dangerously-skip-permissions'],
    ['--settings', 'x.json'],
    ['--mcp-config', 'x.json'],
    ['--agents', '{}'],
    ['--plugin-dir', '/x'],
    ['--allowedTools', 'Bash'],
    ['--permission-mode', 'plan'],
    ['--system-prompt', 'x'],
    ['--setting-sources', 'user'],
    ['--safe-mode'],
    ['--resume'],
    ['--debug-file', '/x'],
    ['--unknown'],
    ['a prompt'],
    ['--', 'a prompt'],
  ])('is not %s', (...args) => {
    expect(() => harmlessArguments(['--verbose', ...args])).toThrow(
      expect.objectContaining({ code: 'ArgumentRefused', params: { argument: args[0] } }),
    );
  });

  it('is no value that hides an option', () => {
    expect(() => harmlessArguments(['--effort', 'high', '--settings', 'x'])).toThrow();
    expect(() => harmlessArguments(['--disallowedTools', 'Bash', '--settings', 'x'])).toThrow();
    expect(() => harmlessArguments(['--verbose', 'mcp', 'add'])).toThrow();
  });

  it('is every permission mode but the one that asks for nothing', () => {
    for (const mode of [undefined, 'default', 'acceptEdits', 'plan', 'auto', 'dontAsk'] as const) {
      expect(() => harmlessPermissionMode(mode)).not.toThrow();
    }
    expect(() => harmlessPermissionMode('bypassPermissions')).toThrow(
      expect.objectContaining({ code: 'ArgumentRefused' }),
    );
  });
});

describe('argumentsForResume', () => {
  it('repeats options that claude does not restore, and no prompt', () => {
    expect(
      argumentsForResume([
        '--allowedTools',
        'Bash(git *)',
        'Edit',
        '--append-system-prompt',
        '-brief',
        'say hello',
        '-p',
        '--mcp-config=x.json',
        '--verbose',
        'again',
        '--unknown',
        'value',
        '--resume',
        'that one',
        '--fork-session',
        '--',
        '--verbose',
      ]),
    ).toEqual([
      '--allowedTools',
      'Bash(git *)',
      'Edit',
      '--append-system-prompt',
      '-brief',
      '--mcp-config=x.json',
      '--verbose',
    ]);
  });
});
