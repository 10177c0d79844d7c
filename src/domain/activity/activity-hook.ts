import { recogniseTrouble } from '../troubles/recognise-trouble.ts';
import { type Ask, askedBy } from './activity-request.ts';

/**
 * What one of Claude Code's hooks says about its state: the fields that were seen with 2.1.330 (docs/session-state.md),
 * read tolerantly. Events and fields that are not known say nothing.
 */
export type HookFact =
  /** A conversation begins: `startup`, `resume`, `clear`, `compact`. */
  | { what: 'start'; source: string }
  /** A prompt goes to the model; `turn` names what follows until its Stop. */
  | { what: 'prompt'; turn: string | null }
  | { what: 'tool'; turn: string | null }
  /** A person is asked. */
  | { what: 'ask'; ask: Ask }
  /** A tool ran, failed or was denied: whoever was asked about it has answered. */
  | { what: 'toolEnded'; about: string }
  /** The turn is over; `shells` and `agents` go on in the background. */
  | { what: 'stop'; turn: string | null; shells: number; agents: number }
  | { what: 'failed'; turn: string | null; reason: string | null }
  /** Claude Code reminds its person: of a permission that it still needs, or that it is idle. */
  | { what: 'reminder'; of: 'permission' | 'idle' }
  | { what: 'compacting' }
  | { what: 'compacted'; manual: boolean }
  | { what: 'nothing' };

const NOTHING: HookFact = { what: 'nothing' };
/** Claude Code's own advice stands before what Bedrock said. */
const REASON_CHARACTERS = 500;

/** `event`: what Claude Code gave the hook on stdin. */
export function hookFact(event: Readonly<Record<string, unknown>>): HookFact {
  const turn = text(event.prompt_id);
  const name = event.hook_event_name;
  const asks = event.tool_name === 'AskUserQuestion' || event.tool_name === 'ExitPlanMode';
  // A sub-agent asks the same person, and its tools end what was asked; all else of it is its own affair.
  const ofAgent = event.agent_id !== undefined;
  switch (name) {
    case 'PermissionRequest':
      return { what: 'ask', ask: askedBy(event) };
    case 'PostToolUse':
    case 'PostToolUseFailure':
    case 'PermissionDenied':
      return { what: 'toolEnded', about: askedBy(event).about };
  }
  if (ofAgent) return NOTHING;
  switch (name) {
    case 'SessionStart':
      return { what: 'start', source: text(event.source) ?? 'startup' };
    case 'UserPromptSubmit':
      return { what: 'prompt', turn };
    case 'PreToolUse':
      return asks ? { what: 'ask', ask: askedBy(event) } : { what: 'tool', turn };
    case 'Stop':
      return { what: 'stop', turn, ...background(event.background_tasks) };
    case 'StopFailure':
      return { what: 'failed', turn, reason: reasonOf(event) };
    case 'Notification':
      if (event.notification_type === 'permission_prompt') return { what: 'reminder', of: 'permission' };
      return event.notification_type === 'idle_prompt' ? { what: 'reminder', of: 'idle' } : NOTHING;
    case 'PreCompact':
      return { what: 'compacting' };
    case 'PostCompact':
      return { what: 'compacted', manual: event.trigger === 'manual' };
    default:
      return NOTHING;
  }
}

/** What the API answered where that is a trouble that is known, else Claude Code's own word; for its `unknown` the answer. */
function reasonOf(event: Readonly<Record<string, unknown>>): string | null {
  const word = text(event.error);
  const said = text(event.last_assistant_message);
  const isKnown = said !== null && recogniseTrouble(said) !== null;
  const reason = !isKnown && word !== null && word !== 'unknown' ? word : (said ?? word);
  if (reason === null) return null;
  const line = reason.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return Array.from(line).slice(0, REASON_CHARACTERS).join('');
}

function background(tasks: unknown): { shells: number; agents: number } {
  const running = Array.isArray(tasks)
    ? tasks.filter((task) => (task as { status?: unknown } | null)?.status === 'running')
    : [];
  const agents = running.filter((task) => (task as { type?: unknown }).type === 'subagent').length;
  return { shells: running.length - agents, agents };
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/**
 * Fields at the beginning of an event that was too long to be read whole: those with a string in them, up to the
 * first that holds anything else (`tool_input`; what comes before it says which event and which tool it is). Of the
 * input itself its own first field is read where that is a string (`file_path`, `command`).
 */
export function hookHead(start: string): Record<string, unknown> {
  const head: Record<string, unknown> = { truncated: true };
  let at = 1;
  for (;;) {
    field.lastIndex = at;
    const [whole, name, value] = field.exec(start) ?? [];
    if (whole === undefined || name === undefined || value === undefined) break;
    head[name] = unquoted(value);
    at += whole.length;
  }
  const [, first, value] =
    /^\s*"tool_input"\s*:\s*\{\s*"(\w+)"\s*:\s*("(?:[^"\\]|\\.){0,4096}")/.exec(start.slice(at)) ?? [];
  if (first !== undefined && value !== undefined) head.tool_input = { [first]: unquoted(value) };
  return head;
}

/** `"name": "value",` or an object that is of no matter here. */
const field = /\s*"(\w+)"\s*:\s*("(?:[^"\\]|\\.){0,4096}"|\{[^{}"]*(?:"[^"]*"[^{}"]*)*\})\s*,/y;

function unquoted(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
