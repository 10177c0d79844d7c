import { EventStreamCodec } from '@smithy/eventstream-codec';
import { SignatureV4 } from '@smithy/signature-v4';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type IssuedCredentials, type SandboxProcess, startSandbox } from '../../support/sandbox.ts';
import { Sha256 } from '../../support/sha256.ts';

/** A scripted model, asked as a client of Bedrock asks it. */

describe('scripts', () => {
  let sandbox: SandboxProcess;
  let keys: IssuedCredentials;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  beforeEach(async () => {
    await sandbox.reset();
    keys = await sandbox.issueCredentials();
  });
  afterAll(() => sandbox.stop());

  const user = (text: string) => ({ role: 'user', content: text });
  const tools = [{ name: 'Bash' }];

  async function ask(
    messages: object[],
    options: { stream?: boolean; more?: object; signal?: AbortSignal } = {},
  ): Promise<Response> {
    const { stream = false, more = {}, signal } = options;
    const { accessKeyId, secretAccessKey, sessionToken } = keys;
    const url = new URL(sandbox.baseUrl);
    const path = `/model/us.anthropic.claude-opus-5-5/${stream ? 'invoke-with-response-stream' : 'invoke'}`;
    const body = JSON.stringify({
      anthropic_version: 'bedrock-2023-05-31',
      max_tokens: 1000,
      tools,
      messages,
      ...more,
    });
    const signer = new SignatureV4({
      service: 'bedrock',
      region: 'us-east-1',
      credentials: { accessKeyId, secretAccessKey, sessionToken },
      sha256: Sha256,
    });
    const { headers } = await signer.sign({
      method: 'POST',
      protocol: 'http:',
      hostname: url.hostname,
      port: Number(url.port),
      path,
      query: {},
      headers: { host: url.host, 'content-type': 'application/json' },
      body,
    });
    return fetch(`${sandbox.baseUrl}${path}`, {
      method: 'POST',
      headers,
      body,
      ...(signal ? { signal } : {}),
    });
  }

  const said = async (response: Response) =>
    (await response.json()) as { content: object[]; stop_reason: string };

  it('asks for tools turn by turn, then answers as ever; probes and other conversations are no turns', async () => {
    const bash = { type: 'tool_use' as const, name: 'Bash', input: { command: 'ls' } };
    await sandbox.script('marker-1', [
      { content: [{ type: 'text', text: '先看一下。' }, bash] },
      { content: [{ type: 'text', text: '好了' }] },
    ]);
    expect((await said(await ask([user('marker-1')], { more: { max_tokens: 1 } }))).stop_reason).toBe(
      'max_tokens',
    );
    expect((await said(await ask([user('marker-1')], { more: { tools: [] } }))).content).toMatchObject([
      { text: expect.stringContaining('Sandbox heard') },
    ]);
    const first = await said(await ask([user('do it, marker-1 please')]));
    expect(first).toMatchObject({
      stop_reason: 'tool_use',
      content: [
        { type: 'text', text: '先看一下。' },
        { ...bash, id: expect.stringMatching(/^toolu/) },
      ],
    });
    expect((await said(await ask([user('something else')]))).content).toMatchObject([
      { text: expect.stringContaining('Sandbox heard') },
    ]);
    const messages = [
      user('do it, marker-1 please'),
      { role: 'assistant', content: first.content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'x', content: 'a file' }] },
      { role: 'system', content: 'marker-2' },
    ];
    expect(await said(await ask(messages))).toMatchObject({
      stop_reason: 'end_turn',
      content: [{ text: '好了' }],
    });
    expect((await said(await ask(messages))).content).toMatchObject([
      { text: expect.stringMatching(/^Sandbox/) },
    ]);
    const played = await sandbox.played('marker-1', { ended: 2 });
    expect(played).toMatchObject([
      { turn: 0, outcome: 'answered' },
      { turn: 1, outcome: 'answered' },
    ]);
    expect((await sandbox.requests()).filter((r) => r.detail?.script === 'marker-1')).toHaveLength(2);
  });

  it('the marker that was said last counts, a sub-agent has its own', async () => {
    await sandbox.script('job-1', [{ content: [{ type: 'text', text: 'one' }] }]);
    await sandbox.script('job-12', [{ content: [{ type: 'text', text: 'twelve' }] }]);
    const answered = await said(
      await ask([user('job-1'), { role: 'assistant', content: 'hm' }, user('job-12')]),
    );
    expect(answered.content).toMatchObject([{ text: 'twelve' }]);
    // A client joins prompts that got no answer.
    const joined = await said(await ask([user('job-12\nno, job-1')]));
    expect(joined.content).toMatchObject([{ text: 'one' }]);
  });

  it('throttles, is overloaded, expires, declines, for as often as told', async () => {
    await sandbox.script('marker-3', [
      { error: { status: 429, type: 'ThrottlingException', message: 'Too many tokens' }, times: 2 },
      { error: { status: 503, type: 'ServiceUnavailableException', message: 'Bedrock is overloaded' } },
      { error: { status: 403, type: 'ExpiredTokenException', message: 'The token is expired' } },
      { stopReason: 'refusal' },
    ]);
    const statuses: unknown[] = [];
    for (let n = 0; n < 4; n++) {
      const response = await ask([user('marker-3')]);
      statuses.push([response.status, response.headers.get('x-amzn-errortype')?.split(':')[0]]);
    }
    expect(statuses).toEqual([
      [429, 'ThrottlingException'],
      [429, 'ThrottlingException'],
      [503, 'ServiceUnavailableException'],
      [403, 'ExpiredTokenException'],
    ]);
    expect(await said(await ask([user('marker-3')]))).toMatchObject({ stop_reason: 'refusal', content: [] });
  });

  it('holds an answer until it is released, streams slowly and breaks off', async () => {
    await sandbox.script('marker-4', [
      { hold: true, content: [{ type: 'text', text: 'x'.repeat(100) }], chunkMs: 20 },
      { content: [{ type: 'text', text: 'y'.repeat(100) }], streamError: 'throttlingException' },
    ]);
    const asking = ask([user('marker-4')], { stream: true });
    expect(await sandbox.played('marker-4', { asked: 1 })).toMatchObject([{ outcome: 'held' }]);
    expect(await sandbox.release('marker-4')).toBe(1);
    const stream = Buffer.from(await (await asking).arrayBuffer());
    expect(eventsOf(stream).filter((type) => type === 'content_block_delta')).toHaveLength(5);
    const [played] = await sandbox.played('marker-4', { ended: 1 });
    expect((played?.endedAt ?? 0) - (played?.askedAt ?? 0)).toBeGreaterThan(8 * 20 - 20);
    const broken = Buffer.from(await (await ask([user('marker-4')], { stream: true })).arrayBuffer());
    expect(eventsOf(broken).at(-1)).toBe('throttlingException');
  });

  it('tells when the client has left', async () => {
    await sandbox.script('marker-5', [{ hold: true }, { delayMs: 600_000 }]);
    for (const asked of [1, 2]) {
      const leaving = new AbortController();
      const asking = ask([user('marker-5')], { stream: true, signal: leaving.signal }).catch(() => 'left');
      await sandbox.played('marker-5', { asked });
      leaving.abort();
      expect(await asking).toBe('left');
      const played = await sandbox.played('marker-5', { ended: asked });
      expect(played.at(-1)).toMatchObject({ outcome: 'gone', endedAt: expect.any(Number) });
    }
    expect(sandbox.stderr).toBe('');
  });

  it('refuses a script that it could not play', async () => {
    await expect(sandbox.script('marker-6', [{ stopReason: 'tired' as never }])).rejects.toThrow(
      /400 .*turns\.0\.stopReason/,
    );
  });
});

/** Types of the model's events, or of the exception, in an event stream. */
function eventsOf(stream: Buffer): string[] {
  const codec = new EventStreamCodec(
    (bytes) => Buffer.from(bytes).toString('utf8'),
    (text) => Buffer.from(text),
  );
  const types: string[] = [];
  for (let at = 0; at < stream.length; ) {
    const length = stream.readUInt32BE(at);
    const { headers, body } = codec.decode(stream.subarray(at, at + length));
    at += length;
    const exception = headers[':exception-type'];
    if (exception) types.push(String(exception.value));
    else {
      const { bytes } = JSON.parse(Buffer.from(body).toString()) as { bytes: string };
      types.push((JSON.parse(Buffer.from(bytes, 'base64').toString()) as { type: string }).type);
    }
  }
  return types;
}
