import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { type AwsFiles, awsFiles, parseAwsText, readAwsBytes } from '../aws/config-file.ts';
import type { IniSection } from '../aws/ini.ts';
import { linkTarget } from '../aws/replace-file.ts';
import { watchFolder } from '../aws/watch.ts';
import { type BedrockTrayError, isBedrockTrayError } from '../contract/errors.ts';
import type { AgentContext } from './ports.ts';
import { claudeSettingsFile, readClaudeSettings } from './profiles/claude-settings.ts';

/** One of the AWS files: its sections, and the date of its last change (null: there is no such file). */
export interface AwsFileRead {
  sections: IniSection[];
  changed: string | null;
}

export interface AwsReading {
  /** Or why the files cannot be read: ConfigMalformed. */
  aws: { config: AwsFileRead; credentials: AwsFileRead } | BedrockTrayError;
  /** Text of the person's Claude Code settings. */
  claudeSettings: string;
}

/** One room's look at the files. It is shown each reading that differs from the one before. */
export interface AwsFilesView {
  /** Reads the files, and again at each change from now on. */
  start(): Promise<void>;
  stop(): void;
  /** Reads the files now. Concurrent calls, of all views, share a reading that began after the last of them. */
  reload(): Promise<void>;
}

interface View {
  look(reading: AwsReading): void;
  /** Of the reading that was shown last; empty while the files could not be read. */
  digest: string;
  isActive: boolean;
  isAsked: boolean;
}

/**
 * ~/.aws/config, ~/.aws/credentials and the person's Claude Code settings: read once for all rooms that look at them,
 * and watched once, also where links lead. Views are shown a reading in the order in which they were made.
 */
export class AwsFilesReader {
  readonly files: AwsFiles;
  readonly claudeSettings: string;
  readonly #log: AgentContext['log'];
  readonly #views: View[] = [];
  readonly #watches = new Map<string, () => void>();
  #reading: Promise<void> | null = null;
  #again = false;

  constructor(context: Pick<AgentContext, 'env' | 'userHome' | 'log'>) {
    this.files = awsFiles(context.env, context.userHome);
    this.claudeSettings = claudeSettingsFile(context.env, context.userHome);
    this.#log = context.log;
  }

  view(look: (reading: AwsReading) => void): AwsFilesView {
    const view: View = { look, digest: '', isActive: false, isAsked: false };
    this.#views.push(view);
    const reload = () => {
      view.isAsked = true;
      return this.#reload();
    };
    return {
      reload,
      start: async () => {
        view.isActive = true;
        await this.#watch();
        await reload();
      },
      stop: () => {
        view.isActive = false;
        if (!this.#isWatched) this.#unwatch(new Map());
      },
    };
  }

  get #isWatched(): boolean {
    return this.#views.some((view) => view.isActive);
  }

  #reload(): Promise<void> {
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

  async #read(): Promise<void> {
    // Who asks from here on is shown the next reading.
    const asked = this.#views.filter((view) => view.isAsked);
    for (const view of asked) view.isAsked = false;
    const claudeSettings = await readClaudeSettings(this.claudeSettings);
    let digest = '';
    let parse: () => AwsReading['aws'];
    try {
      const { files } = this;
      const [config, credentials] = await Promise.all([
        readAwsBytes(files.config),
        readAwsBytes(files.credentials),
      ]);
      // Most changes near the files are none in them: the same bytes need no second look.
      const hash = createHash('sha256');
      for (const part of [config, credentials]) {
        hash.update(`${part?.changed}:${part?.bytes.length}:`).update(part?.bytes ?? '');
      }
      digest = hash.update(claudeSettings).digest('base64');
      const sectionsOf = (file: string, read: typeof config): AwsFileRead => ({
        sections: read === null ? [] : parseAwsText(file, read.bytes),
        changed: read?.changed ?? null,
      });
      parse = () => ({
        config: sectionsOf(files.config, config),
        credentials: sectionsOf(files.credentials, credentials),
      });
    } catch (e) {
      if (!isBedrockTrayError(e)) throw e;
      parse = () => e;
    }
    const wanted = this.#views.filter(
      (view) => (view.isActive || asked.includes(view)) && (digest === '' || view.digest !== digest),
    );
    if (wanted.length === 0) return;
    let aws: AwsReading['aws'];
    try {
      aws = parse();
    } catch (e) {
      if (!isBedrockTrayError(e)) throw e;
      aws = e;
      digest = '';
    }
    for (const view of wanted) {
      view.digest = digest;
      view.look({ aws, claudeSettings });
    }
  }

  /** Watches the files' folders, and those of the files that they may be links to. */
  async #watch(): Promise<void> {
    const wanted = new Map<string, Set<string>>();
    for (const file of [this.files.config, this.files.credentials, this.claudeSettings]) {
      const target = await linkTarget(file).catch(() => file);
      for (const path of [file, target]) {
        const names = wanted.get(dirname(path)) ?? new Set();
        wanted.set(dirname(path), names.add(basename(path)));
      }
    }
    if (!this.#isWatched) return;
    this.#unwatch(wanted);
    for (const [folder, names] of wanted) {
      if (this.#watches.has(folder)) continue;
      const heard = () => {
        // A file may have become a link to elsewhere.
        this.#watch()
          .then(() => this.#reload())
          .catch((err) => this.#log.error({ err }, 'a change of the AWS files could not be taken over'));
      };
      this.#watches.set(folder, watchFolder(folder, heard, names));
    }
  }

  #unwatch(wanted: ReadonlyMap<string, unknown>): void {
    for (const [folder, stop] of this.#watches) {
      if (wanted.has(folder)) continue;
      stop();
      this.#watches.delete(folder);
    }
  }
}
