import type { GeographyVerdict } from '../../domain/bedrock/environment-models.ts';
import type { Usage } from '../bedrock-ports.ts';
import type { GeographyWish } from '../models/geography-wish.ts';
import type {
  AgentContext,
  Broker,
  EnvironmentStore,
  Keeper,
  ProfileCatalog,
  SessionActivity,
  SessionMeter,
  SettingsStore,
} from '../ports.ts';
import type { PtyHostPlace } from './start-pty-host.ts';

/** What the room of Claude Code sessions is made of. */
export interface ClaudeSessionsParts {
  context: Pick<AgentContext, 'clock' | 'log' | 'env' | 'userHome' | 'home'>;
  broker: Pick<Broker, 'temporary' | 'untilUsable' | 'hold'>;
  keeper: Pick<Keeper, 'need' | 'untilValid'>;
  profiles: Pick<ProfileCatalog, 'source' | 'list' | 'reload'>;
  environments: Pick<EnvironmentStore, 'get' | 'active' | 'list'>;
  settings: Pick<SettingsStore, 'get'>;
  ptyHost: PtyHostPlace;
  activity: Pick<SessionActivity, 'session' | 'typed' | 'forget' | 'view' | 'watched' | 'onChange'>;
  usage: Pick<Usage, 'opened' | 'refuses'>;
  meter: Pick<SessionMeter, 'session' | 'forget' | 'view' | 'onChange'>;
  /** The agent's own socket, for the credential export of the sessions. */
  agentSocket: string;
  /** Command of the hand-out client without its flags (programs.ts). */
  handOut: readonly string[];
  /** Command of the relay for Claude Code's hooks, without socket and session (programs.ts). */
  hookRelay: readonly string[];
  /** What a launch must set so that nothing is asked for outside of a geography. */
  inGeography(wish: GeographyWish): Promise<GeographyVerdict>;
  /** Folder of an administrator's settings for Claude Code; default: the platform's. */
  managedSettings?: string;
}
