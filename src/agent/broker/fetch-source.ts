import type { RoleCredentials } from '../ports.ts';
import type { BrokerableSource } from './brokerable-source.ts';
import type { FetchReason } from './brokered-source.ts';

/** What a source's fetch may use beside the source itself. */
export interface Fetching extends FetchReason {
  /** Names the source for the MFA desk. */
  key: string;
  /** A profile that stands for it: for messages, and its settings of the network. */
  profile: string;
  /** That profile's region. */
  region: string | null;
  /** Credentials of the source that signs for this one. `rejected`: a key id that AWS refused. */
  upstream(rejected?: string): Promise<RoleCredentials>;
}
/** One call (or command, or file) that gives a source's credentials. */
export type FetchSource = (
  source: Exclude<BrokerableSource, { kind: 'sso' }>,
  fetching: Fetching,
) => Promise<RoleCredentials>;
