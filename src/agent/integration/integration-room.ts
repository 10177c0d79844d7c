import { BedrockTrayError } from '../../contract/errors.ts';
import type { Integration } from '../ports.ts';

/** Bedrock for plain `claude`, editors and other terminals. */
export class IntegrationRoom implements Integration {
  async preview(): ReturnType<Integration['preview']> {
    return { digest: '', files: [] };
  }

  async apply(): ReturnType<Integration['apply']> {
    return { files: [] };
  }

  async undo(): ReturnType<Integration['undo']> {
    throw new BedrockTrayError('NothingToUndo', {});
  }
}
