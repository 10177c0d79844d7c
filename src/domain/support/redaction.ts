/**
 * Takes secrets out of what is about to be logged or shown. A second line of defence: rooms do not log secrets in
 * the first place. By field name, and by the shapes that AWS's secrets have in free text.
 */

export const REDACTED = '[redacted]';

/** Field names (any case, `-` and `_` ignored) whose values are never shown. */
const secretNames = new Set([
  'accesstoken',
  'refreshtoken',
  'idtoken',
  'token',
  'tokens',
  'bearer',
  'bearertoken',
  'bedrockapikey',
  'apikey',
  'authorization',
  'proxyauthorization',
  'cookie',
  'setcookie',
  'clientsecret',
  'secret',
  'secretkey',
  'secretaccesskey',
  'awssecretaccesskey',
  'sessiontoken',
  'awssessiontoken',
  'awsbearertokenbedrock',
  'awscontainerauthorizationtoken',
  'xamzssobearertoken',
  'xamzsecuritytoken',
  'devicecode',
  'code',
  'codeverifier',
  'password',
  'passphrase',
  'ticket',
  // A caller's whole environment.
  'env',
  'environ',
]);

/** Error codes and exit codes are not authorization codes: short, plain words and numbers stay. */
const plainCode = /^[A-Za-z][A-Za-z]*[A-Z_]?[A-Za-z_]*$/;

function isSecretField(name: string, value: unknown): boolean {
  const plain = name.toLowerCase().replace(/[-_]/g, '');
  if (!secretNames.has(plain)) return false;
  if (value === null || value === undefined || typeof value === 'boolean' || typeof value === 'number') {
    return false;
  }
  return !(plain === 'code' && typeof value === 'string' && value.length <= 32 && plainCode.test(value));
}

const b64 = 'A-Za-z0-9+/_=-';
/** Where a token may begin: at a word, or after an escape in a URL (`%3D`). */
const start = '(?:\\b|(?<=%[0-9A-Fa-f]{2}))';
const patterns: readonly (readonly [RegExp, string])[] = [
  // Parameters of URLs, forms and `name: value` lines.
  [
    // Which Claude Code it is and where is no code of a sign-in.
    /([?&;,\s"'{]|^)(?!(?<=\bclaude )code: (?:\d+\.\d+\.\d+|[/~]|[a-z]:\\))((?:access_?token|refresh_?token|client_?secret|code(?:_?verifier)?|device_?code|secret_?access_?key|session_?token|x-amz-security-token|x-amz-sso_bearer_token|x-amz-signature|ticket|password)["']?\s*[=:]\s*["']?)([^&\s"',;}]{6,})/gi,
    `$1$2${REDACTED}`,
  ],
  [/\b(authorization["']?\s*[=:]\s*["']?)(?:(bearer|basic)\s+)?[^\s"',}]+/gi, `$1${REDACTED}`],
  [
    /\b(AWS_(?:SECRET_ACCESS_KEY|SESSION_TOKEN|BEARER_TOKEN_BEDROCK|CONTAINER_AUTHORIZATION_TOKEN)=)\S+/g,
    `$1${REDACTED}`,
  ],
  // STS session tokens, Identity Center's access and refresh tokens, JWTs, Bedrock API keys.
  [new RegExp(`${start}(?:IQoJ|FwoG|FQoG)[${b64}]{20,}`, 'g'), REDACTED],
  [new RegExp(`${start}ao[ar][:${b64}]{20,}`, 'g'), REDACTED],
  [new RegExp(`${start}eyJ[A-Za-z0-9_-]{8,}[.${b64}]*`, 'g'), REDACTED],
  [new RegExp(`${start}(?:ABSK|bedrock-api-key-)[${b64}]{16,}`, 'g'), REDACTED],
  // `user:password@` in a URL (proxies); a token may stand there alone.
  [/(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^/?#\s"']+@/gi, `$1${REDACTED}@`],
];

/** A text without the secrets that can be told by their shape. */
export function redactText(text: string): string {
  let out = text;
  for (const [pattern, replacement] of patterns) out = out.replace(pattern, replacement);
  return out;
}

const maxDepth = 8;
const maxItems = 200;

/** A copy of `value`, safe to log: fields with secret names replaced, texts searched, errors made plain, cycles cut. */
export function redact(value: unknown): unknown {
  return walk(value, 0, new WeakSet());
}

/** The same for the fields of a log line. */
export function redactFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return walk(fields, 0, new WeakSet()) as Record<string, unknown>;
}

function walk(value: unknown, depth: number, seen: WeakSet<object>): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  if (typeof value === 'function') return '[function]';
  if (typeof value !== 'object' || value === null) return value;
  if (seen.has(value)) return '[circular]';
  if (depth >= maxDepth) return '[deep]';
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  seen.add(value);
  const out = walkObject(value, depth, seen);
  // The same object twice side by side is no cycle.
  seen.delete(value);
  return out;
}

function walkObject(value: object, depth: number, seen: WeakSet<object>): unknown {
  if (Array.isArray(value)) return value.slice(0, maxItems).map((item) => walk(item, depth + 1, seen));
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Map) return walk(Object.fromEntries(value), depth + 1, seen);
  if (value instanceof Set) return walk([...value], depth + 1, seen);
  const out: Record<string, unknown> = {};
  if (value instanceof Error) {
    out.name = value.name;
    out.message = redactText(value.message);
    if (value.stack !== undefined) out.stack = redactText(value.stack);
    if (value.cause !== undefined) out.cause = walk(value.cause, depth + 1, seen);
  }
  for (const [name, item] of Object.entries(value)) {
    out[name] = isSecretField(name, item) ? REDACTED : walk(item, depth + 1, seen);
  }
  return out;
}
