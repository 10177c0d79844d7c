/**
 * Signs what announces updates (docs/updates.md).
 *
 *   node scripts/update-feed.ts key FILE            makes a key: private PEM into FILE (0600), public on stdout
 *   node scripts/update-feed.ts sign FOLDER --base URL [--page URL] [--staging PERCENT]
 *                                                   electron-builder's latest*.yml and beta*.yml there, in place
 *   node scripts/update-feed.ts verify FOLDER       with the keys that this version ships
 *
 * `sign` takes the private key from UPDATE_SIGNING_KEY (PEM) and refuses one that the app does not know.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseUpdateInfo } from 'electron-updater/out/providers/Provider.js';
import { updateKeys } from '../src/tray/update-keys.ts';
import { SIGNATURE_LINE, signedBytes, verifiedBody } from '../src/tray/update-signature.ts';

/** A public key as src/tray/update-keys.ts has it: raw, base64. */
export function rawPublicKey(key: KeyObject): string {
  const { x } = createPublicKey(key as never).export({ format: 'jwk' });
  return Buffer.from(x ?? '', 'base64url').toString('base64');
}

export interface Announced {
  /** What the files' addresses are relative to. */
  base: string;
  page?: string;
  /** Share of computers that are to have it, 0 to 100. */
  staging?: number;
}

/** electron-builder's announcement with whole addresses and our own fields, signed under its name. JSON is YAML too. */
export function signedAnnouncement(
  yaml: string,
  fileName: string,
  { base, page, staging }: Announced,
  key: KeyObject,
): string {
  const { version, files, releaseDate } = parseUpdateInfo(yaml, fileName, new URL(base));
  const body = `${JSON.stringify(
    {
      version,
      files: files.map(({ url, sha512, size }) => ({ url: new URL(url, base).href, sha512, size })),
      ...(releaseDate && { releaseDate }),
      ...(page && { releasePage: page }),
      ...(staging !== undefined && { stagingPercentage: staging }),
    },
    null,
    2,
  )}\n`;
  return `${body}${SIGNATURE_LINE}${sign(null, signedBytes(fileName, body), key).toString('base64')}\n`;
}

const announcements = (folder: string): string[] =>
  readdirSync(folder).filter((name) => /^(latest|beta)(-mac|-linux(-[a-z0-9]+)?)?\.yml$/.test(name));

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { base: { type: 'string' }, page: { type: 'string' }, staging: { type: 'string' } },
  });
  const [command, place] = positionals;
  if (command === 'key' && place) {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(place, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600, flag: 'wx' });
    console.log(rawPublicKey(privateKey));
    return;
  }
  if (command === 'sign' && place && values.base) {
    const pem = process.env.UPDATE_SIGNING_KEY;
    if (!pem) throw new Error('UPDATE_SIGNING_KEY is not set');
    const key = createPrivateKey(pem);
    if (!updateKeys.includes(rawPublicKey(key)))
      throw new Error('this key is none of src/tray/update-keys.ts: no copy would believe it');
    const staging = values.staging === undefined ? undefined : Number(values.staging);
    if (staging !== undefined && !(staging >= 0 && staging <= 100)) throw new Error('--staging is 0 to 100');
    const base = values.base.endsWith('/') ? values.base : `${values.base}/`;
    const announced = {
      base,
      ...(values.page && { page: values.page }),
      ...(staging !== undefined && { staging }),
    };
    for (const name of announcements(place)) {
      const file = join(place, name);
      writeFileSync(file, signedAnnouncement(readFileSync(file, 'utf8'), name, announced, key));
      console.log(`signed ${name}`);
    }
    return;
  }
  if (command === 'verify' && place) {
    const names = announcements(place);
    for (const name of names) {
      const good = verifiedBody(readFileSync(join(place, name), 'utf8'), name, updateKeys) !== null;
      console.log(`${name}: ${good ? 'signed' : 'NOT signed'}`);
      if (!good) process.exitCode = 1;
    }
    if (names.length === 0) throw new Error(`nothing that announces an update in ${place}`);
    return;
  }
  console.error('usage: node scripts/update-feed.ts key FILE | sign FOLDER --base URL | verify FOLDER');
  process.exitCode = 2;
}

if (process.argv[1] === import.meta.filename) main();
