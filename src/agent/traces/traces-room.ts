import { execFile } from 'node:child_process';
import { access, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { storageFailed } from '../../aws/config-change.ts';
import { BedrockTrayError, isBedrockTrayError } from '../../contract/errors.ts';
import type { Trace } from '../../contract/state.ts';
import { isOurUnit, type ServiceUnit, serviceCommands } from '../../domain/desktop/service-units.ts';
import type { AgentContext, ConfigWriter, Desktop, Integration, Keeper, Traces } from '../ports.ts';

export interface TracesParts {
  context: Pick<AgentContext, 'home' | 'log'>;
  /** Files that the integration changed and did not take back yet. */
  integration: Pick<Integration, 'undo'> & { changed(): Promise<string[]> };
  /** The file that our changes of ~/.aws/config are in; null: there are none to take back. */
  configWriter: Pick<ConfigWriter, 'undo'> & { changed(): Promise<string | null> };
  desktop: Pick<Desktop, 'view' | 'set'> & { startFile(): string };
  /** Null where this system has no service of ours. */
  service: ServiceUnit | null;
  keyring: { remove(): Promise<void> };
  keeper: Pick<Keeper, 'views' | 'signOut'>;
  /** Where shared tokens lie. */
  tokenCache: string;
  platform: string;
  /** Runs a program of the system's, for a bounded time; rejects where it fails. */
  run?: (command: readonly string[]) => Promise<void>;
}

type Id = Trace['id'];

/** Changes of a file are taken back in the reverse order in which they were made; whatever stays in the way ends it. */
const order: readonly Id[] = [
  'claude-settings',
  'aws-config',
  'start-at-login',
  'command',
  'service',
  // The portal's logout of a private token needs the key.
  'sign-in',
  'keyring',
  'data',
];

/** A person may want to keep these when the program goes: their profiles, their sign-in, what they have set. */
const kept: ReadonlySet<Id> = new Set(['aws-config', 'sign-in', 'keyring', 'data']);

/** Everything that the product wrote outside of its own folder, and the way back. */
export class TracesRoom implements Traces {
  readonly #parts: TracesParts;

  constructor(parts: TracesParts) {
    this.#parts = parts;
  }

  async list(): Promise<Trace[]> {
    const { context, integration, configWriter, desktop, service, keeper, tokenCache } = this.#parts;
    const [changed, config, serviceIsOurs, hasVault] = await Promise.all([
      integration.changed(),
      configWriter.changed(),
      this.#serviceIsOurs(),
      isThere(join(context.home, 'vault')),
    ]);
    const { startAtLogin, command } = desktop.view();
    const where: Record<Id, string | null> = {
      'claude-settings': changed.length > 0 ? changed.join(', ') : null,
      'aws-config': config,
      'start-at-login': startAtLogin === true ? desktop.startFile() : null,
      command: command.state === 'ours' ? command.path : null,
      service: serviceIsOurs ? (service?.path ?? null) : null,
      'sign-in': keeper.views().some((s) => !['signedOut', 'signingIn'].includes(s.state))
        ? tokenCache
        : null,
      keyring: hasVault ? `Bedrock Tray: ${context.home}` : null,
      data: context.home,
    };
    return order.flatMap((id) => {
      const at = where[id];
      return at === null ? [] : [{ id, where: at, byDefault: !kept.has(id) }];
    });
  }

  /** The data folder goes last, when nobody runs in it any more: that is the command line's (`uninstall`). */
  async remove(ids: readonly Id[]): ReturnType<Traces['remove']> {
    const removed: Id[] = [];
    const failed: Awaited<ReturnType<Traces['remove']>>['failed'] = [];
    // ~/.aws/config has changes of both kinds, whichever came last: what lies on top of the other goes first.
    if (ids.includes('claude-settings') && ids.includes('aws-config'))
      await this.#undoConfig().catch(() => undefined);
    for (const id of order.filter((each) => ids.includes(each))) {
      try {
        await this.#takeBack(id);
        removed.push(id);
      } catch (e) {
        const error = isBedrockTrayError(e) ? e : storageFailed(this.#parts.context.home, e);
        this.#parts.context.log.warn({ id, code: error.code }, 'a trace could not be taken back');
        failed.push({ id, problem: error.view() });
      }
    }
    this.#parts.context.log.info({ removed, failed: failed.map((f) => f.id) }, 'traces were taken back');
    return { removed, failed };
  }

  async #takeBack(id: Id): Promise<void> {
    const { context, integration, desktop, keeper, keyring } = this.#parts;
    switch (id) {
      case 'claude-settings':
        return void (await unlessNothing(integration.undo()));
      case 'aws-config':
        return this.#undoConfig();
      case 'start-at-login':
        return void (await desktop.set({ startAtLogin: false }));
      case 'command':
        return void (await desktop.set({ command: false }));
      case 'service':
        return this.#removeService();
      case 'sign-in':
        return void (await keeper.signOut());
      case 'keyring':
        await keyring.remove();
        // Nothing opens it any more.
        return rm(join(context.home, 'vault'), { recursive: true, force: true });
      case 'data':
        throw new BedrockTrayError('StorageFailed', { file: context.home, reason: 'EBUSY' });
    }
  }

  /** One change after the other, the last one first, until there is none. Errors: ConfigChanged, StorageFailed. */
  async #undoConfig(): Promise<void> {
    while (await unlessNothing(this.#parts.configWriter.undo()));
  }

  async #serviceIsOurs(): Promise<boolean> {
    const { service } = this.#parts;
    if (service === null) return false;
    return isOurUnit(await readFile(service.path, 'utf8').catch(() => ''), service);
  }

  /** The unit and its links. What runs by it goes on: it may be this very agent, which whoever asked ends. */
  async #removeService(): Promise<void> {
    const { service, platform, run = runBriefly } = this.#parts;
    if (service === null || !(await this.#serviceIsOurs())) return;
    for (const link of service.links) await rm(link, { force: true });
    await rm(service.path, { force: true });
    if (platform !== 'linux') return;
    const reload = serviceCommands(service, platform, 0).start[0];
    // Where systemd does not run, it has nothing to forget.
    if (reload) await run(reload).catch(() => undefined);
  }
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** False where there was nothing to take back. */
async function unlessNothing(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (e) {
    if (isBedrockTrayError(e) && e.code === 'NothingToUndo') return false;
    throw e;
  }
}

function runBriefly([file = '', ...args]: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(file, args, { timeout: 10_000, windowsHide: true }, (error) =>
      error ? reject(error) : resolve(),
    );
  });
}
