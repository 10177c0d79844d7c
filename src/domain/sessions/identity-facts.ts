import type { IdentityMode } from '../../contract/state.ts';

/** Who in a session asks AWS for something. `servers`: MCP servers and the person's hooks. */
export const identityAskers = ['bedrock', 'commands', 'servers'] as const;
export type IdentityAsker = (typeof identityAskers)[number];

/** Whose identity and region it has: the environment's, or the person's own as in their terminal. */
export interface IdentityFact {
  who: IdentityAsker;
  identity: 'environment' | 'person';
  region: 'environment' | 'person';
}

/**
 * What an identity mode means for each of them, for shells to show before a session is opened
 * (docs/decisions/0013-identity-of-claude-sessions.md; MCP servers see Claude Code's own environment, and with it our
 * region, but none of our keys).
 */
export function identityFacts(mode: IdentityMode): IdentityFact[] {
  const whole = mode === 'whole-session';
  return [
    { who: 'bedrock', identity: 'environment', region: 'environment' },
    {
      who: 'commands',
      identity: whole ? 'environment' : 'person',
      region: whole ? 'environment' : 'person',
    },
    { who: 'servers', identity: whole ? 'environment' : 'person', region: 'environment' },
  ];
}
