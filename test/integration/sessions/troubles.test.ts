import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recogniseTrouble } from '../../../src/domain/troubles/recognise-trouble.ts';
import type { TroubleCode } from '../../../src/domain/troubles/trouble-codes.ts';
import { findClaude, prepareClaudeHome } from '../../support/claude.ts';
import { type IssuedCredentials, type SandboxProcess, startSandbox } from '../../support/sandbox.ts';

/** What the real Claude Code says of a Bedrock that refuses, in the words that it has now. */

const claude = findClaude();
const SONNET = 'anthropic.claude-sonnet-4-5-20250929-v1:0';

describe.skipIf(claude === undefined)('the real claude (needs .cache/claude)', () => {
  let sandbox: SandboxProcess;
  let home: string;
  let keys: IssuedCredentials;

  beforeAll(async () => {
    sandbox = await startSandbox();
    home = await mkdtemp(join(tmpdir(), 'bt-troubles-'));
    await mkdir(join(home, 'project'));
    await prepareClaudeHome(home, [join(home, 'project')]);
    keys = await sandbox.issueCredentials({ accountId: '111122223333', roleName: 'BedrockDeveloper' });
  });
  afterAll(async () => {
    await sandbox?.stop();
    if (home) await rm(home, { recursive: true, force: true, maxRetries: 5 });
  });

  /** What `claude -p` prints in the end, asked once. */
  async function said(prompt: string, more: Record<string, string> = {}): Promise<string> {
    const env = {
      PATH: process.env.PATH ?? '',
      HOME: home,
      CLAUDE_CODE_USE_BEDROCK: '1',
      CLAUDE_CODE_MAX_RETRIES: '0',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_REGION: sandbox.region,
      ANTHROPIC_BEDROCK_BASE_URL: sandbox.baseUrl,
      ANTHROPIC_MODEL: `us.${SONNET}`,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_SESSION_TOKEN: keys.sessionToken,
      ...more,
    };
    const child = spawn(claude ?? '', ['-p', prompt], {
      env,
      cwd: join(home, 'project'),
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 120_000,
    });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    await once(child, 'close');
    return text;
  }

  const AccessDenied = { status: 403, type: 'AccessDeniedException' };
  const answered: readonly [TroubleCode, { status: number; type: string; message: string }][] = [
    [
      'tokensPerMinute',
      {
        status: 429,
        type: 'ThrottlingException',
        message: 'Too many tokens, please wait before trying again.',
      },
    ],
    [
      'marketplace',
      {
        ...AccessDenied,
        message:
          'Model access is denied due to IAM user or service role is not authorized to perform the required AWS Marketplace actions (aws-marketplace:ViewSubscriptions, aws-marketplace:Subscribe) to enable access to this model.',
      },
    ],
    [
      'promptTooLong',
      { status: 400, type: 'ValidationException', message: 'Input is too long for requested model.' },
    ],
  ];
  test.for(answered)('%s, as Bedrock answers it', async ([code, error]) => {
    await sandbox.script(`mark-${code}`, [{ error, times: 9 }]);
    expect(recogniseTrouble(await said(`mark-${code}`))?.code).toBe(code);
  });

  test('an id without its prefix, an answer that is cut off, no credentials, nobody there', async () => {
    await sandbox.script('mark-cut', [
      { content: [{ type: 'text', text: 'x' }], stopReason: 'max_tokens', times: 9 },
    ]);
    const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_SESSION_TOKEN: '' };
    const texts = await Promise.all([
      said('hi', { ANTHROPIC_MODEL: SONNET }),
      said('mark-cut'),
      said('hi', none),
      said('hi', { ANTHROPIC_BEDROCK_BASE_URL: 'http://127.0.0.1:9' }),
    ]);
    expect(texts.map(recogniseTrouble)).toEqual([
      { code: 'onDemand', params: { model: SONNET } },
      { code: 'outputCut', params: { tokens: expect.any(String) } },
      { code: 'credentialsMissing', params: {} },
      { code: 'connectionRefused', params: {} },
    ]);
  });

  test('a model that is not granted, an action that is denied, keys that have ended', async () => {
    await sandbox.switches({ deniedModels: [SONNET] });
    expect(recogniseTrouble(await said('hi'))?.code).toBe('modelNotGranted');
    const action = 'bedrock:InvokeModelWithResponseStream';
    await sandbox.switches({ deniedModels: [], deniedActions: [action] });
    expect(recogniseTrouble(await said('hi'))).toEqual({ code: 'actionDenied', params: { action } });
    await sandbox.switches({ deniedActions: [], expireCredentials: true });
    expect(recogniseTrouble(await said('hi'))?.code).toBe('credentialsExpired');
  });
});
