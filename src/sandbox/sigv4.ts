import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Call } from './http.ts';
import { header } from './http.ts';
import type { IssuedKey, World } from './world.ts';

/** AWS Signature Version 4, the server's side. Written from the public description of the algorithm. */

export interface SignedRequest {
  readonly method: string;
  /** As sent on the wire, still percent-encoded. */
  readonly path: string;
  readonly rawQuery: string;
  /** Name and value alternating, as node:http gives them. */
  readonly rawHeaders: readonly string[];
  readonly body: Uint8Array;
}

export interface Authorization {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const scheme = 'AWS4-HMAC-SHA256';
const allowedSkewMs = 5 * 60 * 1000;

/** RFC 3986 encoding of everything but unreserved characters. */
export function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Services other than S3 sign the encoded path encoded once more, with `.`, `..` and empty segments removed. */
export function canonicalPath(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') kept.pop();
    else kept.push(segment);
  }
  const trailing = kept.length > 0 && path.endsWith('/') ? '/' : '';
  return `/${kept.map(encodeStrictly).join('/')}${trailing}`;
}

export function canonicalQuery(rawQuery: string): string {
  return rawQuery
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=');
      const name = at < 0 ? pair : pair.slice(0, at);
      const value = at < 0 ? '' : pair.slice(at + 1);
      return [encodeStrictly(decode(name)), encodeStrictly(decode(value))] as const;
    })
    .sort(([nameA, valueA], [nameB, valueB]) =>
      nameA === nameB ? compare(valueA, valueB) : compare(nameA, nameB),
    )
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** By code unit: locale must not matter. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function sha256Hex(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

function headerValues(rawHeaders: readonly string[], name: string): string[] {
  const values: string[] = [];
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    if (rawHeaders[at]?.toLowerCase() === name) values.push(rawHeaders[at + 1] ?? '');
  }
  return values;
}

export function canonicalRequest(request: SignedRequest, signedHeaders: readonly string[]): string {
  const lines = signedHeaders.map((name) => {
    const values = headerValues(request.rawHeaders, name).map((value) => value.trim().replace(/\s+/g, ' '));
    return `${name}:${values.join(',')}\n`;
  });
  return [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.rawQuery),
    lines.join(''),
    signedHeaders.join(';'),
    sha256Hex(request.body),
  ].join('\n');
}

function hmac(key: Uint8Array | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** The signature that `secretAccessKey` gives this request. `amzDate` is the X-Amz-Date header. */
export function signatureOf(
  request: SignedRequest,
  authorization: Omit<Authorization, 'signature' | 'accessKeyId'>,
  amzDate: string,
  secretAccessKey: string,
): string {
  const { date, region, service } = authorization;
  const scope = `${date}/${region}/${service}/aws4_request`;
  const toSign = [scheme, amzDate, scope, sha256Hex(canonicalRequest(request, authorization.signedHeaders))];
  const key = hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, date), region), service), 'aws4_request');
  return hmac(key, toSign.join('\n')).toString('hex');
}

/** Reads an Authorization header; undefined when it is not a complete SigV4 one. */
export function parseAuthorization(value: string): Authorization | undefined {
  if (!value.startsWith(`${scheme} `)) return undefined;
  const parts = new Map<string, string>();
  for (const part of value.slice(scheme.length).split(',')) {
    const at = part.indexOf('=');
    if (at > 0) parts.set(part.slice(0, at).trim(), part.slice(at + 1).trim());
  }
  const [accessKeyId, date, region, service, end, ...more] = (parts.get('Credential') ?? '').split('/');
  const signedHeaders = (parts.get('SignedHeaders') ?? '').split(';').filter((name) => name !== '');
  const signature = parts.get('Signature');
  if (!accessKeyId || !date || !region || !service || end !== 'aws4_request' || more.length > 0)
    return undefined;
  if (signature === undefined || signedHeaders.length === 0) return undefined;
  return { accessKeyId, date, region, service, signedHeaders, signature };
}

/** Epoch milliseconds of `20260102T030405Z`; NaN when it is not of that form. */
function parseAmzDate(text: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return Number.NaN;
  const [, y, mo, d, h, mi, s] = match;
  return Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
}

export type Refusal =
  | { readonly reason: 'missing' }
  | { readonly reason: 'incomplete' }
  | { readonly reason: 'bearer' }
  | { readonly reason: 'unknown-key' }
  | { readonly reason: 'expired' }
  | { readonly reason: 'signature' }
  | { readonly reason: 'skew'; readonly amzDate: string }
  | { readonly reason: 'scope'; readonly expected: string };

export type Verdict =
  | { readonly ok: true; readonly key: IssuedKey; readonly region: string }
  | { readonly ok: false; readonly refusal: Refusal };

const refuse = (refusal: Refusal): Verdict => ({ ok: false, refusal });

/**
 * Who signed this call? Checks, in AWS's order: is there an identity, is the key known (and its session token the
 * one issued with it), has it expired, is the request fresh and meant for `service`, does the signature match.
 */
export function verify(world: World, call: Call, service: string): Verdict {
  const value = header(call, 'authorization');
  if (value === undefined) {
    call.note.auth = 'none';
    return refuse({ reason: 'missing' });
  }
  if (/^bearer /i.test(value)) {
    call.note.auth = 'bearer';
    return refuse({ reason: 'bearer' });
  }
  call.note.auth = 'sigv4';
  const authorization = parseAuthorization(value);
  const amzDate = header(call, 'x-amz-date');
  if (authorization === undefined || amzDate === undefined) return refuse({ reason: 'incomplete' });
  const { accessKeyId, region } = authorization;
  call.note.accessKeyId = accessKeyId;
  call.note.region = region;

  const key = world.keys.get(accessKeyId);
  call.note.issued = key !== undefined;
  if (key === undefined || (header(call, 'x-amz-security-token') ?? '') !== key.sessionToken) {
    return refuse({ reason: 'unknown-key' });
  }
  call.note.generation = key.generation;
  call.note.userAgent = (header(call, 'user-agent') ?? '').slice(0, 1024);
  if (key.expiresAt <= call.now) return refuse({ reason: 'expired' });
  if (authorization.service !== service) return refuse({ reason: 'scope', expected: service });
  const signedAt = parseAmzDate(amzDate);
  if (!amzDate.startsWith(authorization.date) || !(Math.abs(call.now - signedAt) <= allowedSkewMs)) {
    return refuse({ reason: 'skew', amzDate });
  }
  const mustBeSigned = ['host', 'x-amz-date', ...(key.sessionToken === '' ? [] : ['x-amz-security-token'])];
  const claimed = header(call, 'x-amz-content-sha256');
  if (
    mustBeSigned.some((name) => !authorization.signedHeaders.includes(name)) ||
    (claimed !== undefined && claimed !== sha256Hex(call.body))
  ) {
    return refuse({ reason: 'signature' });
  }
  const expected = Buffer.from(signatureOf(call, authorization, amzDate, key.secretAccessKey));
  const given = Buffer.from(authorization.signature);
  if (expected.length !== given.length || !timingSafeEqual(expected, given))
    return refuse({ reason: 'signature' });
  return { ok: true, key, region };
}
