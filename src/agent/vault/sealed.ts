import { createCipheriv, createDecipheriv } from 'node:crypto';

/** First byte of a sealed file: how the rest is to be read. */
const LAYOUT = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
export const KEY_BYTES = 32;

/** What a ciphertext is bound to: it opens under no other name and in no other layout. */
const boundTo = (name: string) => Buffer.from(`bedrock-tray vault ${LAYOUT}\n${name}`, 'utf8');

/** AES-256-GCM: layout, nonce (random, never used twice), tag, ciphertext. */
export function seal(key: Uint8Array, name: string, plain: Uint8Array, nonce: Uint8Array): Buffer {
  if (nonce.length !== NONCE_BYTES) throw new Error('a nonce has 12 bytes');
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(boundTo(name));
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([Buffer.of(LAYOUT), nonce, cipher.getAuthTag(), text]);
}

/** The plaintext; null where these bytes are not what was sealed under this name with this key. */
export function unseal(key: Uint8Array, name: string, bytes: Uint8Array): Buffer | null {
  const head = 1 + NONCE_BYTES + TAG_BYTES;
  if (bytes.length < head || bytes[0] !== LAYOUT) return null;
  try {
    const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(boundTo(name));
    decipher.setAuthTag(bytes.subarray(1 + NONCE_BYTES, head));
    return Buffer.concat([decipher.update(bytes.subarray(head)), decipher.final()]);
  } catch {
    return null;
  }
}

export const nonceBytes = NONCE_BYTES;
