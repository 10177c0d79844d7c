import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionView } from '../../../src/contract/index.ts';
import { findClaude } from '../../support/claude.ts';
import { type Installation, install } from '../../support/installation.ts';

const claude = findClaude();

/** The built product, all parts together: the agent, its worker, the hooks' relay and the command line. */
describe.skipIf(!claude)('the cost of a session in the built product', () => {
  let own: Installation;
  let folder: string;

  beforeAll(async () => {
    own = await install({ env: { PATH: `${join(claude ?? '', '..')}:${process.env.PATH}` } });
    folder = join(own.sandbox.home, 'project');
    mkdirSync(folder, { recursive: true });
    expect((await own.login({ args: ['--sso-session', 'sandbox'] })).status).toBe(0);
  }, 180_000);
  afterAll(() => own?.stop());

  const sessions = async (): Promise<SessionView[]> =>
    JSON.parse((await own.run(['sessions', 'list', '--json'])).stdout).sessions;

  it('stands in the list of sessions', async () => {
    const said = await own.run(
      [
        'claude',
        '--profile',
        'sandbox',
        '--cwd',
        folder,
        '--model',
        'us.anthropic.claude-opus-5-5',
        '--',
        '-p',
        'hello',
      ],
      { timeoutMs: 120_000 },
    );
    expect(said.stdout + said.stderr).toContain('Sandbox heard: "hello"');
    await expect
      .poll(async () => (await sessions())[0]?.meter?.costUsd ?? 0, { timeout: 45_000 })
      .toBeGreaterThan(0);
    const [{ meter } = {}] = await sessions();
    const answers = (await own.sandbox.requests({ service: 'bedrock-runtime' })).filter(
      (r) => r.detail?.purpose === 'prompt',
    );
    expect(answers).toHaveLength(1);
    const { input, output } = (answers[0]?.detail ?? {}) as { input: number; output: number };
    expect(meter).toMatchObject({
      model: 'us.anthropic.claude-opus-5-5',
      inputTokens: input,
      outputTokens: output,
      contextTokens: input,
      contextSize: 1_000_000,
    });
    expect(meter?.costUsd).toBeCloseTo((input * 4.4 + output * 22) / 1e6, 6);
    expect((await own.run(['sessions', 'list'])).stdout).toMatch(/≈\$0\.0\d/);
  });
});
