import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { botocoreVersion, findBotocore } from '../../support/botocore.ts';
import { runCommand } from '../../support/run-command.ts';
import { keyVariables, type SandboxProcess, startSandbox } from '../../support/sandbox.ts';

/** botocore, unchanged, turned here by AWS_ENDPOINT_URL_<SERVICE>; the one that reads Bedrock's event streams. */

const script = `
import json, sys, botocore.session
from botocore.config import Config
wanted = json.load(sys.stdin)
session = botocore.session.get_session()
config = Config(retries={'total_max_attempts': 1})
client = lambda name: session.create_client(name, config=config)
body = json.dumps({'anthropic_version': 'bedrock-2023-05-31', 'max_tokens': 100,
                   'messages': [{'role': 'user', 'content': 'hello botocore'}]})
out = []
for what, model in wanted:
    try:
        if what == 'invoke':
            out.append(json.loads(client('bedrock-runtime').invoke_model(modelId=model, body=body)['body'].read()))
        elif what == 'stream':
            stream = client('bedrock-runtime').invoke_model_with_response_stream(modelId=model, body=body)['body']
            out.append([json.loads(event['chunk']['bytes']) for event in stream])
        elif what == 'count':
            given = client('bedrock-runtime').count_tokens(modelId=model, input={'invokeModel': {'body': body}})
            out.append(given['inputTokens'])
        elif what == 'profiles':
            pages = client('bedrock').get_paginator('list_inference_profiles').paginate()
            out.append([profile['inferenceProfileId'] for page in pages for profile in page['inferenceProfileSummaries']])
        elif what == 'identity':
            out.append(client('sts').get_caller_identity()['Arn'])
    except Exception as error:
        response = getattr(error, 'response', {})
        out.append({'error': response.get('Error', {}).get('Code', type(error).__name__),
                    'status': response.get('ResponseMetadata', {}).get('HTTPStatusCode'),
                    'message': response.get('Error', {}).get('Message', str(error))})
print(json.dumps(out))
`;

const sonnet = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';

const python = findBotocore() ?? '';
const missing = python === '' ? ' (not installed: scripts/install-test-parts.ts --only botocore)' : '';

describe.skipIf(missing !== '')(`botocore ${botocoreVersion} on the sandbox${missing}`, () => {
  let sandbox: SandboxProcess;

  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  beforeEach(() => sandbox.reset());
  afterAll(() => sandbox.stop());

  /** Runs the calls in one Python and gives their results, with `keys` in the environment. */
  async function run(calls: [string, string?][], keys?: Record<string, string>) {
    const variables = keys ?? keyVariables(await sandbox.issueCredentials());
    const { AWS_DATA_PATH: _, ...env } = sandbox.environment(variables);
    const input = JSON.stringify(calls.map(([what, model]) => [what, model ?? sonnet]));
    const { code, stdout, stderr } = await runCommand(python, ['-c', script], { env, input });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as unknown[];
  }

  it('invokes a model, plainly and as a stream, and hears which credentials answered', async () => {
    const [whole, events, tokens, profiles, identity] = await run([
      ['invoke'],
      ['stream'],
      ['count'],
      ['profiles'],
      ['identity'],
    ]);
    const text = 'Sandbox heard: "hello botocore" (credentials generation 1)';
    expect(whole).toMatchObject({ type: 'message', role: 'assistant', content: [{ type: 'text', text }] });
    const typed = events as { type: string; delta?: { text?: string } }[];
    expect(typed.map(({ delta }) => delta?.text ?? '').join('')).toBe(text);
    expect(typed.map(({ type }) => type).filter((type, at, all) => type !== all[at - 1])).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(typed.at(-1)).toHaveProperty('amazon-bedrock-invocationMetrics.outputTokenCount');
    expect(tokens).toBeGreaterThan(1);
    expect(profiles).toContain(sonnet);
    expect(identity).toMatch(/assumed-role/);
    expect((await sandbox.requests({ service: 'bedrock-runtime' })).every(({ issued }) => issued)).toBe(true);
  });

  it('gets the words of AWS for a model that cannot be called', async () => {
    await sandbox.switches({ deniedModels: ['anthropic.claude-opus-5'] });
    const [unknown, bare, elsewhere, closed, arn] = await run([
      ['invoke', 'anthropic.nothing-v1:0'],
      ['invoke', 'anthropic.claude-sonnet-4-5-20250929-v1:0'],
      ['stream', 'eu.anthropic.claude-opus-5'],
      ['invoke', 'us.anthropic.claude-opus-5'],
      ['invoke', `arn:aws:bedrock:us-east-1:111122223333:inference-profile/${sonnet}`],
    ]);
    const invalid = {
      error: 'ValidationException',
      status: 400,
      message: 'The provided model identifier is invalid.',
    };
    expect(unknown).toEqual(invalid);
    expect(bare).toEqual({
      error: 'ValidationException',
      status: 400,
      message:
        'Invocation of model ID anthropic.claude-sonnet-4-5-20250929-v1:0 with on-demand throughput isn\u2019t supported. Retry your request with the ID or ARN of an inference profile that contains this model.',
    });
    expect(elsewhere).toEqual(invalid);
    expect(closed).toMatchObject({ error: 'AccessDeniedException', status: 403 });
    expect(arn).toHaveProperty('stop_reason', 'end_turn');
  });

  it('is refused with keys that were not issued here, have expired or may not invoke', async () => {
    const strange = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'x'.repeat(40) };
    expect(await run([['invoke'], ['identity']], strange)).toMatchObject([
      { error: 'UnrecognizedClientException', status: 403 },
      { error: 'InvalidClientTokenId', status: 403 },
    ]);
    const old = keyVariables(await sandbox.issueCredentials({ lifetimeSeconds: -1 }));
    expect(await run([['stream'], ['identity']], old)).toMatchObject([
      { error: 'ExpiredTokenException', status: 403 },
      { error: 'ExpiredToken', status: 403 },
    ]);
    const reader = keyVariables(await sandbox.issueCredentials({ roleName: 'ReadOnlyAccess' }));
    expect(await run([['invoke'], ['profiles']], reader)).toMatchObject([
      {
        error: 'AccessDeniedException',
        message: expect.stringContaining('bedrock:InvokeModel on resource: arn:aws:bedrock:'),
      },
      expect.arrayContaining([sonnet]),
    ]);
  });

  it('sees a stream break off with an exception, throttling and 5xx', async () => {
    await sandbox.switches({ streamError: { name: 'modelStreamErrorException', count: 1 } });
    expect(await run([['stream'], ['stream']])).toMatchObject([
      { error: 'modelStreamErrorException' },
      expect.any(Array),
    ]);
    await sandbox.switches({ throttleNext: 1, serverErrorNext: 1 });
    expect(await run([['invoke'], ['invoke'], ['invoke']])).toMatchObject([
      { error: 'ThrottlingException', status: 429 },
      { error: 'InternalServerException', status: 500 },
      { type: 'message' },
    ]);
    expect(sandbox.stderr).toBe('');
  });
});
