import type { AwsFiles } from '../../aws/config-file.ts';
import type { LoginToken } from '../../aws/login-cache.ts';
import type { AwsNetwork } from '../../aws/network.ts';
import type { AgentContext, MfaDesk } from '../ports.ts';

/** What the kinds of sources are made of. */
export interface SourceParts {
  context: Pick<AgentContext, 'clock' | 'log' | 'env' | 'userHome'>;
  files: AwsFiles;
  mfa: Pick<MfaDesk, 'ask' | 'take' | 'verdict'>;
  /** The environment that commands run with: the person's login shell's. */
  commandEnv: () => Promise<Readonly<Record<string, string>>>;
  /** The network as a profile's own settings have it. */
  network?: (profile: string) => AwsNetwork;
  /** Sessions of `aws login` that were rotated and could not be written: the only good ones until they can. */
  unwritten: Map<string, LoginToken>;
  /** Ends what runs. */
  signal: AbortSignal;
  platform: string;
  /** How long a command may take, ms. */
  timeouts?: { process?: number; export?: number; refresh?: number };
}
