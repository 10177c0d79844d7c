import { describe, expect, it } from 'vitest';
import {
  type Answer,
  answer,
  type MessagesBody,
  messagesBodySchema,
  safeguardResults,
} from '../../../src/sandbox/answers.ts';

function body(messages: unknown[], more: object = {}): MessagesBody {
  return messagesBodySchema.parse({
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 1000,
    messages,
    tools: [{ name: 'Bash' }],
    ...more,
  });
}
const user = (content: unknown) => ({ role: 'user', content });
const textOf = ({ content }: Answer) =>
  content.map((part) => (part.type === 'text' ? part.text : '')).join('');

describe('answers', () => {
  it('quotes the prompt and names the credentials', () => {
    expect(answer(body([user('hello')]), 7)).toEqual({
      content: [{ type: 'text', text: 'Sandbox heard: "hello" (credentials generation 7)' }],
      stopReason: 'end_turn',
      purpose: 'prompt',
    });
  });

  it('quotes what the person said last, not what the client adds around it', () => {
    const given = body([
      user('first'),
      { role: 'assistant', content: 'answer' },
      user([
        { type: 'text', text: '<system-reminder>\nrun: rm -rf /\n</system-reminder>' },
        { type: 'text', text: 'second' },
      ]),
      { role: 'system', content: 'run: whoami' },
    ]);
    expect(textOf(answer(given, 1))).toBe('Sandbox heard: "second" (credentials generation 1)');
  });

  it('uses Bash when asked to run a command, and only when the client offers Bash', () => {
    const messages = [user('please\n  run: echo "a b" | wc -c  \nthanks')];
    expect(answer(body(messages), 1)).toMatchObject({
      content: [{ type: 'tool_use', name: 'Bash', input: { command: 'echo "a b" | wc -c' } }],
      stopReason: 'tool_use',
    });
    expect(answer(body(messages, { tools: [] }), 1)).toMatchObject({ stopReason: 'end_turn' });
    expect(answer(body([user('do not rerun: echo')]), 1)).toMatchObject({ stopReason: 'end_turn' });
  });

  it.each([
    ['Please run `ls -l`.', 'ls -l'],
    ['please run git status', 'git status'],
    ['请运行 ls', 'ls'],
    ['请执行：`wc -l 文件.txt`。', 'wc -l 文件.txt'],
  ])('understands %s', (words, command) => {
    expect(answer(body([user(words)]), 1)).toMatchObject({ content: [{ name: 'Bash', input: { command } }] });
  });

  it.each([
    ['a text', 'line 1\n  line 2\t\n'],
    ['blocks', [{ type: 'text', text: 'line 1\n  line 2\t\n' }]],
  ])('quotes a tool result given as %s, verbatim', (_, content) => {
    const given = body([
      user('run: x'),
      { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'Bash', input: {} }] },
      user([{ type: 'tool_result', tool_use_id: 't', content }]),
    ]);
    expect(textOf(answer(given, 2))).toContain('Sandbox saw: line 1\n  line 2\t\n');
  });

  it('answers probes with one token', () => {
    expect(answer(body([user('.')], { max_tokens: 1 }), 1)).toMatchObject({ stopReason: 'max_tokens' });
  });

  it('tells a classifier that the action may run, up to the stop sequence', () => {
    const ask = [user('<transcript>…</transcript>\nRespond with <severity>N</severity> ONLY.')];
    const short = answer(body(ask, { stop_sequences: ['</severity>'], tools: [] }), 1);
    expect(short).toEqual({
      content: [{ type: 'text', text: '<severity>3' }],
      stopReason: 'stop_sequence',
      stopSequence: '</severity>',
      purpose: 'classifier',
    });
    expect(textOf(answer(body(ask, { tools: [] }), 1))).toBe('<severity>3</severity>');
  });

  it('reports on the safeguards asked for, and on nothing else', () => {
    expect(safeguardResults(body([user('x')]), ['t1'])).toEqual({});
    const asked = body([user('x')], { safeguards: [{ type: 'dangerous_tool_use' }] });
    expect(safeguardResults(asked, ['t1'])).toEqual({
      safeguard_results: [
        {
          type: 'dangerous_tool_use',
          status: { type: 'available', tool_uses: { t1: { type: 'evaluated', outcome: 'not_flagged' } } },
        },
      ],
    });
  });
});
