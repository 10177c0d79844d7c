import type { Env } from './endpoints.ts';

/**
 * What became of one exchange with an endpoint of AWS:
 * `answered`: AWS spoke (whatever it said). `failed`: nobody answered; `name` is the system's code. `not-aws`:
 * something else answered in AWS's place (a captive portal, a proxy's page, a certificate of another name).
 */
export interface CallOutcome {
  result: 'answered' | 'failed' | 'not-aws';
  /** `https://host[:port]`. */
  origin: string;
  /** Code of the failure (`ENOTFOUND`); '' for `answered`. */
  name: string;
  /** Epoch ms by this machine's clock. */
  sentAt: number;
  receivedAt: number;
  /** AWS's clock in the answer's Date header, epoch ms; null where there is none to rely on. */
  serverDate: number | null;
}

/** What calls to AWS know of the network beyond the environment, and whom they tell how it went. */
export interface AwsNetwork {
  now(): number;
  /** The environment, filled up with what ~/.aws/config says (network-settings.ts). Asked for each call. */
  env(): Env;
  /** What the system would do, as Electron's `resolveProxy` answers; null where nobody has said. */
  proxyRules(): string | null;
  /** AWS's clock minus this machine's, ms; 0 while it is right or not known. */
  skewMs(): number;
  observe(outcome: CallOutcome): void;
}

/** The network as the environment alone describes it. */
export function plainNetwork(env: Env, now: () => number = Date.now): AwsNetwork {
  return { now, env: () => env, proxyRules: () => null, skewMs: () => 0, observe: () => {} };
}

/** An instant by AWS's clock as this machine's clock will show it. */
export function localInstant(awsInstant: number, network: Pick<AwsNetwork, 'skewMs'> | undefined): number {
  return awsInstant - (network?.skewMs() ?? 0);
}
