import { policies } from './en/policies.ts';
import type { MessageKey, Translator } from './index.ts';

/** What a validation and a comparison take. */
export const validatePermission = 'access-analyzer:ValidatePolicy';
export const comparePermission = 'iam:SimulatePrincipalPolicy';

/** The sentence for a note or warning of a document; its code where a newer agent has one that is not known here. */
export function policyWord(
  words: Pick<Translator, 't'>,
  { code, params }: { code: string; params: Readonly<Record<string, string | number>> },
): string {
  const known = Object.hasOwn(policies, code) || Object.hasOwn(policies, `${code}_other`);
  return known ? words.t(`policies:${code}` as MessageKey, params) : code;
}
