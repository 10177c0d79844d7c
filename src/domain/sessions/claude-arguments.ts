import { BedrockTrayError } from '../../contract/errors.ts';
import { PermissionMode } from '../../contract/state.ts';
import { isUuid } from '../uuid.ts';

/** How many values an option takes: `maybe` takes one where the next word is no option. */
type Values = 'none' | 'one' | 'many' | 'maybe';

interface Option {
  values: Values;
  /** A page may pass it on: it names no program, no file of settings and no way round permissions. */
  page?: true;
  /** A resumed conversation needs it again: Claude Code restores none of them. Safe to repeat, and no prompt. */
  again?: true;
  /** It goes on outside of the session's process, where neither its files nor its credentials reach. */
  leaves?: true;
}

/** Claude Code's options (`claude --help` of 2.1.330) that we must know; all others are passed on as they are. */
const options = new Map<string, Option>([
  ['--add-dir', { values: 'many' }],
  ['--agent', { values: 'one', again: true }],
  ['--agents', { values: 'one', again: true }],
  ['--allow-dangerously-skip-permissions', { values: 'none', again: true }],
  ['--allowedTools', { values: 'many', again: true }],
  ['--allowed-tools', { values: 'many', again: true }],
  ['--append-system-prompt', { values: 'one', page: true, again: true }],
  ['--autocompact', { values: 'one', page: true, again: true }],
  ['--ax-screen-reader', { values: 'none', page: true, again: true }],
  ['--background', { values: 'none', leaves: true }],
  ['--bare', { values: 'none', again: true }],
  ['--betas', { values: 'many', again: true }],
  ['--bg', { values: 'none', leaves: true }],
  ['--brief', { values: 'none', again: true }],
  ['--chrome', { values: 'none', again: true }],
  ['--cloud', { values: 'maybe', leaves: true }],
  ['--continue', { values: 'none', page: true }],
  ['-c', { values: 'none', page: true }],
  ['--dangerously-skip-permissions', { values: 'none' }],
  ['--desktop', { values: 'none', leaves: true }],
  ['--disable-slash-commands', { values: 'none', page: true, again: true }],
  ['--disallowedTools', { values: 'many', page: true, again: true }],
  ['--disallowed-tools', { values: 'many', page: true, again: true }],
  ['--effort', { values: 'one', page: true, again: true }],
  ['--environment', { values: 'one', leaves: true }],
  ['--exclude-dynamic-system-prompt-sections', { values: 'none', again: true }],
  ['--fallback-model', { values: 'one', page: true, again: true }],
  ['--fork-session', { values: 'none', page: true }],
  ['--from-pr', { values: 'maybe' }],
  ['--ide', { values: 'none', again: true }],
  ['--mcp-config', { values: 'many', again: true }],
  ['--model', { values: 'one' }],
  ['--name', { values: 'one' }],
  ['-n', { values: 'one' }],
  ['--no-chrome', { values: 'none', again: true }],
  ['--permission-mode', { values: 'one' }],
  ['--plugin-dir', { values: 'one', again: true }],
  ['--plugin-url', { values: 'one', again: true }],
  ['--restricted', { values: 'none', again: true }],
  ['--resume', { values: 'maybe' }],
  ['-r', { values: 'maybe' }],
  ['--safe-mode', { values: 'none', again: true }],
  ['--session-id', { values: 'one' }],
  ['--setting-sources', { values: 'one', again: true }],
  ['--settings', { values: 'one' }],
  ['--strict-mcp-config', { values: 'none', page: true, again: true }],
  ['--system-prompt', { values: 'one', again: true }],
  ['--teleport', { values: 'maybe' }],
  ['--tmux', { values: 'none', leaves: true }],
  ['--tools', { values: 'many', again: true }],
  ['--verbose', { values: 'none', page: true, again: true }],
]);

/** One word of the arguments with the values that belong to it; a prompt is a word without a name. */
interface Part {
  /** As it was typed, values included. */
  words: string[];
  name: string | null;
  values: string[];
}

/** Splits arguments as Claude Code's own parser does; everything from `--` on is one part without a name. */
function partsOf(args: readonly string[]): Part[] {
  const parts: Part[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] as string;
    if (word === '--') {
      parts.push({ words: args.slice(i), name: null, values: [] });
      break;
    }
    if (!isOption(word)) {
      parts.push({ words: [word], name: null, values: [] });
      continue;
    }
    const at = word.startsWith('--') ? word.indexOf('=') : -1;
    if (at > 0) {
      parts.push({ words: [word], name: word.slice(0, at), values: [word.slice(at + 1)] });
      continue;
    }
    const part: Part = { words: [word], name: word, values: [] };
    const takes = options.get(word)?.values ?? 'none';
    const next = () => args[i + 1];
    if (takes === 'one' && next() !== undefined) part.values.push(args[++i] as string);
    if (takes === 'maybe' && next() !== undefined && !isOption(next())) part.values.push(args[++i] as string);
    while (takes === 'many' && next() !== undefined && !isOption(next()))
      part.values.push(args[++i] as string);
    part.words.push(...part.values);
    parts.push(part);
  }
  return parts;
}

function isOption(word: string | undefined): boolean {
  return word !== undefined && word.length > 1 && word.startsWith('-');
}

/** What the arguments that a person passes on to claude say about matters that we decide as well. */
export interface ClaudeArguments {
  /** The rest, in order. */
  args: string[];
  /** Value of --settings: a path or JSON. */
  settings: string | null;
  sessionId: string | null;
  model: string | null;
  /** Models to go on with where the first cannot answer. */
  fallbackModels: string[];
  name: string | null;
  permissionMode: PermissionMode | null;
  addDirs: string[];
  /** They name a conversation of their own (--resume, --continue, …). */
  ownConversation: boolean;
  /** The very conversation that goes on, where they say its id and do not fork it. */
  resumes: string | null;
  /** The last conversation of the folder goes on. */
  continues: boolean;
}

/**
 * Reads claude's arguments; of an option given twice the last counts, as for claude itself. Errors:
 * ArgumentUnsupported (it leaves the session), BadInput (a permission mode that there is not).
 */
export function readClaudeArguments(given: readonly string[]): ClaudeArguments {
  const out: ClaudeArguments = {
    args: [],
    settings: null,
    sessionId: null,
    model: null,
    fallbackModels: [],
    name: null,
    permissionMode: null,
    addDirs: [],
    ownConversation: false,
    resumes: null,
    continues: false,
  };
  let forks = false;
  for (const { words, name, values } of partsOf(given)) {
    if (name !== null && options.get(name)?.leaves) {
      throw new BedrockTrayError('ArgumentUnsupported', { argument: name });
    }
    const value = values.at(-1) ?? null;
    switch (name) {
      case '--settings':
        out.settings = value;
        continue;
      case '--session-id':
        out.sessionId = value;
        continue;
      case '--model':
        out.model = value;
        continue;
      case '--name':
      case '-n':
        out.name = value;
        continue;
      case '--permission-mode':
        out.permissionMode = permissionMode(value);
        continue;
      case '--dangerously-skip-permissions':
        out.permissionMode = 'bypassPermissions';
        continue;
      case '--add-dir':
        out.addDirs.push(...values);
        continue;
      case '--resume':
      case '-r':
        out.ownConversation = true;
        out.resumes = isUuid(value ?? '') ? value : null;
        break;
      case '--continue':
      case '-c':
        out.ownConversation = true;
        out.continues = true;
        break;
      case '--from-pr':
      case '--teleport':
        out.ownConversation = true;
        break;
      case '--fork-session':
        forks = true;
        break;
      case '--fallback-model':
        out.fallbackModels = (value ?? '').split(',').flatMap((model) => model.trim() || []);
        break;
    }
    out.args.push(...words);
  }
  if (forks) {
    out.resumes = null;
    out.continues = false;
  }
  return out;
}

function permissionMode(value: string | null): PermissionMode {
  // Newer versions of Claude Code call its default so.
  const mode = PermissionMode.safeParse(value === 'manual' ? 'default' : value);
  if (mode.success) return mode.data;
  throw new BedrockTrayError('BadInput', { field: '--permission-mode', reason: String(value).slice(0, 100) });
}

/**
 * `args` when a page may pass all of them on. Errors: ArgumentRefused, which names the first that is not. Options
 * that a wish has fields for (model, folders, name, permission mode) are refused here: they are checked there.
 */
export function harmlessArguments(args: readonly string[]): string[] {
  for (const { words, name } of partsOf(args)) {
    if (name !== null && options.get(name)?.page) continue;
    throw new BedrockTrayError('ArgumentRefused', { argument: (name ?? words[0] ?? '').slice(0, 100) });
  }
  return [...args];
}

/**
 * A page shows hostile bytes: it may choose every mode in which Claude Code still decides what it asks for, but not
 * the one that asks for nothing. Who wants that says so in a terminal. Errors: ArgumentRefused.
 */
export function harmlessPermissionMode(mode: PermissionMode | undefined): void {
  if (mode !== 'bypassPermissions') return;
  throw new BedrockTrayError('ArgumentRefused', { argument: `--permission-mode ${mode}` });
}

/** What of `args` is given again when the conversation is resumed: options that claude does not restore, no prompt. */
export function argumentsForResume(args: readonly string[]): string[] {
  return partsOf(args).flatMap(({ words, name }) => (name !== null && options.get(name)?.again ? words : []));
}
