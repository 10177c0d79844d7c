import { basename, dirname } from 'node:path';
import { type AwsConfig, type AwsFiles, awsFiles, readAwsConfig } from '../../aws/config-file.ts';
import { defaultScopes } from '../../aws/oidc.ts';
import { linkTarget } from '../../aws/replace-file.ts';
import { watchFolder } from '../../aws/watch.ts';
import { BedrockTrayError, type ErrorView, isBedrockTrayError } from '../../contract/errors.ts';
import type { ProfileView } from '../../contract/state.ts';
import type { CredentialSource } from '../../domain/credential-source.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import type { AgentContext, ProfileCatalog, SsoProfile, SsoSessionConfig } from '../ports.ts';

const empty: AwsConfig = { profiles: new Map(), ssoSessions: new Map() };

/**
 * ~/.aws/config and ~/.aws/credentials, read again whenever they change. While they cannot be read, what they said
 * last goes on for those who already use it, and `problem()` says why.
 */
export class ConfigProfileCatalog implements ProfileCatalog {
  readonly #files: AwsFiles;
  readonly #log: AgentContext['log'];
  readonly #changes = new ChangeEmitter();
  #config: AwsConfig = empty;
  #fingerprint = '';
  #problem: ErrorView | null = null;
  #revision = 0;
  #watches = new Map<string, () => void>();
  #reading: Promise<void> | null = null;
  #again = false;
  #stopped = false;

  constructor(context: Pick<AgentContext, 'env' | 'userHome' | 'log'>) {
    this.#files = awsFiles(context.env, context.userHome);
    this.#log = context.log;
  }

  /** Reads the files and watches them from now on. */
  async start(): Promise<void> {
    await this.#watch();
    await this.reload();
  }

  stop(): void {
    this.#stopped = true;
    for (const stop of this.#watches.values()) stop();
    this.#watches.clear();
  }

  list(): ProfileView[] {
    return [...this.#config.profiles.values()].map(({ unsupported, ...profile }) => ({
      ...profile,
      kind: profile.kind === 'other' ? ('none' as const) : profile.kind,
      roleArn: null,
      chain: [],
      mfaSerial: null,
      partition: 'aws' as const,
      notes: [],
      problem:
        unsupported === null
          ? null
          : { code: 'ProfileUnsupported', params: { profile: profile.name, reason: unsupported } },
    }));
  }

  ssoSessions(): SsoSessionConfig[] {
    return [...this.#config.ssoSessions.values()].map((s) => ({ ...s, scopes: s.scopes ?? defaultScopes }));
  }

  ssoProfile(name: string): SsoProfile {
    const profile = this.#config.profiles.get(name);
    if (!profile) {
      const { file, line, reason } = this.#problem?.params ?? {};
      if (this.#problem?.code === 'ConfigMalformed') {
        throw new BedrockTrayError('ConfigMalformed', {
          file: String(file),
          line: Number(line),
          reason: String(reason),
        });
      }
      throw new BedrockTrayError('ProfileUnknown', { profile: name });
    }
    const { ssoSession, accountId, roleName, region, unsupported } = profile;
    if (unsupported !== null || ssoSession === null || accountId === null || roleName === null) {
      throw new BedrockTrayError('ProfileUnsupported', {
        profile: name,
        reason: unsupported ?? profile.kind,
      });
    }
    return { name, ssoSession, accountId, roleName, region };
  }

  source(name: string): CredentialSource {
    const { ssoSession, accountId, roleName } = this.ssoProfile(name);
    return { kind: 'sso', ssoSession, accountId, roleName };
  }

  revision(): number {
    return this.#revision;
  }

  problem(): ErrorView | null {
    return this.#problem;
  }

  /** Concurrent calls share a reading that began after the last of them. */
  reload(): Promise<void> {
    if (this.#reading) {
      this.#again = true;
      return this.#reading;
    }
    this.#reading = (async () => {
      do {
        this.#again = false;
        await this.#read();
      } while (this.#again);
    })().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  onChange(listener: () => void): () => void {
    return this.#changes.onChange(listener);
  }

  async #read(): Promise<void> {
    let problem: ErrorView | null = null;
    let config = this.#config;
    try {
      config = await readAwsConfig(this.#files);
    } catch (e) {
      if (!isBedrockTrayError(e)) throw e;
      problem = e.view();
    }
    const fingerprint = JSON.stringify([[...config.profiles], [...config.ssoSessions], problem]);
    if (fingerprint === this.#fingerprint) return;
    this.#fingerprint = fingerprint;
    this.#config = config;
    this.#problem = problem;
    this.#revision++;
    if (problem) this.#log.warn({ ...problem.params }, 'an AWS file cannot be read');
    this.#changes.emit();
  }

  /** Watches the files' folders, and those of the files that they may be links to. */
  async #watch(): Promise<void> {
    const wanted = new Map<string, Set<string>>();
    for (const file of [this.#files.config, this.#files.credentials]) {
      const target = await linkTarget(file).catch(() => file);
      for (const path of [file, target]) {
        const names = wanted.get(dirname(path)) ?? new Set();
        wanted.set(dirname(path), names.add(basename(path)));
      }
    }
    if (this.#stopped) return;
    for (const [folder, stop] of this.#watches) {
      if (!wanted.has(folder)) {
        stop();
        this.#watches.delete(folder);
      }
    }
    for (const [folder, names] of wanted) {
      if (this.#watches.has(folder)) continue;
      const heard = () => {
        // A file may have become a link to elsewhere.
        void this.#watch().then(() => this.reload());
      };
      this.#watches.set(folder, watchFolder(folder, heard, names));
    }
  }
}
