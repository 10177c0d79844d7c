import { describe, expect, it } from 'vitest';
import { argumentsForResume, readClaudeArguments } from '../../../src/domain/claude-arguments.ts';

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
      ]),
    ).toEqual({
      args: ['-p', 'hi', '--model', 'opus'],
      settings: 'b',
      sessionId: 'x',
      model: 'opus',
      ownConversation: false,
    });
  });

  it.each([['--resume'], ['-r'], ['--resume=abc'], ['--continue'], ['-c']])(
    'knows a conversation of its own: %s',
    (arg) => {
      expect(readClaudeArguments([arg]).ownConversation).toBe(true);
    },
  );

  it('leaves everything after -- alone', () => {
    expect(readClaudeArguments(['--', '--settings', '-c'])).toMatchObject({
      args: ['--', '--settings', '-c'],
      settings: null,
      ownConversation: false,
    });
  });
});

describe('argumentsForResume', () => {
  it('repeats options that claude does not restore, and no prompt', () => {
    expect(
      argumentsForResume([
        '--add-dir',
        '/a',
        '/b',
        '--permission-mode',
        'plan',
        'say hello',
        '-p',
        '--mcp-config=x.json',
        '--verbose',
        'again',
        '--unknown',
        'value',
        '--',
        '--model',
      ]),
    ).toEqual(['--add-dir', '/a', '/b', '--permission-mode', 'plan', '--mcp-config=x.json', '--verbose']);
  });
});
