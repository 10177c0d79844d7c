import { TransportError } from './transport.ts';

/**
 * What went wrong in a call to AWS, as data that decisions can be made on. Never holds a token, a client secret or
 * a key: SDK errors carry the request and its headers, so they are read here and then dropped (no `cause`).
 *
 * - `client`: the service understood and refused (OIDC: one of its modelled errors, InvalidClient's 401 included).
 * - `unauthorized` 401, `forbidden` 403, `not-found` 404: portal, STS, Bedrock.
 * - `throttle`: 429, SlowDown and AWS's throttling names.
 * - `server`: 5xx, and any answer that the service's model does not know.
 * - `network`: no answer of AWS. `name` is the system's code (ECONNREFUSED, ENOTFOUND), `NotAws` where something else
 *   answered in its place, or another of TransportError's.
 */
export type FaultKind =
  | 'client'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'throttle'
  | 'server'
  | 'network';

export interface FaultFacts {
  kind: FaultKind;
  /** AWS's error name (`InvalidGrantException`), or a system code (`ECONNREFUSED`, `TimeoutError`). */
  name: string;
  /** One of endpoints.ts (`sso-oidc`, `sts`, `bedrock`, …). */
  service: string;
  /** Host and port that were called. */
  host: string;
  /** The service's own words, one line, at most 200 characters; '' if none. */
  detail: string;
  /** How long the service asks to wait (Retry-After), ms. */
  retryAfterMs?: number;
}

export class AwsFault extends Error {
  readonly kind: FaultKind;
  readonly service: string;
  readonly host: string;
  readonly detail: string;
  readonly retryAfterMs?: number;
  constructor(facts: FaultFacts) {
    super(`${facts.service}: ${facts.name}${facts.detail ? `: ${facts.detail}` : ''}`);
    this.name = facts.name;
    this.kind = facts.kind;
    this.service = facts.service;
    this.host = facts.host;
    this.detail = facts.detail;
    if (facts.retryAfterMs !== undefined) this.retryAfterMs = facts.retryAfterMs;
  }
}

/** A fault of IAM Identity Center's OIDC service; `name` is one of its error shapes when `kind` is `client`. */
export class OidcFault extends AwsFault {}

/** What SDK clients throw, as far as it is read. */
interface SdkError {
  name?: unknown;
  code?: unknown;
  message?: unknown;
  error_description?: unknown;
  $metadata?: { httpStatusCode?: number };
  $response?: { statusCode?: number; headers?: Record<string, string> };
}

const oidcNames = new Set([
  'AccessDeniedException',
  'AuthorizationPendingException',
  'ExpiredTokenException',
  'InvalidClientException',
  'InvalidClientMetadataException',
  'InvalidGrantException',
  'InvalidRedirectUriException',
  'InvalidRequestException',
  'InvalidRequestRegionException',
  'InvalidScopeException',
  'UnauthorizedClientException',
  'UnsupportedGrantTypeException',
]);

const throttleNames = /^(SlowDown|Throttl|TooManyRequests|RequestLimitExceeded|RequestThrottled)/;

/** Refusals of an identity: services of the JSON protocol give them the status 400. */
const refusalNames =
  /^(AccessDenied|UnauthorizedOperation|UnrecognizedClient|ExpiredToken|InvalidSignature|IncompleteSignature|MissingAuthenticationToken)/;

function kindOf(service: string, name: string, status: number | undefined): FaultKind {
  if (status === undefined) return 'network';
  if (status === 429 || throttleNames.test(name)) return 'throttle';
  if (status >= 500) return 'server';
  if (status < 400) return 'network';
  if (service === 'sso-oidc') return oidcNames.has(name) ? 'client' : 'server';
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not-found';
  if (status === 400 && refusalNames.test(name)) return 'forbidden';
  return 'client';
}

/** Seconds or an HTTP date, as ms from `serverDate` (or from nothing: then dates are ignored). */
function retryAfter(value: string | undefined, serverDate: number | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) || serverDate === undefined ? undefined : Math.max(0, at - serverDate);
}

/** The service's words, one line, without the secrets of the request. */
function wordsOf(e: SdkError, secrets: readonly string[]): string {
  const words = typeof e.error_description === 'string' ? e.error_description : e.message;
  if (typeof words !== 'string') return '';
  let text = words.split(/\r?\n/)[0] ?? '';
  for (const secret of secrets) if (secret.length > 3) text = text.replaceAll(secret, '[redacted]');
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').slice(0, 200);
}

/** AWS has not answered. */
function unreached(name: string, detail: string, call: { service: string; endpoint: string }): AwsFault {
  const facts: FaultFacts = {
    kind: 'network',
    name,
    service: call.service,
    host: new URL(call.endpoint).host,
    detail,
  };
  return call.service === 'sso-oidc' ? new OidcFault(facts) : new AwsFault(facts);
}

/** Turns whatever an SDK call threw into a fault. `secrets`: strings of the request that may not be repeated. */
export function toFault(
  error: unknown,
  call: { service: string; endpoint: string; secrets: readonly string[] },
): AwsFault {
  if (error instanceof AwsFault) return error;
  if (error instanceof TransportError) return unreached(error.code, error.reason, call);
  const e = (typeof error === 'object' && error !== null ? error : {}) as SdkError;
  const headers = e.$response?.headers ?? {};
  const status = e.$metadata?.httpStatusCode ?? e.$response?.statusCode;
  const own = typeof e.name === 'string' && e.name !== 'Error' ? e.name : 'UnknownError';
  // Taken for AWS's by its headers, but no answer of a service: a page.
  if (status !== undefined && status < 500 && own === 'SyntaxError') return unreached('NotAws', '', call);
  const isAws = status !== undefined && own !== 'SyntaxError';
  const page = own === 'SyntaxError' && status !== undefined ? `Http${status}` : own;
  const name = !isAws && typeof e.code === 'string' ? e.code : page;
  const date = headers.date === undefined ? Number.NaN : Date.parse(headers.date);
  const serverDate = Number.isNaN(date) ? undefined : date;
  const retryAfterMs = retryAfter(headers['retry-after'], serverDate);
  const facts: FaultFacts = {
    kind: kindOf(call.service, name, status),
    name,
    service: call.service,
    host: new URL(call.endpoint).host,
    detail: wordsOf(e, call.secrets),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
  return call.service === 'sso-oidc' ? new OidcFault(facts) : new AwsFault(facts);
}
