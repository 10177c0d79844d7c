import type { IdentityMode } from '../contract/index.ts';
import { identityFacts } from '../domain/sessions/identity-facts.ts';
import { translator } from './shell.ts';

/** A line for each of those in a session who ask AWS for something: with whose identity and in whose region. */
export function identityLines(mode: IdentityMode): string[] {
  const { t } = translator();
  return identityFacts(mode).map(({ who, identity, region }) => {
    const whose = identity === 'environment' ? 'environment' : region === 'person' ? 'person' : 'personHere';
    return `${t(`cli:identity.${who}`)}: ${t(`cli:identity.${whose}`)}`;
  });
}
