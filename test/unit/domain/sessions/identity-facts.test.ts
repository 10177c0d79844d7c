import { expect, it } from 'vitest';
import { identityFacts } from '../../../../src/domain/sessions/identity-facts.ts';

it('Bedrock is always asked with the environment; shell commands only where the whole session is', () => {
  const facts = (mode: Parameters<typeof identityFacts>[0]) =>
    Object.fromEntries(identityFacts(mode).map(({ who, ...fact }) => [who, fact]));
  const environment = { identity: 'environment', region: 'environment' };
  expect(facts('bedrock-only')).toEqual({
    bedrock: environment,
    commands: { identity: 'person', region: 'person' },
    servers: { identity: 'person', region: 'environment' },
  });
  expect(facts('whole-session')).toEqual({
    bedrock: environment,
    commands: environment,
    servers: environment,
  });
});
