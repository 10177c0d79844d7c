import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** One HTTP request, read to its end. `path` is as sent (still percent-encoded), without the query. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly rawQuery: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** Epoch milliseconds. */
  readonly now: number;
  /** The client has closed the connection, or has got its answer. */
  readonly gone: AbortSignal;
  /** What the record will say of this call beyond method, status and time; handlers fill it in. Never secrets. */
  readonly note: CallNote;
}

export interface CallNote {
  operation?: string;
  auth?: 'sigv4' | 'bearer' | 'token' | 'none';
  accessKeyId?: string;
  /** The access key is one that the sandbox issued. */
  issued?: boolean;
  generation?: number;
  region?: string;
  error?: string;
  /** AWS's words of it, where CloudTrail repeats them. */
  errorMessage?: string;
  /** Who says to call, as clients name themselves. */
  userAgent?: string;
  /** What was judged, in order, and how. */
  decisions?: readonly { readonly action: string; readonly resource: string; readonly effect: string }[];
  /** The foundation model behind what was called. */
  model?: string;
  /** The region that a request was sent on to. */
  answeredIn?: string;
  detail?: Record<string, string | number | boolean>;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
}

export function header(call: Call, name: string): string | undefined {
  const value = call.headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID(), ...headers },
    body: JSON.stringify(value),
  };
}

/** An error of a REST-JSON service: the type in a header, the words in the body. */
export function restError(call: Call, status: number, type: string, message: string, key = 'message'): Reply {
  call.note.error = type;
  call.note.errorMessage = message;
  return json(
    status,
    { [key]: message },
    { 'x-amzn-errortype': `${type}:http://internal.amazon.com/coral/com.amazon.bedrock/` },
  );
}

/** The call's JSON object; undefined when the body is not one. */
export function jsonBody(call: Call): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(call.body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken: string | undefined;
}

/** One page of a list. Undefined when the token is not one that this function made. */
export function page<T>(all: readonly T[], token: string | null, size: number): Page<T> | undefined {
  let from = 0;
  if (token !== null && token !== '') {
    const match = /^page-(\d+)$/.exec(Buffer.from(token, 'base64url').toString('utf8'));
    if (match === null) return undefined;
    from = Number(match[1]);
  }
  const end = from + size;
  const nextToken = end < all.length ? Buffer.from(`page-${end}`).toString('base64url') : undefined;
  return { items: all.slice(from, end), nextToken };
}
