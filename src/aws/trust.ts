import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

/** Codes by which a certificate is refused because nobody here knows its authority. */
const unknownAuthority = new Set([
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);
/** A certificate that is known and not good: over, not yet valid (or the clock is wrong), revoked, malformed. */
const badCertificate = /^(CERT_|ERR_TLS_CERT|CRL_|UNABLE_TO_DECODE|INVALID_|HOSTNAME_MISMATCH)/;

export function isUnknownAuthority(code: string): boolean {
  return unknownAuthority.has(code);
}

/** Whether the other side could not prove to be who was called (a code of Node's TLS). */
export function isUntrusted(code: string): boolean {
  return isUnknownAuthority(code) || (badCertificate.test(code) && code !== 'ERR_TLS_CERT_ALTNAME_INVALID');
}

const bundles = new Map<string, { stamp: string; context: SecureContext }>();

/**
 * Believes only the authorities in AWS_CA_BUNDLE's file, as the AWS CLI does. Read again when the file changes.
 * Errors: the system's (`ENOENT`), OpenSSL's where the file holds no certificate.
 */
export function trustOfBundle(file: string): SecureContext {
  const { mtimeMs, size, ino } = statSync(file);
  const stamp = `${mtimeMs} ${size} ${ino}`;
  const known = bundles.get(file);
  if (known?.stamp === stamp) return known.context;
  const context = createSecureContext({ ca: readFileSync(file) });
  bundles.set(file, { stamp, context });
  return context;
}

let system: SecureContext | undefined;

/**
 * Believes Node's own roots, NODE_EXTRA_CA_CERTS and the computer's authorities. Made when a certificate was refused
 * for the first time, and kept: making it takes about 150 ms.
 */
export function trustOfSystem(): SecureContext {
  system ??= createSecureContext({
    ca: [...new Set([...getCACertificates('default'), ...getCACertificates('system')])],
  });
  return system;
}

/** The computer's authorities, once they had to be asked for; until then Node's own (undefined). */
export function trustSoFar(): SecureContext | undefined {
  return system;
}
