import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { AgentConnection } from '../../client/rpc-client.ts';
import { BedrockTrayError, type ConversationView } from '../../contract/index.ts';
import { isConversationId } from '../../domain/conversations/conversation-id.ts';
import { note, print, printJson, translator, withAgent } from '../shell.ts';
import { cellWidth, plain } from '../table.ts';
import { clockTime } from '../words.ts';
import { opened, showSession } from './claude.ts';

interface ListOptions {
  cwd?: string;
  endingSoon?: boolean;
  limit: number;
  json?: boolean;
}

const MOST = 200;

/** A conversation's id by itself or its beginning, as long as only one begins so. */
async function conversationId(agent: AgentConnection, given: string): Promise<string> {
  const id = given.toLowerCase();
  if (isConversationId(id)) return id;
  const found = new Set<string>();
  let before: number | undefined;
  for (let page = 0; page < 25 && id.length >= 4; page++) {
    const { conversations, more } = await agent.call('history.list', {
      limit: MOST,
      ...(before === undefined ? {} : { before }),
    });
    for (const conversation of conversations) if (conversation.id.startsWith(id)) found.add(conversation.id);
    before = conversations.at(-1)?.lastAt;
    if (!more || before === undefined) break;
  }
  const [only, another] = found;
  if (only === undefined || another !== undefined)
    throw new BedrockTrayError('ConversationUnknown', { conversation: given });
  return only;
}

/** Cut to so many terminal cells. */
function cut(text: string, cells: number): string {
  if (cellWidth(text) <= cells) return text;
  let shown = '';
  let width = 0;
  for (const char of text) {
    width += cellWidth(char);
    if (width > cells - 1) break;
    shown += char;
  }
  return `${shown}…`;
}

/** The words around a match, the matches themselves bold where this is a terminal. */
function snippetLine({ text, matches }: NonNullable<ConversationView['snippet']>): string {
  if (!process.stdout.isTTY) return plain(text);
  let line = '';
  let at = 0;
  for (const [from, to] of matches) {
    line += `${plain(text.slice(at, from))}\u001b[1m${plain(text.slice(from, to))}\u001b[22m`;
    at = to;
  }
  return line + plain(text.slice(at));
}

function printList(conversations: readonly ConversationView[]): void {
  const { t } = translator();
  for (const conversation of conversations) {
    const { id, lastAt, cwd, title, deletedAt, session, snippet } = conversation;
    const head = `${id.slice(0, 8)}  ${clockTime(lastAt)}  ${plain(cwd)}`;
    const notes = [
      ...(session === null ? [] : [t('cli:history.open')]),
      ...(deletedAt !== null && deletedAt - Date.now() < 7 * 86_400_000
        ? [t('cli:history.deleted', { when: clockTime(Math.max(deletedAt, Date.now())) })]
        : []),
    ];
    print(notes.length > 0 ? `${head}  (${notes.join(', ')})` : head);
    print(`  ${cut(plain(title) || t('cli:history.untitled'), 100)}`);
    if (snippet) print(`  > ${snippetLine(snippet)}`);
  }
}

async function list(query: string, options: ListOptions): Promise<void> {
  await withAgent(async (agent) => {
    const { t } = translator();
    const wish = options.cwd === undefined ? {} : { cwd: resolve(options.cwd) };
    const answer = await agent.call('history.list', {
      ...wish,
      ...(query.trim() === '' ? {} : { query }),
      ...(options.endingSoon ? { endingSoon: true } : {}),
      limit: options.limit,
    });
    const { pending } = (await agent.call('state.get', {})).history;
    if (options.json) return printJson({ ...answer, pending });
    if (answer.conversations.length === 0) {
      const narrowed = query.trim() !== '' || options.cwd !== undefined || options.endingSoon;
      print(t(narrowed ? 'cli:history.none' : 'cli:history.empty'));
    }
    printList(answer.conversations);
    if (answer.more) note(t('cli:history.more', { count: options.limit }));
    if (pending > 0) note(t('cli:history.pending', { mb: Math.ceil(pending / 1e6) }));
    if (options.endingSoon) return note(t('cli:history.keep'));
    const ending = await agent.call('history.list', { ...wish, endingSoon: true, limit: MOST });
    const count = ending.conversations.length;
    if (count > 0) note(t('cli:history.endingSoon', { count }));
  });
}

/** All of it as plain text: nothing in it can drive the terminal. */
async function show(agent: AgentConnection, conversation: string): Promise<void> {
  const { t } = translator();
  const names = {
    user: t('cli:history.you'),
    assistant: t('cli:history.claude'),
    tool: t('cli:history.tool'),
  };
  // Whoever reads only the beginning (`| head`) ends the reading.
  let gone = false;
  process.stdout.on('error', () => {
    gone = true;
  });
  let last: string | null = null;
  let from: number | null = 0;
  while (from !== null && !gone) {
    const page: { messages: { role: keyof typeof names; at: number; text: string }[]; next: number | null } =
      await agent.call('history.read', { conversation, from });
    const lines: string[] = [];
    for (const { role, at, text } of page.messages) {
      if (role !== last) lines.push(`## ${names[role]}, ${clockTime(at)}`);
      last = role;
      lines.push(...text.split('\n').map(plain), '');
    }
    const written = process.stdout.write(lines.length > 0 ? `${lines.join('\n')}\n` : '');
    if (!written && !gone)
      await new Promise<void>((done) => {
        process.stdout.once('drain', done).once('error', () => done());
      });
    from = page.next;
  }
}

const limitOf = (text: string): number => {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit >= 1 && limit <= MOST) return limit;
  throw new InvalidArgumentError(translator().t('cli:history.limitRange', { most: MOST }));
};

export function addHistory(program: Command): void {
  const { t } = translator();
  const history = program
    .command('history')
    .description(t('cli:history.description'))
    .argument('[query...]', t('cli:history.query'))
    .option('--cwd <folder>', t('cli:history.cwd'))
    .option('--ending-soon', t('cli:history.endingSoonOption'))
    .option('--limit <n>', t('cli:history.limit'), limitOf, 20)
    .option('--json', t('cli:option.json'))
    .action((query: string[], options: ListOptions) => list(query.join(' '), options));
  history
    .command('show')
    .description(t('cli:history.show'))
    .argument('<id>')
    .action((id: string) => withAgent(async (agent) => show(agent, await conversationId(agent, id))));
  history
    .command('resume')
    .description(t('cli:history.resume'))
    .argument('<id>')
    .option('--env <name>', t('cli:option.env'))
    .option('--detach', t('cli:claude.detach'))
    .option('--no-browser', t('cli:login.noBrowser'))
    .action((id: string, options: { env?: string; detach?: boolean; browser: boolean }) =>
      withAgent(async (agent) => {
        const session = await agent.call('history.resume', {
          conversation: await conversationId(agent, id),
          ...(options.env === undefined ? {} : { environment: options.env }),
          cols: process.stdout.columns || 80,
          rows: process.stdout.rows || 24,
        });
        if (options.detach) print(opened(session));
        else await showSession(agent, session, options.browser);
      }),
    );
}
