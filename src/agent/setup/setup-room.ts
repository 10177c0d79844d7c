import type { AwsNetwork } from '../../aws/network.ts';
import type { Setup } from '../ports.ts';
import { type FindingsParts, findSetup } from './findings.ts';
import { portalRegion } from './portal.ts';

export interface SetupParts extends FindingsParts {
  /** The way to AWS before anything is configured. */
  ssoNetwork(region: string): AwsNetwork;
}

/** What a first run asks the agent: what is there, and where the portal is. Whether the whole chain holds is the doctor's. */
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
}
