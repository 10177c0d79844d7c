import { BedrockTrayError } from '../../contract/errors.ts';
import type { Policies } from '../bedrock-ports.ts';

/** Documents for administrators. None is made yet. */
export class PoliciesRoom implements Policies {
  async build({ kind }: Parameters<Policies['build']>[0]): ReturnType<Policies['build']> {
    throw new BedrockTrayError('PolicyImpossible', { kind, reason: 'noModels' });
  }

  async validate(): ReturnType<Policies['validate']> {
    return { findings: [], problem: null };
  }

  async compare(): ReturnType<Policies['compare']> {
    return { calls: [], problem: null };
  }
}
