import { plainName } from './profile-name-template.ts';

/** A short name for an SSO session from its start URL: the organisation's alias, where it has one. */
export function proposedSsoSessionName(startUrl: string): string {
  const host = URL.canParse(startUrl) ? new URL(startUrl).hostname : '';
  const alias = host.split('.')[0] ?? '';
  return /^[a-z][\w-]*$/i.test(alias) && !/^d-\w+$/.test(alias) && alias !== 'localhost' ? alias : 'my-sso';
}

/** The first of `name`, `name-2`, `name-3`, … that is free. */
export function freeName(name: string, isTaken: (name: string) => boolean): string {
  const base = plainName(name).slice(0, 120) || 'my-sso';
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? base : `${base}-${n}`;
    if (!isTaken(candidate)) return candidate;
  }
}

/** One form for start URLs that lead to the same portal. */
export function plainStartUrl(startUrl: string): string {
  if (!URL.canParse(startUrl)) return startUrl;
  const url = new URL(startUrl);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** A start URL as people type or paste it: the scheme may be missing, and a `#/` behind it says nothing. */
export function typedStartUrl(text: string): string {
  const typed = text.trim().replace(/#.*$/, '');
  return /^[a-z][a-z0-9+.-]*:/i.test(typed) || typed === '' ? typed : `https://${typed}`;
}
