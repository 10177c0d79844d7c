import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { HistoryRoom } from '../../../src/agent/history/history-room.ts';
import { claudeVersion, prepareClaudeHome, realClaude } from '../../support/claude.ts';
import { HistoryHome } from '../../support/history.ts';
import { runCommand } from '../../support/run-command.ts';
import { keyVariables, type SandboxProcess, startSandbox } from '../../support/sandbox.ts';

/** Claude Code may change what it writes at any time: the transcripts of the pinned one are read as they come. */
let claude: string;
let sandbox: SandboxProcess;
let home: HistoryHome;
let room: HistoryRoom | undefined;
beforeAll(async () => {
  claude = realClaude();
  sandbox = await startSandbox({ region: 'us-west-2' });
  home = new HistoryHome();
}, 300_000);
afterAll(async () => {
  await room?.stop();
  await sandbox.stop();
  home[Symbol.dispose]();
});

it(`conversations of Claude Code ${claudeVersion} are found, read and gone on with`, async () => {
  const person = join(home.folder, 'home');
  const project = join(home.folder, 'a project.x');
  await mkdir(project, { recursive: true });
  await prepareClaudeHome(person, [project]);
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: person,
    LANG: 'C.UTF-8',
    CLAUDE_CODE_USE_BEDROCK: '1',
    AWS_REGION: 'us-west-2',
    ANTHROPIC_BEDROCK_BASE_URL: sandbox.baseUrl,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    ...keyVariables(await sandbox.issueCredentials()),
  };
  const say = async (...args: string[]) => {
    const { code, stderr } = await runCommand(claude, args, { env, cwd: project, timeoutMs: 120_000 });
    expect(code, stderr).toBe(0);
  };
  await say('-p', '续期逻辑在哪里 refreshTokenEarly');
  room = await home.room();
  await room.lookNow();
  const [made] = (await room.list({ query: '续期 tokenEarly', limit: 5 })).conversations;
  expect(made).toMatchObject({
    cwd: project,
    title: '续期逻辑在哪里 refreshTokenEarly',
    messages: 2,
    session: null,
    model: expect.stringMatching(/^us\.anthropic\.claude-/),
  });
  const id = made?.id ?? '';
  expect(await room.folder(id)).toBe(project);

  await say('-p', '--resume', id, '--allowedTools', 'Bash', '--', 'run: echo outputOfTool');
  await room.lookNow();
  const { conversations } = await room.list({ query: 'outputOfTool', limit: 5 });
  expect(conversations.map((c) => [c.id, c.title])).toEqual([[id, '续期逻辑在哪里 refreshTokenEarly']]);
  const { messages } = await room.read({ conversation: id, from: 0 });
  expect(messages.map((m) => m.role)).toEqual(['user', 'assistant', 'user', 'tool', 'tool', 'assistant']);
  expect(messages.map((m) => m.text)).toContain('outputOfTool');
});
