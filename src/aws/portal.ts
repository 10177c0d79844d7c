import { type AwsPlace, callAws, clientOptions, once } from './client-options.ts';
import { type Env, endpointOf } from './endpoints.ts';
import { AwsFault } from './faults.ts';
import { type AwsNetwork, localInstant } from './network.ts';

export interface PortalAccount {
  accountId: string;
  name: string;
  email: string;
}
export interface PortalRole {
  accountId: string;
  roleName: string;
}
/** Secrets. `expiresAt` epoch ms, by this machine's clock where AWS's is known to be another. */
export interface PortalCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken: string;
  expiresAt: number;
  accountId: string;
}

export interface Portal {
  /** All pages. */
  accounts(accessToken: string): Promise<PortalAccount[]>;
  /** All pages. */
  roles(accessToken: string, accountId: string): Promise<PortalRole[]>;
  credentials(accessToken: string, accountId: string, roleName: string): Promise<PortalCredentials>;
  /** Ends the SSO session at AWS; every tool's token of it dies. */
  logout(accessToken: string): Promise<void>;
}

/** No organization has more pages than this; a service that repeats a page token must not hold us for ever. */
const maxPages = 1000;

/** The access portal's service in the SSO region. Errors: AwsFault (401 `unauthorized`, role removed `forbidden`). */
export function createPortal(options: { region: string; env: Env; network?: AwsNetwork }): Portal {
  const { region, env, network } = options;
  const where: AwsPlace = { service: 'sso', region, env, network };
  const load = once(async () => {
    const sdk = await import('@aws-sdk/client-sso');
    return { sdk, client: new sdk.SSOClient(clientOptions('sso', region, env, network)) };
  });

  /** Reads pages until there is no next one. */
  async function pages<T>(
    fetch: (nextToken: string | undefined) => Promise<{ items: T[]; nextToken?: string | undefined }>,
  ): Promise<T[]> {
    const all: T[] = [];
    let nextToken: string | undefined;
    for (let n = 0; n < maxPages; n++) {
      const page = await fetch(nextToken);
      all.push(...page.items);
      if (!page.nextToken || page.nextToken === nextToken) break;
      nextToken = page.nextToken;
    }
    return all;
  }

  return {
    accounts: (accessToken) =>
      pages(async (nextToken) => {
        const out = await callAws(where, [accessToken], async (o) => {
          const { sdk, client } = await load();
          return client.send(new sdk.ListAccountsCommand({ accessToken, nextToken, maxResults: 100 }), o);
        });
        return {
          items: (out.accountList ?? []).flatMap((a) =>
            a.accountId
              ? [{ accountId: a.accountId, name: a.accountName ?? '', email: a.emailAddress ?? '' }]
              : [],
          ),
          nextToken: out.nextToken,
        };
      }),

    roles: (accessToken, accountId) =>
      pages(async (nextToken) => {
        const out = await callAws(where, [accessToken], async (o) => {
          const { sdk, client } = await load();
          const input = { accessToken, accountId, nextToken, maxResults: 100 };
          return client.send(new sdk.ListAccountRolesCommand(input), o);
        });
        return {
          items: (out.roleList ?? []).flatMap((r) =>
            r.roleName ? [{ accountId: r.accountId ?? accountId, roleName: r.roleName }] : [],
          ),
          nextToken: out.nextToken,
        };
      }),

    async credentials(accessToken, accountId, roleName) {
      const out = await callAws(where, [accessToken], async (o) => {
        const { sdk, client } = await load();
        return client.send(new sdk.GetRoleCredentialsCommand({ accessToken, accountId, roleName }), o);
      });
      const c = out.roleCredentials;
      if (!c?.accessKeyId || !c.secretAccessKey || !c.sessionToken || !c.expiration) {
        throw new AwsFault({
          kind: 'server',
          name: 'IncompleteAnswer',
          service: 'sso',
          host: new URL(endpointOf('sso', region, network?.env() ?? env)).host,
          detail: '',
        });
      }
      return {
        accessKeyId: c.accessKeyId,
        secretAccessKey: c.secretAccessKey,
        sessionToken: c.sessionToken,
        expiresAt: localInstant(c.expiration, network),
        accountId,
      };
    },

    async logout(accessToken) {
      await callAws(where, [accessToken], async (o) => {
        const { sdk, client } = await load();
        return client.send(new sdk.LogoutCommand({ accessToken }), o);
      });
    },
  };
}
