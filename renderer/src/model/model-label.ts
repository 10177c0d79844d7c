import { modelFamily } from '../../../src/domain/bedrock/model-family.ts';
import { plainText } from './plain-text.ts';

/** A model as people call it ("Sonnet 4.5"); what has no such name is shown by the last part of its id. */
export function modelLabel(id: string): string {
  return plainText(modelFamily(id) ?? id.split('/').at(-1) ?? id, 40);
}
