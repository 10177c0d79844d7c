import { randomUUID } from 'node:crypto';
import type { Call, Reply } from './http.ts';
import { verify } from './sigv4.ts';
import type { World } from './world.ts';
import { accounts } from './world.ts';

/** STS in its query protocol: GetCallerIdentity and AssumeRole. */

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';

function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

function xml(status: number, body: string, requestId: string): Reply {
  return { status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body };
}

export function stsError(call: Call, status: number, code: string, message: string): Reply {
  call.note.error = code;
  const requestId = randomUUID();
  const type = status >= 500 ? 'Receiver' : 'Sender';
  const body = `<ErrorResponse xmlns="${namespace}">
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

function result(action: string, inner: string): Reply {
  const requestId = randomUUID();
  const body = `<${action}Response xmlns="${namespace}">
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

export function sts(world: World, call: Call): Reply {
  const form = call.method === 'POST' ? new URLSearchParams(call.body.toString('utf8')) : call.query;
  const action = form.get('Action') ?? '';
  call.note.operation = /^\w{1,64}$/.test(action) ? action : 'unknown';
  const verdict = verify(world, call, 'sts');
  if (!verdict.ok) {
    switch (verdict.refusal.reason) {
      case 'missing':
        return stsError(call, 403, 'MissingAuthenticationToken', 'Request is missing Authentication Token');
      case 'incomplete':
        return stsError(
          call,
          400,
          'IncompleteSignature',
          'Request must contain a complete SigV4 Authorization header.',
        );
      case 'bearer':
      case 'unknown-key':
        return stsError(
          call,
          403,
          'InvalidClientTokenId',
          'The security token included in the request is invalid.',
        );
      case 'expired':
        return stsError(call, 403, 'ExpiredToken', 'The security token included in the request is expired');
      case 'skew':
        return stsError(
          call,
          403,
          'SignatureDoesNotMatch',
          `Signature expired: ${verdict.refusal.amzDate} is not within 5 minutes of the server's time`,
        );
      case 'scope':
        return stsError(
          call,
          403,
          'SignatureDoesNotMatch',
          `Credential should be scoped to correct service: '${verdict.refusal.expected}'.`,
        );
      case 'signature':
        return stsError(
          call,
          403,
          'SignatureDoesNotMatch',
          'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
        );
    }
  }
  const { key } = verdict;
  if (action === 'GetCallerIdentity') {
    return result(
      action,
      `    <Arn>${escapeXml(key.arn)}</Arn>
    <UserId>${escapeXml(key.userId)}</UserId>
    <Account>${key.accountId}</Account>`,
    );
  }
  if (action !== 'AssumeRole') {
    return stsError(call, 400, 'InvalidAction', `Could not find operation ${action} for version 2011-06-15`);
  }

  const roleArn = form.get('RoleArn') ?? '';
  const sessionName = form.get('RoleSessionName') ?? '';
  const duration = Number(form.get('DurationSeconds') ?? 3600);
  const [, accountId = '', rolePath = ''] =
    /^arn:aws:iam::(\d{12}):role\/([\w+=,.@/-]+)$/.exec(roleArn) ?? [];
  const roleName = rolePath.split('/').at(-1) ?? '';
  if (roleName === '') return stsError(call, 400, 'ValidationError', `${roleArn} is invalid`);
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) {
    return stsError(call, 400, 'ValidationError', `The specified value for roleSessionName is invalid.`);
  }
  if (!Number.isInteger(duration) || duration < 900 || duration > 43_200) {
    return stsError(
      call,
      400,
      'ValidationError',
      'The requested DurationSeconds must be between 900 seconds and the MaxSessionDuration set for this role.',
    );
  }
  // Everybody here is a role already, so every AssumeRole is chaining.
  if (duration > 3600) {
    return stsError(
      call,
      400,
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
  }
  const exists = accounts.some((account) => account.accountId === accountId);
  if (!exists || !world.switches.assumableRoles.includes(roleName) || world.isDenied(accountId, roleName)) {
    return stsError(
      call,
      403,
      'AccessDenied',
      `User: ${key.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
    );
  }
  const lifetimeSeconds = Math.min(duration, world.switches.lifetimes.roleCredentials);
  const issued = world.issueKey({
    accountId,
    roleName,
    source: 'assume-role',
    now: call.now,
    lifetimeSeconds,
    roleSessionName: sessionName,
  });
  return result(
    action,
    `    <AssumedRoleUser>
      <AssumedRoleId>${escapeXml(issued.userId)}</AssumedRoleId>
      <Arn>${escapeXml(issued.arn)}</Arn>
    </AssumedRoleUser>
    <Credentials>
      <AccessKeyId>${issued.accessKeyId}</AccessKeyId>
      <SecretAccessKey>${issued.secretAccessKey}</SecretAccessKey>
      <SessionToken>${issued.sessionToken}</SessionToken>
      <Expiration>${new Date(issued.expiresAt).toISOString().replace(/\.\d+Z$/, 'Z')}</Expiration>
    </Credentials>`,
  );
}
