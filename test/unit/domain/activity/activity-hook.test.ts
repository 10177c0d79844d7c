import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hookFact, hookHead } from '../../../../src/domain/activity/activity-hook.ts';
import { registerReading, titleMark } from '../../../../src/domain/activity/activity-register.ts';
import { askedBy } from '../../../../src/domain/activity/activity-request.ts';

const asked = (tool_name: string, tool_input: unknown, more: object = {}) =>
  askedBy({ hook_event_name: 'PermissionRequest', tool_name, tool_input, ...more });

describe('what is asked', () => {
  it.each([
    ['Bash', { command: 'rm -r x', description: 'no harm' }, 'rm -r x', true],
    ['Bash', { command: 'a\nb\tc', run_in_background: true }, 'a\nb\tc\nrun_in_background: true', true],
    ['Write', { file_path: '/p/a', content: 'one\ntwo' }, '/p/a\ncontent: one\ntwo', true],
    [
      'Edit',
      { file_path: '/p/a', old_string: 'x', new_string: 'y', replace_all: false },
      '/p/a\nold_string: x\nnew_string: y\nreplace_all: false',
      true,
    ],
    ['mcp__x__y', { deep: { a: [1] } }, 'deep: {"a":[1]}', true],
    ['mcp__x__y', { description: 'all of it', timeout: 5 }, 'description: all of it\ntimeout: 5', true],
    // What cannot be read whole is not decided without the terminal.
    ['Bash', { command: `echo ${'x'.repeat(3_000)}` }, `echo ${'x'.repeat(1_994)}…`, false],
    ['Bash', { command: 'ls \u202Exfdp.exe' }, 'ls xfdp.exe', false],
    ['Bash', { command: 'ls\x1b[2K; rm x' }, 'ls[2K; rm x', false],
    ['Bash', {}, '', false],
    ['Bash', 'no object', '', false],
  ])('%s %j', (tool, input, text, complete) => {
    expect(asked(tool, input)).toMatchObject({ kind: 'permission', tool, text, complete });
  });

  it('nor is one whose tool cannot be read whole', () => {
    const name = `mcp__${'x'.repeat(55)}`;
    expect(asked(name, { a: 1 })).toMatchObject({ tool: name, complete: true });
    expect(asked(`${name}y`, { a: 1 })).toMatchObject({ tool: `${name.slice(0, 59)}…`, complete: false });
    expect(asked('Read\u202e', { file_path: '/p/a' })).toMatchObject({ tool: 'Read', complete: false });
    expect(asked(undefined as never, { a: 1 })).toMatchObject({ tool: null, complete: false });
  });

  it('an event that was cut is not complete', () => {
    expect(asked('Write', { file_path: '/p/a' }, { truncated: true })).toMatchObject({
      text: '/p/a',
      complete: false,
    });
  });

  it('questions with what can be chosen, and plans, are read in the terminal', () => {
    const questions = [
      {
        question: '你要哪个?',
        options: [{ label: 'Red', description: 'warm' }, { label: 'Blue' }],
      },
      { question: 'Sure?' },
    ];
    expect(asked('AskUserQuestion', { questions })).toEqual({
      kind: 'question',
      tool: null,
      text: '你要哪个?\n- Red: warm\n- Blue\n\nSure?',
      complete: false,
      about: '|AskUserQuestion',
    });
    expect(asked('ExitPlanMode', { plan: '# Plan' })).toMatchObject({
      kind: 'plan',
      tool: 'ExitPlanMode',
      text: '# Plan',
      complete: false,
    });
  });

  it('whatever a tool is given: plain text of at most 2,000 characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), fc.anything(), (text, other) => {
        for (const input of [{ command: text }, { questions: [{ question: text }] }, { plan: text }, other]) {
          for (const tool of ['Bash', 'AskUserQuestion', 'ExitPlanMode', text]) {
            const shown = asked(tool, input).text;
            expect(Array.from(shown).length).toBeLessThanOrEqual(2_000);
            expect(shown).not.toMatch(/(?![\n\t])[\p{C}\p{Zl}\p{Zp}]/u);
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('events', () => {
  it('a failure by its word, or by what was said of it', () => {
    const failed = (fields: object) => hookFact({ hook_event_name: 'StopFailure', ...fields });
    expect(failed({ error: 'rate_limit', last_assistant_message: 'x' })).toMatchObject({
      reason: 'rate_limit',
    });
    expect(failed({ error: 'unknown', last_assistant_message: 'API\nError: \x1b[1m400' })).toMatchObject({
      reason: 'API Error: [1m400',
    });
    // A trouble that is known is said as the API said it: more than the word says.
    const expired =
      'AWS authentication failed · API Error: 403 The security token included in the request is expired';
    expect(failed({ error: 'authentication_failed', last_assistant_message: expired })).toMatchObject({
      reason: expired,
    });
    expect(failed({ error: 'unknown' })).toMatchObject({ reason: 'unknown' });
    expect(failed({})).toMatchObject({ reason: null });
  });

  it('no event of any shape is too much', () => {
    fc.assert(
      fc.property(
        fc.object(),
        fc.constantFrom('Stop', 'PermissionRequest', 'PostToolUse', 'Notification'),
        (given, name) => {
          hookFact({ ...given, hook_event_name: name });
          hookFact({ background_tasks: given, tool_input: given, hook_event_name: name });
        },
      ),
    );
  });

  it('of an event that is too long its beginning is read', () => {
    const event = {
      session_id: 's',
      transcript_path: '/h/.claude/projects/p/s.jsonl',
      cwd: '/a "b"\\c',
      effort: { level: 'medium' },
      hook_event_name: 'PermissionRequest',
      tool_name: 'Write',
      tool_input: { file_path: '/p/漢 "x"', content: 'x'.repeat(10_000) },
    };
    const { tool_input, ...fields } = event;
    expect(hookHead(JSON.stringify(event).slice(0, 5_000))).toEqual({
      ...fields,
      effort: { level: 'medium' },
      tool_input: { file_path: tool_input.file_path },
      truncated: true,
    });
    expect(hookHead('')).toEqual({ truncated: true });
  });
});

describe('the register', () => {
  it.each([
    [
      { status: 'busy', statusUpdatedAt: 5 },
      { status: 'busy', waitingFor: null, changedAt: 5 },
    ],
    [
      { status: 'waiting', waitingFor: 'permission prompt' },
      { status: 'waiting', waitingFor: 'permission prompt', changedAt: null },
    ],
    [{}, { status: null, waitingFor: null, changedAt: null }],
    [{ status: 'dreaming' }, null],
    [{ status: 7 }, null],
    [null, null],
    ['busy', null],
  ])('%j', (entry, reading) => expect(registerReading(entry)).toEqual(reading));

  it.each([
    ['✳ Claude Code', 'idle'],
    ['◐ Claude Code', 'working'],
    ['⠂ Fix the bug', 'working'],
    ['✻ work', 'working'],
    ['', null],
    ['zsh', null],
    ['Claude', null],
  ])('title %j: %s', (title, mark) => expect(titleMark(title)).toBe(mark));
});
