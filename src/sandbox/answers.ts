import * as z from 'zod';

/** What the sandbox's model says: pure functions from a Messages API body to content blocks. */

const block = z.looseObject({ type: z.string() });
const message = z.looseObject({
  role: z.string(),
  content: z.union([z.string(), z.array(block)]),
});
export const messagesBodySchema = z.looseObject({
  anthropic_version: z.string(),
  max_tokens: z.int().min(1),
  messages: z.array(message).min(1),
  system: z.union([z.string(), z.array(block)]).optional(),
  stop_sequences: z.array(z.string()).optional(),
  tools: z.array(z.looseObject({ name: z.string().optional() })).optional(),
  /** Checks that the client asks the service to make of the tool uses in its answer. */
  safeguards: z.array(z.looseObject({ type: z.string() })).optional(),
});
export type MessagesBody = z.infer<typeof messagesBodySchema>;
type Block = z.infer<typeof block>;

export type Content =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly name: string; readonly input: Readonly<Record<string, unknown>> };

export interface Answer {
  readonly content: readonly Content[];
  readonly stopReason: 'end_turn' | 'tool_use' | 'max_tokens' | 'stop_sequence' | 'refusal';
  readonly stopSequence?: string;
  /** What the request was taken for; goes to the record. */
  readonly purpose: 'prompt' | 'tool-result' | 'probe' | 'classifier' | 'script';
}

function blocks(content: string | readonly Block[]): readonly Block[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

function textOf(content: string | readonly Block[]): string {
  return blocks(content)
    .map((part) => (part.type === 'text' && typeof part.text === 'string' ? part.text : ''))
    .filter((text) => text !== '')
    .join('\n');
}

/** Clients put context for the model in these; the person did not type it. */
function withoutReminders(text: string): string {
  return text.replace(/<system-reminder>[\s\S]*?<\/system-reminder>/g, '').trim();
}

/** What the person said last, or what a tool said since. Messages of the role `system` may follow and are skipped. */
function lastWord(body: MessagesBody): { kind: 'text' | 'tool-result'; text: string } {
  for (const { role, content } of body.messages.toReversed()) {
    if (role !== 'user') continue;
    const results = blocks(content).filter((part) => part.type === 'tool_result');
    if (results.length > 0) {
      const texts = results.map((part) => textOf((part.content ?? '') as string | Block[]));
      return { kind: 'tool-result', text: texts.join('\n') };
    }
    const text = withoutReminders(textOf(content));
    if (text !== '') return { kind: 'text', text };
  }
  return { kind: 'text', text: '' };
}

/** What persons (and clients in their place) have said, latest first; the results of tools are not among it. */
export function* personTexts(body: MessagesBody): Generator<string> {
  for (const { role, content } of body.messages.toReversed()) {
    if (role === 'user') yield textOf(content);
  }
}

function say(text: string, purpose: Answer['purpose'], stopSequences: readonly string[] = []): Answer {
  const cut = stopSequences
    .map((stopSequence) => ({ stopSequence, at: text.indexOf(stopSequence) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)[0];
  if (cut === undefined) return { content: [{ type: 'text', text }], stopReason: 'end_turn', purpose };
  return {
    content: [{ type: 'text', text: text.slice(0, cut.at) }],
    stopReason: 'stop_sequence',
    stopSequence: cut.stopSequence,
    purpose,
  };
}

/**
 * Claude Code 2.1 asks a model, before it runs a tool in auto mode, how severe that is (0 to 100, below 50 = run it).
 * The only tools that this model uses are those that the person asked for by `run:`, so they may run.
 */
function classification(body: MessagesBody, text: string): Answer | undefined {
  const system = textOf(body.system ?? '');
  const asked = /<severity>N<\/severity>/.test(text) || /<severity>N<\/severity>/.test(system);
  return asked ? say('<severity>3</severity>', 'classifier', body.stop_sequences) : undefined;
}

/** The answer to a request that no prompt of a person's is behind: a client's probe, or its question about a tool. */
export function answerToClient(body: MessagesBody): Answer | undefined {
  if (body.max_tokens === 1) {
    return { content: [{ type: 'text', text: 'OK' }], stopReason: 'max_tokens', purpose: 'probe' };
  }
  return classification(body, lastWord(body).text);
}

/** `run: COMMAND` on a line of its own, or as a person would say it. */
const wishes = [
  /^\s*run:\s*(\S.*)$/m,
  /^please run `?([^`\n]+?)`?[.!]?$/i,
  /^请(?:运行|执行)[：: ]*`?([^`\n]+?)`?[。！]?$/,
];

function wishedCommand(text: string): string | undefined {
  for (const wish of wishes) {
    const command = wish.exec(text)?.[1]?.trim();
    if (command) return command;
  }
  return undefined;
}

/**
 * The answer to a request. A prompt is quoted: `Sandbox heard: "…" (credentials generation N)`; a line
 * `run: COMMAND` in it, or `please run COMMAND`, is answered with a Bash tool use, and the tool's result is then quoted
 * as it came.
 */
export function answer(body: MessagesBody, generation: number): Answer {
  const last = lastWord(body);
  const by = `(credentials generation ${generation})`;
  const toClient = answerToClient(body);
  if (toClient !== undefined) return toClient;
  if (last.kind === 'tool-result') {
    return say(`Sandbox saw: ${last.text}\n\n${by}`, 'tool-result', body.stop_sequences);
  }
  const command = wishedCommand(last.text);
  if (command !== undefined && body.tools?.some((tool) => tool.name === 'Bash')) {
    return {
      content: [
        { type: 'tool_use', name: 'Bash', input: { command, description: 'Run what the prompt asks for' } },
      ],
      stopReason: 'tool_use',
      purpose: 'prompt',
    };
  }
  return say(`Sandbox heard: "${last.text}" ${by}`, 'prompt', body.stop_sequences);
}

/**
 * `safeguard_results` for the tool uses of an answer, where the request asks for the check `dangerous_tool_use`:
 * none is flagged. (The shape is the one that Claude Code 2.1.330 reads; without it, it asks the model itself and
 * shows a notice about billing.)
 */
export function safeguardResults(body: MessagesBody, toolUseIds: readonly string[]): object {
  const type = 'dangerous_tool_use';
  if (!body.safeguards?.some((safeguard) => safeguard.type === type)) return {};
  const verdict = { type: 'evaluated', outcome: 'not_flagged' };
  const toolUses = Object.fromEntries(toolUseIds.map((id) => [id, verdict]));
  return { safeguard_results: [{ type, status: { type: 'available', tool_uses: toolUses } }] };
}

/** About four characters a token: enough for figures that move with the text. */
export function countTokens(value: unknown): number {
  return Math.max(1, Math.ceil(JSON.stringify(value ?? '').length / 4));
}
