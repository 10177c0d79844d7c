import { createPublicKey, verify } from 'node:crypto';

/** Begins the last line of an announcement that is signed: a comment to every YAML reader. */
export const SIGNATURE_LINE = '# bedrock-tray-signature: ';

/** What is signed: the text up to its last line, and the name that it is announced under, so that no channel's or platform's text passes for another's. */
export function signedBytes(fileName: string, body: string): Buffer {
  return Buffer.from(`bedrock-tray update 1\n${fileName}\n${body}`);
}

/** DER prefix of an Ed25519 public key (RFC 8410). */
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

/** The text of an announcement that one of the keys (raw, base64) has signed under this name; null for any other. */
export function verifiedBody(text: string, fileName: string, keys: readonly string[]): string | null {
  const at = text.lastIndexOf(`\n${SIGNATURE_LINE}`) + 1;
  if (at === 0) return null;
  const body = text.slice(0, at);
  const line = text.slice(at + SIGNATURE_LINE.length).trimEnd();
  if (!/^[A-Za-z0-9+/]{86}==$/.test(line)) return null;
  const signature = Buffer.from(line, 'base64');
  // Of the last character two bits count only: no other spelling passes.
  if (signature.toString('base64') !== line) return null;
  const message = signedBytes(fileName, body);
  const isSigned = keys.some((raw) => {
    const bytes = Buffer.from(raw, 'base64');
    if (bytes.length !== 32) return false;
    const key = createPublicKey({ key: Buffer.concat([SPKI, bytes]), format: 'der', type: 'spki' });
    return verify(null, message, key, signature);
  });
  return isSigned ? body : null;
}
