import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claudeVersion, prepareClaudeHome, realClaude } from '../../support/claude.ts';
import { type SandboxProcess, startSandbox } from '../../support/sandbox.ts';
import { countedByReferee, UsageHome } from '../../support/usage.ts';

const opus = 'us.anthropic.claude-opus-5-5';
const haiku = 'us.anthropic.claude-haiku-4-5-20251001-v1:0';

/** Transcripts of the real Claude Code: with a sub-agent, a resumption, a fork and a summary, against what Bedrock answered. */
describe(`what Claude Code ${claudeVersion} used`, () => {
  let sandbox: SandboxProcess;
  let home: UsageHome;
  let env: Record<string, string>;
  let claude: string;
  let project: string;

  beforeAll(async () => {
    claude = realClaude();
    sandbox = await startSandbox({ region: 'us-west-2' });
    home = new UsageHome();
    project = join(home.folder, '项目 one');
    mkdirSync(project);
    await prepareClaudeHome(home.folder, [project]);
    const keys = await sandbox.issueCredentials();
    env = {
      PATH: process.env.PATH ?? '',
      HOME: home.folder,
      CLAUDE_CODE_USE_BEDROCK: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      AWS_REGION: 'us-west-2',
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_SESSION_TOKEN: keys.sessionToken,
      ANTHROPIC_BEDROCK_BASE_URL: sandbox.baseUrl,
      ANTHROPIC_MODEL: opus,
      ANTHROPIC_DEFAULT_HAIKU_MODEL: haiku,
    };
  }, 300_000);
  afterAll(async () => {
    home?.[Symbol.dispose]();
    await sandbox?.stop();
  });

  async function run(...args: string[]): Promise<void> {
    const child = spawn(claude, ['-p', ...args], {
      cwd: project,
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
      timeout: 120_000,
    });
    const [status] = await once(child, 'close');
    expect(status).toBe(0);
  }

  /** Tokens that Bedrock answered with, by model, without Claude Code's probes at its start. */
  async function answered(): Promise<Record<string, number[]>> {
    const sums: Record<string, number[]> = {};
    for (const { detail, status } of await sandbox.requests({ service: 'bedrock-runtime' })) {
      if (status !== 200 || !detail || detail.purpose === 'probe' || detail.input === undefined) continue;
      const tokens = ['input', 'output', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h'].map((kind) =>
        Number((detail as Record<string, unknown>)[kind]),
      );
      const model = String(detail.modelId);
      sums[model] = (sums[model] ?? tokens.map(() => 0)).map((sum, kind) => sum + (tokens[kind] ?? 0));
    }
    return sums;
  }

  it('is what Bedrock answered, each answer once, and what the independent count says', async () => {
    await sandbox.script('INNERTASK', [
      {
        content: [{ type: 'text', text: 'inner done' }],
        usage: { input: 700, output: 70, cacheWrite5m: 5_000 },
      },
    ]);
    const agent = {
      description: 'look',
      prompt: 'INNERTASK please',
      subagent_type: 'general-purpose',
      model: 'haiku',
      run_in_background: false,
    };
    await sandbox.script('OUTERTASK', [
      {
        content: [
          { type: 'text', text: 'I ask another.' },
          { type: 'tool_use', name: 'Agent', input: agent },
        ],
        usage: { input: 12, output: 345, cacheRead: 20_000, cacheWrite5m: 3_000, cacheWrite1h: 4_000 },
      },
      { content: [{ type: 'text', text: 'finished' }], usage: { input: 5, output: 9, cacheRead: 27_000 } },
    ]);
    const [first, fork] = [crypto.randomUUID(), crypto.randomUUID()];
    await run('OUTERTASK now', '--session-id', first, '--allowedTools', 'Agent');
    await run('the fork', '--resume', first, '--fork-session', '--session-id', fork);
    await run('/compact', '--resume', fork);

    await home.look();
    const { rows } = await home.query({ by: ['model'] });
    const counted = Object.fromEntries(
      rows.map((r) => [
        r.model,
        [r.inputTokens, r.outputTokens, r.cacheReadTokens, r.cacheWrite5mTokens, r.cacheWrite1hTokens],
      ]),
    );
    expect(counted).toEqual(await answered());

    const sessions = (await home.query({ by: ['session', 'project'] })).rows;
    expect(sessions.map((r) => [r.session, r.project]).sort()).toEqual(
      [
        [first, project],
        [fork, project],
      ].sort(),
    );
    const referee = countedByReferee(home.projects, 'UTC', {
      [opus]: [[0, 4.4, 22, 5.5, 8.8, 0.22]],
      [haiku]: [[0, 1.1, 5.5, 1.375, 2.2, 0.11]],
    });
    for (const { session, costUsd } of sessions) {
      const usd = referee.filter((r) => r.session === session).reduce((sum, r) => sum + (r.usd ?? 0), 0);
      expect(costUsd).toBeCloseTo(usd, 9);
      expect(usd).toBeGreaterThan(0);
    }
  }, 300_000);
});
