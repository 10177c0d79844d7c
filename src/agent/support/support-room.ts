import { readFile, stat } from 'node:fs/promises';
import { arch, release } from 'node:os';
import { join } from 'node:path';
import { storageFailed } from '../../aws/config-change.ts';
import { replaceFile } from '../../aws/replace-file.ts';
import type { SetupFindings, Snapshot } from '../../contract/state.ts';
import { configFolder } from '../../domain/desktop/desktop-entries.ts';
import { redact } from '../../domain/support/redaction.ts';
import { ticketSnapshot } from '../../domain/support/ticket-snapshot.ts';
import { downloadFolderOf, maskedValue, ticketRedactor } from '../../domain/support/ticket-text.ts';
import type { Translator } from '../../locales/index.ts';
import type { AgentContext, Setup, Support } from '../ports.ts';
import { type ArchiveFile, zipOf } from './archive.ts';
import { logNames, logPieces } from './log-pieces.ts';

export interface SupportParts {
  context: Pick<AgentContext, 'env' | 'userHome' | 'log' | 'clock'>;
  logs: string;
  snapshot(): Snapshot;
  setup: Pick<Setup, 'find'>;
  /** The one place for what was last checked: the doctor's results, once there is one. */
  checks(): unknown;
  translator(): Translator;
  platform: string;
}

/** Bundles for tickets, without secrets (docs/support.md). */
export class SupportRoom implements Support {
  readonly #parts: SupportParts;

  constructor(parts: SupportParts) {
    this.#parts = parts;
  }

  /** Errors: StorageFailed. */
  async bundle(maskAccounts: boolean): ReturnType<Support['bundle']> {
    const { context, logs, snapshot, translator, checks } = this.#parts;
    const { userHome, clock, log } = context;
    const masked = ticketRedactor({ userHome, maskAccounts });
    const at = clock.now();
    const json = (name: string, value: unknown): ArchiveFile => ({
      name,
      // By the names of fields first, then by what texts look like.
      pieces: [`${JSON.stringify(maskedValue(redact(value), masked), null, 2)}\n`],
    });
    const state = snapshot();
    const folder = await this.#folder();
    const files: ArchiveFile[] = [
      { name: 'README.txt', pieces: [`${translator().t('upkeep:bundleReadme')}\n`] },
      json('about.json', await this.#about(state, at)),
      json('settings.json', state.settings),
      json('state.json', ticketSnapshot(state)),
      json('checks.json', checks()),
      ...(await logNames(logs)).map((name) => ({
        name: `logs/${name}`,
        pieces: logPieces(logs, name, masked),
      })),
    ];
    const stamp = new Date(at).toISOString().slice(0, 19).replace('T', '-').replaceAll(':', '');
    const file = join(folder, `bedrock-tray-support-${stamp}.zip`);
    try {
      const bytes = await zipOf(files, at);
      await replaceFile(file, bytes, { mode: 0o600 });
      log.info({ bytes: bytes.length, maskAccounts }, 'a bundle for a ticket was made');
      return { file, bytes: bytes.length };
    } catch (e) {
      throw storageFailed(file, e);
    }
  }

  async #about({ agent }: Snapshot, at: number) {
    const { setup, platform, translator } = this.#parts;
    const found = await setup.find().catch((): SetupFindings | null => null);
    return {
      madeAt: new Date(at).toISOString(),
      product: { version: agent.version, protocol: agent.protocol, startedAt: new Date(agent.startedAt) },
      node: process.version,
      platform,
      arch: arch(),
      release: release(),
      distribution: platform === 'linux' ? await distribution() : null,
      language: translator().language,
      claude: agent.claude,
      awsCli: found?.awsCli ?? null,
      /** Names only. */
      claudeSettings: found?.claudeSettings?.names ?? null,
      variables: found?.environment ?? null,
    };
  }

  /** The person's downloads, else their home folder. */
  async #folder(): Promise<string> {
    const { context, platform } = this.#parts;
    const { userHome } = context;
    const dirs =
      platform === 'linux'
        ? await readFile(join(configFolder(context), 'user-dirs.dirs'), 'utf8').catch(() => '')
        : '';
    for (const folder of [downloadFolderOf(dirs, userHome), join(userHome, 'Downloads')]) {
      if (folder === null) continue;
      const isThere = await stat(folder).then(
        (s) => s.isDirectory(),
        () => false,
      );
      if (isThere) return folder;
    }
    return userHome;
  }
}

async function distribution(): Promise<string | null> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^PRETTY_NAME="?([^"\n]+)/m.exec(text)?.[1] ?? null;
}
