import type { AwsNetwork } from '../../aws/network.ts';
import type { Setup } from '../ports.ts';
import { type ChainParts, chainLinks } from './chain-links.ts';
import { runChecks } from './check-runner.ts';
import { type FindingsParts, findSetup } from './findings.ts';
import { portalRegion } from './portal.ts';

export interface SetupParts extends FindingsParts, Omit<ChainParts, keyof FindingsParts> {
  context: FindingsParts['context'] & ChainParts['context'];
  profiles: FindingsParts['profiles'] & ChainParts['profiles'];
  /** The way to AWS before anything is configured. */
  ssoNetwork(region: string): AwsNetwork;
}

/** What a first run asks the agent: what is there, where the portal is, whether the whole chain holds. */
export class SetupRoom implements Setup {
  readonly #parts: SetupParts;

  constructor(parts: SetupParts) {
    this.#parts = parts;
  }

  find(): ReturnType<Setup['find']> {
    return findSetup(this.#parts);
  }

  region(startUrl: string): ReturnType<Setup['region']> {
    return portalRegion(startUrl, this.#parts.ssoNetwork);
  }

  check(environment: string | undefined, signal: AbortSignal): ReturnType<Setup['check']> {
    return runChecks(chainLinks(this.#parts, environment), signal);
  }
}
