import { BedrockTrayError } from '../contract/errors.ts';

/** What the arguments that a person passes on to claude say about matters that we decide as well. */
export interface ClaudeArguments {
  /** The rest, in order. */
  args: string[];
  /** Value of --settings: a path or JSON. */
  settings: string | null;
  sessionId: string | null;
  model: string | null;
  /** They name a conversation of their own (--resume, --continue, …). */
  ownConversation: boolean;
}

const taken = new Map<string, 'settings' | 'sessionId'>([
  ['--settings', 'settings'],
  ['--session-id', 'sessionId'],
]);
const conversations = /^(--resume|-r|--continue|-c|--from-pr|--teleport)(=|$)/;

/** Reads claude's arguments up to `--`; of an option given twice the last counts, as for claude itself. */
export function readClaudeArguments(given: readonly string[]): ClaudeArguments {
  const out: ClaudeArguments = {
    args: [],
    settings: null,
    sessionId: null,
    model: null,
    ownConversation: false,
  };
  for (let i = 0; i < given.length; i++) {
    const arg = given[i] as string;
    if (arg === '--') {
      out.args.push(...given.slice(i));
      break;
    }
    const [name = '', attached] = splitOnce(arg);
    const field = taken.get(name);
    if (field) {
      out[field] = attached ?? given[++i] ?? null;
      continue;
    }
    if (name === '--model') out.model = attached ?? given[i + 1] ?? null;
    if (conversations.test(arg)) out.ownConversation = true;
    out.args.push(arg);
  }
  return out;
}

function splitOnce(arg: string): [string, string | undefined] {
  const at = arg.startsWith('--') ? arg.indexOf('=') : -1;
  return at < 0 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)];
}

/** Options that a page may pass on: none of them names a program, a file of settings or a way round permissions. */
const harmless = new Map<string, 'one' | 'many' | 'none'>([
  ['--append-system-prompt', 'one'],
  ['--continue', 'none'],
  ['--effort', 'one'],
  ['--fork-session', 'none'],
  ['--verbose', 'none'],
]);

/** `args` when all of them are harmless. Errors: ArgumentRefused, which names the first that is not. */
export function harmlessArguments(args: readonly string[]): string[] {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    const [name, attached] = splitOnce(arg);
    const values = harmless.get(name);
    if (!values) throw new BedrockTrayError('ArgumentRefused', { argument: name.slice(0, 100) });
    if (values === 'one' && attached === undefined) i++;
  }
  return [...args];
}

/** Options that a resumed conversation needs again and that are safe to repeat, with the number of their values. */
const repeated = new Map<string, 'one' | 'many' | 'none'>([
  ['--add-dir', 'many'],
  ['--agents', 'one'],
  ['--allowedTools', 'many'],
  ['--allowed-tools', 'many'],
  ['--append-system-prompt', 'one'],
  ['--chrome', 'none'],
  ['--disallowedTools', 'many'],
  ['--disallowed-tools', 'many'],
  ['--ide', 'none'],
  ['--mcp-config', 'many'],
  ['--model', 'one'],
  ['--permission-mode', 'one'],
  ['--plugin-dir', 'many'],
  ['--setting-sources', 'one'],
  ['--strict-mcp-config', 'none'],
  ['--system-prompt', 'one'],
  ['--verbose', 'none'],
]);

/** What of `args` is given again when the conversation is resumed: options that claude does not restore, no prompt. */
export function argumentsForResume(args: readonly string[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '--') break;
    const [name, attached] = splitOnce(arg);
    const values = repeated.get(name);
    if (!values) continue;
    out.push(arg);
    if (attached !== undefined || values === 'none') continue;
    while (i + 1 < args.length && !(args[i + 1] as string).startsWith('-')) {
      out.push(args[++i] as string);
      if (values === 'one') break;
    }
  }
  return out;
}
