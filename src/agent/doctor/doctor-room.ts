import { BedrockTrayError } from '../../contract/errors.ts';
import type { Doctor } from '../bedrock-ports.ts';

/** Checks every link of the chain, and repairs what can be repaired safely. Nothing is checked yet. */
export class DoctorRoom implements Doctor {
  async *run(): ReturnType<Doctor['run']> {
    yield { at: 0, checks: [], done: true };
  }

  async preview(): ReturnType<Doctor['preview']> {
    return { digest: '', changes: [] };
  }

  async fix(): ReturnType<Doctor['fix']> {
    return { done: [], failed: [] };
  }

  async undo(): ReturnType<Doctor['undo']> {
    throw new BedrockTrayError('NothingToUndo', {});
  }

  async report(): ReturnType<Doctor['report']> {
    throw new BedrockTrayError('NothingChecked', {});
  }

  last(): ReturnType<Doctor['last']> {
    return null;
  }
}
