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

/**
 * Asks an Anthropic model for one token, by the operation that Claude Code uses (InvokeModelWithResponseStream), so
 * that what may stand in its way stands in the way here. It costs a handful of tokens. `model`: id or ARN of a model or
 * inference profile. `endpointUrl`: a VPC endpoint or gateway. Errors: AwsFault.
 */
export async function askOneToken(
  options: {
    region: string;
    env: Env;
    network?: AwsNetwork;
    endpointUrl: string | null;
    signal: AbortSignal;
  },
  credentials: SigningKeys,
  model: string,
): Promise<OneToken> {
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
  const body = {
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 1,
    messages: [{ role: 'user', content: 'Hi' }],
  };
  const command = new sdk.InvokeModelWithResponseStreamCommand({
    modelId: model,
    contentType: 'application/json',
    accept: 'application/json',
    body: new TextEncoder().encode(JSON.stringify(body)),
  });
  try {
    return await callAws(
      where,
      secretsOf(credentials),
      async (o) => {
        const { body: events } = await client.send(command, o);
        const answer: OneToken = { model, inputTokens: 0, outputTokens: 0 };
        try {
          for await (const event of events ?? []) {
            if (event.chunk?.bytes) note(answer, new TextDecoder().decode(event.chunk.bytes));
          }
        } catch (e) {
          throw brokenStream(e, region);
        }
        return answer;
      },
      { timeoutMs: answerTimeoutMs, signal },
    );
  } finally {
    client.destroy();
  }
}

/** An exception within the stream comes after a head that was well. */
function brokenStream(e: unknown, region: string): unknown {
  const name = e instanceof Error ? e.name : '';
  if (!/Exception$/i.test(name)) return e;
  const kind = /throttl/i.test(name) ? ('throttle' as const) : ('server' as const);
  const host = `bedrock-runtime.${region}`;
  return new AwsFault({ kind, name, service: 'bedrock-runtime', host, detail: '' });
}

/** Figures of a Messages API event, where it has any. */
function note(answer: OneToken, json: string): void {
  const event = JSON.parse(json) as {
    message?: { model?: unknown; usage?: { input_tokens?: unknown } };
    usage?: { output_tokens?: unknown };
  };
  if (typeof event.message?.model === 'string') answer.model = event.message.model;
  const { input_tokens: input } = event.message?.usage ?? {};
  if (typeof input === 'number') answer.inputTokens = input;
  const { output_tokens: output } = event.usage ?? {};
  if (typeof output === 'number') answer.outputTokens = output;
}
