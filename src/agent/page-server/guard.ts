import type { IncomingHttpHeaders } from 'node:http';

/** What every answer carries: nothing inline, nothing from elsewhere, nothing kept, no frames. */
export function securityHeaders(port: number): Record<string, string> {
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "font-src 'self'",
      // Browsers differ on whether 'self' covers WebSockets.
      `connect-src 'self' ws://127.0.0.1:${port}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join('; '),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  };
}

/** Cookies are shared by all ports of a host: the name tells them apart. */
export const cookieName = (port: number) => `bedrock-tray-${port}`;

/** The visitor's cookie among those that the browser sent. */
export function visitorCookie(headers: IncomingHttpHeaders, port: number): string | undefined {
  for (const part of (headers.cookie ?? '').split(';')) {
    const [name, value] = part.trim().split('=', 2);
    if (name === cookieName(port)) return value;
  }
  return undefined;
}

/**
 * Whether a request was meant for this server and not sent by another site: the Host is ours, so a name that was
 * re-bound to 127.0.0.1 is refused; an Origin, where there is one (`originNeeded`: WebSockets always have one), is
 * ours; and a browser that says where the request comes from names this page, or a person.
 */
export function isOurs(headers: IncomingHttpHeaders, port: number, originNeeded: boolean): boolean {
  const host = `127.0.0.1:${port}`;
  if (headers.host !== host) return false;
  if (headers.origin === undefined ? originNeeded : headers.origin !== `http://${host}`) return false;
  const site = headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none';
}
