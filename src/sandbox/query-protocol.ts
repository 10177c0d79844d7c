import { randomUUID } from 'node:crypto';
import type { Call, Reply } from './http.ts';
import type { Refusal } from './sigv4.ts';

/** AWS's query protocol, which STS and IAM speak: a form is sent, XML comes back. */

export const namespaces = {
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
  iam: 'https://iam.amazonaws.com/doc/2010-05-08/',
} as const;
type QueryService = keyof typeof namespaces;

export function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** The call's form: a body, or the query of a GET. */
export function formOf(call: Call): URLSearchParams {
  return call.method === 'POST' ? new URLSearchParams(call.body.toString('utf8')) : call.query;
}

/** `Prefix.member.1`, `Prefix.member.2`, … of a form. */
export function members(form: URLSearchParams, prefix: string): string[] {
  const found: string[] = [];
  for (let at = 1; ; at++) {
    const value = form.get(`${prefix}.member.${at}`);
    if (value === null) return found;
    found.push(value);
  }
}

function xml(status: number, body: string, requestId: string): Reply {
  return { status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body };
}

export function queryError(
  service: QueryService,
  call: Call,
  status: number,
  code: string,
  message: string,
): Reply {
  call.note.error = code;
  call.note.errorMessage = message;
  const requestId = randomUUID();
  const type = status >= 500 ? 'Receiver' : 'Sender';
  const body = `<ErrorResponse xmlns="${namespaces[service]}">
  <Error>
    <Type>${type}</Type>
    <Code>${code}</Code>
    <Message>${escapeXml(message)}</Message>
  </Error>
  <RequestId>${requestId}</RequestId>
</ErrorResponse>
`;
  return xml(status, body, requestId);
}

export function queryResult(service: QueryService, action: string, inner: string): Reply {
  const requestId = randomUUID();
  const body = `<${action}Response xmlns="${namespaces[service]}">
  <${action}Result>
${inner}
  </${action}Result>
  <ResponseMetadata>
    <RequestId>${requestId}</RequestId>
  </ResponseMetadata>
</${action}Response>
`;
  return xml(200, body, requestId);
}

/** What these services answer to a caller whom they do not accept. */
export function queryRefusal(service: QueryService, call: Call, refusal: Refusal): Reply {
  const refuse = (status: number, code: string, message: string) =>
    queryError(service, call, status, code, message);
  switch (refusal.reason) {
    case 'missing':
      return refuse(403, 'MissingAuthenticationToken', 'Request is missing Authentication Token');
    case 'incomplete':
      return refuse(
        400,
        'IncompleteSignature',
        'Request must contain a complete SigV4 Authorization header.',
      );
    case 'bearer':
    case 'unknown-key':
      return refuse(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.');
    case 'expired':
      return refuse(403, 'ExpiredToken', 'The security token included in the request is expired');
    case 'skew':
      return refuse(
        403,
        'SignatureDoesNotMatch',
        `Signature expired: ${refusal.amzDate} is not within 5 minutes of the server's time`,
      );
    case 'scope':
      return refuse(
        403,
        'SignatureDoesNotMatch',
        `Credential should be scoped to correct service: '${refusal.expected}'.`,
      );
    case 'signature':
      return refuse(
        403,
        'SignatureDoesNotMatch',
        'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
      );
  }
}
