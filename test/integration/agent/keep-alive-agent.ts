import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RoleBroker } from '../../../src/agent/broker/broker.ts';
import { SystemClock } from '../../../src/agent/clock.ts';
import { createKeepAliveStore } from '../../../src/agent/keeper/keep-alive-memory.ts';
import { SsoKeeper } from '../../../src/agent/keeper/keeper.ts';
import { createTokenCache } from '../../../src/agent/keeper/token-cache.ts';
import type { AgentContext, Observable, SsoSessionConfig } from '../../../src/agent/ports.ts';
import { SignInRoom } from '../../../src/agent/signin/desk.ts';
import { createRegistrationCache } from '../../../src/agent/signin/registrations.ts';
import { createOidc } from '../../../src/aws/oidc.ts';
import { createPortal } from '../../../src/aws/portal.ts';
import type { SsoSessionView } from '../../../src/contract/state.ts';
import { createTranslator } from '../../../src/locales/index.ts';
import { onlySso } from '../../support/broker-sources.ts';
import { MemoryCatalog, memorySettings } from '../../support/keep-alive-rooms.ts';
import type { SandboxProcess } from '../../support/sandbox.ts';

/** Keeper, desk and broker on real parts (clock, files, SDK clients, listener) against a sandbox, in a HOME of their own. */
export class KeepAliveAgent implements AsyncDisposable {
  readonly home: string;
  readonly catalog = new MemoryCatalog();
  readonly keeper: SsoKeeper;
  readonly desk: SignInRoom;
  readonly broker: RoleBroker;
  /** What the agent opened in the browser. */
  readonly opened: string[] = [];
  /** False: there is no browser on this machine. */
  hasBrowser = true;
  /** What the person does with an address that opens, if they act at once. */
  onOpen: (url: string) => void = () => {};
  /** Everything that was logged, as text. */
  log = '';
  readonly #sandbox: SandboxProcess;

  constructor(home: string, sandbox: SandboxProcess, language: 'en' | 'zh-CN' = 'en') {
    this.home = home;
    this.#sandbox = sandbox;
    const write = (fields: Record<string, unknown>, message: string) => {
      this.log += `${message} ${JSON.stringify(fields)}\n`;
    };
    const env = sandbox.environment();
    const clock = new SystemClock();
    const context: AgentContext = {
      clock,
      log: { info: write, warn: write, error: write, debug: write },
      env,
      userHome: home,
      home,
      random: (bytes) => randomBytes(bytes),
      openBrowser: async (url) => {
        this.opened.push(url);
        if (this.hasBrowser) this.onOpen(url);
        return this.hasBrowser;
      },
    };
    const sandboxSession: SsoSessionConfig = {
      id: 'sandbox',
      kind: 'sso-session',
      startUrl: sandbox.startUrl,
      region: sandbox.region,
      scopes: ['sso:account:access'],
    };
    this.catalog.sessions = [sandboxSession];
    const profile = { ssoSession: 'sandbox', accountId: '111122223333', region: null };
    this.catalog.profiles = [
      { ...profile, name: 'dev', roleName: 'BedrockDeveloper' },
      { ...profile, name: 'read', roleName: 'ReadOnlyAccess' },
    ];
    const oidc = (region: string) => createOidc({ region, env });
    const portal = (region: string) => createPortal({ region, env });
    const { catalog } = this;
    this.keeper = new SsoKeeper({
      context,
      catalog,
      cache: createTokenCache(home),
      oidc,
      portal,
      settings: memorySettings(),
      store: createKeepAliveStore(context),
    });
    this.desk = new SignInRoom({
      context,
      catalog,
      keeper: this.keeper,
      oidc,
      registrations: createRegistrationCache(home),
      translator: () => createTranslator(language),
    });
    this.broker = new RoleBroker({ context, catalog, keeper: this.keeper, portal, ...onlySso(context) });
  }

  view(id = 'sandbox'): SsoSessionView {
    const found = this.keeper.views().find((v) => v.id === id);
    if (!found) throw new Error(`no SSO session ${id}`);
    return found;
  }

  /** Waits until `holds` is true, looking again at each change of `room`. */
  async until(room: Observable, holds: () => boolean, what: string, timeoutMs = 20_000): Promise<void> {
    const signal = AbortSignal.timeout(timeoutMs);
    for (;;) {
      if (holds()) return;
      if (signal.aborted) throw new Error(`waited in vain for: ${what}`);
      let stop = () => {};
      const changed = new Promise<void>((resolve) => {
        stop = room.onChange(resolve);
      });
      if (holds()) return stop();
      await Promise.race([changed, once(signal, 'abort')]);
      stop();
    }
  }

  /** In the browser that opens, where the person allows it; until they see the page that says so. */
  async signIn(ssoSession = 'sandbox'): Promise<void> {
    let visit: Promise<unknown> | undefined;
    this.onOpen = (url) => {
      visit = this.#sandbox.approve(url);
    };
    const { id } = await this.desk.start({ ssoSession, flow: 'auto', openBrowser: true });
    await this.desk.wait(id);
    await visit;
  }

  async stop(): Promise<void> {
    await this.desk.stop();
    await this.broker.stop();
    await this.keeper.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await rm(this.home, { recursive: true, force: true });
  }
}

export async function startKeepAlive(
  sandbox: SandboxProcess,
  options: { language?: 'en' | 'zh-CN'; home?: string } = {},
): Promise<KeepAliveAgent> {
  const home = options.home ?? (await mkdtemp(join(tmpdir(), 'keep-alive-')));
  const agent = new KeepAliveAgent(home, sandbox, options.language);
  await agent.keeper.start();
  return agent;
}
