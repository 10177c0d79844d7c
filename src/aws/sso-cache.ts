import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from './replace-file.ts';
import { watchFolder } from './watch.ts';

/**
 * The token and registration files of ~/.aws/sso/cache, as the AWS CLI, botocore and every SDK read and write them.
 * They hold secrets in plain text: that is AWS's own format; 0600 is what guards them.
 */

/** A token file as data. Dates epoch ms. */
export interface SsoToken {
  startUrl: string;
  region: string;
  accessToken: string;
  expiresAt: number;
  refreshToken?: string;
  clientId?: string;
  clientSecret?: string;
  registrationExpiresAt?: number;
}

/** A registered OIDC client. `expiresAt` epoch ms; `grantTypes` only where it may use the authorization code grant. */
export interface Registration {
  clientId: string;
  clientSecret: string;
  expiresAt: number;
  scopes: readonly string[];
  grantTypes?: readonly string[];
}

/** Why a file gave no token. `torn`: no JSON object (half written by a tool that writes in place). */
export type TokenProblem = 'missing' | 'unreadable' | 'torn' | 'no-access-token' | 'no-expiry';

const tokenFields = new Set([
  'startUrl',
  'region',
  'accessToken',
  'expiresAt',
  'clientId',
  'clientSecret',
  'registrationExpiresAt',
  'refreshToken',
]);

const sha1 = (text: string) => createHash('sha1').update(text, 'utf8').digest('hex');

/** The cache folder: always under HOME, AWS knows no override. */
export function ssoCacheDir(userHome: string): string {
  return join(userHome, '.aws', 'sso', 'cache');
}

/** `id`: name of the `[sso-session]`, or the start URL of a legacy profile. */
export function tokenFileName(id: string): string {
  return `${sha1(id)}.json`;
}

/** JSON text as Python's `json.dumps` writes it (`ensure_ascii`). */
function pythonJson(value: string): string {
  return JSON.stringify(value).replace(
    /[^ -~]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/**
 * Where botocore keeps the registration: SHA-1 of a JSON text that must be Python's byte for byte. `scopes` null and
 * `sessionName` null where the configuration names none.
 */
export function registrationFileName(key: {
  region: string;
  scopes: readonly string[] | null;
  sessionName: string | null;
  startUrl: string;
}): string {
  const scopes = key.scopes === null ? 'null' : `[${key.scopes.map(pythonJson).join(', ')}]`;
  const session = key.sessionName === null ? 'null' : pythonJson(key.sessionName);
  const text =
    `{"region": ${pythonJson(key.region)}, "scopes": ${scopes}, "session_name": ${session}, ` +
    `"startUrl": ${pythonJson(key.startUrl)}, "tool": "botocore"}`;
  return `${sha1(text)}.json`;
}

/** `%Y-%m-%dT%H:%M:%SZ`: the one form that all tools read. Rounded down, so that nobody believes in a dead token. */
export function formatDate(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}

/** Epoch ms; older tools wrote `…UTC` for `…Z`, or no zone (which they meant as UTC). Null if it is no date. */
export function parseDate(value: unknown): number | null {
  if (typeof value !== 'string') return null;
  let text = value.trim().replace(/\s*UTC$/, 'Z');
  if (/^\d{4}-\d\d-\d\d[T ][\d:.]+$/.test(text)) text += 'Z';
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : at;
}

/** A file's JSON object; or why there is none. */
async function readObject(
  path: string,
): Promise<{ object: Record<string, unknown> } | { problem: 'missing' | 'unreadable' | 'torn' }> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (e) {
    return { problem: (e as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'unreadable' };
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { object: value as Record<string, unknown> };
    }
  } catch {
    // told below: JSON.parse's message would quote the file
  }
  return { problem: 'torn' };
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** Reads a token file, whoever wrote it. Only accessToken and expiresAt are needed (as every SDK has it). */
export async function readToken(
  dir: string,
  id: string,
): Promise<{ token: SsoToken | null; problem?: TokenProblem }> {
  const read = await readObject(join(dir, tokenFileName(id)));
  if ('problem' in read) return { token: null, problem: read.problem };
  const o = read.object;
  const accessToken = textOf(o.accessToken);
  if (accessToken === undefined) return { token: null, problem: 'no-access-token' };
  const expiresAt = parseDate(o.expiresAt);
  if (expiresAt === null) return { token: null, problem: 'no-expiry' };
  const token: SsoToken = {
    startUrl: textOf(o.startUrl) ?? '',
    region: textOf(o.region) ?? '',
    accessToken,
    expiresAt,
  };
  const refreshToken = textOf(o.refreshToken);
  const clientId = textOf(o.clientId);
  const clientSecret = textOf(o.clientSecret);
  const registrationExpiresAt = parseDate(o.registrationExpiresAt);
  if (refreshToken !== undefined) token.refreshToken = refreshToken;
  if (clientId !== undefined) token.clientId = clientId;
  if (clientSecret !== undefined) token.clientSecret = clientSecret;
  if (registrationExpiresAt !== null) token.registrationExpiresAt = registrationExpiresAt;
  return { token };
}

/**
 * Writes a token file in one step, 0600. Fields that we do not know stay; those that this token lacks (a refresh
 * token that was not returned) go. Rejects with the system's error; the old file is then as it was.
 */
export async function writeToken(dir: string, id: string, token: SsoToken): Promise<void> {
  const path = join(dir, tokenFileName(id));
  const read = await readObject(path);
  const unknown = 'object' in read ? Object.entries(read.object).filter(([k]) => !tokenFields.has(k)) : [];
  const { registrationExpiresAt: registered } = token;
  const fields = {
    startUrl: token.startUrl,
    region: token.region,
    accessToken: token.accessToken,
    expiresAt: formatDate(token.expiresAt),
    clientId: token.clientId,
    clientSecret: token.clientSecret,
    registrationExpiresAt: registered === undefined ? undefined : formatDate(registered),
    refreshToken: token.refreshToken,
  };
  await replaceFile(path, JSON.stringify({ ...fields, ...Object.fromEntries(unknown) }), { mode: 0o600 });
}

/** Removes a token file (sign-out). Not being there is fine. */
export async function deleteToken(dir: string, id: string): Promise<void> {
  await rm(join(dir, tokenFileName(id)), { force: true });
}

/** Reads a registration, or null. Whether it is still good (15 min left, right grant types) is the caller's to say. */
export async function readRegistration(dir: string, fileName: string): Promise<Registration | null> {
  const read = await readObject(join(dir, fileName));
  if ('problem' in read) return null;
  const { clientId, clientSecret, expiresAt, scopes, grantTypes } = read.object;
  const at = parseDate(expiresAt);
  if (typeof clientId !== 'string' || typeof clientSecret !== 'string' || at === null) return null;
  const strings = (v: unknown) => (Array.isArray(v) ? v.filter((s) => typeof s === 'string') : undefined);
  const grants = strings(grantTypes);
  return {
    clientId,
    clientSecret,
    expiresAt: at,
    scopes: strings(scopes) ?? [],
    ...(grants === undefined ? {} : { grantTypes: grants }),
  };
}

/** Writes a registration as the AWS CLI does, so that either can use the other's. 0600, in one step. */
export async function writeRegistration(dir: string, fileName: string, r: Registration): Promise<void> {
  const fields = {
    clientId: r.clientId,
    clientSecret: r.clientSecret,
    expiresAt: formatDate(r.expiresAt),
    ...(r.scopes.length > 0 ? { scopes: r.scopes } : {}),
    ...(r.grantTypes ? { grantTypes: r.grantTypes } : {}),
  };
  await replaceFile(join(dir, fileName), JSON.stringify(fields), { mode: 0o600 });
}

/** Tells of every change in the cache folder, also when the folder does not exist yet. The function stops. */
export function watchCache(dir: string, onChange: () => void): () => void {
  return watchFolder(dir, onChange);
}
