import { type AwsConfig, type ConfiguredProfile, configOf, sortSections } from '../../aws/config-file.ts';
import { defaultScopes } from '../../aws/oidc.ts';
import { BedrockTrayError, type ErrorView, isBedrockTrayError } from '../../contract/errors.ts';
import type { ProfileView } from '../../contract/state.ts';
import type { CredentialSource } from '../../domain/credentials/credential-source.ts';
import { AwsFilesReader, type AwsFilesView, type AwsReading } from '../aws-files-reader.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import type { AgentContext, ProfileCatalog, SsoSessionConfig } from '../ports.ts';
import { claudeSettingsOf } from './claude-settings.ts';

function viewOf({ unsupported, source: _, ...profile }: ConfiguredProfile): ProfileView {
  const params = { profile: profile.name, reason: unsupported ?? '' };
  return { ...profile, problem: unsupported === null ? null : { code: 'ProfileUnsupported', params } };
}

/**
 * ~/.aws/config and ~/.aws/credentials (and two commands of the person's Claude Code settings), read again whenever
 * they change. While they cannot be read, what they said last goes on for those who already use it, and `problem()`
 * says why.
 */
export class ConfigProfileCatalog implements ProfileCatalog {
  readonly #reader: AwsFilesReader;
  readonly #files: AwsFilesView;
  readonly #log: AgentContext['log'];
  readonly #changes = new ChangeEmitter();
  #config: AwsConfig = { profiles: new Map(), ssoSessions: new Map() };
  /** What follows from the files, made once for each change of them. */
  #profiles: ReadonlyMap<string, ConfiguredProfile> = new Map();
  #views: ProfileView[] = [];
  #ssoSessions: SsoSessionConfig[] = [];
  #fingerprint = '';
  #problem: ErrorView | null = null;
  #revision = 0;

  constructor(
    context: Pick<AgentContext, 'env' | 'userHome' | 'log'>,
    reader: AwsFilesReader = new AwsFilesReader(context),
  ) {
    this.#log = context.log;
    this.#reader = reader;
    this.#files = reader.view((reading) => this.#look(reading));
  }

  /** Reads the files and watches them from now on. */
  start(): Promise<void> {
    return this.#files.start();
  }

  stop(): void {
    this.#files.stop();
  }

  list(): ProfileView[] {
    return this.#views;
  }

  ssoSessions(): SsoSessionConfig[] {
    return this.#ssoSessions;
  }

  source(name: string): CredentialSource {
    const profile = this.#profiles.get(name);
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
    if (profile.source) return profile.source;
    throw new BedrockTrayError('ProfileUnsupported', {
      profile: name,
      reason: profile.unsupported ?? profile.kind,
    });
  }

  revision(): number {
    return this.#revision;
  }

  problem(): ErrorView | null {
    return this.#problem;
  }

  /** Concurrent calls share a reading that began after the last of them. */
  reload(): Promise<void> {
    return this.#files.reload();
  }

  onChange(listener: () => void): () => void {
    return this.#changes.onChange(listener);
  }

  #look({ aws, claudeSettings }: AwsReading): void {
    const { files, claudeSettings: claudeFile } = this.#reader;
    const problem = isBedrockTrayError(aws) ? aws.view() : null;
    const config = isBedrockTrayError(aws)
      ? this.#config
      : configOf(sortSections(aws.config.sections, aws.credentials.sections), {
          config: { path: files.config, changed: aws.config.changed },
          credentials: { path: files.credentials, changed: aws.credentials.changed },
        });
    const profiles = new Map(config.profiles);
    const ofClaude = claudeSettingsOf(claudeFile, claudeSettings);
    if (ofClaude && !profiles.has(ofClaude.name)) profiles.set(ofClaude.name, ofClaude);
    const fingerprint = JSON.stringify([[...profiles], [...config.ssoSessions], problem]);
    if (fingerprint === this.#fingerprint) return;
    this.#fingerprint = fingerprint;
    this.#config = config;
    this.#profiles = profiles;
    this.#views = [...profiles.values()].map(viewOf);
    this.#ssoSessions = [...config.ssoSessions.values()].map((s) => ({
      ...s,
      scopes: s.scopes ?? defaultScopes,
    }));
    this.#problem = problem;
    this.#revision++;
    if (problem) this.#log.warn({ ...problem.params }, 'an AWS file cannot be read');
    this.#changes.emit();
  }
}
