import { describe, expect, test } from 'vitest';
import { AwsFault, OidcFault, toFault } from '../../../src/aws/faults.ts';
import { TransportError } from '../../../src/aws/transport.ts';

const sdk = (name: string, status: number, more: object = {}, headers: Record<string, string> = {}) =>
  Object.assign(new Error('words'), {
    name,
    $metadata: { httpStatusCode: status },
    $response: { statusCode: status, headers },
    ...more,
  });
const oidc = (e: unknown, secrets: string[] = []) =>
  toFault(e, { service: 'sso-oidc', endpoint: 'https://oidc.us-east-1.amazonaws.com', secrets });
const portal = (e: unknown) =>
  toFault(e, { service: 'sso', endpoint: 'https://portal.sso.us-east-1.amazonaws.com', secrets: [] });

describe('kinds', () => {
  test.each([
    ['InvalidGrantException', 400, 'client'],
    ['InvalidClientException', 401, 'client'],
    ['AccessDeniedException', 400, 'client'],
    ['SlowDownException', 400, 'throttle'],
    ['TooManyRequestsException', 429, 'throttle'],
    ['InternalServerException', 500, 'server'],
    // A proxy's page: not the OIDC service's word, so it must not end an SSO session.
    ['UnknownError', 403, 'server'],
    ['403', 403, 'server'],
    ['UnknownError', 302, 'network'],
  ])('OIDC %s %i is %s', (name, status, kind) => {
    const fault = oidc(sdk(name, status));
    expect(fault).toBeInstanceOf(OidcFault);
    expect(fault).toMatchObject({ kind, name, service: 'sso-oidc', host: 'oidc.us-east-1.amazonaws.com' });
  });
  test.each([
    ['UnauthorizedException', 401, 'unauthorized'],
    ['ForbiddenException', 403, 'forbidden'],
    ['ResourceNotFoundException', 404, 'not-found'],
    ['InvalidRequestException', 400, 'client'],
    ['TooManyRequestsException', 429, 'throttle'],
    ['ServiceUnavailable', 503, 'server'],
  ])('portal %s %i is %s', (name, status, kind) => {
    const fault = portal(sdk(name, status));
    expect(fault).toBeInstanceOf(AwsFault);
    expect(fault).not.toBeInstanceOf(OidcFault);
    expect(fault.kind).toBe(kind);
  });
  test('no answer is network, named by its cause', () => {
    expect(oidc(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }))).toMatchObject({
      kind: 'network',
      name: 'ECONNREFUSED',
    });
    expect(oidc(Object.assign(new Error('x'), { name: 'TimeoutError' }))).toMatchObject({
      kind: 'network',
      name: 'TimeoutError',
    });
    for (const thing of [undefined, null, 'text', 5]) expect(oidc(thing).kind).toBe('network');
  });
});

test('a page in AWS’s place is no word of the service', () => {
  expect(oidc(sdk('SyntaxError', 200))).toMatchObject({ kind: 'network', name: 'NotAws' });
  expect(portal(sdk('SyntaxError', 401))).toMatchObject({ kind: 'network', name: 'NotAws' });
  expect(portal(sdk('SyntaxError', 502)).kind).toBe('server');
  expect(oidc(new TransportError('CertificateUntrusted', 'CERT_UNTRUSTED'))).toMatchObject({
    kind: 'network',
    name: 'CertificateUntrusted',
    detail: 'CERT_UNTRUSTED',
  });
});

test('what the service asks for and its clock are read', () => {
  const date = 'Wed, 01 Jan 2031 00:00:00 GMT';
  expect(portal(sdk('Throttled', 429, {}, { 'retry-after': '7', date })).retryAfterMs).toBe(7000);
  const later = 'Wed, 01 Jan 2031 00:00:30 GMT';
  expect(portal(sdk('Throttled', 503, {}, { 'retry-after': later, date })).retryAfterMs).toBe(30_000);
  expect(portal(sdk('Throttled', 503)).retryAfterMs).toBeUndefined();
});

test('no secret comes out: not of the request, not of the answer, not by a cause', () => {
  const secret = 'aoaAAAAAsecret-token';
  const error = sdk('InvalidGrantException', 400, {
    error_description: `no such token ${secret}\nand more`,
    $response: { statusCode: 400, headers: {}, body: secret },
    config: { headers: { 'x-amz-sso_bearer_token': secret } },
  });
  const fault = oidc(error, [secret]);
  const shown = `${fault.message} ${fault.stack} ${JSON.stringify(fault)} ${String(fault.cause)}`;
  expect(shown).not.toContain(secret);
  expect(fault.detail).toBe('no such token [redacted]');
});

test('the words of a service cannot steer a terminal and are short', () => {
  const fault = oidc(
    sdk('InvalidRequestException', 400, { error_description: `\u001b[2Jx${'y'.repeat(500)}` }),
  );
  expect(fault.detail).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  expect(fault.detail.length).toBeLessThanOrEqual(200);
});
