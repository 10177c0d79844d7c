import { app } from 'electron';
import {
  AppImageUpdater,
  CancellationToken,
  MacUpdater,
  NsisUpdater,
  type ProgressInfo,
} from 'electron-updater';
import { BedrockTrayError } from '../contract/errors.ts';
import { SignedFeedProvider } from './update-provider.ts';
import type { Found, UpdateEngine, UpdateEngineOptions } from './updater.ts';

const LOOK_MS = 60_000;
/** A download that brings nothing for so long is given up. */
const STALL_MS = 120_000;
/** An announcement has some hundred bytes. */
const ANNOUNCEMENT_BYTES = 256 * 1024;
/** Of a file whose announcement does not say how long it is. */
const FILE_BYTES = 1024 ** 3;

/** Looks in copies too that only say where the new version is. */
class LinuxUpdater extends AppImageUpdater {
  override isUpdaterActive(): boolean {
    return true;
  }
}

/**
 * electron-updater, which this file alone loads. It looks, downloads and installs when told to and never by itself;
 * its own identity of this computer leaves it no more than its log does.
 */
export function createUpdateEngine({ feed, keys, configPath }: UpdateEngineOptions): UpdateEngine {
  const updater = make();
  updater.logger = null;
  updater.autoDownload = false;
  updater.autoInstallOnAppQuit = false;
  updater.allowDowngrade = false;
  updater.disableWebInstaller = true;
  // Maps of what changed are not signed, and would be unpacked whole before anything is compared.
  updater.disableDifferentialDownload = true;
  const limit = limited(updater);
  let fileBytes = FILE_BYTES;
  // Downloads lie in the state folder, with all else that is ours: uninstalling leaves nothing in a cache.
  const { app: adapter } = updater as unknown as { app: object };
  Object.defineProperty(adapter, 'baseCachePath', { value: app.getPath('userData') });
  if (configPath !== undefined) {
    updater.forceDevUpdateConfig = true;
    updater.updateConfigPath = configPath;
  }
  // What fails is told by the promises.
  updater.on('error', () => {});

  return {
    async look(channel): Promise<Found | null> {
      const signedFeed = { feed, channel, keys, version: app.getVersion() };
      updater.setFeedURL({ provider: 'custom', updateProvider: SignedFeedProvider, signedFeed });
      limit.bytes = ANNOUNCEMENT_BYTES;
      const result = await within(LOOK_MS, updater.checkForUpdates()).catch(translated);
      if (!result?.isUpdateAvailable) return null;
      const { version, files } = result.updateInfo;
      fileBytes = Math.max(...files.map(({ size }) => size ?? FILE_BYTES));
      const { releasePage } = result.updateInfo as { releasePage?: string };
      return { version, page: releasePage ?? null };
    },

    async download(progress) {
      const token = new CancellationToken();
      let timer = setTimeout(() => token.cancel(), STALL_MS);
      const told = ({ percent }: ProgressInfo): void => {
        clearTimeout(timer);
        timer = setTimeout(() => token.cancel(), STALL_MS);
        progress(Math.min(1, Math.max(0, percent / 100)));
      };
      limit.bytes = fileBytes;
      updater.on('download-progress', told);
      try {
        await updater.downloadUpdate(token).catch(translated);
      } finally {
        clearTimeout(timer);
        updater.off('download-progress', told);
      }
    },

    install(restart) {
      return new Promise<never>((_, reject) => {
        // Told by this event alone: a folder that cannot be written, a signature that macOS does not accept.
        updater.once('error', reject);
        updater.autoRunAppAfterInstall = restart;
        // An AppImage starts its successor before it ends: that one must not take this one for the running instance.
        app.releaseSingleInstanceLock();
        updater.quitAndInstall(true, restart);
      }).catch((error: unknown) => {
        app.requestSingleInstanceLock();
        return translated(error);
      });
    },
  };
}

interface Sent {
  on(event: 'data', listener: (part: { length: number }) => void): unknown;
}
interface Asking {
  emit(event: 'error', error: Error): unknown;
  abort(): void;
}
interface Executor {
  createRequest(options: object, answered: (response: Sent) => void): Asking;
}

/**
 * Gives up every answer that is longer than it may be: whoever controls the server, or a proxy on the way, could fill
 * memory and disk else before any signature or hash is compared.
 */
function limited(updater: object): { bytes: number } {
  const limit = { bytes: 0 };
  const { httpExecutor } = updater as { httpExecutor: Executor };
  const create = httpExecutor.createRequest.bind(httpExecutor);
  httpExecutor.createRequest = (options, answered) => {
    const request = create(options, (response) => {
      let bytes = 0;
      response.on('data', ({ length }) => {
        bytes += length;
        if (bytes <= limit.bytes) return;
        request.emit('error', new BedrockTrayError('UpdateFailed', { reason: 'too long' }));
        request.abort();
      });
      answered(response);
    });
    return request;
  };
  return limit;
}

function make(): MacUpdater | NsisUpdater | LinuxUpdater {
  if (process.platform === 'darwin') return new MacUpdater();
  if (process.platform === 'win32') return new NsisUpdater();
  return new LinuxUpdater();
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new BedrockTrayError('UpdateFailed', { reason: 'no answer' })), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Errors: UpdateNotAuthentic where what came is not what was announced and signed; UpdateFailed otherwise. */
function translated(error: unknown): never {
  if (error instanceof BedrockTrayError) throw error;
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code === 'ERR_CHECKSUM_MISMATCH') throw new BedrockTrayError('UpdateNotAuthentic', { what: 'SHA-512' });
  if (code === 'ERR_UPDATER_INVALID_SIGNATURE')
    throw new BedrockTrayError('UpdateNotAuthentic', { what: 'code signature' });
  // Chromium's word for what went wrong, or the status of the server; never a whole message, which names paths.
  const net = /\b(?:net::)?(ERR_[A-Z0-9_]+|E[A-Z]{4,})\b/.exec(`${String(message)} ${String(code)}`)?.[1];
  const status = (error as { statusCode?: unknown }).statusCode;
  throw new BedrockTrayError('UpdateFailed', {
    reason: typeof status === 'number' ? `HTTP ${status}` : (net ?? 'unknown'),
  });
}
