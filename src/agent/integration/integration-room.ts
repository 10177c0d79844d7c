import { join } from 'node:path';
import {
  bytesBefore,
  bytesOf,
  isAsBefore,
  replaceIfSame,
  undoConfigChange,
} from '../../aws/config-change.ts';
import { awsFiles } from '../../aws/config-file.ts';
import { BedrockTrayError, isBedrockTrayError } from '../../contract/errors.ts';
import { INTEGRATION_PROFILE, type IntegrationWish } from '../../domain/integration.ts';
import { claudeFolder } from '../claude-folder.ts';
import { packChange, unpackChange } from '../config-writer/stored-change.ts';
import type { Launcher } from '../launcher.ts';
import type { AgentContext, EnvironmentStore, Integration, ProfileCatalog } from '../ports.ts';
import { managedSettings, managedSettingsFolder } from '../sessions/person-settings.ts';
import { type FilePlan, planFiles } from './file-plans.ts';
import { IntegrationRecord } from './integration-record.ts';
import { configUndone, settingsUndone } from './take-back.ts';

export interface IntegrationParts {
  context: Pick<AgentContext, 'env' | 'userHome' | 'home' | 'clock' | 'log'>;
  environments: Pick<EnvironmentStore, 'active' | 'get'>;
  profiles: Pick<ProfileCatalog, 'source' | 'reload'>;
  launcher: Pick<Launcher, 'path' | 'write'>;
  /** The person's login environment. */
  loginEnv(): Promise<Readonly<Record<string, string>>>;
  /** One change of the person's files after the other. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  platform: string;
  /** Where an administrator's settings are; default: the platform's place. */
  managedSettings?: string;
}

/**
 * Bedrock for plain `claude`, editors and other terminals: what an environment needs, written into the person's own
 * settings.json and ~/.aws/config with their consent, and taken back (docs/integration.md).
 */
export class IntegrationRoom implements Integration {
  readonly #parts: IntegrationParts;
  readonly #record: IntegrationRecord;

  constructor(parts: IntegrationParts) {
    this.#parts = parts;
    this.#record = new IntegrationRecord(parts.context);
  }

  async preview(environment?: string): ReturnType<Integration['preview']> {
    const { settings, config } = await this.#plan(environment);
    return { digest: digestOf([settings, config]), files: [settings.view, config.view] };
  }

  apply(digest: string, environment?: string): ReturnType<Integration['apply']> {
    const { context, inTurn, launcher, profiles } = this.#parts;
    return inTurn(async () => {
      const { settings, config } = await this.#plan(environment);
      const seen = digest.split('.');
      [settings, config].forEach((plan, n) => {
        if (plan.refused) throw plan.refused;
        if (seen[n] !== plan.digest) throw new BedrockTrayError('ConfigChanged', { file: plan.view.file });
      });
      if (!settings.change && !config.change) return { files: [] };
      await launcher.write();
      const before = await this.#record.all();
      const { written, setAside, envWasMade } = settings;
      await this.#record.set([
        ...before,
        {
          at: context.clock.now(),
          config: config.change && packChange(config.change),
          settings: settings.change && {
            change: packChange(settings.change),
            written,
            setAside,
            envWasMade,
          },
        },
      ]);
      const done: FilePlan[] = [];
      try {
        for (const plan of [config, settings]) {
          if (!plan.edited) continue;
          await replaceIfSame(plan.view.file, plan.there, plan.edited.bytes);
          done.push(plan);
        }
      } catch (e) {
        // Both or none.
        for (const plan of done)
          await replaceIfSame(plan.view.file, plan.edited?.bytes ?? null, plan.there).catch(() => undefined);
        await this.#record.set(before).catch(() => undefined);
        throw e;
      }
      const files = done.map((plan) => plan.view.file);
      context.log.info({ files }, 'the person’s files were integrated');
      await profiles.reload();
      return { files };
    });
  }

  /** Files that were changed and not taken back since. */
  async changed(): Promise<string[]> {
    const entries = await this.#record.all();
    const files = entries.flatMap(({ config, settings }) => [settings?.change.file, config?.file]);
    return [...new Set(files)].filter((file) => file !== undefined);
  }

  undo(): ReturnType<Integration['undo']> {
    const { context, inTurn, profiles } = this.#parts;
    return inTurn(async () => {
      const entries = await this.#record.all();
      if (entries.length === 0) throw new BedrockTrayError('NothingToUndo', {});
      const files: string[] = [];
      for (const [of, undone] of [
        [(e: (typeof entries)[number]) => e.config?.file, configUndone],
        [(e: (typeof entries)[number]) => e.settings?.change.file, settingsUndone],
      ] as const) {
        // CLAUDE_CONFIG_DIR may have named another folder at another time.
        for (const file of new Set(entries.map(of))) {
          if (file === undefined) continue;
          const own = entries.filter((e) => of(e) === file);
          if (await this.#takeBack(file, (now) => undone(file, now, own))) files.push(file);
        }
      }
      await this.#record.set([]);
      context.log.info({ files }, 'the integration was taken back');
      await profiles.reload();
      return { files };
    });
  }

  /**
   * Takes the last integration back, and leaves those before it: byte for byte, or not at all. Errors: NothingToUndo,
   * ConfigChanged.
   */
  undoLast(): ReturnType<Integration['undo']> {
    const { inTurn, profiles } = this.#parts;
    return inTurn(async () => {
      const entries = await this.#record.all();
      const last = entries.at(-1);
      if (!last) throw new BedrockTrayError('NothingToUndo', {});
      const changes = [last.settings?.change, last.config].flatMap((c) => (c ? [unpackChange(c)] : []));
      // All or none: first whether each can be taken back.
      for (const change of changes) {
        const now = await bytesOf(change.file);
        if (!isAsBefore(change, now) && (now === null || bytesBefore(change, now) === null))
          throw new BedrockTrayError('ConfigChanged', { file: change.file });
      }
      const files: string[] = [];
      for (const change of changes) if (await undoConfigChange(change)) files.push(change.file);
      await this.#record.set(entries.slice(0, -1));
      await profiles.reload();
      return { files };
    });
  }

  /** True where there was something to take back. Another program's edit in the same moment makes it start again. */
  async #takeBack(file: string, undone: (now: Uint8Array | null) => Uint8Array | null): Promise<boolean> {
    for (let attempt = 0; ; attempt++) {
      const now = await bytesOf(file);
      const before = undone(now);
      if (now === null || (before !== null && Buffer.compare(now, before) === 0)) return false;
      try {
        await replaceIfSame(file, now, before);
        return true;
      } catch (e) {
        if (attempt >= 4 || !isBedrockTrayError(e) || e.code !== 'ConfigChanged') throw e;
      }
    }
  }

  async #plan(name: string | undefined) {
    const { context, environments, profiles, launcher, platform } = this.#parts;
    const environment = name === undefined ? environments.active() : environments.get(name);
    if (!environment) throw new BedrockTrayError('EnvironmentMissing', {});
    const { profile } = environment;
    await profiles.reload();
    // It would ask itself.
    if (profile === INTEGRATION_PROFILE || profiles.source(profile).kind === 'claude-settings') {
      const reason = 'its credentials come from what would be replaced';
      throw new BedrockTrayError('ProfileUnsupported', { profile, reason });
    }
    const loginEnv = await this.#parts.loginEnv();
    const wish: IntegrationWish = { environment, launcher: launcher.path, platform, loginEnv };
    const folder = loginEnv.CLAUDE_CONFIG_DIR || claudeFolder(context.env, context.userHome);
    return planFiles(
      { settings: join(folder, 'settings.json'), config: awsFiles(context.env, context.userHome).config },
      wish,
      await managedSettings(this.#parts.managedSettings ?? managedSettingsFolder(platform)),
    );
  }
}

/** Names a preview: each file as it was and as it would be, in the order of the files. */
const digestOf = (plans: readonly FilePlan[]) => plans.map((plan) => plan.digest).join('.');
