import { AwsFault } from '../../aws/faults.ts';
import type { Portal, PortalAccount, PortalRole } from '../../aws/portal.ts';
import { BedrockTrayError } from '../../contract/errors.ts';
import { errorOf } from '../aws-errors.ts';
import type { AgentContext, Keeper, ProfileCatalog } from '../ports.ts';
import { Pace, Shared } from './pace.ts';

/** The portal throttles role listing; about 5 requests a second are safe. */
const LISTING_SPACING_MS = 200;

type PortalOfRegion = Pick<Portal, 'credentials' | 'accounts' | 'roles'>;

export interface PortalCallsParts {
  context: Pick<AgentContext, 'clock'>;
  catalog: Pick<ProfileCatalog, 'ssoSessions'>;
  keeper: Pick<Keeper, 'accessToken' | 'rejected'>;
  portal: (region: string) => PortalOfRegion;
  /** Waits for a token that lies behind a locked keyring, in bounded time; true where it has come. */
  unlocked?: (ssoSession: string) => Promise<boolean>;
}

/** Calls of the access portal, each with the SSO session's valid token. */
export class PortalCalls {
  readonly #parts: PortalCallsParts;
  readonly #pace: Pace;
  readonly #accounts = new Shared<PortalAccount[]>();
  readonly #listings = new Shared<PortalRole[]>();

  constructor(parts: PortalCallsParts) {
    this.#parts = parts;
    this.#pace = new Pace(parts.context.clock, LISTING_SPACING_MS);
  }

  /** Concurrent callers share one call. Errors: as `withToken`, in the contract's words. */
  accounts(ssoSession: string): Promise<PortalAccount[]> {
    return this.#accounts.run(ssoSession, () =>
      this.withToken(ssoSession, (portal, token) => portal.accounts(token)).catch((e) => {
        throw errorOf(e);
      }),
    );
  }

  /** The same for an account's roles, at a pace that the portal takes. */
  roles(ssoSession: string, accountId: string): Promise<PortalRole[]> {
    return this.#listings.run(JSON.stringify([ssoSession, accountId]), () =>
      this.withToken(ssoSession, async (portal, token) => {
        await this.#pace.turn();
        return portal.roles(token, accountId);
      }).catch((e) => {
        throw errorOf(e, { accountId, roleName: '*' });
      }),
    );
  }

  /**
   * A call with a valid token. A 401 makes the keeper decide about the token; the call is tried again once. Errors:
   * SignInNeeded, SsoSessionUnknown, NetworkUnavailable, and the call's AwsFault.
   */
  async withToken<T>(
    ssoSession: string,
    call: (portal: PortalOfRegion, token: string) => Promise<T>,
  ): Promise<T> {
    const { keeper, catalog, portal } = this.#parts;
    for (let tries = 1; ; tries++) {
      // After a second 401 this throws SignInNeeded, unless somebody has signed in meanwhile.
      const token = await this.#accessToken(ssoSession);
      const config = catalog.ssoSessions().find((s) => s.id === ssoSession);
      if (!config) throw new BedrockTrayError('SsoSessionUnknown', { ssoSession });
      try {
        return await call(portal(config.region), token);
      } catch (e) {
        if (!(e instanceof AwsFault) || e.kind !== 'unauthorized' || tries >= 3) throw e;
        await keeper.rejected(ssoSession, token);
      }
    }
  }

  /** As the keeper's; where the token lies behind a keyring that is being asked, the sign-in is there when it opens. */
  async #accessToken(ssoSession: string): Promise<string> {
    const { keeper, unlocked } = this.#parts;
    try {
      return await keeper.accessToken(ssoSession);
    } catch (e) {
      const isNeeded = e instanceof BedrockTrayError && e.code === 'SignInNeeded';
      if (!isNeeded || !(await unlocked?.(ssoSession))) throw e;
      return await keeper.accessToken(ssoSession);
    }
  }
}
