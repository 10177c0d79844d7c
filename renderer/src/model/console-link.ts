/**
 * The access portal's shortcut into the AWS console as a role: `<start URL>/#/console?account_id=…&role_name=…`. The
 * portal's own host decides the partition. Null where the start URL is none.
 */
export function consoleLink(startUrl: string, accountId: string, roleName: string): string | null {
  if (!URL.canParse(startUrl)) return null;
  const url = new URL(startUrl);
  url.search = '';
  url.hash = '';
  const query = new URLSearchParams({ account_id: accountId, role_name: roleName });
  return `${url.href.replace(/\/+$/, '')}/#/console?${query}`;
}
