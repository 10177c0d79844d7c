import type { AwsNetwork } from '../../aws/network.ts';
import type { ClaudeView, Environment } from '../../contract/state.ts';
import type { SettingsFile } from '../../domain/doctor/settings-rivals.ts';
import type { DoctorSubject } from '../../domain/doctor/subject.ts';
import type { Translator } from '../../locales/index.ts';
import type { Models, Trail } from '../bedrock-ports.ts';
import type { IntegrationRoom } from '../integration/integration-room.ts';
import type {
  AgentContext,
  Broker,
  EnvironmentStore,
  Keeper,
  ProfileCatalog,
  RoleCredentials,
} from '../ports.ts';

export interface DoctorParts {
  context: Pick<AgentContext, 'env' | 'userHome' | 'home' | 'clock' | 'log' | 'random'>;
  environments: Pick<EnvironmentStore, 'get' | 'active' | 'settled' | 'update'>;
  profiles: Pick<ProfileCatalog, 'list' | 'source' | 'reload' | 'problem' | 'ssoSessions'>;
  keeper: Pick<Keeper, 'accessToken' | 'views'>;
  broker: Pick<Broker, 'credentials'>;
  models: Pick<Models, 'list' | 'resolve' | 'regions'>;
  trail: Pick<Trail, 'list'>;
  integration: Pick<IntegrationRoom, 'preview' | 'apply' | 'undoLast'>;
  /** The way to AWS of a profile, and that to IAM Identity Center in a region. */
  network(profile: string): AwsNetwork;
  ssoNetwork(region: string): AwsNetwork;
  /** Looks for Claude Code now. */
  claude(): Promise<ClaudeView | null>;
  loginEnv(options?: { fresh?: boolean }): Promise<Readonly<Record<string, string>>>;
  recentFolders(): readonly string[];
  /** Command of the relay of Claude Code's hooks, and the socket that it calls. */
  hookRelay: readonly string[];
  agentSocket: string;
  /** One change of the person's files after the other. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  translator(): Translator;
  platform: string;
  /** Where an administrator's settings are; default: the platform's place. */
  managedSettings?: string;
  /** Bytes that may still be written where a folder is. */
  freeBytes?(folder: string): Promise<number>;
}

/** What one run of the links knows so far, and what several of them look at once. */
export interface Chain {
  readonly parts: DoctorParts;
  /** What the person named; undefined: the active one. */
  readonly wish: string | undefined;
  /** Whether the model may be asked: it costs. */
  readonly ask: boolean;
  environment: Environment | null;
  /** The id that Claude Code will ask for; null: nobody has worked that out yet, and the table has a guess. */
  model: string | null;
  credentials: RoleCredentials | null;
  settings(): Promise<ReadSettings[]>;
  loginEnv(): Promise<Readonly<Record<string, string>>>;
  subject(): DoctorSubject;
  /** Where Bedrock and what else is asked, for the environment's profile. */
  place(): { region: string; env: DoctorParts['context']['env']; network: AwsNetwork };
}

/** A settings file of Claude Code; `settings` is null where it is no JSON object. */
export interface ReadSettings extends Omit<SettingsFile, 'settings'> {
  settings: SettingsFile['settings'] | null;
}
