import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Content, MessagesBody } from './answers.ts';
import { answer, answerToClient, countTokens, messagesBodySchema, safeguardResults } from './answers.ts';
import { bedrockCaller, bedrockDenied } from './bedrock-access.ts';
import { encodeChunk, encodeException } from './event-stream.ts';
import type { Call, Reply } from './http.ts';
import { json, jsonBody, restError } from './http.ts';
import type { Model } from './models.ts';
import { resolveModel } from './models.ts';
import type { Performance } from './scripts.ts';
import { scriptedError } from './scripts.ts';
import type { World } from './world.ts';

/** Bedrock's runtime for Anthropic models: InvokeModel, InvokeModelWithResponseStream, CountTokens. */

const operations: Readonly<Record<string, string>> = {
  invoke: 'InvokeModel',
  'invoke-with-response-stream': 'InvokeModelWithResponseStream',
  'count-tokens': 'CountTokens',
};

const id = (prefix: string) =>
  `${prefix}_bdrk_${randomBytes(18).toString('base64url').replace(/[-_]/g, '0')}`;

const invalid = (call: Call, message: string) => restError(call, 400, 'ValidationException', message);

export async function bedrockRuntime(world: World, call: Call): Promise<Reply> {
  const match = /^\/model\/(.+)\/([\w-]+)$/.exec(call.path);
  const operation = operations[match?.[2] ?? ''] ?? 'unknown';
  call.note.operation = operation;
  const caller = bedrockCaller(world, call);
  if ('status' in caller) return caller;
  if (match === null || operation === 'unknown') {
    return restError(call, 404, 'UnknownOperationException', 'Unknown operation');
  }
  const { key, region } = caller;
  const modelId = decodeModelId(match[1] ?? '');
  call.note.detail = { modelId };

  const resolved = resolveModel(region, key.accountId, modelId);
  if (resolved.kind === 'invalid') return invalid(call, 'The provided model identifier is invalid.');
  if (resolved.kind === 'needs-profile' && operation !== 'CountTokens') {
    return invalid(
      call,
      `Invocation of model ID ${modelId} with on-demand throughput isn\u2019t supported. Retry your request with the ID or ARN of an inference profile that contains this model.`,
    );
  }
  if (resolved.kind === 'ok') {
    const denied = bedrockDenied(world, call, caller, `bedrock:${operation}`, resolved.resources);
    if (denied !== undefined) return denied;
    const closed = modelTrouble(world, call, resolved.base);
    if (closed !== undefined) return closed;
    call.note.model = resolved.base.modelId;
    if (resolved.answeredIn !== undefined) call.note.answeredIn = resolved.answeredIn;
  }

  if (operation === 'CountTokens') return countTokensReply(call);
  const parsed = messagesBodySchema.safeParse(jsonBody(call));
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return invalid(call, `Malformed input request: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
  const body = parsed.data;
  const played = answerToClient(body) === undefined ? world.scripts.next(body) : undefined;
  const given = played?.answer ?? answer(body, key.generation);
  call.note.detail = { modelId, maxTokens: body.max_tokens, purpose: given.purpose };
  if (played !== undefined) {
    Object.assign(call.note.detail, { script: played.marker, turn: played.place });
    const here = await played.ready(call);
    const failure = here
      ? scriptedError(call, played.turn)
      : restError(call, 499, 'Gone', 'The client left.');
    if (failure !== undefined) {
      played.ended(here);
      return failure;
    }
  }
  const told = played?.turn.usage;
  const counted = {
    input: told?.input ?? countTokens(body.messages) + countTokens(body.system),
    output: told?.output ?? (given.stopReason === 'max_tokens' ? 1 : countTokens(given.content)),
    cacheRead: told?.cacheRead ?? 0,
    cacheWrite5m: told?.cacheWrite5m ?? 0,
    cacheWrite1h: told?.cacheWrite1h ?? 0,
  };
  // For whoever compares what was said to have been used with what was used.
  Object.assign(call.note.detail, counted);
  const usage = {
    input_tokens: counted.input,
    cache_creation_input_tokens: counted.cacheWrite5m + counted.cacheWrite1h,
    cache_read_input_tokens: counted.cacheRead,
    cache_creation: {
      ephemeral_5m_input_tokens: counted.cacheWrite5m,
      ephemeral_1h_input_tokens: counted.cacheWrite1h,
    },
    output_tokens: counted.output,
  };
  const content = given.content.map((part) =>
    part.type === 'tool_use' ? { ...part, id: id('toolu') } : part,
  );
  const toolUseIds = content.flatMap((part) => (part.type === 'tool_use' ? [part.id] : []));
  const message: Message = {
    shell: { id: id('msg'), type: 'message', role: 'assistant', model: modelName(modelId) },
    content,
    usage,
    stop: {
      stop_reason: given.stopReason,
      stop_sequence: given.stopSequence ?? null,
      ...safeguardResults(body, toolUseIds),
    },
  };
  if (operation === 'InvokeModel') {
    played?.ended(true);
    return json(
      200,
      { ...message.shell, content, ...message.stop, usage },
      {
        'x-amzn-bedrock-input-token-count': String(usage.input_tokens),
        'x-amzn-bedrock-output-token-count': String(usage.output_tokens),
        'x-amzn-bedrock-invocation-latency': '1',
      },
    );
  }
  return {
    status: 200,
    headers: {
      'content-type': 'application/vnd.amazon.eventstream',
      'x-amzn-bedrock-content-type': 'application/json',
      'x-amzn-requestid': crypto.randomUUID(),
    },
    body: stream(world, streamEvents(message), played),
  };
}

/** What stands between the account and a model, by the switches; words of AWS's. */
function modelTrouble(world: World, call: Call, { modelId }: Model): Reply | undefined {
  const denied = (message: string) => restError(call, 403, 'AccessDeniedException', message);
  const missing = (message: string) => restError(call, 404, 'ResourceNotFoundException', message);
  if (world.switches.deniedModels.includes(modelId)) {
    return denied("You don't have access to the model with the specified model ID.");
  }
  switch (world.switches.modelTroubles[modelId]) {
    case 'ended':
      return missing(
        'This model version has reached the end of its life. Please refer to the AWS documentation for more details.',
      );
    case 'use-case':
      return missing(
        'Model use case details have not been submitted for this account. Fill out the Anthropic use case details form before using the model. If you have already filled out the form, try again in 15 minutes.',
      );
    case 'marketplace':
      return denied(
        'Model access is denied due to IAM user or service role is not authorized to perform the required AWS Marketplace actions (aws-marketplace:ViewSubscriptions, aws-marketplace:Subscribe) to enable access to this model. Refer to the Amazon Bedrock documentation for further details. Your AWS Marketplace subscription for this model cannot be completed at this time. If you recently fixed this issue, try again after 2 minutes.',
      );
    case 'pending':
      return denied(
        'Model access is denied because your AWS Marketplace subscription for this model is being processed. Try again after 2 minutes.',
      );
    default:
      return undefined;
  }
}

function decodeModelId(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `us.anthropic.claude-x-v1:0` answers as `claude-x`. */
function modelName(modelId: string): string {
  return /(?:claude|nova)[\w.-]*/.exec(modelId)?.[0].replace(/-v\d+$/, '') ?? modelId;
}

interface Message {
  readonly shell: object;
  readonly content: readonly (Content & { readonly id?: string })[];
  readonly usage: { readonly input_tokens: number; readonly output_tokens: number };
  /** Why it ended, with what goes beside that. */
  readonly stop: object;
}

/** Bedrock's own figures at a stream's end; ms. */
const metricsName = 'amazon-bedrock-invocationMetrics';

function* pieces(text: string, size = 24): Generator<string> {
  const characters = Array.from(text);
  for (let at = 0; at < characters.length; at += size) yield characters.slice(at, at + size).join('');
}

function* streamEvents({ shell, content, usage, stop }: Message): Generator<Record<string, unknown>> {
  yield {
    type: 'message_start',
    message: {
      ...shell,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { ...usage, output_tokens: 1 },
    },
  };
  for (const [index, part] of content.entries()) {
    if (part.type === 'text') {
      yield { type: 'content_block_start', index, content_block: { type: 'text', text: '' } };
      for (const text of pieces(part.text)) {
        yield { type: 'content_block_delta', index, delta: { type: 'text_delta', text } };
      }
    } else {
      yield { type: 'content_block_start', index, content_block: { ...part, input: {} } };
      for (const partial_json of pieces(JSON.stringify(part.input))) {
        yield { type: 'content_block_delta', index, delta: { type: 'input_json_delta', partial_json } };
      }
    }
    yield { type: 'content_block_stop', index };
  }
  yield { type: 'message_delta', delta: stop, usage: { output_tokens: usage.output_tokens } };
  yield {
    type: 'message_stop',
    [metricsName]: { inputTokenCount: usage.input_tokens, outputTokenCount: usage.output_tokens },
  };
}

async function* stream(
  world: World,
  events: Iterable<Record<string, unknown>>,
  played: Performance | undefined,
): AsyncGenerator<Buffer> {
  const { streamError } = world.switches;
  const chunkMs = played?.turn.chunkMs ?? world.switches.chunkMs;
  let breaksWith = played?.turn.streamError;
  if (breaksWith === undefined && streamError !== null && streamError.count > 0) {
    streamError.count -= 1;
    breaksWith = streamError.name;
  }
  let whole = false;
  const begun = Date.now();
  let firstAt: number | undefined;
  try {
    for (const event of events) {
      if (chunkMs > 0) await sleep(chunkMs);
      firstAt ??= Date.now();
      const metrics = event[metricsName] as object | undefined;
      if (metrics !== undefined) {
        const firstByteLatency = firstAt - begun + 1;
        event[metricsName] = { ...metrics, firstByteLatency, invocationLatency: Date.now() - begun + 2 };
      }
      yield encodeChunk(event);
      if (breaksWith !== undefined && event.type === 'content_block_delta') {
        yield encodeException(breaksWith, 'The sandbox was asked to break this stream.');
        break;
      }
    }
    whole = true;
  } finally {
    played?.ended(whole);
  }
}

function countTokensReply(call: Call): Reply {
  const input = jsonBody(call)?.input as { invokeModel?: { body?: unknown } } | undefined;
  const encoded = input?.invokeModel?.body;
  if (typeof encoded !== 'string') return invalid(call, 'input.invokeModel.body is required');
  let body: Partial<MessagesBody>;
  try {
    body = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
  } catch {
    return invalid(call, 'input.invokeModel.body is not base64 of JSON');
  }
  return json(200, { inputTokens: countTokens(body.messages) + countTokens(body.system) });
}
