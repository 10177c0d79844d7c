import type { CredentialsView, SsoSessionView } from '../../contract/state.ts';
import { portalConsoleUrl } from './partition.ts';

/** The access portal's shortcut into the AWS console as a role; null where the start URL is no web address. */
export function consoleLink(startUrl: string, accountId: string, roleName: string): string | null {
  if (!/^https?:\/\/[^\s/?#@\\]+(?:[/?#]|$)/i.test(startUrl)) return null;
  return portalConsoleUrl(startUrl, { accountId, roleName });
}

/** The shortcut for the role in use; null where it is no permission set of an access portal. */
export function consoleLinkOf(
  credentials: CredentialsView | null,
  ssoSession: SsoSessionView | null,
): string | null {
  if (credentials === null || ssoSession === null || credentials.ssoSession !== ssoSession.id) return null;
  const { kind, accountId, roleName } = credentials;
  if ((kind !== 'sso' && kind !== 'sso-legacy') || accountId === null || roleName === null) return null;
  return consoleLink(ssoSession.startUrl, accountId, roleName);
}
