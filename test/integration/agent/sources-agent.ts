import { randomBytes } from 'node:crypto';
import { RoleBroker } from '../../../src/agent/broker/broker.ts';
import { SystemClock } from '../../../src/agent/clock.ts';
import { SsoKeeper } from '../../../src/agent/keeper/keeper.ts';
import { createTokenCache } from '../../../src/agent/keeper/token-cache.ts';
import { MfaRoom } from '../../../src/agent/mfa/mfa-room.ts';
import type { AgentContext, Clock } from '../../../src/agent/ports.ts';
import { ConfigProfileCatalog } from '../../../src/agent/profiles/config-profile-catalog.ts';
import type { SourceParts } from '../../../src/agent/sources/source-parts.ts';
import { createSources } from '../../../src/agent/sources/sources.ts';
import { awsFiles } from '../../../src/aws/config-file.ts';
import { createOidc } from '../../../src/aws/oidc.ts';
import { createPortal } from '../../../src/aws/portal.ts';
import { callerIdentity } from '../../../src/aws/sts.ts';
import { memorySettings } from '../../support/keep-alive-rooms.ts';
import type { SandboxProcess } from '../../support/sandbox.ts';

export interface SourcesAgentOptions {
  home?: string;
  env?: Record<string, string>;
  clock?: Clock;
  timeouts?: SourceParts['timeouts'];
}

/** Files, keeper, broker and all kinds of sources on real parts against a sandbox, in a HOME. */
export class SourcesAgent implements AsyncDisposable {
  readonly clock: Clock;
  readonly catalog: ConfigProfileCatalog;
  readonly keeper: SsoKeeper;
  readonly mfa: MfaRoom;
  readonly broker: RoleBroker;
  /** Everything that was logged, as text. */
  log = '';
  readonly #env: Record<string, string>;
  readonly #stopSources: () => void;

  private constructor(sandbox: SandboxProcess, options: SourcesAgentOptions) {
    const write = (fields: Record<string, unknown>, message: string) => {
      this.log += `${message} ${JSON.stringify(fields)}\n`;
    };
    const env = sandbox.environment(options.env);
    this.#env = env;
    this.clock = options.clock ?? new SystemClock();
    const home = options.home ?? sandbox.home;
    const context: AgentContext = {
      clock: this.clock,
      log: { info: write, warn: write, error: write, debug: write },
      env,
      userHome: home,
      home,
      random: (bytes) => randomBytes(bytes),
      openBrowser: async () => false,
    };
    this.catalog = new ConfigProfileCatalog(context);
    const portal = (region: string) => createPortal({ region, env });
    this.keeper = new SsoKeeper({
      context,
      catalog: this.catalog,
      cache: createTokenCache(home),
      oidc: (region) => createOidc({ region, env }),
      portal,
      settings: memorySettings(),
    });
    this.mfa = new MfaRoom(context);
    const sources = createSources({
      context,
      files: awsFiles(env, home),
      mfa: this.mfa,
      commandEnv: async () => env,
      platform: process.platform,
      ...(options.timeouts ? { timeouts: options.timeouts } : {}),
    });
    this.#stopSources = sources.stop;
    this.broker = new RoleBroker({
      context,
      catalog: this.catalog,
      keeper: this.keeper,
      portal,
      mfa: this.mfa,
      fetch: sources.fetch,
    });
  }

  static async start(sandbox: SandboxProcess, options: SourcesAgentOptions = {}): Promise<SourcesAgent> {
    const agent = new SourcesAgent(sandbox, options);
    await agent.catalog.start();
    await agent.keeper.start();
    return agent;
  }

  /** Whose credentials a profile gives: AWS's own word. */
  async arn(profile: string): Promise<string> {
    const keys = await this.broker.credentials(profile);
    return (await callerIdentity({ region: 'us-east-1', env: this.#env }, keys)).arn;
  }

  /** What shells are shown of a profile's credentials. */
  view(profile: string) {
    const found = this.broker.views().find((v) => v.profile === profile);
    if (!found) throw new Error(`no credentials of ${profile}`);
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopSources();
    this.mfa.stop();
    await this.broker.stop();
    await this.keeper.stop();
    this.catalog.stop();
  }
}

/** An ARN without its session name: that is each caller's own. */
export function identityOf(arn: string): string {
  return arn.replace(/^(arn:[^:]*:sts::\d+:assumed-role\/[^/]+)\/.*$/, '$1');
}
