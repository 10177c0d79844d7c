import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { claudeVersion, findClaude, prepareClaudeHome } from '../../support/claude.ts';
import { runCommand } from '../../support/run-command.ts';
import { keyVariables, type SandboxProcess, startSandbox } from '../../support/sandbox.ts';

/** The real Claude Code, unchanged, turned here by ANTHROPIC_BEDROCK_BASE_URL. */

const claude = findClaude() ?? '';
const missing = claude === '' ? ' (not installed: scripts/install-test-parts.ts --only claude)' : '';

describe.skipIf(missing !== '')(`Claude Code ${claudeVersion} on the sandbox${missing}`, () => {
  let sandbox: SandboxProcess;
  let home: string;
  let project: string;

  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  beforeEach(async () => {
    await sandbox.reset();
    home = await mkdtemp(join(tmpdir(), 'sandbox-claude-'));
    project = join(home, 'project');
    await mkdir(project);
    await prepareClaudeHome(home, [project]);
    return () => rm(home, { recursive: true, force: true });
  });
  afterAll(() => sandbox.stop());

  async function ask(prompt: string, keys: Record<string, string>, ...args: string[]) {
    const { AWS_DATA_PATH: _, ...env } = sandbox.environment({
      HOME: home,
      TERM: 'xterm-256color',
      CLAUDE_CODE_USE_BEDROCK: '1',
      ...keys,
    });
    return runCommand(claude, ['-p', prompt, ...args], { env, cwd: project, timeoutMs: 120_000 });
  }

  it('quotes the prompt, and the answer names the credentials that were used', async () => {
    const { stdout, code } = await ask('hello there', keyVariables(await sandbox.issueCredentials()));
    expect(stdout.trim()).toBe('Sandbox heard: "hello there" (credentials generation 1)');
    expect(code).toBe(0);
    const next = await ask('again', keyVariables(await sandbox.issueCredentials()));
    expect(next.stdout.trim()).toBe('Sandbox heard: "again" (credentials generation 2)');
    const seen = await sandbox.requests({ service: 'bedrock-runtime' });
    expect(seen.length).toBeGreaterThan(2);
    for (const record of seen) expect(record).toMatchObject({ status: 200, issued: true, auth: 'sigv4' });
    expect(sandbox.stderr).toBe('');
  });

  it('runs the command that the prompt asks for, and the result is quoted verbatim', async () => {
    const keys = keyVariables(await sandbox.issueCredentials());
    await writeFile(join(project, 'note.txt'), 'first line\n  second <line> & "quotes"\n');
    const { stdout } = await ask('run: cat note.txt', keys, '--allowedTools', 'Bash(cat:*)');
    expect(stdout).toContain('Sandbox saw: first line\n  second <line> & "quotes"\n');
  });

  it('lets auto mode judge a command without a notice', async () => {
    const keys = keyVariables(await sandbox.issueCredentials());
    const prompt = 'run: curl -s http://127.0.0.1:9/; echo "judged-$((40 + 2))"';
    const { stdout, stderr } = await ask(prompt, keys, '--permission-mode', 'auto');
    expect(stdout).toContain('Sandbox saw: judged-42');
    expect(stdout + stderr).not.toContain('billed');
  });

  it('shows the refusal of AWS with keys that the sandbox does not know', async () => {
    const strange = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'x'.repeat(40) };
    const { stdout, stderr, code } = await ask('hello', { ...strange, CLAUDE_CODE_MAX_RETRIES: '0' });
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain('The security token included in the request is invalid');
    const seen = await sandbox.requests({ service: 'bedrock-runtime' });
    expect(seen.length).toBeGreaterThan(0);
    for (const record of seen) {
      expect(record).toMatchObject({ status: 403, issued: false, error: 'UnrecognizedClientException' });
    }
  });

  it('shows the refusal of AWS with keys that have expired', async () => {
    const expired = keyVariables(await sandbox.issueCredentials({ lifetimeSeconds: -1 }));
    const { stdout, stderr, code } = await ask('hello', { ...expired, CLAUDE_CODE_MAX_RETRIES: '0' });
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain('The security token included in the request is expired');
  });

  it('is refused with a bearer token, and the record says that it was one', async () => {
    const { code } = await ask('hello', {
      AWS_BEARER_TOKEN_BEDROCK: 'ABSKnothing',
      CLAUDE_CODE_MAX_RETRIES: '0',
    });
    expect(code).not.toBe(0);
    const seen = await sandbox.requests({ service: 'bedrock-runtime' });
    expect(seen.length).toBeGreaterThan(0);
    for (const record of seen) expect(record).toMatchObject({ status: 403, auth: 'bearer' });
  });
});
