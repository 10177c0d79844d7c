import type { CredentialFormat } from '../../contract/routes.ts';

/** Credentials to be shown. Secrets. */
export interface ShownCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  /** Null: keys of an IAM user. */
  sessionToken: string | null;
  /** Epoch ms; null: they do not end by themselves. */
  expiresAt: number | null;
  accountId: string | null;
}

/** A container's answer must name an end: for credentials without one, when to ask again. */
const ASK_AGAIN_MS = 3_600_000;

/** Whole seconds, rounded down: nobody may believe in credentials that are dead. */
const seconds = (epochMs: number) => new Date(epochMs).toISOString().slice(0, 19);

/** Python's `isoformat()`, as the AWS CLI prints it. */
const isoformat = (epochMs: number) => `${seconds(epochMs)}+00:00`;
const zulu = (epochMs: number) => `${seconds(epochMs)}Z`;

function lines(c: ShownCredentials, line: (name: string, value: string) => string): string {
  return [
    line('AWS_ACCESS_KEY_ID', c.accessKeyId),
    line('AWS_SECRET_ACCESS_KEY', c.secretAccessKey),
    ...(c.sessionToken === null ? [] : [line('AWS_SESSION_TOKEN', c.sessionToken)]),
    ...(c.expiresAt === null ? [] : [line('AWS_CREDENTIAL_EXPIRATION', isoformat(c.expiresAt))]),
    '',
  ].join('\n');
}

/**
 * Credentials as text, ready to print: byte for byte what `aws configure export-credentials --format …` of the AWS
 * CLI v2 prints, and `claude` for Claude Code's awsCredentialExport.
 */
export function formatCredentials(c: ShownCredentials, format: CredentialFormat): string {
  switch (format) {
    case 'process': {
      const document = {
        Version: 1,
        AccessKeyId: c.accessKeyId,
        SecretAccessKey: c.secretAccessKey,
        ...(c.sessionToken === null ? {} : { SessionToken: c.sessionToken }),
        ...(c.expiresAt === null ? {} : { Expiration: isoformat(c.expiresAt) }),
      };
      return `${JSON.stringify(document, null, 2)}\n`;
    }
    case 'env':
      return lines(c, (name, value) => `export ${name}=${value}`);
    case 'env-no-export':
      return lines(c, (name, value) => `${name}=${value}`);
    case 'powershell':
      return lines(c, (name, value) => `$Env:${name}="${value}"`);
    case 'windows-cmd':
      return lines(c, (name, value) => `set ${name}=${value}`);
    case 'fish':
      return lines(c, (name, value) => `set -gx ${name} "${value}"`);
    case 'claude': {
      const keys = {
        AccessKeyId: c.accessKeyId,
        SecretAccessKey: c.secretAccessKey,
        ...(c.sessionToken === null ? {} : { SessionToken: c.sessionToken }),
        ...(c.expiresAt === null ? {} : { Expiration: zulu(c.expiresAt) }),
      };
      return `${JSON.stringify({ Credentials: keys })}\n`;
    }
  }
}

/**
 * The answer of a container credentials endpoint (AWS_CONTAINER_CREDENTIALS_FULL_URI): every SDK wants a Token and an
 * Expiration in it; a blank token is taken for none.
 */
export function formatContainerCredentials(c: ShownCredentials, now: number): string {
  return JSON.stringify({
    AccessKeyId: c.accessKeyId,
    SecretAccessKey: c.secretAccessKey,
    Token: c.sessionToken ?? '',
    Expiration: zulu(c.expiresAt ?? now + ASK_AGAIN_MS),
    ...(c.accountId === null ? {} : { AccountId: c.accountId }),
  });
}

/**
 * Keys that AWS cannot have issued: access key ids are written in base 32 (A-Z, 2-7) and so never hold `0`. Handed
 * to a Claude session that nobody signed in for: a failing export would make it sign with whatever other AWS
 * identity lies around, these only get it a 403.
 */
export const uselessKeys = {
  accessKeyId: 'ASIA0000000000000000',
  secretAccessKey: 'bedrock+tray/nobody+has+signed+in+000000',
  sessionToken: 'bedrock+tray/nobody+has+signed+in',
} as const;
