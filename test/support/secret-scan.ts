import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface ScanInput {
  /** Scanned to the bottom. */
  folders: readonly string[];
  files: readonly string[];
  /** Argument lists of running processes. */
  argv: readonly string[];
  /** What programs printed. */
  output: readonly string[];
  /** Where the AWS CLI's token cache is: its secrets are looked for everywhere else. */
  home: string;
  /** `export-credentials --format process`. */
  credentials: string;
  /** The token of a container endpoint. */
  endpoint: string;
}

/** Every secret that the loopback AWS makes holds this, so that one that was handed out long ago is found as well. */
const MARK = /[\w+/=.-]{0,20}SbxSecret[\w+/=.-]{4}/;

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Secrets in force right now: from the token cache, the credentials and the endpoint. */
function secretsOf({ home, credentials, endpoint }: ScanInput): string[] {
  const cache = join(home, '.aws', 'sso', 'cache');
  const fromCache = filesBelow(cache).flatMap((file) => {
    const stored = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    return ['accessToken', 'refreshToken', 'clientSecret'].map((name) => stored[name]);
  });
  const keys = JSON.parse(credentials) as Record<string, unknown>;
  return [...fromCache, keys.SecretAccessKey, keys.SessionToken, endpoint.trim()].filter(
    (secret): secret is string => typeof secret === 'string' && secret.length >= 16,
  );
}

/** Places that hold a secret, each named without it. Empty is good. Throws when there was no secret to look for. */
export async function secretsFound(input: ScanInput): Promise<string[]> {
  const secrets = secretsOf(input);
  if (secrets.length < 5)
    throw new Error(`only ${secrets.length} secrets to look for: the scan would prove nothing`);
  const holds = (text: string): boolean => MARK.test(text) || secrets.some((secret) => text.includes(secret));
  const found: string[] = [];
  let scanned = 0;
  for (const file of [...input.files, ...input.folders.flatMap(filesBelow)]) {
    if (!existsSync(file) || statSync(file).size > 64 * 1024 * 1024) continue;
    scanned++;
    if (holds(readFileSync(file, 'latin1'))) found.push(file);
  }
  if (scanned === 0) throw new Error('no file was scanned: the scan would prove nothing');
  for (const line of input.argv) if (holds(line)) found.push(`argv of ${line.slice(0, 40)}`);
  for (const text of input.output) if (holds(text)) found.push('output of the app');
  return found;
}
