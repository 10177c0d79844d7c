import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import {
  type AwsConfig,
  type AwsFiles,
  awsConfigOf,
  awsFiles,
  type ConfiguredProfile,
  readAwsBytes,
} from '../../aws/config-file.ts';
import { defaultScopes } from '../../aws/oidc.ts';
import { linkTarget } from '../../aws/replace-file.ts';
import { watchFolder } from '../../aws/watch.ts';
import { BedrockTrayError, type ErrorView, isBedrockTrayError } from '../../contract/errors.ts';
import type { ProfileView } from '../../contract/state.ts';
import type { CredentialSource } from '../../domain/credential-source.ts';
import { ChangeEmitter } from '../change-emitter.ts';
import type { AgentContext, ProfileCatalog, SsoSessionConfig } from '../ports.ts';
import { claudeSettingsFile, claudeSettingsOf, readClaudeSettings } from './claude-settings.ts';

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
  readonly #files: AwsFiles;
  readonly #log: AgentContext['log'];
  readonly #changes = new ChangeEmitter();
  /** ~/.claude/settings.json. */
  readonly #claudeSettings: string;
  #config: AwsConfig = { profiles: new Map(), ssoSessions: new Map() };
  /** What follows from the files, made once for each change of them. */
  #profiles: ReadonlyMap<string, ConfiguredProfile> = new Map();
  #views: ProfileView[] = [];
  #ssoSessions: SsoSessionConfig[] = [];
  /** Of the files' bytes, as read last; empty while they cannot be read. */
  #digest = '';
  #fingerprint = '';
  #problem: ErrorView | null = null;
  #revision = 0;
  #watches = new Map<string, () => void>();
  #reading: Promise<void> | null = null;
  #again = false;
  #stopped = false;

  constructor(context: Pick<AgentContext, 'env' | 'userHome' | 'log'>) {
    this.#files = awsFiles(context.env, context.userHome);
    this.#claudeSettings = claudeSettingsFile(context.env, context.userHome);
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
    let digest = '';
    const settings = await readClaudeSettings(this.#claudeSettings);
    try {
      const [configFile, credentials] = await Promise.all([
        readAwsBytes(this.#files.config),
        readAwsBytes(this.#files.credentials),
      ]);
      // Most changes near the files are none in them: the same bytes need no second look.
      const hash = createHash('sha256');
      for (const part of [configFile, credentials]) {
        hash.update(`${part?.changed}:${part?.bytes.length}:`).update(part?.bytes ?? '');
      }
      digest = hash.update(settings).digest('base64');
      if (digest === this.#digest) return;
      config = awsConfigOf(this.#files, configFile, credentials);
    } catch (e) {
      if (!isBedrockTrayError(e)) throw e;
      problem = e.view();
    }
    this.#digest = digest;
    const profiles = new Map(config.profiles);
    const ofClaude = claudeSettingsOf(this.#claudeSettings, settings);
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

  /** Watches the files' folders, and those of the files that they may be links to. */
  async #watch(): Promise<void> {
    const wanted = new Map<string, Set<string>>();
    for (const file of [this.#files.config, this.#files.credentials, this.#claudeSettings]) {
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
        this.#watch()
          .then(() => this.reload())
          .catch((err) => this.#log.error({ err }, 'a change of the AWS files could not be taken over'));
      };
      this.#watches.set(folder, watchFolder(folder, heard, names));
    }
  }
}
