import type { Portal } from '../../aws/portal.ts';
import { Region } from '../../contract/names.ts';
import { faultOf } from '../aws-errors.ts';
import { sleepUntil } from '../clock.ts';
import type { AgentContext, ProfileCatalog, SsoSessionConfig } from '../ports.ts';
import type { TokenCache } from './token-cache.ts';

/** The portal's logout at a sign-out is best effort: nobody waits longer for it. */
const LOGOUT_PATIENCE_MS = 5_000;

export interface SignOutParts {
  context: Pick<AgentContext, 'clock' | 'log'>;
  catalog: Pick<ProfileCatalog, 'list'>;
  cache: Pick<TokenCache, 'removeRole' | 'sweep'>;
  portal: (region: string) => Pick<Portal, 'logout'>;
}

/** Whether the portal took the logout. Ends in bounded time; never rejects. */
export async function logOutAtPortal(
  { context, portal }: Pick<SignOutParts, 'context' | 'portal'>,
  region: string,
  accessToken: string,
): Promise<boolean> {
  const { clock, log } = context;
  const enough = new AbortController();
  const call = portal(region)
    .logout(accessToken)
    .then(
      () => true,
      (e) => {
        const { kind, name } = faultOf(e);
        // A dead token is as good as logged out.
        if (kind !== 'unauthorized') log.warn({ kind, name }, 'portal logout failed');
        return false;
      },
    );
  const patience = sleepUntil(clock, clock.now() + LOGOUT_PATIENCE_MS, enough.signal).then(() => false);
  const took = await Promise.race([call, patience]);
  enough.abort();
  return took;
}

/** Removes what the AWS CLI remembers of its roles. Never rejects. */
export async function forgetRoles(parts: SignOutParts, { id, kind }: SsoSessionConfig): Promise<void> {
  const { log } = parts.context;
  for (const profile of parts.catalog.list()) {
    const { ssoSession, accountId, roleName } = profile;
    const own = ssoSession === id && (profile.kind === 'sso' || profile.kind === 'sso-legacy');
    if (!own || accountId === null || roleName === null) continue;
    const key = { accountId, roleName, id, kind };
    await parts.cache.removeRole(key).catch((e) => {
      log.warn({ ssoSession: id, reason: faultOf(e).name }, "the AWS CLI's role cache could not be removed");
    });
  }
}

/**
 * What other tools left of SSO sessions that are not `known` (any more), as `aws sso logout` ends it too. Never rejects.
 */
export async function signOutOthers(parts: SignOutParts, known: readonly string[]): Promise<void> {
  const others = (await parts.cache.sweep?.(known)) ?? [];
  await Promise.all(
    others.map(({ region, accessToken }) =>
      // A word from a file that becomes part of a host name.
      Region.safeParse(region).success ? logOutAtPortal(parts, region, accessToken) : undefined,
    ),
  );
}
