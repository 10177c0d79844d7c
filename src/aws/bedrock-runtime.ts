import { type AwsPlace, callAws, clientOptions } from './client-options.ts';
import { type Env, endpointVariable } from './endpoints.ts';
import { AwsFault } from './faults.ts';
import { type AwsNetwork, plainNetwork } from './network.ts';
import { type SigningKeys, sdkCredentials, secretsOf } from './sts.ts';

/** ms: a large model that is asked for the first time takes its time for the first token. */
const answerTimeoutMs = 25_000;

export interface OneToken {
  /** The model that answered, as it names itself. */
  model: string;
  inputTokens: number;
  outputTokens: number;
}

/** The same network, with Bedrock's runtime at an address of the person's own. */
function withEndpoint(network: AwsNetwork, url: string | null): AwsNetwork {
  if (url === null) return network;
  const own = { [endpointVariable('bedrock_runtime')]: url, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: undefined };
  return { ...network, env: () => ({ ...network.env(), ...own }) };
}

export interface ModelQuestion {
  region: string;
  env: Env;
  network?: AwsNetwork;
  /** A VPC endpoint or gateway. */
  endpointUrl: string | null;
  signal: AbortSignal;
}

type Sdk = typeof import('@aws-sdk/client-bedrock-runtime');
type Client = InstanceType<Sdk['BedrockRuntimeClient']>;

const question = (content: string, tokens: number) => ({
  contentType: 'application/json',
  accept: 'application/json',
  body: new TextEncoder().encode(
    JSON.stringify({
      anthropic_version: 'bedrock-2023-05-31',
      max_tokens: tokens,
      messages: [{ role: 'user', content }],
    }),
  ),
});

async function withRuntime<T>(
  options: ModelQuestion,
  credentials: SigningKeys,
  call: (sdk: Sdk, client: Client, o: { abortSignal: AbortSignal }) => Promise<T>,
): Promise<T> {
  const { region, env, endpointUrl, signal } = options;
  const network = withEndpoint(options.network ?? plainNetwork(env), endpointUrl);
  const where: AwsPlace = { service: 'bedrock-runtime', region, env, network };
  const sdk = await import('@aws-sdk/client-bedrock-runtime');
  const client = new sdk.BedrockRuntimeClient({
    ...clientOptions('bedrock-runtime', region, env, network),
    // An AWS_BEARER_TOKEN_BEDROCK of the process must not sign this.
    authSchemePreference: ['aws.auth#sigv4'],
    credentials: sdkCredentials(credentials),
  });
  try {
    return await callAws(where, secretsOf(credentials), (o) => call(sdk, client, o), {
      timeoutMs: answerTimeoutMs,
      signal,
    });
  } finally {
    client.destroy();
  }
}

/**
 * Asks an Anthropic model for one token (InvokeModel, as Claude Code does at its start). It costs a handful of tokens.
 * `model`: id or ARN of a model or inference profile. Errors: AwsFault.
 */
export function askOneToken(
  options: ModelQuestion,
  credentials: SigningKeys,
  model: string,
): Promise<OneToken> {
  return withRuntime(options, credentials, async (sdk, client, o) => {
    const command = new sdk.InvokeModelCommand({ modelId: model, ...question('Hi', 1) });
    const { body } = await client.send(command, o);
    const answer: OneToken = { model, inputTokens: 0, outputTokens: 0 };
    const said = JSON.parse(new TextDecoder().decode(body)) as NonNullable<Said['message']> &
      Pick<Said, 'usage'>;
    note(answer, { message: said, ...(said.usage ? { usage: said.usage } : {}) });
    return answer;
  });
}

/** How a streamed answer came; ms. `serverMs`: from its first byte to its last by Bedrock's own clock, null where it does not tell. */
export interface StreamedAnswer extends OneToken {
  events: number;
  spreadMs: number;
  serverMs: number | null;
}

/** So many take long enough to tell a stream from what was collected on the way. */
const streamedTokens = 32;

/**
 * Asks a model for a short answer by the operation of Claude Code's conversations (InvokeModelWithResponseStream), and
 * measures how its pieces arrive. It costs some thirty tokens. Errors: AwsFault.
 */
export function askStream(
  options: ModelQuestion,
  credentials: SigningKeys,
  model: string,
): Promise<StreamedAnswer> {
  return withRuntime(options, credentials, async (sdk, client, o) => {
    const command = new sdk.InvokeModelWithResponseStreamCommand({
      modelId: model,
      ...question('Count from 1 to 20, nothing else.', streamedTokens),
    });
    const { body } = await client.send(command, o);
    const answer: StreamedAnswer = {
      model,
      inputTokens: 0,
      outputTokens: 0,
      events: 0,
      spreadMs: 0,
      serverMs: null,
    };
    let first = 0;
    try {
      for await (const event of body ?? []) {
        if (!event.chunk?.bytes) continue;
        const now = performance.now();
        first ||= now;
        answer.events++;
        answer.spreadMs = now - first;
        const said = JSON.parse(new TextDecoder().decode(event.chunk.bytes)) as Said;
        note(answer, said);
        const { invocationLatency: last, firstByteLatency } = said['amazon-bedrock-invocationMetrics'] ?? {};
        if (typeof last === 'number' && typeof firstByteLatency === 'number')
          answer.serverMs = last - firstByteLatency;
      }
    } catch (e) {
      throw brokenStream(e, options.region);
    }
    return answer;
  });
}

/** An exception within the stream comes after a head that was well. */
function brokenStream(e: unknown, region: string): unknown {
  const name = e instanceof Error ? e.name : '';
  if (!/Exception$/i.test(name)) return e;
  const kind = /throttl/i.test(name) ? ('throttle' as const) : ('server' as const);
  const host = `bedrock-runtime.${region}`;
  return new AwsFault({ kind, name, service: 'bedrock-runtime', host, detail: '' });
}

/** What is read of a Messages API event, or of a whole message. */
interface Said {
  message?: { model?: unknown; usage?: { input_tokens?: unknown } };
  usage?: { output_tokens?: unknown };
  'amazon-bedrock-invocationMetrics'?: { invocationLatency?: unknown; firstByteLatency?: unknown };
}

/** Figures of an event, where it has any. */
function note(answer: OneToken, { message, usage }: Said): void {
  if (typeof message?.model === 'string') answer.model = message.model;
  const { input_tokens: input } = message?.usage ?? {};
  if (typeof input === 'number') answer.inputTokens = input;
  const { output_tokens: output } = usage ?? {};
  if (typeof output === 'number') answer.outputTokens = output;
}
