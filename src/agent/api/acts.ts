import type { CallName } from '../../contract/index.ts';
import type { PresenceRoom } from '../presence/presence-room.ts';
import type { Handlers } from './dispatch.ts';

/**
 * What is only ever called because a person has just done something. Not among them: what shells ask by themselves
 * (state, lists), and what programs ask (credentials, endpoints).
 */
const acts = [
  'signIn.start',
  'signIn.cancel',
  'signOut',
  'prompt.snooze',
  'mfa.answer',
  'mfa.cancel',
  'profiles.create',
  'profiles.createMany',
  'config.undo',
  'import.apply',
  'ssoSessions.create',
  'environments.create',
  'environments.update',
  'environments.use',
  'environments.delete',
  'sessions.open',
  'sessions.openWith',
  'sessions.attach',
  'sessions.kill',
  'sessions.resume',
  'sessions.remove',
  'settings.set',
  'page.open',
] as const satisfies readonly CallName[];

/** The same handlers; whoever calls one of a person's acts is there. */
export function tellingActs(handlers: Handlers, presence: Pick<PresenceRoom, 'act'>): Handlers {
  const telling: Record<string, unknown> = { ...handlers };
  for (const name of acts) {
    const handler = handlers[name] as (...args: unknown[]) => unknown;
    telling[name] = (...args: unknown[]) => {
      presence.act();
      return handler(...args);
    };
  }
  return telling as Handlers;
}
