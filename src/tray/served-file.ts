import { extname, join, normalize, sep } from 'node:path';
import { pageOrigin } from '../contract/page-relay.ts';

/** The kinds of files that make up the page. */
export const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/**
 * What the page may do: its own files alone, no code or style made of text, nothing fetched from anywhere else, and
 * no text taken for markup (Trusted Types). index.html says nearly the same for itself.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

export const pageHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-cache',
};

/** The file that an address of the page names; null for any that is not a plain file path below the root. */
export function servedFile(root: string, method: string, address: string): string | null {
  if (method !== 'GET') return null;
  let path: string;
  try {
    const url = new URL(address);
    if (url.protocol !== `${pageOrigin.scheme}:` || url.host !== pageOrigin.host) return null;
    path = decodeURIComponent(url.pathname);
  } catch {
    return null;
  }
  if (path.includes('\0') || path.includes('\\') || path.split('/').includes('..')) return null;
  const file = normalize(join(root, path === '/' ? 'index.html' : path));
  return file.startsWith(root + sep) && contentTypes[extname(file)] !== undefined ? file : null;
}
