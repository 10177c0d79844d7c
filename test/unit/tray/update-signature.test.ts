import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { rawPublicKey, signedAnnouncement } from '../../../scripts/update-feed.ts';
import { updateKeys } from '../../../src/tray/update-keys.ts';
import { SIGNATURE_LINE, verifiedBody } from '../../../src/tray/update-signature.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const key = rawPublicKey(privateKey);
const yaml = `version: 0.2.0\nfiles:\n  - url: a.AppImage\n    sha512: ${'A'.repeat(86)}==\n    size: 3\n`;
const text = signedAnnouncement(
  yaml,
  'latest-linux.yml',
  { base: 'https://a.example/v/', staging: 25 },
  privateKey,
);

describe('signed announcements', () => {
  test('what our key signed is what it was, with whole addresses and the share of computers', () => {
    const body = verifiedBody(text, 'latest-linux.yml', [key]);
    expect(JSON.parse(body ?? '')).toEqual({
      version: '0.2.0',
      files: [{ url: 'https://a.example/v/a.AppImage', sha512: `${'A'.repeat(86)}==`, size: 3 }],
      stagingPercentage: 25,
    });
  });

  test('signed anew with another share, the rest stays', () => {
    const again = signedAnnouncement(
      text,
      'latest-linux.yml',
      { base: 'https://b.example/', staging: 100 },
      privateKey,
    );
    expect(JSON.parse(verifiedBody(again, 'latest-linux.yml', [key]) ?? '')).toMatchObject({
      files: [{ url: 'https://a.example/v/a.AppImage' }],
      stagingPercentage: 100,
    });
  });

  test('any of several keys will do; none, or no key at all, will not', () => {
    const other = rawPublicKey(generateKeyPairSync('ed25519').privateKey);
    expect(verifiedBody(text, 'latest-linux.yml', [other, key])).not.toBeNull();
    expect(verifiedBody(text, 'latest-linux.yml', [other])).toBeNull();
    expect(verifiedBody(text, 'latest-linux.yml', [])).toBeNull();
    expect(verifiedBody(text, 'latest-linux.yml', ['', 'AAAA', 'no base64 at all'])).toBeNull();
  });

  test('every single byte counts, before and after the signature’s line', () => {
    for (let at = 0; at < text.length - 1; at += 7) {
      const changed = `${text.slice(0, at)}${text[at] === 'x' ? 'y' : 'x'}${text.slice(at + 1)}`;
      expect(verifiedBody(changed, 'latest-linux.yml', [key]), `byte ${at}`).toBeNull();
    }
    expect(verifiedBody(`${text}version: 9.0.0\n`, 'latest-linux.yml', [key])).toBeNull();
    expect(verifiedBody(`version: 9.0.0\n${text}`, 'latest-linux.yml', [key])).toBeNull();
    expect(verifiedBody(`${text}${SIGNATURE_LINE}\n`, 'latest-linux.yml', [key])).toBeNull();
  });

  test('keys that are shipped are keys', () => {
    for (const shipped of updateKeys) expect(Buffer.from(shipped, 'base64')).toHaveLength(32);
  });
});
