import { CancellationToken, Provider, type ResolvedUpdateFileInfo, type UpdateInfo } from 'electron-updater';
import { type ProviderRuntimeOptions, parseUpdateInfo } from 'electron-updater/out/providers/Provider';
import * as z from 'zod';
import { BedrockTrayError } from '../contract/errors.ts';
import { isNewerVersion } from '../domain/updates/update.ts';
import { verifiedBody } from './update-signature.ts';

const READ_MS = 30_000;

/** What an announcement may say. Anything else in it is left behind. */
const Announcement = z.object({
  version: z.string().max(64),
  files: z
    .array(
      z.object({
        url: z.string().min(1).max(2048),
        sha512: z.string().regex(/^[A-Za-z0-9+/]{86}==$/),
        size: z.number().int().positive().optional(),
      }),
    )
    .min(1)
    .max(50),
  stagingPercentage: z.number().min(0).max(100).optional(),
  minimumSystemVersion: z.string().max(64).optional(),
  releaseDate: z.union([z.string().max(64), z.date().transform((date) => date.toISOString())]).default(''),
  /** Where a person gets this version, for copies that do not replace themselves. */
  releasePage: z
    .url({ protocol: /^https$/ })
    .max(500)
    .optional(),
});

export interface SignedFeed {
  /** Folder that announcements lie in, with a slash at its end. */
  feed: string;
  channel: 'stable' | 'beta';
  keys: readonly string[];
  /** The version that runs. */
  version: string;
}

/** As electron-builder names announcements: latest.yml, beta-mac.yml, latest-linux-arm64.yml. */
function announcementName(channel: SignedFeed['channel'], platform: string, arch: string): string {
  const name = channel === 'stable' ? 'latest' : channel;
  if (platform === 'darwin') return `${name}-mac.yml`;
  if (platform === 'linux') return `${name}-linux${arch === 'x64' ? '' : `-${arch}`}.yml`;
  return `${name}.yml`;
}

/** A feed of which only what our key has signed is read, and only what is newer than this version is taken. */
export class SignedFeedProvider extends Provider<UpdateInfo & { releasePage?: string }> {
  readonly #feed: SignedFeed;

  constructor(
    options: Readonly<Record<string, unknown>>,
    _updater: unknown,
    runtime: ProviderRuntimeOptions,
  ) {
    super(runtime);
    this.#feed = options.signedFeed as SignedFeed;
  }

  /** electron-updater would send its number for this computer, which only the roll-out here needs. */
  override setRequestHeaders(): void {}

  /** Errors: UpdateNotAuthentic, UpdateFailed (`announcement`), and those of the network. */
  async getLatestVersion(): Promise<UpdateInfo & { releasePage?: string }> {
    const { feed, channel, keys, version } = this.#feed;
    const name = announcementName(channel, process.platform, process.arch);
    const url = new URL(name, feed);
    const text = await this.#read(url);
    const body = text === null ? null : verifiedBody(text, name, keys);
    if (body === null) throw new BedrockTrayError('UpdateNotAuthentic', { what: name });
    const parsed = Announcement.safeParse(parseUpdateInfo(body, name, url));
    if (!parsed.success) throw new BedrockTrayError('UpdateFailed', { reason: name });
    // A signed announcement of an older version may be replayed: it announces nothing.
    const announced = isNewerVersion(parsed.data.version, version) ? parsed.data.version : version;
    return { ...parsed.data, version: announced } as UpdateInfo & { releasePage?: string };
  }

  /** electron-updater's own time-out does not reach Chromium's network code. */
  async #read(url: URL): Promise<string | null> {
    const token = new CancellationToken();
    const timer = setTimeout(() => token.cancel(), READ_MS);
    try {
      return await this.httpRequest(url, null, token);
    } finally {
      clearTimeout(timer);
    }
  }

  resolveFiles({ files }: UpdateInfo): ResolvedUpdateFileInfo[] {
    const { feed } = this.#feed;
    return files.flatMap((info) => {
      const url = new URL(info.url, feed);
      return url.protocol === new URL(feed).protocol ? [{ url, info }] : [];
    });
  }
}
