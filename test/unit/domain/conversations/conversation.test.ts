import { describe, expect, test } from 'vitest';
import { conversationLine, isWorthParsing } from '../../../../src/domain/conversations/conversation.ts';
import { cpuMs } from '../../../support/cpu-time.ts';

/** Lines as Claude Code 2.1.330 wrote them against the loopback Bedrock, shortened only where nothing is read. */
const common = {
  userType: 'external',
  entrypoint: 'cli',
  cwd: '/home/someone/project',
  sessionId: 'f4ff852e-6223-4a06-bbaa-c4a3d2c843b1',
  version: '2.1.330',
  gitBranch: 'HEAD',
};
const timestamp = '2026-11-23T01:57:32.925Z';
const at = Date.parse(timestamp);
const user = (content: unknown, extra: object = {}) => ({
  parentUuid: null,
  isSidechain: false,
  promptId: '71468c4d-064e-4a11-ba4e-5dcb27e187ed',
  type: 'user',
  message: { role: 'user', content },
  uuid: 'd842ac2b-94cf-41d8-9945-2ce02f8bbbd1',
  timestamp,
  permissionMode: 'default',
  ...extra,
  ...common,
});
const assistant = (content: unknown, extra: object = {}) => ({
  parentUuid: '2a8aafad-6b66-4aa3-a680-7618d6c24307',
  isSidechain: false,
  message: {
    id: 'msg_bdrk_B0EUN2HLybH0rUX5o0CWX6CM',
    type: 'message',
    role: 'assistant',
    model: 'claude-opus-5-5',
    content,
    stop_reason: 'end_turn',
    usage: { input_tokens: 4370, output_tokens: 24 },
  },
  requestId: '1828bff3-8473-41c2-8c96-3cd2500428f4',
  requestedModel: 'us.anthropic.claude-opus-5-5',
  type: 'assistant',
  uuid: '284b0209-1d24-4a0b-9c08-660c87ad113a',
  timestamp,
  ...extra,
  ...common,
});

describe('what a line of a transcript says', () => {
  test('a prompt', () => {
    const origin = { origin: { kind: 'human' }, promptSource: 'typed' };
    expect(conversationLine(user('帮我看看登录会话的续期逻辑 refreshToken', origin))).toEqual({
      at,
      cwd: '/home/someone/project',
      model: null,
      title: null,
      messages: [{ role: 'user', text: '帮我看看登录会话的续期逻辑 refreshToken' }],
      countedAs: 'd842ac2b-94cf-41d8-9945-2ce02f8bbbd1',
      prompt: true,
    });
  });

  test('a prompt with a picture and a reminder that nobody typed', () => {
    const line = conversationLine(
      user([
        { type: 'text', text: '<system-reminder>\nof the house\n</system-reminder>\nwhat is this?' },
        { type: 'image', source: { type: 'base64', data: 'AAAA' } },
      ]),
    );
    expect(line?.messages).toEqual([{ role: 'user', text: 'what is this?' }]);
    expect(line?.prompt).toBe(true);
  });

  test('an answer, and the model that was asked for by Bedrock’s id', () => {
    expect(conversationLine(assistant([{ type: 'text', text: 'Sandbox heard' }]))).toMatchObject({
      at,
      model: 'us.anthropic.claude-opus-5-5',
      messages: [{ role: 'assistant', text: 'Sandbox heard' }],
      countedAs: 'msg_bdrk_B0EUN2HLybH0rUX5o0CWX6CM',
      prompt: false,
    });
  });

  test('a tool that is used, with all texts of its arguments, and what it answered', () => {
    const input = { command: 'ls -la', edits: [{ old_string: 'a', new_string: 'b' }], timeout: 5 };
    expect(
      conversationLine(assistant([{ type: 'tool_use', name: 'Bash', input, id: 'toolu_1' }]))?.messages,
    ).toEqual([{ role: 'tool', text: 'Bash\nls -la\na\nb' }]);
    const result = { tool_use_id: 'toolu_1', type: 'tool_result', is_error: false };
    const line = conversationLine(user([{ ...result, content: '\u001b[31mred\u001b[0m foo_bar' }]));
    expect(line?.messages).toEqual([{ role: 'tool', text: 'red foo_bar' }]);
    expect(line?.countedAs).toBeNull();
    const parts = [
      { type: 'text', text: 'one' },
      { type: 'image', source: {} },
      { type: 'text', text: 'two' },
    ];
    expect(conversationLine(user([{ ...result, content: parts }]))?.messages).toEqual([
      { role: 'tool', text: 'one\n\ntwo' },
    ]);
  });

  test('commands and shell lines are said as they were typed, and are no prompts', () => {
    const command =
      '<command-name>/rename</command-name>\n            <command-message>rename</command-message>\n            <command-args>My Session</command-args>';
    const said = [
      [user(command), 'user', '/rename My Session'],
      [
        { type: 'system', subtype: 'local_command', content: command, timestamp, ...common },
        'user',
        '/rename My Session',
      ],
      [user('<bash-input>echo bang</bash-input>'), 'user', '! echo bang'],
      [user('<bash-stdout>bang</bash-stdout><bash-stderr></bash-stderr>'), 'tool', 'bang'],
      [
        user('<local-command-stdout>\u001b[2mCompacted\u001b[22m</local-command-stdout>'),
        'tool',
        'Compacted',
      ],
      [
        user('<task-notification>done</task-notification>'),
        'tool',
        '<task-notification>done</task-notification>',
      ],
    ] as const;
    for (const [line, role, text] of said)
      expect(conversationLine(line)).toMatchObject({
        messages: [{ role, text }],
        prompt: false,
        countedAs: null,
      });
  });

  test('titles', () => {
    const id = 'f4ff852e-6223-4a06-bbaa-c4a3d2c843b1';
    expect(conversationLine({ type: 'custom-title', customTitle: '我的会话', sessionId: id })?.title).toEqual(
      {
        kind: 'given',
        text: '我的会话',
      },
    );
    expect(conversationLine({ type: 'ai-title', aiTitle: 'Renewal', sessionId: id })?.title?.kind).toBe(
      'made',
    );
    expect(conversationLine({ type: 'summary', summary: 'Renewal', leafUuid: 'x' })?.title?.kind).toBe(
      'summary',
    );
  });

  test('what Claude Code notes for itself says nothing', () => {
    const nothing = [
      user('<local-command-caveat>The command below …</local-command-caveat>', { isMeta: true }),
      user('This session is being continued from a previous conversation', { isCompactSummary: true }),
      user('of a sub-agent', { isSidechain: true }),
      user('<system-reminder>only this</system-reminder>'),
      { type: 'mode', mode: 'normal', sessionId: 'x' },
      { type: 'last-prompt', lastPrompt: 'hello', leafUuid: 'x' },
      { type: 'system', subtype: 'turn_duration', durationMs: 5 },
      { type: 'cost-state', totalCostUSD: 1 },
      { type: 'queue-operation', operation: 'enqueue', content: 'hello' },
    ];
    for (const line of nothing) expect(conversationLine(line)).toBeNull();
    // Claude Code's own words in the model's place: shown, but by no model.
    const synthetic = assistant([{ type: 'text', text: 'API Error: 403' }], { requestedModel: undefined });
    synthetic.message.model = '<synthetic>';
    expect(conversationLine(synthetic)).toMatchObject({ model: null, messages: [{ role: 'assistant' }] });
  });

  test('whatever else a line may be is no error', () => {
    const hostile: unknown[] = [
      null,
      1,
      'text',
      [],
      {},
      { type: 'user' },
      { type: 'user', message: 'text' },
      {
        type: 'user',
        message: { content: [null, 1, { type: 'text' }, { type: 'tool_result', content: 7 }] },
      },
      { type: 'assistant', message: { content: 'text' } },
      { type: 'assistant', message: { content: [{ type: 'tool_use', input: null }] } },
      { type: 'custom-title', customTitle: 7 },
      { type: 'user', timestamp: 'never', message: { role: 'user', content: 'x' } },
    ];
    for (const line of hostile) expect(() => conversationLine(line)).not.toThrow();
    let deep: unknown = 'x';
    for (let i = 0; i < 10_000; i++) deep = [deep];
    expect(conversationLine(assistant([{ type: 'tool_use', name: 'T', input: deep }]))?.messages).toEqual([
      { role: 'tool', text: 'T' },
    ]);
  });

  test('hostile tags cost no more than their length', () => {
    const started = cpuMs();
    conversationLine(user('<system-reminder>'.repeat(100_000)));
    conversationLine(user('\u001b]0;'.repeat(20_000)));
    expect(cpuMs() - started).toBeLessThan(2_000);
  });
});

test('most of a transcript’s bytes are passed over unparsed, and nothing that was said', () => {
  const start = (line: object) => JSON.stringify(line).slice(0, 256);
  const passed = [
    { type: 'api-request-shape', sessionId: 'x', shape: {} },
    { type: 'api-request-blob', sessionId: 'x' },
    { type: 'file-history-snapshot', messageId: 'x' },
    { type: 'queue-operation', operation: 'enqueue', content: 'hello' },
    {
      parentUuid: common.sessionId,
      isSidechain: false,
      attachment: { type: 'prompt_snapshot' },
      type: 'attachment',
    },
  ];
  for (const line of passed) expect(isWorthParsing(start(line))).toBe(false);
  const kept = [user('"attachment":{" and {"type":"api-request'), assistant([]), { type: 'custom-title' }];
  for (const line of kept) expect(isWorthParsing(start(line))).toBe(true);
});
