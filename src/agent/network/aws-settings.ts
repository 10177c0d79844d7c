import { sortSections } from '../../aws/config-file.ts';
import type { Env } from '../../aws/endpoints.ts';
import { type IniSection, splitWords } from '../../aws/ini.ts';
import { hasNetworkSettings, type SectionOptions, withProfileSettings } from '../../aws/network-settings.ts';
import { isBedrockTrayError } from '../../contract/errors.ts';
import { AwsFilesReader, type AwsFilesView, type AwsReading } from '../aws-files-reader.ts';
import type { AgentContext } from '../ports.ts';

interface Known {
  profiles: ReadonlyMap<string, SectionOptions>;
  ssoSessions: ReadonlyMap<string, SectionOptions>;
  services: ReadonlyMap<string, SectionOptions>;
}
const nothing: Known = { profiles: new Map(), ssoSessions: new Map(), services: new Map() };

function servicesOf(sections: readonly IniSection[]): Map<string, SectionOptions> {
  const found = new Map<string, SectionOptions>();
  for (const { name, options } of sections) {
    const words = name.startsWith('services') ? splitWords(name) : null;
    const [, own] = words?.length === 2 ? words : [];
    if (own !== undefined) found.set(own, new Map([...options].map(([key, { value }]) => [key, value])));
  }
  return found;
}

/**
 * What ~/.aws/config says of how AWS is reached (ca_bundle, FIPS, dual-stack, endpoints), read again when it changes.
 * While it cannot be read, what it said last holds; the catalog of profiles tells why.
 */
export class AwsSettings {
  readonly #env: Env;
  readonly #files: AwsFilesView;
  readonly #log: AgentContext['log'];
  #known = nothing;

  constructor(
    context: Pick<AgentContext, 'env' | 'userHome' | 'log'>,
    reader: AwsFilesReader = new AwsFilesReader(context),
  ) {
    this.#env = context.env;
    this.#log = context.log;
    this.#files = reader.view((reading) => this.#look(reading));
  }

  start(): Promise<void> {
    return this.#files.start();
  }

  stop(): void {
    this.#files.stop();
  }

  reload(): Promise<void> {
    return this.#files.reload();
  }

  #look({ aws }: AwsReading): void {
    if (isBedrockTrayError(aws)) {
      this.#log.debug({ code: aws.code }, 'how AWS is reached is known from before');
      return;
    }
    const config = aws.config.sections;
    const { profiles, ssoSessions } = sortSections(config, aws.credentials.sections);
    this.#known = { profiles, ssoSessions, services: servicesOf(config) };
  }

  /** The environment as calls for a profile see it. */
  ofProfile(name: string): Env {
    const profile = this.#known.profiles.get(name);
    if (profile === undefined) return this.#env;
    return withProfileSettings(this.#env, profile, this.#known.services.get(profile.get('services') ?? ''));
  }

  /**
   * The environment as calls to IAM Identity Center in a region see it. A token belongs to an SSO session, not to a
   * profile: what the first profile that signs in there says holds for all of them; where there is none yet, the
   * person's default profile.
   */
  ofSsoRegion(region: string): Env {
    const there = [...this.#known.profiles].filter(([, options]) => this.#ssoRegion(options) === region);
    const telling = there.find(([, options]) => hasNetworkSettings(options));
    if (telling) return this.ofProfile(telling[0]);
    if (there.length > 0) return this.#env;
    return this.ofProfile(this.#env.AWS_PROFILE || this.#env.AWS_DEFAULT_PROFILE || 'default');
  }

  #ssoRegion(options: SectionOptions): string | undefined {
    const session = options.get('sso_session');
    const from = session === undefined ? options : this.#known.ssoSessions.get(session);
    return from?.get('sso_region');
  }
}
