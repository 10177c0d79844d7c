import { BedrockTrayError } from '../../contract/errors.ts';
import { redactText } from '../../domain/support/redaction.ts';
import type { RoleCredentials } from '../ports.ts';
import type { CommandResult } from './run-command.ts';

/** What a command said last on stderr, or how it ended; one line without secrets. */
export function reasonOf({ code, signal, timedOut, stderr }: CommandResult, timeoutMs: number): string {
  if (timedOut) return `no answer within ${Math.round(timeoutMs / 1000)} s`;
  const said = oneLine(stderr);
  return said === '' ? (signal ?? `exit status ${code}`) : said;
}

/** The last lines of a text as one, printable and redacted. */
export function oneLine(text: string): string {
  const plain = redactText(text)
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '')
    .replace(/[\u0000-\u001f\u007f-\u009f\s]+/g, ' ')
    .trim();
  return plain.length <= 300 ? plain : `…${plain.slice(-300)}`;
}

/** The program of a command line: its arguments may hold secrets, and so may variables that a shell is to set for it. */
export function shownCommand(words: readonly string[]): string {
  const [program = '', ...args] = words;
  const variable = /^(\w+)=/.exec(program)?.[1];
  if (variable !== undefined) return `${variable.slice(0, 200)}=…`;
  return args.length === 0 ? program.slice(0, 200) : `${program.slice(0, 200)} …`;
}

interface Keys {
  AccessKeyId?: unknown;
  SecretAccessKey?: unknown;
  SessionToken?: unknown;
  Expiration?: unknown;
  AccountId?: unknown;
  Version?: unknown;
}

/**
 * The document of a credential_process, as botocore and the SDKs check it. Errors: CommandFailed; its reason never
 * quotes the document.
 */
export function processCredentials(stdout: string, command: string, now: number): RoleCredentials {
  const refuse = (reason: string) => new BedrockTrayError('CommandFailed', { command, reason });
  const document = parsed(stdout);
  if (!document) throw refuse('stdout is not a JSON document');
  if (document.Version !== 1) throw refuse(`Version is ${kindOf(document.Version)}, not 1`);
  return keysOf(document, refuse, now);
}

/**
 * What Claude Code takes from an awsCredentialExport: `{"Credentials": {…}}` as STS answers, or the flat form of a
 * credential_process; all three keys, and an Expiration that it does not insist on. Errors: CommandFailed.
 */
export function claudeCredentials(stdout: string, command: string, now: number): RoleCredentials {
  const refuse = (reason: string) => new BedrockTrayError('CommandFailed', { command, reason });
  const document = parsed(stdout);
  if (!document) throw refuse('stdout is not a JSON document');
  const { Credentials: inner } = document as { Credentials?: unknown };
  const keys = typeof inner === 'object' && inner !== null ? (inner as Keys) : document;
  if (typeof keys.SessionToken !== 'string' || keys.SessionToken === '') throw refuse('no SessionToken');
  const isDate = typeof keys.Expiration === 'string' && !Number.isNaN(Date.parse(keys.Expiration));
  return keysOf(isDate ? keys : { ...keys, Expiration: undefined }, refuse, now);
}

function keysOf(keys: Keys, refuse: (reason: string) => Error, now: number): RoleCredentials {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration, AccountId } = keys;
  if (typeof AccessKeyId !== 'string' || AccessKeyId === '') throw refuse('no AccessKeyId');
  if (typeof SecretAccessKey !== 'string' || SecretAccessKey === '') throw refuse('no SecretAccessKey');
  let expiresAt: number | null = null;
  if (Expiration !== undefined && Expiration !== null) {
    expiresAt = typeof Expiration === 'string' ? Date.parse(Expiration) : Number.NaN;
    if (Number.isNaN(expiresAt)) throw refuse('Expiration is not a date');
    if (expiresAt <= now) throw refuse('Expiration is in the past');
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: typeof SessionToken === 'string' && SessionToken !== '' ? SessionToken : null,
    expiresAt,
    accountId: typeof AccountId === 'string' && /^\d{12}$/.test(AccountId) ? AccountId : null,
  };
}

function parsed(text: string): Keys | null {
  try {
    const value: unknown = JSON.parse(text.trim());
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Keys) : null;
  } catch {
    // Not told further: the parser's message would quote the text.
    return null;
  }
}

const kindOf = (value: unknown): string =>
  typeof value === 'number' ? String(value) : value === undefined ? 'missing' : 'not a number';
