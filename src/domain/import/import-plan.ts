import { type Options, plainValue } from '../credentials/resolve-source.ts';
import { plainName } from '../profiles/profile-name-template.ts';
import { freeName, plainStartUrl, proposedSsoSessionName } from '../profiles/sso-session-name.ts';
import type { Finding, WantedRole } from './finding.ts';

/** A section to write (as src/aws/config-edit.ts has them). */
export interface PlannedEdit {
  how: 'create' | 'change';
  type: 'profile' | 'sso-session';
  name: string;
  options: Record<string, string>;
  remove?: readonly string[];
}

/** What stands in the files, and what earlier steps of the plan add to it. */
export interface Existing {
  profiles: ReadonlyMap<string, Options>;
  ssoSessions: ReadonlyMap<string, Options>;
}

/** The sections for one finding: an `[sso-session]` where none leads to that portal yet, and the profile. */
export interface PlannedImport {
  edits: PlannedEdit[];
  /** Name of the profile; null for an SSO session alone. */
  profile: string | null;
  ssoSession: string | null;
}

const defaultScopes = 'sso:account:access';

/** Plans imports one after the other, so that two of them share an SSO session and none takes another's name. */
export class ImportPlan {
  readonly #profiles: Map<string, Options>;
  readonly #ssoSessions: Map<string, Options>;

  constructor(existing: Existing) {
    this.#profiles = new Map(existing.profiles);
    this.#ssoSessions = new Map(existing.ssoSessions);
  }

  /** Null: there is nothing to do, the very same stands there in the modern form already. */
  add(finding: Finding): PlannedImport | null {
    const { wanted } = finding;
    if (!wanted) return null;
    const edits: PlannedEdit[] = [];
    if ('session' in wanted) {
      if (this.#session(wanted.session) !== null) return null;
      const ssoSession = this.#newSession(wanted.session, edits);
      return { edits, profile: null, ssoSession };
    }
    if ('options' in wanted) {
      const same = [...this.#profiles].some(([name, options]) => {
        const isSame = Object.entries(wanted.options).every(([k, v]) => options.get(k) === v);
        return name !== finding.profile && isSame;
      });
      if (same) return null;
      const profile = this.#newProfile(finding.profile, wanted.options, edits);
      return { edits, profile, ssoSession: null };
    }
    const { role } = wanted;
    const there = this.#session(role);
    if (wanted.how === 'add' && there !== null && this.#hasRole(there, role)) return null;
    const ssoSession = there ?? this.#newSession(role, edits);
    if (wanted.how === 'convert') {
      const options = { sso_session: ssoSession };
      edits.push({ how: 'change', type: 'profile', name: finding.profile, options, remove: wanted.remove });
      return { edits, profile: finding.profile, ssoSession };
    }
    const options = {
      sso_session: ssoSession,
      sso_account_id: role.accountId,
      sso_role_name: role.roleName,
      ...(role.region === null ? {} : { region: role.region }),
    };
    const profile = this.#newProfile(finding.profile, options, edits);
    return { edits, profile, ssoSession };
  }

  /** A configured SSO session of that portal. */
  #session({ startUrl, ssoRegion }: Pick<WantedRole, 'startUrl' | 'ssoRegion'>): string | null {
    for (const [name, options] of this.#ssoSessions) {
      const url = plainValue(options, 'sso_start_url');
      if (url === null || plainValue(options, 'sso_region') !== ssoRegion) continue;
      if (plainStartUrl(url) === plainStartUrl(startUrl)) return name;
    }
    return null;
  }

  #hasRole(ssoSession: string, role: WantedRole): boolean {
    return [...this.#profiles.values()].some(
      (options) =>
        options.get('sso_session') === ssoSession &&
        options.get('sso_account_id') === role.accountId &&
        options.get('sso_role_name') === role.roleName &&
        (role.region === null || options.get('region') === role.region),
    );
  }

  #newSession(
    wanted: Pick<WantedRole, 'startUrl' | 'ssoRegion' | 'scopes' | 'sessionName'>,
    edits: PlannedEdit[],
  ): string {
    const wish = wanted.sessionName ?? proposedSsoSessionName(wanted.startUrl);
    const name = freeName(wish, (n) => this.#ssoSessions.has(n));
    const options = {
      sso_start_url: wanted.startUrl,
      sso_region: wanted.ssoRegion,
      sso_registration_scopes: wanted.scopes ?? defaultScopes,
    };
    edits.push({ how: 'create', type: 'sso-session', name, options });
    this.#ssoSessions.set(name, new Map(Object.entries(options)));
    return name;
  }

  #newProfile(wish: string, options: Readonly<Record<string, string>>, edits: PlannedEdit[]): string {
    const own = plainName(wish) || 'imported';
    const isTaken = (n: string) => this.#profiles.has(n);
    const name = isTaken(own) ? freeName(`${own}-sso`, isTaken) : own;
    edits.push({ how: 'create', type: 'profile', name, options: { ...options } });
    this.#profiles.set(name, new Map(Object.entries(options)));
    return name;
  }
}
