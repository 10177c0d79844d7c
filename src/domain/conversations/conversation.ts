import { AbsolutePath } from '../../contract/names.ts';

/**
 * What the lines of a transcript say. Claude Code calls the format internal and changes it: whatever is missing, of
 * another type or unknown is passed over, never an error. Seen with 2.1.330 (docs/decisions/0026-conversation-search.md).
 */

export interface ConversationMessage {
  role: 'user' | 'assistant' | 'tool';
  /** Plain, untrusted, may have many lines. */
  text: string;
}

/** What one line adds to its conversation. */
export interface ConversationLine {
  /** Epoch ms. */
  at: number | null;
  /** Absolute: whatever else stands there is no folder to work in. */
  cwd: string | null;
  /** The inference profile or model that answered: Bedrock's id where Claude Code says it. */
  model: string | null;
  /** `given` by the person, `made` by Claude Code, `summary` of older versions. An empty text takes it back. */
  title: { kind: 'given' | 'made' | 'summary'; text: string } | null;
  messages: ConversationMessage[];
  /**
   * Names the prompt or answer that the line belongs to: an answer is spread over one line for each of its parts. Null
   * where it is neither (commands, results of tools).
   */
  countedAs: string | null;
  /** The person typed it: a conversation without a title is called by the first of these. */
  prompt: boolean;
}

/** Ids are kept for each conversation: a longer one is none. */
const NAME_LENGTH = 200;
/** Longest text that is taken from the arguments of one tool use, UTF-16 units. */
const ARGUMENTS_LENGTH = 64 * 1024;

/**
 * Whether a line can say anything here, by its first 256 characters: most bytes of a transcript are what Claude Code
 * wrote down for itself (requests, prompts, snapshots of files). Quotes within texts are escaped, so that no text can
 * look like these.
 */
export function isWorthParsing(start: string): boolean {
  return !/^\{"type":"(?:api-request|file-history|queue-operation|atis-)|"attachment":\{"/.test(start);
}

type Fields = Record<string, unknown>;
const fields = (value: unknown): Fields | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
const string = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** `record`: the line as parsed JSON, whatever it is. Null where it says nothing (also for lines of sub-agents). */
export function conversationLine(record: unknown): ConversationLine | null {
  const line = fields(record);
  if (!line || line.isSidechain === true) return null;
  const stamp = Date.parse(string(line.timestamp) ?? '');
  const said: ConversationLine = {
    at: Number.isFinite(stamp) ? stamp : null,
    cwd: AbsolutePath.safeParse(line.cwd).data ?? null,
    model: null,
    title: null,
    messages: [],
    countedAs: null,
    prompt: false,
  };
  switch (line.type) {
    case 'user':
      return line.isMeta === true || line.isCompactSummary === true ? null : withUser(said, line);
    case 'assistant':
      return withAssistant(said, line);
    case 'system':
      if (line.subtype !== 'local_command') return null;
      addUserText(said.messages, string(line.content) ?? '');
      return said.messages.length > 0 ? said : null;
    case 'custom-title':
      return titled(said, 'given', line.customTitle);
    case 'ai-title':
      return titled(said, 'made', line.aiTitle);
    case 'summary':
      return titled(said, 'summary', line.summary);
    default:
      return null;
  }
}

function titled(
  said: ConversationLine,
  kind: 'given' | 'made' | 'summary',
  title: unknown,
): ConversationLine | null {
  return typeof title === 'string' ? { ...said, title: { kind, text: title } } : null;
}

function withUser(said: ConversationLine, line: Fields): ConversationLine | null {
  const content = fields(line.message)?.content;
  let typed = false;
  for (const part of typeof content === 'string' ? [{ type: 'text', text: content }] : parts(content)) {
    if (part.type === 'text') typed = addUserText(said.messages, string(part.text) ?? '') || typed;
    else if (part.type === 'tool_result') add(said.messages, 'tool', resultText(part.content));
  }
  if (typed) {
    said.countedAs = (string(line.uuid) ?? '').slice(0, NAME_LENGTH);
    const origin = string(fields(line.origin)?.kind);
    said.prompt = origin === null || origin === 'human';
  }
  return said.messages.length > 0 ? said : null;
}

function withAssistant(said: ConversationLine, line: Fields): ConversationLine | null {
  const message = fields(line.message);
  if (!message) return null;
  const model = string(line.requestedModel) ?? string(message.model);
  // `<synthetic>`: words of Claude Code's own, such as an error of the API.
  said.model = model?.startsWith('<') ? null : model;
  for (const part of parts(message.content)) {
    if (part.type === 'text') add(said.messages, 'assistant', string(part.text) ?? '');
    else if (part.type === 'tool_use') add(said.messages, 'tool', argumentsText(part));
  }
  said.countedAs = (string(message.id) ?? string(line.uuid) ?? '').slice(0, NAME_LENGTH);
  return said;
}

function parts(content: unknown): Fields[] {
  return Array.isArray(content) ? content.map(fields).filter((part) => part !== null) : [];
}

function add(messages: ConversationMessage[], role: ConversationMessage['role'], text: string): void {
  const clean = withoutEscapes(text).trim();
  if (clean !== '') messages.push({ role, text: clean });
}

/** Text in the person's turn: what they typed (true), or what Claude Code put there in tags of its own. */
function addUserText(messages: ConversationMessage[], content: string): boolean {
  const text = withoutReminders(content).trim();
  const tag = /^<([a-z-]{1,30})>/.exec(text)?.[1];
  const inner = (name: string) => within(text, name) ?? '';
  switch (tag) {
    case 'command-name':
    case 'command-message':
      add(messages, 'user', `${inner('command-name')} ${inner('command-args')}`);
      return false;
    case 'bash-input':
      add(messages, 'user', `! ${inner(tag)}`);
      return false;
    case 'bash-stdout':
      add(messages, 'tool', `${inner(tag)}\n${inner('bash-stderr')}`);
      return false;
    case 'local-command-stdout':
      add(messages, 'tool', inner(tag));
      return false;
    case 'local-command-caveat':
      return false;
    case 'task-notification':
      add(messages, 'tool', text);
      return false;
    default:
      add(messages, 'user', text);
      return text !== '';
  }
}

/** What is between the first `<tag>` and the next `</tag>` (or the end). */
function within(text: string, tag: string): string | null {
  const from = text.indexOf(`<${tag}>`);
  if (from < 0) return null;
  const to = text.indexOf(`</${tag}>`, from);
  return text.slice(from + tag.length + 2, to < 0 ? undefined : to);
}

function withoutReminders(text: string): string {
  let kept = '';
  let at = 0;
  for (;;) {
    const from = text.indexOf('<system-reminder>', at);
    const to = from < 0 ? -1 : text.indexOf('</system-reminder>', from);
    if (to < 0) return kept + text.slice(at);
    kept += text.slice(at, from);
    at = to + '</system-reminder>'.length;
  }
}

/** Colours and titles that programs print are no words. */
function withoutEscapes(text: string): string {
  return text.includes('\u001b')
    ? text.replace(/\u001b(?:\[[0-9;:?]{0,64}[@-~]|\][^\u0007\u001b]{0,2000}(?:\u0007|\u001b\\))/g, '')
    : text;
}

function resultText(content: unknown): string {
  if (typeof content === 'string') return content;
  return parts(content)
    .map((part) => string(part.text) ?? '')
    .join('\n');
}

/** A tool's name and every text among its arguments: the command, the paths, what was written. */
function argumentsText(part: Fields): string {
  const texts = [string(part.name) ?? ''];
  let left = ARGUMENTS_LENGTH;
  const gather = (value: unknown, depth: number): void => {
    if (left <= 0) return;
    if (typeof value === 'string') {
      texts.push(value.slice(0, left));
      left -= value.length;
    } else if (typeof value === 'object' && value !== null && depth < 6)
      for (const each of Object.values(value)) gather(each, depth + 1);
  };
  gather(part.input, 0);
  return texts.join('\n');
}
