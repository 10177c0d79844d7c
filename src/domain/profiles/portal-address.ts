import { Region } from '../../contract/names.ts';

/**
 * What an access portal's address and page say of its region. Hosts as the AWS CLI (`awscli/customizations/sso/
 * resolve.py`) and the AWS SDK for .NET (`SSOEndpointResolver`) know them. Pure: who asks the page is aws/portal-region.
 */

/** Hosts that name the region themselves; `R` stands for it. */
const regional = [
  // Dual-stack, then IPv4 only, of each partition.
  '[^.]+.portal.R.app.aws',
  '[^.]+.R.portal.amazonaws.com',
  '[^.]+.portal.R.app.amazonwebservices.com.cn',
  '[^.]+.R.portal.amazonaws.com.cn',
  '[^.]+.portal.R.api.amazonwebservices.eu',
  '[^.]+.R.portal.amazonaws.eu',
  // China and GovCloud, the older form.
  'start.R.home.awsapps.cn',
  'start.R.us-gov-home.awsapps.com',
].map((form) => {
  const [before = '', after = ''] = form.split('R');
  const literal = (text: string) => text.replaceAll('.', '\\.').replaceAll('[^\\.]', '[^.]');
  return new RegExp(`^${literal(before)}([a-z0-9-]+)${literal(after)}$`);
});

/** Where a portal that sends browsers away sends them to: the sign-in of its own region. */
const signIn = /^([a-z0-9-]+)\.signin\.aws$/;

const awsSuffix =
  /(?:^|\.)(?:awsapps\.com|awsapps\.cn|app\.aws|portal\.amazonaws\.(?:com|com\.cn|eu)|app\.amazonwebservices\.com\.cn|api\.amazonwebservices\.eu|signin\.aws)$/;

/** The issuer's address has no page of its own. */
const issuer = /^identitycenter\.(?:us-gov\.)?amazonaws\.(?:com|com\.cn|eu)$/;

const plainHost = (host: string): string => host.toLowerCase().replace(/\.$/, '');

function asRegion(text: string | undefined): string | null {
  const parsed = Region.safeParse(text);
  return parsed.success ? parsed.data : null;
}

/** The region in a host's own name; null where it has none. */
export function regionOfPortalHost(host: string): string | null {
  const plain = plainHost(host);
  for (const form of [...regional, signIn]) {
    const region = asRegion(form.exec(plain)?.[1]);
    if (region !== null) return region;
  }
  return null;
}

/** Whether only AWS can answer under that name. */
export function isAwsPortalHost(host: string): boolean {
  const plain = plainHost(host);
  return awsSuffix.test(plain) || issuer.test(plain);
}

/** Whether there is nothing to read at an address of AWS. */
export function hasNoPage(host: string): boolean {
  return issuer.test(plainHost(host));
}

const attribute = (tag: string, name: string): string | undefined => {
  const [, double, single, bare] =
    new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, 'i').exec(tag) ?? [];
  return double ?? single ?? bare;
};

const unescaped = (text: string): string =>
  text.replaceAll('&quot;', '"').replaceAll('&#34;', '"').replaceAll('&amp;', '&');

/**
 * The region that the portal's page carries for its own script: `<meta name="region" content="…">` (what Granted
 * reads), or `region` in the JSON of the element `env` (the redesigned portal). Null where it says none.
 */
export function regionOfPortalPage(html: string): string | null {
  for (const [tag] of html.matchAll(/<meta\b[^<>]*>/gi)) {
    if (attribute(tag, 'name')?.toLowerCase() !== 'region') continue;
    const region = asRegion(attribute(tag, 'content'));
    if (region !== null) return region;
  }
  for (const [, tag = '', text = ''] of html.matchAll(/<([a-z][^<>]*)>([^<]*)</gi)) {
    if (attribute(tag, 'id') !== 'env') continue;
    try {
      const env: unknown = JSON.parse(unescaped(text));
      const region = asRegion((env as { region?: string } | null)?.region);
      if (region !== null) return region;
    } catch {
      // Another element of that name.
    }
  }
  return null;
}
