type Input = Readonly<Record<string, unknown>>;

/** What a person is asked, as the tool's input says it. Untrusted plain text. */
export interface Ask {
  kind: 'permission' | 'question' | 'plan';
  tool: string | null;
  text: string;
  /** The text is all there is to read. */
  complete: boolean;
  /** Names what is asked about, so that its end is recognised. */
  about: string;
}

/** As much as the tray, the page and the command line show. */
const TEXT_CHARACTERS = 2_000;
const TOOL_CHARACTERS = 60;

/** The field that says what a tool is about to do: shown first, without its name. */
const main: Readonly<Record<string, string>> = {
  Bash: 'command',
  PowerShell: 'command',
  Read: 'file_path',
  Write: 'file_path',
  Edit: 'file_path',
  MultiEdit: 'file_path',
  NotebookEdit: 'notebook_path',
  WebFetch: 'url',
  WebSearch: 'query',
  Glob: 'pattern',
  Grep: 'pattern',
  Skill: 'skill',
};
/** What the model says about a shell's command is not the command, and a time limit changes nothing about it. For other tools these may be all that is done. */
const unsaid: ReadonlySet<string> = new Set(['description', 'timeout']);
const shells: ReadonlySet<string> = new Set(['Bash', 'PowerShell']);

/** What a PermissionRequest, or a PreToolUse of a question or a plan, asks the person. */
export function askedBy(event: Input): Ask {
  const name = typeof event.tool_name === 'string' ? shown(event.tool_name, TOOL_CHARACTERS) : null;
  const tool = name?.text ?? null;
  const agent = typeof event.agent_id === 'string' ? event.agent_id : '';
  const input = recordOf(event.tool_input);
  // The answers come back in the input of these.
  if (tool === 'AskUserQuestion') {
    const { text } = shown(questions(input), TEXT_CHARACTERS);
    return { kind: 'question', tool: null, text, complete: false, about: `${agent}|${tool}` };
  }
  if (tool === 'ExitPlanMode') {
    const { text } = shown(typeof input.plan === 'string' ? input.plan : '', TEXT_CHARACTERS);
    return { kind: 'plan', tool, text, complete: false, about: `${agent}|${tool}` };
  }
  const { text, whole } = shown(everything(tool ?? '', input), TEXT_CHARACTERS);
  const complete = whole && name?.whole === true && text !== '' && event.truncated !== true;
  return { kind: 'permission', tool, text, complete, about: `${agent}|${tool}|${JSON.stringify(input)}` };
}

/** A tool's input, line by line: the main field, then the others by their names. */
function everything(tool: string, input: Input): string {
  const first = main[tool] ?? '';
  const lines = typeof input[first] === 'string' ? [input[first]] : [];
  for (const [name, value] of Object.entries(input)) {
    if ((name === first && lines.length > 0) || (shells.has(tool) && unsaid.has(name))) continue;
    lines.push(`${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  }
  return lines.join('\n');
}

/** AskUserQuestion: each question with what can be chosen. */
function questions(input: Input): string {
  const asked = Array.isArray(input.questions) ? input.questions.map(recordOf) : [];
  return asked
    .map(({ question, options }) => {
      const choices = (Array.isArray(options) ? options.map(recordOf) : []).map(({ label, description }) =>
        description ? `- ${String(label)}: ${String(description)}` : `- ${String(label)}`,
      );
      return [String(question ?? ''), ...choices].join('\n');
    })
    .join('\n\n');
}

/**
 * Text without control, format, private-use and lone surrogate characters (right-to-left overrides among them), at
 * most so many characters. `whole`: nothing of it is missing.
 */
function shown(given: string, characters: number): { text: string; whole: boolean } {
  const clean = given.replaceAll('\r\n', '\n').replace(/(?![\n\t])[\p{C}\p{Zl}\p{Zp}]/gu, '');
  const all = Array.from(clean);
  const text = all.length > characters ? `${all.slice(0, characters - 1).join('')}…` : clean;
  return { text: text.trim(), whole: text === given.replaceAll('\r\n', '\n') };
}

function recordOf(value: unknown): Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Input) : {};
}
