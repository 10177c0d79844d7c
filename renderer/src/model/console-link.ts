import { portalConsoleUrl } from '../../../src/domain/partition.ts';

/** The access portal's shortcut into the AWS console as a role; null where the start URL is none. */
export function consoleLink(startUrl: string, accountId: string, roleName: string): string | null {
  return URL.canParse(startUrl) ? portalConsoleUrl(startUrl, { accountId, roleName }) : null;
}
