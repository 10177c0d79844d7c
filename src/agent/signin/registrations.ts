import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Oidc } from '../../aws/oidc.ts';
import type { Registration } from '../../aws/sso-cache.ts';
import {
  readRegistration,
  registrationFileName,
  ssoCacheDir,
  writeRegistration,
} from '../../aws/sso-cache.ts';
import { faultOf } from '../aws-errors.ts';
import type { SsoSessionConfig } from '../ports.ts';

/** The AWS CLI stops using a registration this long before its end. */
const REUSE_MARGIN_MS = 15 * 60_000;
const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

export type Flow = 'pkce' | 'device';

/** Where registrations lie between two sign-ins: beside the tokens, under the AWS CLI's names. */
export interface RegistrationCache {
  read(fileName: string): Promise<Registration | null>;
  write(fileName: string, registration: Registration): Promise<void>;
}

export function createRegistrationCache(
  userHome: string,
): RegistrationCache & { remove(fileName: string): Promise<void> } {
  const dir = ssoCacheDir(userHome);
  return {
    read: (fileName) => readRegistration(dir, fileName),
    write: (fileName, registration) => writeRegistration(dir, fileName, registration),
    remove: (fileName) => rm(join(dir, fileName), { force: true }),
  };
}

/** Finds or makes the registration that a sign-in needs. It is stored only when a sign-in with it has gone well. */
export class Registrations {
  readonly #cache: RegistrationCache;
  readonly #now: () => number;
  /** Made here and not stored yet. */
  readonly #fresh = new Map<string, Registration>();
  /** Client ids that the service has recognized since the agent started. */
  readonly #known = new Set<string>();
  /** Client ids that a sign-in failed with: the service may have forgotten them. */
  readonly #doubted = new Set<string>();

  constructor(cache: RegistrationCache, now: () => number) {
    this.#cache = cache;
    this.#now = now;
  }

  /** Errors: OidcFault. */
  async get(
    oidc: Pick<Oidc, 'registerClient' | 'startDeviceAuthorization'>,
    config: SsoSessionConfig,
    flow: Flow,
  ): Promise<Registration> {
    const name = fileNameOf(config);
    for (const found of [this.#fresh.get(name), await this.#cache.read(name).catch(() => null)]) {
      if (!found || !this.#serves(found, flow)) continue;
      if (flow === 'device' || (await this.#isKnown(oidc, found, config.startUrl))) return found;
    }
    const legacy = config.kind === 'legacy';
    const registration = await oidc.registerClient({
      startUrl: config.startUrl,
      scopes: legacy ? [] : config.scopes,
      flow,
      sessionName: legacy ? null : config.id,
    });
    this.#fresh.set(name, registration);
    this.#known.add(registration.clientId);
    return registration;
  }

  /** A sign-in with it went well: other tools may use it too. */
  async proven(config: SsoSessionConfig, registration: Registration): Promise<void> {
    const name = fileNameOf(config);
    if (this.#fresh.get(name) !== registration) return;
    this.#fresh.delete(name);
    await this.#cache.write(name, registration);
  }

  /** It was refused, or nobody came back from the browser: the next sign-in gets another. */
  doubt(registration: Registration): void {
    this.#doubted.add(registration.clientId);
  }

  /**
   * Whether the service still knows a registration from the file. With PKCE only the browser would tell, on a page
   * from which nobody comes back; this call has no consequence and refuses an unknown client by name.
   */
  async #isKnown(
    oidc: Pick<Oidc, 'startDeviceAuthorization'>,
    registration: Registration,
    startUrl: string,
  ): Promise<boolean> {
    const { clientId } = registration;
    if (this.#known.has(clientId)) return true;
    try {
      await oidc.startDeviceAuthorization(registration, startUrl);
    } catch (e) {
      const { kind, name } = faultOf(e);
      if (name === 'InvalidClient') {
        this.doubt(registration);
        return false;
      }
      if (kind === 'network') throw e;
      // Any other refusal (this client may not use device codes) comes after the client was recognized.
    }
    this.#known.add(clientId);
    return true;
  }

  #serves(r: Registration, flow: Flow): boolean {
    if (r.expiresAt - this.#now() < REUSE_MARGIN_MS || this.#doubted.has(r.clientId)) return false;
    const grants = r.grantTypes;
    if (flow === 'pkce') return grants?.includes('authorization_code') ?? false;
    // Without a list the service grants device code and refresh.
    return grants === undefined || grants.includes(deviceGrant);
  }
}

/** Name of the file that an SSO session's registration is kept in. */
export function fileNameOf({ kind, region, startUrl, scopes, id }: SsoSessionConfig): string {
  return kind === 'legacy'
    ? registrationFileName({ region, scopes: null, sessionName: null, startUrl })
    : registrationFileName({ region, scopes, sessionName: id, startUrl });
}
